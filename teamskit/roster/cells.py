"""The cells of a CSV text below its headings, by column: quickly where the text is plain, carefully where it is not.

Text and chosen positions flow in, columns of trimmed text with row and line numbers flow out. A column that was not
chosen is never made into an object.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_GUARD = re.compile(r"""^(?:="(?P<quoted>.*)"|'(?P<plain>[\d=+@-].*)|=(?P<bare>\d+))$""", re.DOTALL)
_MARKED = frozenset("='\ufeff\u200b")
_HEAD_BYTES = 1 << 18
_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D
Column = npt.NDArray[Any]


@dataclass(frozen=True)
class Cells:
    """Chosen columns by position, trimmed; for each record its row (spreadsheet) and the line it begins on.

    `wide` are the row and line of records that have values to the right of the last heading.
    """

    columns: Mapping[int, "Coded"]
    rows: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    wide: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Coded:
    """A column as its different values and, for each record, which of them it has: half a million cells are few."""

    codes: npt.NDArray[np.intp]
    values: Column

    @classmethod
    def trimmed(cls, cells: Sequence[str] | Column) -> "Coded":
        """Trim every cell of a column; each different value is looked at once."""
        codes, found = pd.factorize(np.asarray(cells, dtype=object))
        return cls._of(codes, [clean(v) if v[:1] in _MARKED else v.strip() for v in found])

    @classmethod
    def _of(cls, codes: npt.NDArray[np.intp], values: Sequence[str]) -> "Coded":
        """Keep every value once, although several cells became the same by trimming."""
        if len(set(values)) == len(values):
            return cls(codes, _objects(values))
        again, found = pd.factorize(_objects(values))
        return cls(again[codes], found)

    def text(self) -> Column:
        """Give the cells."""
        return self.values[self.codes] if len(self.values) else self.values

    def filled(self) -> npt.NDArray[np.bool_]:
        """Mark the cells that are not blank."""
        return self._is(map(bool, self.values))

    def hits(self, wanted: Collection[str]) -> npt.NDArray[np.bool_]:
        """Mark the cells that are one of some values."""
        return self._is(value in wanted for value in self.values)

    def changed(self, others: Mapping[str, str]) -> "Coded":
        """Give the same column with some values in place of others."""
        return self._of(self.codes, [others.get(value, value) for value in self.values])

    def categories(self) -> pd.Categorical:
        """Give the cells as pandas keeps a column of few different values: comparing and joining go by number."""
        return pd.Categorical.from_codes(self.codes, categories=pd.Index(self.values, dtype=object))

    def _is(self, answers: Iterable[bool]) -> npt.NDArray[np.bool_]:
        told = np.fromiter(answers, dtype=bool, count=len(self.values))
        return told[self.codes] if len(told) else np.zeros(len(self.codes), dtype=bool)


def _objects(values: Sequence[str]) -> Column:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def unguarded(value: str) -> str:
    """Give a cell without the guards that keep Excel from rounding: '004701 and ="004701" are 004701."""
    found = _GUARD.match(value)
    return next((part for part in found.groups() if part is not None), value).strip() if found else value


def clean(value: str) -> str:
    """Trim a cell of plain and no-break spaces and of Excel's guards; nothing is evaluated."""
    return unguarded(value.strip().strip("\ufeff\u200b").strip())


def beginning(raw: bytes) -> str:
    """Give the first whole lines of a UTF-8 text, enough of them to find the headings in."""
    head = raw[:_HEAD_BYTES]
    if len(raw) > len(head):
        head = head[: head.rfind(b"\n") + 1] or head
    return head.decode("utf-8", "ignore")


def head_records(text: str, delimiter: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Give the first records of a text, each with the number of text lines up to its end."""
    source = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for record in islice(source, most):
        yield source.line_num, record


def quick_cells(
    raw: bytes, delimiter: str, *, skip: tuple[int, int], positions: Sequence[int], width: int
) -> Cells | None:
    """Give the chosen columns of every record after `skip` (records, text lines), as csv.reader would read them.

    `width` is the number of columns with a heading. None where only the careful reader can be trusted: quotes in odd
    places or behind a backslash, lines that end in a carriage return.
    """
    body = _body(raw, skip[1])
    shape = None if body is None or not delimiter.isascii() else _shape(body, delimiter)
    return None if body is None or shape is None else _fast(body, delimiter, shape, skip, positions, width)


def _body(raw: bytes, lines: int) -> bytes | None:
    """Give the bytes after so many lines; None where a line before them ends in another way than the rest."""
    at = 0
    for _ in range(lines):
        at = raw.find(b"\n", at) + 1
        if not at:
            return b"" if b"\r" not in raw else None
    odd = b"\r" in raw[:at].replace(b"\r\n", b"") or (b"\\" in raw and b'\\"' in raw)
    return None if odd else raw[at:]


@dataclass(frozen=True)
class _Shape:
    """Where each record of a text ends, the line it begins on (the first is 0), its delimiters outside of quotes."""

    ends: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    delimiters: npt.NDArray[np.int64]


def _shape(body: bytes, delimiter: str) -> _Shape | None:
    """Measure a text; None where a quote or a carriage return stands where the two readers may differ."""
    buffer = np.frombuffer(body, dtype=np.uint8)
    mark = ord(delimiter)
    ends = np.flatnonzero(buffer == _NEWLINE)
    if len(buffer) and (not len(ends) or ends[-1] != len(buffer) - 1):
        ends = np.append(ends, len(buffer))
    if body.count(b"\r") != int((buffer[ends[ends > 0] - 1] == _RETURN).sum()):
        return None
    breaks, marks = ends, buffer == mark
    if b'"' in body:
        quotes = buffer == _QUOTE
        inside = np.bitwise_and(np.cumsum(quotes, dtype=np.uint8), 1).view(bool)
        if inside[-1] or _odd_quotes(buffer, np.flatnonzero(quotes), mark):
            return None
        marks &= ~inside
        ends = np.append(ends[:-1][~inside[ends[:-1]]], ends[-1])
    lines = np.arange(len(ends)) if len(breaks) == len(ends) else _lines(breaks, ends)
    return _Shape(ends, lines, _counted(marks, ends))


def _lines(breaks: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give how many line breaks stand before each record, those inside of cells too."""
    return np.searchsorted(breaks, np.concatenate(([0], ends[:-1] + 1)))


def _counted(marks: npt.NDArray[np.bool_], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count the marks on each line; short counters are quick, and a line of 256 marks or more shows in the sum."""
    if not len(ends):
        return ends
    starts = np.concatenate(([0], ends[:-1] + 1))
    counts = np.add.reduceat(marks.view(np.uint8), starts, dtype=np.uint8).astype(np.int64)
    if int(counts.sum()) == int(np.count_nonzero(marks)):
        return counts
    return np.diff(np.searchsorted(np.flatnonzero(marks), ends), prepend=0)


def _odd_quotes(buffer: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], mark: int) -> bool:
    """Tell whether a quote opens in the middle of a cell or closes before its end."""
    edges = np.array([mark, _NEWLINE, _RETURN, _QUOTE], dtype=np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = buffer[opening[opening > 0] - 1]
    after = buffer[closing[closing < len(buffer) - 1] + 1]
    return not (np.isin(before, edges).all() and np.isin(after, edges).all())


def _fast(
    body: bytes, delimiter: str, shape: _Shape, skip: tuple[int, int], positions: Sequence[int], width: int
) -> Cells | None:
    count = len(shape.ends)
    rows, lines = np.arange(count, dtype=np.int64) + skip[0] + 1, shape.lines + skip[1] + 1
    chosen = sorted(set(positions))
    if not count:
        return Cells({p: Coded.trimmed([]) for p in chosen}, rows, lines)
    columns = max(chosen[-1] + 1, width)
    # A first line of full width, which is taken off again, says how many columns there are: short lines do not.
    full = delimiter.encode("ascii") * (columns - 1) + b"\n"
    frame = pd.read_csv(
        io.BytesIO(full + body),
        sep=delimiter,
        header=None,
        names=range(columns),
        usecols=chosen,
        index_col=False,
        dtype=object,
        na_filter=False,
        skip_blank_lines=False,
        encoding="utf-8",
    )
    if len(frame) != count + 1:
        return None
    wide = [(int(rows[n]), int(lines[n])) for n in _overflowing(body, delimiter, shape, width)]
    return Cells({p: Coded.trimmed(frame[p].to_numpy()[1:]) for p in chosen}, rows, lines, wide)


def _overflowing(body: bytes, delimiter: str, shape: _Shape, width: int) -> Iterator[int]:
    """Give the lines with a value beyond the last heading; blank columns to the right are none."""
    for n in np.flatnonzero(shape.delimiters >= width):
        begin = int(shape.ends[n - 1]) + 1 if n else 0
        line = body[begin : int(shape.ends[n])].decode("utf-8").rstrip("\r\n")
        extra = int(shape.delimiters[n]) - width + 1
        if not line.endswith(delimiter * extra):
            record = next(csv.reader([line], delimiter=delimiter), [])
            if any(cell.strip() for cell in record[width:]):
                yield int(n)


def careful_cells(text: str, delimiter: str, *, skip: int, positions: Sequence[int], width: int) -> Cells:
    """Give the same, record by record. Raises csv.Error where the text is no CSV."""
    source = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for _ in range(skip):
        next(source, None)
    chosen = sorted(set(positions))
    pick = itemgetter(*chosen, chosen[0])
    need = chosen[-1] + 1
    kept: list[tuple[str, ...]] = []
    wide = []
    lines = [source.line_num + 1]
    for record in source:
        if len(record) < need:
            record = record + [""] * (need - len(record))
        if len(record) > width and any(cell.strip() for cell in record[width:]):
            wide.append((skip + len(kept) + 1, lines[-1]))
        kept.append(pick(record))
        lines.append(source.line_num + 1)
    rows = np.arange(skip + 1, skip + 1 + len(kept), dtype=np.int64)
    columns = {p: Coded.trimmed([record[n] for record in kept]) for n, p in enumerate(chosen)}
    return Cells(columns, rows, np.asarray(lines[:-1], dtype=np.int64), wide)
