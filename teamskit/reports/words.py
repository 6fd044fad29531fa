"""How days, times and numbers are written for people: English, the school's clock, 24 hours. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from teamskit.clock import at_school

MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAY = timedelta(days=1)
_CLOCK = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60))
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def day_words(day: date) -> str:
    """Write 9 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: date | datetime) -> str:
    """Write Mon 9 Nov; of a moment, the day at school."""
    if isinstance(day, datetime):
        day = at_school(day).date()
    return f"{weekday(day)[:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def span_words(first: date, last: date) -> str:
    """Write 9 to 20 November 2026, with month and year said once where they are the same."""
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day_words(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1]} to {day_words(last)}"
    return f"{day_words(first)} to {day_words(last)}"


def weekday(day: date) -> str:
    """Give the day of the week."""
    return WEEKDAYS[day.weekday()]


def runs(days: Sequence[date]) -> list[tuple[date, date]]:
    """Gather days, in order, to runs without a hole."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def days_words(days: Sequence[date]) -> str:
    """Write days as runs: 3 November 2026, 5 to 8 November 2026."""
    return ", ".join(span_words(*run) for run in runs(days))


def clock_words(moment: datetime, seconds: bool = False) -> str:
    """Write a moment's time at school: 14:02, or 14:02:05."""
    there = at_school(moment)
    return f"{there:%H:%M:%S}" if seconds else f"{there.hour:02}:{there.minute:02}"


def clock_within(first: datetime, last: datetime) -> Callable[[datetime], str]:
    """Give `clock_words` for the moments of a call, which lie between these two.

    The zone is asked once, not for each of a quarter of a million people; again only where the clocks change.
    """
    there = at_school(first)
    if there.utcoffset() != at_school(last).utcoffset() or last - first > DAY:
        return clock_words
    midnight = first - timedelta(hours=there.hour, minutes=there.minute, seconds=there.second)
    return lambda moment: _CLOCK[(moment - midnight).seconds // 60]


def moment_words(moment: datetime) -> str:
    """Write 25 November 2026, 14:02, at school."""
    return f"{day_words(at_school(moment).date())}, {clock_words(moment)}"


def minutes(length: timedelta) -> int:
    """Give a length in whole minutes, the nearest; anything at all is at least one."""
    seconds = length.total_seconds()
    return max(1, round(seconds / 60)) if seconds > 0 else 0


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: 1 call, 1,234 calls."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    """Show control and direction characters of a name as marks, so that none can turn a line round."""
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def cell_words(cell: str | float | date | time | None) -> str:
    """Write a table's cell for people: 9 November 2026, 09:05, 1,234; a moment in its own zone."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, datetime):
        return f"{day_words(cell.date())}, {cell:%H:%M}"
    if isinstance(cell, date):
        return day_words(cell)
    return f"{cell:%H:%M}" if isinstance(cell, time) else f"{cell:,}"
