"""The report's tables as an Excel workbook: a sheet a table, days and times as such, ids as text, nothing that runs.

XlsxWriter is heavy: this module is imported where a workbook is asked for.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from teamskit.reports.csv_out import FORMULA
from teamskit.reports.tables import Cell, Table
from teamskit.reports.words import count
from teamskit.school.folder import write_whole

MOST_ROWS = 1_048_575
"""Rows of a sheet below its headings. Source: Excel's own limits, which XlsxWriter keeps; read 2026-11-25."""
MOST_LETTERS = 32_767
WIDEST, NARROWEST, LOOKED_AT = 60, 8, 2_000
FILLED_IN = {"Our action": 30, "Date": 16}
"""Columns that are empty for the school to write in, with a width to write in."""
WRAPPED = ("What happened", "What to do next", "Last note", "People", "Why", "Note", "Reason", "Our action")
IDS = (" id", "Adno", "Code")
FORMATS = {
    "text": {"valign": "top"},
    "wrapped": {"valign": "top", "text_wrap": True},
    "id": {"valign": "top", "num_format": "@"},
    "inert": {"valign": "top", "quote_prefix": True},
    "day": {"valign": "top", "num_format": "d mmmm yyyy", "align": "left"},
    "time": {"valign": "top", "num_format": "hh:mm", "align": "left"},
    "moment": {"valign": "top", "num_format": "d mmmm yyyy hh:mm", "align": "left"},
    "number": {"valign": "top", "num_format": "#,##0"},
    "heading": {"bold": True, "valign": "top", "text_wrap": True, "bottom": 1, "bg_color": "#E8EEF4"},
}
"""How cells of a kind look; `inert` is text that begins like a formula, and stays text when somebody edits it."""
OPTIONS = {
    **{"constant_memory": True, "remove_timezone": True, "nan_inf_to_errors": False},
    **{"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
}


@dataclass(frozen=True)
class About:
    """What the file says of itself; `note` stands above every printed page."""

    title: str
    made_at: datetime
    note: str = ""


def write_workbook(path: Path, tables: Sequence[Table], about: About) -> None:
    """Write a workbook, whole or not at all, readable by its owner only; the first table is the sheet it opens on."""
    with tempfile.TemporaryDirectory(prefix="teamskit-") as folder:
        whole = Path(folder) / "book.xlsx"
        _write(whole, tables, about, folder)
        write_whole(path, whole.read_bytes(), private=True)


def _write(path: Path, tables: Sequence[Table], about: About, folder: str) -> None:
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": folder}) as book:
        book.set_properties({"title": about.title, "author": "teamskit", "created": about.made_at.replace(tzinfo=None)})
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        for table in tables:
            for name, part in _parts(table):
                _Sheet(book.add_worksheet(name), formats, part, about).write()


def _parts(table: Table, most: int = MOST_ROWS) -> Iterator[tuple[str, Table]]:
    """Give the table as one sheet, or as a sheet a month where it has too many rows; a huge month is cut again."""
    title = table.name.capitalize()
    if len(table.rows) <= most:
        yield title, table
        return
    place = table.headings.index("Day")
    for month, rows in groupby(table.rows, key=lambda row: f"{row[place]:%Y-%m}"):
        kept = tuple(rows)
        for n, begin in enumerate(range(0, len(kept), most), 1):
            name = f"{title} {month}" + (f" ({n})" if n > 1 else "")
            yield name, replace(table, rows=kept[begin : begin + most])


class _Sheet:
    """One sheet as it is written: headings first and frozen, widths from what stands in the columns."""

    def __init__(self, sheet: Any, formats: dict[str, Any], table: Table, about: About) -> None:
        self._sheet, self._formats, self._table, self._about = sheet, formats, table, about
        self._looks = [self._look_of(heading) for heading in table.headings]

    def write(self) -> None:
        """Write headings, rows, widths, the frozen row and the filter."""
        sheet, table = self._sheet, self._table
        last = len(table.headings) - 1
        for column, heading in enumerate(table.headings):
            sheet.set_column(column, column, self._width(column, heading), self._formats[self._looks[column]])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.rows), last)
        self._print_well()
        for column, heading in enumerate(table.headings):
            sheet.write_string(0, column, heading, self._formats["heading"])
        for number, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                self._cell(number, column, cell)

    def _print_well(self) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_header("&L" + f"{self._about.title}. {self._about.note}".replace("&", "&&")[:240])
        self._sheet.set_footer(f"&L{self._table.caption}, {count(len(self._table.rows), 'row')}&RPage &P of &N")

    @staticmethod
    def _look_of(heading: str) -> str:
        return "id" if heading.endswith(IDS) else "wrapped" if heading in WRAPPED else "text"

    def _cell(self, row: int, column: int, cell: Cell) -> None:
        sheet, formats = self._sheet, self._formats
        if isinstance(cell, str):
            look = "inert" if cell.startswith(FORMULA) else self._looks[column]
            if cell:
                sheet.write_string(row, column, cell[:MOST_LETTERS], formats[look])
        elif isinstance(cell, (datetime, date, time)):
            sheet.write_datetime(row, column, cell, formats[_look_of_time(cell)])
        elif cell is not None:
            sheet.write_number(row, column, cell, formats["number"])

    def _width(self, column: int, heading: str) -> float:
        if heading in FILLED_IN:
            return FILLED_IN[heading]
        cells = (_length(row[column]) for row in self._table.rows[:LOOKED_AT])
        return min(WIDEST, max(NARROWEST, len(heading) + 3, 1.1 * max(cells, default=0) + 1))


def _look_of_time(cell: date | time) -> str:
    if isinstance(cell, datetime):
        return "moment"
    return "day" if isinstance(cell, date) else "time"


def _length(cell: Cell) -> int:
    """Give how many letters a cell takes as it is shown."""
    if isinstance(cell, datetime):
        return len("30 September 2026 09:05")
    if isinstance(cell, date):
        return len("30 September 2026")
    if isinstance(cell, time):
        return len("09:05")
    return 0 if cell is None else len(str(cell))
