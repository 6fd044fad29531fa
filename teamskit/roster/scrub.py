"""What is taken out of cells before anything keeps them: Unique Pupil Numbers wherever they stand, Excel's error words.

Columns flow in, the same columns flow out with the records something was taken out of. No cell is ever told.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from teamskit.roster.cells import Coded
from teamskit.roster.upn import without_upn

_EXCEL_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!|NULL!|SPILL!|CALC!)|#{3,}", re.IGNORECASE)
_ELEVEN_DIGITS = re.compile(r"\d{11}")
_NO_CHANCE = 3


@dataclass(frozen=True)
class Scrubbed:
    """Columns by meaning; `made_of_upns` were columns of them and are gone.

    `upns` and `errors` are, by meaning, the records (from 0) whose cell held one of the two.
    """

    columns: Mapping[str, Coded]
    made_of_upns: tuple[str, ...]
    upns: Mapping[str, Sequence[int]]
    errors: Mapping[str, Sequence[int]]


def scrubbed(columns: Mapping[str, Coded], impersonal: Collection[str] = ()) -> Scrubbed:
    """Take out what must not be kept, and what Excel wrote in place of a value; `impersonal` columns name no people."""
    kept: dict[str, Coded] = {}
    gone, upns, errors = [], {}, {}
    for meaning, column in columns.items():
        column, found, mostly = without_upns(column, personal=meaning not in impersonal)
        if mostly:
            gone.append(meaning)
            continue
        marked = column.values if "#" in "".join(column.values) else ()
        words = {value for value in marked if value[:1] == "#" and _EXCEL_ERROR.fullmatch(value)}
        upns[meaning], errors[meaning] = found, _records(column, words)
        kept[meaning] = column.changed(dict.fromkeys(words, "")) if words else column
    return Scrubbed(kept, tuple(gone), upns, errors)


def _records(column: Coded, values: Collection[str]) -> list[int]:
    return [int(n) for n in np.flatnonzero(column.hits(values))] if values else []


def _has_long_number(values: Iterable[str]) -> bool:
    """Tell quickly whether any of some cells has the eleven digits in a row of a Unique Pupil Number."""
    text = "\n".join(values)
    if not text.isascii():
        return bool(_ELEVEN_DIGITS.search(text))
    run = np.frombuffer(text.encode("ascii"), dtype=np.uint8) - ord("0") < 10
    # After each step a mark says that so many more digits follow: two in a row, four, eight, eleven.
    for more in (1, 2, 4, 3):
        run = run[:-more] & run[more:]
    return bool(run.any())


def without_upns(column: Coded, *, personal: bool = True) -> tuple[Coded, list[int], bool]:
    """Give a column without any Unique Pupil Number, the records that held one, and whether the column is made of them.

    It is where half of its cells or more are nothing but such a number, or an address made of one. One in 23 numbers of
    that shape has the right letter by chance: in a column of classes or schools (not personal) only several of them,
    and half of all or more, are pupils' numbers; fewer are ids and stay.
    """
    if not _has_long_number(column.values):
        return column, [], False
    bare = {value: without_upn(value) for value in column.values}
    held = {value: left for value, left in bare.items() if left != value}
    if not held or (not personal and len(held) < _NO_CHANCE):
        return column, [], False
    whole = column.hits([value for value, left in held.items() if not left])
    made_of_them = bool(whole.any()) and 2 * int(whole.sum()) >= int(column.filled().sum())
    if not personal and not made_of_them:
        return column, [], False
    return column.changed(held), _records(column, held), made_of_them
