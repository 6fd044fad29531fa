"""What stands in the tenant: our lessons in calendars, the meetings behind them, and a lesson's state from both."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from teamskit.clock import SCHOOL_ZONE, iso
from teamskit.lessons.options import PRESENTERS, standing
from teamskit.plan import Recorded, Target
from teamskit.tenant import graph
from teamskit.tenant.calls import Reply
from teamskit.tenant.graph import LessonEvent
from teamskit.tenant.transport import Transport

LESSON = "lesson"
AROUND = timedelta(days=14)
"""How far from its own day a lesson is looked for, before and after."""
NO_POLICY = "application access policy"


def lesson_target(account: str, key: str) -> Target:
    """Give the target of a lesson in one account's calendar."""
    return Target(LESSON, f"{account}/{key}")


@dataclass
class Standing:
    """Our events by target, their meetings by event id (None where one could not be read), and who refused.

    `addresses` gives the address of an account or group by id; `refused` the reply of calendars that could not be read;
    `lacks_policy` the organisers for whom the application has no access policy.
    """

    events: dict[Target, LessonEvent]
    meetings: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    refused: Mapping[str, Reply] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    lacks_policy: set[str] = field(default_factory=set)


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """Give the moments between which days lie, both included, on the school's clock."""
    start, end = (datetime.combine(day, time(), SCHOOL_ZONE) for day in (first, last + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def wide_span(first: date, last: date) -> tuple[datetime, datetime]:
    """Give the moments between which lessons of these days may stand when a teacher has moved them to another day."""
    return day_span(first - AROUND, last + AROUND)


def fetch_standing(
    transport: Transport,
    spans: Mapping[str, tuple[datetime, datetime]],
    addresses: Mapping[str, str],
    is_meant: Callable[[LessonEvent], bool],
) -> Standing:
    """Read our events in the given stretch of each account's calendar, and the meetings of those that are meant."""
    events, refused = graph.fetch_lessons(transport, spans)
    # Two events of one key are only there when somebody copied one: that on its own day stays the lesson.
    by_id = sorted(events, key=lambda one: one.id, reverse=True)
    first = {lesson_target(one.organiser, one.key): one for one in sorted(by_id, key=_is_on_its_day)}
    found = Standing(first, {}, refused, addresses)
    asked = [one for one in first.values() if one.join_url and is_meant(one)]
    replies = transport.gather([graph.find_meeting(one.organiser, one.join_url) for one in asked])
    for event, reply in zip(asked, replies, strict=True):
        items = reply.body.get("value") if reply.ok and isinstance(reply.body, Mapping) else None
        found.meetings[event.id] = items[0] if items else None
        if NO_POLICY in reply.error_message.casefold():
            found.lacks_policy.add(event.organiser)
    return found


def _is_on_its_day(event: LessonEvent) -> bool:
    return f"/{event.starts.astimezone(SCHOOL_ZONE).date()}/" in event.key


def state_of(
    event: LessonEvent | None,
    meeting: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    ours: Iterable[str],
    addresses: Mapping[str, str],
) -> dict[str, Any] | None:
    """Give a lesson's state as it stands, in the keys of `after`; None when it does not stand.

    Of those invited only the wanted ones and `ours` count: whom the teacher has invited besides stays. Its subject
    counts as wanted: the teacher may have given it another. Options of a meeting that could not be read are None.
    """
    if event is None:
        return None
    options = standing(meeting or {})
    if PRESENTERS in options:
        options[PRESENTERS] = [one for one in options[PRESENTERS] if one != event.organiser]
    known = {*after.get("invited", ()), *ours}
    invited = sorted(one for one in known if addresses.get(one, "").casefold() in event.addresses)
    own = {"starts": iso(event.starts), "ends": iso(event.ends), "subject": event.subject, "invited": invited}
    if "subject" in after:
        own["subject"] = after["subject"]
    found = {**own, **options}
    return {name: found.get(name) for name in after} if after else own


def invited_by_us(record: Recorded | None) -> Collection[str]:
    """Give the ids that the last accepted change of a lesson invited."""
    held = record.held if record else None
    return list(held.get("invited") or ()) if held else ()
