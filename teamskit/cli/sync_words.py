"""What a reading of calls says when it is done, and what a list of calls says about the days that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from teamskit.cli.output import count
from teamskit.clock import at_school

if TYPE_CHECKING:
    from teamskit.calls import SyncResult
    from teamskit.calls.coverage import Reading
    from teamskit.cli.context import Here

REFUSED = {
    "calendar": "New meetings outside a channel have no class: calendars could not be read. It needs Calendars.Read.",
    "telephone": "The telephone logs may not be read. They need CallRecord-PstnCalls.Read.All.",
}


def sync_words(here: Here, result: SyncResult) -> Iterator[str]:
    """Give the lines that a reading ends with; what is missing in the set-up is said once, with what to do."""
    yield (
        f"{count(result.new, 'new call')}, {result.revised} revised, {result.without_detail} without details."
        f" {count(result.recordings_seen, 'call')} newly seen to be recorded."
    )
    if result.telephone:
        yield f"{count(result.telephone, 'telephone call')} known from the telephone logs only."
    if result.attendance_seen:
        yield f"{count(result.attendance_seen, 'call')} without times: taken from the attendance report."
    yield from attendance_words(result.attendance_not_known)
    if result.recordings_not_known:
        yield f"Not known of {count(result.recordings_not_known, 'call')} whether it was recorded: access was refused."
    if result.policy_missing:
        yield from _policy_words(here)
    yield from (REFUSED[one] for one in result.refused)
    yield covered_words(result)
    if result.gaps:
        yield gap_words(result.gaps)


def attendance_words(lacking: int) -> Iterator[str]:
    """Say of how many calls it is not known who was there when; nothing when there is none."""
    if lacking:
        calls = count(lacking, "call")
        yield f"Attendance not known of {calls}: Microsoft's record has no times. It does not mean that nobody came."


def viewers_words(events: int) -> Iterator[str]:
    """Say how many calls are events; nothing when there is none."""
    if events:
        yield f"{count(events, 'call')} with streaming viewers: viewers are not in the record."


def _policy_words(here: Here) -> Iterator[str]:
    app = here.school.signin.client_id or "<client_id>"
    yield "A step of the set-up is missing: an application access policy. In Teams PowerShell, once:"
    yield f'  New-CsApplicationAccessPolicy -Identity teamskit -AppIds "{app}" -Description "Recordings and attendance"'
    yield "  Grant-CsApplicationAccessPolicy -PolicyName teamskit -Global"
    yield "It can take half an hour to be in force. The next nights ask again."


def covered_words(result: SyncResult) -> str:
    """Say which days of the reading are covered whole, and up to when was read."""
    from teamskit.reports.words import days_words, moment_words

    until = f"Read up to {moment_words(result.until)}."
    if not result.days:
        return f"No whole day is covered yet. {until}"
    return f"Covered: {days_words(result.days)} ({count(len(result.days), 'day')}). {until}"


def gap_words(days: Sequence[date]) -> str:
    """Say which days are lost for good."""
    from teamskit.reports.words import days_words

    return f"Not covered, and gone at Microsoft: {days_words(days)} ({count(len(days), 'day')})."


def cover_words(readings: Sequence[Reading], now: datetime, first: date | None, last: date | None) -> Iterator[str]:
    """Say under a list of calls which of its days the log does not cover: nothing listed there means nothing.

    Without `first` it is about the days since the log began.
    """
    from teamskit.calls.coverage import covered_day, days_between, span_of
    from teamskit.reports.words import days_words

    if not readings:
        yield "The log was never read: teamskit calls sync"
        return
    began = min(reading.since for reading in readings)
    known = days_between(span_of(first)[0] if first else began, now)
    wanted = [day for day in known if (first or began <= span_of(day)[0]) and (last is None or day <= last)]
    statuses = {day: covered_day(day, readings).status for day in wanted}
    today = at_school(now).date()
    for status, words in (("not covered", "Not covered"), ("part", "Covered in part")):
        days = [day for day, found in statuses.items() if found == status and (day < today or status != "part")]
        if days:
            yield f"{words}: {days_words(days)}. A call of such a day may be missing here."
