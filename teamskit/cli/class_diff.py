"""Gathers what `teams diff` shows of one class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from teamskit.errors import InputError
from teamskit.school.dfe import dfe_key

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.roster import Section

HEADINGS = ("id", "role", "name", "account", "in export", "in team", "what happens", "why")


def class_diff(here: Here, class_id: str, school: str) -> dict[str, Any]:
    """Give one class in full; raises InputError for a class that is none, or is one of several schools."""
    from teamskit.cli.planning import Actual, make_plan, new_keys_of
    from teamskit.teams.diff import Seen, diff
    from teamskit.teams.rollover import carried
    from teamskit.tenant import graph

    section = _section(here, class_id, school)
    plan = make_plan(here, ("teams",))
    team = next((one for one in carried(here.class_teams, new_keys_of(plan)) if one.key == section.key), None)
    if team and team.archived:
        itself = [one for one in here.tenant_classes if one.id == team.id]
        (team,) = graph.fetch_class_teams(here.transport, itself, here.tenant_groups, archived=True)
    ours = {target: record.stands for target, record in Actual(here).recorded.items()}
    seen = Seen(here.roster, here.matches, here.accounts, plan.changes, plan.left_out, ours)
    return diff(section, section.key, team, seen)


def _section(here: Here, class_id: str, school: str) -> Section:
    wanted = dfe_key(school)
    found = [one for one in here.roster.sections if one.id == class_id and wanted in ("", dfe_key(one.school))]
    found = found or [one for one in _of_teams(here, class_id) if wanted in ("", dfe_key(one.school))]
    if not found:
        from difflib import get_close_matches

        near = get_close_matches(class_id, [one.id for one in here.roster.sections], 3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See them all: teamskit roster show"
        raise InputError(f"there is no class {class_id} in the export", next_step=hint)
    if len(found) > 1:
        schools = ", ".join(one.school for one in found)
        raise InputError(f"class {class_id} is in more than one school", next_step=f"Name it: --school {schools}")
    return found[0]


def _of_teams(here: Here, class_id: str) -> list[Section]:
    """Give the class of each team of this year that the export has no class for, with nobody in it."""
    from teamskit.roster import Section
    from teamskit.roster.model import Place
    from teamskit.teams.listing import class_of_key

    year = max((section.academic_year for section in here.roster.sections), default=0)
    parts = [class_of_key(team.key) for team in here.class_teams if team.has_team and not team.archived]
    return [
        Section(code, school, code, int(of), Place(""))
        for school, of, code in parts
        if code == class_id and int(of) >= year
    ]


def diff_rows(document: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Give the rows of its table."""
    return [
        (p["id"], p["role"], p["name"], p["upn"], p["in_export"], p["in_team"], p["action"], p["reason"])
        for p in document["people"]
    ]
