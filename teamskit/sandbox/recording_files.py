"""What a recorded call leaves: its callRecording, and the file in a drive with the day on which it expires.

The word of a scenario says what becomes of the file: it is kept; `deleted`, thrown away an hour after it came;
`expiring`, expires a day after the clock stops when all is played; `shared` by a link for anybody an hour after it
came; `opened` by a guest from outside who was given the right to.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from teamskit.sandbox.clock import DAY, HOUR, SECOND, to_datetime, to_text
from teamskit.sandbox.drive_store import Drive, Item, find_drive, put_item, state_of
from teamskit.sandbox.item_rights import open_from_outside, recycle, share_with_anybody
from teamskit.sandbox.policy_store import GLOBAL, effective_policy, policies_of
from teamskit.sandbox.request import GRAPH_ROOT, Facts, made_id
from teamskit.sandbox.teams import GENERAL, drive_id

if TYPE_CHECKING:
    from teamskit.sandbox.play import Played

NONE, KEPT, DELETED, EXPIRING, SHARED, OPENED = "none", "kept", "deleted", "expiring", "shared", "opened"
WORDS = (NONE, KEPT, DELETED, EXPIRING, SHARED, OPENED)
_MINUTE = 60 * SECOND
_FILE_AFTER_US = 10 * _MINUTE
_BYTES_A_SECOND = 1000
_DEFAULT_DAYS = 120
_MEETING = "TeamsMeetingPolicy"
FOLDER = "Recordings"
_HALF_SAVED = "tmp_"
_OUTSIDER = "somebody@elsewhere.example"

_BEFALL: dict[str, Callable[[sqlite3.Connection, Facts, int, Drive, Item], None]] = {
    DELETED: recycle,
    SHARED: share_with_anybody,
    OPENED: partial(open_from_outside, email=_OUTSIDER),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold what a scenario says about a call's recording; times in microseconds, None for what it does not say."""

    word: str = NONE
    comes_at: int | None = None
    in_drive_of: str | None = None
    size: int | None = None
    expires_at: int | None = None
    name: str | None = None


class RecordingFiles:
    """Writes the recordings of the calls of one play."""

    def __init__(self, db: sqlite3.Connection, facts: Facts) -> None:
        """Write into this store, inside the transaction that is open."""
        self._db, self._facts = db, facts
        self._expiring: list[str] = []
        policies = policies_of(db, _MEETING)
        self._rules = {policy.id: policy.settings for policy in policies}
        self._global = next(policy.id for policy in policies if policy.name == GLOBAL)

    def forget(self, call: str) -> None:
        """Take back what an earlier version of a call left."""
        mine = "IN (SELECT id FROM drive_items WHERE call = ?)"
        self._db.execute(f"DELETE FROM item_rights WHERE item {mine}", (call,))  # noqa: S608  a text of our own
        self._db.execute(f"DELETE FROM audit WHERE item {mine}", (call,))  # noqa: S608  a text of our own
        self._db.execute("DELETE FROM drive_items WHERE call = ?", (call,))
        self._db.execute("DELETE FROM recordings WHERE call = ?", (call,))

    def put(self, call: Played) -> None:
        """Write what a recorded call leaves: nothing where the drive is full or there is none."""
        visible = call.recording.comes_at or call.end + _FILE_AFTER_US
        item = self._item(call, visible)
        left = state_of(self._db, item.drive)
        if left is not None and left < item.size:
            return
        if call.join_url and not item.name.startswith(_HALF_SAVED):
            doc = _recording(call)
            row = (doc["id"], call.meeting_id, call.id, visible, json.dumps(doc))
            self._db.execute("INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?)", row)
        put_item(self._db, item)
        self._befall(call.recording.word, item)
        if call.recording.word == EXPIRING and call.recording.expires_at is None:
            self._expiring.append(item.id)

    def _befall(self, word: str, item: Item) -> None:
        """Let happen to a file what its word says, an hour after it came."""
        drive = find_drive(self._db, self._facts, item.drive) if word in _BEFALL else None
        if drive is not None:
            _BEFALL[word](self._db, self._facts, item.visible + HOUR, drive, item)

    def finish(self, stands: int) -> None:
        """Let what is `expiring` expire a day after `stands`, where the clock stops when all is played."""
        text = "UPDATE drive_items SET expires = ? WHERE id = ?"
        self._db.executemany(text, [(stands + DAY, key) for key in self._expiring])

    def _item(self, call: Played, visible: int) -> Item:
        wish, begun = call.recording, call.start + _MINUTE
        kind, owner = ("groups", call.group) if call.group else ("users", wish.in_drive_of or call.organiser.id)
        by = call.organiser.shown
        author = {
            "id": wish.in_drive_of or by["id"],
            "displayName": None if wish.in_drive_of else by.get("displayName"),
        }
        key = made_id("item", call.id).replace("-", "").upper()
        return Item(
            seq=0,
            id="01" + key,
            drive=drive_id(kind, str(owner)),
            folder=f"{GENERAL}/{FOLDER}" if call.group else FOLDER,
            name=wish.name or f"Meeting-{to_datetime(begun):%Y%m%d_%H%M%S}-Meeting Recording.mp4",
            size=wish.size or _BYTES_A_SECOND * max(1, (call.end - begun) // SECOND),
            content=key,
            hash=None,
            call=call.id,
            begun=begun,
            modified=call.end + _FILE_AFTER_US,
            visible=visible,
            expires=wish.expires_at or self._expires(call.organiser.id, visible),
            gone=visible + HOUR if wish.word == DELETED else None,
            author=json.dumps(author),
            invited=call.invited,
        )

    def _expires(self, organiser: str, comes: int) -> int | None:
        """Give when a file expires that comes now: by the policy that is in effect for the organiser at that time."""
        policy = effective_policy(self._db, comes, organiser, _MEETING)
        settings = {**self._rules[self._global], **self._rules.get(policy or "", {})}
        days = settings.get("NewMeetingRecordingExpirationDays", _DEFAULT_DAYS)
        return None if days < 0 else comes + days * DAY


def _recording(call: Played) -> dict[str, Any]:
    key = base64.urlsafe_b64encode(f"recording*{call.id}".encode()).decode("ascii")
    place = f"{GRAPH_ROOT}/users/{call.organiser.id}/onlineMeetings/{call.meeting_id}/recordings/{key}/content"
    return {
        "@odata.type": "#microsoft.graph.callRecording",
        "id": key,
        "meetingId": call.meeting_id,
        "callId": call.id,
        "createdDateTime": to_text(call.start + _MINUTE),
        "endDateTime": to_text(call.end),
        "contentCorrelationId": made_id("content", call.id),
        "recordingContentUrl": place,
        "meetingOrganizer": {"application": None, "device": None, "user": call.organiser.shown},
    }
