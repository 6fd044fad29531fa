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

Places = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]
_QUOTE, _NEWLINE, _RETURN, _SPACE = 0x22, 0x0A, 0x0D, 0x20
_BLOCK = 1 << 16
_WORD = 8
_LONGEST_CELL = 512
_SHORT_CELL = 24
_FEW = 1 << 16
# What a cell may begin or end with that is to be looked at: spaces, guards of Excel's, letters beyond ASCII.
_TO_TRIM = np.array([n <= 0x20 or n >= 0x80 or chr(n) in "='" for n in range(256)])
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
    count, kind = len(grid.lines), grid.edges.dtype
    rows, lines = np.arange(skip[0] + 1, skip[0] + 1 + count, dtype=kind), grid.lines + kind.type(skip[1] + 1)
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
    """Where the cells of a text end: cell 0 at `edges[1]`, and each begins behind the edge before its own.

    `firsts` number the first cell of each record, and behind the last record all cells; `even` is how many cells each
    record has, 0 where they differ or have line breaks in them; `lines` is the line each begins on (the first is 0);
    `doubled` says whether a quote may stand within a cell, as two; `data` is the body, filled up, as numbers.
    """

    body: bytes
    data: Bytes
    edges: Places
    firsts: Places
    even: int
    lines: Places
    doubled: bool

    @classmethod
    def of(cls, body: bytes, mark: int) -> "_Grid | None":
        """Measure a text; None where a quote or a carriage return stands where the two readers may differ."""
        filled = np.frombuffer(body, dtype=np.uint8)
        data = filled[: len(body) - _WORD]
        quotes = np.concatenate(list(_places(data, _QUOTE))) if b'"' in body else np.empty(0, dtype=np.intp)
        if (b"\r" in body and _lone_return(data)) or _odd_quotes(data, quotes, mark):
            return None
        edges = _unquoted(np.concatenate([[-1], *_places(data, mark, _NEWLINE)], dtype=_kind_of(body)), quotes)
        ended = bool(edges[-1] == len(data) - 1 and data[-1] == _NEWLINE)
        if not ended:
            edges = np.append(edges, edges.dtype.type(len(data)))
        # As many records as lines, unless a line breaks within quotes.
        count = sum(int(np.count_nonzero(block == _NEWLINE)) for _, block in _blocks(data)) + (not ended)
        even, rest = divmod(len(edges) - 1, count)
        doubled = bool((np.diff(quotes) == 1).any())
        if not rest and bool((filled[edges[even::even]] != mark).all()):
            firsts = np.arange(0, len(edges), even, dtype=edges.dtype)
            return cls(body, filled, edges, firsts, even, np.arange(count, dtype=edges.dtype), doubled)
        firsts = np.append(0, np.flatnonzero(filled[edges[1:]] != mark) + 1)
        breaks = np.concatenate(list(_places(data, _NEWLINE)))
        lines = np.searchsorted(breaks, edges[firsts[:-1]] + 1).astype(edges.dtype)
        return cls(body, filled, edges, firsts, 0, lines, doubled)

    def column(self, position: int) -> Coded | None:
        """Give the cells of a column, a blank where a record is too short; None where one is very long."""
        begins, lengths = self._measured(position)
        if int(lengths.max()) > _LONGEST_CELL:
            return None
        codes, where = _numbered(self.body, begins, lengths)
        begins, lengths = begins[where], lengths[where]
        cells = self._cut(begins, lengths)
        if self.doubled:
            cells = [cell.replace('""', '"') for cell in cells]
        odd = _TO_TRIM[self.data[begins]] | _TO_TRIM[self.data[begins + lengths - 1]]
        return Coded.of_plain(codes, cells, np.flatnonzero(odd & (lengths > 0)).tolist())

    def _measured(self, position: int) -> tuple[Places, Places]:
        """Give where the cells of a column begin, and their lengths, without the quotes around them."""
        if position < self.even:
            begins, ends = self.edges[position : -1 : self.even] + 1, self.edges[position + 1 :: self.even]
        else:
            at = np.minimum(self.firsts[:-1] + position, self.firsts[1:] - 1)
            begins, ends = self.edges[at] + 1, self.edges[at + 1]
        lengths = ends - begins
        if position + 1 >= self.even and b"\r" in self.body:
            lengths -= self.data[ends - 1] == _RETURN
        if b'"' in self.body:
            quoted = self.data[begins] == _QUOTE
            begins, lengths = begins + quoted, lengths - 2 * quoted
        if position >= self.even:
            lengths[self.firsts[:-1] + position >= self.firsts[1:]] = 0
        return begins, lengths

    def _cut(self, begins: Places, lengths: Places) -> list[str]:
        """Cut some cells out of the text: long ones one by one, short ones all at once, word by word."""
        longest = int(lengths.max())
        if longest > _SHORT_CELL:
            places = zip(begins.tolist(), (begins + lengths).tolist(), strict=True)
            return [str(self.body[begin:end], "utf-8") for begin, end in places]
        words, done = _words(self.body), np.arange(0, max(longest, 1), _WORD)
        at = np.minimum(begins[:, None] + done, len(words) - 1)
        cells = words[at] & _KEPT.take(lengths[:, None] - done, mode="clip")
        return b"\0".join(cells.view(f"S{_WORD * len(done)}").ravel().tolist()).decode("utf-8").split("\0")

    def overflowing(self, delimiter: str, width: int) -> Iterator[int]:
        """Give the records with a value beyond the last heading; blank columns to the right are none."""
        for n in np.flatnonzero(np.diff(self.firsts) > width):
            begin, end = int(self.edges[self.firsts[n] + width]) + 1, int(self.edges[self.firsts[n + 1]])
            beyond = next(csv.reader([self.body[begin:end].decode("utf-8")], delimiter=delimiter), [])
            if any(cell.strip() for cell in beyond):
                yield int(n)


def _kind_of(body: bytes) -> type[np.signedinteger[Any]]:
    """Give the smallest kind of number that holds every place in a text."""
    return np.int32 if len(body) <= np.iinfo(np.int32).max else np.int64


def _blocks(text: Bytes) -> Iterator[tuple[int, Bytes]]:
    """Part a text into blocks that stay in the processor's cache; each with where it begins."""
    for begin in range(0, len(text), _BLOCK):
        yield begin, text[begin : begin + _BLOCK]


def _places(text: Bytes, *signs: int) -> Iterator[Places]:
    """Give where any of some signs stand, a block of the text at a time."""
    for begin, block in _blocks(text):
        found = block == signs[0]
        for sign in signs[1:]:
            found |= block == sign
        yield np.flatnonzero(found) + begin


def _unquoted(edges: Places, quotes: Places) -> Places:
    """Give the edges that are not within quotes: these part them into runs, of which every other one is outside."""
    if not len(quotes):
        return edges
    runs = np.diff(np.searchsorted(edges, quotes), prepend=0, append=len(edges))
    outside: Places = edges[(np.arange(len(runs)) % 2 == 0).repeat(runs)]
    return outside


def _lone_return(text: Bytes) -> bool:
    """Tell whether a carriage return stands before anything but a line break, or the end of the text."""
    pairs = (text[begin : begin + len(block) + 1] for begin, block in _blocks(text[:-1]))
    return any(bool(((some[:-1] == _RETURN) > (some[1:] == _NEWLINE)).any()) for some in pairs)


def _odd_quotes(text: Bytes, quotes: Places, mark: int) -> bool:
    """Tell whether a quote opens in the middle of a cell or closes before its end, or never."""
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
    words = _words(body)
    codes, heads = _factorized(words[begins] & _kept(lengths))
    count = len(heads)
    for done in range(_WORD, int(lengths.max()), _WORD):
        if count == len(codes):
            break
        cells = np.flatnonzero(lengths > done)
        more, found = _factorized(words[begins[cells] + done] & _kept(lengths[cells] - done))
        codes[cells] = count + codes[cells] * len(found) + more
        codes, pairs = _factorized(codes)
        count = len(pairs)
    first = np.empty(count, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, first


def _words(body: bytes) -> npt.NDArray[np.uint64]:
    """Give the word that begins at each place of a text which is filled up."""
    return np.ndarray(len(body) - _WORD + 1, dtype="<u8", buffer=body, strides=(1,))


def _kept(lengths: Places) -> Any:
    """Give what masks the bytes of words that are not of a cell; one mask for all where all cells are of one length."""
    shortest, longest = int(lengths.min()), int(lengths.max())
    return _KEPT[min(longest, _WORD)] if shortest == longest else _KEPT.take(lengths, mode="clip")


def _factorized(numbers: npt.NDArray[Any]) -> tuple[npt.NDArray[np.intp], npt.NDArray[Any]]:
    """Number different numbers; a table that begins small stays in the processor's cache, and grows where it must."""
    return pd.factorize(numbers, size_hint=min(len(numbers), _FEW))


def parted(cells: Sequence[str], mark: str) -> tuple[Places, Places, list[str]]:
    """Part cells without line breaks at the marks; a space before a part is none of it.

    Give of which cell each part is, its number, and the different parts as they come. For half a million parts that
    are few different ones; quick, unless one of them is very long.
    """
    body = "\n".join(cells).encode("utf-8", "surrogatepass") + _FILL
    data = np.frombuffer(body, dtype=np.uint8)[: len(body) - _WORD]
    edges = np.concatenate([[-1], *_places(data, ord(mark), _NEWLINE), [len(data)]], dtype=_kind_of(body))
    last = np.append(np.flatnonzero(data[edges[1:-1]] == _NEWLINE), len(edges) - 2)
    of_cell = np.arange(len(cells)).repeat(np.diff(last, prepend=-1))
    begins, stops = edges[:-1] + 1, edges[1:]
    begins += np.frombuffer(body, dtype=np.uint8)[begins] == _SPACE
    if int((stops - begins).max()) > _LONGEST_CELL or b"\x00" in body[: len(data)]:
        parts = [part.removeprefix(" ") for cell in cells for part in cell.split(mark)]
        codes, found = pd.factorize(np.array(parts, dtype=object))
        return of_cell, codes, list(found)
    codes, first = _numbered(body, begins, stops - begins)
    places = zip(begins[first].tolist(), stops[first].tolist(), strict=True)
    return of_cell, codes, [str(body[begin:end], "utf-8", "surrogatepass") for begin, end in places]
