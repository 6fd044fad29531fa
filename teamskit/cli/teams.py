"""`teamskit teams`: class teams."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options
from teamskit.cli.needs import TEAMS_READING, needs
from teamskit.cli.output import TerminalProgress, clean, emit, output_option, say
from teamskit.cli.plan import plan_options, show_plan
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here


@click.group("teams")
def command() -> None:
    """Class teams."""


@command.command("plan")
@plan_options
@click.pass_obj
@needs(*TEAMS_READING)
def plan(here: Here, file: str | None, exit_code: bool, detail: bool, summary: bool, output: str) -> int:
    """Show what would be done about class teams. Nothing is changed."""
    return show_plan(here, ("teams",), file, exit_code, detail, summary, output)


@command.command("list")
@output_option
@click.pass_obj
@needs(p.USERS_READ, p.CLASSES_READ, p.GROUPS_READ, p.TEAM_MEMBERS_READ, p.TEAMS_READ)
def list_teams(here: Here, output: str) -> None:
    """List our class teams as the tenant has them now.

    \b
    teamskit teams list --output json
    """
    from teamskit.cli.planning import listed_teams

    here.read_archived_too()
    rows = listed_teams(here)
    headings = ("class", "team", "nickname", "owners", "members", "archived")
    shown = [
        (r["class"], r["display_name"], r["mail_nickname"], len(r["owners"]), len(r["members"]), r["archived"])
        for r in rows
    ]
    emit(output, rows, headings, shown)


@command.command("diff")
@click.argument("class_id", metavar="CLASS")
@click.option("--school", default="", metavar="ID", help="Which school's, where several have a class of this code.")
@output_option
@click.pass_obj
@needs(*TEAMS_READING)
def diff(here: Here, class_id: str, school: str, output: str) -> None:
    """Explain one class in full: who is in it, who is in its team, what will be done and why. It shows names.

    \b
    teamskit teams diff 7x/Ma1
    teamskit teams diff "Class 3 Oak" --output json
    """
    from teamskit.cli.class_diff import HEADINGS, class_diff, diff_rows

    document = class_diff(here, class_id, school)
    if output == "table":
        say(f"{clean(document['class'])}: team {document['team']}. {clean(document['why_not'])}".rstrip())
    emit(output, document, HEADINGS, diff_rows(document))


@command.group("rollover")
def rollover() -> None:
    """End last year's class teams, carry on two-year courses, make this year's."""


def _as_of(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        try:
            ctx.obj.see_as_of(date.fromisoformat(value))
        except ValueError:
            raise click.BadParameter("write the date as 2026-09-01") from None


_effective = click.option(
    "--effective",
    callback=_as_of,
    expose_value=False,
    metavar="DATE",
    help="Read the export as of a day of the new year (default: as school.toml says).",
)


@rollover.command("plan")
@_effective
@plan_options
@click.pass_obj
@needs(*TEAMS_READING)
def rollover_plan(here: Here, file: str | None, exit_code: bool, detail: bool, summary: bool, output: str) -> int:
    """Show what the new academic year would change. Nothing is changed, so it may be run in June.

    \b
    teamskit teams rollover plan --effective 2027-09-01
    """
    from teamskit.cli.plan import show_made
    from teamskit.cli.rolling import rollover_plan as make

    return show_made(here, make(here), file, exit_code, detail, summary, output, apply="teams rollover apply")


@rollover.command("apply")
@click.argument("file", metavar="[PLAN]", required=False)
@_effective
@click.option("--yes", is_flag=True, help="Do not ask. No limit is lifted by this.")
@allow_options
@output_option
@click.pass_obj
@needs(
    *TEAMS_READING,
    p.CLASSES_WRITE,
    p.TEAM_SETTINGS_WRITE,
    p.GROUPS_WRITE,
    sometimes={
        p.TEAM_CREATE: "new teams",
        p.TEAM_MEMBERS_ONLY_WRITE: "pupils added",
    },
)
def rollover_apply(here: Here, file: str | None, yes: bool, output: str) -> int:
    """Rename and archive last year's teams, carry on two-year courses, make this year's teams."""
    from teamskit.cli.apply import apply_made
    from teamskit.cli.rolling import rollover_plan as make
    from teamskit.cli.rolling import stop_if_early

    return apply_made(here, file, lambda: make(here), yes, output, check=stop_if_early, command="teams rollover apply")


@command.command("restore")
@click.argument("class_id", metavar="CLASS")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_option
@click.pass_obj
@needs(
    *TEAMS_READING,
    p.GROUPS_WRITE,
)
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
