"""What Excel does to numbers that are names: zeros lost, `4123.0`, `4,123`, `4E+03`. Seen, mended if certain, told."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from teamskit.roster.model import Problem, problem_at
from teamskit.roster.tables import Table
from teamskit.roster.values import without_zeros

_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[Ee]\+\d{1,3}$")
_WRITTEN_OUT = re.compile(r"^(?:\d+\.0+|\d{1,3}(?:,\d{3})+)$")
_BESIDE_DIGITS = re.compile(r"\.0+$|,")
_LISTED = 20
_REMEDY = "Export the file again and do not open it in Excel."


def mend_numbers(tables: Mapping[str, Table]) -> tuple[dict[str, Table], list[Problem], dict[str, int]]:
    """Give the tables with admission numbers as they were, the problems told, and the rows left out by table.

    A number in scientific notation has lost digits: its rows are not used. `4123.0` and `4,123` are 4123. A number
    without zeros is mended only where another file of the export has one number, and one only, with zeros before the
    same digits.
    """
    mended, problems, lost = {}, [], {}
    for kind, table in tables.items():
        table, told = _without_scientific(table)
        mended[kind] = table
        problems += told
        lost[kind] = len(told)
    numbers = {kind: table.frame["id"].unique() for kind, table in mended.items()}
    # Plain numbers of one length everywhere have lost nothing, and a large school's are not gone through one by one.
    shapes = {(len(n), n.isalnum()) for found in numbers.values() for n in found if n}
    if len({length for length, _ in shapes}) <= 1 and all(plain for _, plain in shapes):
        return mended, problems, lost
    whole = _full_numbers(chain.from_iterable(numbers.values()))
    for kind, table in mended.items():
        mended[kind], told = _with_zeros(table, numbers[kind], whole)
        problems += told
    return mended, problems, lost


def _without_scientific(table: Table) -> tuple[Table, list[Problem]]:
    frame = table.frame
    bad = [number for number in frame["id"].unique() if not number.isdigit() and _SCIENTIFIC.match(number)]
    if not bad:
        return table, []
    hit = frame["id"].isin(bad)
    problems = [
        problem_at(
            table.place(row, line, "id"),
            "scientific-number",
            "error",
            f"The number {number} was shortened by Excel and has lost digits; the row was not used.",
            _REMEDY,
        )
        for number, row, line in frame.loc[hit, ["id", "_row", "_line"]].values
    ]
    return table.with_frame(frame[~hit]), problems


def _full_numbers(numbers: Iterable[str]) -> dict[str, str]:
    """Give each bare number the one spelling with zeros that some file has for it, where there is one only."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for number in numbers:
        if number[:1] == "0" and number.isdigit():
            spellings[without_zeros(number)].add(number)
    return {bare: next(iter(found)) for bare, found in spellings.items() if len(found) == 1}


def _with_zeros(table: Table, numbers: Iterable[str], whole: Mapping[str, str]) -> tuple[Table, list[Problem]]:
    floats = {n: _BESIDE_DIGITS.sub("", n) for n in numbers if _WRITTEN_OUT.match(n)}
    bare = {n: floats.get(n, n) for n in numbers}
    own = set(bare.values())
    # Where the file itself has both 123 and 0123, they are two people and nothing is certain.
    found = {n: whole[b] for n, b in bare.items() if b in whole and whole[b] != b and whole[b] not in own}
    changed = {**floats, **found}
    if not changed:
        return table, []
    ids = [*found.values(), *(n for old, n in floats.items() if old not in found)]
    listed = ", ".join(sorted(ids)[:_LISTED]) + (f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else "")
    text = (
        f"{len(ids)} numbers of this file were changed by Excel, zeros lost, .0 or a comma added;"
        f" they were read as {listed}."
        if len(ids) > 1
        else f"A number of this file was changed by Excel, zeros lost, .0 or a comma added; it was read as {listed}."
    )
    place = table.place(table.heading_row, table.heading_row, "id")
    note = problem_at(place, "zeros-lost", "warning", text, _REMEDY)
    return table.with_frame(table.frame.assign(id=[changed.get(n, n) for n in table.frame["id"]])), [note]
