"""Rows of a people's file to persons: several rows of one number are one person, contradictions are left out and told.

Knows tables, not formats; which columns a file has is the reader's business.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

import pandas as pd

from teamskit.roster.dates import read_dates
from teamskit.roster.model import Person, Place, Problem, Role, problem_at
from teamskit.roster.tables import Table
from teamskit.roster.values import school_year
from teamskit.school.model import SchoolUnit

_OFF_ROLL = re.compile(r"^(?:[A-Z]\s*-\s*)?(inactive|leaver|left|former|withdrawn)\b", re.IGNORECASE)
_NOT_YET = re.compile(r"^(?:[A-Z]\s*-\s*)?(future|applicant|not yet admitted|pre-?admission)\b", re.IGNORECASE)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What a reader is told: the school where files name none, the date, the school's domains and own headings."""

    school: SchoolUnit
    effective: date
    domains: tuple[str, ...]
    columns: Mapping[str, str]

    def at_domain(self, address: str) -> bool:
        """Tell whether an address is at one of the school's domains."""
        return address.rpartition("@")[2].casefold() in {d.casefold() for d in self.domains}


@dataclass(frozen=True)
class People:
    """The persons of one file; `left_out` are the (school, id) that contradict themselves, `rows_left_out` a count."""

    people: tuple[Person, ...]
    left_out: frozenset[tuple[str, str]]
    rows_left_out: int
    problems: tuple[Problem, ...]


def table_dates(
    table: Table, columns: Sequence[str], first: str = "day"
) -> tuple[dict[str, date | None], list[Problem]]:
    """Read the date columns of a table by one order, with a problem for each cell that is no date."""
    frame = table.frame
    read = read_dates(chain.from_iterable(frame[c].unique() for c in columns), first=first)
    bad = {text for text, day in read.items() if day is None}
    problems = [
        problem_at(
            table.place(row, line, column),
            "not-a-date",
            "warning",
            f"{number or 'The row'}: {_shown(value)} is no date; it was taken as blank.",
            "Write dates as dd/mm/yyyy or yyyy-mm-dd, one way in the whole file.",
        )
        for column in columns
        if bad
        for row, line, number, value in frame.loc[frame[column].isin(bad), ["_row", "_line", "id", column]].values
    ]
    return read, problems


def _shown(value: str) -> str:
    """Quote a cell for a message unless letters stand in it: in a shifted row it may be a name."""
    return "the cell" if any(c.isalpha() for c in value) else repr(value)


def filled_down(table: Table, own: Sequence[str]) -> tuple[pd.DataFrame, list[Problem]]:
    """Give rows without a number the number above, where the pupil's `own` cells are blank or repeat those above.

    Nothing but the number is filled in. A row with a name of its own, or with nothing above, is not used, and neither
    are the rows beneath it that have no cells of their own.
    """
    frame = table.frame
    blank = frame["id"] == ""
    if not bool(blank.any()):
        return frame, []
    cells = frame[list(own)]
    above = cells.where(~blank).ffill()
    differs = blank & ((cells != "") & (cells != above)).any(axis=1)
    anchors = ~blank | differs
    number = frame["id"].where(anchors).ffill().fillna("")
    problems = [
        problem_at(
            table.place(row, line, "id"),
            "row-without-number",
            "warning",
            "The row has no number and nothing above it to belong to; it was not used.",
            "Give the person a number in the MIS, or export again with the number on every row.",
        )
        for row, line in frame.loc[number == "", ["_row", "_line"]].values
    ]
    return frame.assign(id=number)[number != ""], problems


def read_people(table: Table, role: Role, reading: Reading, *, first: str = "day") -> People:
    """Make one person of all rows with one number in one school.

    The frame has columns id, school, forename, surname, name, year, reg, email, username, joined, left, status.
    """
    days, problems = table_dates(table, ["joined", "left"], first)
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in table.records():
        grouped[row["school"], row["id"]].append(row)
    people, left_out, rows_lost = [], set(), 0
    for key, rows in grouped.items():
        made = [_person(row, role, table, reading, days) for row in rows]
        if _contradicts(made, role):
            left_out.add(key)
            rows_lost += len(rows)
            problems.append(_contradiction(made, role))
        else:
            people.append(_one_of(made, reading))
    return People(tuple(people), frozenset(left_out), rows_lost, tuple(problems))


def _names(row: Row) -> tuple[str, str, str]:
    forename, surname, name = row["forename"], row["surname"], row["name"]
    if name and not (forename or surname) and "," in name:
        surname, _, forename = (part.strip() for part in name.partition(","))
    return forename, surname, " ".join(p for p in (forename, surname) if p) or name


def _person(row: Row, role: Role, table: Table, reading: Reading, days: Mapping[str, date | None]) -> Person:
    forename, surname, name = _names(row)
    joined, left = days.get(row["joined"]), days.get(row["left"])
    return Person(
        id=row["id"],
        school=row["school"],
        role=role,
        name=name,
        place=table.place(row["_row"], row["_line"]),
        forename=forename,
        surname=surname,
        year=school_year(row["year"]) if role == "pupil" else None,
        registration_group=row["reg"] or None,
        on_roll=is_on_roll(joined, left, row["status"], reading.effective),
        email=row["email"],
        username=row["username"],
        joined_on=joined,
        left_on=left,
        status_note=row["status"],
    )


def is_on_roll(joined: date | None, left: date | None, status: str, day: date) -> bool:
    """Tell whether somebody is on roll on a day: from the day of admission until the day before the leaving date.

    Where the dates say nothing the status does: leavers and inactive people are not on roll, future ones not yet.
    """
    if status.casefold() == "inactive":
        return False
    if left is None and _OFF_ROLL.match(status):
        return False
    if joined is None and _NOT_YET.match(status):
        return False
    return (joined is None or joined <= day) and (left is None or day < left)


def _contradicts(made: Sequence[Person], role: Role) -> bool:
    current = [p for p in made if p.on_roll]
    # A staff code is given again after somebody leaves: then only the rows of people still here must agree.
    compared = current if role == "staff" and current else made
    return len({p.name.casefold() for p in compared if p.name}) > 1


def _contradiction(made: Sequence[Person], role: Role) -> Problem:
    first = made[0]
    second = next(p for p in made if p.name and p.name.casefold() != first.name.casefold())
    kind = "Pupil" if role == "pupil" else "Staff code"
    return problem_at(
        second.place,
        "contradictory-rows",
        "error",
        f"{kind} {first.id}: the rows on lines {first.place.line} and {second.place.line} have different names;"
        " none of them was used.",
        "Give each person a number of his own in the MIS, and export again.",
    )


def _one_of(made: Sequence[Person], reading: Reading) -> Person:
    """Merge rows in whatever order: the current stay leads, the email at the school's domain wins."""
    if len(made) == 1:
        return made[0]

    def rank(p: Person) -> tuple[object, ...]:
        address = not reading.at_domain(p.email), not p.email, p.email, p.username
        return not p.on_roll, *address, p.registration_group or "~"

    best = min(made, key=rank)
    first = min((p.place for p in made), key=lambda place: place.row or 0)
    filled = {
        name: getattr(best, name) or next((getattr(p, name) for p in sorted(made, key=rank) if getattr(p, name)), None)
        for name in ("year", "registration_group")
    }
    return _replaced(best, first, filled)


def _replaced(person: Person, place: Place, filled: Mapping[str, str | None]) -> Person:
    fields = {**person.__dict__, "place": place, **filled}
    return Person(**fields)
