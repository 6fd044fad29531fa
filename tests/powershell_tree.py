"""A script as PowerShell's grammar reads it: commands, and literals taken apart by PowerShell's own rules."""

import tree_sitter
import tree_sitter_powershell

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
QUOTES = "'\u2018\u2019\u201a\u201b"
LITERALS = ("string_literal", "cast_expression", "array_expression", "variable", "integer_literal", "real_literal")


def parsed(text):
    """The root of a text that has no faults; the mark at the head of a file is no part of the text."""
    root = PARSER.parse(text.removeprefix("\ufeff").encode("utf-8")).root_node
    faults = [node for node in walk(root) if node.type == "ERROR" or node.is_missing]
    assert not faults and not root.has_error, [(node.start_point, node.text[:80]) for node in faults[:3]]
    return root


def walk(node):
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        todo.extend(reversed(one.children))


def text_of(node):
    return node.text.decode("utf-8")


def commands(root):
    """Each command by name, in the order of the text."""
    for node in walk(root):
        if node.type == "command":
            name = node.child_by_field_name("command_name") or node.children[0]
            yield text_of(name), node


def unquoted(literal):
    """What a single-quoted literal stands for: of two quotation marks side by side the second counts."""
    assert literal[0] == literal[-1] == "'"
    inner, out, at = literal[1:-1], "", 0
    while at < len(inner):
        if inner[at] in QUOTES:
            at += 1
            assert at < len(inner) and inner[at] in QUOTES, f"the string ends early: {literal!r}"
        out += inner[at]
        at += 1
    return out


def string_at(node):
    """The string that an expression of literals and numbered characters adds up to."""
    units = b""
    for one in walk(node):
        if one.type == "string_literal":
            units += unquoted(text_of(one)).encode("utf-16-be", "surrogatepass")
        elif one.type == "cast_expression":
            kind, number = text_of(one).rsplit("]", 1)
            assert kind == "[char"
            units += int(number, 16).to_bytes(2, "big")
    return units.decode("utf-16-be", "surrogatepass")


def tops(node, types):
    """The outermost nodes of some types, in order."""
    if node.type in types:
        return [node]
    return [found for child in node.children for found in tops(child, types)]


def parameter(command, name):
    """The node after a parameter of a command."""
    elements = tops(command, ("command_parameter", "array_literal_expression"))
    at = next(n for n, one in enumerate(elements) if text_of(one) == f"-{name}")
    return elements[at + 1]


def assigned(root, name):
    """Each right-hand side of an assignment to a variable, in order."""
    for node in walk(root):
        if node.type == "assignment_expression" and text_of(node.children[0]) == f"${name}":
            yield node.children[-1]


def conditions_over(node):
    """The conditions of every `if` in whose own block a node stands."""
    below, up = node, node.parent
    while up is not None:
        if up.type == "if_statement" and below.type == "statement_block":
            yield text_of(next(one for one in up.children if one.type == "pipeline"))
        below, up = up, up.parent
