"""`teamskit registers`: the files the school keeps itself, checked row by row, and their headings to start from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from teamskit.cli.context import Here
from teamskit.cli.output import count, emit_csv, emit_json, output_option, say, say_folded

if TYPE_CHECKING:
    from teamskit.registers.reading import Registers
    from teamskit.roster import Problem

HEADINGS = ("file", "row", "column", "severity", "message", "remedy")


@click.group("registers")
def command() -> None:
    """Look after the files in registers/: consent to recording, and what was agreed beforehand."""


@command.command()
@output_option
@click.pass_obj
def check(here: Here, output: str) -> int:
    """List the rows of the registers that cannot be used, or that name nobody of the export, with what to do.

    \b
    teamskit registers check
    teamskit registers check --output json

    Permissions: none. Exit status: 0 done, 2 when a row or a file is not used. See docs/reference.md.
    """
    from teamskit.cli.evidence import registers_of

    registers = _against_the_export(here, registers_of(here))
    rows = [(one.file, one.row, one.column, one.severity, one.message, one.remedy) for one in registers.problems]
    if output == "json":
        emit_json([one.as_json() for one in registers.problems])
    elif output == "csv":
        emit_csv(HEADINGS, rows)
    else:
        for problem in registers.problems:
            _show(problem)
        for name, register in (("consent.csv", registers.consent), ("agreed.csv", registers.agreed)):
            if register is not None:
                say(f"{name}: {count(registers.rows[name], 'row')} read, {len(register.rows):,} used.")
            elif not any((one.file or "").casefold() == name for one in registers.problems):
                say(f"{name} is missing: teamskit registers template writes its headings.")
    return 2 if any(one.severity == "error" for one in registers.problems) else 0


def _against_the_export(here: Here, registers: Registers) -> Registers:
    """Tell of numbers that are nobody's; where the export cannot be read, the rows are checked by themselves."""
    from teamskit.errors import InputError
    from teamskit.registers.known import unknown_people

    try:
        people = here.roster.people
    except InputError:
        return registers
    pupils, staff = ([one.id for one in people if one.role == role] for role in ("pupil", "staff"))
    mended, _ = registers.with_zeros(pupils, staff)
    told = unknown_people(mended.agreed, mended.consent, pupils, staff)
    return replace(registers, problems=(*registers.problems, *told))


@command.command()
@click.pass_obj
def template(here: Here) -> None:
    """Write registers/agreed.csv and registers/consent.csv with their headings; a file that is there is left alone.

    \b
    teamskit registers template

    Permissions: none. Exit status: 0 done, 1 when a file cannot be written. See docs/reference.md.
    """
    from teamskit.registers.reading import COLUMNS
    from teamskit.reports import write_csv
    from teamskit.reports.tables import Table

    folder = here.folder.root / "registers"
    folder.mkdir(exist_ok=True)
    for name, columns in COLUMNS.items():
        path = folder / name
        if path.exists():
            say(f"{path} is there already and was left alone.")
        else:
            write_csv(path, Table(name, name, columns, ()))
            say(str(path))


def _show(problem: Problem) -> None:
    where = ", ".join(
        f"{what} {value}" if what else str(value)
        for what, value in (("", problem.file), ("row", problem.row), ("column", problem.column))
        if value is not None
    )
    word = "ERROR" if problem.severity == "error" else problem.severity
    say_folded(f"{where}: {word}: {problem.message} {problem.remedy}", "  ")
