"""`teamskit apply`: carry out a plan."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options, allowed
from teamskit.cli.needs import needs
from teamskit.cli.output import TerminalProgress, clean, count, emit, output_option, say
from teamskit.cli.remembering import keep_roster
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Outcome, Plan
    from teamskit.plan.engine import Progress

MANY = 20
"""More cancelled lessons than this are confirmed by their number, not by yes."""
SHOWN_EACH = 40
"""How many failures of one reason are named; the rest is counted, and all are in `--output json`."""
FEW, SHORT = 5, 80
"""So many groups are named in a remark; a reason is said again for so many failures, and always when it is short."""


@click.command("apply")
@click.argument("file", metavar="[PLAN]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask. No limit is lifted by this.")
@allow_options
@output_option
@click.pass_obj
@needs(
    sometimes={
        p.USERS_READ: "people",
        p.CLASSES_READ: "class teams",
        p.GROUPS_READ: "class teams, security groups",
        p.DELETED_GROUPS_READ: "making its own plan",
        p.TEAM_MEMBERS_READ: "class teams",
        p.TEAMS_READ: "class teams",
        p.CLASSES_WRITE: "new teams, owners",
        p.TEAM_CREATE: "new teams",
        p.TEAM_MEMBERS_WRITE: "owners, removals",
        p.TEAM_MEMBERS_ONLY_WRITE: "pupils added",
        p.POLICIES_IN_EFFECT_READ: "policies",
        p.TEAMS_ADMINISTRATOR: "definitions of policies",
        p.POLICIES_ASSIGN: "assignments",
        p.GROUP_MEMBERS_WRITE: "documents given to a security group",
        p.CALENDARS_READ: "lessons",
        p.CALENDARS_WRITE: "lessons",
        p.MEETINGS_READ: "lessons",
        p.MEETINGS_WRITE: "lessons",
    }
)
def command(here: Here, file: str | None, yes: bool, output: str) -> int:
    """Carry out a saved plan, or make one and carry it out.

    \b
    teamskit apply plan.json
    teamskit apply --yes               for a nightly run

    Can be stopped at any moment and run again: nothing is done twice.
    Exit status: 0 all done, 1 none or a stale plan, 3 some failed, 4 stopped by a limit, 130 stopped.
    """
    from teamskit.cli.planning import make_plan

    return apply_made(here, file, lambda: make_plan(here), yes, output)


def apply_made(
    here: Here,
    file: str | None,
    make: Callable[[], Plan],
    yes: bool,
    output: str,
    check: Callable[[Here], None] | None = None,
    command: str = "apply",
) -> int:
    """Carry out a saved plan, or the one that `make` gives; give the exit status.

    `check` may refuse it; `command` is what a person types for it.
    """
    from teamskit.plan import read_plan

    with here.folder.one_run():
        plan = read_plan(Path(file)) if file else make()
        if file and plan.made_from.get("effective"):
            ahead = bool(plan.made_from.get("ahead"))
            here.see_as_of(date.fromisoformat(plan.made_from["effective"]), ahead=ahead)
        if check:
            check(here)
        plan.stop_if_unsafe(allowed(), command, file or "")
        for_this_tenant(here, plan)
        if plan.changes and not yes:
            _ask(here, plan)
        run, outcomes = carry_out(here, plan, TerminalProgress())
        keep_roster(here.folder, plan.made_from.get("roster", {}))
    return show_outcomes(plan, run, outcomes, output, again=f"teamskit {command} {file or ''}".rstrip())


def carry_out(here: Here, plan: Plan, progress: Progress) -> tuple[str, list[Outcome]]:
    """Hand the plan to the engine with the doers for it."""
    from teamskit.cli.needs import stop_if_lacking
    from teamskit.cli.planning import CLASS_TEAMS, doers_for, new_keys_of, settle_open_work
    from teamskit.plan import apply_plan
    from teamskit.teams import TeamsDoer, YearDoer

    stop_if_lacking(here.transport, plan.changes)
    here.forget()
    if any(change.target.kind in {*TeamsDoer.kinds, *YearDoer.kinds} for change in plan.changes):
        here.transport.must_be_app(CLASS_TEAMS)
    settle_open_work(here)
    doers = doers_for(here, [change.target for change in plan.changes], new_keys_of(plan))
    done = apply_plan(plan, doers, here.journal, here.transport.conduct, here.clock, progress)
    here.forget()
    return done


def for_this_tenant(here: Here, plan: Plan) -> None:
    """Refuse a plan that was made for another tenant; raises InputError."""
    from teamskit.errors import InputError

    if plan.tenant != here.tenant_id:
        raise InputError(
            "this plan was made for another tenant", next_step="Make one for this school: teamskit plan -o FILE"
        )


def _ask(here: Here, plan: Plan) -> None:
    where = "the embedded tenant" if here.school.is_embedded else f"the live tenant {here.school.domains[0]}"
    if not sys.stdin.isatty():
        raise click.UsageError("this asks before it changes anything: add --yes for an unattended run")
    totals = ", ".join(f"{action} {number:,}" for action, number in plan.totals.items())
    click.echo(f"This changes {where} ({clean(plan.school)}): {totals}.", err=True)
    click.echo("No team, message or file is deleted.", err=True)
    if any(change.target.kind == "lesson" for change in plan.changes):
        click.echo("Microsoft tells those invited of each lesson that is made, moved or cancelled.", err=True)
    gone = sum(change.target.kind == "lesson" and change.after is None for change in plan.changes)
    wanted, word = (str(gone), f"Type {gone}, the number of lessons cancelled,") if gone > MANY else ("yes", "Type yes")
    answer = click.prompt(f"{word} to go on; anything else stops", default="no", show_default=False, err=True)
    if answer.strip().casefold() != wanted:
        raise click.Abort


def show_outcomes(plan: Plan, run: str, outcomes: Sequence[Outcome], output: str, *, again: str) -> int:
    """Show how it ended and give the exit status: 0, 3 when part failed, 1 when all of it did."""
    counted = Counter(outcome.result for outcome in outcomes)
    failed = [outcome for outcome in outcomes if outcome.result == "failed"]
    if output != "table":
        told = [{**o.change.as_json(), "result": o.result, "why": o.why} for o in outcomes]
        rows = [(o.result, o.change.action, o.change.group, o.change.title, o.why) for o in outcomes]
        listed = {"left_out": [item.as_json() for item in plan.left_out], "notes": list(plan.notes)}
        document = {"run": run, "results": dict(counted), "outcomes": told, **listed}
        emit(output, document, ("result", "action", "of", "what", "why"), rows)
    else:
        _say_end(plan, run, counted, failed, _remarks(outcomes), again)
    if not failed:
        return 0
    return 1 if len(failed) == len(outcomes) else 3


def _remarks(outcomes: Sequence[Outcome]) -> list[str]:
    """Give what is to be said of changes that were done, each remark once with those it is about."""
    about: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.result == "done" and outcome.why:
            about.setdefault(outcome.why, []).append(outcome.change.group)
    return [f"{_named(groups)}: {why}" for why, groups in about.items()]


def _named(groups: Sequence[str]) -> str:
    """Name a few, and how many more there are."""
    names = list(dict.fromkeys(groups))
    more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
    many = f" ({len(groups):,} changes)" if len(groups) > len(names) else ""
    return f"{', '.join(names[:FEW])}{more}{many}"


def _say_failures(failed: Sequence[Outcome]) -> None:
    reasons: dict[str, list[Outcome]] = {}
    for outcome in failed:
        reasons.setdefault(outcome.why, []).append(outcome)
    for why, together in reasons.items():
        is_said = len(together) <= FEW or len(why) <= SHORT
        for number, outcome in enumerate(together[:SHOWN_EACH]):
            words = clean(why) if is_said or not number else "the same"
            say(f"  ! {clean(outcome.change.group)}, {clean(outcome.change.title)}: {words}")
        if len(together) > SHOWN_EACH:
            say(f"  ! and {len(together) - SHOWN_EACH:,} more for the same reason")


def _say_end(
    plan: Plan, run: str, counted: Counter[str], failed: Sequence[Outcome], remarks: Sequence[str], again: str
) -> None:
    if not plan.changes:
        say("Nothing to do.")
        return
    done = counted["done"] + counted["pending"]
    before = f" {count(counted['already'], 'change')} stood already." if counted["already"] else ""
    say(f"Done: {done:,} of {len(plan.changes):,} changes. Failed: {len(failed):,}.{before} Nothing was done twice.")
    if counted["pending"]:
        say(f"Accepted, but not shown by Microsoft yet: {counted['pending']:,}.")
    for remark in remarks:
        say(f"  {clean(remark)}")
    _say_failures(failed)
    if failed:
        say(f"Again: {again}")
    if run:
        say(f"Run {run}")
