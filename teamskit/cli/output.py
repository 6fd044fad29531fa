"""How answers are shown: tables, JSON and CSV on stdout; progress on stderr, and only at a terminal.

Our own text is ASCII, so that it survives any console; data is never markup, and control characters are taken out.
"""

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


SHORT = 11
"""A column of cells no longer than this is never folded: dates, times, numbers."""


def output_option(command: F) -> F:
    """Add `--output table|json|csv` to a command."""
    choices = click.Choice(["table", "json", "csv"])
    return click.option("--output", type=choices, default="table", show_default=True, help="How to print it.")(command)


def clean(value: object) -> str:
    """Make a value safe to print: no control or direction characters."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _CONTROL.sub(" ", "" if value is None else str(value))


def say(text: str = "") -> None:
    """Print a line of our own to stdout."""
    click.echo(text)


def say_at_terminal(text: str) -> None:
    """Print a sentence for whoever sits there to stderr, so that an answer on stdout stays whole."""
    click.echo(clean(text), err=True)


def say_folded(text: str, indent: str) -> None:
    """Print a line of our own, folded between words to a terminal's width and indented; whole when piped."""
    if sys.stdout.isatty():
        width = max(60, shutil.get_terminal_size((80, 24)).columns) - 1
        text = textwrap.fill(text, width, subsequent_indent=indent, break_on_hyphens=False)
    click.echo(text)


def emit_json(document: Any) -> None:
    """Print one JSON document, ASCII only."""
    click.echo(json.dumps(document, indent=1))


def emit_json_list(items: Iterator[Any]) -> None:
    """Print what `emit_json` prints of a list, an item at a time: a term of calls is a hundred megabytes."""
    before = "["
    for item in items:
        # A line break of a text is written as two signs: each of these begins a line of the document.
        text = json.dumps(item, indent=1).replace("\n", "\n ")
        click.echo(f"{before}\n {text}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def emit_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: folded to the terminal's width, or one line a row when piped."""
    cells = [[clean(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _plain_table(headings, cells)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, heading in enumerate(headings):
        column = [row[number] for row in cells]
        is_short = all(len(cell) <= SHORT for cell in column)
        are_numbers = any(column) and all(not cell or cell.isdecimal() for cell in column)
        table.add_column(heading, overflow="fold", no_wrap=is_short, justify="right" if are_numbers else "left")
    for row in cells:
        table.add_row(*row)
    width = max(60, shutil.get_terminal_size((80, 24)).columns)
    Console(markup=False, emoji=False, highlight=False, width=width).print(table)


def _plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(line[i]) for line in [headings, *rows]) for i in range(len(headings))]
    for line in [headings, *rows]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def emit_csv(headings: Sequence[str], rows: Sequence[Sequence[object]], file: Path | None = None) -> None:
    """Print CSV as UTF-8 bytes, or write it to a file with a BOM, whole or not at all."""
    from teamskit.reports.csv_out import csv_text, write_csv
    from teamskit.reports.tables import Table

    table = Table("", "", tuple(headings), tuple(tuple(clean(cell) for cell in row) for row in rows))
    if file is None:
        click.echo(csv_text(table).encode("utf-8"), nl=False)
    else:
        write_csv(file, table)


def emit(output: str, document: Any, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print an answer in the form asked for; a list that is long may come as an iterator."""
    if output == "json" and isinstance(document, Iterator):
        emit_json_list(document)
    elif output == "json":
        emit_json(document)
    elif output == "csv":
        emit_csv(headings, rows)
    else:
        emit_table(headings, rows)


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: 1 pupil, 1,234 pupils."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@contextmanager
def working(title: str) -> Iterator[None]:
    """Say at a terminal what is being done, for work whose length is not known before."""
    progress = TerminalProgress()
    progress.start(title, None)
    try:
        yield
    finally:
        progress.stop()


def _drawn(done: float, total: float | None) -> str:
    """Draw a bar of 24 signs that every console has."""
    filled = int(24 * min(1.0, done / total)) if total else 0
    return "#" * filled + "-" * (24 - filled)


class TerminalProgress:
    """A bar on stderr that disappears; nothing at all when stderr is no terminal."""

    def __init__(self) -> None:
        """Show nothing before the first part begins."""
        self._bar: Any = None
        self._task: Any = None

    def start(self, title: str, total: int | None) -> None:
        """Begin a part of the work."""
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        bar = TextColumn("[{task.fields[bar]}]", markup=False)
        columns = (TextColumn("{task.description}"), bar, MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(title, total=total, bar=_drawn(0, total))
        self._bar.start()

    def step(self, count: int = 1) -> None:
        """Say that some more of it is done."""
        if self._bar:
            done = self._bar.tasks[0].completed + count
            self._bar.update(self._task, completed=done, bar=_drawn(done, self._bar.tasks[0].total))

    def told(self, done: int, total: int) -> None:
        """Show how many of how many are done; begins by itself and ends with the last."""
        if self._bar is None:
            self.start("Call records", total)
        if self._bar:
            self._bar.update(self._task, completed=done, bar=_drawn(done, total))
        if done >= total:
            self.stop()

    def stop(self) -> None:
        """End the part."""
        if self._bar:
            self._bar.stop()
        self._bar = None
