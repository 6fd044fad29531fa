"""Which days have lessons, and which week of a two-week timetable a week is. Pure.

The weeks alternate over the weeks of term: a week without any school day is skipped, a week with one counts. Each
Monday that the school has named begins a week A anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from teamskit.errors import SchoolFileError
from teamskit.roster import Lesson
from teamskit.school import School
from teamskit.school.calendar import Calendar

FIRST, SECOND = frozenset("A1"), frozenset("B2")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class SchoolWeeks:
    """The school's days: its calendar, the days on which it is closed besides, and the Mondays that begin a week A."""

    calendar: Calendar = field(default_factory=Calendar)
    closed: frozenset[date] = frozenset()
    week_a: tuple[date, ...] = ()

    @classmethod
    def of(cls, school: School) -> "SchoolWeeks":
        """Give the weeks of a school file."""
        lessons = school.lessons
        return cls(Calendar.of(school), frozenset(lessons.closed_days), tuple(sorted(lessons.week_a)))

    def has_lessons(self, day: date) -> bool:
        """Say whether a day is a school day: in term, no weekend, bank holiday or closed day."""
        return day not in self.closed and self.calendar.why_no_school(day) is None

    def has_week(self, lesson: Lesson, day: date) -> bool:
        """Say whether a row of the timetable is for the week in which a day lies; one without a week is for each."""
        if lesson.week not in FIRST | SECOND:
            return True
        return (lesson.week in FIRST) == self.is_first(day)

    def is_first(self, day: date) -> bool:
        """Say whether a day lies in a week A (or 1); raises SchoolFileError when the school has named none."""
        if not self.week_a:
            raise SchoolFileError(
                "the timetable has two weeks, and nothing says which one a week is",
                where="school.toml, [lessons] week_a",
                next_step="Write the Monday of any week A (or week 1) there: week_a = 2026-09-07.",
            )
        monday = day - timedelta(days=day.weekday())
        named = max((one for one in self.week_a if one <= monday), default=self.week_a[0])
        return self._weeks_between(min(named, monday), max(named, monday)) % 2 == 0

    def _weeks_between(self, first: date, last: date) -> int:
        """Count the weeks of term from one Monday to before another."""
        mondays = (first + WEEK * n for n in range((last - first).days // 7))
        return sum(self._is_of_term(monday) for monday in mondays)

    def _is_of_term(self, monday: date) -> bool:
        return any(self.has_lessons(monday + timedelta(days=n)) for n in range(5))

    def counts_holidays(self, lessons: Iterable[Lesson]) -> bool:
        """Say whether weeks must be counted through holidays: two weeks, and no terms in the school file."""
        return not self.calendar.terms and any(one.week in FIRST | SECOND for one in lessons)


def days_of(first: date, last: date) -> Sequence[date]:
    """Give the days from one to another, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
