"""Classes and enrolments of a set: sessions to terms and academic years, users to teachers and pupils.

Works on frames where rows are many. Knows no format; a registration group is told by the class's type.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

import pandas as pd

from teamskit.roster.enrolments import (
    decided,
    enrol,
    in_force,
    not_in_force,
    only_known,
)
from teamskit.roster.model import (
    Person,
    Problem,
    Roster,
    Section,
    Severity,
    Stay,
    of_columns,
    places_of,
    problem_at,
)
from teamskit.roster.orgs import Orgs
from teamskit.roster.role_holders import Holders, Users
from teamskit.roster.role_words import is_plain, kind_of_role, teaches
from teamskit.roster.sessions import SESSIONS, Session, session_ids, tell_unknown
from teamskit.roster.sets import YES, Report, id_shown, read_days, word_shown
from teamskit.roster.stays import stays
from teamskit.roster.tables import Table, among, different, kept
from teamskit.school.dates import academic_year_of

REGISTRATION = "a registration group, not a teaching class"


def read_sections(
    tables: Mapping[str, Table],
    orgs: Orgs,
    sessions: Mapping[str, Session],
    users: Users,
    holders: Holders,
    day: date,
    report: Report,
) -> tuple[Section, ...]:
    """Read classes and enrolments to sections; one of the two files without the other is an error that is told."""
    for name, other in (("classes.csv", "enrollments.csv"), ("enrollments.csv", "classes.csv")):
        if name in tables and other not in tables:
            text = f"There is {tables[name].file} and no {other}: nobody can be put into a class."
            report.problems.append(Problem("file-missing", "error", text, f"Export {other} too.", other))
    drafts: list[Section] = []
    if "classes.csv" in tables:
        courses = _course_sessions(tables.get("courses.csv"), tables["classes.csv"], report)
        tell_unknown(tables["classes.csv"], "sessions", sessions, SESSIONS, SESSIONS.casefold() not in tables, report)
        drafts = _classes(tables["classes.csv"], orgs, sessions, courses, day, report)
    return _enrolled_sections(tables.get("enrollments.csv"), drafts, users, holders, day, report)


def roster_of(
    people: tuple[Person, ...],
    sections: tuple[Section, ...],
    orgs: Orgs,
    tables: Mapping[str, Table],
    day: date,
    report: Report,
) -> Roster:
    """Put a roster together, with the schools that people and classes belong to."""
    homes = {*(p.school for p in people), *(s.school for s in sections)}
    files = tuple(report.file_read(table) for table in tables.values())
    return Roster(orgs.schools(homes), people, sections, day, problems=tuple(report.problems), files=files)


def _classes(
    table: Table, orgs: Orgs, sessions: Mapping[str, Session], courses: Mapping[str, str], day: date, report: Report
) -> list[Section]:
    """Make the sections without their people; `courses` gives the session of a course for a class that names none."""

    @cache
    def term(cell: str, course: str) -> _Term:
        named = session_ids(cell, sessions) or session_ids(courses.get(course, ""), sessions)
        return _term_of([sessions[s] for s in named if s in sessions], day)

    of = {name: table.frame[name].tolist() for name in table.frame}
    ids, count = of["id"], len(of["id"])
    terms = list(map(term, of["sessions"], of["course"]))
    starts, ends, inside, years, reasons = zip(*terms, strict=True) if terms else ((),) * 5
    forms = (kind.casefold() == "homeroom" for kind in of["type"])
    names = (name or number for name, number in zip(of["name"], ids, strict=True))
    homes, places = map(orgs.homes.get, of["org"]), places_of(table.file, of["_row"], of["_line"])
    nobody = [()] * count
    first = ids, homes, names, years, places, nobody, nobody
    every = list(of_columns(Section, *first, starts, ends, inside, reasons, forms, nobody))
    whole = "" not in ids and len(set(ids)) == count and orgs.units.keys() >= set(of["org"])
    made = []
    for section in every if whole else map(every.__getitem__, _usable_classes(table, orgs, report)):
        made.append(section)
        if section.no_team:
            _tell_not_in_term(section, day, report)
    return _with_primaries(made)


def _usable_classes(table: Table, orgs: Orgs, report: Report) -> Iterator[int]:
    """Give the positions of the rows that make a class; of two rows of one id the first counts."""
    names: dict[str, str] = {}
    for at, row in enumerate(table.records()):
        number, org = row["id"], row["org"]
        if not number:
            report.leave_out(table, row, "row-without-number", "The row has no sourcedId", "Give each class its id.")
        elif org not in orgs.units:
            text = f"Class {number}: organisation {id_shown(org) or 'blank'} is {report.not_in('orgs.csv', [org])}"
            remedy = "Add it to orgs.csv, or put the class right."
            report.leave_out(table, row, "unknown-school", text, remedy, column="org")
        elif number not in names:
            names[number] = row["name"] or number
            yield at
        elif names[number] != (row["name"] or number):
            text = f"Class {number} stands in two rows with different names"
            report.leave_out(table, row, "section-twice", text, "Give each class an id of its own.", "error")


def _course_sessions(courses: Table | None, classes: Table, report: Report) -> dict[str, str]:
    """Give the session of each course; classes that name a course which is not there are told."""
    known = {} if courses is None else {row["id"]: row["session"] for row in courses.records() if row["id"]}
    tell_unknown(classes, "course", known, "courses.csv", courses is None, report)
    return known


class _Term(NamedTuple):
    """When a class is: its days, whether the day of the roster lies within, its year, and why not if so."""

    starts: date | None
    ends: date | None
    inside: bool
    year: int
    reason: str | None


def _term_of(sessions: Sequence[Session], day: date) -> _Term:
    """Give the term of some sessions, from their first day to their last, so that holidays between count too."""
    if not sessions:
        return _Term(None, None, True, academic_year_of(day), None)
    starts = None if any(s.starts is None for s in sessions) else min(s.starts for s in sessions if s.starts)
    ends = None if any(s.ends is None for s in sessions) else max(s.ends for s in sessions if s.ends)
    inside = Session(starts, ends, None).holds(day)
    begun = [s for s in sessions if s.starts is None or s.starts <= day]
    first = min(sessions, key=lambda s: s.starts or date.min)
    leading = max(begun, key=lambda s: (s.holds(day), s.starts or date.min), default=first)
    year = academic_year_of(day) if leading.year is None else leading.year
    reason = None if inside else f"its term ({starts or '…'} to {ends or '…'}) does not hold {day}"
    return _Term(starts, ends, inside, year, reason)


def _tell_not_in_term(section: Section, day: date, report: Report) -> None:
    text = f"Class {section.label} gets no team: {section.no_team}."
    remedy = "Check the effective date and the sessions."
    severity: Severity = "warning" if section.academic_year == academic_year_of(day) else "info"
    report.problems.append(problem_at(section.place, "class-not-in-term", severity, text, remedy))


def _with_primaries(sections: list[Section]) -> list[Section]:
    """Take homerooms as classes where a school has nothing else: in a primary the class is the registration group."""
    scheduled = {s.school for s in sections if not s.registration}
    return [s if not s.registration or s.school in scheduled else s._replace(registration=False) for s in sections]


def _enrolled_sections(
    table: Table | None, drafts: Sequence[Section], users: Users, holders: Holders, day: date, report: Report
) -> tuple[Section, ...]:
    """Give the sections with the teachers and pupils whose enrolment is in force on a day."""
    rows = {"staff": pd.DataFrame(columns=["section", "id"]), "pupil": pd.DataFrame(columns=["section", "id"])}
    named = dict(rows)
    dated: dict[str, tuple[Stay, ...]] = {}
    by_role = {r: [p for p in holders.people if p.role == r] for r in rows}
    if table is not None:
        table, days = read_days(table, ["starts", "ends"], report)
        frame = _usable(table, drafts, users, report)
        for role in ("staff", "pupil"):
            mine = frame[frame["_role"] == role]
            named[role] = mine
            rows[role] = in_force(_of_role(mine, role, table, users, holders, report), days, day)
        report.problems += not_in_force(table, days, day)
        dated = stays(named["pupil"], days, day, by_role["pupil"])
    keys = [(s.school, s.id) for s in drafts]
    enrolled = {role: enrol(rows[role], keys, by_role[role], named[role]) for role in rows}
    sections = decided(drafts, enrolled["staff"], enrolled["pupil"], report.problems, REGISTRATION)
    return tuple(s._replace(stays=dated[s.id]) if s.id in dated else s for s in sections) if dated else sections


def _usable(table: Table, drafts: Sequence[Section], users: Users, report: Report) -> pd.DataFrame:
    """Keep the rows of teachers and students in classes and of users that are known; primary teachers first."""
    roles = {word: _role_of(word) for word in different(table.frame["role"])}
    frame = table.frame.assign(_role=table.frame["role"].map(roles))
    usable = frame["_role"].isin(["staff", "pupil"])
    for row in frame[~usable].to_dict("records"):
        _tell_role(table, {str(k): v for k, v in row.items()}, report)
    frame = kept(frame, usable)
    for word in sorted(w for w in different(frame["role"]) if not is_plain(w)):
        text = f"The role {word!r} of enrolments is taken as that of a teacher."
        report.problems.append(Problem("unusual-role", "info", text, "Write teacher.", table.file))
    words = {"check": "unknown-section", "what": "Class", "where": "classes.csv"}
    frame, problems = only_known(frame, "section", {s.id for s in drafts}, table, **words)
    report.left_out(table, problems)
    primary = {word for word in different(frame["primary"]) if word.casefold() in YES}
    leading = among(frame["primary"], primary)
    return pd.concat([frame[leading], frame[~leading]]) if primary else frame


def _role_of(word: str) -> str:
    kind = kind_of_role(word)
    return "staff" if teaches(word) else "pupil" if kind == "pupil" else "unknown" if kind is None else "none"


def _tell_role(table: Table, row: Mapping[str, object], report: Report) -> None:
    who, section, word = row["id"], row["section"], str(row["role"])
    if row["_role"] == "none":
        text = f"{who} is in class {section} as {word}, who neither teaches nor learns there"
        report.leave_out(table, row, "enrolment-of-other", text, "Nothing, unless he owns the team.", "info")
    else:
        shown = f"the role {word_shown(word)} is not known" if word else "the role is blank"
        text = f"{who} in class {section}: {shown}"
        report.leave_out(table, row, "unknown-role", text, "Write teacher or student.", column="role")


def _of_role(
    frame: pd.DataFrame, role: str, table: Table, users: Users, holders: Holders, report: Report
) -> pd.DataFrame:
    of_kind = holders.of_kind("pupil" if role == "pupil" else "staff")
    if bool(among(frame["id"], of_kind).all()):
        return frame
    who = "Pupil" if role == "pupil" else "Teacher"
    words = {"check": f"unknown-{role}", "what": who, "where": "users.csv"}
    frame, problems = only_known(frame, "id", users.known, table, **words)
    report.left_out(table, problems)
    good = among(frame["id"], of_kind)
    for row in frame[~good].to_dict("records"):
        number, kind = row["id"], holders.kinds.get(row["id"])
        is_what = "neither pupil nor staff" if kind == "other" else kind or "left out, for two names"
        text = f"{number} is {is_what}, and in class {row['section']} as {row['role']}"
        fields = {str(k): v for k, v in row.items()}
        report.leave_out(table, fields, "enrolment-of-other-role", text, "Put the role right in one of the files.")
    return kept(frame, good)


def with_registration_groups(
    people: Iterable[Person], sections: Sequence[Section], homerooms: Iterable[str]
) -> tuple[Person, ...]:
    """Give each pupil the registration group whose homeroom he is in, by its name."""
    rooms = set(homerooms)
    groups: dict[tuple[str, str], str] = {}
    for section in sections:
        if section.id in rooms and section.in_term:
            for number in section.pupils:
                groups.setdefault(("pupil", number), section.name)
    return tuple(p._replace(registration_group=groups[p.role, p.id]) if (p.role, p.id) in groups else p for p in people)
