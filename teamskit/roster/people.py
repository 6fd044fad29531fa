"""Rows of a people's file to persons: several rows of one number are one person, contradictions are left out and told.

Knows tables, not formats; which columns a file has is the reader's business.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, repeat

import pandas as pd

from teamskit.roster.dates import is_serial, read_dates, turned
from teamskit.roster.model import Person, Place, Problem, Role, of_columns, places_of, problem_at
from teamskit.roster.tables import Table, different
from teamskit.roster.values import school_year
from teamskit.school.model import SchoolUnit

_OFF_ROLL = re.compile(r"^(?:[A-Z]\s*-\s*)?(inactive|leaver|left|former|withdrawn)\b", re.IGNORECASE)
_NOT_YET = re.compile(r"^(?:[A-Z]\s*-\s*)?(future|applicant|not yet admitted|pre-?admission)\b", re.IGNORECASE)
_CELLS = (
    *("id", "school", "forename", "surname", "name", "year", "reg", "email", "username", "joined", "left", "status"),
)
_LISTED = 20
_OF_ITS_OWN = "cells that differ from the person's above"
_NOBODY_ABOVE = "nothing above it to belong to"


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
    read = read_dates(chain.from_iterable(different(frame[c]) for c in columns), first=first)
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
    return read, [*_turned(table, columns, first), *_as_numbers(table, columns, read), *problems]


def _as_numbers(table: Table, columns: Sequence[str], read: Mapping[str, date | None]) -> Iterator[Problem]:
    if any(map(is_serial, read)):
        text = "Some dates of this file are numbers of days, as Excel keeps them; they were read as the days they mean."
        place = table.place(table.heading_row, table.heading_row, next(c for c in columns if table.has(c)))
        remedy = "Export the file again and do not open it in Excel."
        yield problem_at(place, "dates-as-numbers", "info", text, remedy)


def _turned(table: Table, columns: Sequence[str], first: str) -> Iterator[Problem]:
    mixed, other = turned(chain.from_iterable(different(table.frame[c]) for c in columns), first=first)
    if not (mixed or other):
        return
    orders = ("day before month", "month before day")
    usual, unusual = orders if first == "day" else orders[::-1]
    text = (
        f"Some dates of this file can only be read {usual} and others only {unusual}: a program has turned some round."
        if mixed
        else f"The dates of this file were read {unusual}, because some fit no other order."
    )
    remedy = "Export the file again and do not open it in Excel."
    place = table.place(table.heading_row, table.heading_row, next(c for c in columns if table.has(c)))
    yield problem_at(place, "dates-turned", "warning" if mixed else "info", text, remedy)


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
    number = frame["id"].astype(object).where(anchors).ffill().fillna("")
    problems = [
        problem_at(
            table.place(row, line, "id"),
            "row-without-number",
            "warning",
            f"The row has no number and {_OF_ITS_OWN if own_cells else _NOBODY_ABOVE}; it was not used.",
            "Give the person a number in the MIS, or export again with the number on every row.",
        )
        for (row, line), own_cells in zip(
            frame.loc[number == "", ["_row", "_line"]].values, differs[number == ""], strict=True
        )
    ]
    return frame.assign(id=number)[number != ""], problems


def read_people(table: Table, role: Role, reading: Reading, *, first: str = "day") -> People:
    """Make one person of all rows with one number in one school.

    The frame has columns id, school, forename, surname, name, year, reg, email, username, joined, left, status.
    """
    days, problems = table_dates(table, ["joined", "left"], first)
    if table.frame["id"].is_unique:
        people = tuple(_persons(table.frame, role, table, reading, days))
        return People(people, frozenset(), 0, tuple(problems))
    return _merged(table, role, reading, days, problems)


def _merged(
    table: Table, role: Role, reading: Reading, days: Mapping[str, date | None], problems: Sequence[Problem]
) -> People:
    frame = table.frame.drop_duplicates(list(_CELLS))
    grouped: dict[tuple[str, str], Person | list[Person]] = {}
    for person in _persons(frame, role, table, reading, days):
        key = person.school, person.id
        before = grouped.get(key)
        if before is None:
            grouped[key] = person
        elif isinstance(before, list):
            before.append(person)
        else:
            grouped[key] = [before, person]
    people, contradictory = [], {}
    for key, made in grouped.items():
        if not isinstance(made, list):
            people.append(made)
        elif _contradicts(made, role):
            contradictory[key] = made
        else:
            people.append(_one_of(made, reading))
            problems = [*problems, *_differing(made, people[-1], reading)]
    more, rows = _contradictions(table, contradictory, role)
    return People(tuple(people), frozenset(contradictory), rows, (*problems, *more))


def _persons(
    frame: pd.DataFrame, role: Role, table: Table, reading: Reading, days: Mapping[str, date | None]
) -> Iterator[Person]:
    """Make a person of each row; what many rows share is worked out once."""
    year_of = cache(school_year)

    @cache
    def stay(joined: str, left: str, status: str) -> tuple[date | None, date | None, bool]:
        begun, ended = days.get(joined), days.get(left)
        return begun, ended, is_on_roll(begun, ended, status, reading.effective)

    of = {name: frame[name].tolist() for name in (*_CELLS, "_row", "_line")}
    count = len(frame)
    if not count:
        return iter(())
    forenames, surnames, full = names_of(of["forename"], of["surname"], of["name"])
    joined, left, on_roll = zip(*map(stay, of["joined"], of["left"], of["status"]), strict=True)
    return of_columns(
        Person,
        of["id"],
        of["school"],
        repeat(role, count),
        full,
        places_of(table.file, of["_row"], of["_line"]),
        forenames,
        surnames,
        map(year_of, of["year"]) if role == "pupil" else repeat(None, count),
        (group or None for group in of["reg"]),
        on_roll,
        of["email"],
        of["username"],
        joined,
        left,
        of["status"],
        repeat(None, count),
    )


def names_of(
    forenames: Sequence[str], surnames: Sequence[str], names: Sequence[str]
) -> tuple[Iterable[str], Iterable[str], Iterable[str]]:
    """Give forenames, surnames and whole names, each as a column, of columns that may lack one or two of them."""
    if "" not in forenames and "" not in surnames:
        return forenames, surnames, map(" ".join, zip(forenames, surnames, strict=True))
    forenames, surnames, names = zip(*map(_names, forenames, surnames, names), strict=True)
    return forenames, surnames, names


def _names(forename: str, surname: str, name: str) -> tuple[str, str, str]:
    if forename or surname:
        return forename, surname, f"{forename} {surname}".strip()
    if "," in name:
        surname, _, forename = (part.strip() for part in name.partition(","))
        return forename, surname, f"{forename} {surname}".strip()
    return forename, surname, name


def is_off_roll_word(status: str) -> bool:
    """Tell whether a status is a known word for somebody who has left or is not yet admitted."""
    return bool(_OFF_ROLL.match(status) or _NOT_YET.match(status))


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


def _contradictions(
    table: Table, made: Mapping[tuple[str, str], Sequence[Person]], role: Role
) -> tuple[list[Problem], int]:
    """Tell every row of people whose rows have different names, and count the rows."""
    if not made:
        return [], 0
    frame = table.frame[table.frame["id"].isin({number for _, number in made})]
    rows: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for school, number, row, line in zip(frame["school"], frame["id"], frame["_row"], frame["_line"], strict=True):
        if (school, number) in made:
            rows[school, number].append((int(row), int(line)))
    kind = "Pupil" if role == "pupil" else "Staff code"
    problems = []
    for (_, number), places in rows.items():
        lines = [str(line) for _, line in places]
        told = ", ".join(lines[:-1][:_LISTED]) + (" and " if len(lines) <= _LISTED else " ... ") + lines[-1]
        text = f"{kind} {number}: the rows on lines {told} have different names; none of them was used."
        remedy = "Give each person a number of his own in the MIS, and export again."
        problems += [
            problem_at(Place(table.file, row, line), "contradictory-rows", "error", text, remedy)
            for row, line in places
        ]
    return problems, sum(map(len, rows.values()))


def _one_of(made: Sequence[Person], reading: Reading) -> Person:
    """Merge rows in whatever order: the current stay leads, the email at the school's domain wins."""
    if len(made) == 1:
        return made[0]

    def rank(p: Person) -> tuple[object, ...]:
        address = not reading.at_domain(p.email), not p.email, p.email, p.username
        stay = p.joined_on or date.min, p.left_on or date.max, p.status_note
        return not p.on_roll, *address, p.registration_group or "~", p.year or "~", *stay, p.name, p.forename

    best = min(made, key=rank)
    first = min((p.place for p in made), key=lambda place: place.row or 0)
    ranked = sorted(made, key=rank)
    year = best.year or next((p.year for p in ranked if p.year), None)
    group = best.registration_group or next((p.registration_group for p in ranked if p.registration_group), None)
    return best._replace(place=first, year=year, registration_group=group)


def _differing(made: Sequence[Person], taken: Person, reading: Reading) -> Iterator[Problem]:
    """Tell of somebody whose rows of today differ in what he can have one of; the one taken is always the same."""
    current = [p for p in made if p.on_roll]
    for name, what, shown in (
        ("registration_group", "registration groups", taken.registration_group),
        ("year", "year groups", taken.year),
        ("email", "addresses at the school's domains", ""),
    ):
        found = {getattr(p, name) for p in current} - {None, ""}
        if len({f for f in found if name != "email" or reading.at_domain(f)}) > 1:
            text = f"{taken.id}: his rows have different {what}; {shown or 'the first by alphabet'} was taken."
            remedy = "Put it right in the MIS, and export again."
            yield problem_at(taken.place, "rows-differ", "warning", text, remedy)
