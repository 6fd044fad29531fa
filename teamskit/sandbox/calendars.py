"""Calendars of people and of groups: their events, made, read, changed and cancelled, online meetings among them.

An application may read a group's calendar by its view and event by event, and write nothing in it. Source: Graph v1.0
user-post-events, user-list-events, user-list-calendarview, event-get, -update, -delete, -cancel, group-list-events,
group-list-calendarview, singlevaluelegacyextendedproperty-get, read 2026-11-25: a view needs both ends; ten events a
page, at most 1,000 asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from teamskit.sandbox.clock import from_text, read_number
from teamskit.sandbox.event_docs import (
    EXTENDED,
    changed_doc,
    checked_body,
    loses_meeting,
    new_doc,
    read_span,
    shown_event,
    shown_zone,
    with_meeting,
    without_meeting,
)
from teamskit.sandbox.event_store import (
    Event,
    drop_event,
    event_id,
    events_of,
    find_by_transaction,
    find_event,
    put_event,
)
from teamskit.sandbox.group_store import find_group
from teamskit.sandbox.online_meetings import MEETING_SHOWS_US, meeting_settings, move_meeting, new_meeting
from teamskit.sandbox.query import CONTEXT, check_select, kept, page, selected
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, no_resource, object_body
from teamskit.sandbox.routing import Route
from teamskit.sandbox.schema import names_of
from teamskit.sandbox.team_store import thread_of
from teamskit.sandbox.tokens import is_of_person
from teamskit.sandbox.users import find_user

_PAGE, _MOST = 10, 1000
_OPTIONS = ("$count", "$expand", "$filter", "$orderby", "$select", "$skip", "$skiptoken", "$top")
_EXPAND = re.compile(rf"{EXTENDED}\(\$filter=(.+)\)")
_ORDER = re.compile(r"start/dateTime(?:\s+(asc|desc))?")
Answering = Callable[[Visit, "Calendar"], Answer]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Hold whose calendar a path names: `kind` is users or groups."""

    kind: str
    id: str
    address: dict[str, str]
    user: dict[str, Any] | None

    @property
    def place(self) -> str:
        """Give the calendar's place in a context."""
        return f"{self.kind}('{self.id}')"


def _calendar(visit: Visit, kind: str) -> Calendar:
    if kind == "users":
        user = find_user(visit.db, visit.args[0])
        if user is None:
            raise no_resource(visit.args[0])
        address = {"name": user["displayName"], "address": user.get("mail") or user["userPrincipalName"]}
        return Calendar(kind, str(user["id"]), address, user)
    group = find_group(visit.db, visit.args[0])
    if group is None:
        raise no_resource(visit.args[0])
    return Calendar(kind, group.id, group_address(visit, group.doc), None)


def group_address(visit: Visit, doc: dict[str, Any]) -> dict[str, str]:
    """Give the name and mail address of a group."""
    return {"name": doc["displayName"], "address": f"{doc['mailNickname']}@{visit.facts.domains[0]}"}


def _check_person(visit: Visit, calendar: Calendar) -> None:
    """Refuse (403) an application what only a person may do in a group's calendar."""
    token = visit.request.headers.get("authorization", "").partition(" ")[2].strip()
    if calendar.kind == "groups" and not is_of_person(token):
        raise Refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def _need_event(visit: Visit, calendar: Calendar) -> Event:
    event = find_event(visit.db, calendar.id, visit.args[1])
    if event is None:
        raise Refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    return event


def _span_asked(visit: Visit) -> tuple[int, int]:
    try:
        first, last = (from_text(visit.request.query[name]) for name in ("startDateTime", "endDateTime"))
    except (KeyError, ValueError):
        message = "A view of a calendar needs startDateTime and endDateTime."
        raise bad_request(message, "ErrorInvalidParameter") from None
    if last < first:
        raise bad_request("The view ends before it begins.", "ErrorInvalidParameter")
    return first, last


def _listed(visit: Visit, events: list[Event], context: str) -> Answer:
    query, zone = visit.request.query, shown_zone(visit)
    check_select(visit, names_of("event"))
    for name in query:
        if name.startswith("$") and name not in _OPTIONS:
            raise bad_request(f"The query option '{name}' is not supported here.", "ErrorInvalidUrlQuery")
    order = _ORDER.fullmatch(query.get("$orderby", "start/dateTime").strip())
    if order is None or not query.get("$skip", "0").isdigit():
        raise bad_request("This tenant sorts events by start/dateTime only.", "ErrorInvalidUrlQuery")
    found = kept(visit, [shown_event(one, zone, visit.now) for one in events], names_of("event"))
    ordered = found[::-1] if order.group(1) == "desc" else found
    shown = [_cut(visit, one) for one in ordered[int(query.get("$skip", "0")) :]]
    # What is selected was cut already, and what is expanded is not to be cut again.
    plain = {name: value for name, value in query.items() if name != "$select"}
    answer = page(replace(visit, request=replace(visit.request, query=plain)), shown, context, size=_PAGE, most=_MOST)
    return replace(answer, headers=_applied(visit))


def _applied(visit: Visit) -> dict[str, str]:
    prefer = visit.request.headers.get("prefer", "")
    return {"Preference-Applied": f'outlook.timezone="{shown_zone(visit)}"'} if "outlook.timezone" in prefer else {}


def _cut(visit: Visit, shown: dict[str, Any]) -> dict[str, Any]:
    """Leave what the request selects, and the extended properties that it expands."""
    own = shown.get(EXTENDED) or []
    plain = selected({name: value for name, value in shown.items() if name != EXTENDED}, visit)
    expand = visit.request.query.get("$expand")
    if not expand:
        return plain
    fit = _EXPAND.fullmatch(expand.strip())
    if fit is None:
        raise bad_request(f"Only {EXTENDED}($filter=id eq '...') can be expanded here.", "ErrorInvalidUrlQuery")
    wanted = replace(visit, request=replace(visit.request, query={"$filter": fit.group(1)}))
    found = kept(wanted, own, ("id",))
    return {**plain, EXTENDED: found} if found else plain


def _one(visit: Visit, calendar: Calendar, event: Event, status: int = 200) -> Answer:
    shown = _cut(visit, shown_event(event, shown_zone(visit), visit.now))
    context = f"{CONTEXT}{calendar.place}/events/$entity"
    return Answer(status, {"@odata.context": context, **shown}, _applied(visit))


def _view(visit: Visit, calendar: Calendar) -> Answer:
    events = events_of(visit.db, calendar.id, _span_asked(visit))
    return _listed(visit, events, f"{calendar.place}/calendarView")


def _list(visit: Visit, calendar: Calendar) -> Answer:
    _check_person(visit, calendar)
    return _listed(visit, events_of(visit.db, calendar.id), f"{calendar.place}/events")


def _instances(visit: Visit, calendar: Calendar) -> Answer:
    event, span = _need_event(visit, calendar), _span_asked(visit)
    found = [one for one in events_of(visit.db, calendar.id, span) if one.key == event.key]
    return _listed(visit, found, f"{calendar.place}/events('{event.id}')/instances")


def _get(visit: Visit, calendar: Calendar) -> Answer:
    return _one(visit, calendar, _need_event(visit, calendar))


def _create(visit: Visit, calendar: Calendar) -> Answer:
    _check_person(visit, calendar)
    said = checked_body(object_body(visit))
    txn = str(said.get("transactionId") or "")
    made = find_by_transaction(visit.db, calendar.id, txn) or _made(visit, calendar, said, txn)
    return _one(visit, calendar, made, 201)


def _made(visit: Visit, calendar: Calendar, said: dict[str, Any], txn: str) -> Event:
    start, until = read_span(said)
    mine = "SELECT count(*) FROM calendar_events WHERE owner = ?"
    count = visit.db.execute(mine, (calendar.id,)).fetchone()[0]
    key = event_id(calendar.id, str(visit.now), str(count))
    doc = new_doc(visit.now, key, said, calendar.address)
    event = Event(key, key, calendar.id, start, until, doc["recurrence"] is not None, None, doc)
    if said.get("isOnlineMeeting"):
        event = _online(visit, calendar, event)
    put_event(visit.db, visit.facts, event, txn=txn)
    return event


def _online(visit: Visit, calendar: Calendar, event: Event) -> Event:
    """Give the event a meeting, unless the organiser's meeting policy lets nobody schedule one."""
    if calendar.user is None or not meeting_settings(visit.db, calendar.id, visit.now).get(
        "AllowPrivateMeetingScheduling", True
    ):
        return event
    span = (event.start, event.until)
    meeting = new_meeting(visit, calendar.user, span, mark=event.key, subject=event.doc["subject"])
    shows = visit.now + (MEETING_SHOWS_US if read_number(visit.db, "flag:meetings_late") else 0)
    return replace(event, doc=with_meeting(event.doc, meeting["joinWebUrl"]), shows=shows)


def _own_event(visit: Visit, calendar: Calendar) -> Event:
    """Give the event of the path, to be changed; refuses another's (403) and one occurrence of a series (501)."""
    _check_person(visit, calendar)
    event = _need_event(visit, calendar)
    if event.is_copy:
        raise Refusal(403, "ErrorAccessDenied", "Only the organizer of a meeting can change it.")
    if event.is_occurrence:
        raise Refusal(501, "NotImplemented", "This tenant changes whole series only.")
    return event


def _change(visit: Visit, calendar: Calendar) -> Answer:
    event = _own_event(visit, calendar)
    said = checked_body(object_body(visit))
    start, until = read_span(said, event)
    doc = changed_doc(visit.now, event.doc, said)
    changed = replace(event, start=start, until=until, recurs=doc["recurrence"] is not None, doc=doc)
    if loses_meeting(event, said):
        changed = replace(changed, doc=without_meeting(doc))
    elif event.join_url:
        move_meeting(visit.db, calendar.id, event.join_url, (start, until), doc["subject"])
    elif said.get("isOnlineMeeting"):
        changed = _online(visit, calendar, changed)
    put_event(visit.db, visit.facts, changed)
    return _one(visit, calendar, changed)


def _delete(visit: Visit, calendar: Calendar) -> Answer:
    _check_person(visit, calendar)
    event = _need_event(visit, calendar)
    if event.is_occurrence:
        raise Refusal(501, "NotImplemented", "This tenant changes whole series only.")
    drop_event(visit.db, event, visit.now)
    return Answer(204)


def _cancel(visit: Visit, calendar: Calendar) -> Answer:
    _check_person(visit, calendar)
    event = _need_event(visit, calendar)
    if event.is_copy:
        message = "Your request can't be completed. You need to be an organizer to cancel a meeting."
        raise bad_request(message, "ErrorInvalidRequest")
    if visit.request.body is not None:
        comment = {name.lower(): value for name, value in object_body(visit).items()}
        if not isinstance(comment.get("comment", ""), str) or set(comment) - {"comment"}:
            raise bad_request("A cancellation takes a comment and nothing else.", "RequestBodyRead")
    drop_event(visit.db, _own_event(visit, calendar), visit.now)
    return Answer(202)


def _channel_meeting(visit: Visit) -> Answer:
    """Put in a meeting that a member of staff scheduled in a channel by Teams itself."""
    body = object_body(visit)
    group = find_group(visit.db, str(body.get("groupId")))
    user = find_user(visit.db, str(body.get("organizerId")))
    if group is None or user is None:
        raise no_resource(str(body.get("groupId") if group is None else body.get("organizerId")))
    own: dict[str, Any] = {name: body[name] for name in ("subject", "start", "end", "recurrence") if name in body}
    said = checked_body({**own, "attendees": [{"emailAddress": group_address(visit, group.doc)}]})
    start, until = read_span(said)
    key = event_id("channel", group.id, str(user["id"]), str(start))
    address = {"name": user["displayName"], "address": user.get("mail") or user["userPrincipalName"]}
    doc = new_doc(visit.now, key, said, address)
    channel = (thread_of(group.id), visit.now // 1000)
    meeting = new_meeting(visit, user, (start, until), mark=key, subject=doc["subject"], channel=channel)
    event = Event(
        key,
        key,
        str(user["id"]),
        start,
        until,
        doc["recurrence"] is not None,
        None,
        with_meeting(doc, meeting["joinWebUrl"]),
    )
    put_event(visit.db, visit.facts, event)
    return Answer(201, shown_event(event, "UTC", visit.now))


def _routes(kind: str) -> list[Route]:
    def of(answering: Answering) -> Callable[[Visit], Answer]:
        return lambda visit: answering(visit, _calendar(visit, kind))

    found = [
        Route("GET", f"/{kind}/{{id}}/calendarView", of(_view)),
        Route("GET", f"/{kind}/{{id}}/calendar/calendarView", of(_view)),
    ]
    for place in (f"/{kind}/{{id}}/events", f"/{kind}/{{id}}/calendar/events"):
        found += [
            Route("GET", place, of(_list)),
            Route("POST", place, of(_create)),
            Route("GET", place + "/{event}", of(_get)),
            Route("PATCH", place + "/{event}", of(_change)),
            Route("DELETE", place + "/{event}", of(_delete)),
            Route("POST", place + "/{event}/cancel", of(_cancel)),
            Route("GET", place + "/{event}/instances", of(_instances)),
        ]
    return found


ROUTES = [*_routes("users"), *_routes("groups"), Route("POST", "/sandbox/channelMeetings", _channel_meeting)]
