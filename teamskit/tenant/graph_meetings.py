"""Reads what a meeting left behind: its recordings and its attendance reports, and calendars' online meetings.

All three ask for each organiser once before the rest: an organiser whom no application access policy names refuses
every meeting alike. Source: Graph v1.0, onlineMeeting, callRecording, meetingAttendanceReport (newest 50, kept one
year), user calendarView, read 2026-11-25.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from teamskit.clock import iso, parse_iso
from teamskit.tenant.calls import Call, Reply, Task
from teamskit.tenant.graph_calls import encoded, literal
from teamskit.tenant.permissions import ATTENDANCE_READ, CALENDARS_READ, MEETINGS_READ, RECORDINGS_READ
from teamskit.tenant.transport import Transport

EVENTS_AT_ONCE = 500
Items = list[dict[str, Any]]
Named = tuple[str, str]
"""A meeting is named by its organiser's account id and its join URL."""
_Steps = Generator[Any, Any, Any]


@dataclass(frozen=True)
class Left:
    """What a meeting left, or why it could not be told.

    `items` is None when it could not be told: `refused` is the reply that said so, or None when the organiser has no
    meeting of that join URL. `is_event` says that the meeting is one whose streaming viewers are in no record.
    """

    items: Items | None
    is_event: bool = False
    refused: Reply | None = None

    @property
    def lacks_policy(self) -> bool:
        """Say whether an application access policy is missing for the organiser."""
        said = self.refused.error_message if self.refused else ""
        return "application access policy" in said.casefold()


def fetch_recordings(transport: Transport, meetings: Sequence[Named]) -> dict[Named, Left]:
    """Give the recordings (`callRecording`) of each meeting, by batches; channel meetings are covered."""
    return _fetch(transport, dict.fromkeys(meetings), lambda path, _: _list_of(transport, f"{path}/recordings"))


def fetch_attendance(transport: Transport, meetings: Mapping[Named, tuple[datetime, datetime]]) -> dict[Named, Left]:
    """Give the attendance records of each meeting, of those reports that touch the given [start, end), by batches.

    A channel meeting's reports are those of all meetings in its channel, hence the times.
    """
    return _fetch(transport, meetings, lambda path, span: _attendance(transport, path, span))


def fetch_online_events(
    transport: Transport, spans: Mapping[str, tuple[datetime, datetime]]
) -> dict[str, Items | Reply]:
    """Give the calendar events of each account that touch its [start, end), or the reply that refused, by batches.

    Occurrences of a series come one by one. Permission: Calendars.Read.
    """
    chosen = f"$select=id,isOnlineMeeting,onlineMeeting,attendees&$top={EVENTS_AT_ONCE}"
    calls = [
        Call(
            "GET",
            f"/users/{encoded(one)}/calendarView?startDateTime={iso(start)}&endDateTime={iso(end)}&{chosen}",
            CALENDARS_READ,
        )
        for one, (start, end) in spans.items()
    ]
    return dict(zip(spans, transport.try_pages(calls), strict=True))


def _fetch(
    transport: Transport, meetings: Mapping[Named, Any], read: Callable[[str, Any], _Steps]
) -> dict[Named, Left]:
    of_organiser: dict[str, list[Named]] = {}
    for named in meetings:
        of_organiser.setdefault(named[0], []).append(named)
    found: dict[Named, Left] = {}

    def one(named: Named, look: Reply) -> Task:
        found[named] = yield from _left(named, look, lambda path: read(path, meetings[named]))

    looks: dict[Named, Reply] = {}
    transport.conduct(_look(owner, mine, looks) for owner, mine in of_organiser.items())
    transport.conduct(one(named, looks[named]) for named in meetings)
    return found


def _look(organiser: str, mine: Sequence[Named], looks: dict[Named, Reply]) -> Task:
    calls = [_find(organiser, join_url) for _, join_url in mine]
    first: Reply = yield calls[0]
    rest: Sequence[Reply] = [first] * (len(calls) - 1)
    if first.status != 403 and len(calls) > 1:
        rest = yield calls[1:]
    looks.update(zip(mine, [first, *rest], strict=True))


def _find(organiser: str, join_url: str) -> Call:
    path = f"/users/{encoded(organiser)}/onlineMeetings?$filter=JoinWebUrl%20eq%20{literal(join_url)}"
    return Call("GET", path, MEETINGS_READ)


def _left(named: Named, look: Reply, read: Callable[[str], _Steps]) -> _Steps:
    if not look.ok:
        return Left(None, refused=look)
    if not look.body.get("value"):
        return Left(None)
    meeting = look.body["value"][0]
    is_event = meeting.get("meetingType") == "broadcast" or meeting.get("isBroadcast") is True
    items = yield from read(f"/users/{encoded(named[0])}/onlineMeetings/{encoded(meeting['id'])}")
    return Left(None, is_event, items) if isinstance(items, Reply) else Left(items, is_event)


def _list_of(transport: Transport, path: str) -> _Steps:
    return (yield from transport.page_steps(Call("GET", path, RECORDINGS_READ)))


def _attendance(transport: Transport, path: str, span: tuple[datetime, datetime]) -> _Steps:
    reports = yield from transport.page_steps(Call("GET", f"{path}/attendanceReports", ATTENDANCE_READ))
    if isinstance(reports, Reply):
        return reports
    records: Items = []
    for report in (one for one in reports if _touches(one, span)):
        place = f"{path}/attendanceReports/{encoded(report['id'])}/attendanceRecords"
        found = yield from transport.page_steps(Call("GET", place, ATTENDANCE_READ))
        if isinstance(found, Reply):
            return found
        records += found
    return records


def _touches(report: Mapping[str, Any], span: tuple[datetime, datetime]) -> bool:
    if not report.get("meetingStartDateTime") or not report.get("meetingEndDateTime"):
        return False
    begin, end = (parse_iso(report[name]) for name in ("meetingStartDateTime", "meetingEndDateTime"))
    return begin < span[1] and end > span[0]
