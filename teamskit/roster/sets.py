"""Sets of CSV files keyed by sourcedId (School Data Sync v2 and v2.1, OneRoster): which files, read or refused.

Files flow in, tables flow out, and a Report collects what is said of them and which rows are left out. Headings are
exact in these formats: `sourcedID` is not `sourcedId`. Source: Microsoft's pages and OneRoster 1.1, read 2026-11.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from teamskit.clock import SCHOOL_ZONE
from teamskit.errors import RosterError
from teamskit.roster.headings import Headings
from teamskit.roster.model import FileRead, Problem, Severity, problem_at
from teamskit.roster.people import Reading, table_dates
from teamskit.roster.tables import Table, different, read_table
from teamskit.roster.text import refuse_all

_SHOWN = 20
YES = ("true", "yes", "1")
NO = ("false", "no", "0")
_HEAD = 20_000
_WORD = re.compile(r"[a-z][A-Za-z]{1,29}")
_DELIMITER = re.compile(r"[,;\t|]")


SPOKEN: Mapping[str, str] = {
    "id": "id",
    "org": "organisation",
    "orgs": "organisations",
    "parent": "organisation above",
    "identifier": "DfE number",
    "sessions": "sessions",
    "match": "address to match by",
    "enabled": "switched on in the MIS",
    "starts": "first day",
    "ends": "last day",
}
"""Meanings in a school's words, as the files of these formats have them."""
OF_PERSON: Mapping[str, str] = {**SPOKEN, "id": "person's id", "primary": "main teacher"}
OF_SESSION: Mapping[str, str] = {**SPOKEN, "parent": "session above", "year": "academic year"}


class ExactHeadings(Headings):
    """Headings that must be written exactly as the format has them; the school's own `columns` still win."""

    def recognise(self, cells: Sequence[str], columns: Mapping[str, str]) -> list[tuple[str, int] | None]:
        """Give each cell's meaning and rank, None for every caption that is not one of the known ones to the letter."""
        exact = {c: (meaning, rank) for meaning, known in self.known.items() for rank, c in enumerate(known)}
        exact |= {own: (meaning, -1) for own, meaning in columns.items() if meaning in self.known}
        return [exact.get(cell) for cell in cells]


@dataclass(frozen=True)
class SetKind:
    """A format's files by lower-case name: those read, those it cannot do without, those never opened."""

    title: str
    files: Mapping[str, ExactHeadings]
    needed: tuple[str, ...]
    unopened: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Report:
    """What a reader says of its files: problems, and the rows it left out, each with a problem of its own.

    `used` counts the rows a file's frame no longer has although they were understood; `deleted` gives, by a file's
    name in lower case, the ids that stand there only in records marked to be deleted.
    """

    problems: list[Problem] = field(default_factory=list)
    lost: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    used: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    deleted: dict[str, frozenset[str]] = field(default_factory=dict)

    def not_in(self, file: str, ids: Iterable[str]) -> str:
        """Say of ids that are not known that a file has them not, or has them to be deleted."""
        gone = self.deleted.get(file.casefold(), frozenset())
        return f"marked to be deleted in {file}" if gone.issuperset(ids) else f"not in {file}"

    def say(
        self,
        table: Table,
        row: Mapping[str, Any],
        check: str,
        severity: Severity,
        text: str,
        remedy: str,
        column: str = "",
    ) -> None:
        """Tell something of a record that is used all the same."""
        place = table.place(row["_row"], row["_line"], column)
        self.problems.append(problem_at(place, check, severity, text, remedy))

    def leave_out(
        self,
        table: Table,
        row: Mapping[str, Any],
        check: str,
        text: str,
        remedy: str,
        severity: Severity = "warning",
        column: str = "",
    ) -> None:
        """Tell why a record is not used, and count it."""
        self.say(table, row, check, severity, f"{text}; the row was not used.", remedy, column)
        self.lost[table.file].add(int(row["_row"]))

    def left_out(self, table: Table, problems: Iterable[Problem]) -> None:
        """Take over problems that each stand for one row left out."""
        for problem in problems:
            self.problems.append(problem)
            if problem.row is not None:
                self.lost[table.file].add(problem.row)

    def file_read(self, table: Table) -> FileRead:
        """Count what was done with the records of one file."""
        lost = len(self.lost[table.file]) + table.rows - len(table.frame) - self.used[table.file]
        where = table.file, table.encoding, table.delimiter, table.heading_row
        return FileRead(*where, table.rows, table.rows - lost, lost)


def first_cells(path: Path) -> tuple[str, ...]:
    """Give the captions of a file's first row, to tell formats apart; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(_HEAD)
    except OSError:
        return ()
    text = raw.decode("utf-16" if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig", "replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    return tuple(cell.strip(' "\ufeff\u00a0') for cell in _DELIMITER.split(first))


def by_name(files: Sequence[Path]) -> dict[str, Path]:
    """Give the files by lower-case name."""
    return {path.name.casefold(): path for path in files}


def headings_of(files: Sequence[Path], name: str) -> set[str]:
    """Give the headings of a file of the set, lower case; nothing where it is not there."""
    found = by_name(files).get(name)
    return {cell.casefold() for cell in first_cells(found)} if found else set()


def is_sourced(files: Sequence[Path]) -> bool:
    """Tell whether a folder holds a set keyed by sourcedId at all: by its file names and by a heading."""
    names = set(by_name(files)) & {"orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv"}
    if len(names) >= 3 and "users.csv" in names:
        return True
    return len(names) >= 2 and any(h.endswith("sourcedid") for name in names for h in headings_of(files, name))


def read_set(files: Sequence[Path], kind: SetKind, reading: Reading, report: Report) -> dict[str, Table]:
    """Read every file of a set; broken and missing ones are all told in one RosterError."""
    found = by_name(files)
    tables: dict[str, Table] = {}
    refusals = [_absent(kind, name, found) for name in kind.needed if name not in found]
    for name, headings in kind.files.items():
        if name in found:
            try:
                tables[name] = read_table(found[name], headings, reading.columns)
            except RosterError as error:
                refusals.append(error)
    report.problems += [p for table in tables.values() for p in table.problems]
    if refusals:
        refuse_all(refusals, report.problems)
    report.problems += [_unread(path, kind) for name, path in found.items() if name not in kind.files]
    return tables


def looks_like(name: str, others: Iterable[str]) -> str:
    """Say which of the files that are no part of a set may be a missing one under a wrong name; empty for none."""
    found = get_close_matches(name.casefold(), [other.casefold() for other in others], n=1, cutoff=0.8)
    shown = next((other for other in others if other.casefold() == found[0]), "") if found else ""
    return f" If {shown} is it, name it so." if shown else ""


def _absent(kind: SetKind, name: str, found: Mapping[str, Path]) -> RosterError:
    shown = kind.names.get(name, name)
    spare = [path.name for other, path in found.items() if other not in {*kind.files, *kind.unopened}]
    what, remedy = f"the {kind.title} set has no {shown}", f"Export {shown} with the others, into the same folder."
    remedy += looks_like(shown, spare)
    problem = Problem("file-missing", "error", f"{what[:1].upper()}{what[1:]}.", remedy, shown)
    return RosterError(what, where=shown, next_step=remedy, problems=[problem])


def _unread(path: Path, kind: SetKind) -> Problem:
    if path.name.casefold() in kind.unopened:
        text = f"{path.name} holds what teamskit must not keep; it was not opened."
        return Problem("file-not-opened", "info", text, "Leave the file out of the export.", path.name)
    return Problem("file-not-used", "info", f"{path.name} is not needed and was not read.", file=path.name)


def cell_list(text: str) -> list[str]:
    """Give the items of a list in a cell: `a, b` is a and b, each once."""
    return list(dict.fromkeys(part for part in (p.strip() for p in re.split("[,;|]", text)) if part))


def word_shown(word: str) -> str:
    """Quote a word that is of no list of the format, unless it may be a name or a password that slipped there."""
    return repr(word) if _WORD.fullmatch(word) else "in this row"


def id_shown(number: str) -> str:
    """Give an id that is not known, unless it may be a name that slipped into its column."""
    return number if not number or number[0].islower() or any(c.isdigit() for c in number) else "named there"


def listed(ids: Iterable[str]) -> str:
    """Name some ids, and how many more there are."""
    every = list(ids)
    return ", ".join(every[:_SHOWN]) + (f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else "")


def read_days(table: Table, columns: Sequence[str], report: Report) -> tuple[Table, dict[str, date | None]]:
    """Read date columns; a moment with a time zone is the day it is at the school (23:00Z in summer: the next)."""
    frame = table.frame
    moments = {v for c in columns for v in different(frame[c]) if "T" in v}
    if moments:
        local = {text: _local_day(text) for text in moments}
        table = table.with_frame(frame.assign(**{c: frame[c].map(lambda v: local.get(v, v)) for c in columns}))
    days, problems = table_dates(table, columns)
    report.problems += problems
    return table, days


def _local_day(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment.astimezone(SCHOOL_ZONE) if moment.tzinfo else moment).date().isoformat()
