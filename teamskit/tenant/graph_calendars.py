"""Reads the online meetings of calendars, of people and of groups, as values.

Source: Graph v1.0 calendarView of users and of groups, event, read 2026-11-25. The group page names application
permissions (least: Calendars.ReadBasic); older ones say that there are none, and tenants are known that refuse
(microsoftgraph/microsoft-graph-docs issues 14695 and 16062). So a group's calendar that is refused is not known.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from teamskit.clock import iso
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import CALENDARS_READ
from teamskit.tenant.transport import Transport

AT_ONCE = 500
"""Events a page; the service gives ten unless asked for more, and at most 1,000."""
_CHOSEN = "id,start,end,isCancelled,isOrganizer,isOnlineMeeting,onlineMeetingProvider,onlineMeeting,organizer,attendees"
_JOIN = re.compile(r"/l/meetup-join/([^/?#]+)")
_CHAT = "19:meeting_"


@dataclass(frozen=True)
class OnlineEvent:
    """One Teams meeting on one day, as a calendar shows it; times in UTC, addresses in lower case.

    Occurrences of a series come one by one and share the join URL. `is_own` says that the calendar's owner organises
    it. What a meeting is called is not read: it may name a pupil, and nothing rests on it.
    """

    join_url: str
    start: datetime
    end: datetime
    organiser: str
    invited: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def thread(self) -> str:
        """Give the thread that the join URL names; empty when it names none."""
        return thread_in(self.join_url)

    @property
    def in_channel(self) -> bool:
        """Say whether it is held in a channel, by its thread."""
        return bool(self.thread) and not self.thread.startswith(_CHAT)


def thread_in(join_url: str) -> str:
    """Give the thread id that stands percent-encoded in a join URL; empty for a URL without one."""
    found = _JOIN.search(join_url)
    return unquote(found[1]) if found else ""


def fetch_calendars(
    transport: Transport, first: datetime, last: datetime, *, users: Sequence[str] = (), groups: Sequence[str] = ()
) -> dict[str, list[OnlineEvent] | Reply]:
    """Give the Teams meetings of each calendar that touch [first, last), or the reply that refused, by batches.

    Cancelled events and meetings of other services are left out. Permission: Calendars.Read.
    """
    span = f"startDateTime={iso(first)}&endDateTime={iso(last)}&$select={_CHOSEN}&$top={AT_ONCE}"
    paths = {one: f"/users/{encoded(one)}/calendarView?{span}" for one in users}
    paths |= {one: f"/groups/{encoded(one)}/calendarView?{span}" for one in groups}
    found = transport.try_pages([Call("GET", path, CALENDARS_READ) for path in paths.values()])
    return {
        one: items if isinstance(items, Reply) else [event_of(item) for item in items if _is_teams_meeting(item)]
        for one, items in zip(paths, found, strict=True)
    }


def calendar_moment(account: str, first: datetime, last: datetime) -> Call:
    """Ask which online meetings an account's calendar has in a moment; the first page is all there is."""
    span = f"startDateTime={iso(first)}&endDateTime={iso(last)}&$select=id,onlineMeeting,isCancelled&$top={AT_ONCE}"
    return Call("GET", f"/users/{encoded(account)}/calendarView?{span}", CALENDARS_READ)


def event_of(item: Mapping[str, Any]) -> OnlineEvent:
    """Read an `event` that has a join URL."""
    guests = item.get("attendees") or ()
    return OnlineEvent(
        join_url=_join_url(item),
        start=_moment(item["start"]),
        end=_moment(item["end"]),
        organiser=_address(item.get("organizer")),
        invited=tuple(sorted({_address(one) for one in guests if one.get("type") != "resource"} - {""})),
        is_own=item.get("isOrganizer") is True,
    )


def _is_teams_meeting(item: Mapping[str, Any]) -> bool:
    provider = item.get("onlineMeetingProvider") or "teamsForBusiness"
    return item.get("isCancelled") is not True and provider == "teamsForBusiness" and bool(_join_url(item))


def _join_url(item: Mapping[str, Any]) -> str:
    return str((item.get("onlineMeeting") or {}).get("joinUrl") or "")


def _address(recipient: Mapping[str, Any] | None) -> str:
    return str(((recipient or {}).get("emailAddress") or {}).get("address") or "").strip().casefold()


def _moment(given: Mapping[str, Any]) -> datetime:
    """Read a dateTimeTimeZone; without a `Prefer` header the service gives UTC."""
    return datetime.fromisoformat(str(given["dateTime"])[:19]).replace(tzinfo=UTC)
