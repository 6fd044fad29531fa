"""Calendar events as kept in the store: whose they are, whom they invite, and what a stretch of a calendar shows.

An event is kept once, in its organiser's calendar; everybody in the tenant who is invited has a copy of it with an id
of its own, a group as well. What a group's members see of what the group is invited to is left out: it depends on what
each of them follows.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from teamskit.sandbox.event_times import occurrences, zone_of
from teamskit.sandbox.request import Facts, made_id

_OWN = """SELECT id, owner, start, until, recurs, gone, doc, shows FROM calendar_events
  WHERE owner = ? AND gone IS NULL"""
_COPIES = """SELECT copies.id, events.id, owner, start, until, recurs, gone, doc, shows FROM calendar_copies AS copies
  JOIN calendar_events AS events ON events.id = copies.event WHERE holder = ?"""
_IN_VIEW = " AND start < ? AND (until > ? OR recurs = 1)"
_NONE = {"response": "none", "time": "0001-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class Event:
    """Hold an event as one calendar shows it; times in microseconds.

    `key` is the id of the event itself, `id` that of this copy or occurrence; `gone` is when it was cancelled, and
    `shows` from when on it says where its online meeting is.
    """

    id: str
    key: str
    owner: str
    start: int
    until: int
    recurs: bool
    gone: int | None
    doc: dict[str, Any]
    shows: int = 0
    is_copy: bool = False
    is_occurrence: bool = False

    @property
    def join_url(self) -> str | None:
        """Give the join address of its online meeting."""
        return (self.doc.get("onlineMeeting") or {}).get("joinUrl")


def event_id(*parts: str) -> str:
    """Give the opaque id that these parts always make, in the form of Outlook's."""
    return "AAMk" + base64.urlsafe_b64encode(uuid.UUID(made_id("event", *parts)).bytes).decode("ascii")


def put_event(db: sqlite3.Connection, facts: Facts, event: Event, *, txn: str = "", call: str = "") -> None:
    """Write an event, in place of the one of this id, and the copies of those it invites."""
    row = (event.key, event.owner, event.start, event.until, int(event.recurs), event.gone, json.dumps(event.doc))
    db.execute(
        "INSERT INTO calendar_events (id, owner, start, until, recurs, gone, doc, txn, call, shows) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET start = excluded.start, "
        "until = excluded.until, recurs = excluded.recurs, gone = excluded.gone, doc = excluded.doc, "
        "shows = excluded.shows",
        (*row, txn, call, event.shows),
    )
    db.execute("DELETE FROM calendar_copies WHERE event = ?", (event.key,))
    holders = {_holder(db, facts, one["emailAddress"].get("address") or "") for one in event.doc["attendees"]}
    copies = [(event_id(event.key, str(holder)), event.key, holder) for holder in holders - {None, event.owner}]
    db.executemany("INSERT INTO calendar_copies VALUES (?, ?, ?)", copies)


def _holder(db: sqlite3.Connection, facts: Facts, address: str) -> str | None:
    """Give the account or group of an address; None for somebody outside."""
    name, _, domain = address.lower().partition("@")
    text = "SELECT id FROM users WHERE upn = ?1 UNION ALL SELECT id FROM groups WHERE nick = ?2 AND deleted IS NULL"
    nick = name if domain in facts.domains else None
    row = db.execute(text, (address.lower(), nick)).fetchone()
    row = (
        row
        or db.execute(
            "SELECT id FROM users WHERE lower(json_extract(doc, '$.mail')) = ?", (address.lower(),)
        ).fetchone()
    )
    return row[0] if row else None


def drop_event(db: sqlite3.Connection, event: Event, now: int) -> None:
    """Take an event out of its organiser's calendar, so that copies show it as cancelled; a copy just goes."""
    if event.is_copy:
        db.execute("DELETE FROM calendar_copies WHERE id = ?", (event.id,))
        return
    db.execute("UPDATE calendar_events SET gone = ? WHERE id = ?", (now, event.key))


def forget_events(db: sqlite3.Connection, call: str) -> None:
    """Forget the events that were written with a played call."""
    db.execute("DELETE FROM calendar_copies WHERE event IN (SELECT id FROM calendar_events WHERE call = ?)", (call,))
    db.execute("DELETE FROM calendar_events WHERE call = ?", (call,))


def find_by_transaction(db: sqlite3.Connection, owner: str, txn: str) -> Event | None:
    """Give the event that this organiser's calendar has of a transaction, unless it was cancelled."""
    row = db.execute(_OWN + " AND txn = ?", (owner, txn)).fetchone() if txn else None
    return _event(row) if row else None


def find_event(db: sqlite3.Connection, holder: str, key: str) -> Event | None:
    """Give the event, copy or occurrence of this id that a calendar holds."""
    main, _, number = key.partition(".")
    event = _find(db, holder, main)
    if event is None or not number:
        return event
    try:
        start = int(number, 16)
    except ValueError:
        return None
    return next((one for one in _expanded(event, (start, start + 1)) if one.start == start), None)


def _find(db: sqlite3.Connection, holder: str, key: str) -> Event | None:
    row = db.execute(_OWN + " AND id = ?", (holder, key)).fetchone()
    if row:
        return _event(row)
    row = db.execute(_COPIES + " AND copies.id = ?", (holder, key)).fetchone()
    return _as_copy(_event(row[1:]), row[0]) if row else None


def events_of(db: sqlite3.Connection, holder: str, view: tuple[int, int] | None = None) -> list[Event]:
    """Give what a calendar holds, oldest first: with a view its single events and occurrences, else series as one."""
    where, values = (_IN_VIEW, (holder, view[1], view[0])) if view else ("", (holder,))
    found = [_event(row) for row in db.execute(_OWN + where, values).fetchall()]
    found += [_as_copy(_event(row[1:]), row[0]) for row in db.execute(_COPIES + where, values).fetchall()]
    if view:
        found = [one for event in found for one in _expanded(event, view)]
    return sorted(found, key=lambda one: (one.start, one.id))


def _expanded(event: Event, view: tuple[int, int]) -> Iterator[Event]:
    if not event.recurs:
        yield event
        return
    zone = zone_of(event.doc["originalStartTimeZone"])
    for start, until in occurrences(event.doc["recurrence"], (event.start, event.until), zone, view):
        key = f"{event.id}.{start:x}"
        doc = {
            **event.doc,
            "type": "occurrence",
            "seriesMasterId": event.id,
            "recurrence": None,
            "iCalUId": event.doc["iCalUId"] + f"{start:016x}",
        }
        yield replace(event, id=key, start=start, until=until, doc=doc, is_occurrence=True)


def _event(row: tuple[Any, ...]) -> Event:
    return Event(row[0], row[0], row[1], row[2], row[3], bool(row[4]), row[5], json.loads(row[6]), row[7])


def _as_copy(event: Event, key: str) -> Event:
    """Give an event as somebody sees it who is invited."""
    is_gone = event.gone is not None
    subject = f"Canceled: {event.doc['subject'] or ''}" if is_gone else event.doc["subject"]
    doc = {**event.doc, "isOrganizer": False, "responseStatus": _NONE, "subject": subject, "isCancelled": is_gone}
    return replace(event, id=key, doc=doc, is_copy=True)
