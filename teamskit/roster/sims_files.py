"""Which report of a SIMS export each file is, and their tables: one report may stand for two.

A pupils' report may name the classes too, in one cell or a row each; a class report may name the pupils.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from teamskit.errors import RosterError
from teamskit.roster import headings as captions
from teamskit.roster.headings import Headings
from teamskit.roster.model import Problem
from teamskit.roster.people import Reading
from teamskit.roster.screen_timetable import is_screen_timetable, read_screen_timetable
from teamskit.roster.tables import Table, read_table, recognised_share
from teamskit.roster.text import refuse_all

OWN_CELLS = ("surname", "forename", "name", "reg", "year")
_SURE = 0.4
_SPARE = frozenset((*OWN_CELLS, "subject"))
_CODED = frozenset(("id", "section", "code", "teacher", "starts", "ends"))
KINDS: Mapping[str, Headings] = {
    "classes": Headings("Class membership files", captions.CLASSES, ("id", "section"), _SPARE, _CODED),
    "timetable": Headings("Timetables", captions.TIMETABLE, ("period", "section"), coded=_CODED),
    "staff": Headings("Staff files", captions.STAFF, ("id",)),
    "students": Headings("Pupils' files", captions.STUDENTS, ("id",)),
}
BOTH: Mapping[str, Headings] = {
    "classes": replace(KINDS["classes"], known=captions.CLASSES_WITH_PUPILS, spare=frozenset()),
    "students": replace(KINDS["students"], known=captions.PUPILS_WITH_CLASSES),
}
_NAMES: Mapping[str, re.Pattern[str]] = {
    "timetable": re.compile(r"time.?table|lessons?\b", re.IGNORECASE),
    "classes": re.compile(r"class|membership|group|enrol", re.IGNORECASE),
    "staff": re.compile(r"staff|teacher|employee|workforce", re.IGNORECASE),
    "students": re.compile(r"student|pupil|learner", re.IGNORECASE),
}


def kind_of(path: Path, columns: Mapping[str, str]) -> str | None:
    """Tell which of the four files one is: by its name, else by its headings; None when it is none of them."""
    named = next((kind for kind, pattern in _NAMES.items() if pattern.search(path.stem)), None)
    if named:
        return named
    shares = {kind: recognised_share(path, heads, columns) for kind, heads in KINDS.items()}
    best = max(shares, key=lambda kind: shares[kind])
    if shares[best] >= _SURE:
        return best
    return "timetable" if is_screen_timetable(path) else None


def recognises(files: Sequence[Path], columns: Mapping[str, str]) -> bool:
    """Tell whether a folder looks like a SIMS export: it has a file of pupils, or one of class memberships."""
    return bool({kind_of(path, columns) for path in files} & {"students", "classes"})


def read_tables(files: Sequence[Path], reading: Reading) -> tuple[dict[str, Table], list[Problem]]:
    """Give the tables by kind; where one report stands for two, the same table twice.

    Raises RosterError, with every problem met, where a file cannot be used or no file tells of pupils.
    """
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
    tables = _read_all(found, reading)
    if "students" not in found and not _names_pupils(tables.get("classes")):
        raise RosterError(
            "there is no file of pupils",
            where=", ".join(p.name for p in files) or "the folder",
            next_step="Export the pupils' report as SIMS_Students.csv into the same folder.",
        )
    if "students" not in tables:
        tables = {"students": tables["classes"], **tables}
    elif "classes" not in tables and tables["students"].has("section"):
        tables["classes"] = tables["students"]
    return tables, problems


def _names_pupils(table: Table | None) -> bool:
    return table is not None and any(table.has(name) for name in ("surname", "forename", "name"))


def _refuse_two(first: Path, second: Path) -> None:
    what, remedy = f"{first.name} and {second.name} look like the same report", "Leave one of them in the folder."
    problem = Problem("file-twice", "error", f"{what}.", remedy, second.name)
    raise RosterError(what, where=second.name, next_step=remedy, problems=[problem])


def _misnamed(kind: str, path: Path, error: RosterError, columns: Mapping[str, str]) -> RosterError | None:
    """Say of a file without its headings that it has those of another report, as when two names were exchanged."""
    if not any(isinstance(p, Problem) and p.check == "heading-missing" for p in error.problems):
        return None
    shares = {other: recognised_share(path, heads, columns) for other, heads in KINDS.items() if other != kind}
    best = max(shares, key=lambda one: shares[one])
    if shares[best] < _SURE:
        return None
    what = f"{error.what}; these are the headings of {KINDS[best].title}, so two names are perhaps exchanged"
    remedy = f"Give the file the name of what is in it. Else: {error.next_step[:1].lower()}{error.next_step[1:]}"
    told = [
        replace(p, message=f"{what[:1].upper()}{what[1:]}.", remedy=remedy)
        for p in error.problems
        if isinstance(p, Problem)
    ]
    return RosterError(what, where=error.where, next_step=remedy, problems=told)


def _read_all(found: Mapping[str, Path], reading: Reading) -> dict[str, Table]:
    """Read every file before refusing any, so that one run shows all broken files."""
    tables: dict[str, Table] = {}
    refusals: list[RosterError] = []
    alone = len({"students", "classes"} & set(found)) == 1
    kinds = {**KINDS, **BOTH} if alone else KINDS
    for kind, path in found.items():
        try:
            screen = read_screen_timetable(path) if kind == "timetable" else None
            tables[kind] = screen or read_table(path, kinds[kind], reading.columns)
        except RosterError as error:
            refusals.append(_misnamed(kind, path, error, reading.columns) or error)
    if refusals:
        refuse_all(refusals, (p for table in tables.values() for p in table.problems))
    return tables
