"""`/communications/callRecords`: the calls that were played, as Microsoft reports them.

A record is there from 15 minutes after the call's end until 30 days after its start, each later version of it from its
own moment; participants and sessions are in none of the list. Source: Graph v1.0 callrecords pages, read 2026-11-25.
"""

from __future__ import annotations

import json
import re
from typing import Any

from teamskit.sandbox.clock import DAY
from teamskit.sandbox.options import CALL_RECORDS, check_options
from teamskit.sandbox.query import CONTEXT, kept, next_link, page, selected
from teamskit.sandbox.request import Answer, Visit, bad_request, not_found
from teamskit.sandbox.routing import Route

_PARTICIPANTS, _SESSIONS, _RECORDS = 130, 60, 60
_EXPAND = re.compile(r"(participants_v2|sessions(\(\$expand=segments\))?)(,|$)")
_SEGMENT = ("id", "startDateTime", "endDateTime", "caller", "callee", "failureInfo")
_FILTERED = ("startDateTime", "participants_v2")
_LISTED = """SELECT doc, participants FROM call_versions AS one WHERE start > ? AND visible <= ?
  AND NOT EXISTS (SELECT 1 FROM call_versions AS later WHERE later.id = one.id AND later.version > one.version
  AND later.visible <= ?) ORDER BY start, id"""
_NEWEST = """SELECT doc, participants, sessions FROM call_versions WHERE id = ? AND start > ? AND visible <= ?
  ORDER BY version DESC"""
_LABELS = {"audio": "main-audio", "video": "main-video", "videoBasedScreenSharing": "applicationsharing-video"}
KEPT_US = 30 * DAY


def _list(visit: Visit) -> Answer:
    check_options(visit, CALL_RECORDS)
    since = visit.now - KEPT_US
    rows = visit.db.execute(_LISTED, (since, visit.now, visit.now)).fetchall()
    docs = [json.loads(doc) for doc, _participants in rows]
    if "participants_v2" in visit.request.query.get("$filter", ""):
        for doc, (_doc, participants) in zip(docs, rows, strict=True):
            doc["participants_v2"] = json.loads(participants)
    found = [
        {name: value for name, value in doc.items() if name != "participants_v2"}
        for doc in kept(visit, docs, _FILTERED)
    ]
    return page(visit, found, "communications/callRecords", size=_RECORDS)


def _row(visit: Visit) -> tuple[str, str, str]:
    row = visit.db.execute(_NEWEST, (visit.args[0].lower(), visit.now - KEPT_US, visit.now)).fetchone()
    if row is None:
        raise not_found("The call record does not exist, is not ready yet, or its call was more than 30 days ago.")
    return row[0], row[1], row[2]


def _expanded(visit: Visit) -> tuple[bool, bool, bool]:
    text = visit.request.query.get("$expand", "").replace(" ", "")
    if text and "".join(fit.group(0) for fit in _EXPAND.finditer(text)) != text:
        raise bad_request("Only participants_v2 and sessions($expand=segments) can be expanded.", "BadRequest")
    return "participants_v2" in text, "sessions" in text, "segments" in text


def _shown(sessions: list[dict[str, Any]], with_segments: bool) -> list[dict[str, Any]]:
    found = []
    for session in sessions:
        shown = {name: value for name, value in session.items() if name != "sent"}
        if with_segments:
            part = {name: session[name] for name in _SEGMENT}
            shown["segments"] = [{**part, "media": _media(session["sent"])}]
        found.append(shown)
    return found


def _media(sent: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Give the media of a session in which each end sent this."""
    found = []
    for modality, label in _LABELS.items():
        ways = [way for way, things in sent.items() if modality in things]
        if ways:
            streams = [{"streamId": str(n), "streamDirection": way} for n, way in enumerate(ways, 1)]
            found.append({"label": label, "streams": streams})
    return found


def _one(visit: Visit) -> Answer:
    doc, participants, sessions = _row(visit)
    with_people, with_sessions, with_segments = _expanded(visit)
    key = visit.args[0].lower()
    place = f"/communications/callRecords('{key}')"
    shown = {"@odata.context": CONTEXT + "communications/callRecords/$entity", **selected(json.loads(doc), visit)}
    shown["participants_v2@odata.context"] = f"{CONTEXT}communications/callRecords('{key}')/participants_v2"
    if with_people:
        people = json.loads(participants)
        shown["participants_v2"] = people[:_PARTICIPANTS]
        if len(people) > _PARTICIPANTS:
            link = next_link(visit, _PARTICIPANTS, place + "/participants_v2", "")
            shown["participants_v2@odata.nextLink"] = link
    if with_sessions:
        parts = json.loads(sessions)
        shown["sessions"] = _shown(parts[:_SESSIONS], with_segments)
        if len(parts) > _SESSIONS:
            raw = "$expand=segments" if with_segments else ""
            shown["sessions@odata.nextLink"] = next_link(visit, _SESSIONS, place + "/sessions", raw)
    return Answer(200, shown)


def _sessions(visit: Visit) -> Answer:
    sessions = json.loads(_row(visit)[2])
    shown = _shown(sessions, visit.request.query.get("$expand") == "segments")
    return _fixed_page(visit, shown, f"communications/callRecords('{visit.args[0]}')/sessions", _SESSIONS)


def _participants(visit: Visit) -> Answer:
    shown = json.loads(_row(visit)[1])
    return _fixed_page(visit, shown, f"communications/callRecords('{visit.args[0]}')/participants_v2", _PARTICIPANTS)


def _fixed_page(visit: Visit, items: list[dict[str, Any]], context: str, size: int) -> Answer:
    if "$top" in visit.request.query:
        raise bad_request("This collection does not take $top.", "BadRequest")
    return page(visit, items, context, size=size)


ROUTES = [
    Route("GET", "/communications/callRecords", _list, "calls"),
    Route("GET", "/communications/callRecords/{id}", _one, "call"),
    Route("GET", "/communications/callRecords/{id}/sessions", _sessions, "call"),
    Route("GET", "/communications/callRecords/{id}/participants_v2", _participants, "call"),
]
