"""SIMS-shaped CSV: students, staff, class membership and timetable, in whatever captions the report's designer chose.

Files flow in, a Roster flows out. Primary schools have no timetable and their class is the registration group.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from teamskit.errors import RosterError
from teamskit.roster import headings as captions
from teamskit.roster.enrolments import (
    Enrolled,
    class_problems,
    enrol,
    no_team_reason,
    only_known,
    restore_zeros,
)
from teamskit.roster.headings import Headings
from teamskit.roster.model import FileRead, Lesson, Place, Problem, Role, Roster, Section
from teamskit.roster.people import People, Reading, filled_down, read_people, table_dates
from teamskit.roster.staff_codes import StaffCodes, teacher_rows
from teamskit.roster.tables import Table, kept, read_table, recognised_share
from teamskit.roster.values import clock_time, period_parts
from teamskit.school.dates import academic_year_of

_OWN_CELLS = ("surname", "forename", "name", "reg", "year")
_OWN = frozenset((*_OWN_CELLS, "subject"))
KINDS: Mapping[str, Headings] = {
    "classes": Headings("Class membership files", captions.CLASSES, ("id", "section"), _OWN),
    "timetable": Headings("Timetables", captions.TIMETABLE, ("period", "section")),
    "staff": Headings("Staff files", captions.STAFF, ("id",)),
    "students": Headings("Pupils' files", captions.STUDENTS, ("id",)),
}
_NAMES: Mapping[str, re.Pattern[str]] = {
    "timetable": re.compile(r"time.?table|lessons?\b", re.IGNORECASE),
    "classes": re.compile(r"class|membership|group|enrol", re.IGNORECASE),
    "staff": re.compile(r"staff|teacher|employee|workforce", re.IGNORECASE),
    "students": re.compile(r"student|pupil|learner", re.IGNORECASE),
}
REGISTRATION = "CLS "


@dataclass(frozen=True)
class _Classes:
    """The class file after reading: rows in force, all rows, and the sections in the order of the file."""

    table: Table
    rows: pd.DataFrame
    in_force: pd.DataFrame


def kind_of(path: Path, columns: Mapping[str, str]) -> str | None:
    """Tell which of the four files one is: by its name, else by its headings; None when it is none of them."""
    named = next((kind for kind, pattern in _NAMES.items() if pattern.search(path.stem)), None)
    if named:
        return named
    shares = {kind: recognised_share(path, heads, columns) for kind, heads in KINDS.items()}
    best = max(shares, key=lambda kind: shares[kind])
    return best if shares[best] >= 0.4 else None


def recognises(files: Sequence[Path], columns: Mapping[str, str]) -> bool:
    """Tell whether a folder looks like a SIMS export: it has a file of pupils, or one of class memberships."""
    return bool({kind_of(path, columns) for path in files} & {"students", "classes"})


def _tables(files: Sequence[Path], reading: Reading) -> tuple[dict[str, Table], list[Problem]]:
    found: dict[str, Path] = {}
    problems = []
    for path in files:
        kind = kind_of(path, reading.columns)
        if kind is None:
            problems.append(
                Problem("file-not-used", "info", f"{path.name} is not known and was not read.", file=path.name)
            )
        elif kind in found:
            _refuse_two(found[kind], path)
        else:
            found[kind] = path
    if "students" not in found:
        raise RosterError(
            "there is no file of pupils",
            where=", ".join(p.name for p in files) or "the folder",
            next_step="Export the pupils' report as SIMS_Students.csv into the same folder.",
        )
    return _read_all(found, reading), problems


def _refuse_two(first: Path, second: Path) -> None:
    raise RosterError(
        f"{first.name} and {second.name} look like the same report",
        where=second.name,
        next_step="Leave one of them in the folder.",
        problems=[Problem("file-twice", "error", f"{second.name} is the same kind of file as {first.name}.")],
    )


def _read_all(found: Mapping[str, Path], reading: Reading) -> dict[str, Table]:
    """Read every file before refusing any, so that one run shows all broken files."""
    tables, refusals = {}, []
    for kind, path in found.items():
        try:
            tables[kind] = read_table(path, KINDS[kind], reading.columns)
        except RosterError as error:
            refusals.append(error)
    if refusals:
        problems = [p for table in tables.values() for p in table.problems]
        problems += [p for error in refusals for p in error.problems if isinstance(p, Problem)]
        first = refusals[0]
        raise RosterError(first.what, where=first.where, next_step=first.next_step, problems=problems)
    return tables


def read(files: Sequence[Path], reading: Reading) -> Roster:
    """Read the files of one school to a roster.

    Raises RosterError when there is no file of pupils or a file cannot be used; everything less is a problem.
    """
    tables, problems = _tables(files, reading)
    problems += [p for table in tables.values() for p in table.problems]
    pupils = _people(tables["students"], "pupil", reading)
    staff = _people(tables["staff"], "staff", reading) if "staff" in tables else People((), frozenset(), 0, ())
    problems += [*pupils.problems, *staff.problems, *_missing_files(tables)]
    codes = StaffCodes.of(staff.people, tables.get("staff"), {number for _, number in staff.left_out})
    sections, more, lost = _sections(tables, pupils, codes, reading)
    problems += more
    lost |= {"students": pupils.rows_left_out, "staff": staff.rows_left_out}
    return Roster(
        schools=(reading.school,),
        people=(*pupils.people, *staff.people),
        sections=sections,
        effective=reading.effective,
        lessons=_lessons(tables.get("timetable"), codes, reading),
        problems=tuple(problems),
        files=tuple(_file_read(table, lost.get(kind, 0)) for kind, table in tables.items()),
    )


def _missing_files(tables: Mapping[str, Table]) -> list[Problem]:
    texts = {"classes": "class memberships: there are no classes", "staff": "staff: no class can have a teacher"}
    return [
        Problem("file-missing", "error", f"There is no file of {text}.", "Export it into the same folder.")
        for kind, text in texts.items()
        if kind not in tables
    ]


def _file_read(table: Table, lost: int) -> FileRead:
    left_out = lost + table.rows - len(table.frame)
    return FileRead(
        table.file, table.encoding, table.delimiter, table.heading_row, table.rows, table.rows - left_out, left_out
    )


def _people(table: Table, role: Role, reading: Reading) -> People:
    frame, problems = filled_down(table, [c for c in _OWN_CELLS if c in table.frame])
    for column in ("year", "reg"):
        if column not in frame:
            frame = frame.assign(**{column: ""})
    found = read_people(table.with_frame(frame.assign(school=reading.school.id)), role, reading)
    unused = len(table.frame) - len(frame)
    return replace(found, problems=(*problems, *found.problems), rows_left_out=found.rows_left_out + unused)


def _classes(table: Table, reading: Reading) -> tuple[_Classes, list[Problem]]:
    rows, problems = filled_down(table, _OWN_CELLS)
    rows = kept(rows, rows["section"] != "")
    days, more = table_dates(table, ["starts", "ends"])
    return _Classes(table, rows, kept(rows, _in_force(rows, days, reading.effective))), problems + more


def _in_force(rows: pd.DataFrame, days: Mapping[str, date | None], day: date) -> pd.Series:
    """Mark enrolments in force on a day: begun, and not ended before it (the last day still counts)."""
    late = {text for text, found in days.items() if found and found > day}
    early = {text for text, found in days.items() if found and found < day}
    return ~rows["starts"].isin(late) & ~rows["ends"].isin(early)


def _sections(
    tables: Mapping[str, Table], pupils: People, codes: StaffCodes, reading: Reading
) -> tuple[tuple[Section, ...], list[Problem], dict[str, int]]:
    problems: list[Problem] = []
    places: dict[str, Place] = {}
    enrolled: dict[tuple[str, str], Enrolled] = {}
    classes, lost = None, 0
    if "classes" in tables:
        classes, problems = _classes(tables["classes"], reading)
        places = _places(classes.table, classes.rows)
    timetable = tables.get("timetable")
    if timetable is not None:
        places = {**_places(timetable, timetable.frame[timetable.frame["section"] != ""]), **places}
        places = dict(sorted(places.items(), key=lambda item: classes is None or item[1].file != classes.table.file))
    keys = [(reading.school.id, code) for code in places]
    if classes is not None:
        enrolled, more, lost = _pupils_of(classes, keys, pupils)
        problems += more
    rows = teacher_rows(classes.rows if classes else None, classes.in_force if classes else None)
    teachers, more = codes.teachers(classes.table if classes else None, rows, timetable, list(places))
    problems += more
    sections = []
    for key, place in zip(keys, places.values(), strict=True):
        section = Section(key[1], key[0], key[1], academic_year_of(reading.effective), place)
        section, more = _decided(section, teachers.get(key[1], Enrolled()), enrolled.get(key, Enrolled()))
        sections.append(section)
        problems += more
    return tuple(sections), problems, {"classes": lost}


def _decided(section: Section, teachers: Enrolled, pupils: Enrolled) -> tuple[Section, list[Problem]]:
    registration = section.id.startswith(REGISTRATION)
    reason = "a registration group, not a teaching class" if registration else no_team_reason(teachers, pupils)
    section = replace(
        section, teachers=teachers.on_roll, pupils=pupils.on_roll, registration=registration, no_team=reason
    )
    return section, list(class_problems(section, teachers, pupils))


def _places(table: Table, rows: pd.DataFrame) -> dict[str, Place]:
    first = rows.drop_duplicates("section")
    return {
        code: table.place(row, line, "section")
        for code, row, line in zip(first["section"], first["_row"], first["_line"], strict=True)
    }


def _pupils_of(
    classes: _Classes, keys: Sequence[tuple[str, str]], pupils: People
) -> tuple[dict[tuple[str, str], Enrolled], list[Problem], int]:
    known = [p.id for p in pupils.people]
    contradictory = {number for _, number in pupils.left_out}
    rows, notes = restore_zeros(classes.in_force, [*known, *contradictory], classes.table)
    told = kept(rows, ~rows["id"].isin(contradictory))
    good, problems = only_known(
        told, "id", set(known), classes.table, check="unknown-pupil", what="Pupil", where="the pupils' file"
    )
    lost = len(classes.table.frame) - len(classes.rows) + len(rows) - len(good)
    return enrol(good, keys, pupils.people, classes.rows), [*notes, *problems], lost


def _lessons(table: Table | None, codes: StaffCodes, reading: Reading) -> tuple[Lesson, ...]:
    if table is None:
        return ()
    found = []
    for row in table.records():
        if row["section"] and row["period"]:
            day, week, slot = period_parts(row["period"])
            staff = tuple(p.id for p in codes.people_of(row["code"]) if p.on_roll)
            times = clock_time(row["starts"]), clock_time(row["ends"])
            found.append(Lesson(row["section"], reading.school.id, row["period"], day, week, slot, *times, staff))
    return tuple(found)
