"""School Data Sync v1: six files, with US or UK headings. An export may hold several schools.

Files flow in, a Roster flows out. Source: Microsoft's page on CSV files for School Data Sync, read 2026-11.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from teamskit.errors import RosterError
from teamskit.roster.enrolments import (
    Enrolled,
    decided,
    enrol,
    only_known,
    without_left_out,
)
from teamskit.roster.headings import Headings
from teamskit.roster.model import (
    FileRead,
    Person,
    Problem,
    Role,
    Roster,
    Section,
    Severity,
    of_columns,
    places_of,
    problem_at,
)
from teamskit.roster.people import People, Reading, read_people, table_dates
from teamskit.roster.sessions import academic_year_of_term
from teamskit.roster.sets import looks_like
from teamskit.roster.status_words import is_active, with_known_status
from teamskit.roster.tables import Table, kept, read_table
from teamskit.roster.text import refuse_all
from teamskit.school.dates import academic_year_of
from teamskit.school.dfe import as_known, dfe_key
from teamskit.school.model import SchoolUnit

_ID = ("SIS ID", "ID")
_SCHOOL = ("School SIS ID", "School DfE Number")
_PERSON: Mapping[str, tuple[str, ...]] = {
    "id": _ID,
    "school": _SCHOOL,
    "forename": ("First Name",),
    "surname": ("Last Name",),
    "username": ("Username",),
    "status": ("Status",),
}
_ENROLMENT: Mapping[str, tuple[str, ...]] = {"section": ("Section SIS ID", "Section ID"), "id": _ID}
_OF_PERSON = {"id": "person's id"}
_NUMBERED = frozenset({"id", "school", "name"})
FILES: Mapping[str, Headings] = {
    "school.csv": Headings(
        "Schools", {"id": ("SIS ID", "DfE Number"), "name": ("Name",)}, ("id", "name"), impersonal=_NUMBERED
    ),
    "section.csv": Headings(
        "Sections",
        {
            "id": _ID,
            "school": _SCHOOL,
            "name": ("Section Name",),
            "starts": ("Term StartDate", "Term Start Date"),
            "ends": ("Term EndDate", "Term End Date"),
            "status": ("Status",),
        },
        ("id", "school", "name"),
        impersonal=_NUMBERED,
    ),
    "student.csv": Headings(
        "Students", {**_PERSON, "year": ("Grade",)}, ("id", "school", "username"), impersonal=frozenset({"school"})
    ),
    "teacher.csv": Headings("Teachers", _PERSON, ("id", "school", "username"), impersonal=frozenset({"school"})),
    "studentenrollment.csv": Headings(
        "Enrolments of students",
        _ENROLMENT,
        ("section", "id"),
        coded=frozenset(_ENROLMENT),
        impersonal=frozenset({"section"}),
        spoken=_OF_PERSON,
    ),
    "teacherroster.csv": Headings(
        "Rosters of teachers", _ENROLMENT, ("section", "id"), impersonal=frozenset({"section"}), spoken=_OF_PERSON
    ),
}
_WRITTEN = ("School.csv", "Section.csv", "Student.csv", "Teacher.csv", "StudentEnrollment.csv", "TeacherRoster.csv")
_NOT_THERE = ("forename", "surname", "name", "year", "reg", "email", "username", "joined", "left", "status")


def recognises(files: Sequence[Path], columns: Mapping[str, str]) -> bool:
    """Tell whether a folder is a School Data Sync v1 set: at least three of its six file names."""
    return len({path.name.casefold() for path in files} & set(FILES)) >= 3


def _tables(files: Sequence[Path], reading: Reading) -> dict[str, Table]:
    """Read all six files; every broken or missing one is in the problems of the RosterError."""
    found = {path.name.casefold(): path for path in files}
    tables: dict[str, Table] = {}
    refusals = []
    for name, kind in FILES.items():
        try:
            if name not in found:
                spare = [path.name for other, path in found.items() if other not in FILES]
                _refuse_absent(next(one for one in _WRITTEN if one.casefold() == name), spare)
            tables[name] = read_table(found[name], kind, reading.columns)
        except RosterError as error:
            refusals.append(error)
    if refusals:
        refuse_all(refusals, (p for table in tables.values() for p in table.problems))
    return tables


def _refuse_absent(name: str, spare: Sequence[str]) -> None:
    remedy = "Put all six files of the set into one folder." + looks_like(name, spare)
    raise RosterError(
        f"the set has no {name}",
        where=name,
        next_step=remedy,
        problems=[Problem("file-missing", "error", f"The set has no {name}.", remedy, name)],
    )


def read(files: Sequence[Path], reading: Reading) -> Roster:
    """Read a set to a roster; raises RosterError when a file is missing or cannot be used."""
    tables = _tables(files, reading)
    first = "day" if "DfE" in tables["school.csv"].headings["id"] else "month"
    problems = [p for table in tables.values() for p in table.problems]
    problems += [
        Problem("file-not-used", "info", f"{path.name} is not part of the set and was not read.", file=path.name)
        for path in files
        if path.name.casefold() not in FILES
    ]
    schools, unknown = _schools(tables["school.csv"], problems)
    pupils = _people(tables["student.csv"], "pupil", reading, schools, problems)
    staff = _people(tables["teacher.csv"], "staff", reading, schools, problems)
    rows, lost = _known_schools(tables["section.csv"], schools, problems)
    drafts, twice = _drafts(tables["section.csv"].with_frame(rows), reading, first, problems)
    taught = _enrolled(tables["teacherroster.csv"], drafts, staff, "staff", "Teacher.csv", problems)
    enrolled = _enrolled(tables["studentenrollment.csv"], drafts, pupils, "pupil", "Student.csv", problems)
    sections = decided(drafts, taught[0], enrolled[0], problems)
    left = {
        "school.csv": unknown,
        "student.csv": pupils.rows_left_out,
        "teacher.csv": staff.rows_left_out,
        "section.csv": lost + twice,
        "teacherroster.csv": taught[1],
        "studentenrollment.csv": enrolled[1],
    }
    return Roster(
        schools=tuple(schools.values()),
        people=(*pupils.people, *staff.people),
        sections=sections,
        effective=reading.effective,
        problems=tuple(problems),
        files=tuple(_file_read(table, left.get(name, 0)) for name, table in tables.items()),
    )


def _file_read(table: Table, lost: int) -> FileRead:
    lost += table.rows - len(table.frame)
    return FileRead(table.file, table.encoding, table.delimiter, table.heading_row, table.rows, table.rows - lost, lost)


def _schools(table: Table, problems: list[Problem]) -> tuple[dict[str, SchoolUnit], int]:
    """Give the schools by id, and how many rows were left out; a row that says the same again is no trouble."""
    dfe = "DfE" in table.headings["id"]
    units: dict[str, SchoolUnit] = {}
    spelt: dict[str, str] = {}
    lost = 0
    for row in table.records():
        # Of two spellings of one DfE number the first is the school's id.
        number = spelt.setdefault(dfe_key(row["id"]) if dfe else row["id"], row["id"])
        name = row["name"] or number
        if not number:
            lost += 1
            remedy = "Give each school its number."
            problems.append(_unused(table, row, "row-without-number", "warning", "The row has no id", remedy))
        elif number in units and units[number].name != name:
            lost += 1
            text = f"School {number} stands in two rows with different names; the first was used"
            problems.append(_unused(table, row, "school-twice", "error", text, "Give each school an id of its own."))
        else:
            units[number] = SchoolUnit(id=number, name=name, dfe=dfe_key(number) if dfe else "")
    return units, lost


def _unused(table: Table, row: Mapping[str, Any], check: str, severity: Severity, text: str, remedy: str) -> Problem:
    place = table.place(row["_row"], row["_line"], "id")
    return problem_at(place, check, severity, f"{text}; the row was not used.", remedy)


def _known_schools(
    table: Table, schools: Mapping[str, SchoolUnit], problems: list[Problem]
) -> tuple[pd.DataFrame, int]:
    """Keep the rows with an id and a school of School.csv, whose spelling of the school's number they get."""
    frame = table.frame
    spelt = as_known(frame["school"].unique(), schools)
    if spelt:
        frame = frame.assign(school=[spelt.get(n, n) for n in frame["school"]])
    good = frame["school"].isin(set(schools)) & (frame["id"] != "")
    for number, school, row, line in frame.loc[~good, ["id", "school", "_row", "_line"]].values:
        column = "school" if number else "id"
        what = f"{number}: school {school or 'blank'} is not in School.csv" if number else "The row has no id"
        problems.append(
            problem_at(
                table.place(row, line, column),
                "unknown-school" if number else "row-without-number",
                "warning",
                f"{what}; the row was not used.",
                "Put the row right, or add the school to School.csv.",
            )
        )
    return kept(frame, good), int((~good).sum())


def _people(
    table: Table, role: Role, reading: Reading, schools: Mapping[str, SchoolUnit], problems: list[Problem]
) -> People:
    frame, lost = _known_schools(table, schools, problems)
    frame = frame.assign(**{column: "" for column in _NOT_THERE if column not in frame})
    frame = with_known_status(table.with_frame(frame), problems)
    found = read_people(table.with_frame(frame), role, reading)
    problems += found.problems
    return replace(found, rows_left_out=found.rows_left_out + lost)


def _drafts(table: Table, reading: Reading, first: str, problems: list[Problem]) -> tuple[list[Section], int]:
    """Make the sections without their people, and count rows left out: of two names of one id the first counts."""
    table = table.with_frame(with_known_status(table, problems))
    days, more = table_dates(table, ["starts", "ends"], first)
    problems += more
    keys = list(zip(table.frame["school"], table.frame["id"], strict=True))
    if len(set(keys)) == len(keys):
        return _single(table, days, reading.effective, problems), 0
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    lost = 0
    for row in table.records():
        rows = grouped.setdefault((row["school"], row["id"]), [])
        if rows and rows[0]["name"] != row["name"]:
            lost += 1
            text = f"Section {row['id']} stands in two rows with different names; the first was used"
            remedy = "Give each section an id of its own."
            problems.append(_unused(table, row, "section-twice", "error", text, remedy))
        else:
            rows.append(row)
    return [_draft(table, rows, days, reading.effective, problems) for rows in grouped.values()], lost


def _single(table: Table, days: Mapping[str, date | None], day: date, problems: list[Problem]) -> list[Section]:
    """Make a section of each row, column by column; only a row that is to be told of is looked at by itself."""

    @cache
    def term(starts: str, ends: str, status: str) -> _Term:
        return _term(days.get(starts), days.get(ends), status, day)

    of = {name: table.frame[name].tolist() for name in table.frame}
    count = len(table.frame)
    terms = list(map(term, of["starts"], of["ends"], of["status"]))
    begins, closes, years, in_term, reasons = zip(*terms, strict=True) if count else ((),) * 5
    names = (name or number for name, number in zip(of["name"], of["id"], strict=True))
    nobody, places = [()] * count, places_of(table.file, of["_row"], of["_line"])
    made = (*(names, years, places, nobody, nobody), *(begins, closes, in_term, reasons, repeat(False, count), nobody))
    sections = list(of_columns(Section, of["id"], of["school"], *made))
    told = [n for n, one in enumerate(terms) if one.reason or (one.begins and one.closes and one.closes < one.begins)]
    records = table.records() if told else []
    for n in told:
        problems += [*_terms_turned(table, [records[n]], days), *_without_team(sections[n], day)]
    return sections


class _Term(NamedTuple):
    """When a section runs: its days, its academic year, whether the day of the roster lies within and it is active."""

    begins: date | None
    closes: date | None
    year: int
    in_term: bool
    reason: str | None


def _term(begins: date | None, closes: date | None, status: str, day: date) -> _Term:
    inside = (begins is None or begins <= day) and (closes is None or day <= closes)
    reason = None if inside else f"its term ({begins or '…'} to {closes or '…'}) does not hold {day}"
    if not is_active(status):
        reason = "it is inactive in the file"
    return _Term(begins, closes, academic_year_of_term(begins, closes, day), reason is None, reason)


def _draft(
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    days: Mapping[str, date | None],
    day: date,
    problems: list[Problem],
) -> Section:
    """Make a section of its rows; of several terms it has all, from the first to the last."""
    row = rows[0]
    active = [one for one in rows if is_active(one["status"])] or rows
    starts, ends = [days.get(one["starts"]) for one in active], [days.get(one["ends"]) for one in active]
    begins = None if None in starts else min(d for d in starts if d)
    closes = None if None in ends else max(d for d in ends if d)
    if len({(one["starts"], one["ends"], is_active(one["status"])) for one in rows}) > 1:
        place = table.place(rows[-1]["_row"], rows[-1]["_line"], "id")
        text = f"Section {row['id']} stands in {len(rows)} rows with different terms or status; it counts from"
        text += f" {begins or 'any day'} to {closes or 'any day'}."
        problems.append(problem_at(place, "section-terms", "info", text, "Nothing, if it runs in all of these terms."))
    problems += _terms_turned(table, active, days)
    term = _term(begins, closes, active[0]["status"], day)
    named, people = (row["id"], row["school"], row["name"] or row["id"]), ((), ())
    place = table.place(row["_row"], row["_line"])
    section = Section(*named, term.year, place, *people, begins, closes, term.in_term, term.reason)
    problems += _without_team(section, day)
    return section


def _terms_turned(
    table: Table, rows: Sequence[Mapping[str, Any]], days: Mapping[str, date | None]
) -> Iterator[Problem]:
    """Tell of terms that end before they begin: two dates were exchanged, or one was read in the wrong order."""
    for row in rows:
        begins, closes = days.get(row["starts"]), days.get(row["ends"])
        if begins and closes and closes < begins:
            text = f"Section {row['id']}: the term ends ({closes}) before it begins ({begins})."
            place = table.place(row["_row"], row["_line"], "ends")
            yield problem_at(place, "term-dates", "error", text, "Put the two dates right.")


def _without_team(section: Section, day: date) -> Iterator[Problem]:
    """Tell of a class that the file alone rules out, where it does."""
    if section.no_team is None:
        return
    begins, closes = section.starts_on, section.ends_on
    inside = (begins is None or begins <= day) and (closes is None or day <= closes)
    # An export may well hold the classes of other years; only one of this year is worth a warning.
    severity: Severity = "warning" if section.academic_year == academic_year_of(day) else "info"
    text = f"Class {section.label} gets no team: {section.no_team}."
    check = "class-inactive" if inside else "class-not-in-term"
    yield problem_at(section.place, check, severity, text, "Check the effective date and the terms.")


def _enrolled(
    table: Table, drafts: Sequence[Section], known: People, role: Role, where: str, problems: list[Problem]
) -> tuple[dict[tuple[str, str], Enrolled], int]:
    keys = [(s.school, s.id) for s in drafts]
    rows, more = only_known(
        table.frame,
        "section",
        {section for _, section in keys},
        table,
        check="unknown-section",
        what="Section",
        where="Section.csv",
    )
    contradictory = {number for _, number in known.left_out}
    people: Sequence[Person] = known.people
    ids = {p.id for p in people}
    who = "Pupil" if role == "pupil" else "Teacher"
    told, left_out = without_left_out(rows, contradictory - ids, table)
    told, more_left_out = _without_namesakes(told, known.left_out, keys, table)
    left_out += more_left_out
    good, unknown = only_known(told, "id", ids, table, check=f"unknown-{role}", what=who, where=where)
    problems += [*more, *left_out, *unknown]
    return enrol(good, keys, people, rows), len(table.frame) - len(good)


def _without_namesakes(
    rows: pd.DataFrame, left_out: Collection[tuple[str, str]], keys: Sequence[tuple[str, str]], table: Table
) -> tuple[pd.DataFrame, list[Problem]]:
    """Take out who contradicts himself in a class's own school, although another school has a person of his id."""
    if not left_out:
        return rows, []
    schools: dict[str, set[str]] = {}
    for school, section in keys:
        schools.setdefault(section, set()).add(school)
    pairs = zip(rows["section"], rows["id"], strict=True)
    hit = [all((school, number) in left_out for school in schools[section]) for section, number in pairs]
    names = {number for number, lost in zip(rows["id"], hit, strict=True) if lost}
    _, problems = without_left_out(rows[hit], names, table)
    return rows[[not lost for lost in hit]], problems
