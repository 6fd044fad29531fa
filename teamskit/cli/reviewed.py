"""Plans that one command makes for one purpose: shown in full, then saved, or carried out when a person says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from teamskit.cli.apply import apply_made
from teamskit.cli.output import emit_json, say_folded
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
    here: Here,
    make: Callable[[], Plan],
    words: str,
    file: str | None,
    yes: bool,
    detail: bool,
    output: str,
    nothing: str = "",
) -> int:
    """Save and show the plan that `make` gives, or show it, ask and carry it out; give the exit status.

    `words` are what a person typed for it after `teamskit`. With `nothing` a plan that leaves everything out raises
    InputError saying so, after it was shown.
    """
    if file:
        plan = make()
        status = show_made(here, plan, file, False, detail, False, output)
        _stop_if_empty(plan, nothing)
        return status

    def shown() -> Plan:
        from teamskit.cli.plan_screen import plan_lines

        plan = make()
        if output == "table":
            for line in plan_lines(plan, detail=detail):
                say_folded(line, "      ")
        elif nothing and _is_empty(plan):
            emit_json(plan.as_json())
        _stop_if_empty(plan, nothing)
        return plan

    return apply_made(here, None, shown, yes, output, command=words)


def _is_empty(plan: Plan) -> bool:
    return bool(plan.left_out) and not plan.changes and not any(number for _, number in plan.unchanged)


def _stop_if_empty(plan: Plan, nothing: str) -> None:
    from teamskit.errors import InputError

    if nothing and _is_empty(plan):
        raise InputError(nothing, next_step="Each row is listed with what to do. Nothing has been changed.")
