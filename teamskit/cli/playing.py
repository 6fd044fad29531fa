"""Calls for the embedded tenant: people and classes of the roster resolved to accounts and teams."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teamskit.clock import at_school, iso, parse_iso
from teamskit.errors import InputError
from teamskit.teams.listing import class_of_key

if TYPE_CHECKING:
    from teamskit.cli.context import Here

Call = dict[str, Any]
RECORDINGS = ("kept", "none", "deleted", "expiring", "shared", "opened")
LARGEST = 1 << 40
"""The largest file that a scenario may wish for, bytes."""


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


def school_days_ahead(here: Here, number: int, played: date | None = None) -> list[date]:
    """Give the next school days by the tenant's clock: no weekends, and in term where terms are written down.

    The day of the clock is the first, unless calls were `played` on it already, or later.
    """
    first = at_school(here.clock.now()).date()
    if played and played >= first:
        first = played + timedelta(days=1)
    terms = here.school.terms
    ahead = (first + timedelta(days=n) for n in range(400))
    days = [d for d in ahead if d.weekday() < 5 and (not terms or any(t.first <= d <= t.last for t in terms))]
    return days[:number] or [first]


def on_roll(here: Here) -> Callable[[str, date], bool]:
    """Give what says of an account whether the roster has its owner on roll on a day."""
    people = here.who()

    def is_here(account: str, on: date) -> bool:
        who = people.get(account)
        return who is not None and who.is_here(on)

    return is_here


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
    people, accounts, teams = _known(here)
    if not isinstance(calls, list):
        raise InputError('"calls" is not a list', where=str(path))
    found = [_checked(call, n, people, accounts, teams, str(path)) for n, call in enumerate(calls, 1)]
    ids = Counter(versions[0]["id"] for versions in found)
    twice = next((one for one, times in ids.items() if times > 1), None)
    if twice:
        raise InputError(f"two calls have the id {twice}", where=str(path))
    return [version for versions in found for version in versions]


def resolved_rows(here: Here, path: Path) -> list[Call]:
    """Give the rows of the telephone logs that a scenario has under "telephone", with accounts in place of people."""
    rows = json.loads(path.read_text(encoding="utf-8-sig")).get("telephone") or []
    people, accounts, _ = _known(here)
    found = []
    for number, row in enumerate(rows, 1):
        place = f"{path}, telephone row {number}"
        try:
            found.append({**row, **_person(row, people, accounts, place)})
        except (KeyError, TypeError, AttributeError):
            raise InputError("the row cannot be read", where=place) from None
    return found


def _known(here: Here) -> tuple[Mapping[tuple[str, str], str | None], Mapping[str, str], Mapping[str, str]]:
    """Give the accounts of people by role and id, those by address, and the team of each class id."""
    people: dict[tuple[str, str], str | None] = {
        (m.role, m.id): m.account_id for m in here.matches if m.status == "matched"
    }
    accounts = {account.upn.casefold(): account.id for account in here.accounts}
    teams = {class_of_key(team.key)[2]: team.id for team in here.class_teams if team.has_team}
    return people, accounts, teams


def _checked(
    call: Call,
    number: int,
    people: Mapping[tuple[str, str], str | None],
    accounts: Mapping[str, str],
    teams: Mapping[str, str],
    where: str,
) -> list[Call]:
    """Give a call as it first is, then each revision of it."""
    place = f"{where}, call {number}"
    if not isinstance(call, dict) or not isinstance(call.get("id"), str):
        raise InputError("a call needs an id in quotes", where=place)
    place = f"{where}, call {call['id']}"
    try:
        later = [{**call, **revision, "revised_at": revision["at"]} for revision in call.get("revisions") or ()]
        return [_call(one, people, accounts, teams, place) for one in [call, *later]]
    except KeyError as missing:
        raise InputError(f"the call lacks {missing}", where=place) from None
    except (TypeError, AttributeError, ValueError) as wrong:
        raise InputError(f"the call cannot be read: {_plain(wrong)}", where=place) from None


def _plain(wrong: Exception) -> str:
    return str(wrong) if isinstance(wrong, Unfit) else "something in it is not of the kind that is wanted"


class Unfit(ValueError):
    """A value of a scenario that cannot be; the message is a sentence."""


def _call(
    call: Call,
    people: Mapping[tuple[str, str], str | None],
    accounts: Mapping[str, str],
    teams: Mapping[str, str],
    place: str,
) -> Call:
    for name in ("class", "invited"):
        if call.get(name) is not None and call[name] not in teams:
            raise InputError(f"the class {call[name]} has no team", where=place, next_step="Run teamskit apply first.")
    span = _interval([call["start"], call["end"]], None)
    lesson = call.get("lesson", False)
    if not isinstance(lesson, bool | str):
        raise Unfit("lesson is true, or the id of an event in quotes")
    who = [
        {
            **_person(p, people, accounts, place),
            "intervals": [_interval(one, span) for one in p["intervals"]],
            **{name: p[name] for name in ("used",) if name in p},
        }
        for p in call["people"]
    ]
    return {
        **{name: call[name] for name in ("sessions", "event") if name in call},
        **({"revised_at": _moment(call["revised_at"])} if "revised_at" in call else {}),
        **_recording(call, people, accounts, place),
        **_place(call, teams, lesson),
        "id": call["id"],
        "type": call.get("type", "groupCall"),
        "start": call["start"],
        "end": call["end"],
        "organiser": _person(call["organiser"], people, accounts, place),
        "people": who,
    }


def _place(call: Call, teams: Mapping[str, str], lesson: bool | str) -> dict[str, Any]:
    """Say where a call is held: in a channel, by invitation, or in the meeting of a planned lesson."""
    group, invited = (teams[call[name]] if call.get(name) is not None else None for name in ("class", "invited"))
    if not lesson:
        return {"group": group, "invited": invited}
    # The class of a planned lesson tells which event it is; its meeting is in no channel.
    return {"lesson": lesson, "group": None, "invited": invited or group}


def _recording(
    call: Call, people: Mapping[tuple[str, str], str | None], accounts: Mapping[str, str], place: str
) -> dict[str, Any]:
    """Give what a scenario says about a call's recording."""
    word, size = call.get("recording", "none"), call.get("size_bytes", 1)
    if word not in RECORDINGS:
        raise Unfit(f"recording is {', '.join(RECORDINGS[:-1])} or {RECORDINGS[-1]}, not {word!r}")
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= LARGEST:
        raise Unfit(f"size_bytes is a whole number from 1 to {LARGEST}")
    if not isinstance(call.get("file_name", ""), str):
        raise Unfit("file_name is a text")
    said: dict[str, Any] = {
        **{name: call[name] for name in ("size_bytes", "file_name") if name in call},
        **{name: _moment(call[name]) for name in ("recording_at", "expires_at") if name in call},
    }
    # A planned lesson of which nothing is said is recorded as its meeting is set.
    if "recording" in call or not call.get("lesson"):
        said["recording"] = word
    if "recorded_by" in call:
        said["recorded_by"] = _person(call["recorded_by"], people, accounts, place)
    return said


def _moment(text: str) -> str:
    try:
        return iso(parse_iso(text))
    except (ValueError, OverflowError):
        raise Unfit(f"{text}: moments are written as 2026-11-23T09:00:00Z") from None


def _interval(pair: Sequence[str], span: Sequence[str] | None) -> list[str]:
    """Check that an interval is in order, of this age, and inside the call."""
    joined, left = (str(one) for one in pair)
    try:
        first, last = parse_iso(joined), parse_iso(left)
    except (ValueError, OverflowError):
        raise Unfit(f"{joined} to {left}: moments are written as 2026-11-23T09:00:00Z") from None
    if not 2000 <= first.year <= last.year <= 2100:
        raise Unfit(f"{joined} to {left}: not in order, or not of this age")
    if last < first or (span and (first < parse_iso(span[0]) or last > parse_iso(span[1]))):
        raise Unfit(f"{joined} to {left}: not in order, or outside the call")
    return [joined, left]


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
    return {key: value for key, value in person.items() if key not in ("intervals", "used")}
