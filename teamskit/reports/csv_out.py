"""A table as a CSV file that Excel opens by double click: UTF-8 with a BOM, CRLF, no cell taken for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from teamskit.clock import iso
from teamskit.reports.tables import Cell, Table
from teamskit.school.folder import private_folder, write_whole

PIECE = 1 << 16
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def cell_text(cell: Cell) -> str:
    """Write a cell: days as 2026-11-09, times of day as 09:05:00, moments in UTC with Z, or as the school's clock."""
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, datetime):
        return iso(cell) if cell.tzinfo in (UTC, None) else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, time):
        return cell.isoformat("seconds")
    return "" if cell is None else str(cell)


def csv_text(table: Table) -> str:
    """Give a table as CSV text with its headings, CRLF, without the BOM."""
    return "".join(csv_lines(table.headings, table.rows))


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Give the same in pieces, of a table that need not be held at once."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow([cell_text(cell) for cell in row])
        if target.tell() > PIECE:
            yield target.getvalue()
            target.seek(0)
            target.truncate()
    yield target.getvalue()


def write_csv(path: Path, table: Table) -> None:
    """Write a table to a file, whole or not at all, readable by its owner only."""
    write_whole(path, "\ufeff" + csv_text(table), private=True)


def write_csv_folder(folder: Path, tables: Sequence[Table]) -> list[Path]:
    """Write each table to a file of its name in a folder, which is made owner-only where it is new."""
    if not folder.exists():
        private_folder(folder)
    paths = [folder / f"{table.name}.csv" for table in tables]
    for path, table in zip(paths, tables, strict=True):
        write_csv(path, table)
    return paths
