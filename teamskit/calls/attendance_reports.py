"""A second witness: who came when, by the attendance reports of meetings whose records hold no sessions.

What is found goes into the ledger beside the call and is never mixed into it; what cannot be told is asked again the
next nights, and until then such a call says that nobody's times are known, never that nobody came.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from teamskit.calls.identities import Directory, Identity
from teamskit.calls.model import ATTENDANCE, CallEntry, Interval
from teamskit.calls.presence import union
from teamskit.calls.record import entry_parts, listed_order
from teamskit.clock import Clock, at_school, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger
from teamskit.tenant.graph import fetch_attendance
from teamskit.tenant.transport import Transport

ASKED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Came:
    """Of how many calls the attendance was newly found, and of how many it is not known."""

    found: int = 0
    not_known: int = 0
    policy_missing: bool = False


def attendance_seen(
    transport: Transport,
    ledger: Ledger,
    calls: Iterable[CallEntry],
    directory: Callable[[], Directory],
    *,
    clock: Clock,
) -> Came:
    """Ask for the attendance of those of `calls` that lack times, and append what is found."""
    now = clock.now()
    lacking = [call for call in calls if call.detail == "no sessions" and now - call.start <= ASKED_FOR]
    asked: dict[tuple[str, str], list[CallEntry]] = {}
    for call in lacking:
        if _may_be_asked(call):
            asked.setdefault(_name(call), []).append(call)
    spans = {name: (min(one.start for one in of), max(one.end for one in of)) for name, of in asked.items()}
    answers = fetch_attendance(transport, spans)
    entries = [
        entry
        for name, answer in answers.items()
        for call in asked[name]
        if (entry := _entry(call, answer.items or (), directory, now))
    ]
    ledger.append(entries)
    lacking_policy = any(answer.lacks_policy for answer in answers.values())
    return Came(len(entries), len(lacking) - len(entries), lacking_policy)


def _may_be_asked(call: CallEntry) -> bool:
    return bool(call.join_url and call.organiser and call.organiser.role != "outside")


def _name(call: CallEntry) -> tuple[str, str]:
    return (call.organiser.account if call.organiser else "", call.join_url or "")


def _entry(
    call: CallEntry, records: Sequence[Mapping[str, Any]], directory: Callable[[], Directory], now: datetime
) -> Entry | None:
    """Make the entry of who came to a call; None when no report tells of anybody in it.

    Whom a report names with no time at all was not present, and that is known: he is left out.
    """
    came = [(one, spans) for one in records if (spans := _intervals(one, call))]
    if not came:
        return None
    nowhere = {identity.account for one in records if _is_momentary(one, call) and (identity := _identity(one))}
    people = {person.account: person for person in call.people if person.account not in nowhere}
    here = directory().on(at_school(call.start).date())
    for record, spans in came:
        identity = _identity(record)
        if identity:
            known = people.get(identity.account) or here.person(identity, visitor=len(people) + 1)
            people[identity.account] = replace(known, intervals=union([*known.intervals, *spans]))
    shown, private = entry_parts(sorted(people.values(), key=listed_order))
    body = {"call": call.id, "version": call.version, "people": shown}
    return Entry(ATTENDANCE, call.id, call.version, now, body, about=call.start, private={"people": private})


def _identity(record: Mapping[str, Any]) -> Identity | None:
    inner = record.get("identity") or {}
    account, name = str(inner.get("id") or record.get("id") or ""), str(inner.get("displayName") or "")
    if not account:
        return None
    if not inner.get("id"):
        return Identity(account, name, "visitor")
    return Identity(account, name, "user", str(inner.get("tenantId") or ""), str(record.get("emailAddress") or ""))


def _is_momentary(record: Mapping[str, Any], call: CallEntry) -> bool:
    """Say whether somebody came to this call and left in the same second, each time."""
    spans = [(joined, left) for joined, left in _spans(record) if call.start <= joined <= call.end]
    return bool(spans) and all(left <= joined for joined, left in spans)


def _intervals(record: Mapping[str, Any], call: CallEntry) -> list[Interval]:
    """Give the intervals within the call: a channel meeting's reports are those of other meetings too."""
    inside = [(max(joined, call.start), min(left, call.end)) for joined, left in _spans(record)]
    return [(joined, left) for joined, left in inside if joined < left]


def _spans(record: Mapping[str, Any]) -> list[Interval]:
    return [
        (parse_iso(one["joinDateTime"]), parse_iso(one["leaveDateTime"]))
        for one in record.get("attendanceIntervals") or ()
        if one.get("joinDateTime") and one.get("leaveDateTime")
    ]
