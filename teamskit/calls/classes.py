"""Which class a call is of: by the channel it was held in, else by the calendar event that invited a class team.

Records and mappings come in, class ids by record id go out. Only meetings of staff outside any class's channel are
looked up in calendars: one request for each organiser, whatever the number of his calls.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from teamskit.calls.identities import of_participant
from teamskit.calls.record import thread_of
from teamskit.clock import parse_iso
from teamskit.tenant.calls import Reply
from teamskit.tenant.graph import fetch_online_events
from teamskit.tenant.transport import Transport

MEETING_THREAD = "19:meeting_"
NO_MAILBOX = 404
EARLY = timedelta(hours=12)
"""How long before or after its event a call may have begun, and still be found in the calendar's answer."""
Record = dict[str, Any]


@dataclass
class ClassFinder:
    """Says which class each record is of; `calendar_refused` is true once a calendar could not be read.

    `of_threads` gives the class id of each of some channels' threads, `of_mail` that of each class team's address
    (lower case), `staff` the account ids of staff; each is asked only when it is needed.
    """

    transport: Transport
    of_threads: Callable[[Collection[str]], Mapping[str, str]]
    of_mail: Callable[[], Mapping[str, str]]
    staff: Callable[[], Collection[str]]
    calendar_refused: bool = field(default=False, init=False)

    def __call__(self, records: Sequence[Record]) -> Mapping[str, str]:
        """Give the class id of each record that is of a class, by record id."""
        threads = {str(record["id"]): thread_of(record.get("joinWebUrl")) for record in records}
        channels = {thread for thread in threads.values() if thread and not thread.startswith(MEETING_THREAD)}
        known = self.of_threads(channels) if channels else {}
        found = {key: known[thread] for key, thread in threads.items() if thread and thread in known}
        rest = [one for one in records if (threads[str(one["id"])] or "").startswith(MEETING_THREAD)]
        return {**found, **self._by_calendar(rest)}

    def _by_calendar(self, records: Sequence[Record]) -> dict[str, str]:
        staff = self.staff() if records else ()
        organised = [(one, owner) for one in records if (owner := _organiser(one)) in staff]
        classes = self.of_mail() if organised else {}
        if not classes:
            return {}
        spans: dict[str, tuple[datetime, datetime]] = {}
        for record, owner in organised:
            first, last = spans.get(owner, (_start(record), _start(record)))
            spans[owner] = min(first, _start(record)), max(last, _start(record))
        wide = {owner: (first - EARLY, last + EARLY) for owner, (first, last) in spans.items()}
        events = fetch_online_events(self.transport, wide)
        self.calendar_refused |= any(isinstance(one, Reply) and one.status != NO_MAILBOX for one in events.values())
        invited = {
            (owner, thread): class_id
            for owner, found in events.items()
            if not isinstance(found, Reply)
            for thread, class_id in _invitations(found, classes)
        }
        wanted = ((str(one["id"]), (owner, thread_of(one.get("joinWebUrl")))) for one, owner in organised)
        return {key: invited[place] for key, place in wanted if place in invited}


def _invitations(events: Iterable[Record], classes: Mapping[str, str]) -> Iterable[tuple[str | None, str]]:
    """Give the thread of each online event to which exactly one class team was invited, with the class."""
    for event in events:
        guests = {str((one.get("emailAddress") or {}).get("address") or "") for one in event.get("attendees") or ()}
        found = {classes[guest.casefold()] for guest in guests if guest.casefold() in classes}
        thread = thread_of((event.get("onlineMeeting") or {}).get("joinUrl"))
        if thread and len(found) == 1:
            yield thread, found.pop()


def _organiser(record: Record) -> str:
    identity = of_participant(record.get("organizer_v2") or {})
    return identity.account if identity else ""


def _start(record: Record) -> datetime:
    return parse_iso(record["startDateTime"])
