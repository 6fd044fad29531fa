"""Which class a channel or an address is of, for the reading of calls; channels once read are remembered.

A team's channels are listed only when a call was held in a channel that no known team has: the state folder keeps
them by team id, and keeps for a week that a channel is of none of our class teams.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from teamskit.clock import at_school

if TYPE_CHECKING:
    from teamskit.calls.classes import ClassFinder
    from teamskit.calls.identities import Directory
    from teamskit.cli.context import Here

FOREIGN_FOR = timedelta(days=7)
FILE = "channels.json"


def class_finder(here: Here, known: Callable[[], Directory]) -> ClassFinder:
    """Give what says which class each new call is of."""
    from teamskit.calls.classes import ClassFinder

    def staff() -> Collection[str]:
        return {account for account, who in known().people.items() if who.role == "staff"}

    return ClassFinder(
        here.transport, lambda threads: _class_of_threads(here, threads), lambda: _class_of_mail(here), staff
    )


def class_groups(here: Here) -> dict[str, str]:
    """Give the group behind each class id that has a team, the newest year's where a code comes again."""
    from teamskit.teams.listing import class_of_key

    newest_last = sorted(_class_keys(here).items(), key=lambda one: class_of_key(one[1])[1])
    return {class_of_key(key)[2]: group for group, key in newest_last}


def _class_keys(here: Here) -> dict[str, str]:
    teamed = {group.id for group in here.tenant_groups if group.has_team}
    return {one.id: one.external_id for one in here.tenant_classes if one.is_ours and one.id in teamed}


def _class_of_mail(here: Here) -> Mapping[str, str]:
    from teamskit.teams.listing import class_of_key

    keys = _class_keys(here)
    return {group.mail.casefold(): class_of_key(keys[group.id])[2] for group in here.tenant_groups if group.id in keys}


def _class_of_threads(here: Here, threads: Collection[str]) -> Mapping[str, str]:
    return {thread: class_id for thread, (_, class_id) in teams_of_threads(here, threads).items()}


def teams_of_threads(here: Here, threads: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Give group and class id of the class team behind each thread that is one of its channels."""
    from teamskit.teams.listing import class_of_key
    from teamskit.tenant import graph

    keys, today = _class_keys(here), at_school(here.clock.now()).date()
    kept = _read(here)
    foreign = {thread: day for thread, day in kept["foreign"].items() if _is_fresh(day, today)}
    if not set(threads) <= _all_of(kept["teams"]) | set(foreign):
        listed = graph.fetch_channels(here.transport, list(keys))
        teams = {**kept["teams"], **{team: found for team, found in listed.items() if found}}
        foreign |= dict.fromkeys(set(threads) - _all_of(teams), today.isoformat())
        kept = {"teams": teams, "foreign": foreign}
        _write(here, kept)
    return {
        thread: (team, class_of_key(keys[team])[2])
        for team, found in kept["teams"].items()
        if team in keys
        for thread in found
    }


def _all_of(teams: Mapping[str, list[str]]) -> set[str]:
    return {thread for found in teams.values() for thread in found}


def _is_fresh(day: str, today: date) -> bool:
    return today - date.fromisoformat(day) < FOREIGN_FOR


def _read(here: Here) -> dict[str, dict[str, Any]]:
    """Read what is remembered; a file that is not there or not whole is nothing, since all can be asked again."""
    try:
        kept = json.loads(here.folder.state(FILE).read_text(encoding="utf-8"))
        return {"teams": dict(kept["teams"]), "foreign": dict(kept["foreign"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"teams": {}, "foreign": {}}


def _write(here: Here, kept: Mapping[str, Any]) -> None:
    from teamskit.school.folder import write_whole

    write_whole(here.folder.state(FILE), json.dumps(kept, indent=1), private=True)
