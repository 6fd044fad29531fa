"""A timetable of online lessons as an iCalendar file, in the school's time. No pupil and no teacher is named in it.

Source: RFC 5545; its VTIMEZONE of Europe/London by 2000/84/EC, article 2 and 3: both changes at 01:00 UTC.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from teamskit.clock import SCHOOL_ZONE, at_school
from teamskit.lessons.doer import OURS

HOW = "Open Teams with the school account, and wait in the lobby until the teacher lets you in."
CANCELLED = "This lesson does not take place."
NOT_YET = "The link comes when the school has made the lesson."


@dataclass(frozen=True)
class Entry:
    """A lesson as parents see it: its key, its class, what it is called, when, and the link where it was made.

    One that is cancelled is told as such, because a calendar keeps what an older file brought.
    """

    key: str
    school: str
    section: str
    title: str
    starts: datetime
    ends: datetime
    link: str = ""
    is_cancelled: bool = False


def ics_bytes(title: str, entries: Iterable[Entry], domain: str, made_at: datetime) -> bytes:
    """Give the file. The same lesson has the same UID in every file, so that a newer one takes an older one's place."""
    book = Calendar()
    book.add("prodid", "-//teamskit//lessons//EN")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", title)
    book.add_component(_zone())
    for one in entries:
        book.add_component(_event(one, domain, made_at))
    text: bytes = book.to_ical()
    return text


def _zone() -> Timezone:
    """Give the rules of the school's zone; each onset is told in the local time that ends with it (RFC 5545, 3.6.5)."""
    zone, winter, summer = Timezone(), timedelta(0), timedelta(hours=1)
    zone.add("tzid", SCHOOL_ZONE.key)
    for part, name, month, onset, before, after in (
        (TimezoneDaylight(), "BST", 3, datetime(1996, 3, 31, 1), winter, summer),
        (TimezoneStandard(), "GMT", 10, datetime(1996, 10, 27, 2), summer, winter),
    ):
        part.add("dtstart", onset)
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", name)
        zone.add_component(part)
    return zone


def _event(one: Entry, domain: str, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uuid.uuid5(OURS, one.key)}@{domain}")
    event.add("dtstamp", made_at)
    event.add("last-modified", made_at)
    event.add("dtstart", at_school(one.starts))
    event.add("dtend", at_school(one.ends))
    event.add("summary", f"Cancelled: {one.title}" if one.is_cancelled else one.title)
    if one.is_cancelled:
        event.add("status", "CANCELLED")
        event.add("description", CANCELLED)
        return event
    event.add("location", "Microsoft Teams")
    event.add("description", f"{HOW}\n{one.link}" if one.link else f"{HOW} {NOT_YET}")
    if one.link:
        event.add("url", one.link)
    return event
