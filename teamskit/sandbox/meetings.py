"""`/users/{id}/onlineMeetings`: meetings made without a calendar event, and the options of every meeting changed.

Source: Graph v1.0 onlinemeeting-update and application-post-onlinemeetings, graph-examples of 2026-11-25. Not stated
anywhere, so chosen here: a channel's meeting is refused with 403, and a property that the type has and the table of
the update lacks is left as it was, or refused with 400 while the flag `meeting_name_refused` is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from teamskit.sandbox.clock import from_text, read_number, to_text
from teamskit.sandbox.online_meetings import held_in, mark_meeting, new_meeting, save_meeting
from teamskit.sandbox.query import CONTEXT
from teamskit.sandbox.recordings import need_meeting, need_organiser
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, object_body
from teamskit.sandbox.routing import Route
from teamskit.sandbox.schema import GRAPH, check_object
from teamskit.sandbox.users import find_user

_TYPE = GRAPH + "onlineMeeting"
_UPDATED = frozenset(
    {
        "allowAttendeeToEnableCamera",
        "allowAttendeeToEnableMic",
        "allowBreakoutRooms",
        "allowCopyingAndSharingMeetingContent",
        "allowLiveShare",
        "allowMeetingChat",
        "allowPowerPointSharing",
        "allowRecording",
        "allowTeamworkReactions",
        "allowTranscription",
        "allowWhiteboard",
        "allowedLobbyAdmitters",
        "allowedPresenters",
        "anonymizeIdentityForRoles",
        "endDateTime",
        "isEndToEndEncryptionEnabled",
        "isEntryExitAnnounced",
        "lobbyBypassSettings",
        "meetingSpokenLanguageTag",
        "participants",
        "recordAutomatically",
        "sensitivityLabelAssignment",
        "startDateTime",
        "subject",
        "watermarkProtection",
    }
)
_IN_PARTS = ("lobbyBypassSettings", "watermarkProtection")
_NAME = "allowParticipantsToChangeName"
_ROLES = "anonymizeIdentityForRoles"


def _refuse(message: str) -> Refusal:
    return bad_request(message, "BadRequest")


def _checked(visit: Visit) -> dict[str, Any]:
    """Give the body where it holds to the schema and to what can be set at all."""
    body = object_body(visit)
    check_object({name: value for name, value in body.items() if name != _ROLES}, _TYPE, code="BadRequest")
    if not set(body.get(_ROLES) or ()) <= {"attendee"}:
        raise _refuse(f"'{_ROLES}' takes 'attendee' only.")
    if body.get("recordAutomatically") is None and "recordAutomatically" in body:
        raise _refuse("'recordAutomatically' cannot be null.")
    values = [body.get(name) for name in ("allowMeetingChat", "allowedPresenters", "allowedLobbyAdmitters")]
    if "unknownFutureValue" in [*values, (body.get("lobbyBypassSettings") or {}).get("scope")]:
        raise _refuse("'unknownFutureValue' cannot be set.")
    return body


def _span(body: Mapping[str, Any]) -> tuple[int, int] | None:
    said = [body[name] for name in ("startDateTime", "endDateTime") if body.get(name)]
    if not said:
        return None
    if len(said) == 1:
        raise _refuse("startDateTime and endDateTime have to come together.")
    start, end = (from_text(one) for one in said)
    if end < start:
        raise _refuse("The meeting ends before it begins.")
    return start, end


def _merged(meeting: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    new = {name: value for name, value in body.items() if name in _UPDATED and "@" not in name}
    for name in _IN_PARTS:
        if new.get(name) is not None:
            new[name] = {**(meeting.get(name) or {}), **new[name]}
    if "participants" in new:
        new["participants"] = _participants(meeting, new["participants"] or {})
    if set(meeting.get(_ROLES) or ()) - set(new.get(_ROLES, meeting.get(_ROLES)) or ()):
        raise _refuse("'attendee' cannot be taken away again.")
    span = _span(body)
    if span:
        new |= {"startDateTime": to_text(span[0]), "endDateTime": to_text(span[1])}
    if body.get("allowedPresenters") == "roleIsPresenter" and not _has_presenter(body):
        raise _refuse("roleIsPresenter needs the list of attendees with a presenter among them.")
    return {**meeting, **new}


def _has_presenter(body: Mapping[str, Any]) -> bool:
    attendees = (body.get("participants") or {}).get("attendees") or ()
    return any(one.get("role") == "presenter" for one in attendees)


def _participants(meeting: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    organiser = meeting["participants"]["organizer"]
    asked = (said.get("organizer") or {}).get("identity", {}).get("user", {}).get("id")
    if asked not in (None, organiser["identity"]["user"]["id"]):
        raise _refuse("The organizer of a meeting cannot be changed.")
    return {"organizer": organiser, "attendees": said.get("attendees", meeting["participants"]["attendees"]) or []}


def _answer(uid: str, meeting: Mapping[str, Any], status: int) -> Answer:
    return Answer(status, {"@odata.context": f"{CONTEXT}users('{uid}')/onlineMeetings/$entity", **meeting})


def _create(visit: Visit) -> Answer:
    uid = need_organiser(visit)
    body = _checked(visit)
    span = _span(body)
    if span is None or not body.get("subject"):
        raise _refuse("A meeting needs subject, startDateTime and endDateTime.")
    user = find_user(visit.db, uid)
    if user is None:
        raise _refuse("The user was not found.")
    count = visit.db.execute("SELECT count(*) FROM meetings WHERE organiser = ?", (uid,)).fetchone()[0]
    meeting = new_meeting(visit, user, span, mark=f"{uid}|{visit.now}|{count}", subject=body["subject"])
    meeting = _merged(meeting, body)
    save_meeting(visit.db, uid, meeting)
    mark_meeting(visit.db, uid, meeting["id"], standalone=True, records_from=_records_from(visit, meeting, None))
    return _answer(uid, meeting, 201)


def _records_from(visit: Visit, meeting: Mapping[str, Any], before: int | None) -> int | None:
    if not meeting.get("recordAutomatically"):
        return None
    return visit.now if before is None else before


def _change(visit: Visit) -> Answer:
    uid, meeting = need_meeting(visit)
    if "@thread.tacv2" in meeting["chatInfo"]["threadId"]:
        raise Refusal(403, "Forbidden", "The options of a channel meeting cannot be changed by this API.")
    body = _checked(visit)
    if "joinMeetingIdSettings" in body:
        raise _refuse("joinMeetingIdSettings cannot be changed.")
    if _NAME in body and read_number(visit.db, "flag:meeting_name_refused"):
        raise _refuse(f"The property '{_NAME}' cannot be updated.")
    changed = _merged(meeting, body)
    held = held_in(visit.db, uid, meeting["joinWebUrl"])
    since = _records_from(visit, changed, held.records_from if held else None)
    save_meeting(visit.db, uid, changed)
    mark_meeting(visit.db, uid, meeting["id"], records_from=since)
    return _answer(uid, changed, 200)


def _delete(visit: Visit) -> Answer:
    uid, meeting = need_meeting(visit)
    visit.db.execute("DELETE FROM meetings WHERE organiser = ? AND id = ?", (uid, meeting["id"]))
    return Answer(204)


_PLACE = "/users/{id}/onlineMeetings"
ROUTES = [
    Route("POST", _PLACE, _create),
    Route("PATCH", _PLACE + "/{meeting}", _change),
    Route("DELETE", _PLACE + "/{meeting}", _delete),
]
