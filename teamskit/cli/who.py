"""Who does what the ledger keeps a word on: the user of this computer, or whom `--by` names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path

    from teamskit.cli.context import Here


def by_option(command: click.decorators.FC) -> click.decorators.FC:
    """Add `--by NAME`."""
    return click.option("--by", metavar="NAME", help="Who does this (default: the user of this computer).")(command)


def who(by: str | None) -> str:
    """Give the name to keep: the one given, else the user of this computer."""
    from getpass import getuser

    if by and by.strip():
        return by.strip()
    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        raise click.UsageError("the computer does not say who you are: give --by NAME") from None


def record_files(here: Here, paths: list[Path], by: str | None = None, **what: Any) -> None:
    """Keep a word on files with names that are about to leave the school's keeping, one entry for each.

    `what` are plain facts for the entry: the form, the period, how many calls; nothing that names anybody.
    """
    from teamskit.ledger.export import record_export

    with here.ledger() as ledger:
        for path in paths:
            facts = {"form": path.suffix.removeprefix(".") or "folder", **what}
            record_export(ledger, facts, file=path.name, by=who(by), at=here.clock.now())
