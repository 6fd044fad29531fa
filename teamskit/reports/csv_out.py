"""A table as a CSV file that Excel opens by double click: UTF-8 with a BOM, CRLF, no cell taken for a formula."""

import csv
import io
from pathlib import Path

from teamskit.reports.tables import Cell, Table
from teamskit.school.folder import write_whole

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_text(table: Table) -> str:
    """Give a table as CSV text with its headings, CRLF, without the BOM."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(table.headings)
    writer.writerows([defused(cell) for cell in row] for row in table.rows)
    return target.getvalue()


def write_csv(path: Path, table: Table) -> None:
    """Write a table to a file, whole or not at all, readable by its owner only."""
    write_whole(path, "\ufeff" + csv_text(table), private=True)
