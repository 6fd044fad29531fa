"""A timetable of online lessons as an iCalendar file, in the school's time. No pupil and no teacher is named in it.

Source: RFC 5545, and icalendar's own VTIMEZONE of Europe/London.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event

from teamskit.clock import at_school
from teamskit.lessons.doer import OURS

HOW = "Open Teams with the school account, and wait in the lobby until the teacher lets you in."
NOT_YET = "The link comes when the school has made the lesson."


@dataclass(frozen=True)
class Entry:
    """A lesson as parents see it: its key, what it is called, when, and the link where it was made."""

    key: str
    section: str
    title: str
    starts: datetime
    ends: datetime
    link: str = ""


def ics_bytes(title: str, entries: Iterable[Entry], domain: str, made_at: datetime) -> bytes:
    """Give the file. The same lesson has the same UID in every file, so that a newer one takes an older one's place."""
    book = Calendar()
    book.add("prodid", "-//teamskit//lessons//EN")
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", title)
    lessons = list(entries)
    for one in lessons:
        book.add_component(_event(one, domain, made_at))
    days = [at_school(one.starts).date() for one in lessons]
    if days:
        book.add_missing_timezones(min(days).replace(month=1, day=1), max(days).replace(month=12, day=31))
    text: bytes = book.to_ical()
    return text


def _event(one: Entry, domain: str, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uuid.uuid5(OURS, one.key)}@{domain}")
    event.add("dtstamp", made_at)
    event.add("last-modified", made_at)
    event.add("dtstart", at_school(one.starts))
    event.add("dtend", at_school(one.ends))
    event.add("summary", one.title)
    event.add("location", "Microsoft Teams")
    event.add("description", f"{HOW}\n{one.link}" if one.link else f"{HOW} {NOT_YET}")
    if one.link:
        event.add("url", one.link)
    return event
