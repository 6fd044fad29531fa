"""School Data Sync v2.1: orgs, users, roles, and where classes are kept classes, enrollments, courses, sessions.

Files flow in, a Roster flows out. demographics.csv and userFlags.csv are never opened.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from teamskit.roster.model import Roster
from teamskit.roster.orgs import Orgs, read_orgs
from teamskit.roster.people import Reading
from teamskit.roster.role_holders import Held, HeldColumns, Row, Users, known_kind, known_orgs, make_people, read_users
from teamskit.roster.role_words import kind_of_role
from teamskit.roster.sds_v2 import CLASS, ENROLMENT, MANY, ORG, REFERENCES
from teamskit.roster.sessions import SESSIONS, Session, read_sessions, session_ids, tell_unknown
from teamskit.roster.set_classes import read_sections, roster_of
from teamskit.roster.sets import (
    OF_PERSON,
    OF_SESSION,
    SPOKEN,
    YES,
    ExactHeadings,
    Report,
    SetKind,
    by_name,
    headings_of,
    is_sourced,
    read_days,
    read_set,
)
from teamskit.roster.tables import Table
from teamskit.school.dates import academic_year_of

_USER: Mapping[str, tuple[str, ...]] = {
    "id": ("sourcedId",),
    "forename": ("givenName",),
    "surname": ("familyName",),
    "username": ("username",),
    "email": ("email",),
    "match": ("activeDirectoryMatchId",),
}
_ROLE: Mapping[str, tuple[str, ...]] = {
    "id": ("userSourcedId",),
    "org": ("orgSourcedId",),
    "role": ("role",),
    "session": ("sessionSourcedId",),
    "year": ("grade",),
    "primary": ("isPrimary",),
    "starts": ("roleStartDate",),
    "ends": ("roleEndDate",),
}
SESSION: Mapping[str, tuple[str, ...]] = {
    "id": ("sourcedId",),
    "name": ("title",),
    "type": ("type",),
    "year": ("schoolYear",),
    "starts": ("startDate",),
    "ends": ("endDate",),
    "parent": ("parentSourcedId",),
}
COURSE: Mapping[str, tuple[str, ...]] = {
    "id": ("sourcedId",),
    "org": ("orgSourcedId",),
    "name": ("title",),
    "session": ("schoolYearSourcedId",),
}
_TIME = ("primary", "starts", "ends", "session")
_OF_ROLE = {**OF_PERSON, "primary": "main role"}
KIND = SetKind(
    "School Data Sync v2.1",
    {
        "orgs.csv": ExactHeadings(
            "Organisations", ORG, ("id", "name", "type"), impersonal=frozenset(ORG), spoken=SPOKEN
        ),
        "users.csv": ExactHeadings("Users", _USER, ("id", "username"), spoken=SPOKEN),
        "roles.csv": ExactHeadings("Roles", _ROLE, ("id", "org", "role"), impersonal=REFERENCES, spoken=_OF_ROLE),
        "academicsessions.csv": ExactHeadings(
            "Academic sessions", SESSION, ("id", "starts", "ends"), impersonal=frozenset(SESSION), spoken=OF_SESSION
        ),
        "courses.csv": ExactHeadings(
            "Courses", COURSE, ("id", "org", "name"), impersonal=frozenset(COURSE), spoken=SPOKEN
        ),
        "classes.csv": ExactHeadings(
            "Classes", CLASS, ("id", "org", "name"), impersonal=frozenset(CLASS), spoken=SPOKEN
        ),
        "enrollments.csv": ExactHeadings(
            "Enrolments", ENROLMENT, ("section", "id", "role"), impersonal=REFERENCES, spoken=OF_PERSON, coded=MANY
        ),
    },
    ("orgs.csv", "users.csv", "roles.csv"),
    frozenset({"demographics.csv", "userflags.csv"}),
)


def recognises(files: Sequence[Path], columns: Mapping[str, str]) -> bool:
    """Tell whether a folder is a v2.1 set: roles in a file of their own, or users without a role of theirs."""
    names = set(by_name(files))
    if "manifest.csv" in names or not is_sourced(files):
        return False
    return "roles.csv" in names or not {"role", "enableduser"} & headings_of(files, "users.csv")


def read(files: Sequence[Path], reading: Reading) -> Roster:
    """Read a set to a roster; raises RosterError when a needed file is missing or one cannot be used."""
    report = Report()
    tables = read_set(files, KIND, reading, report)
    orgs = read_orgs(tables["orgs.csv"], report)
    tables = {name: orgs.spelt(table) for name, table in tables.items()}
    users = read_users(tables["users.csv"], report)
    sessions = read_sessions(tables.get("academicsessions.csv"), report)
    roles, days = read_days(tables["roles.csv"], ["starts", "ends"], report)
    tell_unknown(roles, "session", sessions, SESSIONS, SESSIONS.casefold() not in tables, report)
    held = _held(roles, days, users, orgs, sessions, reading.effective, report)
    holders = make_people(users, held, roles, orgs, report)
    sections = read_sections(tables, orgs, sessions, users, holders, reading.effective, report)
    return roster_of(holders.people, sections, orgs, tables, reading.effective, report)


def _held(
    roles: Table,
    days: Mapping[str, date | None],
    users: Users,
    orgs: Orgs,
    sessions: Mapping[str, Session],
    day: date,
    report: Report,
) -> Iterable[Held] | HeldColumns:
    """Give the roles, as columns where each user has one as pupil or staff, in the order of the users."""

    @cache
    def told(primary: str, starts: str, ends: str, session: str) -> tuple[bool, int, bool, date | None, date | None]:
        begins, closes = days.get(starts), days.get(ends)
        dated = starts or ends
        current = Session(begins, closes, None).holds(day) if dated else _in_session(session, sessions, day)
        return primary.casefold() in YES, 0, current, begins, closes

    ids, named, words, years, *time = (roles.frame[name].tolist() for name in ("id", "org", "role", "year", *_TIME))
    kinds, said = list(map(kind_of_role, words)), list(map(told, *time))
    columns = ids, range(len(ids)), named, kinds, words, years
    if ids and ids == list(users.rows) and set(kinds) <= {"pupil", "staff"} and orgs.units.keys() >= set(named):
        return dict(zip(Held._fields, (*columns, *zip(*said, strict=True)), strict=True))
    held = (Held._make((*one, *more)) for one, more in zip(zip(*columns, strict=True), said, strict=True))
    return _usable(held, roles, users, orgs, report)


def _usable(held: Iterable[Held], roles: Table, users: Users, orgs: Orgs, report: Report) -> Iterator[Held]:
    """Give the roles of known users in known organisations; each other one is told."""
    for one in held:
        if one.kind and one.user in users.rows and one.org in orgs.units:
            yield one
        else:
            _tell_unusable(roles, roles.record(one.at), users, orgs, report)


def _tell_unusable(roles: Table, row: Row, users: Users, orgs: Orgs, report: Report) -> None:
    if row["id"] not in users.rows:
        _tell_unknown(roles, row, users, report)
    elif known_kind(roles, row, report):
        known_orgs(roles, row, [row["org"]] if row["org"] else [], orgs, report)


def _tell_unknown(roles: Table, row: Row, users: Users, report: Report) -> None:
    if not row["id"]:
        report.leave_out(roles, row, "row-without-number", "The row names no user", "Fill in userSourcedId.")
    else:
        why = "is left out, for two names" if row["id"] in users.known else "is not in users.csv"
        remedy = "Add the user to users.csv, or take the row out."
        report.leave_out(roles, row, "unknown-user", f"User {row['id']} {why}", remedy)


def _in_session(cell: str, sessions: Mapping[str, Session], day: date) -> bool:
    """Tell whether a role without dates is held: its session lies in the academic year of the day, or it names none."""
    known = [sessions[s] for s in session_ids(cell, sessions) if s in sessions]
    return not known or any(s.holds(day) or s.year == academic_year_of(day) for s in known)
