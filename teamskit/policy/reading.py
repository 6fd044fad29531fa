"""YAML of a policy document to plain data, with the line of every key. It knows YAML, and nothing of policies.

Read more strictly than YAML 1.1 would: `yes` and `off` stay words, a key may stand once, and there are no aliases,
tags or second documents, so that what a person reads is what the tenant gets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from teamskit.policy.problems import Problem

Where = tuple[str | int, ...]
"""A place in the data: keys and list positions from the top."""
LARGEST_BYTES, DEEPEST = 50_000, 12
_TRUTH = {"true": True, "false": False}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PLAIN = ("bool", "int", "str", "float", "null", "timestamp", "merge", "value", "map", "seq")
_TAGS = frozenset(f"tag:yaml.org,2002:{one}" for one in _PLAIN)


@dataclass(frozen=True)
class Written:
    """A document as written: `data` is None when it could not be read; `lines` count from 1."""

    file: str
    data: Any = None
    lines: Mapping[Where, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    text: str = ""

    def line(self, *where: str | int) -> int:
        """Give the line of a place, or of the nearest place around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


@dataclass(frozen=True)
class Word:
    """A word that YAML 1.1 takes for true or false, and YAML 1.2 for text: what was written, and what it may mean."""

    written: str
    means: bool


def read_yaml(file: str, content: bytes) -> Written:
    """Read a document; everything that is wrong with its YAML is among the problems."""
    try:
        text = _text(content)
        _refuse_tricks(text)
        node = yaml.compose(text, yaml.SafeLoader)
    except _Unreadable as unreadable:
        return _refused(file, unreadable.line, unreadable.what, unreadable.remedy)
    except yaml.reader.ReaderError as strange:
        line = text.count("\n", 0, strange.position) + 1
        return _refused(file, line, "there is a character that YAML does not allow", "Take it out.")
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        said = getattr(broken, "problem", "") or "it does not follow the rules"
        line = mark.line + 1 if mark else 1
        return _refused(file, line, f"the document is not YAML: {said}", "See this line and the one above it.")
    if node is None:
        return _refused(file, 1, "the document is empty", "Begin with one that is shown by: teamskit policies show ID")
    return _Reader(file, text).read(node)


def read_file(file: str, path: Path) -> Written:
    """Read a document's file; one that cannot be opened is a problem of its own."""
    try:
        return read_yaml(file, path.read_bytes())
    except OSError as closed:
        return _refused(file, 1, f"the file could not be read: {closed.strerror}", "Check its name and its rights.")


class _Unreadable(Exception):
    def __init__(self, what: str, remedy: str, line: int = 1) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


def _refused(file: str, line: int, what: str, remedy: str) -> Written:
    return Written(file, problems=(Problem(file, line, what, remedy),))


def _text(content: bytes) -> str:
    if len(content) > LARGEST_BYTES:
        raise _Unreadable("the file is far too large for a policy document", "Check that it is the right file.")
    if content.startswith(_MARKS):
        raise _Unreadable("the file is UTF-16", "Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise _Unreadable("the file is not UTF-8", "Save it as UTF-8.", line) from None


def _refuse_tricks(text: str) -> None:
    """Look at the events before anything is built, so that nothing can grow or nest without end."""
    depth = documents = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise _Unreadable("an alias (*) stands for text elsewhere", "Write it out.", line)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if documents > 1:
            raise _Unreadable("a second document begins here (---)", "Give each document a file of its own.", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _Unreadable("it is nested too deeply", "See a shipped document.", line)


class _Reader:
    """Turns nodes into plain data and remembers lines; its problems are those of keys and tags."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text = file, text
        self._lines: dict[Where, int] = {}
        self._problems: list[Problem] = []

    def read(self, node: yaml.Node) -> Written:
        data = self._value(node, ())
        return Written(self._file, data, self._lines, tuple(self._problems), self._text)

    def _value(self, node: yaml.Node, where: Where) -> Any:
        self._lines.setdefault(where, node.start_mark.line + 1)
        if node.tag not in _TAGS:
            self._say(node, f"there is a tag, {node.tag}", "Take it out.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(one, (*where, number)) for number, one in enumerate(node.value)]
        return _scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._say(key, "a key is not text", "Write the name of one setting before the colon.")
                continue
            name = str(key.value)
            if name in found:
                first = self._lines[(*where, name)]
                self._say(key, f"{name} stands here twice, first in line {first}", "Take one of them out.")
                continue
            self._lines[(*where, name)] = key.start_mark.line + 1
            found[name] = self._value(value, (*where, name))
        return found

    def _say(self, node: yaml.Node, what: str, remedy: str) -> None:
        self._problems.append(Problem(self._file, node.start_mark.line + 1, what, remedy))


def _scalar(node: yaml.ScalarNode) -> Any:
    """Give true, false, a whole number, text, a Word, or None for nothing at all."""
    text = str(node.value)
    if node.style is not None or node.tag.endswith(":str"):
        return text
    if node.tag.endswith(":null"):
        return None
    if node.tag.endswith(":bool"):
        return _TRUTH.get(text.casefold(), Word(text, bool(yaml.SafeLoader.bool_values[text.casefold()])))
    return int(text) if node.tag.endswith(":int") and _WHOLE.fullmatch(text) else text
