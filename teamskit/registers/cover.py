"""Who teaches instead: rows of the file that `[lessons] cover` names, read as strictly as the registers are.

A row names a lesson by day, class and period, and who gives it; without a staff code the lesson does not take place.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from teamskit.errors import InputError, RosterError
from teamskit.registers.reading import Sheet, check_cells, day_in, read_sheet
from teamskit.roster.headings import Headings
from teamskit.roster.model import Problem
from teamskit.roster.values import looks_like_date

COLUMNS = ("Date", "Class", "Period", "Staff")
_COVER = Headings(
    "the list of cover",
    {
        "day": ("Date", "Day"),
        "class": ("Class", "Class Code"),
        "period": ("Period",),
        "staff": ("Staff", "Staff Code", "Cover"),
    },
    needed=("day", "class", "period", "staff"),
)
_MISSING = {"day": "day", "class": "class", "period": "period"}


@dataclass(frozen=True)
class Cover:
    """What was read: for a lesson (day; class and period in small letters) the staff codes, none when it is cancelled.

    `rows` gives the first row of each lesson, `problems` a line for each row that was not used.
    """

    lessons: Mapping[tuple[date, str, str], tuple[str, ...]]
    rows: Mapping[tuple[date, str, str], int]
    problems: tuple[Problem, ...] = ()


def read_cover(path: Path) -> Cover:
    """Read the file; raises InputError when it is missing or cannot be read at all."""
    try:
        sheet = read_sheet(path, _COVER)
    except (RosterError, csv.Error, OSError) as refused:
        said = getattr(refused, "what", None) or getattr(refused, "strerror", None) or refused
        raise InputError(
            f"the list of cover cannot be used: {said}",
            where=str(path),
            next_step=f"It needs the headings {', '.join(COLUMNS)}; or take cover out of [lessons] in school.toml.",
        ) from None
    found: dict[tuple[date, str, str], tuple[str, ...]] = {}
    rows: dict[tuple[date, str, str], int] = {}
    for row, line, cells in sheet.rows:
        key = _lesson(sheet, (row, line), cells)
        if key is None or _is_contrary(sheet, (row, line), cells["staff"], found.get(key), rows.get(key)):
            continue
        found[key] = (*found.get(key, ()), *([cells["staff"]] if cells["staff"] else ()))
        rows.setdefault(key, row)
    return Cover(found, rows, tuple(sheet.problems))


def _lesson(sheet: Sheet, at: tuple[int, int], cells: Mapping[str, str]) -> tuple[date, str, str] | None:
    check_cells(sheet, at, cells, ())
    day = day_in(sheet, at, "day", cells["day"])
    for name, word in _MISSING.items():
        if not cells[name]:
            told = f"It names no {word}; the row was not used."
            sheet.tell(at, name, "error", f"no-{word}", told, "Name the lesson by date, class and period.")
    if cells["class"] and looks_like_date(cells["class"]):
        told = "Excel has made a date of the class; the row was not used."
        sheet.tell(at, "class", "error", "class-is-a-date", told, "Write the class again, as text.")
    if at[0] in sheet.left_out or day is None:
        return None
    return day, cells["class"].casefold(), cells["period"].casefold()


def _is_contrary(
    sheet: Sheet, at: tuple[int, int], staff: str, before: tuple[str, ...] | None, row: int | None
) -> bool:
    """Tell a row that says of a lesson what another row denies: cancelled, and given by somebody."""
    if before is None or bool(before) == bool(staff):
        return False
    told = f"Row {row} says otherwise of the same lesson; this row was not used."
    sheet.tell(at, "staff", "error", "cover-twice", told, "Leave one of the rows.")
    return True
