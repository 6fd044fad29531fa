"""What a calendar event says: made from a request's body, changed by one, and shown in a zone.

Source: Graph v1.0 user-post-events, event-update and the event resource, read 2026-11-25; codes of what is refused:
Exchange's response codes, and as observed in public logs of Graph.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from teamskit.sandbox.clock import to_text
from teamskit.sandbox.event_store import Event
from teamskit.sandbox.event_times import INVALID, checked_recurrence, read_moment, shown_moment, zone_of
from teamskit.sandbox.request import Visit, bad_request, made_id
from teamskit.sandbox.schema import GRAPH, check_object, with_own_words

EXTENDED = "singleValueExtendedProperties"
_TYPE = GRAPH + "event"
_MOST_ATTENDEES = 500
_SAID_BY_CLIENT = (
    "allowNewTimeProposals",
    "body",
    "categories",
    "end",
    "hideAttendees",
    "importance",
    "isAllDay",
    "isReminderOn",
    "location",
    "recurrence",
    "reminderMinutesBeforeStart",
    "responseRequested",
    "sensitivity",
    "showAs",
    "start",
    "subject",
    "transactionId",
)
_NEVER = "0001-01-01T00:00:00Z"
_TAG = re.compile(r"<[^>]*>")


def checked_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give a body of an event that holds to the schema; raises Refusal (400) for one that does not."""
    said: dict[str, Any] = with_own_words(dict(body), _TYPE)
    check_object(said, _TYPE, code="RequestBodyRead")
    if len(said.get("attendees") or ()) > _MOST_ATTENDEES:
        raise bad_request("An event has at most 500 attendees.", "ErrorInvalidRequest")
    if said.get("recurrence"):
        checked_recurrence(said["recurrence"])
    for one in said.get(EXTENDED) or ():
        if not isinstance(one, dict) or not one.get("id") or not isinstance(one.get("value"), str):
            raise bad_request("An extended property has an id and a text as its value.", "ErrorInvalidProperty")
    return said


def new_doc(now: int, key: str, said: Mapping[str, Any], organiser: dict[str, str]) -> dict[str, Any]:
    """Give the document of a new event; `start` and `end` are in none of it but in the store."""
    doc: dict[str, Any] = {
        "id": key,
        "createdDateTime": to_text(now),
        "categories": [],
        "iCalUId": "040000008200E00074C5B7101A82E008" + made_id("ical", key).replace("-", "").upper(),
        "reminderMinutesBeforeStart": 15,
        "isReminderOn": True,
        "hasAttachments": False,
        "subject": "",
        "importance": "normal",
        "sensitivity": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "responseRequested": True,
        "seriesMasterId": None,
        "showAs": "busy",
        "webLink": f"https://outlook.office365.com/owa/?itemid={key}&exvsurl=1&path=/calendar/item",
        "onlineMeetingUrl": None,
        "isOnlineMeeting": False,
        "onlineMeetingProvider": "unknown",
        "onlineMeeting": None,
        "allowNewTimeProposals": True,
        "isDraft": False,
        "hideAttendees": False,
        "recurrence": None,
        "transactionId": None,
        "responseStatus": {"response": "organizer", "time": _NEVER},
        "body": _as_html({}),
        "bodyPreview": "",
        "location": {"displayName": ""},
        "attendees": [],
        "organizer": {"emailAddress": organiser},
        EXTENDED: [],
    }
    return changed_doc(now, doc, said)


def changed_doc(now: int, doc: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Give a document with what a body says put in; what is read-only stays as it is."""
    own = {name: said[name] for name in _SAID_BY_CLIENT if name in said}
    key = made_id(doc["id"], str(now), doc.get("changeKey", ""))
    changed = {**doc, **own, "lastModifiedDateTime": to_text(now), "changeKey": key}
    for name, zone in (("start", "originalStartTimeZone"), ("end", "originalEndTimeZone")):
        if name in said:
            changed[zone] = said[name].get("timeZone") or "UTC"
        changed.pop(name, None)
    if "attendees" in said:
        changed["attendees"] = [_attendee(one) for one in said["attendees"] or ()]
    if "body" in said:
        changed["bodyPreview"], changed["body"] = _preview(said["body"] or {}), _as_html(said["body"] or {})
    changed["location"] = changed["location"] or {"displayName": ""}
    changed["locations"] = [changed["location"]] if changed["location"].get("displayName") else []
    changed["type"] = "seriesMaster" if changed["recurrence"] else "singleInstance"
    new = {one["id"]: one for one in said.get(EXTENDED) or ()}
    changed[EXTENDED] = [one for one in doc[EXTENDED] if one["id"] not in new] + list(new.values())
    return changed


def _attendee(said: Mapping[str, Any]) -> dict[str, Any]:
    address = (said.get("emailAddress") or {}).get("address")
    if not address or "@" not in address:
        raise bad_request("At least one recipient is not valid.", "ErrorInvalidRecipients")
    name = said["emailAddress"].get("name") or address
    shown = {"type": said.get("type") or "required", "emailAddress": {"name": name, "address": address}}
    return {**shown, "status": {"response": "none", "time": _NEVER}}


def _as_html(body: Mapping[str, Any]) -> dict[str, str]:
    """Give a body as Exchange keeps it: always HTML, and a whole page of it."""
    text = str(body.get("content") or "")
    if body.get("contentType") == "html" and "<body" in text.lower():
        return {"contentType": "html", "content": text}
    inner = text if body.get("contentType") == "html" else html.escape(text, quote=False).replace("\n", "<br>")
    return {"contentType": "html", "content": f"<html><head></head><body>{inner}</body></html>"}


def _preview(body: Mapping[str, Any]) -> str:
    text = str(body.get("content") or "")
    plain = html.unescape(_TAG.sub("", text)) if body.get("contentType") == "html" else text
    return " ".join(plain.split())[:255]


def read_span(said: Mapping[str, Any], old: Event | None = None) -> tuple[int, int]:
    """Give start and end of a body, or of the event as it was; raises Refusal (400) when one lacks or they cross."""
    for name in ("start", "end"):
        if old is None and not said.get(name):
            raise bad_request(f"At least one property failed validation: '{name}' is missing.", INVALID)
    start = read_moment(said["start"]) if said.get("start") else old.start if old else 0
    until = read_moment(said["end"]) if said.get("end") else old.until if old else 0
    if until < start:
        raise bad_request("The end is earlier than the start.", "ErrorCalendarEndDateIsEarlierThanStartDate")
    return start, until


def shown_zone(visit: Visit) -> str:
    """Give the zone that the request wants its times in: `Prefer: outlook.timezone`, else UTC."""
    said = re.search(r'outlook\.timezone\s*=\s*"([^"]*)"', visit.request.headers.get("prefer", ""), re.IGNORECASE)
    if said is None:
        return "UTC"
    zone_of(said.group(1))
    return said.group(1)


def shown_event(event: Event, zone: str, now: int) -> dict[str, Any]:
    """Give an event as the service shows it, times in this zone, extended properties left in for filters."""
    start, end = (shown_moment(us, zone) for us in (event.start, event.until))
    etag = f'W/"{event.doc["changeKey"]}"'
    shown = {"@odata.etag": etag, **event.doc, "id": event.id, "start": start, "end": end}
    return shown if event.shows <= now else {**shown, "onlineMeeting": None}


def with_meeting(doc: Mapping[str, Any], join_url: str) -> dict[str, Any]:
    """Give an event's document with the online meeting behind it, and in its body how to join."""
    body = doc["body"] or {}
    how = f'<div>Microsoft Teams <a href="{html.escape(join_url)}">Join the meeting now</a></div>'
    online = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    content = (body.get("content") or "").replace("</body>", how + "</body>", 1)
    return {**doc, **online, "onlineMeeting": {"joinUrl": join_url}, "body": {**body, "content": content}}


def loses_meeting(event: Event, said: Mapping[str, Any]) -> bool:
    """Tell whether a change of the body takes out how to join, which makes the event one without a meeting."""
    url = event.join_url
    return "body" in said and url is not None and html.escape(url) not in ((said["body"] or {}).get("content") or "")


def without_meeting(doc: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event's document without its online meeting."""
    return {**doc, "isOnlineMeeting": False, "onlineMeetingProvider": "unknown", "onlineMeeting": None}
