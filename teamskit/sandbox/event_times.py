"""Times of calendar events: a moment with the name of its zone, and what a recurrence comes to.

Zones go by their IANA name or by Windows'. Of recurrences the tenant knows daily and weekly ones; another is refused.
Source: Graph v1.0 dateTimeTimeZone, recurrencePattern and recurrenceRange; Unicode CLDR windowsZones; read 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from teamskit.sandbox.clock import to_datetime, to_us
from teamskit.sandbox.request import Refusal, bad_request

_WINDOWS = {
    "UTC": "UTC",
    "GMT Standard Time": "Europe/London",
    "Greenwich Standard Time": "Atlantic/Reykjavik",
    "W. Europe Standard Time": "Europe/Berlin",
    "Romance Standard Time": "Europe/Paris",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "GTB Standard Time": "Europe/Bucharest",
    "FLE Standard Time": "Europe/Kiev",
    "E. Europe Standard Time": "Europe/Chisinau",
    "Turkey Standard Time": "Europe/Istanbul",
    "Arabian Standard Time": "Asia/Dubai",
    "India Standard Time": "Asia/Calcutta",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "New Zealand Standard Time": "Pacific/Auckland",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST_DAYS = 4000
INVALID = "ErrorPropertyValidationFailure"


def zone_of(name: str | None) -> ZoneInfo:
    """Give the zone of a name, Windows' or IANA's; none is UTC. Raises Refusal (400) for an unknown one."""
    wanted = name or "UTC"
    try:
        return ZoneInfo(_WINDOWS.get(wanted, wanted))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"A valid TimeZone value must be specified. This one is not supported: '{name}'."
        raise bad_request(message, "TimeZoneNotSupportedException") from None


def read_moment(said: Mapping[str, Any]) -> int:
    """Give a dateTimeTimeZone in microseconds; an offset in the text beats the zone. Raises Refusal (400)."""
    zone, fit = zone_of(said.get("timeZone")), _MOMENT.fullmatch(str(said.get("dateTime")))
    try:
        moment = datetime.fromisoformat(fit.group(1) + (fit.group(3) or "")) if fit else None
    except ValueError:
        moment = None
    if moment is None:
        raise bad_request("At least one property failed validation: a dateTime cannot be read.", INVALID)
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def shown_moment(us: int, zone_name: str) -> dict[str, str]:
    """Give a moment as Outlook writes it in this zone."""
    local = to_datetime(us).astimezone(zone_of(zone_name))
    return {"dateTime": local.strftime("%Y-%m-%dT%H:%M:%S") + ".0000000", "timeZone": zone_name}


def checked_recurrence(recurrence: Mapping[str, Any]) -> None:
    """Refuse (400) a recurrence that lacks what it needs, (501) one that is not daily or weekly."""
    pattern, span = recurrence.get("pattern") or {}, recurrence.get("range") or {}
    if pattern.get("type") not in ("daily", "weekly"):
        raise Refusal(501, "NotImplemented", "This tenant knows daily and weekly recurrences only.")
    is_whole = pattern.get("interval", 0) >= 1 and span.get("startDate") and span.get("type")
    needs = {"endDate": "endDate", "numbered": "numberOfOccurrences"}.get(span.get("type", ""))
    is_dayless = pattern["type"] == "weekly" and not pattern.get("daysOfWeek")
    if not is_whole or is_dayless or (needs and not span.get(needs)):
        raise bad_request("At least one property failed validation: the recurrence lacks something.", INVALID)


def occurrences(
    recurrence: Mapping[str, Any], span: tuple[int, int], zone: ZoneInfo, view: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Give [start, end) of each occurrence that touches the view, in microseconds, first to last.

    `span` is that of the first; the others begin at the same time of day in `zone`.
    """
    begin = to_datetime(span[0]).astimezone(zone)
    for day in _days(recurrence, to_datetime(view[1]).astimezone(zone).date()):
        start = _at(day, begin.timetz().replace(tzinfo=None), zone)
        end = start + span[1] - span[0]
        if start < view[1] and end > view[0]:
            yield start, end


def _at(day: date, clock: time, zone: ZoneInfo) -> int:
    return to_us(datetime.combine(day, clock, zone).astimezone(UTC))


def _days(recurrence: Mapping[str, Any], until: date) -> Iterator[date]:
    """Give the days of a recurrence up to `until`, or to the end of its range."""
    span = recurrence["range"]
    first = date.fromisoformat(span["startDate"])
    last = min(until, date.fromisoformat(span["endDate"])) if span["type"] == "endDate" else until
    left = span["numberOfOccurrences"] if span["type"] == "numbered" else _MOST_DAYS
    for number in range(min((last - first).days + 1, _MOST_DAYS)):
        day = first + timedelta(days=number)
        if left and _falls_on(recurrence["pattern"], first, day):
            left -= 1
            yield day


def _falls_on(pattern: Mapping[str, Any], first: date, day: date) -> bool:
    if pattern["type"] == "daily":
        return (day - first).days % int(pattern["interval"]) == 0
    # Weeks are counted from the week of the first day, and begin on the pattern's own first day, Sunday unless said.
    begins = _DAYS.index(pattern.get("firstDayOfWeek") or "sunday")
    monday = first - timedelta(days=(first.weekday() - begins) % 7)
    is_week = (day - monday).days // 7 % int(pattern["interval"]) == 0
    return is_week and _DAYS[day.weekday()] in pattern["daysOfWeek"]
