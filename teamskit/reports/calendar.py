"""Days by hours of the school's clock: how many calls began when, and which days are not covered. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from teamskit.calls.coverage import CoveredDay
from teamskit.clock import at_school
from teamskit.reports.tables import Material

SCHOOL_HOURS = range(8, 17)
SHADES = 4


@dataclass(frozen=True)
class Square:
    """Calls that began in one hour; `shade` is 0 for none to 4 for as many as the busiest hour has."""

    calls: int
    shade: int


@dataclass(frozen=True)
class CalendarDay:
    """One row: `words` says what kind of day it is (not covered, weekend, no calls); empty for a day with calls.

    `is_gap` days are hatched. `squares` is empty where the words stand in their place.
    """

    day: date
    words: str
    is_gap: bool
    squares: tuple[Square, ...]
    calls: int


@dataclass(frozen=True)
class Calendar:
    """All days of the period and the hours that are shown, in order."""

    hours: tuple[int, ...]
    days: tuple[CalendarDay, ...]


def calendar(material: Material) -> Calendar:
    """Count the calls by day and hour at school; hours of the school day are always shown."""
    began = [at_school(call.start) for call in material.calls]
    counts = Counter((moment.date(), moment.hour) for moment in began)
    first = min([SCHOOL_HOURS[0], *(hour for _, hour in counts)])
    last = max([SCHOOL_HOURS[-1], *(hour for _, hour in counts)])
    hours = tuple(range(first, last + 1))
    busiest = max(counts.values(), default=1)
    missing = set(material.missing)
    days = (_day(one, one.day in missing, hours, counts, busiest, material) for one in material.days)
    return Calendar(hours, tuple(days))


def _day(
    one: CoveredDay,
    is_gap: bool,
    hours: tuple[int, ...],
    counts: Mapping[tuple[date, int], int],
    busiest: int,
    material: Material,
) -> CalendarDay:
    numbers = [counts.get((one.day, hour), 0) for hour in hours]
    words = [_coverage_words(one)] if is_gap else []
    if closed := _closed(one.day, material):
        words.append(closed)
    if not is_gap and not any(numbers):
        words.append("no calls")
    squares = tuple(Square(number, -(-number * SHADES // busiest)) for number in numbers) if any(numbers) else ()
    return CalendarDay(one.day, ", ".join(words), is_gap, squares, sum(numbers))


def _coverage_words(one: CoveredDay) -> str:
    return "not covered" if one.status == "not covered" else "covered in part"


def _closed(day: date, material: Material) -> str:
    return material.closed.get(day) or ("weekend" if day.weekday() > 4 else "")
