"""`teamskit plan`: what would be done for the whole school."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options, allowed
from teamskit.cli.needs import TEAMS_READING, needs
from teamskit.cli.output import emit, output_option, say, say_folded
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Plan


def plan_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that every plan command has."""
    return show_options(allow_options(command))


def show_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options of a plan that no limit can stop."""
    for option in (
        click.option("-o", "file", metavar="FILE", help="Save the plan as JSON."),
        click.option("--exit-code", is_flag=True, help="Leave with 5 when there is something to do."),
        click.option("--detail", is_flag=True, help="Show every person and setting."),
        click.option("--summary", is_flag=True, help="Show only the totals."),
        output_option,
    ):
        command = option(command)
    return command


def show_plan(
    here: Here, parts: Sequence[str], file: str | None, exit_code: bool, detail: bool, summary: bool, output: str
) -> int:
    """Make, save and show a plan; give the exit status."""
    from teamskit.cli.planning import make_plan

    return show_made(here, make_plan(here, parts), file, exit_code, detail, summary, output)


def show_made(
    here: Here,
    plan: Plan,
    file: str | None,
    exit_code: bool,
    detail: bool,
    summary: bool,
    output: str,
    apply: str = "apply",
) -> int:
    """Save and show a plan; give the exit status. `apply` names the command that carries it out."""
    from teamskit.cli.plan_screen import plan_lines
    from teamskit.school.folder import write_whole

    if file:
        here.may_write(Path(file))
        write_whole(Path(file), json.dumps(plan.as_json(), indent=1) + "\n", private=True)
    if output != "table":
        rows = [(c.action, c.target.kind, c.group, c.title, c.reason, c.risk) for c in plan.changes]
        emit(output, plan.as_json(), ("action", "kind", "of", "what", "reason", "risk"), rows)
    else:
        for line in plan_lines(plan, detail=detail, summary=summary):
            say_folded(line, "      ")
    plan.stop_if_unsafe(allowed(), apply, file or "")
    if output == "table" and file:
        say(f"Saved {file} (fingerprint {plan.fingerprint}). Nothing has been changed.")
    if output == "table" and plan.changes:
        say(f"Next: teamskit {apply} {file or ''}".rstrip())
    return 5 if exit_code and plan.changes else 0


@click.command("plan")
@plan_options
@click.pass_obj
@needs(
    *TEAMS_READING,
    sometimes={
        p.POLICIES_IN_EFFECT_READ: "policies",
        p.TEAMS_ADMINISTRATOR: "policies",
    },
)
def command(here: Here, file: str | None, exit_code: bool, detail: bool, summary: bool, output: str) -> int:
    """Show what would be done for the whole school. Nothing is changed.

    \b
    teamskit plan -o plan.json         then: teamskit apply plan.json
    teamskit plan --detail             every person and setting

    Exit status: 0, 2 when the roster cannot be used, 4 when a limit stops it, 5 with --exit-code and changes.
    """
    from teamskit.cli.planning import PARTS

    return show_plan(here, PARTS, file, exit_code, detail, summary, output)
