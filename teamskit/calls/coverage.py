"""Which stretches of time the log covers, what to ask for next, and which school days have gaps. Pure.

Source: call records can be read for 30 days, and a first version can take up to 60 minutes after a call's end to
appear; Graph v1.0 callRecord and its FAQ, read 2026-11-25.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from teamskit.calls.model import Interval
from teamskit.calls.presence import union
from teamskit.clock import SCHOOL_ZONE, at_school

KEPT = timedelta(days=30)
SETTLED_AFTER = timedelta(minutes=60)


@dataclass(frozen=True)
class Reading:
    """One run that listed every call which began in [since, until), made at `at`."""

    since: datetime
    until: datetime
    at: datetime


@dataclass(frozen=True)
class CoveredDay:
    """One school day of the log: `status` is covered, part or not covered; `fetch_by` is when it is lost for good.

    `read_at` is the last reading that touched the day.
    """

    day: date
    status: str
    read_at: datetime | None
    fetch_by: datetime


def span_of(day: date) -> Interval:
    """Give the UTC moments between which a day lies at school; 23 or 25 hours where the clocks change."""
    first, last = (datetime.combine(d, time(), SCHOOL_ZONE) for d in (day, day + timedelta(days=1)))
    return first.astimezone(UTC), last.astimezone(UTC)


def settled(readings: Iterable[Reading]) -> tuple[Interval, ...]:
    """Give the stretches of which every call had certainly appeared when they were read."""
    return union((reading.since, min(reading.until, reading.at - SETTLED_AFTER)) for reading in readings)


def first_moment(now: datetime, since: date | None) -> datetime:
    """Give the moment from which to list: as far back as the service keeps records, or the beginning of a day.

    All of it is listed each time, because a record can be revised until it is gone: the list is one request for 60
    calls, and only what is new or revised is asked for in full.
    """
    floor = now - KEPT
    return floor if since is None else max(floor, span_of(since)[0])


def days_between(first: datetime, last: datetime) -> list[date]:
    """Give the school days that [first, last) touches."""
    day, end = at_school(first).date(), at_school(last).date()
    return [day + timedelta(days=n) for n in range((end - day).days + 1)]


def covered_day(day: date, readings: Sequence[Reading]) -> CoveredDay:
    """Say how far one day is covered."""
    first, last = span_of(day)
    touching = [reading for reading in readings if reading.since < last and reading.until > first]
    whole = any(begin <= first and end >= last for begin, end in settled(readings))
    status = "covered" if whole else "part" if touching else "not covered"
    return CoveredDay(day, status, max((reading.at for reading in touching), default=None), first + KEPT)
