"""Reads the options of meetings, each found by its organiser and join URL.

Source: Graph v1.0 onlineMeeting "Get", read 2026-11-25. Application permissions work only for
organisers whom an application access policy names; whom it leaves out, every meeting of his refuses alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from teamskit.tenant.calls import Call, Reply, Task
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.graph_lessons import find_meeting
from teamskit.tenant.permissions import MEETINGS_READ
from teamskit.tenant.transport import Transport

Meeting = Mapping[str, Any]
Named = tuple[str, str]
"""A meeting is named by its organiser's account id and its join URL."""


def get_meeting(organiser: str, meeting_id: str) -> Call:
    """Ask for a meeting by its id."""
    return Call("GET", f"/users/{encoded(organiser)}/onlineMeetings/{encoded(meeting_id)}", MEETINGS_READ)


def fetch_meetings(transport: Transport, meetings: Sequence[Named]) -> dict[Named, Meeting | Reply | None]:
    """Give each meeting; None where its organiser has none of that URL, or the reply that refused. By batches.

    An organiser whose first meeting is refused (403) is not asked for his others.
    """
    of_organiser: dict[str, list[Named]] = {}
    for named in dict.fromkeys(meetings):
        of_organiser.setdefault(named[0], []).append(named)
    found: dict[Named, Meeting | Reply | None] = {}
    transport.conduct(_find_all(mine, found) for mine in of_organiser.values())
    return found


def _find_all(mine: Sequence[Named], found: dict[Named, Meeting | Reply | None]) -> Task:
    calls = [find_meeting(*named) for named in mine]
    first: Reply = yield calls[0]
    rest: Sequence[Reply] = [first] * (len(calls) - 1)
    if first.status != 403 and len(calls) > 1:
        rest = yield calls[1:]
    found.update((named, _one(reply)) for named, reply in zip(mine, [first, *rest], strict=True))


def _one(reply: Reply) -> Meeting | Reply | None:
    if not reply.ok or not isinstance(reply.body, Mapping):
        return reply
    meetings = reply.body.get("value") or ()
    return meetings[0] if meetings else None
