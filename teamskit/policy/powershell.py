"""Values as PowerShell writes them: each stays the one string, number, list or truth that it is, whatever is in it.

Values flow in, text for a script flows out; knows nothing of policies. A string is written between single quotes, in
which PowerShell replaces nothing. It ends such a string at any of five quotation marks, so each of them is doubled;
what cannot be seen (line breaks, NUL, direction marks, half surrogates) is put in by its number.
Source: PowerShell language specification 2.3.5.2 and about_Quoting_Rules, read 2026-11-25.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
"""What PowerShell takes for a single quotation mark: the plain one and four typographic ones."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def literal(value: object) -> str:
    """Write a value; raises TypeError for one that no cmdlet's setting has (a table within a setting)."""
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return string(value)
    if isinstance(value, Sequence):
        return array([literal(one) for one in value])
    raise TypeError(f"PowerShell has no plain form of a {type(value).__name__}")


def string(text: str) -> str:
    """Write a string: one literal, or literals and numbered characters added up within brackets."""
    parts: list[str] = []
    plain = ""
    for char in text:
        if _is_seen(char):
            plain += char * (2 if char in SINGLE_QUOTES else 1)
            continue
        # The sum begins with a string: begun with a character, PowerShell would try to add numbers.
        parts += [f"'{plain}'"] if plain or not parts else []
        parts += [f"[char]0x{unit:04X}" for unit in _units(char)]
        plain = ""
    if not parts:
        return f"'{plain}'"
    parts += [f"'{plain}'"] if plain else []
    return f"({' + '.join(parts)})"


def _is_seen(char: str) -> bool:
    return char == " " or unicodedata.category(char) not in _UNSEEN


def _units(char: str) -> list[int]:
    """Give the UTF-16 units of a character, which are what a [char] of PowerShell holds."""
    data = char.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[n : n + 2], "big") for n in range(0, len(data), 2)]


def array(items: Sequence[str], indent: str = "", width: int = 118) -> str:
    """Write a list of what is written already; over several lines where one of `width` signs does not hold it."""
    line = f"@({', '.join(items)})"
    if len(indent) + len(line) <= width:
        return line
    lines, row = [], ""
    for item in items:
        wider = f"{row}, {item}" if row else f"{indent}    {item}"
        if row and len(wider) >= width:
            lines.append(row)
            wider = f"{indent}    {item}"
        row = wider
    return "@(\n" + ",\n".join([*lines, row]) + f"\n{indent})"


def name(text: str) -> str:
    """Give the name of a parameter back as it may stand bare in a script; raises ValueError for anything else."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name of a parameter")
    return text


def table(settings: Mapping[str, str], indent: str = "") -> str:
    """Write a table of named parameters whose values are written already."""
    rows = [f"{indent}    {name(key)} = {value}\n" for key, value in settings.items()]
    return "@{\n" + "".join(rows) + indent + "}"


def remark(text: str) -> str:
    """Write a comment of one line, whatever stands in the text; nothing in it can end it early."""
    seen = "".join(char if _is_seen(char) else " " for char in text)
    return "# " + " ".join(seen.split()).replace("#>", "# >")
