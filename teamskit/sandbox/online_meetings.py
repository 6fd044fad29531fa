"""Online meetings themselves: made, with the options of the organiser's meeting policy, and changed.

Source: Graph v1.0 onlinemeeting-update and application-post-onlinemeetings, graph-examples of 2026-11-25. Which policy
setting decides which option is said by the cmdlet reference of Set-CsTeamsMeetingPolicy; an option that no setting
decides begins as the meeting resource says, or as Teams shows it where that says nothing.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.clock import DAY, SECOND, from_text, read_number, to_text
from teamskit.sandbox.policy_store import GLOBAL, effective_policies, policies_of
from teamskit.sandbox.request import Visit, made_id

POLICY = "TeamsMeetingPolicy"
MEETING_SHOWS_US, MEETING_FOUND_US = 8 * SECOND, 20 * SECOND
"""While the flag `meetings_late` is set: when a new event tells its join address, and when its meeting is found."""
_KEPT_US = 60 * DAY
_SCOPES = {
    "EveryoneInCompany": "organization",
    "EveryoneInSameAndFederatedCompany": "organizationAndFederated",
    "Everyone": "everyone",
    "OrganizerOnly": "organizer",
    "EveryoneInCompanyExcludingGuests": "organizationExcludingGuests",
    "InvitedUsers": "invited",
}
_PRESENTERS = {
    "EveryoneUserOverride": "everyone",
    "EveryoneInCompanyUserOverride": "organization",
    "EveryoneInSameAndFederatedCompanyUserOverride": "organization",
    "OrganizerOnlyUserOverride": "organizer",
}
_OPTIONS: dict[str, Any] = {
    "allowAttendeeToEnableCamera": True,
    "allowAttendeeToEnableMic": True,
    "allowBreakoutRooms": True,
    "allowCopyingAndSharingMeetingContent": True,
    "allowLiveShare": "enabled",
    "allowParticipantsToChangeName": False,
    "allowPowerPointSharing": True,
    "allowRecording": True,
    "allowTeamworkReactions": True,
    "allowTranscription": True,
    "allowWhiteboard": True,
    "allowedLobbyAdmitters": "organizerAndCoOrganizersAndPresenters",
    "isEndToEndEncryptionEnabled": False,
    "isEntryExitAnnounced": True,
    "recordAutomatically": False,
    "shareMeetingChatHistoryDefault": "none",
    "watermarkProtection": {"isEnabledForContentSharing": False, "isEnabledForVideo": False},
}


@dataclass(frozen=True, slots=True)
class Held:
    """Hold what a call needs to know of the meeting it takes place in.

    `records_from` is since when it is set to record by itself, in microseconds; None when it is not. `allows_it` is
    whether anybody may record it, `team` the team in whose channel it is held.
    """

    id: str
    url: str
    thread: str
    records_from: int | None
    allows_it: bool
    team: str | None = None


def may_record(db: sqlite3.Connection, uid: str, now: int) -> bool:
    """Tell whether an organiser's meeting policy lets lessons be recorded; so it does where nothing is said."""
    return bool(meeting_settings(db, uid, now).get("AllowCloudRecording", True))


def meeting_settings(db: sqlite3.Connection, uid: str, now: int) -> dict[str, Any]:
    """Give the settings of the meeting policy in effect for an account."""
    held = effective_policies(db, now, uid).get(uid, {}).get(POLICY)
    known = policies_of(db, POLICY)
    mine = next((one for one in known if held and one.id == held[0]), None)
    return (mine or next(one for one in known if one.name == GLOBAL)).settings


def new_meeting(
    visit: Visit,
    user: Mapping[str, Any],
    span: tuple[int, int],
    *,
    mark: str,
    subject: str | None,
    channel: tuple[str, int] | None = None,
) -> dict[str, Any]:
    """Write a new meeting of this organiser and give it; `mark` makes its thread, a channel's is its own.

    `channel` is the channel's thread and the message that announces the meeting there.
    """
    uid = str(user["id"])
    thread, message = channel or (_thread_of(mark), 0)
    url = join_url(visit.facts.tenant_id, uid, thread, message)
    key = base64.urlsafe_b64encode(f"1*{uid}*{message}**{thread}".encode()).decode("ascii")
    shown = {"id": uid, "displayName": user["displayName"], "tenantId": visit.facts.tenant_id}
    doc = {
        "id": key,
        "creationDateTime": to_text(visit.now),
        "startDateTime": to_text(span[0]),
        "endDateTime": to_text(span[1]),
        "expiryDateTime": to_text(max(span[1], visit.now) + _KEPT_US),
        "subject": subject,
        "isBroadcast": False,
        "meetingType": "scheduled",
        "joinWebUrl": url,
        "meetingOptionsWebUrl": "https://teams.microsoft.com/meetingOptions/?organizerId=" + uid,
        "participants": {
            "organizer": {"upn": user["userPrincipalName"], "role": "presenter", "identity": {"user": shown}},
            "attendees": [],
        },
        "joinMeetingIdSettings": _joined_by(key),
        "chatInfo": {"threadId": thread, "messageId": str(message), "replyChainMessageId": None},
        "audioConferencing": None,
        **_first_options(meeting_settings(visit.db, uid, visit.now)),
    }
    save_meeting(visit.db, uid, doc)
    if read_number(visit.db, "flag:meetings_late"):
        found_at = visit.now + MEETING_FOUND_US
        visit.db.execute("INSERT OR REPLACE INTO meeting_marks VALUES (?, ?, 0, NULL, ?)", (uid, key, found_at))
    return doc


def _joined_by(key: str) -> dict[str, Any]:
    """Give the number and passcode by which a meeting is joined without its address."""
    number = str(int(made_id("meeting", key)[:8], 16)).zfill(12)
    return {"isPasscodeRequired": True, "joinMeetingId": number, "passcode": made_id("passcode", key)[:6]}


def join_url(tenant_id: str, uid: str, thread: str, message: int, more: str = "") -> str:
    """Give a join address as Teams writes it, with lower-case escapes."""
    place = thread.replace(":", "%3a").replace("@", "%40")
    context = f"%7b%22Tid%22%3a%22{tenant_id}%22%2c%22Oid%22%3a%22{uid}%22{more}%7d"
    return f"https://teams.microsoft.com/l/meetup-join/{place}/{message}?context={context}"


def _thread_of(mark: str) -> str:
    text = base64.urlsafe_b64encode(made_id("thread", mark).encode("ascii")).decode("ascii").rstrip("=")
    return f"19:meeting_{text}@thread.v2"


def _first_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_OPTIONS,
        "allowRecording": settings.get("AllowCloudRecording", True),
        "allowTranscription": settings.get("AllowTranscription", True),
        "allowMeetingChat": "disabled" if settings.get("MeetingChatEnabledType") == "Disabled" else "enabled",
        "allowedPresenters": _PRESENTERS.get(settings.get("DesignatedPresenterRoleMode", ""), "everyone"),
        "lobbyBypassSettings": {
            "scope": _SCOPES.get(settings.get("AutoAdmittedUsers", ""), "organization"),
            "isDialInBypassEnabled": settings.get("AllowPSTNUsersToBypassLobby", False),
        },
    }


def save_meeting(db: sqlite3.Connection, uid: str, doc: Mapping[str, Any]) -> None:
    """Write a meeting, in place of the one of its id."""
    row = (doc["id"], uid, doc["joinWebUrl"], json.dumps(doc))
    db.execute("INSERT OR REPLACE INTO meetings VALUES (?, ?, ?, ?)", row)


def find_meeting(db: sqlite3.Connection, uid: str, url: str) -> dict[str, Any] | None:
    """Give the organiser's meeting of a join address."""
    row = db.execute("SELECT doc FROM meetings WHERE organiser = ? AND url = ?", (uid, url)).fetchone()
    return json.loads(row[0]) if row else None


def move_meeting(db: sqlite3.Connection, uid: str, url: str, span: tuple[int, int], subject: str) -> None:
    """Let a meeting follow its calendar event."""
    doc = find_meeting(db, uid, url)
    if doc is not None:
        times = {"startDateTime": to_text(span[0]), "endDateTime": to_text(span[1])}
        late = to_text(max(span[1], from_text(doc["creationDateTime"])) + _KEPT_US)
        save_meeting(db, uid, {**doc, **times, "expiryDateTime": late, "subject": subject})


def mark_meeting(
    db: sqlite3.Connection, uid: str, key: str, *, standalone: bool = False, records_from: int | None = None
) -> None:
    """Remember that a meeting has no calendar event, or since when it is set to record by itself."""
    db.execute(
        "INSERT INTO meeting_marks VALUES (?, ?, ?, ?, 0) ON CONFLICT(organiser, id) "
        "DO UPDATE SET standalone = max(standalone, excluded.standalone), records_from = excluded.records_from",
        (uid, key, int(standalone), records_from),
    )


def is_standalone(db: sqlite3.Connection, uid: str, key: str) -> bool:
    """Tell whether a meeting was made without a calendar event."""
    row = db.execute("SELECT standalone FROM meeting_marks WHERE organiser = ? AND id = ?", (uid, key)).fetchone()
    return bool(row and row[0])


def is_found(db: sqlite3.Connection, uid: str, key: str, now: int) -> bool:
    """Tell whether a meeting can be found already."""
    row = db.execute("SELECT shows FROM meeting_marks WHERE organiser = ? AND id = ?", (uid, key)).fetchone()
    return row is None or row[0] <= now


def held_in(db: sqlite3.Connection, uid: str, url: str) -> Held | None:
    """Give the meeting of a join address as a call needs it."""
    doc = find_meeting(db, uid, url)
    if doc is None:
        return None
    text = "SELECT records_from FROM meeting_marks WHERE organiser = ? AND id = ?"
    row = db.execute(text, (uid, doc["id"])).fetchone()
    allows_it = doc.get("allowRecording") is not False
    return Held(doc["id"], url, doc["chatInfo"]["threadId"], row[0] if row else None, allows_it)
