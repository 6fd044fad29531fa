"""Joins roster and tenant for the new academic year: what ends, what goes on, what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from teamskit.cli.output import count
from teamskit.clock import at_school
from teamskit.school.dates import year_label

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Bound, Change, Plan
    from teamskit.teams.rollover import Continuation
    from teamskit.tenant.models import ClassTeam

ALLOW_ARCHIVE = "--allow-archive"
EARLIEST = (7, 1)
"""Month and day of the new year's calendar year before which last year's classes are surely still taught."""


def archiving(here: Here, going: Sequence[Continuation], in_their_place: int) -> tuple[list[Change], list[Bound]]:
    """Give the changes that end earlier years' teams, and the limit on ending more than the new year replaces."""
    from teamskit.plan import Bound
    from teamskit.teams.rollover import archive_changes

    teams, schools = _ended(here, going), _schools(here)
    changes = list(archive_changes(teams, here.school.teams, schools))
    lost = max(0, len(changes) - in_their_place)
    threshold = int(len(changes) * here.school.limits.removals_share)
    bound = Bound("teams archived without a class in their place", lost, threshold, len(changes), ALLOW_ARCHIVE)
    return changes, [bound]


def _schools(here: Here) -> dict[str, str]:
    with_classes = {section.school for section in here.roster.sections}
    return {unit.id: unit.name for unit in here.roster.schools if unit.id in with_classes}


def _ended(here: Here, going: Sequence[Continuation]) -> list[ClassTeam]:
    from teamskit.teams.rollover import ended

    year = max(section.academic_year for section in here.roster.sections)
    return ended(here.class_teams, going, _schools(here), year)


def still_standing(here: Here, going: Sequence[Continuation]) -> list[str]:
    """Say that teams of earlier years stand, and how they are ended."""
    old = len(_ended(here, going))
    stand = f"{count(old, 'team')} of earlier years {'stands' if old == 1 else 'stand'}"
    return [f"{stand}: teamskit teams rollover plan shows how they end"] if old else []


def rollover_plan(here: Here) -> Plan:
    """Make the plan of the new year: what ends, what goes on, what is made."""
    from teamskit.cli.planning import make_plan

    plan = make_plan(here, ("teams",), rollover=True)
    if _ended(here, ()) or any(team.archived for team in here.class_teams):
        return plan
    year = max(section.academic_year for section in here.roster.sections)
    said = f"the export is of {year_label(year)} and no team of ours is of an earlier year: --effective looks ahead"
    return replace(plan, notes=(*plan.notes, said))


def stop_if_early(here: Here) -> None:
    """Raise PlanUnsafe while last year's classes are surely still taught: a plan may look ahead, an apply may not."""
    from teamskit.errors import PlanUnsafe

    year = max(section.academic_year for section in here.roster.sections)
    first = date(year, *EARLIEST)
    if at_school(here.clock.now()).date() < first:
        raise PlanUnsafe(
            f"the classes of {year_label(year - 1)} are still taught: nothing is archived before {first}",
            where="roster.effective, or --effective",
            next_step="Plan as often as you like; apply from that day on. Nothing has been changed.",
        )
