"""The plan that brings back one deleted class team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teamskit.cli.planning import team_facts
from teamskit.clock import iso
from teamskit.errors import InputError

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Plan


def restore_plan(here: Here, class_id: str) -> Plan:
    """Make a plan of one change; raises InputError when no deleted team of ours is of that class."""
    from teamskit.plan import Action, Change, Plan, Risk, Target
    from teamskit.teams.changes import TEAM
    from teamskit.teams.listing import class_of_key

    gone = team_facts(here, here.journal.newest()).deleted
    key = next((one for one in gone if class_of_key(one)[2] == class_id), None)
    if key is None:
        raise InputError(
            f"no class team of ours was deleted for {class_id}", next_step="See what there is: teamskit teams list"
        )
    after = {"team": True, "group": gone[key]}
    change = Change(Target(TEAM, key), Action.RESTORE, None, after, "asked for", Risk.LOW, class_id, "team")
    return Plan(here.school.schools[0].name, here.tenant_id, iso(here.clock.now()), (change,))
