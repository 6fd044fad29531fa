"""`teamskit undo`: put policies and assignments back to how they stood before a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options, reassignment_bound
from teamskit.cli.needs import needs
from teamskit.cli.output import clean, count, emit, output_option, working
from teamskit.cli.reviewed import carry_through, review_options
from teamskit.clock import at_school, iso
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from teamskit.cli.context import Here
    from teamskit.plan import Change, LeftOut, Plan, Run, Target

TEAMS = "How teams stand: teamskit teams plan"
AGAIN = "the next teamskit plan asks again for what school.toml says: change it there first"

ENFORCED = "the next teamskit recordings enforce asks for the safe options again"


@click.command("undo")
@click.argument("run", required=False)
@click.option("--list", "listing", is_flag=True, help="List the runs, newest first.")
@review_options
@allow_options
@output_option
@click.pass_obj
@needs(
    sometimes={
        p.USERS_READ: "people",
        p.POLICIES_IN_EFFECT_READ: "policies",
        p.TEAMS_ADMINISTRATOR: "definitions of policies",
        p.POLICIES_ASSIGN: "assignments",
        p.CLASSES_READ: "work that a stopped run left",
        p.GROUPS_READ: "work that a stopped run left",
        p.TEAM_MEMBERS_READ: "work that a stopped run left",
        p.TEAMS_READ: "work that a stopped run left",
        p.CALENDARS_READ: "options of lessons",
        p.MEETINGS_READ: "options of lessons",
        p.MEETINGS_WRITE: "options of lessons",
    }
)
def command(
    here: Here, run: str | None, listing: bool, file: str | None, yes: bool, detail: bool, output: str
) -> int | None:
    """Put policies, assignments and options of lessons back to what they were before RUN. Teams are not touched.

    \b
    teamskit undo --list               the runs, newest first
    teamskit undo RUN -o undo.json     then: teamskit apply undo.json
    teamskit undo RUN                  shows what it would do, and asks

    What a later run or somebody else changed since is listed and left alone. An undo can be undone.
    Exit status: 0 all done, 1 none or stale, 2 no such run, 3 some failed, 4 stopped by a limit.
    """
    if listing:
        _list(here, output)
        return None
    if not run:
        raise click.UsageError("name the run to undo; teamskit undo --list shows them")
    name = run
    return carry_through(here, lambda: undo_plan(here, name), f"undo {name}", file, yes, detail, output)


def _list(here: Here, output: str) -> None:
    from teamskit.plan import runs_of

    rows, told = [], []
    for run in reversed(runs_of(here.journal)):
        ended = Counter(one.event for one in run.changes.values())
        kinds = Counter(one.target.kind for one in run.changes.values() if one.event != "failed")
        said = ", ".join(count(number, kind.replace("-", " ")) for kind, number in sorted(kinds.items()))
        when = at_school(run.at).strftime("%Y-%m-%d %H:%M")
        rows.append(
            (run.name, when, ended["done"], ended["failed"], ended["intended"], said.replace("policys", "policies"))
        )
        told.append({"run": run.name, "at": iso(run.at), **_ends(ended), "changes": dict(sorted(kinds.items()))})
    emit(output, told, ("run", "when", "done", "failed", "cut off", "changes of"), rows)


def _ends(ended: Counter[str]) -> dict[str, int]:
    return {"done": ended["done"], "failed": ended["failed"], "unfinished": ended["intended"]}


def undo_plan(here: Here, name: str) -> Plan:
    """Make the plan that undoes a run; raises InputError when there is no such run."""
    from teamskit.cli.planning import Actual, policy_needs, settle_open_work
    from teamskit.plan import Plan
    from teamskit.plan.runs import touched_since
    from teamskit.policy import Standing, undo

    settle_open_work(here)
    run, runs = _run(here, name)
    actual = Actual(here)
    with working("Reading the tenant"):
        there = actual.policies({*here.decisions.types, *_types(run)})
        held = actual.held()
        titles, unread = _titles(here)
    now = Standing(there, held, policy_needs(here), touched_since(runs, name), titles)
    undone = undo(name, list(run.changes.values()), now)
    meetings, meetings_left = _meetings(here, run, now.later, titles)
    return Plan(
        here.school.schools[0].name,
        here.tenant_id,
        iso(here.clock.now()),
        (*undone.changes, *meetings),
        (*undone.left_out, *meetings_left, *_others(run)),
        (reassignment_bound(here, undone.changes, held),),
        (("policies", undone.policies_kept), ("policy assignments", undone.assignments_kept)),
        (*unread, *_notes(undone.changes), *([ENFORCED] if meetings else [])),
    )


def _run(here: Here, name: str) -> tuple[Run, Sequence[Run]]:
    from teamskit.errors import InputError
    from teamskit.plan import runs_of

    runs = runs_of(here.journal)
    for run in runs:
        if run.name == name:
            return run, runs
    raise InputError(f"there is no run {clean(name)}", next_step="See what there is: teamskit undo --list")


def _meetings(
    here: Here, run: Run, later: Mapping[Target, str], titles: Mapping[str, str]
) -> tuple[list[Change], list[LeftOut]]:
    """Give what puts meetings' options back; they are read only where the run changed some."""
    from teamskit.cli.planning import doers_for
    from teamskit.lessons.undoing import UNDONE, undo_meetings
    from teamskit.plan import Action, Change

    noted = [one for one in run.changes.values() if one.target.kind in UNDONE]
    changes = [Change(one.target, Action.UPDATE, one.before, one.after, "") for one in noted]
    stands = {
        target: state
        for doer in doers_for(here, [one.target for one in noted])
        for target, state in doer.look(changes).items()
    }
    return undo_meetings(run.name, noted, stands, later, titles)


def _types(run: Run) -> set[str]:
    """Give the policy types that a run touched: of policies, and of what was assigned."""
    from teamskit.policy.undo import UNDONE

    return {one.halves[0 if one.kind == "policy" else 1] for one in run.changes if one.kind in UNDONE}


def _titles(here: Here) -> tuple[dict[str, str], list[str]]:
    """Name accounts by role and id; an export that cannot be read does not stand in the way of an undo."""
    from teamskit.cli.planning import people_by_account
    from teamskit.errors import InputError

    try:
        return {account: title for account, (title, _) in people_by_account(here).items()}, []
    except InputError as wrong:
        return {}, [f"people are named by account id, since the export cannot be read: {wrong.what}"]


def _others(run: Run) -> list[LeftOut]:
    from teamskit.lessons.undoing import UNDONE as MEETINGS
    from teamskit.plan import LeftOut
    from teamskit.policy.undo import UNDONE

    kinds = Counter(one.target.kind for one in run.changes.values() if one.target.kind not in {*UNDONE, *MEETINGS})
    why = "undo is for policies, assignments and options of lessons"
    remedies = {"lesson": "Lessons are taken back by teamskit lessons cancel."}
    return [
        LeftOut(f"{count(number, 'change')} of kind {kind}", why, remedies.get(kind, TEAMS))
        for kind, number in sorted(kinds.items())
    ]


def _notes(changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    loose = sum(one.target.kind == "policy-assignment" and one.after is None for one in changes)
    said = [f"{count(loose, 'assignment')} taken away: who has no other is on Global, which may let him chat"]
    return [*(said if loose else []), AGAIN]
