"""Calls for the embedded tenant: people and classes of the roster resolved to accounts and teams."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teamskit.clock import at_school, parse_iso
from teamskit.errors import InputError
from teamskit.teams.listing import class_of_key

if TYPE_CHECKING:
    from teamskit.cli.context import Here

Call = dict[str, Any]


def lesson_classes(here: Here) -> list[dict[str, Any]]:
    """Give the classes that have a team, with the accounts of owners and members."""
    return [
        {
            "group": team.id,
            "name": team.display_name,
            "owners": [member.account_id for member in team.members if member.owner],
            "members": [member.account_id for member in team.members if not member.owner],
        }
        for team in sorted(here.class_teams, key=lambda one: one.key)
        if team.has_team and not team.archived
    ]


def school_days_ahead(here: Here, number: int) -> list[date]:
    """Give the next school days by the tenant's clock: no weekends, and in term where terms are written down."""
    now = at_school(here.clock.now())
    first = now.date() if now.time() < here.school.school_day.start else now.date() + timedelta(days=1)
    terms = here.school.terms
    ahead = (first + timedelta(days=n) for n in range(400))
    days = [d for d in ahead if d.weekday() < 5 and (not terms or any(t.first <= d <= t.last for t in terms))]
    return days[:number] or [first]


def resolved(here: Here, path: Path) -> list[Call]:
    """Read a scenario and put accounts and teams in place of admission numbers, staff codes and classes.

    Raises InputError naming the first person or class that cannot be resolved, or what is wrong with the file.
    """
    try:
        calls = json.loads(path.read_text(encoding="utf-8-sig"))["calls"]
    except OSError as wrong:
        raise InputError(f"the scenario cannot be read: {wrong.strerror}", where=str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise InputError('this is no scenario: {"calls": [...]} is wanted', where=str(path)) from None
    people: dict[tuple[str, str], str | None] = {
        (m.role, m.id): m.account_id for m in here.matches if m.status == "matched"
    }
    accounts = {account.upn.casefold(): account.id for account in here.accounts}
    teams = {class_of_key(team.key)[2]: team.id for team in here.class_teams if team.has_team}
    try:
        return [_call(call, people, accounts, teams, str(path)) for call in calls]
    except (KeyError, TypeError, AttributeError, ValueError) as wrong:
        raise InputError(f"a call of the scenario lacks {wrong}", where=str(path)) from None


def _call(
    call: Call,
    people: Mapping[tuple[str, str], str | None],
    accounts: Mapping[str, str],
    teams: Mapping[str, str],
    where: str,
) -> Call:
    place = f"{where}, call {call['id']}"
    if call.get("class") is not None and call["class"] not in teams:
        raise InputError(f"the class {call['class']} has no team", where=place, next_step="Run teamskit apply first.")
    who = [{**_person(p, people, accounts, place), "intervals": _intervals(p["intervals"])} for p in call["people"]]
    return {
        "id": call["id"],
        "type": call.get("type", "groupCall"),
        "start": call["start"],
        "end": call["end"],
        "organiser": _person(call["organiser"], people, accounts, place),
        "group": teams.get(call["class"]) if call.get("class") is not None else None,
        "recording": call.get("recording", "none"),
        "people": who,
    }


def _intervals(intervals: Sequence[Sequence[str]]) -> list[list[str]]:
    checked: list[list[str]] = []
    for joined, left in intervals:
        if moment(left) < moment(joined):
            raise ValueError("an interval in order")
        checked.append([joined, left])
    return checked


def moment(text: str) -> datetime:
    """Read a moment of a scenario."""
    return parse_iso(text)


def _person(
    person: Call, people: Mapping[tuple[str, str], str | None], accounts: Mapping[str, str], where: str
) -> dict[str, Any]:
    for role in ("pupil", "staff"):
        if role in person:
            account = people.get((role, person[role]))
            if not account:
                raise InputError(f"{role} {person[role]} has no account", where=where)
            return {"account": account}
    if "account" in person:
        account = accounts.get(str(person["account"]).casefold())
        if not account:
            raise InputError(f"there is no account {person['account']}", where=where)
        return {"account": account}
    return {key: value for key, value in person.items() if key != "intervals"}
