"""The cells of a plain CSV text straight from its bytes: a column becomes numbers before any cell becomes an object.

Bytes and chosen positions flow in, columns flow out, just as csv.reader would give them; where the two might differ
nothing flows out, and the careful reader of `cells` is asked.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from teamskit.roster.cells import Cells, Coded, careful_cells

Places = npt.NDArray[np.int64]
_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D
_BLOCK = 1 << 20
_WORD = 8
_LONGEST_CELL = 512
_FEW = 1 << 16
# What a cell may begin or end with that is to be looked at: spaces, guards of Excel's, a quote, letters beyond ASCII.
_TO_TRIM = np.array([n <= 0x20 or n >= 0x80 or chr(n) in "='\"" for n in range(256)])
# No text has a zero byte, so that a cell filled up with them to whole words is like no other cell.
_FILL = bytes(_WORD)
_KEPT = np.array([(1 << (8 * n)) - 1 for n in range(_WORD + 1)], dtype=np.uint64)


def quick_cells(
    raw: bytes, delimiter: str, *, skip: tuple[int, int], positions: Sequence[int], width: int
) -> Cells | None:
    """Give the chosen columns of every record after `skip` (records, text lines).

    `width` is the number of columns with a heading. None where only the careful reader can be trusted: quotes in odd
    places or behind a backslash, lines that end in a carriage return, cells of many hundred letters.
    """
    begin = _after(raw, skip[1])
    if begin is None or not delimiter.isascii():
        return None
    if begin == len(raw):
        return careful_cells("", delimiter, skip=0, positions=positions, width=width)
    grid = _Grid.of(b"".join([memoryview(raw)[begin:], _FILL]), ord(delimiter))
    if grid is None:
        return None
    columns: dict[int, Coded] = {}
    for position in sorted(set(positions)):
        column = grid.column(position)
        if column is None:
            return None
        columns[position] = column
    rows = np.arange(len(grid.last), dtype=np.int64) + skip[0] + 1
    lines = grid.lines + skip[1] + 1
    wide = [(int(rows[n]), int(lines[n])) for n in grid.overflowing(delimiter, width)]
    return Cells(columns, rows, lines, wide)


def _after(raw: bytes, lines: int) -> int | None:
    """Give where the text goes on after so many lines; None where it is not plain, or they end in another way."""
    if b"\x00" in raw or (b"\\" in raw and b'\\"' in raw):
        return None
    at = 0
    for _ in range(lines):
        at = raw.find(b"\n", at) + 1
        if not at:
            return len(raw) if b"\r" not in raw else None
    return None if b"\r" in raw[:at].replace(b"\r\n", b"") else at


@dataclass(frozen=True)
class _Grid:
    """Where the cells of a text begin and end; `first` and `last` number the first and last cell of each record.

    `even` is how many cells each record has, 0 where they differ; `lines` is the line each begins on (the first is 0);
    `data` is the body, filled up, as numbers.
    """

    body: bytes
    data: npt.NDArray[np.uint8]
    begins: Places
    ends: Places
    first: Places
    last: Places
    lines: Places
    even: int

    @classmethod
    def of(cls, body: bytes, mark: int) -> "_Grid | None":
        """Measure a text; None where a quote or a carriage return stands where the two readers may differ."""
        filled = np.frombuffer(body, dtype=np.uint8)
        data = filled[: len(body) - _WORD]
        returns = b"\r" in body
        quotes = b'"' in body
        if (returns and _lone_return(filled)) or (quotes and _odd_quotes(data, mark)):
            return None
        ends = np.concatenate(list(_borders(data, mark))) if quotes else _marks(data, mark)
        if not len(ends) or ends[-1] != len(data) - 1 or data[-1] != _NEWLINE:
            ends = np.append(ends, len(data))
        begins = np.concatenate(([0], ends[:-1] + 1))
        last = np.append(np.flatnonzero(data[ends[:-1]] == _NEWLINE), len(ends) - 1)
        first = np.concatenate(([0], last[:-1] + 1))
        broken = np.count_nonzero(data == _NEWLINE) >= len(first) + (ends[-1] < len(data))
        lines = np.searchsorted(np.flatnonzero(data == _NEWLINE), begins[first]) if broken else np.arange(len(first))
        if returns:
            stops = ends[last]
            ends[last] = stops - ((stops > begins[last]) & (data[stops - 1] == _RETURN))
        counts = last - first + 1
        even = int(counts[0]) if bool((counts == counts[0]).all()) else 0
        return cls(body, filled, begins, ends, first, last, lines, even)

    def column(self, position: int) -> Coded | None:
        """Give the cells of a column, a blank where a record is too short; None where one is very long."""
        if position < self.even:
            begins = self.begins[position :: self.even]
            lengths = self.ends[position :: self.even] - begins
        else:
            at = self.first + position
            short = at > self.last
            at[short] = self.last[short]
            begins, lengths = self.begins[at], self.ends[at] - self.begins[at]
            lengths[short] = 0
        if int(lengths.max()) > _LONGEST_CELL:
            return None
        codes, where = _numbered(self.body, begins, lengths)
        cells, odd = self._cells(begins[where], lengths[where])
        anew = ((n, cells[n]) for n in odd)
        unquoted = {n: cell[1:-1].replace('""', '"') if cell[:1] == '"' else cell for n, cell in anew}
        return Coded.of_plain(codes, cells, unquoted)

    def _cells(self, begins: Places, lengths: Places) -> tuple[list[str], list[int]]:
        """Cut some cells out of the text, all at once; and say which may need trimming, or begin with a quote."""
        stops = np.cumsum(lengths + 1)
        starts = stops - lengths - 1
        text = self.data[np.arange(stops[-1]) + (begins - starts).repeat(lengths + 1)]
        text[stops - 1] = 0
        edges = _TO_TRIM[text[starts]] | _TO_TRIM[text[np.maximum(stops - 2, starts)]]
        return text.tobytes().decode("utf-8").split("\x00")[:-1], np.flatnonzero(edges & (lengths > 0)).tolist()

    def overflowing(self, delimiter: str, width: int) -> Iterator[int]:
        """Give the records with a value beyond the last heading; blank columns to the right are none."""
        for n in np.flatnonzero(self.last - self.first >= width):
            begin, end = int(self.begins[self.first[n] + width]), int(self.ends[self.last[n]])
            beyond = next(csv.reader([self.body[begin:end].decode("utf-8")], delimiter=delimiter), [])
            if any(cell.strip() for cell in beyond):
                yield int(n)


def _marks(text: npt.NDArray[np.uint8], mark: int) -> Places:
    """Give where delimiters and line breaks stand in a text without quotes."""
    found = text == mark
    found |= text == _NEWLINE
    return np.flatnonzero(found)


def _borders(text: npt.NDArray[np.uint8], mark: int) -> Iterator[Places]:
    """Give where delimiters and line breaks stand that are not within quotes, a block of the text at a time."""
    quotes = 0
    for begin in range(0, len(text), _BLOCK):
        block = text[begin : begin + _BLOCK]
        found = (block == mark) | (block == _NEWLINE)
        quoted = block == _QUOTE
        count = int(np.count_nonzero(quoted))
        if count or quotes % 2:
            found &= (np.cumsum(quoted, dtype=np.uint8) + np.uint8(quotes % 2)) % 2 == 0
        quotes += count
        yield np.flatnonzero(found) + begin


def _lone_return(text: npt.NDArray[np.uint8]) -> bool:
    """Tell whether a carriage return stands before anything but a line break, or the end of the text."""
    for begin in range(0, len(text) - 1, _BLOCK):
        after = text[np.flatnonzero(text[begin : begin + _BLOCK] == _RETURN) + (begin + 1)]
        if not ((after == _NEWLINE) | (after == 0)).all():
            return True
    return False


def _odd_quotes(text: npt.NDArray[np.uint8], mark: int) -> bool:
    """Tell whether a quote opens in the middle of a cell or closes before its end, or never."""
    quotes = np.flatnonzero(text == _QUOTE)
    edges = np.array([mark, _NEWLINE, _RETURN, _QUOTE], dtype=np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = text[opening[opening > 0] - 1]
    after = text[closing[closing < len(text) - 1] + 1]
    return len(quotes) % 2 == 1 or not (np.isin(before, edges).all() and np.isin(after, edges).all())


def _numbered(body: bytes, begins: Places, lengths: Places) -> tuple[npt.NDArray[np.intp], Places]:
    """Number the different cells in the order they come; give each cell's number, and the first cell of each number.

    Eight bytes are compared at a time: cells that begin alike get one number, and longer ones another by what follows,
    until all cells are told apart.
    """
    words = np.ndarray(len(body) - _WORD + 1, dtype="<u8", buffer=body, strides=(1,))
    codes, heads = _factorized(words[begins] & _KEPT[np.minimum(lengths, _WORD)])
    count = len(heads)
    for done in range(_WORD, int(lengths.max()), _WORD):
        if count == len(codes):
            break
        cells = np.flatnonzero(lengths > done)
        more, found = _factorized(words[begins[cells] + done] & _KEPT[np.minimum(lengths[cells] - done, _WORD)])
        codes[cells] = count + codes[cells] * len(found) + more
        codes, pairs = _factorized(codes)
        count = len(pairs)
    first = np.empty(count, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, first


def _factorized(numbers: npt.NDArray[Any]) -> tuple[npt.NDArray[np.intp], npt.NDArray[Any]]:
    """Number different numbers; a table that begins small stays in the processor's cache, and grows where it must."""
    return pd.factorize(numbers, size_hint=min(len(numbers), _FEW))


def parted(text: str, mark: str) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Number the parts of a text between marks; give each part's number, and the different parts as they come.

    For half a million parts that are few different ones; quick, unless one of them is very long.
    """
    body = text.encode("utf-8", "surrogatepass") + _FILL
    stops = np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord(mark))
    stops = np.append(stops, len(body) - _WORD)
    begins = np.concatenate(([0], stops[:-1] + 1))
    if int((stops - begins).max()) > _LONGEST_CELL or "\x00" in text:
        codes, found = pd.factorize(np.array(text.split(mark), dtype=object))
        return codes, list(found)
    codes, first = _numbered(body, begins, stops - begins)
    places = zip(begins[first].tolist(), stops[first].tolist(), strict=True)
    return codes, [str(body[begin:end], "utf-8", "surrogatepass") for begin, end in places]
