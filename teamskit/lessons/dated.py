"""From rows of the timetable to lessons on days: cycles, holidays, times, cover, rows of one lesson joined. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from urllib.parse import quote, unquote

from teamskit.clock import SCHOOL_ZONE
from teamskit.lessons.cycle import SchoolWeeks, days_of
from teamskit.plan import LeftOut
from teamskit.roster import Lesson
from teamskit.school.model import PeriodTimes

_THIRD_WEEK = re.compile(r"^[C-F3-6][:\s-]", re.IGNORECASE)
"""What is left of a period of a third week, MonC:1 or Mon3:1, when its day is taken off."""
CoverKey = tuple[date, str, str]
"""Day, and in small letters class code and period: as the timetable has it (mon:1) or its name alone (1)."""


@dataclass(frozen=True)
class DatedLesson:
    """A lesson of a class on a day: from `starts` to `ends` (UTC); `staff` are codes, the first one gives it."""

    school: str
    section_id: str
    day: date
    period: str
    starts: datetime
    ends: datetime
    staff: tuple[str, ...] = ()
    is_covered: bool = False

    @property
    def key(self) -> str:
        """Give what stays the same whoever teaches it and when it begins: school, day, period, class."""
        return f"{quote(self.school, safe='')}/{self.day}/{quote(self.period, safe=':')}/{self.section_id}"

    @property
    def label(self) -> str:
        """Name the lesson for a message."""
        return f"{self.section_id}, {self.day.day} {self.day:%B}, {self.period}"


def parts_of(key: str) -> tuple[str, date, str, str]:
    """Give school, day, period and class of a lesson's key; raises ValueError for anything else."""
    school, day, period, section = key.split("/", 3)
    return unquote(school), date.fromisoformat(day), unquote(period), section


@dataclass(frozen=True)
class Timetable:
    """What gives lessons: the rows, the school's weeks, times of periods without, and who covers for whom.

    `cover` has for a lesson the codes of who gives it instead; none at all when it does not take place.
    """

    lessons: Sequence[Lesson]
    weeks: SchoolWeeks
    periods: Mapping[str, PeriodTimes] = field(default_factory=dict)
    cover: Mapping[CoverKey, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class Dated:
    """What a timetable gives for some days: lessons in order of time, what was left out, and cover not used.

    `cancelled` are the lessons that the list of cover cancels, by key.
    """

    lessons: list[DatedLesson] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    cancelled: dict[str, DatedLesson] = field(default_factory=dict)
    unused: list[CoverKey] = field(default_factory=list)


def dated_lessons(timetable: Timetable, sections: Iterable[tuple[str, str]], first: date, last: date) -> Dated:
    """Give the lessons of some classes (school, code) from one day to another, both included.

    Rows of one class, day and period are one lesson, with the staff of all. A row without a day or without times is
    left out, and said once a period. Raises SchoolFileError for two weeks without `week_a`.
    """
    found, wanted = Dated(), set(sections)
    rows = [one for one in timetable.lessons if (one.school, one.section_id) in wanted]
    usable = _usable(rows, timetable.periods, found)
    used: set[CoverKey] = set()
    for day in filter(timetable.weeks.has_lessons, days_of(first, last)):
        today = [one for one in usable if one[0].weekday == day.weekday() and timetable.weeks.has_week(one[0], day)]
        for lesson in _joined(today, day):
            found.lessons += _covered(lesson[0], lesson[1], timetable.cover, used, found)
    others = {one.section_id.casefold() for one in timetable.lessons} - {code.casefold() for _, code in wanted}
    asked = [key for key in timetable.cover if first <= key[0] <= last and key[1] not in others]
    found.unused = [key for key in asked if key not in used]
    found.lessons.sort(key=lambda one: (one.starts, one.section_id, one.period))
    return found


def _usable(
    rows: Iterable[Lesson], periods: Mapping[str, PeriodTimes], found: Dated
) -> list[tuple[Lesson, time, time]]:
    rows = list(rows)
    usable, without = [], Counter[tuple[str, str]]()
    has_weeks = any(one.week for one in rows)
    for row in rows:
        times = _times(row, periods)
        if has_weeks and _THIRD_WEEK.match(row.slot):
            without["it is of a third week, and cycles may have one week or two", row.period] += 1
        elif row.weekday is None:
            without["the timetable names no day for it", row.period] += 1
        elif times is None:
            without["the timetable has no times for it", row.slot or row.period] += 1
        else:
            usable.append((row, *times))
    for (why, period), number in sorted(without.items()):
        remedy = "write its times under [lessons.periods] in school.toml" if "times" in why else ""
        counted = f"{number:,} row" if number == 1 else f"{number:,} rows"
        found.left_out.append(LeftOut(f"period {period} ({counted})", why, remedy))
    return usable


def _times(row: Lesson, periods: Mapping[str, PeriodTimes]) -> tuple[time, time] | None:
    if row.starts and row.ends and row.starts < row.ends:
        return row.starts, row.ends
    given = periods.get(row.period) or periods.get(row.slot)
    return (given.start, given.end) if given else None


def _joined(rows: Iterable[tuple[Lesson, time, time]], day: date) -> Iterator[tuple[DatedLesson, str]]:
    """Give one lesson for all rows of one class, period and time, with the period as the timetable writes it."""
    together: dict[tuple[str, str, str, time, time], list[Lesson]] = defaultdict(list)
    for row, starts, ends in rows:
        together[row.school, row.section_id, row.slot or row.period, starts, ends].append(row)
    named = Counter((school, section, period) for school, section, period, _, _ in together)
    for (school, section, period, starts, ends), same in together.items():
        # Two lessons of one class in one period can only be told apart by their time.
        name = period if named[school, section, period] == 1 else f"{period}@{starts:%H:%M}"
        staff = tuple(dict.fromkeys(code for row in same for code in row.staff))
        span = _moment(day, starts), _moment(day, ends)
        yield DatedLesson(school, section, day, name or f"{starts:%H:%M}", *span, staff), same[0].period


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SCHOOL_ZONE).astimezone(UTC)


def _covered(
    lesson: DatedLesson, written: str, cover: Mapping[CoverKey, tuple[str, ...]], used: set[CoverKey], found: Dated
) -> list[DatedLesson]:
    """Give the lesson as it takes place: with another teacher, or not at all."""
    names = (written.casefold(), lesson.period.casefold())
    key = next((key for name in names if (key := (lesson.day, lesson.section_id.casefold(), name)) in cover), None)
    if key is None:
        return [lesson]
    used.add(key)
    if not cover[key]:
        found.cancelled[lesson.key] = lesson
        return []
    return [replace(lesson, staff=cover[key], is_covered=True)]
