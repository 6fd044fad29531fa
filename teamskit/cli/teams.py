"""`teamskit teams`: class teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teamskit.cli.output import TerminalProgress, emit, output_option
from teamskit.cli.plan import plan_options, show_plan

if TYPE_CHECKING:
    from teamskit.cli.context import Here


@click.group("teams")
def command() -> None:
    """Class teams."""


@command.command("plan")
@plan_options
@click.pass_obj
def plan(here: Here, file: str | None, exit_code: bool, detail: bool, summary: bool, output: str) -> int:
    """Show what would be done about class teams. Nothing is changed."""
    return show_plan(here, ("teams",), file, exit_code, detail, summary, output)


@command.command("list")
@output_option
@click.pass_obj
def list_teams(here: Here, output: str) -> None:
    """List our class teams as the tenant has them now.

    \b
    teamskit teams list --output json
    """
    from teamskit.cli.planning import listed_teams

    rows = listed_teams(here)
    headings = ("class", "team", "nickname", "owners", "members", "archived")
    shown = [
        (r["class"], r["display_name"], r["mail_nickname"], len(r["owners"]), len(r["members"]), r["archived"])
        for r in rows
    ]
    emit(output, rows, headings, shown)


@command.command("restore")
@click.argument("class_id", metavar="CLASS")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option
@click.pass_obj
def restore(here: Here, class_id: str, yes: bool, output: str) -> int:
    """Bring back a class team of ours that was deleted less than 30 days ago."""
    from teamskit.cli.apply import carry_out, show_outcomes
    from teamskit.cli.restoring import restore_plan

    plan = restore_plan(here, class_id)
    if not yes:
        click.confirm(f"Bring back the team of {class_id}?", abort=True, err=True)
    with here.folder.one_run():
        run, outcomes = carry_out(here, plan, TerminalProgress())
    return show_outcomes(plan, run, outcomes, output, again=f"teamskit teams restore {class_id}")
