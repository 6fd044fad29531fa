"""Look for recordings of calls that have none yet, and append what is seen to the ledger.

Asked of the meetings first (channel meetings are covered there), and of the drives' Recordings folders where the
meetings refuse: without an application access policy they answer 403.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from teamskit.clock import Clock, iso
from teamskit.errors import PermissionMissing
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger
from teamskit.recordings.matching import Meeting, Seen, by_key, call_of, of_drive, of_meeting
from teamskit.tenant.graph import drive_recordings, fetch_recordings
from teamskit.tenant.transport import Transport

RECORDING = "recording"
ASKED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Outcome:
    """How many calls were newly found to be recorded, and of how many it could not be told."""

    found: int = 0
    not_known: int = 0


def recordings_seen(
    transport: Transport,
    ledger: Ledger,
    meetings: Iterable[Meeting],
    *,
    known: Iterable[Meeting] = (),
    groups: Iterable[str] = (),
    clock: Clock,
) -> Outcome:
    """Ask for the recordings of `meetings` and append those that are seen.

    `meetings` are calls without a recording so far; those begun more than 30 days ago are not asked again. `known`
    are calls that have one: they are not asked for, but a recording may be theirs. `groups` says which drive owners
    are groups. What neither the meetings nor the drives may tell is counted as not known, and asked again next time.
    """
    now = clock.now()
    asked = [meeting for meeting in meetings if now - meeting.start <= ASKED_FOR]
    everything = [*asked, *known]
    answers = fetch_recordings(transport, sorted({(one.organiser, one.join_url) for one in asked}))
    found = dict(_from_meetings(answers, everything))
    refused = [one for one in asked if answers.get((one.organiser, one.join_url)) is None]
    folders = _folders(transport, {one.drive_owner for one in refused}, frozenset(groups))
    found.update(_from_drives(folders, everything))
    ledger.append([Entry(RECORDING, key, 1, now, body) for key, body in found.items()])
    recorded = {body["call"] for body in found.values()} & {one.call_id for one in asked}
    untold = {one.call_id for one in refused if one.drive_owner not in folders} - recorded
    return Outcome(len(recorded), len(untold))


def _folders(transport: Transport, owners: set[str], groups: frozenset[str]) -> Mapping[str, Sequence[dict[str, Any]]]:
    if not owners:
        return {}
    try:
        return drive_recordings(transport, user_ids=sorted(owners - groups), group_ids=sorted(owners & groups))
    except PermissionMissing:
        # The log of calls is worth having without it, and the count of calls that could not be told says so.
        return {}


def _from_meetings(
    answers: Mapping[tuple[str, str], Sequence[dict[str, Any]] | None], meetings: Sequence[Meeting]
) -> Iterator[tuple[str, dict[str, Any]]]:
    of_organiser = by_key((meeting.organiser, meeting) for meeting in meetings)
    for (organiser, _), recordings in answers.items():
        for recording in recordings or ():
            yield from _entry(of_meeting(recording), of_organiser[organiser])


def _from_drives(
    folders: Mapping[str, Sequence[dict[str, Any]]], meetings: Sequence[Meeting]
) -> Iterator[tuple[str, dict[str, Any]]]:
    of_owner = by_key((meeting.drive_owner, meeting) for meeting in meetings)
    for owner, items in folders.items():
        for item in items:
            yield from _entry(of_drive(item), of_owner[owner])


def _entry(seen: Seen | None, meetings: Sequence[Meeting]) -> Iterator[tuple[str, dict[str, Any]]]:
    if seen and (found := call_of(seen, meetings)):
        meeting, matched_by = found
        body = {"call": meeting.call_id, "recording": seen.id, "started_at": iso(seen.started_at)}
        yield seen.id, {**body, "matched_by": matched_by, "source": seen.source, "organiser": meeting.organiser}
