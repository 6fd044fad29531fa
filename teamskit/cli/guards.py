"""What stops a plan: an export much smaller than the last one, or too many people taken out of one class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from teamskit.school.dates import year_label

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Bound, Change
    from teamskit.policy import Held
    from teamskit.roster.sizes import Shrunk
    from teamskit.tenant.models import ClassTeam

ALLOW_REMOVALS, ALLOW_FEWER, ALLOW_LESSONS = "--allow-removals", "--allow-fewer", "--allow-lessons"
ALWAYS_FROM_ONE_CLASS, ALWAYS_FEWER = 5, 3
"""So many may leave a class, or be fewer in a school, whatever the share: small sets and small schools are normal."""
SHOWN = 3
"""So many of the classes beyond the limit are named, those that lose most first."""
_ALLOWED = "teamskit.allowed"


def allow_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that lift a limit, each with the number it may go to."""
    said = {
        ALLOW_REMOVALS: "Let a plan take away up to N memberships.",
        "--allow-reassignments": "Let a plan change up to N assignments.",
        ALLOW_FEWER: "Let an export hold up to N people or classes fewer than the last.",
        ALLOW_LESSONS: "Let a plan make or cancel up to N lessons.",
        "--allow-archive": "Let up to N teams be archived without a class in their place.",
    }
    for option, words in reversed(said.items()):
        command = click.option(
            option, type=int, default=0, metavar="N", help=words, expose_value=False, callback=_remember
        )(command)
    return command


def _remember(ctx: click.Context, param: click.Parameter, value: int) -> int:
    ctx.meta.setdefault(_ALLOWED, {})[param.opts[0]] = value
    return value


def allowed() -> dict[str, int]:
    """Give what the running command's options allow."""
    return dict(click.get_current_context().meta.get(_ALLOWED, {}))


def fewer_bounds(here: Here) -> list[Bound]:
    """Give a limit for each figure of a school that is smaller than at the last apply."""
    from teamskit.cli.remembering import last_roster
    from teamskit.roster.sizes import shrunk, sizes

    before = last_roster(here.folder).get("sizes", {})
    return [_fewer(here, one) for one in shrunk(before, sizes(here.roster))]


def not_moved_up(here: Here) -> list[str]:
    """Say when the classes of a new year hold the very pupils of last year's: an export not yet moved up.

    A note and no limit, since a dry run in June looks at just such an export.
    """
    from teamskit.cli.remembering import last_roster
    from teamskit.roster.sizes import class_marks

    last = last_roster(here.folder)
    year = max(section.academic_year for section in here.roster.sections)
    before = last.get("classes", {})
    if not before or year <= last.get("year", year):
        return []
    now = class_marks(here.roster)
    same = sum(before.get(key) == mark for key, mark in now.items())
    if same <= int(len(now) * here.school.limits.removals_share):
        return []
    said = f"{same} of {len(now)} classes of {year_label(year)} hold exactly last year's pupils"
    return [f"{said}: is the export of the new year?"]


def memory_of(here: Here) -> dict[str, Any]:
    """Give what a plan keeps of the roster it is made from, for the time after it was applied."""
    from teamskit.roster.sizes import class_marks, sizes

    year = max(section.academic_year for section in here.roster.sections)
    return {"sizes": sizes(here.roster), "year": year, "classes": class_marks(here.roster)}


def _fewer(here: Here, one: Shrunk) -> Bound:
    from teamskit.plan import Bound

    limits, lost = here.school.limits, one.before - one.now
    if one.gone:
        return Bound(f"school {one.school} is not in the export: people and classes", lost, 0, one.before, ALLOW_FEWER)
    name = f"school {one.school}: {one.what} fewer than in the last roster"
    if one.what == "enrolments":
        threshold = max(ALWAYS_FROM_ONE_CLASS, int(one.before * limits.removals_share))
        return Bound(name, lost, threshold, one.before, ALLOW_REMOVALS)
    return Bound(name, lost, max(ALWAYS_FEWER, int(one.before * limits.fewer_share)), one.before, ALLOW_FEWER)


def reassignment_bound(here: Here, changes: Sequence[Change], held: Held) -> Bound:
    """Give the limit on assignments that are changed or taken away, of all that accounts have of the same types."""
    from teamskit.policy.assignments import ASSIGNMENT, standing

    mine = [change for change in changes if change.target.kind == ASSIGNMENT]
    types = {change.target.halves[1] for change in mine}
    known = {*held.effective, *(one.halves for one in held.recorded if one.kind == ASSIGNMENT)}
    there = sum(type_ in types and standing(held, account, type_) is not None for account, type_ in known)
    return reassigned_of(here, mine, there)


def reassigned_of(here: Here, changes: Sequence[Change], there: int) -> Bound:
    """Give the limit on those of some changes that alter what somebody has, out of what is `there`."""
    from teamskit.plan.plan import bound

    limits, value = here.school.limits, sum(change.before is not None for change in changes)
    most = (limits.reassignments, limits.reassignments_share)
    return bound("policies reassigned", value, there, *most, "--allow-reassignments")


def class_bounds(here: Here, changes: Sequence[Change], teams: Sequence[ClassTeam]) -> Iterator[Bound]:
    """Give a limit for each class that loses more of its people than one class may at once."""
    from teamskit.plan import Action, Bound
    from teamskit.teams.changes import team_of
    from teamskit.teams.listing import class_of_key

    share = here.school.limits.class_removals_share
    size = {team.key: len(team.members) for team in teams}
    gone = Counter(team_of(change.target)[0] for change in changes if change.action is Action.REMOVE)
    most = {key: max(ALWAYS_FROM_ONE_CLASS, int(size.get(key, 0) * share)) for key in gone}
    beyond = [key for key, lost in sorted(gone.items(), key=lambda one: (-one[1], one[0])) if lost > most[key]]
    for number, key in enumerate(beyond[:SHOWN]):
        more = f" (and {len(beyond) - SHOWN} more classes)" if number == SHOWN - 1 and len(beyond) > SHOWN else ""
        name = f"memberships removed from class {class_of_key(key)[2]}{more}"
        yield Bound(name, gone[key], most[key], size.get(key, 0), ALLOW_REMOVALS)
