"""The cells of a plain CSV text straight from its bytes: a column becomes numbers before any cell becomes an object.

Bytes and chosen positions flow in, coded columns flow out, just as the careful reader would give them; a text in which
the two might differ is left to the careful one.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from teamskit.roster.cells import Cells, Coded

Places = npt.NDArray[np.int64]
_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D
_WORD = 8
_LONGEST_CELL = 4096
# No UTF-8 text has this byte, so that a cell filled up with it to whole words is like no other cell.
_FILL = b"\xff"
_FILLED_FROM = np.array([(2**64 - 1) << (8 * n) & (2**64 - 1) for n in range(_WORD + 1)], dtype=np.uint64)
# A cell that begins and ends with one of these needs neither trimming nor unquoting.
_PLAIN = np.zeros(256, dtype=bool)
_PLAIN[[ord(c) for c in map(chr, range(0x21, 0x7F)) if c not in "\"'="]] = True


def quick_cells(
    raw: bytes, delimiter: str, *, skip: tuple[int, int], positions: Sequence[int], width: int
) -> Cells | None:
    """Give the chosen columns of every record after `skip` (records, text lines), as csv.reader would read them.

    `width` is the number of columns with a heading. None where only the careful reader can be trusted: quotes in odd
    places or behind a backslash, lines that end in a carriage return, cells of thousands of letters.
    """
    body = _body(raw, skip[1])
    grid = None if body is None or not delimiter.isascii() else _Grid.of(body, delimiter)
    if body is None or grid is None:
        return None
    columns: dict[int, Coded] = {}
    for position in sorted(set(positions)):
        begins, lengths = grid.cells(position)
        if len(lengths) and int(lengths.max()) > _LONGEST_CELL:
            return None
        columns[position] = grid.column(begins, lengths)
    rows = np.arange(len(grid.last), dtype=np.int64) + skip[0] + 1
    lines = grid.lines + skip[1] + 1
    wide = [(int(rows[n]), int(lines[n])) for n in _overflowing(grid, delimiter, width)]
    return Cells(columns, rows, lines, wide)


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
class _Grid:
    """Where the cells of a text are: each begins and ends at a place; `last` numbers the last cell of each record.

    `lines` is the line each record begins on (the first is 0); `buffer` is the text and a word to spare.
    """

    text: str
    buffer: npt.NDArray[np.uint8]
    begins: Places
    ends: Places
    last: Places
    lines: Places

    @classmethod
    def of(cls, body: bytes, delimiter: str) -> "_Grid | None":
        """Measure a text; None where a quote or a carriage return stands where the two readers may differ."""
        buffer = np.frombuffer(body + _FILL * _WORD, dtype=np.uint8)
        used = buffer[: len(body)]
        newlines = used == _NEWLINE
        borders = newlines | (used == ord(delimiter))
        if b'"' in body:
            quotes = used == _QUOTE
            inside = np.bitwise_and(np.cumsum(quotes, dtype=np.uint8), 1).view(bool)
            if inside[-1] or _odd_quotes(used, np.flatnonzero(quotes), ord(delimiter)):
                return None
            borders &= ~inside
        breaks = np.flatnonzero(newlines)
        stops = np.flatnonzero(borders)
        if len(body) and not body.endswith(b"\n"):
            breaks, stops = np.append(breaks, len(body)), np.append(stops, len(body))
        last = np.flatnonzero((buffer[stops] == _NEWLINE) | (stops == len(body)))
        begins, ends = np.concatenate(([0], stops[:-1] + 1)) if len(stops) else stops, stops
        if b"\r" in body:
            if body.count(b"\r") != int((buffer[breaks[breaks > 0] - 1] == _RETURN).sum()):
                return None
            ends = stops.copy()
            ends[last] -= (stops[last] > begins[last]) & (buffer[stops[last] - 1] == _RETURN)
        lines = np.arange(len(last)) if len(breaks) == len(last) else _lines(breaks, stops[last])
        return cls(body.decode("latin-1"), buffer, begins, ends, last, lines)

    def cells(self, position: int) -> tuple[Places, Places]:
        """Give where each record's cell of one column begins and how long it is, no length where there is none."""
        at = np.concatenate(([0], self.last[:-1] + 1))[: len(self.last)] + position
        there = at <= self.last
        if bool(there.all()):
            return self.begins[at], self.ends[at] - self.begins[at]
        at = np.where(there, at, self.last)
        return self.begins[at], np.where(there, self.ends[at] - self.begins[at], 0)

    def column(self, begins: Places, lengths: Places) -> Coded:
        """Give the cells at some places, trimmed and unquoted; each different one is made an object once."""
        codes, first = _coded(self.buffer, begins, lengths)
        starts, stops = begins[first], begins[first] + lengths[first]
        values = [self.text[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]
        plain = (starts == stops) | (_PLAIN[self.buffer[starts]] & _PLAIN[self.buffer[stops - 1]])
        if not self.text.isascii():
            values = [v if v.isascii() else v.encode("latin-1").decode("utf-8") for v in values]
        return Coded.tidied(codes, values, np.flatnonzero(~plain))


def _lines(breaks: Places, ends: Places) -> Places:
    """Give how many line breaks stand before each record, those inside of cells too."""
    return np.searchsorted(breaks, np.concatenate(([0], ends[:-1] + 1)))


def _odd_quotes(buffer: npt.NDArray[np.uint8], quotes: Places, mark: int) -> bool:
    """Tell whether a quote opens in the middle of a cell or closes before its end."""
    edges = np.array([mark, _NEWLINE, _RETURN, _QUOTE], dtype=np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = buffer[opening[opening > 0] - 1]
    after = buffer[closing[closing < len(buffer) - 1] + 1]
    return not (np.isin(before, edges).all() and np.isin(after, edges).all())


def _coded(buffer: npt.NDArray[np.uint8], begins: Places, lengths: Places) -> tuple[Places, Places]:
    """Number the different cells; give each cell's number and where each different one stands first.

    A cell is compared a word of eight bytes at a time, the second word only where there is one.
    """
    if not len(begins):
        return begins, begins
    words = np.ndarray(len(buffer) - _WORD + 1, dtype="<u8", buffer=buffer, strides=(1,))
    codes, heads = pd.factorize(words[begins] | _FILLED_FROM[np.minimum(lengths, _WORD)])
    count, done = len(heads), _WORD
    while len(longer := np.flatnonzero(lengths > done)):
        rest = np.minimum(lengths[longer] - done, _WORD)
        more, tails = pd.factorize(words[begins[longer] + done] | _FILLED_FROM[rest])
        again, pairs = pd.factorize(codes[longer] * len(tails) + more)
        codes[longer] = count + again
        count, done = count + len(pairs), done + _WORD
    if done > _WORD:
        codes, pairs = pd.factorize(codes)
        count = len(pairs)
    first = np.empty(count, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


def _overflowing(grid: _Grid, delimiter: str, width: int) -> Iterator[int]:
    """Give the records with a value beyond the last heading; blank columns to the right are none."""
    if not len(grid.last):
        return
    for n in np.flatnonzero(np.diff(grid.last, prepend=-1) > width):
        first = int(grid.last[n - 1]) + 1 if n else 0
        line = grid.text[int(grid.begins[first + width]) : int(grid.ends[grid.last[n]])]
        record = next(csv.reader([line.encode("latin-1").decode("utf-8")], delimiter=delimiter), [])
        if any(cell.strip() for cell in record):
            yield int(n)
