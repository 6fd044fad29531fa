"""The cells of a file below its headings, by column, and the careful reader of CSV text.

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
        return cls.of(*pd.factorize(np.asarray(cells, dtype=object)))

    @classmethod
    def of(cls, codes: npt.NDArray[np.intp], cells: Sequence[str] | Column) -> "Coded":
        """Make a column of its numbered different cells, which are trimmed here."""
        if any(map("".join(cells).__contains__, _MARKED)):
            return cls._of(codes, [clean(cell) if cell[:1] in _MARKED else cell.strip() for cell in cells])
        return cls._of(codes, [cell.strip() for cell in cells])

    @classmethod
    def of_plain(cls, codes: npt.NDArray[np.intp], cells: list[str], odd: Sequence[int]) -> "Coded":
        """Make a column of its numbered different cells, of which only those at the `odd` places need trimming."""
        trimmed = {n: clean(cells[n]) if cells[n][:1] in _MARKED else cells[n].strip() for n in odd}
        if all(cells[n] == cell for n, cell in trimmed.items()):
            return cls(codes, _objects(cells))
        return cls._of(codes, [trimmed.get(n, cell) for n, cell in enumerate(cells)])

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
        blank = np.flatnonzero(self.values == "")
        return self.codes != blank[0] if len(blank) else np.ones(len(self.codes), dtype=bool)

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
