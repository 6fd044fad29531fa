"""`/users/{id}/calendarView`: the online meetings in a person's calendar, with whom they invite.

Source: Graph v1.0 user-list-calendarview and event, read 2026-11-25: both ends are needed, ten events a page, at most
1,000 asked for.
"""

from __future__ import annotations

import json
import sqlite3

from teamskit.sandbox.clock import from_text, to_text
from teamskit.sandbox.group_store import find_group
from teamskit.sandbox.identities import Identity
from teamskit.sandbox.query import page
from teamskit.sandbox.request import Answer, Facts, Visit, bad_request, made_id, no_resource
from teamskit.sandbox.routing import Route
from teamskit.sandbox.users import find_user

_PAGE, _MOST = 10, 1000


def put_event(
    db: sqlite3.Connection,
    facts: Facts,
    call: str,
    organiser: Identity,
    join_url: str,
    span: tuple[int, int],
    invited: str,
) -> None:
    """Write the event of a meeting to which a group was invited; raises ValueError when there is no such group."""
    group = find_group(db, invited)
    if group is None:
        raise ValueError(f"group {invited} is not in the tenant")
    address = f"{group.doc['mailNickname']}@{facts.domains[0]}"
    guest = {"type": "required", "emailAddress": {"name": group.doc["displayName"], "address": address}}
    start, end = ({"dateTime": to_text(moment)[:-1] + ".0000000", "timeZone": "UTC"} for moment in span)
    doc = {
        "id": made_id("event", call),
        "subject": "Meeting",
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
        "onlineMeeting": {"joinUrl": join_url},
        "start": start,
        "end": end,
        "attendees": [guest],
    }
    row = (call, organiser.id, *span, json.dumps(doc, separators=(",", ":")))
    db.execute("INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?)", row)


def _view(visit: Visit) -> Answer:
    user = find_user(visit.db, visit.args[0])
    if user is None:
        raise no_resource(visit.args[0])
    try:
        first, last = (from_text(visit.request.query[name]) for name in ("startDateTime", "endDateTime"))
    except (KeyError, ValueError):
        raise bad_request(
            "A view of a calendar needs startDateTime and endDateTime.", "ErrorInvalidParameter"
        ) from None
    text = "SELECT doc FROM events WHERE owner = ? AND start < ? AND until > ? ORDER BY start, call"
    rows = visit.db.execute(text, (user["id"], last, first)).fetchall()
    found = [json.loads(doc) for (doc,) in rows]
    return page(visit, found, f"users('{user['id']}')/calendarView", size=_PAGE, most=_MOST)


ROUTES = [Route("GET", "/users/{id}/calendarView", _view)]
