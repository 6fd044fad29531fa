"""A roster as three tables in SIMS's captions, which a reader takes back as they stand. Pure.

What the program understood can so be looked at in Excel, kept, or handed to another school's folder.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from teamskit.roster.model import Person, Roster

Rows = Sequence[Sequence[str | date | None]]
PUPILS = ("Adno", "Forename", "Surname", "Reg", "Year", "Primary Email", "Date Of Admission", "Leaving Date")
STAFF = ("Staff Code", "Forename", "Surname", "Role", "Work Email", "Start Date", "Leaving Date")
CLASSES = ("Adno", "Class", "Teacher Code")


def roster_tables(roster: Roster) -> list[tuple[str, Sequence[str], Rows]]:
    """Give name, headings and rows of pupils, staff and class memberships; classes without a pupil are in none."""
    return [
        ("pupils", PUPILS, [_pupil(one) for one in roster.pupils]),
        ("staff", STAFF, [_staff(one) for one in roster.staff]),
        ("classes", CLASSES, list(_memberships(roster))),
    ]


def _pupil(one: Person) -> tuple[str | date | None, ...]:
    form = one.registration_group or ""
    return one.id, *_name(one), form, one.year or "", one.email, one.joined_on, one.left_on


def _staff(one: Person) -> tuple[str | date | None, ...]:
    return one.id, *_name(one), one.status_note, one.email, one.joined_on, one.left_on


def _name(one: Person) -> tuple[str, str]:
    return (one.forename, one.surname) if one.forename or one.surname else ("", one.name)


def _memberships(roster: Roster) -> Iterator[tuple[str, str, str]]:
    """Pair pupils with teachers row by row: a class of two teachers needs no third column, and no row too many."""
    for section in roster.sections:
        most = max(len(section.pupils), len(section.teachers) if section.pupils else 0)
        for n in range(most):
            teacher = section.teachers[n % len(section.teachers)] if section.teachers else ""
            yield section.pupils[n % len(section.pupils)], section.id, teacher
