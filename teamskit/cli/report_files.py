"""The files of a report or a roster: which were asked for, whether they may be written, and the writing of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from teamskit.cli.context import Here
    from teamskit.reports import Material
    from teamskit.roster import Roster


@dataclass(frozen=True)
class Wanted:
    """Where a page, a workbook and CSV are to be written; None is not asked for.

    `csv` is one file when its name ends in .csv, and a folder otherwise.
    """

    page: Path | None
    book: Path | None
    csv: Path | None

    @property
    def has_one_csv(self) -> bool:
        """Say whether one CSV file is wanted, and not a folder of them."""
        return self.csv is not None and self.csv.suffix.casefold() == ".csv" and not self.csv.is_dir()

    @property
    def paths(self) -> list[Path]:
        """Give what is wanted."""
        return [path for path in (self.page, self.book, self.csv) if path]

    def check(self, here: Here) -> None:
        """Refuse names that clash, mislead, or belong to the school; raises UsageError or InputError."""
        paths = self.paths
        if not paths:
            raise click.UsageError("say what to write: --out FILE, --xlsx FILE or --csv FILE")
        if len({path.resolve() for path in paths}) < len(paths):
            raise click.UsageError("two of --out, --xlsx and --csv name one file")
        if self.page and self.page.suffix.casefold() in (".xlsx", ".csv"):
            raise click.UsageError(f"--out writes HTML; for this file give --{self.page.suffix.casefold()[1:]}")
        if self.book and self.book.suffix.casefold() != ".xlsx":
            raise click.UsageError("Excel opens a workbook only when its name ends in .xlsx")
        if self.csv and self.csv.suffix.casefold() in (".xlsx", ".xls", ".html"):
            raise click.UsageError("--csv writes FILE.csv or a folder; for this name give --xlsx or --out")
        for path in paths:
            here.may_write(path)


def write_report_files(wanted: Wanted, material: Material) -> list[Path]:
    """Write what was asked for, each file whole or not at all; gives the paths, the page last."""
    from teamskit.reports import title_of, write_csv, write_csv_folder, write_report
    from teamskit.reports.calls_tables import participants_table
    from teamskit.reports.sheets import all_tables

    written: list[Path] = []
    if wanted.csv:
        if wanted.has_one_csv:
            write_csv(wanted.csv, participants_table(material))
            written.append(wanted.csv)
        else:
            written += write_csv_folder(wanted.csv, all_tables(material))
    if wanted.book:
        from teamskit.reports.workbook import About, write_workbook

        note = "" if material.is_anonymous else "Contains pupils' names."
        write_workbook(wanted.book, all_tables(material), About(title_of(material), material.made_at, note))
        written.append(wanted.book)
    if wanted.page:
        written += write_report(wanted.page, material)
    return written


def write_roster(target: Path, roster: Roster, made_at: datetime) -> None:
    """Write pupils, staff and classes as a workbook (.xlsx) or as a folder of CSV files; raises InputError."""
    from teamskit.reports import write_csv_folder
    from teamskit.reports.tables import Table
    from teamskit.roster.written import roster_tables

    tables = [
        Table(name, name.capitalize(), tuple(headings), tuple(tuple(row) for row in rows))
        for name, headings, rows in roster_tables(roster)
    ]
    if target.suffix.casefold() == ".xlsx":
        from teamskit.reports.workbook import About, write_workbook

        write_workbook(target, tables, About("Roster as understood", made_at, "Contains pupils' names."))
    else:
        write_csv_folder(target, tables)
