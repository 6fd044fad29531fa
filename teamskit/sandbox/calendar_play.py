"""Calendar events of calls that are played: found for a lesson that was planned, or written with the call."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from teamskit.sandbox.event_docs import new_doc, with_meeting
from teamskit.sandbox.event_store import Event, event_id, events_of, find_event, put_event
from teamskit.sandbox.event_times import shown_moment
from teamskit.sandbox.group_store import find_group
from teamskit.sandbox.identities import Identity
from teamskit.sandbox.online_meetings import Held, held_in
from teamskit.sandbox.request import Facts
from teamskit.sandbox.team_store import thread_of


def put_invitation(
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
    said = {
        "subject": "Meeting",
        "start": shown_moment(span[0], "UTC"),
        "end": shown_moment(span[1], "UTC"),
        "attendees": [{"emailAddress": {"name": group.doc["displayName"], "address": address}}],
    }
    key = event_id("call", call)
    name = {"name": organiser.shown.get("displayName") or "", "address": organiser.shown.get("userPrincipalName") or ""}
    doc = with_meeting(new_doc(span[0], key, said, name), join_url)
    put_event(db, facts, Event(key, key, organiser.id, *span, False, None, doc), call=call)


def find_lesson(
    db: sqlite3.Connection, organiser: str, span: tuple[int, int], named: str | bool, invited: str | None
) -> Held:
    """Give the meeting of the organiser's event with this id, or of the one that the call's time overlaps most.

    With `invited` only an event that this group is invited to will do. Raises ValueError when there is none.
    """
    if isinstance(named, str):
        event = find_event(db, organiser, named)
        found = [event] if event else []
    else:
        found = [one for one in events_of(db, organiser, span) if not invited or _is_invited(db, one, invited)]
    held = [
        (min(one.until, span[1]) - max(one.start, span[0]), number, one, meeting)
        for number, one in enumerate(found)
        if not one.is_copy and one.join_url and (meeting := held_in(db, organiser, one.join_url))
    ]
    if not held:
        raise ValueError("the organiser's calendar has no such lesson at that time")
    _, _, event, meeting = max(held)
    return replace(meeting, team=_team_of(db, event, meeting.thread))


def _team_of(db: sqlite3.Connection, event: Event, thread: str) -> str | None:
    """Give the team that an event invites and in whose channel it is held."""
    rows = db.execute("SELECT holder FROM calendar_copies WHERE event = ?", (event.key,)).fetchall()
    return next((holder for (holder,) in rows if thread_of(holder) == thread), None)


def _is_invited(db: sqlite3.Connection, event: Event, group: str) -> bool:
    text = "SELECT 1 FROM calendar_copies WHERE event = ? AND holder = ?"
    return db.execute(text, (event.key, group)).fetchone() is not None
