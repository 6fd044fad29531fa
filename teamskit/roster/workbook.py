"""An Excel workbook (.xlsx) as rows of text, read by openpyxl without formulas, a sheet at a time.

Dates come out as ISO days, whole numbers without `.0`, and a number shown with leading zeros keeps them.
"""

import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from teamskit.roster.cells import Cells, Coded
from teamskit.roster.model import Place
from teamskit.roster.text import refuse

_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_ZEROS = re.compile(r"^0{2,}$")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    InvalidFileException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    RuntimeError,
    SyntaxError,
)


def cell_text(value: object, number_format: str) -> str:
    """Give a cell's value as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and _ZEROS.match(number_format):
        return str(value).zfill(len(number_format))
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


class Workbook:
    """One workbook, opened anew for each look at it so that nothing of it stays in memory."""

    def __init__(self, path: Path) -> None:
        """Remember where it is; nothing is opened yet."""
        self._path = path

    def heads(self, most: int) -> list[tuple[str, int, list[str]]]:
        """Give the first rows of every sheet: its title, the row's number, the cells."""
        with self._opened() as book:
            return [
                (sheet.title, number, [cell_text(cell.value, str(cell.number_format)) for cell in row])
                for sheet in book.worksheets
                for number, row in enumerate(islice(sheet.iter_rows(), most), 1)
            ]

    def cells(self, sheet: str, after: int, positions: Sequence[int], width: int) -> Cells:
        """Give chosen columns of the rows below the headings; line and row are the same."""
        kept: list[list[str]] = []
        wide = []
        with self._opened() as book:
            for number, row in enumerate(islice(book[sheet].iter_rows(), after, None), after + 1):
                kept.append([_at(row, p) for p in positions])
                if any(cell.value not in (None, "") for cell in row[width:]):
                    wide.append((number, number))
            for column, first, last in _merged_down(book, sheet):
                if column in positions and after < first <= after + len(kept):
                    at = positions.index(column)
                    for row_of in kept[first - after : last - after]:
                        row_of[at] = row_of[at] or kept[first - after - 1][at]
        count = np.arange(after + 1, after + 1 + len(kept), dtype=np.int64)
        return Cells({p: Coded.trimmed([r[n] for r in kept]) for n, p in enumerate(positions)}, count, count, wide)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            with self._path.open("rb") as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(file, read_only=True, data_only=True)
                # What a sheet says of its own size is often wrong, and rows beyond it would be lost.
                for sheet in book.worksheets:
                    sheet.reset_dimensions()
                yield book
        except _BROKEN:
            self._refuse()

    def _refuse(self) -> NoReturn:
        refuse(
            Place(self._path.name, 1, 1),
            "not-a-workbook",
            "the file is named .xlsx and cannot be read as an Excel workbook",
            "Save it in Excel as .xlsx without a password, or export the report as CSV.",
        )


def _merged_down(book: Any, sheet: str) -> Iterator[tuple[int, int, int]]:
    """Give the cells that are merged with those beneath: the column (from 0), the first row and the last.

    Merged cells show one value for all of their rows, and only the first of them holds it.
    """
    part = zipfile.Path(book._archive, book[sheet]._worksheet_path.lstrip("/"))
    found = _MERGED.findall(part.read_bytes().rpartition(b"</sheetData>")[2])
    for ref in found:
        left, top, _, bottom = range_boundaries(ref.decode("ascii"))
        if bottom > top:
            yield left - 1, top, bottom


def _at(row: Sequence[Any], position: int) -> str:
    return cell_text(row[position].value, str(row[position].number_format)) if position < len(row) else ""
