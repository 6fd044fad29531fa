"""registers/*.csv as values, and a line for each row that cannot be used: file, row as Excel shows it, column, remedy.

Encodings, delimiters, title rows and headings are read as those of an export are. A bad row is left out and told;
nothing stops. A file that is missing, or cannot be read at all, gives None.
"""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from teamskit.errors import RosterError
from teamskit.registers.agreed import AgreedRegister, Agreement
from teamskit.registers.consent import Consent, ConsentRegister
from teamskit.roster.damage import is_scientific
from teamskit.roster.dates import day_first
from teamskit.roster.headings import Headings
from teamskit.roster.model import Place, Problem, Severity, problem_at
from teamskit.roster.sources import open_source
from teamskit.roster.tables import find_headings, picked, records
from teamskit.roster.upn import without_upn

AGREED, CONSENT = "agreed.csv", "consent.csv"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    AGREED: ("What", "Pupil", "Staff", "Outside", "From", "Until", "Reason", "Agreed by"),
    CONSENT: ("Adno", "Recording", "Date", "Withdrawn"),
}
_AGREED = Headings(
    "the register of agreed exceptions",
    {
        "what": ("What", "Finding"),
        "pupil": ("Pupil", "Adno", "Admission Number"),
        "staff": ("Staff", "Staff Code"),
        "outside": ("Outside",),
        "first": ("From",),
        "last": ("Until", "To"),
        "reason": ("Reason",),
        "agreed_by": ("Agreed by",),
    },
    needed=("what", "pupil", "staff", "outside", "first", "last"),
)
_CONSENT = Headings(
    "the register of consent",
    {
        "adno": ("Adno", "Admission Number"),
        "recording": ("Recording",),
        "since": ("Date",),
        "withdrawn": ("Withdrawn",),
    },
    needed=("adno", "recording", "since", "withdrawn"),
)
_EXCEL_ERRORS = frozenset(["#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#DIV/0!", "#NULL!", "#SPILL!", "#CALC!"])
_SEVERE = frozenset({"one-to-one", "alone-in-group", "pupils-only", "no-consent", "chat-on"})


@dataclass(frozen=True)
class Registers:
    """What was read; None for a register that is missing. `left_out` counts the rows that were not used."""

    agreed: AgreedRegister | None = None
    consent: ConsentRegister | None = None
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)

    def with_zeros(self, pupils: Collection[str], staff: Collection[str]) -> tuple["Registers", list[str]]:
        """Put back zeros that Excel took from numbers of known people; gives the registers and the numbers read so."""
        agreed, consent, mended = self.agreed, self.consent, set[str]()
        if agreed:
            agreed, found = agreed.with_zeros(pupils, staff)
            mended |= set(found)
        if consent:
            consent, found = consent.with_zeros(pupils)
            mended |= set(found)
        return replace(self, agreed=agreed, consent=consent), sorted(mended)


@dataclass
class Sheet:
    """One file while it is read."""

    file: str
    headings: Mapping[str, str]
    rows: list[tuple[int, int, dict[str, str]]]
    problems: list[Problem]
    left_out: set[int] = field(default_factory=set)

    def tell(self, at: tuple[int, int], column: str, severity: Severity, check: str, message: str, remedy: str) -> None:
        """Keep a line on a row; an error leaves the row out."""
        place = Place(self.file, *at, self.headings.get(column))
        self.problems.append(problem_at(place, check, severity, message, remedy))
        if severity == "error":
            self.left_out.add(at[0])


def read_registers(folder: Path, kinds: Collection[str]) -> Registers:
    """Read both registers of a folder; `kinds` are the findings that an agreement may name."""
    agreed, consent = (_sheet(folder, name, kind) for name, kind in ((AGREED, _AGREED), (CONSENT, _CONSENT)))
    sheets = [sheet for sheet in (agreed, consent) if isinstance(sheet, Sheet)]
    rows = tuple(_agreements(agreed, kinds)) if isinstance(agreed, Sheet) else ()
    given = tuple(_consents(consent)) if isinstance(consent, Sheet) else ()
    unread = [one for one in (agreed, consent) if isinstance(one, Problem)]
    return Registers(
        AgreedRegister(rows) if isinstance(agreed, Sheet) else None,
        ConsentRegister(given) if isinstance(consent, Sheet) else None,
        (*unread, *(problem for sheet in sheets for problem in sheet.problems)),
        sum(len(sheet.left_out) for sheet in sheets),
        {sheet.file.casefold(): len(sheet.rows) for sheet in sheets},
    )


def _sheet(folder: Path, name: str, kind: Headings) -> "Sheet | Problem | None":
    here = folder.iterdir() if folder.is_dir() else iter(())
    path = next((one for one in sorted(here) if one.name.casefold() == name and one.is_file()), None)
    if path is None:
        return None
    try:
        return read_sheet(path, kind)
    except (RosterError, csv.Error, OSError) as refused:
        columns = ", ".join(COLUMNS[name])
        remedy = f"It needs the headings {columns}; teamskit registers template writes them."
        what = f"The file cannot be used: {getattr(refused, 'what', refused)}."
        return problem_at(Place(path.name, 1, 1), "register-unreadable", "error", what, remedy)


def read_sheet(path: Path, kind: Headings) -> Sheet:
    """Read the rows of one file by its headings; raises RosterError, csv.Error or OSError when it cannot be read."""
    source = open_source(path)
    start = find_headings(source, kind, {})
    if start is None:
        raise RosterError(f"there is no row of headings for {kind.title}", where=path.name)
    picks = picked(start, kind, path.name)
    cells = source.cells(start.head, list(picks.values()))
    columns = {meaning: cells.columns[position] for meaning, position in picks.items()}
    headings = {meaning: start.head.cells[position] for meaning, position in picks.items()}
    keep, texts = records(list(columns.values()), cells), {m: c.text() for m, c in columns.items()}
    rows = [
        (int(cells.rows[n]), int(cells.lines[n]), {meaning: str(text[n]) for meaning, text in texts.items()})
        for n in range(len(cells.rows))
        if keep[n]
    ]
    sheet = Sheet(path.name, headings, rows, [])
    for at in cells.wide:
        remedy = "Put a value with a comma in it into quotes."
        sheet.tell(at, "", "error", "row-too-long", "The row has more cells than headings; it was not used.", remedy)
    return sheet


def _agreements(sheet: Sheet, kinds: Collection[str]) -> Iterator[Agreement]:
    for row, line, cells in sheet.rows:
        at = row, line
        what = "-".join(cells["what"].casefold().replace("-", " ").split())
        check_cells(sheet, at, cells, ("pupil", "staff"))
        _check_what(sheet, at, what, cells, kinds)
        first, last = (day_in(sheet, at, name, cells[name]) for name in ("first", "last"))
        if first and last and last < first:
            sheet.tell(at, "last", "error", "dates-turned", "It ends before it begins.", "Put From and Until right.")
        if not cells["last"]:
            told = "It has no end: it holds until somebody takes it out."
            sheet.tell(at, "last", "warning", "no-end", told, "Write the last day it is agreed for.")
        if row not in sheet.left_out:
            who = cells["pupil"], cells["staff"], cells["outside"]
            yield Agreement(what, *who, first, last, cells.get("reason", ""), cells.get("agreed_by", ""), row)


def _check_what(sheet: Sheet, at: tuple[int, int], what: str, cells: Mapping[str, str], kinds: Collection[str]) -> None:
    if what not in kinds:
        near = get_close_matches(what, list(kinds), 1)
        remedy = f"Did you mean {near[0]}?" if near else f"Write one of: {', '.join(kinds)}."
        sheet.tell(at, "what", "error", "unknown-finding", "It names no kind of finding; it was not used.", remedy)
    elif what == "outside-person" and not cells["outside"]:
        told = "It names nobody from outside; it was not used."
        sheet.tell(at, "outside", "error", "names-nobody", told, "Write an e-mail address, telephone number or name.")
    elif what in _SEVERE and not any(cells[name] for name in ("pupil", "staff", "outside")):
        told = f"It names nobody: every {what} of these days is shown as agreed."
        sheet.tell(at, "pupil", "warning", "names-nobody", told, "Name the pupil and the member of staff.")


def _consents(sheet: Sheet) -> Iterator[Consent]:
    seen: dict[str, int] = {}
    for row, line, cells in sheet.rows:
        at, adno = (row, line), cells["adno"]
        check_cells(sheet, at, cells, ("adno",))
        if not adno:
            sheet.tell(at, "adno", "error", "no-number", "It has no admission number; it was not used.", "Add it.")
        since, withdrawn = (day_in(sheet, at, name, cells[name]) for name in ("since", "withdrawn"))
        given = cells["recording"].casefold() == "yes"
        if given and not cells["since"]:
            told = "Consent has no day from which it holds; the row was not used."
            sheet.tell(at, "since", "error", "no-date", told, "Write the day on which it was given.")
        if row in sheet.left_out:
            continue
        if adno in seen:
            told = f"Pupil {adno} stands in row {seen[adno]} too: the newest row that has begun decides."
            sheet.tell(at, "adno", "warning", "pupil-twice", told, "Leave one row, with the day it was withdrawn.")
        seen.setdefault(adno, row)
        yield Consent(adno, given, since, withdrawn, row)


def check_cells(sheet: Sheet, at: tuple[int, int], cells: Mapping[str, str], numbers: Sequence[str]) -> None:
    """Refuse cells that Excel has spoiled or that hold what must not be read: a blank in their place would say more."""
    for name, cell in cells.items():
        if cell in _EXCEL_ERRORS or (cell and not cell.strip("#")):
            told = "The cell holds an error of Excel's; the row was not used."
            sheet.tell(at, name, "error", "excel-error", told, "Write the value itself.")
        elif without_upn(cell) != cell:
            told = "The cell holds a Unique Pupil Number, which is not read; the row was not used."
            sheet.tell(at, name, "error", "upn-in-cell", told, "Write the admission number.")
        elif name in numbers and is_scientific(cell):
            told = "The number was shortened by Excel and has lost digits; the row was not used."
            sheet.tell(at, name, "error", "scientific-number", told, "Write it again, as text.")


def day_in(sheet: Sheet, at: tuple[int, int], name: str, cell: str) -> date | None:
    """Read a day, None for an empty cell; what is none is told and leaves the row out."""
    day = day_first(cell) if cell else None
    if cell and day is None:
        told = "This is no date; the row was not used."
        sheet.tell(at, name, "error", "no-date", told, "Write day, month and year: 07/09/2026.")
    return day
