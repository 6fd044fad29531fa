"""`teamskit recordings enforce`: the options of lessons that staff made themselves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from teamskit.cli.days import coming_days_options, day_of
from teamskit.cli.needs import LESSONS_READING, needs
from teamskit.cli.plan import show_options
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Plan


@click.command("enforce")
@coming_days_options
@click.option("--apply", "applying", is_flag=True, help="Carry the plan out, after asking.")
@click.option("--yes", is_flag=True, help="With --apply: do not ask.")
@click.option("--switched-off-too", "records_all", is_flag=True, help="Also record lessons whose recording is off.")
@show_options
@click.pass_obj
@needs(
    *LESSONS_READING,
    p.MEETINGS_READ,
    sometimes={
        p.CHANNELS_READ: "meetings in a class team's channel",
        p.MEETINGS_WRITE: "--apply",
    },
)
def enforce(
    here: Here,
    first: datetime | None,
    last: datetime | None,
    applying: bool,
    yes: bool,
    records_all: bool,
    file: str | None,
    exit_code: bool,
    detail: bool,
    summary: bool,
    output: str,
) -> int:
    """Plan the safe options for lessons that staff made themselves. Nothing is changed without --apply.

    \b
    teamskit recordings enforce -o plan.json     then: teamskit apply plan.json
    teamskit recordings enforce --apply --yes    for a nightly run

    A meeting is a lesson when staff organise it and a class team or at least two pupils
    are invited; all others are left alone and counted. Nothing is loosened, and where
    recording is switched off for a lesson it stays off, unless --switched-off-too.

    Permissions: Calendars.Read, OnlineMeetings.ReadWrite.All with an application access
    policy, GroupMember.Read.All. Exit status: 0 done, 1 none done or nothing could be read,
    3 some failed, 5 with --exit-code and something to do. See docs/reference.md.
    """
    from teamskit.cli.apply import apply_made
    from teamskit.cli.enforcing import enforce_plan
    from teamskit.cli.plan import show_made

    if yes and not applying:
        raise click.UsageError("--yes goes with --apply")
    if applying and file:
        raise click.UsageError("-o saves the plan and --apply carries it out: use one of them")

    def make() -> Plan:
        return enforce_plan(here, day_of(first), day_of(last), records_all=records_all)

    if not applying:
        again = "apply" if file else "recordings enforce --apply"
        return show_made(here, make(), file, exit_code, detail, summary, output, apply=again)
    return apply_made(
        here, None, lambda: _shown(make(), detail, output), yes, output, command=_typed(first, last, records_all)
    )


def _shown(plan: Plan, detail: bool, output: str) -> Plan:
    from teamskit.cli.output import say_folded
    from teamskit.cli.plan_screen import plan_lines

    if output == "table":
        for line in plan_lines(plan, detail=detail):
            say_folded(line, "      ")
    return plan


def _typed(first: datetime | None, last: datetime | None, records_all: bool) -> str:
    days = "".join(f" {name} {day:%Y-%m-%d}" for name, day in (("--from", first), ("--to", last)) if day)
    return f"recordings enforce{days}{' --switched-off-too' if records_all else ''} --apply"
