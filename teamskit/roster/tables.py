"""Any CSV file of an export to a table that knows its file, rows and lines.

Bytes flow in, a frame of text columns named by meaning flows out, with `_row` and `_line`. Only columns with a known
meaning are ever picked out of a record; what must not be kept is dropped here, before any object that holds rows.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from teamskit.errors import RosterError
from teamskit.roster.headings import Headings, is_sensitive
from teamskit.roster.model import Place, Problem, problem_at
from teamskit.roster.text import mended, read_text, refuse, require_whole
from teamskit.roster.upn import is_upn

HEADINGS_WITHIN = 80
DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r'^"?sep=(.)"?[,;\t]*\s*$', re.IGNORECASE)
_FOOT = re.compile(
    r"^(record count|number of (records|pupils|students|rows)|records?|total|grand total|count|end of (report|file)|"
    r"printed|page|report (run|generated|printed))\b|^\d+ (records?|rows?|pupils|students)\b",
    re.IGNORECASE,
)
_GUARD = re.compile(r"""^(?:="(?P<quoted>.*)"|'(?P<plain>[\d=+@-].*)|=(?P<bare>\d+))$""", re.DOTALL)


@dataclass(frozen=True)
class Table:
    """One file as text columns; `headings` says which caption was taken for which meaning; `rows` counts records."""

    file: str
    encoding: str
    delimiter: str
    heading_row: int
    headings: Mapping[str, str]
    frame: pd.DataFrame
    rows: int
    problems: tuple[Problem, ...] = ()

    def has(self, meaning: str) -> bool:
        """Tell whether the file has a column of that meaning."""
        return meaning in self.headings

    def place(self, row: object, line: object, meaning: str = "") -> Place:
        """Give the place of a record, and of one of its cells where a meaning is given."""
        return Place(self.file, int(str(row)), int(str(line)), self.headings.get(meaning))

    def records(self) -> list[dict[str, Any]]:
        """Give the rows one by one, cells by meaning."""
        names = [str(c) for c in self.frame.columns]
        return [dict(zip(names, row, strict=True)) for row in self.frame.itertuples(index=False, name=None)]

    def with_frame(self, frame: pd.DataFrame) -> "Table":
        """Give the same table with other rows."""
        return replace(self, frame=frame)


@dataclass(frozen=True)
class _Start:
    delimiter: str
    row: int
    cells: tuple[str, ...]
    meanings: tuple[tuple[str, int] | None, ...]

    @property
    def score(self) -> int:
        return len({m[0] for m in self.meanings if m})

    @property
    def width(self) -> int:
        return max((i for i, cell in enumerate(self.cells, 1) if cell), default=0)


def unguarded(value: str) -> str:
    """Give a cell without the guards that keep Excel from rounding: '004701 and ="004701" are 004701."""
    found = _GUARD.match(value)
    return next((part for part in found.groups() if part is not None), value).strip() if found else value


def clean(value: str) -> str:
    """Trim a cell of plain and no-break spaces and of Excel's guards; nothing is evaluated."""
    return unguarded(value.strip().strip("\ufeff\u200b").strip())


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _starts(text: str, kind: Headings, columns: Mapping[str, str]) -> Iterator[_Start]:
    marked = _SEP_LINE.match(text.split("\n", 1)[0].strip("\r\ufeff "))
    for delimiter in (marked[1],) if marked else DELIMITERS:
        for row, record in enumerate(islice(_reader(text, delimiter), HEADINGS_WITHIN), 1):
            cells = tuple(clean(cell) for cell in record)
            if any(cells) and not (marked and row == 1):
                yield _Start(delimiter, row, cells, tuple(kind.recognise(cells, columns)))


def find_headings(text: str, kind: Headings, columns: Mapping[str, str]) -> _Start | None:
    """Find the heading row by content within the first 80 records, and the delimiter with it; None when there is none.

    The first row with the most known headings wins; a single known word is a title line, not a heading row,
    unless the file has no more columns than that.
    """
    starts = list(_starts(text, kind, columns))
    best = max(starts, key=lambda s: (s.score, len(s.cells) > 1), default=None)
    return best if best and best.score else None


def recognised_share(path: Path, kind: Headings, columns: Mapping[str, str]) -> float:
    """Tell how well a file fits a kind: 0 when a needed heading is missing, else its share of known headings."""
    try:
        text, _ = read_text(path)
        start = find_headings(text, kind, columns)
    except (RosterError, csv.Error):
        return 0.0
    found = {m[0] for m in start.meanings if m} if start else set()
    if start is None or not set(kind.needed) <= found:
        return 0.0
    return len(found) / max(1, sum(1 for cell in start.cells if cell))


def read_table(path: Path, kind: Headings, columns: Mapping[str, str]) -> Table:
    """Read one file of a known kind.

    Raises RosterError (file, row, column, reason, and the same as a problem) when it is no CSV, empty, unreadable,
    lacks a needed heading, or has one twice.
    """
    text, encoding = read_text(path)
    text = mended(text)
    try:
        return _read(text, encoding, path.name, kind, columns)
    except csv.Error as error:
        refuse(Place(path.name), "not-csv", f"the file is not CSV that can be read: {error}", "Export it again as CSV.")


def _read(text: str, encoding: str, file: str, kind: Headings, columns: Mapping[str, str]) -> Table:
    start = find_headings(text, kind, columns)
    if start is None:
        _refuse_without_headings(text, file, kind)
    require_whole(text, start.delimiter, file)
    picks = _picks(start, kind, file)
    records, ends, wide = _records(text, start, list(picks.values()))
    frame = _frame(records, ends, list(picks), start)
    frame, upn_columns = _without_upns(frame, list(picks))
    for meaning in kind.needed:
        if meaning in upn_columns:
            _refuse_upn(Place(file, start.row, None, start.cells[picks[meaning]]))
    headings = {m: start.cells[i] for m, i in picks.items() if m not in upn_columns}
    dropped = [c for c in start.cells if c and is_sensitive(c) and c not in headings.values()]
    dropped += [start.cells[picks[m]] for m in upn_columns]
    table = Table(file, encoding, start.delimiter, start.row, headings, frame, len(records))
    place = Place(file, start.row)
    problems = [*_encoding_note(table), *_dropped_note(place, dropped), *_wide_rows(table, start, wide)]
    frame = _only_records(frame[~frame["_row"].isin([row for row, _ in wide])], list(headings))
    for meaning in kind.known:
        if meaning not in frame:
            frame[meaning] = ""
    return replace(table, frame=frame, rows=len(frame) + len(wide), problems=tuple(problems))


def _picks(start: _Start, kind: Headings, file: str) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    place = Place(file, start.row)
    for position, found in enumerate(start.meanings):
        if found is None:
            continue
        meaning, rank = found
        if meaning in best and best[meaning][0] == rank:
            _refuse_twice(place, start, best[meaning][1], position)
        if meaning not in best or rank < best[meaning][0]:
            best[meaning] = rank, position
    for meaning in kind.needed:
        if meaning not in best:
            _refuse_missing(place, kind, meaning, start.cells)
    return {meaning: position for meaning, (_, position) in best.items()}


def _refuse_without_headings(text: str, file: str, kind: Headings) -> NoReturn:
    seen = next((record for record in _reader(text, ",") if any(cell.strip() for cell in record)), [])
    # A row with digits or addresses is a person's record and not headings: its cells must not be printed.
    if any(c.isdigit() or c == "@" for cell in seen for c in cell):
        wanted = ", ".join(repr(kind.known[meaning][0]) for meaning in kind.needed)
        refuse(
            Place(file, 1, 1),
            "heading-missing",
            f"there is no row of headings within the first {HEADINGS_WITHIN} rows; {kind.title} need {wanted}",
            "Export the report again with its headings.",
        )
    _refuse_missing(Place(file, 1, 1), kind, kind.needed[0], [clean(c) for c in seen])


def _refuse_twice(place: Place, start: _Start, first: int, second: int) -> NoReturn:
    refuse(
        replace(place, column=start.cells[second]),
        "heading-twice",
        f"two headings mean the same: {start.cells[first]!r} in column {first + 1}"
        f" and {start.cells[second]!r} in column {second + 1}",
        "Take one out of the report, or say in school.toml under [roster.columns] which is meant.",
    )


def _refuse_missing(place: Place, kind: Headings, meaning: str, cells: Sequence[str]) -> NoReturn:
    wanted = kind.known[meaning][0]
    seen = ", ".join(repr(c) for c in cells if c) or "none"
    near = kind.nearest(meaning, cells)
    guess = f"; the nearest is {near!r}" if near else ""
    example = near or next((c for c in cells if c), "Heading")
    refuse(
        replace(place, column=wanted),
        "heading-missing",
        f"{kind.title} need a heading like {wanted!r}; headings seen: {seen}{guess}",
        f'Add the column to the report, or name it in school.toml: [roster.columns] "{example}" = "{meaning}"',
    )


def _refuse_upn(place: Place) -> NoReturn:
    refuse(
        place,
        "upn-as-key",
        "this column holds Unique Pupil Numbers, which teamskit does not read",
        "Export the admission number (Adno) instead.",
    )


def _records(
    text: str, start: _Start, picks: list[int]
) -> tuple[list[tuple[str, ...]], list[int], list[tuple[int, int]]]:
    source = csv.reader(io.StringIO(text, newline=""), delimiter=start.delimiter)
    for _ in range(start.row):
        next(source)
    pick = itemgetter(*picks, picks[0])
    need, width = max(picks) + 1, start.width
    records: list[tuple[str, ...]] = []
    ends, wide = [source.line_num], []
    for record in source:
        size = len(record)
        if size < need:
            record = record + [""] * (need - size)
        elif size > width and any(cell.strip() for cell in record[width:]):
            wide.append((start.row + len(records) + 1, ends[-1] + 1))
        records.append(pick(record))
        ends.append(source.line_num)
    return records, ends, wide


def _frame(records: list[tuple[str, ...]], ends: list[int], meanings: list[str], start: _Start) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for meaning, values in zip(meanings, zip(*records, strict=True), strict=False):
        stripped = [v.strip() for v in values]
        guarded = any(v[:1] in "='\ufeff\u200b" and v for v in stripped)
        columns[meaning] = [clean(v) for v in stripped] if guarded else stripped
    frame = pd.DataFrame(columns, columns=meanings, index=range(len(records)), dtype=object)
    frame["_row"] = range(start.row + 1, start.row + 1 + len(records))
    frame["_line"] = [end + 1 for end in ends[:-1]]
    return frame


def _without_upns(frame: pd.DataFrame, meanings: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Blank every Unique Pupil Number; a column that is made of them is taken out and named."""
    made_of_them = []
    for meaning in meanings:
        numbers = {v for v in frame[meaning].unique() if len(v) == 13 and is_upn(v)}
        if not numbers:
            continue
        hits, filled = frame[meaning].isin(numbers), frame[meaning] != ""
        if 2 * int(hits.sum()) >= int(filled.sum()):
            made_of_them.append(meaning)
        frame.loc[hits, meaning] = ""
    return frame.drop(columns=made_of_them), made_of_them


def _only_records(frame: pd.DataFrame, meanings: list[str]) -> pd.DataFrame:
    """Leave out emptied rows and the foot of a report (a count, "End of report")."""
    filled = (frame[meanings] != "").sum(axis=1)
    alone = frame.loc[filled == 1, meanings]
    foot = [i for i, cells in zip(alone.index, alone.values.tolist(), strict=True) if _FOOT.match("".join(cells))]
    return frame[filled > 0].drop(index=foot).reset_index(drop=True)


def _encoding_note(table: Table) -> Iterator[Problem]:
    if table.encoding == "windows-1252":
        yield problem_at(
            Place(table.file),
            "encoding",
            "info",
            "The file is not UTF-8; it was read as Windows-1252, which SIMS and older Excel write.",
        )


def _dropped_note(place: Place, dropped: Sequence[str]) -> Iterator[Problem]:
    if dropped:
        yield problem_at(
            place,
            "sensitive-columns",
            "info",
            f"These columns were dropped unread: {', '.join(dict.fromkeys(dropped))}.",
            "Take them out of the report: teamskit does not need them.",
        )


def _wide_rows(table: Table, start: _Start, wide: list[tuple[int, int]]) -> Iterator[Problem]:
    for row, line in wide:
        yield problem_at(
            Place(table.file, row, line),
            "row-too-long",
            "error",
            f"The row has more cells than the {start.width} headings, so its values may stand in the wrong columns;"
            " it was not used.",
            "Look for a comma in a value that has no quotes, and export the file again.",
        )
