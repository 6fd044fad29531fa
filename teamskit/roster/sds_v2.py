"""School Data Sync v2: orgs, users (with their role in them), classes, enrollments. Replaced by v2.1; still met.

Files flow in, a Roster flows out. An export may hold several schools.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from teamskit.roster.model import Roster, of_columns
from teamskit.roster.orgs import Orgs, read_orgs
from teamskit.roster.people import Reading
from teamskit.roster.role_holders import Held, HeldColumns, Row, Users, known_kind, known_orgs, make_people, read_users
from teamskit.roster.role_words import Kind, kind_of_role
from teamskit.roster.set_classes import read_sections, roster_of
from teamskit.roster.sets import (
    OF_PERSON,
    SPOKEN,
    ExactHeadings,
    Report,
    SetKind,
    by_name,
    cell_list,
    headings_of,
    is_sourced,
    read_set,
)

ORG: Mapping[str, tuple[str, ...]] = {
    "id": ("sourcedId",),
    "name": ("name",),
    "type": ("type",),
    "parent": ("parentSourcedId",),
    "identifier": ("identifier",),
}
USER: Mapping[str, tuple[str, ...]] = {
    "id": ("sourcedId",),
    "orgs": ("orgSourcedIds", "orgSourcedId"),
    "forename": ("givenName",),
    "surname": ("familyName",),
    "username": ("username",),
    "email": ("email",),
    "role": ("role",),
    "year": ("grade", "grades"),
}
CLASS: Mapping[str, tuple[str, ...]] = {
    "id": ("sourcedId",),
    "org": ("orgSourcedId",),
    "name": ("title",),
    "sessions": ("sessionSourcedIds",),
    "course": ("courseSourcedId",),
    "type": ("classType",),
}
ENROLMENT: Mapping[str, tuple[str, ...]] = {
    "section": ("classSourcedId",),
    "id": ("userSourcedId",),
    "role": ("role",),
    "primary": ("primary",),
    "starts": ("beginDate",),
    "ends": ("endDate",),
}
REFERENCES = frozenset({"section", "org", "orgs", "session"})
MANY = frozenset(ENROLMENT)
"""Meanings of the files with a row for each enrolment."""
_Said = tuple[str, Kind, str, str, bool, int, bool]
KIND = SetKind(
    "School Data Sync v2",
    {
        "orgs.csv": ExactHeadings(
            "Organisations", ORG, ("id", "name", "type"), impersonal=frozenset(ORG), spoken=SPOKEN
        ),
        "users.csv": ExactHeadings(
            "Users", USER, ("id", "orgs", "username", "role"), impersonal=REFERENCES, spoken=SPOKEN
        ),
        "classes.csv": ExactHeadings(
            "Classes", CLASS, ("id", "org", "name"), impersonal=frozenset(CLASS), spoken=SPOKEN
        ),
        "enrollments.csv": ExactHeadings(
            "Enrolments", ENROLMENT, ("section", "id", "role"), impersonal=REFERENCES, spoken=OF_PERSON, coded=MANY
        ),
    },
    ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv"),
    frozenset({"demographics.csv", "userflags.csv"}),
)


def recognises(files: Sequence[Path], columns: Mapping[str, str]) -> bool:
    """Tell whether a folder is a v2 set: users with their role in users.csv, and no file of roles or manifest."""
    names = set(by_name(files))
    return is_sourced(files) and not names & {"roles.csv", "manifest.csv"} and "role" in headings_of(files, "users.csv")


def read(files: Sequence[Path], reading: Reading) -> Roster:
    """Read a set to a roster; raises RosterError when a file is missing or cannot be used."""
    report = Report()
    tables = read_set(files, KIND, reading, report)
    orgs = read_orgs(tables["orgs.csv"], report)
    tables = {name: orgs.spelt(table) for name, table in tables.items()}
    users = read_users(tables["users.csv"], report)
    holders = make_people(users, held_in_users(users, orgs, report), users.table, orgs, report)
    sections = read_sections(tables, orgs, {}, users, holders, reading.effective, report)
    return roster_of(holders.people, sections, orgs, tables, reading.effective, report)


def held_in_users(users: Users, orgs: Orgs, report: Report) -> Iterator[Held] | HeldColumns:
    """Give the roles that stand in the users' own rows, one for each organisation named."""

    @cache
    def usual(word: str, cell: str, year: str, status: str) -> _Said | None:
        """Give what every row with these cells says, None where a row is to be looked at by itself."""
        kind = kind_of_role(word)
        if kind is None or cell not in orgs.units:
            return None
        return cell, kind, word, _first_year(year), False, 0, _is_current(status)

    frame, count = users.table.frame, len(users.table.frame)
    of = {name: frame[name].tolist() for name in ("id", "role", "orgs", "year")}
    status = frame["status"].tolist() if "status" in frame else [""] * count
    said = list(map(usual, of["role"], of["orgs"], of["year"], status))
    if said and None not in said and len(users.rows) == count:
        columns = of["id"], range(count), *zip(*filter(None, said), strict=True), [None] * count, [None] * count
        held = dict(zip(Held._fields, columns, strict=True))
        return of_columns(Held, *columns) if "other" in held["kind"] else held
    return _held_one_by_one(users, said, orgs, report)


def _held_one_by_one(users: Users, said: Sequence[_Said | None], orgs: Orgs, report: Report) -> Iterator[Held]:
    """Give the same where some rows have more to say than others; `said` is what each row says by itself."""
    records = users.table.records()
    for at, (number, one) in enumerate(zip(users.table.frame["id"].tolist(), said, strict=True)):
        if one and number in users.rows:
            yield Held(number, at, *one)
        elif number in users.rows:
            yield from _held_in_several(users, at, records[at], orgs, report)


def _held_in_several(users: Users, at: int, row: Row, orgs: Orgs, report: Report) -> Iterator[Held]:
    """Give the role of a row in each of the organisations it lists; what cannot be used is told."""
    kind = known_kind(users.table, row, report)
    if kind:
        year, current = _first_year(row["year"]), _is_current(row.get("status", ""))
        for rank, org in enumerate(known_orgs(users.table, row, cell_list(row["orgs"]), orgs, report)):
            yield Held(row["id"], at, org, kind, row["role"], year, False, rank, current)


def _first_year(cell: str) -> str:
    return cell.split(",")[0].strip()


def _is_current(status: str) -> bool:
    return status.casefold() != "inactive"
