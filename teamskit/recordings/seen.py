"""Look for recordings of calls that have none yet, and append what is seen to the ledger.

Asked of the meetings first (channel meetings are covered there), and of the drives' Recordings folders where the
meetings refuse: without an application access policy they answer 403.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from teamskit.clock import Clock, iso, parse_iso
from teamskit.errors import PermissionMissing
from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.store import Ledger
from teamskit.recordings.matching import Meeting, Seen, by_key, call_of, of_drive, of_meeting
from teamskit.tenant.graph import Left, drive_recordings, fetch_recordings
from teamskit.tenant.transport import Transport

RECORDING, LOOKED = "recording", "looked"
ASKED_FOR = timedelta(days=30)
Answers = Mapping[tuple[str, str], Left]
Found = tuple[Meeting, Seen, str]
"""A call, a recording of it, and how it is known to be one."""


@dataclass(frozen=True)
class Outcome:
    """How many calls were newly found to be recorded, and of how many it could not be told.

    `policy_missing` says that an application access policy is missing for some organiser.
    """

    found: int = 0
    not_known: int = 0
    policy_missing: bool = False


def recordings_seen(
    transport: Transport,
    ledger: Ledger,
    meetings: Iterable[Meeting],
    *,
    known: Iterable[Meeting] = (),
    groups: Iterable[str] = (),
    untold: Iterable[str] = (),
    clock: Clock,
) -> Outcome:
    """Ask for the recordings of `meetings`; append those that are seen, and what could not be told.

    `meetings` are calls without a recording so far; those begun more than 30 days ago are not asked again. `known`
    are calls that have one: they are not asked for, but a recording may be theirs. `groups` says which drive owners
    are groups, `untold` are the calls of which an earlier search could not tell.
    """
    now = clock.now()
    asked = [meeting for meeting in meetings if now - meeting.start <= ASKED_FOR]
    everything = [*asked, *known]
    answers = fetch_recordings(transport, sorted({(one.organiser, one.join_url) for one in asked}))
    refused = [one for one in asked if answers[one.organiser, one.join_url].items is None]
    folders = _folders(transport, {one.drive_owner for one in refused}, frozenset(groups))
    found = [*_from_meetings(answers, everything), *_from_drives(folders, everything)]
    recorded = {meeting.call_id for meeting, _, _ in found} & {one.call_id for one in asked}
    not_told = {one.call_id for one in refused if one.drive_owner not in folders} - recorded
    events = {one.call_id for one in asked if answers[one.organiser, one.join_url].is_event}
    told = {one.call_id for one in asked} - not_told
    before = frozenset(untold)
    # The search is the last word of the batch, so that it never counts for recordings that were not written down.
    look = _look(now, untold=not_told - before, told=told & before, events=events)
    ledger.append([*(_entry(now, *one) for one in found), *([look] if asked else [])])
    lacking = any(answer.lacks_policy for answer in answers.values())
    return Outcome(len(recorded), len(not_told), lacking)


def _look(now: datetime, **ids: set[str]) -> Entry:
    body = {name: sorted(calls) for name, calls in ids.items()}
    return Entry(LOOKED, f"{iso(now)}/{_digest(canonical(body))}", 1, now, body, about=now)


def _entry(now: datetime, meeting: Meeting, seen: Seen, matched_by: str) -> Entry:
    # Microsoft's id of a recording holds the organiser's account, so that it may not stand in the part that stays.
    body = {"call": meeting.call_id, "started_at": iso(seen.started_at), "matched_by": matched_by}
    key = f"{meeting.call_id}/{_digest(seen.id)}"
    private = {"recording": seen.id, "organiser": meeting.organiser}
    return Entry(RECORDING, key, 1, now, {**body, "source": seen.source}, about=meeting.start, private=private)


def recording_entry(now: datetime, meeting: Meeting, item: str, started_at: datetime) -> Entry:
    """Give the ledger entry which says that a call has a recording, of which a file was seen in a drive."""
    return _entry(now, meeting, Seen(item, None, started_at, "drive"), "time")


def told_by_meetings(ledger: Ledger) -> dict[str, list[datetime]]:
    """Give by call when those of its recordings began that its meeting told of by the call's id."""
    found: dict[str, list[datetime]] = {}
    for entry in ledger.latest(RECORDING):
        if (entry.body["source"], entry.body["matched_by"]) == ("meeting", "callId"):
            found.setdefault(entry.body["call"], []).append(parse_iso(entry.body["started_at"]))
    return found


def recordings_by_call(ledger: Ledger, calls: Collection[str]) -> dict[str, list[tuple[str, datetime]]]:
    """Give the id and the beginning of each recording that was seen of some calls.

    Where meetings told of them, what was seen in a drive is left out: it is the same recording under another id.
    """
    found: dict[str, dict[str, list[tuple[str, datetime]]]] = {}
    for entry in ledger.latest(RECORDING) if calls else ():
        if entry.body["call"] in calls:
            named = (str((entry.private or {}).get("recording", entry.key)), parse_iso(entry.body["started_at"]))
            found.setdefault(entry.body["call"], {}).setdefault(entry.body["source"], []).append(named)
    return {call: by.get("meeting") or by["drive"] for call, by in found.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _folders(transport: Transport, owners: set[str], groups: frozenset[str]) -> Mapping[str, Sequence[dict[str, Any]]]:
    if not owners:
        return {}
    try:
        return drive_recordings(transport, user_ids=sorted(owners - groups), group_ids=sorted(owners & groups))
    except PermissionMissing:
        # The log of calls is worth having without it, and the count of calls that could not be told says so.
        return {}


def _from_meetings(answers: Answers, meetings: Sequence[Meeting]) -> Iterator[Found]:
    of_organiser = by_key((meeting.organiser, meeting) for meeting in meetings)
    for (organiser, _), answer in answers.items():
        for recording in answer.items or ():
            yield from _matched(of_meeting(recording), of_organiser[organiser])


def _from_drives(folders: Mapping[str, Sequence[dict[str, Any]]], meetings: Sequence[Meeting]) -> Iterator[Found]:
    of_owner = by_key((meeting.drive_owner, meeting) for meeting in meetings)
    for owner, items in folders.items():
        for item in items:
            yield from _matched(of_drive(item), of_owner[owner])


def _matched(seen: Seen | None, meetings: Sequence[Meeting]) -> Iterator[Found]:
    if seen and (found := call_of(seen, meetings)):
        yield found[0], seen, found[1]
