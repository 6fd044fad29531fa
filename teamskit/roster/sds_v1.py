"""School Data Sync v1: six files, with US or UK headings. An export may hold several schools.

Files flow in, a Roster flows out. Source: Microsoft's page on CSV files for School Data Sync, read 2026-11.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from teamskit.errors import RosterError
from teamskit.roster.enrolments import (
    Enrolled,
    class_problems,
    enrol,
    no_team_reason,
    only_known,
    without_left_out,
)
from teamskit.roster.headings import Headings
from teamskit.roster.model import FileRead, Person, Problem, Role, Roster, Section, problem_at
from teamskit.roster.people import People, Reading, read_people, table_dates
from teamskit.roster.tables import Table, read_table
from teamskit.school.dates import academic_year_of
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
FILES: Mapping[str, Headings] = {
    "school.csv": Headings("Schools", {"id": ("SIS ID", "DfE Number"), "name": ("Name",)}, ("id", "name")),
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
    ),
    "student.csv": Headings("Students", {**_PERSON, "year": ("Grade",)}, ("id", "school", "username")),
    "teacher.csv": Headings("Teachers", _PERSON, ("id", "school", "username")),
    "studentenrollment.csv": Headings(
        "Enrolments of students", _ENROLMENT, ("section", "id"), coded=frozenset(_ENROLMENT)
    ),
    "teacherroster.csv": Headings("Rosters of teachers", _ENROLMENT, ("section", "id")),
}
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
                _refuse_absent(name)
            tables[name] = read_table(found[name], kind, reading.columns)
        except RosterError as error:
            refusals.append(error)
    if refusals:
        problems = [p for table in tables.values() for p in table.problems]
        problems += [p for error in refusals for p in error.problems if isinstance(p, Problem)]
        first = refusals[0]
        raise RosterError(first.what, where=first.where, next_step=first.next_step, problems=problems)
    return tables


def _refuse_absent(name: str) -> None:
    remedy = "Put all six files of the set into one folder."
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
    schools = _schools(tables["school.csv"])
    pupils = _people(tables["student.csv"], "pupil", reading, schools, problems)
    staff = _people(tables["teacher.csv"], "staff", reading, schools, problems)
    rows, lost = _known_schools(tables["section.csv"], schools, problems)
    drafts = _drafts(tables["section.csv"].with_frame(rows), reading, first, problems)
    taught = _enrolled(tables["teacherroster.csv"], drafts, staff, "staff", "Teacher.csv", problems)
    enrolled = _enrolled(tables["studentenrollment.csv"], drafts, pupils, "pupil", "Student.csv", problems)
    sections = tuple(_decided(s, taught[0][s.school, s.id], enrolled[0][s.school, s.id], problems) for s in drafts)
    left = {
        "student.csv": pupils.rows_left_out,
        "teacher.csv": staff.rows_left_out,
        "section.csv": lost,
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


def _schools(table: Table) -> dict[str, SchoolUnit]:
    frame = table.frame[table.frame["id"] != ""].drop_duplicates("id")
    dfe = "DfE" in table.headings["id"]
    return {
        number: SchoolUnit(id=number, name=name or number, dfe=number if dfe else "")
        for number, name in zip(frame["id"], frame["name"], strict=True)
    }


def _known_schools(
    table: Table, schools: Mapping[str, SchoolUnit], problems: list[Problem]
) -> tuple[pd.DataFrame, int]:
    """Keep the rows with an id and a school of School.csv."""
    frame = table.frame
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
    return frame[good], int((~good).sum())


def _people(
    table: Table, role: Role, reading: Reading, schools: Mapping[str, SchoolUnit], problems: list[Problem]
) -> People:
    frame, lost = _known_schools(table, schools, problems)
    frame = frame.assign(**{column: "" for column in _NOT_THERE if column not in frame})
    found = read_people(table.with_frame(frame), role, reading)
    problems += found.problems
    return replace(found, rows_left_out=found.rows_left_out + lost)


def _drafts(table: Table, reading: Reading, first: str, problems: list[Problem]) -> list[Section]:
    """Make the sections without their people; of two rows with one id in one school the first counts."""
    days, more = table_dates(table, ["starts", "ends"], first)
    problems += more
    made: dict[tuple[str, str], Section] = {}
    for row in table.records():
        place = table.place(row["_row"], row["_line"])
        key = row["school"], row["id"]
        if key in made:
            if made[key].name != row["name"]:
                text = f"Section {row['id']} stands in two rows with different names; the first was used."
                problems.append(
                    problem_at(place, "section-twice", "error", text, "Give each section an id of its own.")
                )
            continue
        section = Section(
            row["id"],
            row["school"],
            row["name"] or row["id"],
            academic_year_of(reading.effective),
            place,
            starts_on=days.get(row["starts"]),
            ends_on=days.get(row["ends"]),
        )
        made[key] = _in_term(section, row["status"], reading.effective, problems)
    return list(made.values())


def _in_term(section: Section, status: str, day: date, problems: list[Problem]) -> Section:
    starts, ends = section.starts_on, section.ends_on
    inside = (starts is None or starts <= day) and (ends is None or day <= ends)
    reason = None if inside else f"its term ({starts or '…'} to {ends or '…'}) does not hold {day}"
    active = status.casefold() != "inactive"
    if not active:
        reason = "it is inactive in the file"
    if reason:
        text = f"Class {section.label} gets no team: {reason}."
        check = "class-not-in-term" if not inside else "class-inactive"
        problems.append(problem_at(section.place, check, "warning", text, "Check the effective date and the terms."))
    return replace(section, in_term=inside and active, no_team=reason)


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
    who = "Pupil" if role == "pupil" else "Teacher"
    told, left_out = without_left_out(rows, contradictory - {p.id for p in people}, table)
    good, unknown = only_known(
        told, "id", {p.id for p in people}, table, check=f"unknown-{role}", what=who, where=where
    )
    problems += [*more, *left_out, *unknown]
    return enrol(good, keys, people, rows), len(table.frame) - len(good)


def _decided(section: Section, teachers: Enrolled, pupils: Enrolled, problems: list[Problem]) -> Section:
    if section.no_team is None:
        problems += class_problems(section, teachers, pupils)
    reason = section.no_team or no_team_reason(teachers, pupils)
    return replace(section, teachers=teachers.on_roll, pupils=pupils.on_roll, no_team=reason)
