"""SIMS reports: students, staff, class membership and timetable, in whatever captions the report's designer chose.

Files flow in, a Roster flows out. Primary schools have no timetable and their class is the registration group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd

from teamskit.roster.class_codes import one_class_a_row
from teamskit.roster.damage import mend_numbers
from teamskit.roster.enrolments import (
    Enrolled,
    Key,
    decided,
    enrol,
    in_force,
    not_in_force,
    only_known,
    restore_zeros,
    without_left_out,
)
from teamskit.roster.model import FileRead, Lesson, Place, Problem, Role, Roster, Section, of_columns, problem_at
from teamskit.roster.own_headings import unseen_columns
from teamskit.roster.people import People, Reading, filled_down, read_people, table_dates
from teamskit.roster.sims_files import KINDS, OWN_CELLS, read_tables, recognises
from teamskit.roster.staff_codes import StaffCodes, teacher_rows
from teamskit.roster.stays import stays
from teamskit.roster.tables import Table, categories, coded, kept
from teamskit.roster.values import clock_time, period_parts
from teamskit.school.dates import academic_year_of

__all__ = ["KINDS", "read", "recognises"]

REGISTRATION = "CLS "
REGISTRATION_ONLY = "a registration group, not a teaching class"
_OF_CLASS = ("id", "section", "code", "teacher", "starts", "ends")


@dataclass(frozen=True)
class _Classes:
    """The class file after reading: rows in force, all rows, and what the dates in them are."""

    table: Table
    rows: pd.DataFrame
    in_force: pd.DataFrame
    days: Mapping[str, date | None]
    day: date


def read(files: Sequence[Path], reading: Reading) -> Roster:
    """Read the files of one school to a roster.

    Raises RosterError when there is no file of pupils or a file cannot be used; everything less is a problem.
    """
    tables, problems = read_tables(files, reading)
    problems += [p for table in dict.fromkeys(t.problems for t in tables.values()) for p in table]
    problems += _missing_files(tables)
    problems += unseen_columns(reading.columns, (h for table in tables.values() for h in table.headings.values()))
    tables, more, lost = _numbered(tables, academic_year_of(reading.effective))
    problems += more
    pupils = _people(tables["students"], "pupil", reading)
    staff = _people(tables["staff"], "staff", reading) if "staff" in tables else People((), frozenset(), 0, ())
    problems += [*pupils.problems, *staff.problems, *_without_class(tables.get("timetable"))]
    codes = StaffCodes.of(staff.people, tables.get("staff"), {number for _, number in staff.left_out})
    sections, more, unused = _sections(tables, pupils, codes, reading)
    problems += more
    lost["students"] += pupils.rows_left_out
    lost["staff"] = lost.get("staff", 0) + staff.rows_left_out
    if "classes" in tables and tables["classes"].file != tables["students"].file:
        lost["classes"] += unused
    return Roster(
        schools=(reading.school,),
        people=(*pupils.people, *staff.people),
        sections=sections,
        effective=reading.effective,
        lessons=_lessons(tables.get("timetable"), codes, reading),
        problems=tuple(problems),
        files=_files_read(tables, lost),
    )


def _missing_files(tables: Mapping[str, Table]) -> list[Problem]:
    texts = {"classes": "class memberships: there are no classes", "staff": "staff: no class can have a teacher"}
    problems = [
        Problem("file-missing", "error", f"There is no file of {text}.", "Export it into the same folder.")
        for kind, text in texts.items()
        if kind not in tables
    ]
    if "staff" in tables and not tables["staff"].rows:
        text = "There is nobody in the file of staff: no class can have a teacher."
        problems.append(Problem("no-staff", "error", text, "Export it again.", tables["staff"].file))
    pupils = tables["students"]
    if not any(pupils.has(name) for name in ("forename", "surname", "name")):
        text = "No names of pupils were read: they are shown by their number. Legal names are not read unasked."
        remedy = 'Add Preferred Forename and Surname, or in school.toml: [roster.columns] "Legal Surname" = "surname"'
        problems.append(Problem("no-names", "info", text, remedy, pupils.file))
    return problems


def _files_read(tables: Mapping[str, Table], lost: Mapping[str, int]) -> tuple[FileRead, ...]:
    """Say of each file once what became of its rows; one that tells of pupils and classes counts as pupils' file."""
    found: dict[str, FileRead] = {}
    for kind, table in tables.items():
        gone = lost.get(kind, 0) + table.wide
        read = table.encoding, table.delimiter, table.heading_row
        found.setdefault(table.file, FileRead(table.file, *read, table.rows, table.rows - gone, gone))
    return tuple(found.values())


def _numbered(
    tables: Mapping[str, Table], academic_year: int
) -> tuple[dict[str, Table], list[Problem], dict[str, int]]:
    """Give every row of pupils and classes its pupil's number, as it was before Excel, and count the rows without."""
    done = dict(tables)
    shared = "classes" in tables and tables["classes"] is tables["students"]
    kinds = ["students"] if shared or "classes" not in tables else ["students", "classes"]
    problems: list[Problem] = []
    for kind in kinds:
        frame, more = filled_down(tables[kind], OWN_CELLS)
        problems += more
        done[kind] = tables[kind].with_frame(frame)
    if "timetable" in tables:
        spread = one_class_a_row(tables["timetable"].frame, academic_year)
        done["timetable"] = tables["timetable"].with_frame(spread)
    if "staff" in tables:
        frame, more = filled_down(tables["staff"], [c for c in OWN_CELLS if c in tables["staff"].frame])
        problems += more
        done["staff"] = tables["staff"].with_frame(frame)
    mended, more, _ = mend_numbers({kind: done[kind] for kind in kinds})
    done |= mended
    if shared:
        done["classes"] = done["students"]
    lost = {kind: len(tables[kind].frame) - len(done[kind].frame) for kind in tables if kind != "timetable"}
    return done, problems + more, lost


def _people(table: Table, role: Role, reading: Reading) -> People:
    missing = {column: "" for column in ("year", "reg") if column not in table.frame}
    return read_people(table.with_frame(table.frame.assign(school=reading.school.id, **missing)), role, reading)


def _classes(table: Table, reading: Reading, *, shared: bool) -> tuple[_Classes, list[Problem], int]:
    """Give the class rows, the problems, and how many rows name no class; a pupils' report may well have such rows."""
    rows = kept(table.frame, table.frame["section"] != "")
    problems = []
    if not shared and len(rows) < len(table.frame):
        blank = table.frame[table.frame["section"] == ""]
        problems = [
            problem_at(
                table.place(row, line, "section"),
                "row-without-class",
                "info",
                f"Pupil {number}: the row names no class; it was not used.",
                "Nothing, if the pupil is in no class.",
            )
            for number, row, line in blank[["id", "_row", "_line"]].values
        ]
    spread = one_class_a_row(_of_classes(rows) if shared else rows, academic_year_of(reading.effective))
    spread = kept(spread, spread["section"] != "")
    days, more = table_dates(table, ["starts", "ends"])
    more += not_in_force(table, days, reading.effective)
    return (
        _Classes(table, spread, in_force(spread, days, reading.effective), days, reading.effective),
        problems + more,
        len(table.frame) - len(rows),
    )


def _of_classes(rows: pd.DataFrame) -> pd.DataFrame:
    """Give what a pupils' report says of classes, as categories: a row becomes as many as the pupil has classes."""
    names = [name for name in _OF_CLASS if name in rows]
    return rows[[*names, "_row", "_line"]].assign(**{name: categories(rows[name]) for name in names})


def _sections(
    tables: Mapping[str, Table], pupils: People, codes: StaffCodes, reading: Reading
) -> tuple[tuple[Section, ...], list[Problem], int]:
    problems: list[Problem] = []
    places: dict[str, Place] = {}
    enrolled: dict[tuple[str, str], Enrolled] = {}
    classes, lost = None, 0
    if "classes" in tables:
        shared = tables["classes"] is tables["students"]
        classes, problems, lost = _classes(tables["classes"], reading, shared=shared)
        places = _places(classes.table, classes.rows)
    timetable = tables.get("timetable")
    if timetable is not None:
        places = {**_places(timetable, timetable.frame[timetable.frame["section"] != ""]), **places}
        places = dict(sorted(places.items(), key=lambda item: classes is None or item[1].file != classes.table.file))
    keys = [(reading.school.id, code) for code in places]
    if classes is not None:
        enrolled, more, unused = _pupils_of(classes, keys, pupils, shared=shared)
        problems += more
        lost += unused
    rows = teacher_rows(classes.rows if classes else None, classes.in_force if classes else None)
    teachers, more = codes.teachers(classes.table if classes else None, rows, timetable, list(places))
    problems += more
    taught = {key: teachers.get(key[1], Enrolled()) for key in keys}
    enrolled = enrolled or dict.fromkeys(keys, Enrolled())
    drafts = _drafts(places, enrolled, reading)
    return decided(drafts, taught, enrolled, problems, REGISTRATION_ONLY), problems, lost


def _drafts(places: Mapping[str, Place], enrolled: Mapping[Key, Enrolled], reading: Reading) -> list[Section]:
    """Make the sections without their people, in the order of both mappings."""
    count, forms = len(places), [code.startswith(REGISTRATION) for code in places]
    year, school = repeat(academic_year_of(reading.effective), count), repeat(reading.school.id, count)
    nobody, unsaid, dated = [()] * count, [None] * count, (one.stays for one in enrolled.values())
    named = places, school, places, year, places.values()
    return list(of_columns(Section, *named, nobody, nobody, unsaid, unsaid, repeat(True, count), unsaid, forms, dated))


def _without_class(timetable: Table | None) -> list[Problem]:
    """Say in one line how many rows of the timetable are of no class: registration, meetings, free periods."""
    if timetable is None:
        return []
    blank = timetable.frame.loc[timetable.frame["section"] == "", "_row"].nunique()
    text = f"Rows of the timetable that name no class: {blank}. They make no lesson."
    return [Problem("lessons-without-class", "info", text, file=timetable.file)] if blank else []


def _places(table: Table, rows: pd.DataFrame) -> dict[str, Place]:
    """Give where each class is named first, in the order of the file."""
    codes, values = coded(rows["section"])
    first = np.full(len(values), len(codes))
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    met = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(codes))]
    at = rows[["_row", "_line"]].to_numpy()[first[met]]
    caption = table.headings.get("section")
    named = repeat(table.file, len(met)), at[:, 0].tolist(), at[:, 1].tolist(), repeat(caption, len(met))
    return dict(zip([values[n] for n in met], of_columns(Place, *named), strict=True))


def _pupils_of(
    classes: _Classes, keys: Sequence[tuple[str, str]], pupils: People, *, shared: bool
) -> tuple[dict[tuple[str, str], Enrolled], list[Problem], int]:
    known = [p.id for p in pupils.people]
    contradictory = {number for _, number in pupils.left_out}
    rows, notes = restore_zeros(classes.in_force, [*known, *contradictory], classes.table)
    told, left_out = without_left_out(rows, contradictory, classes.table)
    good, problems = only_known(
        told, "id", set(known), classes.table, check="unknown-pupil", what="Pupil", where="the pupils' file"
    )
    lost = rows["_row"].nunique() - good["_row"].nunique() if len(good) < len(rows) else 0
    enrolled = enrol(good, keys, pupils.people, classes.rows)
    dated = stays(classes.rows, classes.days, classes.day, pupils.people)
    enrolled = {key: one._replace(stays=dated.get(key[1], ())) for key, one in enrolled.items()}
    return enrolled, [*notes, *([] if shared else left_out), *problems], lost


def _lessons(table: Table | None, codes: StaffCodes, reading: Reading) -> tuple[Lesson, ...]:
    if table is None:
        return ()
    parts_of, time_of = cache(period_parts), cache(clock_time)

    @cache
    def staff_of(cell: str) -> tuple[str, ...]:
        return tuple(p.id for p in codes.people_of(cell) if p.on_roll)

    frame = table.frame[(table.frame["section"] != "") & (table.frame["period"] != "")]
    of = {name: frame[name].tolist() for name in ("section", "period", "starts", "ends", "code")}
    if frame.empty:
        return ()
    days, weeks, slots = zip(*map(parts_of, of["period"]), strict=True)
    when = days, weeks, slots, map(time_of, of["starts"]), map(time_of, of["ends"])
    school = repeat(reading.school.id, len(frame))
    return tuple(of_columns(Lesson, of["section"], school, of["period"], *when, map(staff_of, of["code"])))
