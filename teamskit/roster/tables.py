"""Any file of an export to a table that knows its file, rows and lines.

A path flows in, a frame of text columns named by meaning flows out, with `_row` and `_line`. Only columns with a known
meaning are ever picked out of a file; what must not be kept is dropped here, before any object that holds rows.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

from teamskit.errors import RosterError
from teamskit.roster.cells import Cells, Coded
from teamskit.roster.headings import Headings, is_sensitive, why_sensitive
from teamskit.roster.model import Place, Problem, problem_at
from teamskit.roster.scrub import Scrubbed, scrubbed
from teamskit.roster.sources import HEADINGS_WITHIN, Head, Source, open_source
from teamskit.roster.text import refuse

_FOOT = re.compile(
    r"^(record count|number of (records|pupils|students|rows)|records?|total|grand total|count|end of (report|file)|"
    r"printed|page|report (run|generated|printed))\b|^\d+ (records?|rows?|pupils|students)\b",
    re.IGNORECASE,
)
_TOTALS = re.compile(r"^(?:grand |sub-?)?totals?(?: \w+)?:?(?: [\d.,%]+)+$", re.IGNORECASE)
_FOOT_WITHIN = 5
_NO_UPN = "Take it out in the MIS; an address made of one is not used."
_NO_EXCEL = "Export the file again and do not open it in Excel."
_LISTED = 20
_OURS = "Our heading"


@dataclass(frozen=True)
class Table:
    """One file as text columns; `headings` says which caption was taken for which meaning; `rows` counts records.

    `wide` is how many records have more cells than headings; they are in `rows` and not in the frame.
    """

    file: str
    encoding: str
    delimiter: str
    heading_row: int
    headings: Mapping[str, str]
    frame: pd.DataFrame
    rows: int
    problems: tuple[Problem, ...] = ()
    wide: int = 0

    def has(self, meaning: str) -> bool:
        """Tell whether the file has a column of that meaning."""
        return meaning in self.headings

    def place(self, row: object, line: object, meaning: str = "") -> Place:
        """Give the place of a record, and of one of its cells where a meaning is given."""
        if not isinstance(row, int) or not isinstance(line, int):
            row, line = int(str(row)), int(str(line))
        return Place(self.file, row, line, self.headings.get(meaning) if meaning else None)

    def records(self) -> list[dict[str, Any]]:
        """Give the rows one by one, cells by meaning."""
        names = [str(c) for c in self.frame.columns]
        columns = [self.frame[name].tolist() for name in self.frame.columns]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def record(self, position: int) -> dict[str, Any]:
        """Give one row by its position in the frame, from 0, as `records` does."""
        return self.with_frame(self.frame.iloc[position : position + 1]).records()[0]

    def with_frame(self, frame: pd.DataFrame) -> "Table":
        """Give the same table with other rows."""
        return replace(self, frame=frame)


@dataclass(frozen=True)
class Start:
    """The heading row that was found, and the meaning and rank of each of its cells."""

    head: Head
    meanings: tuple[tuple[str, int] | None, ...]

    @property
    def score(self) -> int:
        """Count the different meanings."""
        return len({m[0] for m in self.meanings if m})


def find_headings(source: Source, kind: Headings, columns: Mapping[str, str]) -> Start | None:
    """Find the heading row by content within the first 80 records, and the delimiter with it; None when there is none.

    The first row with the most known headings wins; a single known word is a title line, not a heading row,
    unless the file has no more columns than that.
    """
    starts = [Start(head, tuple(kind.recognise(head.cells, columns))) for head in source.heads()]
    best = max(starts, key=lambda s: (s.score, len(s.head.cells) > 1), default=None)
    return best if best and best.score else None


def recognised_share(path: Path, kind: Headings, columns: Mapping[str, str]) -> float:
    """Tell how well a file fits a kind: 0 when a needed heading is missing, else its share of known headings."""
    try:
        start = find_headings(open_source(path), kind, columns)
    except (RosterError, csv.Error):
        return 0.0
    found = {m[0] for m in start.meanings if m} if start else set()
    if start is None or not set(kind.needed) <= found:
        return 0.0
    return len(found) / max(1, sum(1 for cell in start.head.cells if cell))


def read_table(path: Path, kind: Headings, columns: Mapping[str, str]) -> Table:
    """Read one file of a known kind.

    Raises RosterError (file, row, column, reason, and the same as a problem) when it is no table, empty, unreadable,
    lacks a needed heading, or has one twice.
    """
    try:
        return _read(open_source(path), kind, columns)
    except csv.Error as error:
        refuse(Place(path.name), "not-csv", f"the file is not CSV that can be read: {error}", "Export it again as CSV.")


def _read(source: Source, kind: Headings, columns: Mapping[str, str]) -> Table:
    start = find_headings(source, kind, columns)
    if start is None:
        _refuse_without_headings(source, kind)
    head, file = start.head, source.file
    picks = picked(start, kind, file)
    if head.sheet:
        _refuse_other_sheets(source, start, kind, columns)
    cells = _cells(source, head, picks, kind.spare)
    taken = scrubbed({m: cells.columns[p] for m, p in picks.items() if p in cells.columns}, kind.impersonal)
    for meaning in kind.needed:
        if meaning in taken.made_of_upns:
            _refuse_upn(Place(file, head.row, None, head.cells[picks[meaning]]))
    headings = {m: head.cells[i] for m, i in picks.items() if m not in taken.made_of_upns}
    dropped = [c for c in head.cells if c and is_sensitive(c) and c not in headings.values()]
    dropped += [head.cells[picks[m]] for m in taken.made_of_upns]
    place = Place(file, head.row)
    problems = [*_encoding_note(source), *_dropped_note(place, dropped), *_taken_out(cells, file, headings, taken)]
    problems += _wide_rows(file, head, cells.wide)
    frame = _frame(taken.columns, cells, kind)
    wide = len(cells.wide)
    read = source.encoding, head.delimiter, head.row
    return Table(file, *read, headings, frame, len(frame) + wide, tuple(problems), wide)


def _cells(source: Source, head: Head, picks: Mapping[str, int], spare: frozenset[str]) -> Cells:
    """Read the columns; the spare ones only when some row has no id."""
    first = [position for meaning, position in picks.items() if meaning not in spare]
    cells = source.cells(head, first)
    if len(first) < len(picks) and not cells.columns[picks["id"]].filled().all():
        cells = source.cells(head, list(picks.values()))
    return cells


def picked(start: Start, kind: Headings, file: str) -> dict[str, int]:
    """Give each meaning its column, the more exact caption first.

    Raises RosterError where two captions say the same, or a needed one is missing.
    """
    best: dict[str, tuple[int, int]] = {}
    place = Place(file, start.head.row)
    for position, found in enumerate(start.meanings):
        if found is None:
            continue
        meaning, rank = found
        if meaning in best and best[meaning][0] == rank:
            _refuse_twice(place, start.head, best[meaning][1], position)
        if meaning not in best or rank < best[meaning][0]:
            best[meaning] = rank, position
    for meaning in kind.needed:
        if meaning not in best:
            _refuse_missing(place, kind, meaning, start.head.cells)
    return {meaning: position for meaning, (_, position) in best.items()}


def _refuse_other_sheets(source: Source, start: Start, kind: Headings, columns: Mapping[str, str]) -> None:
    """Refuse a workbook with the same report on a second sheet: its people would be missing, and nobody told."""
    for head in source.heads():
        found = {m[0] for m in kind.recognise(head.cells, columns) if m}
        if head.sheet != start.head.sheet and found >= {m[0] for m in start.meanings if m}:
            refuse(
                Place(source.file, head.row, head.row),
                "sheet-not-read",
                f"the report stands on two sheets, {start.head.sheet!r} and {head.sheet!r}, and one is read",
                "Put all rows on one sheet, or take the other out.",
            )


def _refuse_without_headings(source: Source, kind: Headings) -> NoReturn:
    seen = next((head.cells for head in source.heads()), ())
    # A row with digits or addresses is a person's record and not headings: its cells must not be printed.
    if any(c.isdigit() or c == "@" for cell in seen for c in cell):
        wanted = ", ".join(repr(kind.known[meaning][0]) for meaning in kind.needed)
        refuse(
            Place(source.file, 1, 1),
            "heading-missing",
            f"there is no row of headings within the first {HEADINGS_WITHIN} rows; {kind.title} need {wanted}",
            "Export the report again with its headings.",
        )
    _refuse_missing(Place(source.file, 1, 1), kind, kind.needed[0], seen)


def _refuse_twice(place: Place, head: Head, first: int, second: int) -> NoReturn:
    refuse(
        place._replace(column=head.cells[second]),
        "heading-twice",
        f"two headings mean the same: {head.cells[first]!r} in column {first + 1}"
        f" and {head.cells[second]!r} in column {second + 1}",
        "Take one out of the report, or say in school.toml under [roster.columns] which is meant.",
    )


def _refuse_missing(place: Place, kind: Headings, meaning: str, cells: Sequence[str]) -> NoReturn:
    wanted, meant = kind.known[meaning][0], kind.shown(meaning)
    seen = ", ".join(repr(c) for c in cells if c) or "none"
    near = kind.nearest(meaning, cells)
    guess = f"; the nearest is {near!r}" if near else ""
    remedy = f'Add the column to the report, or name it in school.toml: [roster.columns] "{near or _OURS}" = "{meant}"'
    if meaning == "id" and any(why_sensitive(cell) == "Unique Pupil Number" for cell in cells):
        remedy = f"Add {wanted} to the report; the Unique Pupil Number is never read."
    refuse(
        place._replace(column=wanted),
        "heading-missing",
        f"{kind.title} need a heading like {wanted!r}; headings seen: {seen}{guess}",
        remedy,
    )


def _refuse_upn(place: Place) -> NoReturn:
    refuse(
        place,
        "upn-as-key",
        "this column holds Unique Pupil Numbers, which teamskit does not read",
        "Export the admission number (Adno) instead.",
    )


def records(columns: Collection[Coded], cells: Cells) -> npt.NDArray[np.bool_]:
    """Mark what is a record: not emptied rows, nor the foot of a report (a count, "End of report"), nor wide rows."""
    filled = np.zeros(len(cells.rows), dtype=np.int16)
    for column in columns:
        filled += column.filled()
    keep: npt.NDArray[np.bool_] = filled > 0
    for n in np.flatnonzero(keep)[-_FOOT_WITHIN:]:
        if filled[n] > 1 and _TOTALS.match(" ".join(filter(None, (c.values[c.codes[n]] for c in columns)))):
            keep[n] = False
    for n in np.flatnonzero(filled == 1):
        if is_foot("".join(column.values[column.codes[n]] for column in columns)):
            keep[n] = False
    if cells.wide:
        keep &= ~np.isin(cells.rows, [row for row, _ in cells.wide])
    return keep


def is_foot(text: str) -> bool:
    """Tell whether the only cell of a row is the foot of a report: a count, a page, "End of report"."""
    return bool(_FOOT.match(text))


def _frame(values: Mapping[str, Coded], cells: Cells, kind: Headings) -> pd.DataFrame:
    """Make the frame of all records, and a blank column for each meaning that the file has not."""
    keep, count = records(values.values(), cells), len(cells.rows)
    blank = Coded(np.zeros(count, dtype=np.intp), np.array([""], dtype=object))
    values = {**values, **{m: blank for m in kind.known if m not in values}}
    named: dict[str, Any] = {m: c.categories() if m in kind.coded else c.text() for m, c in values.items()}
    named |= {"_row": cells.rows, "_line": cells.lines}
    if not keep.all():
        named = {name: column[keep] for name, column in named.items()}
    series = {name: pd.Series(column, dtype=column.dtype, copy=False) for name, column in named.items()}
    return pd.DataFrame(series, copy=False)


def coded(column: "pd.Series[Any]") -> tuple[npt.NDArray[Any], list[str]]:
    """Give a column as numbers and the different values they stand for, some of which may not occur.

    The numbers may be small ones (eight bits): they are to look things up by, not to reckon with.
    """
    if isinstance(column.array, pd.Categorical):
        return column.array.codes, column.array.categories.tolist()
    codes, values = pd.factorize(column.to_numpy())
    return codes, values.tolist()


def different(column: "pd.Series[Any]") -> list[str]:
    """Give the different values of a column, each once."""
    codes, values = coded(column)
    occurs = np.zeros(len(values) + 1, dtype=bool)
    # Cells of no category have the code -1, which is the last answer.
    occurs[codes] = True
    return list(compress(values, occurs[:-1].tolist()))


def categories(column: "pd.Series[Any]") -> pd.Categorical:
    """Give a column as categories that are plain text, which pandas by itself would make of another kind."""
    codes, values = coded(column)
    return pd.Categorical.from_codes(codes, categories=pd.Index(values, dtype=object))


def among(column: "pd.Series[Any]", wanted: Collection[str]) -> "pd.Series[Any]":
    """Mark the cells that are one of some values; of a column of categories, each different value is looked up once."""
    if not isinstance(column.array, pd.Categorical):
        return column.isin(wanted)
    values = column.array.categories.tolist()
    # The last answer is for cells of no category, whose code is -1.
    told = np.append(contained(values, wanted), False)
    return pd.Series(told[column.array.codes], index=column.index)


def contained(values: Iterable[str], wanted: Collection[str]) -> npt.NDArray[np.bool_]:
    """Mark which values are among those wanted."""
    # A row of bytes is filled several times as fast as an array is by numpy.
    return np.frombuffer(bytes(map(wanted.__contains__, values)), dtype=np.bool_)


def kept(frame: pd.DataFrame, good: pd.Series) -> pd.DataFrame:
    """Give the rows that are marked; the frame itself where all are, since a copy of a large one takes its time."""
    return frame if bool(good.all()) else frame[good]


def _encoding_note(source: Source) -> Iterator[Problem]:
    said = {
        "windows-1252": "Windows-1252, which SIMS and older Excel write",
        "utf-16": "UTF-16, which Excel calls Unicode text",
    }
    if source.encoding in said:
        text = f"The file is not UTF-8; it was read as {said[source.encoding]}."
        yield problem_at(Place(source.file), "encoding", "info", text)


def _dropped_note(place: Place, dropped: Sequence[str]) -> Iterator[Problem]:
    if dropped:
        yield problem_at(
            place,
            "sensitive-columns",
            "info",
            f"These columns were dropped unread: {', '.join(dict.fromkeys(dropped))}.",
            "Take them out of the report: teamskit does not need them.",
        )


def _taken_out(cells: Cells, file: str, headings: Mapping[str, str], taken: Scrubbed) -> Iterator[Problem]:
    for meaning, caption in headings.items():
        for check, what, remedy, found in (
            ("upn-in-cell", "A Unique Pupil Number was taken out of this cell, unread", _NO_UPN, taken.upns),
            (
                "excel-error",
                "The cell holds an error of Excel's (#N/A); it was taken as blank",
                _NO_EXCEL,
                taken.errors,
            ),
        ):
            at = found.get(meaning, ())
            for n in at[:1]:
                rows = ", ".join(str(int(cells.rows[m])) for m in at[1 : _LISTED + 1])
                also = f"; the same in row{'s' * (len(at) > 2)} {rows}" + " and more" * (len(at) > _LISTED + 1)
                place = Place(file, int(cells.rows[n]), int(cells.lines[n]), caption)
                yield problem_at(place, check, "warning", f"{what}{also * (len(at) > 1)}.", remedy)


def _wide_rows(file: str, head: Head, wide: Sequence[tuple[int, int]]) -> Iterator[Problem]:
    for row, line in wide:
        yield problem_at(
            Place(file, row, line),
            "row-too-long",
            "error",
            f"The row has more cells than the {head.width} headings, so its values may stand in the wrong columns;"
            " it was not used.",
            "Look for a comma in a value that has no quotes, and export the file again.",
        )
