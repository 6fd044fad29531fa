"""One file, column by column: what it was taken for and why, what was ignored, what was dropped. No cell is shown.

A path flows in, an explanation flows out; of a column that must not travel no cell is looked at.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from teamskit.errors import RosterError
from teamskit.roster import sims_files
from teamskit.roster.cells import Coded
from teamskit.roster.export import export_files, format_of
from teamskit.roster.formats import FORMATS, Format
from teamskit.roster.headings import Headings, why_sensitive
from teamskit.roster.model import Place
from teamskit.roster.own_headings import refuse_columns
from teamskit.roster.screen_timetable import screen_head, screen_periods
from teamskit.roster.scrub import without_upns
from teamskit.roster.sources import SUFFIXES, Head, Source, open_source
from teamskit.roster.tables import Start, find_headings, picked, recognised_share, records
from teamskit.roster.text import refuse
from teamskit.roster.values import YEARS, school_year

DELIMITERS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "": "none"}
DROPPED = "DROPPED"
IGNORED = "ignored"
_NOT_SHOWN = "not shown"
_BLANK = Headings("Files", {}, ())


@dataclass(frozen=True)
class ColumnRead:
    """What became of one column: its caption, what it was read as, how that is known, and what its cells are like."""

    column: str
    position: int
    read_as: str
    how: str
    values: str


@dataclass(frozen=True)
class Explanation:
    """How one file was understood; `sure` is false where every encoding would have given the same letters."""

    file: str
    kind: str
    encoding: str
    sure: bool
    delimiter: str
    sheet: str
    heading_row: int
    rows: int
    columns: tuple[ColumnRead, ...]

    @property
    def named_by_format(self) -> bool:
        """Tell whether a format fixes this file's headings, so that a school has none of its own to name."""
        return any(self.kind == kind.title for form in FORMATS for kind in form.files.values())

    def as_json(self) -> dict[str, object]:
        """Give the documented fields of `roster explain --output json`."""
        columns = [vars(one) for one in self.columns]
        return {**vars(self), "delimiter": DELIMITERS.get(self.delimiter, self.delimiter), "columns": columns}


@dataclass(frozen=True)
class NotRead:
    """A file of an export that is not read, and why; `wrong` where the format needs it."""

    file: str
    why: str
    wrong: bool


@dataclass(frozen=True)
class ExportRead:
    """How a folder or a zip file was understood: its format, its files, and those that are not read."""

    export: str
    format: str
    title: str
    files: tuple[Explanation, ...]
    not_read: tuple[NotRead, ...]

    def as_json(self) -> dict[str, object]:
        """Give the documented fields of `roster explain FOLDER --output json`."""
        files, not_read = [one.as_json() for one in self.files], [vars(one) for one in self.not_read]
        return {**vars(self), "files": files, "not_read": not_read}


def explain_export(path: Path, columns: Mapping[str, str]) -> ExportRead:
    """Explain every file of a folder or a zip file. Raises RosterError where it is no export that is known."""
    refuse_columns(columns)
    files = export_files(path)
    form = format_of("auto", files, path, columns)
    told: list[Explanation] = []
    not_read: list[NotRead] = []
    for file in files:
        why = _why_not_read(file, form, columns)
        try:
            if why is None:
                told.append(_explain(file, columns, form))
            else:
                not_read.append(NotRead(file.name, why, wrong=False))
        except RosterError as refused:
            not_read.append(NotRead(file.name, refused.what, wrong=True))
    return ExportRead(path.name, form.id, form.title, tuple(told), tuple(not_read))


def explain(path: Path, columns: Mapping[str, str]) -> Explanation:
    """Explain one file, by the format of the folder it lies in where that has one that names its files.

    Raises RosterError where the file is not understood, or is one that must not be opened.
    """
    refuse_columns(columns)
    if not path.exists():
        refuse(
            Place(path.name), "no-such-file", "there is no such file", "Name a file of the export, or its whole path."
        )
    return _explain(path, columns, _format_beside(path, columns))


def _why_not_read(path: Path, form: Format, columns: Mapping[str, str]) -> str | None:
    name = path.name.casefold()
    if name in form.unopened:
        return "it holds what teamskit must not keep, and is not opened"
    known = name in form.files if form.files else sims_files.kind_of(path, columns)
    return None if known else f"it is not needed for {form.title}"


def _format_beside(path: Path, columns: Mapping[str, str]) -> Format | None:
    """Give the format of a file's folder where it names its files; nothing but headings is read for that."""
    folder = path.parent
    files = [p for p in folder.iterdir() if p.suffix.casefold() in SUFFIXES] if folder.is_dir() else []
    return next((f for f in FORMATS if f.files and f.recognises(files, columns)), None)


def _explain(path: Path, columns: Mapping[str, str], form: Format | None) -> Explanation:
    if any(path.name.casefold() in f.unopened for f in ([form] if form else FORMATS)):
        raise RosterError(
            "the file holds what teamskit must not keep; it is never opened",
            where=path.name,
            next_step="Leave it out of the export.",
        )
    try:
        source = open_source(path)
        screen = screen_head(source) if form is None or not form.files else None
        if screen:
            return _explained_screen(source, screen, sure=not path.read_bytes().isascii())
        kind = _kind(path, columns, form)
        start = find_headings(source, kind, columns)
        if start is None or kind is _BLANK:
            _refuse_unknown(source)
        picks = picked(start, kind, source.file)
        return _explained(source, kind, start, picks, sure=not path.read_bytes().isascii())
    except csv.Error as error:
        refuse(Place(path.name), "not-csv", f"the file is not CSV that can be read: {error}", "Export it again as CSV.")
    except OSError as error:
        refuse(Place(path.name), "unreadable-file", f"the file cannot be read: {error.strerror}", "Check its rights.")


def _kind(path: Path, columns: Mapping[str, str], form: Format | None) -> Headings:
    """Give the kind of file that fits, as a reader of the whole folder would choose it."""
    file = path.name.casefold()
    if form and file in form.files:
        return form.files[file]
    named = [f.files[file] for f in FORMATS if file in f.files]
    best = max(named, key=lambda kind: recognised_share(path, kind, columns), default=_BLANK)
    if named and recognised_share(path, best, columns):
        return best
    name = sims_files.kind_of(path, columns) or ""
    return sims_files.BOTH.get(name) or sims_files.KINDS.get(name, _BLANK)


def _refuse_unknown(source: Source) -> NoReturn:
    seen = next((head.cells for head in source.heads()), ())
    personal = any(c.isdigit() or c == "@" for cell in seen for c in cell)
    told = "" if personal else f"; headings seen: {', '.join(map(repr, filter(None, seen))) or 'none'}"
    raise RosterError(
        f"no row of headings of a known report was found{told}",
        where=source.file,
        next_step='Name the columns in school.toml, for example [roster.columns] "Our number" = "id".',
    )


def _explained(source: Source, kind: Headings, start: Start, picks: Mapping[str, int], *, sure: bool) -> Explanation:
    head = start.head
    meanings = {position: meaning for meaning, position in picks.items()}
    looked_at = [
        n for n, cell in enumerate(head.cells) if n in meanings or (n < head.width and why_sensitive(cell) is None)
    ]
    cells = source.cells(head, looked_at)
    kept = records([cells.columns[n] for n in meanings], cells)
    told = [
        _column(n, kind, start, meanings, _only(cells.columns[n], kept) if n in cells.columns else None)
        for n in range(head.width)
    ]
    place = source.encoding, sure, head.delimiter, head.sheet, head.row
    return Explanation(source.file, kind.title, *place, int(kept.sum()) + len(cells.wide), tuple(told))


def _explained_screen(source: Source, head: Head, *, sure: bool) -> Explanation:
    """Explain the teachers' timetable of the screen, whose headings are periods."""
    periods = set(screen_periods(head))
    cells = source.cells(head, range(head.width))
    told = [
        ColumnRead(
            caption,
            n + 1,
            "classes and rooms by turns" if n in periods else "teacher",
            "a period" if n in periods else "a column a period beside it",
            _like(cells.columns[n], ""),
        )
        for n, caption in enumerate(head.cells[: head.width])
    ]
    place = source.encoding, sure, head.delimiter, head.sheet, head.row
    return Explanation(source.file, "Teachers' timetables of the screen", *place, len(cells.rows), tuple(told))


def _only(column: Coded, kept: npt.NDArray[np.bool_]) -> Coded:
    return Coded(column.codes[kept], column.values)


def _column(
    position: int, kind: Headings, start: Start, meanings: Mapping[int, str], column: Coded | None
) -> ColumnRead:
    caption = start.head.cells[position]
    why = why_sensitive(caption)
    if column is None or (why and position not in meanings):
        return ColumnRead(caption, position + 1, DROPPED, why or "must not travel", _NOT_SHOWN)
    if without_upns(column, personal=meanings.get(position, "") not in kind.impersonal)[2]:
        return ColumnRead(caption, position + 1, DROPPED, "looks like UPNs", _NOT_SHOWN)
    if position not in meanings:
        how = "a more exact heading is read" if start.meanings[position] else "not needed"
        return ColumnRead(caption, position + 1, IGNORED, how if caption else "no heading", _like(column, ""))
    meaning = meanings[position]
    found = start.meanings[position]
    how = "school.toml" if found and found[1] < 0 else "known heading"
    return ColumnRead(caption, position + 1, kind.shown(meaning), how, _like(column, meaning))


def _like(column: Coded, meaning: str) -> str:
    """Say what the cells of a column are like, in numbers; only year groups are named."""
    cells = column.text()
    filled = [cell for cell in cells if cell]
    different = set(filled)
    empty = f", {len(cells) - len(filled)} empty" if len(filled) < len(cells) else ""
    if not filled:
        return "all empty"
    if meaning == "year":
        years = {school_year(cell) or "" for cell in different}
        return (_years(years) if years <= set(YEARS) else f"{len(different)} different") + empty
    if len(different) == len(filled) > 1:
        return f"{len(filled)}, all different{empty}"
    if len(different) == 1 < len(filled):
        return f"all the same{empty}"
    return f"{len(different)} different{empty}"


def _years(years: set[str]) -> str:
    """Write year groups short: `R, 1 to 6`."""
    parts: list[list[str]] = []
    for year in (y for y in YEARS if y in years):
        follows = parts and year.isdigit() and parts[-1][-1].isdigit() and int(year) == int(parts[-1][-1]) + 1
        if follows:
            parts[-1].append(year)
        else:
            parts.append([year])
    return ", ".join(p[0] if len(p) == 1 else f"{p[0]} to {p[-1]}" for p in parts)
