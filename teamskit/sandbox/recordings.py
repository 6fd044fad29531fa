"""Meetings with their recordings; the files lie in drives.

Source: Graph v1.0 onlinemeeting-get, callrecording-get, read 2026-11-25.
"""

from __future__ import annotations

import json
import re
from typing import Any

from teamskit.sandbox.clock import read_number
from teamskit.sandbox.drive_store import find_of_call
from teamskit.sandbox.online_meetings import is_found, is_standalone
from teamskit.sandbox.query import CONTEXT, kept, page, selected
from teamskit.sandbox.request import Answer, Refusal, Stretch, Visit, bad_request, not_found
from teamskit.sandbox.routing import Route
from teamskit.sandbox.users import find_user

_BY_URL = re.compile(r"\s*JoinWebUrl eq '([^']+)'\s*", re.IGNORECASE)


def need_organiser(visit: Visit) -> str:
    """Give the id of the path's account; refuses (403) where no application access policy covers it, and (404)."""
    if not read_number(visit.db, "flag:application_access_policy"):
        raise Refusal(403, "Forbidden", "No application access policy found for this app")
    user = find_user(visit.db, visit.args[0])
    if user is None:
        raise not_found("The user was not found.")
    return str(user["id"])


def _meetings(visit: Visit) -> Answer:
    uid = need_organiser(visit)
    if "$filter" not in visit.request.query:
        raise bad_request("Meetings can only be asked for with a filter on their join address.", "BadRequest")
    # Read a term of meetings only where the one that is asked for is not known by its address as it stands.
    named = _BY_URL.fullmatch(visit.request.query["$filter"])
    exact = "SELECT doc FROM meetings WHERE organiser = ? AND url = ?"
    rows = visit.db.execute(exact, (uid, named.group(1))).fetchall() if named else []
    rows = rows or visit.db.execute("SELECT doc FROM meetings WHERE organiser = ?", (uid,)).fetchall()
    found = kept(visit, [json.loads(doc) for (doc,) in rows])
    found = [one for one in found if is_found(visit.db, uid, one["id"], visit.now)]
    return page(visit, found, f"users('{uid}')/onlineMeetings")


def need_meeting(visit: Visit) -> tuple[str, dict[str, Any]]:
    """Give the organiser's id and the meeting of the path; refuses (403, 404) what cannot be shown."""
    uid = need_organiser(visit)
    row = visit.db.execute("SELECT doc FROM meetings WHERE organiser = ? AND id = ?", (uid, visit.args[1])).fetchone()
    if row is None:
        raise not_found("The meeting was not found.")
    return uid, json.loads(row[0])


def _meeting(visit: Visit) -> Answer:
    uid, meeting = need_meeting(visit)
    context = CONTEXT + f"users('{uid}')/onlineMeetings/$entity"
    return Answer(200, {"@odata.context": context, **selected(meeting, visit)})


def _recordings(visit: Visit) -> Answer:
    uid, meeting = need_meeting(visit)
    if is_standalone(visit.db, uid, meeting["id"]):
        raise not_found("A meeting without a calendar event has no recordings here.")
    text = "SELECT doc FROM recordings WHERE meeting = ? AND visible <= ? ORDER BY visible, id"
    rows = visit.db.execute(text, (meeting["id"], visit.now)).fetchall()
    return page(visit, [json.loads(doc) for (doc,) in rows], "Collection(callRecording)")


def _recording(visit: Visit) -> Answer:
    _uid, meeting = need_meeting(visit)
    text = "SELECT doc FROM recordings WHERE meeting = ? AND id = ? AND visible <= ?"
    row = visit.db.execute(text, (meeting["id"], visit.args[2], visit.now)).fetchone()
    if row is None:
        raise not_found("The recording was not found.")
    return Answer(200, {"@odata.context": CONTEXT + "callRecording/$entity", **selected(json.loads(row[0]), visit)})


def _content(visit: Visit) -> Answer:
    _uid, meeting = need_meeting(visit)
    text = "SELECT call FROM recordings WHERE meeting = ? AND id = ? AND visible <= ?"
    row = visit.db.execute(text, (meeting["id"], visit.args[2], visit.now)).fetchone()
    item = find_of_call(visit, row[0]) if row else None
    if item is None:
        raise not_found("The recording was not found.")
    return Answer(200, None, {"Content-Type": "video/mp4"}, Stretch(item.content, item.size, 0, item.size))


def _everything(visit: Visit) -> Answer:
    uid = need_organiser(visit)
    asked = dict(part.partition("=")[::2] for part in visit.args[1].split(","))
    if asked.get("meetingOrganizerUserId", "").strip("'").lower() != uid:
        raise bad_request("All recordings can only be asked for with meetingOrganizerUserId.", "BadRequest")
    text = (
        "SELECT DISTINCT recordings.doc FROM recordings JOIN meetings ON meetings.id = meeting AND organiser = ? "
        "WHERE recordings.visible <= ? AND meetings.url NOT LIKE '%40thread.tacv2%' ORDER BY visible, recordings.id"
    )
    docs = [json.loads(doc) for (doc,) in visit.db.execute(text, (uid, visit.now)).fetchall()]
    first, last = (asked.get(name) for name in ("startDateTime", "endDateTime"))
    found = [
        doc
        for doc in docs
        if (not first or doc["createdDateTime"] >= first) and (not last or doc["createdDateTime"] <= last)
    ]
    return page(visit, found, "Collection(callRecording)")


ROUTES = [
    Route("GET", "/users/{id}/onlineMeetings", _meetings),
    Route("GET", "/users/{id}/onlineMeetings/getAllRecordings({args})", _everything),
    Route("GET", "/users/{id}/onlineMeetings/{meeting}", _meeting),
    Route("GET", "/users/{id}/onlineMeetings/{meeting}/recordings", _recordings),
    Route("GET", "/users/{id}/onlineMeetings/{meeting}/recordings/{recording}", _recording),
    Route("GET", "/users/{id}/onlineMeetings/{meeting}/recordings/{recording}/content", _content),
]
