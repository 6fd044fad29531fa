"""The roster as plain, frozen values: what one export says of a school. Knows neither files' formats nor a tenant.

What an export has by the ten thousand is a named tuple: a frozen dataclass takes ten times as long to make.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cached_property, partial
from itertools import repeat
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import quote

from teamskit.school.model import SchoolUnit

Role = Literal["pupil", "staff"]
Severity = Literal["error", "warning", "info"]
_Named = TypeVar("_Named", bound=tuple[Any, ...])


class Place(NamedTuple):
    """Where a value stood: `row` as a spreadsheet counts (first row 1), `line` the text line the record begins on."""

    file: str
    row: int | None = None
    line: int | None = None
    column: str | None = None


def of_columns(kind: type[_Named], *columns: Iterable[object]) -> Iterator[_Named]:
    """Make named tuples of the columns of all their fields; nothing in Python runs for each of them."""
    return map(partial(tuple.__new__, kind), zip(*columns, strict=True))


def places_of(file: str, rows: list[int], lines: list[int]) -> Iterator[Place]:
    """Give the places of records of a file."""
    return of_columns(Place, repeat(file, len(rows)), rows, lines, repeat(None, len(rows)))


@dataclass(frozen=True)
class Problem:
    """One thing a technician should know about an export; the message names ids and classes, never a person's name."""

    check: str
    severity: Severity
    message: str
    remedy: str = ""
    file: str | None = None
    row: int | None = None
    line: int | None = None
    column: str | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """Give the documented fields of one row of `roster check --output json`."""
        return {
            "check": self.check,
            "severity": self.severity,
            "file": self.file,
            "row": self.row,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "remedy": self.remedy,
        }


def problem_at(place: Place, check: str, severity: Severity, message: str, remedy: str = "") -> Problem:
    """Make a problem that stands at a place."""
    return Problem(check, severity, message, remedy, place.file, place.row, place.line, place.column)


class Person(NamedTuple):
    """A pupil or a member of staff; `year` is R, 1 to 14, N, N1, N2 or as the file has it; dates as the file has them.

    `primary` says whether the export calls this the person's main role, None where it says nothing.
    `on_roll` is true on the effective date; `status_note` is the file's own word for the enrolment status or the job.
    """

    id: str
    school: str
    role: Role
    name: str
    place: Place
    forename: str = ""
    surname: str = ""
    year: str | None = None
    registration_group: str | None = None
    on_roll: bool = True
    email: str = ""
    username: str = ""
    joined_on: date | None = None
    left_on: date | None = None
    status_note: str = ""
    primary: bool | None = None

    @property
    def key(self) -> str:
        """Give the key that is unique in the tenant: school, role and the school's own number or code."""
        return f"{self.school}/{self.role}/{self.id}"


class Stay(NamedTuple):
    """One enrolment of a pupil in a class: its first and last day, None where the file has no date."""

    pupil: str
    starts_on: date | None = None
    ends_on: date | None = None


class Section(NamedTuple):
    """One teaching group of one academic year (2026 is 2026/27), with the enrolments in force of people on roll.

    `stays` are the enrolments, in force or not, of pupils whose classes changed about the date of the roster.
    `no_team` says why the file alone rules a team out; `registration` marks a form (`CLS 7A`), not a teaching group.
    """

    id: str
    school: str
    name: str
    academic_year: int
    place: Place
    teachers: tuple[str, ...] = ()
    pupils: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    in_term: bool = True
    no_team: str | None = None
    registration: bool = False
    stays: tuple[Stay, ...] = ()

    @property
    def key(self) -> str:
        """Give the key of its team: school, academic year, class."""
        return f"{quote(self.school, safe='')}/{self.academic_year}/{self.id}"

    def with_people(self, teachers: tuple[str, ...], pupils: tuple[str, ...], no_team: str | None) -> "Section":
        """Give the class with its people, and with the reason why the file rules a team out."""
        term = self.starts_on, self.ends_on, self.in_term
        return Section(
            self.id,
            self.school,
            self.name,
            self.academic_year,
            self.place,
            teachers,
            pupils,
            *term,
            no_team,
            self.registration,
        )

    @property
    def label(self) -> str:
        """Name the class for a message: its id, and its name where that differs."""
        return self.id if self.name == self.id else f"{self.id} ({self.name})"


class Lesson(NamedTuple):
    """A row of the timetable; `weekday` is 0 on Monday; `week` A, B, 1, 2 or empty; times by the school's clock."""

    section_id: str
    school: str
    period: str
    weekday: int | None = None
    week: str = ""
    slot: str = ""
    starts: time | None = None
    ends: time | None = None
    staff: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileRead:
    """What was done with one file: how it was read, and of its records how many were used and left out."""

    file: str
    encoding: str
    delimiter: str
    heading_row: int
    rows: int
    used: int
    left_out: int


@dataclass(frozen=True)
class Roster:
    """Who is in the school and in what, from one export, true on one date."""

    schools: tuple[SchoolUnit, ...]
    people: tuple[Person, ...]
    sections: tuple[Section, ...]
    effective: date
    lessons: tuple[Lesson, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[FileRead, ...] = ()

    @cached_property
    def pupils(self) -> tuple[Person, ...]:
        """Give every pupil of the export, leavers and not yet admitted too."""
        return tuple([p for p in self.people if p.role == "pupil"])

    @cached_property
    def staff(self) -> tuple[Person, ...]:
        """Give every member of staff of the export, leavers too."""
        return tuple([p for p in self.people if p.role == "staff"])

    @cached_property
    def pupil_columns(self) -> Mapping[str, Sequence[Any]]:
        """Give every field of the pupils as a column, for questions of all of them at once."""
        return dict(zip(Person._fields, zip(*self.pupils, strict=True) if self.pupils else repeat(()), strict=False))

    @cached_property
    def people_by_key(self) -> Mapping[str, Person]:
        """Give the people by their key."""
        return {p.key: p for p in self.people}

    @cached_property
    def _people_by_id(self) -> Mapping[tuple[Role, str], list[Person]]:
        found: dict[tuple[Role, str], list[Person]] = defaultdict(list)
        for person in self.people:
            found[person.role, person.id].append(person)
        return found

    def teachers_of(self, section: Section) -> tuple[Person, ...]:
        """Give the people who teach a class, of its own school first, else of another school of the export."""
        return self._resolve("staff", section.school, section.teachers)

    def pupils_of(self, section: Section) -> tuple[Person, ...]:
        """Give the pupils of a class, of its own school first, else of another school of the export."""
        return self._resolve("pupil", section.school, section.pupils)

    def stays_of(self, section: Section) -> tuple[tuple[Person, Stay], ...]:
        """Give the pupils of a class with each enrolment; it has no days where their classes stay the same.

        Who has left or is not admitted yet is among them where the export has the day.
        """
        dated = [(self._one("pupil", section.school, stay.pupil), stay) for stay in section.stays]
        still = [(person, Stay(person.id)) for person in self.pupils_of(section) if person.id not in self._moved]
        return (*((one, stay) for one, stay in dated if one is not None and self._has_days(one)), *still)

    def _has_days(self, person: Person) -> bool:
        is_coming = person.joined_on is not None and person.joined_on > self.effective
        return person.on_roll or is_coming or person.left_on is not None

    @cached_property
    def _moved(self) -> frozenset[str]:
        return frozenset(stay.pupil for section in self.sections for stay in section.stays)

    def _resolve(self, role: Role, school: str, ids: tuple[str, ...]) -> tuple[Person, ...]:
        return tuple(p for p in (self._one(role, school, number) for number in ids) if p is not None)

    def _one(self, role: Role, school: str, number: str) -> Person | None:
        own = self.people_by_key.get(f"{school}/{role}/{number}")
        others = self._people_by_id.get((role, number), [])
        return own or (others[0] if others else None)

    def in_year(self, year: int) -> "Roster":
        """Give the same roster with its classes in another academic year (2026 is 2026/27)."""
        return replace(self, sections=tuple(s._replace(academic_year=year) for s in self.sections))

    def with_problems(self, problems: tuple[Problem, ...]) -> "Roster":
        """Give the same roster with another list of problems."""
        return replace(self, problems=problems)
