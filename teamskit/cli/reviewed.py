"""Plans that one command makes for one purpose: shown in full, then saved, or carried out when a person says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from teamskit.cli.apply import apply_made
from teamskit.cli.output import say
from teamskit.cli.plan import show_made

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Plan


def review_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options for reviewing: save it, show all of it, do not ask."""
    for option in (
        click.option("--detail", is_flag=True, help="Show every person and setting."),
        click.option("--yes", is_flag=True, help="Do not ask. No limit is lifted by this."),
        click.option("-o", "file", metavar="FILE", help="Save the plan as JSON instead of carrying it out."),
    ):
        command = option(command)
    return command


def carry_through(
    here: Here, make: Callable[[], Plan], words: str, file: str | None, yes: bool, detail: bool, output: str
) -> int:
    """Save and show the plan that `make` gives, or show it, ask and carry it out; give the exit status.

    `words` are what a person typed for it after `teamskit`.
    """
    if file:
        return show_made(here, make(), file, False, detail, False, output)

    def shown() -> Plan:
        from teamskit.cli.plan_screen import plan_lines

        plan = make()
        for line in plan_lines(plan, detail=detail) if output == "table" else ():
            say(line)
        return plan

    return apply_made(here, None, shown, yes, output, command=words)
