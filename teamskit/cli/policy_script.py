"""`teamskit policies script`: the policy part of a plan as one PowerShell file for Microsoft's own module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options, allowed
from teamskit.cli.needs import POLICIES_READING, needs
from teamskit.cli.output import clean, count, say
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.cli.planning import Actual
    from teamskit.plan import Plan
    from teamskit.policy.script import Contents, GroupGrant

FILE = "teams-policies.ps1"
UNREAD = (
    "The policies themselves could not be read (no Teams Administrator role): the script sets each of them in full."
)


@click.command("script")
@click.option("-o", "file", metavar="FILE", help=f"Where to write it (default: {FILE} in the school folder).")
@click.option("--plan", "saved", metavar="PLAN", help="Write what a saved plan holds, not a new one.")
@allow_options
@click.pass_obj
@needs(
    *POLICIES_READING,
    sometimes={
        p.GROUPS_READ: "documents given to a security group",
    },
)
def script(here: Here, file: str | None, saved: str | None) -> None:
    """Write what a plan would do about policies as one PowerShell file, for Microsoft's MicrosoftTeams module.

    \b
    teamskit policies script
    teamskit policies script --plan plan.json -o policies.ps1

    Nothing is changed until somebody runs the file; with -WhatIf it changes nothing either.
    Exit status: 0, 2 when the roster or the plan cannot be used, 4 when a limit stops it.
    """
    from teamskit.policy.script import KINDS, contents_of, policy_script
    from teamskit.school.folder import write_whole

    target = Path(file) if file else here.folder.root / FILE
    here.may_write(target)
    plan, actual = _saved(here, saved) if saved else _made(here)
    plan.stop_if_unsafe(allowed(), "policies script")
    grants = list(_grants(here, actual))
    contents = contents_of(plan, grants)
    others = sum(change.target.kind not in KINDS for change in plan.changes)
    if contents:
        write_whole(target, policy_script(plan, grants, here.decisions.needs), private=True)
        _say_written(here, target, plan, contents)
    else:
        say("Nothing to do about policies: no script was written.")
    if others:
        again = f"teamskit apply {saved or ''}".rstrip()
        say(f"Not in a script: {count(others, 'other change')} of the plan (teams, members of groups): {again}")


def _saved(here: Here, file: str) -> tuple[Plan, Actual]:
    from teamskit.cli.apply import for_this_tenant
    from teamskit.cli.planning import Actual
    from teamskit.plan import read_plan

    plan = read_plan(Path(file))
    for_this_tenant(here, plan)
    return plan, Actual(here, reads_policies=False)


def _made(here: Here) -> tuple[Plan, Actual]:
    """Make a plan; where the app may not read the policies themselves, one that takes each for missing."""
    from teamskit.cli.planning import Actual, make_plan
    from teamskit.errors import PermissionMissing

    try:
        actual = Actual(here)
        return make_plan(here, ("policies",), actual=actual), actual
    except PermissionMissing:
        here.forget()
        actual = Actual(here, reads_policies=False)
        plan = make_plan(here, ("policies",), actual=actual)
        say(UNREAD)
        return plan, actual


def _grants(here: Here, actual: Actual) -> Iterator[GroupGrant]:
    """Give what groups are to have and nobody has by them yet; the first cohort's group of a type wins."""
    from teamskit.policy.script import GroupGrant

    due = [one for some in here.decisions.cohorts.values() for one in some if one.route == "group"]
    if not due:
        return
    held = actual.held()
    wanted: dict[tuple[str, str], str] = {}
    for one in due:
        wanted.setdefault((one.type, held.groups[one.group]), one.name)
    effective = held.effective.values()
    there = {(one.type, one.group_id, one.name.casefold()) for one in effective if one.route == "group"}
    ranks: dict[str, int] = {}
    for (type_, group), name in wanted.items():
        ranks[type_] = ranks.get(type_, 0) + 1
        if (type_, group, name.casefold()) not in there:
            yield GroupGrant(group, type_, name, ranks[type_])


def _say_written(here: Here, target: Path, plan: Plan, contents: Contents) -> None:
    written = len(contents.configurations) + len(contents.named) + len(contents.everybody)
    given = sum(len(accounts) for accounts in contents.given.values())
    say(f"Wrote {clean(target)} (plan {plan.fingerprint}). Nothing has been changed.")
    say(f"  {count(written, 'policy', 'policies')} made or set")
    say(f"  {count(given, 'assignment')}, {count(contents.batches, 'batch', 'batches')} of at most 5,000 accounts")
    say(f"  {count(len(contents.grants), 'policy', 'policies')} given to groups")
    say(f"  {count(sum(len(some) for some in contents.taken.values()), 'assignment')} taken away")
    if here.school.is_embedded:
        say("This school is on the embedded tenant, which PowerShell cannot reach: the file is to look at.")
    say("Next: read it; then, in PowerShell on a machine with the MicrosoftTeams module:")
    say(f"  Connect-MicrosoftTeams -TenantId {clean(plan.tenant)}")
    say(f"  .\\{clean(target.name)} -WhatIf        shows each change and makes none")
    say(f"  .\\{clean(target.name)}")
    say("When it has run, see what is in effect, today and again tomorrow: teamskit policies coverage")
