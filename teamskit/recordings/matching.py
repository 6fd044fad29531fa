"""Which call a recording is of. Pure.

Source: Graph v1.0 callRecording and driveItem, read 2026-11-25; a recording's file name carries when it began, in UTC.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from teamskit.clock import parse_iso

STARTED = re.compile(r"-(\d{8}_\d{6})(?:UTC)?-Meeting Recording")


@dataclass(frozen=True)
class Meeting:
    """A call, as the search for its recording needs it.

    `organiser` is an account id of our own tenant; `drive_owner` whose drive would hold the file: the class team's
    group for a meeting in a channel, else the organiser.
    """

    call_id: str
    organiser: str
    join_url: str
    start: datetime
    end: datetime
    drive_owner: str


@dataclass(frozen=True)
class Seen:
    """A recording as the tenant shows it; `call_id` where Microsoft says so, `source` is meeting or drive."""

    id: str
    call_id: str | None
    started_at: datetime
    source: str


def of_meeting(recording: dict[str, Any]) -> Seen:
    """Read a `callRecording`."""
    started_at = parse_iso(recording["createdDateTime"])
    return Seen(recording["id"], recording.get("callId"), started_at, "meeting")


def is_video(item: Mapping[str, Any]) -> bool:
    """Say whether a `driveItem` is a video."""
    return str((item.get("file") or {}).get("mimeType") or "").startswith("video/") or item["name"].endswith(".mp4")


def is_temporary(name: str) -> bool:
    """Say whether a file was saved by half: no recording bears such a name once it is whole."""
    return name.casefold().startswith(("tmp_", "~")) or name.casefold().endswith((".tmp", ".partial"))


def of_drive(item: dict[str, Any]) -> Seen | None:
    """Read a `driveItem` of a Recordings folder; None when it is no video, or one that was saved by half."""
    if not is_video(item) or is_temporary(item["name"]):
        return None
    named = STARTED.search(item["name"])
    if named:
        started_at = datetime.strptime(named[1], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    else:
        started_at = parse_iso(item["createdDateTime"])
    return Seen(item["id"], None, started_at, "drive")


def call_of(seen: Seen, meetings: Sequence[Meeting]) -> tuple[Meeting, str] | None:
    """Give the call a recording is of and how that is known, "callId" or "time".

    `meetings` are the calls of one organiser (or one drive). Without a `callId` of ours, it is the one call in whose
    time the recording began; two such calls, or none, give None.
    """
    by_id = {meeting.call_id: meeting for meeting in meetings}
    if seen.call_id in by_id:
        return by_id[seen.call_id], "callId"
    during = [meeting for meeting in meetings if meeting.start <= seen.started_at < meeting.end]
    return (during[0], "time") if len(during) == 1 else None


def by_key(pairs: Iterable[tuple[str, Meeting]]) -> dict[str, list[Meeting]]:
    """Gather meetings under a key, in order."""
    gathered: dict[str, list[Meeting]] = {}
    for key, meeting in pairs:
        gathered.setdefault(key, []).append(meeting)
    return gathered
