"""Put calls that took place into the tenant: call records, meetings, recordings and their files.

A call of a group is a meeting in its team's General channel. Playing a call's id again revises its record; with
`revised_at` the revision shows from that moment on. `sessions` false leaves the sessions out of the record, `event`
makes it a town hall, `invited` is the group that its calendar event invites; `lesson` lets it take place in the meeting
of an event that the organiser's calendar holds already. What is said about its recording is read in `recording_files`:
`recording`, `recording_at`, `recorded_by`, `size_bytes`, `expires_at`, `file_name`.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.attendance import put_attendance
from teamskit.sandbox.calendar_play import find_lesson, put_invitation
from teamskit.sandbox.clock import HOUR, SECOND, from_text, to_text
from teamskit.sandbox.event_store import forget_events
from teamskit.sandbox.identities import Identity, identity_of
from teamskit.sandbox.online_meetings import Held, join_url, may_record
from teamskit.sandbox.recording_files import KEPT, NONE, WORDS, RecordingFiles, Wish
from teamskit.sandbox.request import GRAPH_ROOT, Facts, made_id
from teamskit.sandbox.team_store import thread_of

_MINUTE = 60 * SECOND
RECORD_AFTER_US = 15 * _MINUTE
STANDS_AFTER_US = 25 * HOUR
"""How long after the end of its last call the clock stands when a play is over."""
_CHANGED_AFTER_US = 20 * _MINUTE
_MODALITY = {"audio": "audio", "video": "video", "screen": "videoBasedScreenSharing"}
_TYPES = ("groupCall", "peerToPeer", "unknown")
_SERVICE = {
    "@odata.type": "#microsoft.graph.callRecords.serviceEndpoint",
    "userAgent": {
        "@odata.type": "#microsoft.graph.callRecords.serviceUserAgent",
        "headerValue": None,
        "applicationVersion": None,
        "role": "mediaController",
    },
}


@dataclass(frozen=True, slots=True)
class Played:
    """Hold one call being played; times in microseconds."""

    id: str
    type: str
    start: int
    end: int
    group: str | None
    organiser: Identity
    people: tuple[tuple[Identity, tuple[tuple[int, int], ...]], ...]
    used: tuple[tuple[str, ...], ...]
    recording: Wish
    facts: Facts
    has_sessions: bool = True
    is_event: bool = False
    revised_at: int | None = None
    invited: str | None = None
    lesson: Held | None = None

    @property
    def thread(self) -> str:
        """Give the meeting's thread: that of its calendar event, the General channel's, or one of its own."""
        if self.lesson:
            return self.lesson.thread
        if self.group:
            return thread_of(self.group)
        mark = base64.urlsafe_b64encode(self.id.encode("utf-8")).decode("ascii").rstrip("=")
        return f"19:meeting_{mark}@thread.v2"

    @property
    def join_url(self) -> str | None:
        """Give the meeting's join address, written as Teams does (lower-case escapes); None for a call of two."""
        if self.type == "peerToPeer":
            return None
        if self.lesson:
            return self.lesson.url
        event = "%2c%22IsBroadcastMeeting%22%3atrue" if self.is_event else ""
        return join_url(self.facts.tenant_id, self.organiser.id, self.thread, self.message, event)

    @property
    def message(self) -> int:
        """Give the message of the channel that announced the meeting; 0 for one that is in no channel."""
        return self.start // 1000 if self.group else 0

    @property
    def meeting_id(self) -> str:
        """Give the opaque id of the online meeting."""
        if self.lesson:
            return self.lesson.id
        text = f"1*{self.organiser.id}*{self.message}**{self.thread}"
        return base64.urlsafe_b64encode(text.encode()).decode("ascii")


def play_calls(db: sqlite3.Connection, facts: Facts, calls: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Write the records of these resolved calls, one by one; give how many, and the end of the last in microseconds.

    The end is 0 when there is none. Raises ValueError, naming the call, when one cannot be played; then nothing is
    written if the caller undoes it.
    """
    last = count = 0
    accounts: dict[str, Identity] = {}
    files = RecordingFiles(db, facts)
    for call in calls:
        try:
            played = _played(db, facts, call, accounts)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"call {call.get('id')}: {error}") from error
        _write(db, played, files)
        count, last = count + 1, max(last, played.end)
    files.finish(last + STANDS_AFTER_US)
    return count, last


def _identity(db: sqlite3.Connection, facts: Facts, person: dict[str, Any], accounts: dict[str, Identity]) -> Identity:
    account = person.get("account")
    if account is None:
        return identity_of(db, facts, person)
    # The same few hundred accounts take part in thousands of calls.
    if account not in accounts:
        accounts[account] = identity_of(db, facts, person)
    return accounts[account]


def _played(db: sqlite3.Connection, facts: Facts, call: dict[str, Any], accounts: dict[str, Identity]) -> Played:
    if call["type"] not in _TYPES:
        raise ValueError(f"the type '{call['type']}' is not known")
    group = call.get("group")
    if group and not db.execute("SELECT 1 FROM teams WHERE id = ?", (group,)).fetchone():
        raise ValueError(f"group {group} has no team")
    people = tuple(
        (
            _identity(db, facts, person, accounts),
            tuple((from_text(begin), from_text(until)) for begin, until in person["intervals"]),
        )
        for person in call["people"]
    )
    organiser = _identity(db, facts, call["organiser"], accounts)
    span = (from_text(call["start"]), from_text(call["end"]))
    lesson = find_lesson(db, organiser.id, span, call["lesson"], call.get("invited")) if call.get("lesson") else None
    return Played(
        id=str(call["id"]).lower(),
        type=call["type"],
        start=span[0],
        end=span[1],
        group=lesson.team if lesson else group,
        organiser=organiser,
        people=people,
        used=tuple(_used(person, call["type"]) for person in call["people"]),
        recording=_wish(db, facts, call, accounts, _by_itself(db, organiser.id, span[0], lesson)),
        facts=facts,
        has_sessions=call.get("sessions", True),
        is_event=call.get("event", False),
        revised_at=_moment(call.get("revised_at")),
        invited=call.get("invited"),
        lesson=lesson,
    )


def _by_itself(db: sqlite3.Connection, organiser: str, start: int, lesson: Held | None) -> str:
    """Say whether a call is recorded of which the scenario says nothing: as the meeting of its event is set.

    What is set in a running meeting comes too late, and nothing is recorded where the organiser may not.
    """
    if lesson is None or lesson.records_from is None or lesson.records_from > start:
        return NONE
    return KEPT if lesson.allows_it and may_record(db, organiser, start) else NONE


def _wish(
    db: sqlite3.Connection, facts: Facts, call: dict[str, Any], accounts: dict[str, Identity], unsaid: str
) -> Wish:
    word, size, by = call.get("recording", unsaid), call.get("size_bytes"), call.get("recorded_by")
    if word not in WORDS:
        raise ValueError(f"a recording is {', '.join(WORDS)}, not {word!r}")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        raise ValueError("size_bytes is a whole number from 1")
    return Wish(
        word,
        _moment(call.get("recording_at")),
        _identity(db, facts, by, accounts).id if by else None,
        size,
        _moment(call.get("expires_at")),
        call.get("file_name"),
    )


def _moment(text: str | None) -> int | None:
    return from_text(text) if text else None


def _used(person: dict[str, Any], kind: str) -> tuple[str, ...]:
    """Give the modalities of what a person used: audio, video and screen are words of a scenario."""
    used = person.get("used", ["audio"] if kind == "peerToPeer" else ["audio", "video"])
    unknown = next((one for one in used if one not in _MODALITY), None)
    if unknown is not None:
        raise ValueError(f"nobody uses {unknown}: {', '.join(_MODALITY)}")
    return tuple(_MODALITY[one] for one in _MODALITY if one in used)


def _write(db: sqlite3.Connection, call: Played, files: RecordingFiles) -> None:
    text = "SELECT version, doc FROM call_versions WHERE id = ? ORDER BY version DESC"
    row = db.execute(text, (call.id,)).fetchone()
    version = row[0] + 1 if row else 1
    changed = call.revised_at or call.end + _CHANGED_AFTER_US
    if row and not call.revised_at:
        changed = max(changed, from_text(json.loads(row[1])["lastModifiedDateTime"]) + _CHANGED_AFTER_US)
    participants = [identity.participant() for identity, _intervals in call.people]
    sessions = _sessions(call) if call.has_sessions else []
    db.execute(
        "INSERT INTO call_versions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            call.id,
            version,
            call.start,
            call.revised_at or call.end + RECORD_AFTER_US,
            json.dumps(_record(call, version, changed)),
            json.dumps(participants, separators=(",", ":")),
            json.dumps(sessions, separators=(",", ":")),
        ),
    )
    if row:
        files.forget(call.id)
        db.execute("DELETE FROM attendance WHERE call = ?", (call.id,))
        forget_events(db, call.id)
    _write_beside(db, call)
    if call.recording.word != NONE:
        files.put(call)


def _write_beside(db: sqlite3.Connection, call: Played) -> None:
    if call.join_url:
        _write_meeting(db, call)
        put_attendance(db, call.id, call.meeting_id, (call.start, call.end), _present(call))
    if call.join_url and call.invited and not call.lesson:
        put_invitation(db, call.facts, call.id, call.organiser, call.join_url, (call.start, call.end), call.invited)


def _present(call: Played) -> list[tuple[Identity, str, list[tuple[int, int]]]]:
    return [
        (identity, "Organizer" if identity.id == call.organiser.id else "Attendee", list(intervals))
        for identity, intervals in call.people
        if identity.kind != "phone"
    ]


def _record(call: Played, version: int, changed: int) -> dict[str, Any]:
    place = f"{GRAPH_ROOT}/$metadata#communications/callRecords('{call.id}')/organizer_v2/$entity"
    return {
        "id": call.id,
        "version": version,
        "type": call.type,
        "modalities": _modalities(call),
        "lastModifiedDateTime": to_text(changed),
        "startDateTime": to_text(call.start),
        "endDateTime": to_text(call.end),
        "joinWebUrl": call.join_url,
        "organizer_v2@odata.context": place,
        "organizer_v2": call.organiser.participant(),
    }


def _modalities(call: Played) -> list[str]:
    return [one for one in _MODALITY.values() if any(one in used for used in call.used)]


def _sessions(call: Played) -> list[dict[str, Any]]:
    found = []
    ends = {identity.id: identity.endpoint() for identity, _intervals in call.people}
    caller = ends.get(call.organiser.id, call.organiser.endpoint())
    as_one = call.type == "peerToPeer" and len({tuple(intervals) for _identity, intervals in call.people}) == 1
    asker = next(
        (used for (one, _), used in zip(call.people, call.used, strict=True) if one.id == call.organiser.id), ()
    )
    for (identity, intervals), used in zip(call.people, call.used, strict=True):
        if as_one and identity.id == call.organiser.id:
            continue
        # A meeting's sessions run between a person and the service, a call of two between its two ends. Two who were
        # there at different times were put through by the service, so each has sessions of his own.
        pair = (caller, ends[identity.id]) if as_one else (ends[identity.id], _SERVICE)
        # What the service sends back is whatever the others of a meeting sent.
        sent = (asker, used) if as_one else (used, tuple(_modalities(call)))
        for number, (begin, until) in enumerate(intervals):
            key = made_id("session", call.id, identity.id, str(number))
            found.append(_session(key, (begin, until), pair, sent))
    return sorted(found, key=lambda session: (session["startDateTime"], session["id"]))


def _session(
    key: str,
    times: tuple[int, int],
    pair: tuple[dict[str, Any], dict[str, Any]],
    sent: tuple[tuple[str, ...], tuple[str, ...]],
) -> dict[str, Any]:
    # Its one segment repeats all of it, so the segment is made, of what each end sent, when it is asked for.
    return {
        "id": key,
        "modalities": [one for one in _MODALITY.values() if one in sent[0] or one in sent[1]],
        "startDateTime": to_text(times[0]),
        "endDateTime": to_text(times[1]),
        "isTest": False,
        "caller": pair[0],
        "callee": pair[1],
        "failureInfo": None,
        "sent": {"callerToCallee": list(sent[0]), "calleeToCaller": list(sent[1])},
    }


def _write_meeting(db: sqlite3.Connection, call: Played) -> None:
    if call.lesson:
        return
    organiser = {"upn": call.organiser.shown.get("userPrincipalName"), "role": "presenter"}
    doc = {
        "id": call.meeting_id,
        "creationDateTime": to_text(call.start),
        "startDateTime": to_text(call.start),
        "endDateTime": to_text(call.end),
        "subject": None,
        "isBroadcast": call.is_event,
        "joinWebUrl": call.join_url,
        "participants": {"organizer": {**organiser, "identity": {"user": call.organiser.shown}}, "attendees": []},
        "chatInfo": {"threadId": call.thread, "messageId": "0", "replyChainMessageId": None},
        "audioConferencing": None,
    }
    db.execute(
        "INSERT OR REPLACE INTO meetings VALUES (?, ?, ?, ?)",
        (call.meeting_id, call.organiser.id, call.join_url, json.dumps(doc)),
    )
