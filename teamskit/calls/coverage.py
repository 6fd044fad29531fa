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
WEEK = timedelta(days=7)
SLACK = timedelta(hours=1)
"""How far short of the 30 days a reading may begin and still count as one of all that is kept."""
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


def first_moment(
    now: datetime, since: date | None, readings: Sequence[Reading] = (), overlap: timedelta = KEPT
) -> datetime:
    """Give the moment from which to list: where the log's cover ends less `overlap`, or the beginning of a day.

    A record comes up to an hour after its call's end, and a call can run past midnight, so the overlap is days, not
    hours. As a record can be revised until it is gone, all 30 days are listed once a week, and on the first run. A
    stretch of the 30 days that was never read is always listed.
    """
    floor = now - KEPT
    if since is not None:
        return max(floor, span_of(since)[0])
    if not any(is_full(reading) and now - reading.at < WEEK for reading in readings):
        return floor
    return max(floor, _covered_until(floor, readings) - overlap)


def is_full(reading: Reading) -> bool:
    """Say whether a run listed all that the service keeps."""
    return reading.since <= reading.at - KEPT + SLACK


def _covered_until(floor: datetime, readings: Sequence[Reading]) -> datetime:
    """Give the end of the unbroken cover that begins at `floor`, or `floor` itself."""
    return next((end for begin, end in settled(readings) if begin <= floor < end), floor)


def gaps(readings: Sequence[Reading], now: datetime) -> tuple[date, ...]:
    """Give the days since the log began that were not read whole and cannot be any more: not covered for ever."""
    if not readings:
        return ()
    lost = now - KEPT
    began = min(reading.since for reading in readings)
    days = (day for day in days_between(began, now) if began <= span_of(day)[0] < lost)
    whole = settled(readings)
    return tuple(day for day in days if not _holds(whole, span_of(day)))


def _holds(stretches: Sequence[Interval], day: Interval) -> bool:
    return any(begin <= day[0] and end >= day[1] for begin, end in stretches)


def days_between(first: datetime, last: datetime) -> list[date]:
    """Give the school days that [first, last) touches."""
    day, end = at_school(first).date(), at_school(last).date()
    return [day + timedelta(days=n) for n in range((end - day).days + 1)]


def covered_day(day: date, readings: Sequence[Reading]) -> CoveredDay:
    """Say how far one day is covered."""
    first, last = span_of(day)
    touching = [reading for reading in readings if reading.since < last and reading.until > first]
    # A log of many years has thousands of readings, and only those that touch the day can cover it.
    status = "covered" if _holds(settled(touching), (first, last)) else "part" if touching else "not covered"
    return CoveredDay(day, status, max((reading.at for reading in touching), default=None), first + KEPT)
