"""Builders of the calls that make, change and cancel a lesson: its calendar event, and the meeting behind it.

An event of ours carries the lesson's key in an extended property of ours, by which it is found again in its organiser's
calendar. Source: Graph v1.0 user-post-events, event-update, event-delete, user-list-calendarview (all application
Calendars.ReadWrite), singleValueLegacyExtendedProperty, onlinemeeting-get and -update (OnlineMeetings.ReadWrite.All and
an application access policy), read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from teamskit.clock import iso, parse_iso
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded, literal
from teamskit.tenant.permissions import CALENDARS_READ, CALENDARS_WRITE, MEETINGS_READ, MEETINGS_WRITE
from teamskit.tenant.transport import Transport

KEY = "String {6e5b1d0c-9d5e-4d0b-8f3c-7a1f2c9b4e11} Name teamskitLesson"
"""The extended property that holds the key of a lesson; its GUID is our own and must never change."""
_CHOSEN = "id,subject,start,end,attendees,isCancelled,isOrganizer,onlineMeeting"
_AT_ONCE = 500


@dataclass(frozen=True)
class LessonEvent:
    """An event of ours as a calendar has it: its id, the account that organises it, and the lesson's key.

    `attendees` are as the service gave them; `join_url` is empty while the service has not made the meeting.
    """

    id: str
    organiser: str
    key: str
    starts: datetime
    ends: datetime
    subject: str
    attendees: tuple[Mapping[str, Any], ...] = ()
    join_url: str = ""

    @property
    def addresses(self) -> frozenset[str]:
        """Give the addresses of those who are invited, in small letters."""
        said = ((one.get("emailAddress") or {}).get("address") or "" for one in self.attendees)
        return frozenset(str(one).casefold() for one in said)


def list_lessons(account: str, start: datetime, end: datetime) -> Call:
    """Read what of an account's calendar touches [start, end), with the keys of lessons."""
    expand = encoded(f"singleValueExtendedProperties($filter=id eq '{KEY}')")
    span = f"startDateTime={iso(start)}&endDateTime={iso(end)}"
    path = f"/users/{encoded(account)}/calendarView?{span}&$select={_CHOSEN}&$expand={expand}&$top={_AT_ONCE}"
    return Call("GET", path, CALENDARS_READ)


def fetch_lessons(
    transport: Transport, spans: Mapping[str, tuple[datetime, datetime]]
) -> tuple[list[LessonEvent], dict[str, Reply]]:
    """Give our events in the given stretch of each account's calendar, and the replies that refused, by batches."""
    calls = [list_lessons(account, *span) for account, span in spans.items()]
    found, refused = list[LessonEvent](), dict[str, Reply]()
    for account, answer in zip(spans, transport.try_pages(calls), strict=True):
        if isinstance(answer, Reply):
            refused[account] = answer
        else:
            found += lessons_among(account, answer)
    return found, refused


def lessons_among(account: str, items: Sequence[Mapping[str, Any]]) -> list[LessonEvent]:
    """Give the lessons of ours that an account organises among events of its calendar; cancelled ones are none."""
    return [
        one
        for item in items
        if item.get("isOrganizer") is not False and not item.get("isCancelled")
        if (one := lesson_of(account, item)) is not None
    ]


def lesson_of(account: str, item: Mapping[str, Any]) -> LessonEvent | None:
    """Read an event; None for one that does not carry a key of ours."""
    held = item.get("singleValueExtendedProperties") or ()
    key = next((str(one.get("value") or "") for one in held if one.get("id", "").casefold() == KEY.casefold()), "")
    if not key:
        return None
    meeting = item.get("onlineMeeting") or {}
    return LessonEvent(
        str(item["id"]),
        account,
        key,
        _moment(item["start"]),
        _moment(item["end"]),
        str(item.get("subject") or ""),
        tuple(item.get("attendees") or ()),
        str(meeting.get("joinUrl") or ""),
    )


def _moment(said: Mapping[str, Any]) -> datetime:
    """Read a moment as a calendar gives it where no zone was asked for: in UTC, without saying so in the text."""
    text = str(said["dateTime"])
    return parse_iso(text if text.endswith("Z") else text[:19]).replace(tzinfo=UTC)


def event_body(
    *, subject: str, starts: datetime, ends: datetime, attendees: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Give what a calendar event says of a lesson; times are moments, which Outlook shows in each reader's zone."""
    return {
        "subject": subject,
        "start": _said(starts),
        "end": _said(ends),
        "attendees": [dict(one) for one in attendees],
    }


def _said(moment: datetime) -> dict[str, str]:
    return {"dateTime": iso(moment).removesuffix("Z"), "timeZone": "UTC"}


def attendee(address: str, name: str = "") -> dict[str, Any]:
    """Give an attendee of an event; without a name the service finds it."""
    said = {"address": address, "name": name} if name else {"address": address}
    return {"type": "required", "emailAddress": said}


def create_lesson(account: str, key: str, transaction: str, body: Mapping[str, Any], text: str) -> Call:
    """Make the event of a lesson with its online meeting.

    May be sent again: the service takes a `transaction` once and answers with the event it made. Who is invited sees
    nobody else's address.
    """
    whole = {
        **body,
        "body": {"contentType": "text", "content": text},
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
        "allowNewTimeProposals": False,
        "hideAttendees": True,
        "responseRequested": False,
        "transactionId": transaction,
        "singleValueExtendedProperties": [{"id": KEY, "value": key}],
    }
    return Call("POST", f"/users/{encoded(account)}/events", CALENDARS_WRITE, whole)


def change_lesson(account: str, event: str, body: Mapping[str, Any]) -> Call:
    """Change what an event says; `attendees`, where given, is the whole list."""
    return Call("PATCH", f"/users/{encoded(account)}/events/{encoded(event)}", CALENDARS_WRITE, dict(body))


def cancel_lesson(account: str, event: str) -> Call:
    """Delete an event from its organiser's calendar; the service tells those who were invited."""
    return Call("DELETE", f"/users/{encoded(account)}/events/{encoded(event)}", CALENDARS_WRITE)


def find_meeting(account: str, join_url: str) -> Call:
    """Find the meeting of a join URL, with all its options."""
    path = f"/users/{encoded(account)}/onlineMeetings?$filter=JoinWebUrl%20eq%20{literal(join_url)}"
    return Call("GET", path, MEETINGS_READ)


def set_meeting_options(account: str, meeting: str, options: Mapping[str, Any]) -> Call:
    """Change options of a meeting; those of `options` and no others."""
    return Call("PATCH", f"/users/{encoded(account)}/onlineMeetings/{encoded(meeting)}", MEETINGS_WRITE, dict(options))
