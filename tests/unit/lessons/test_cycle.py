from datetime import date, timedelta

import pytest

from teamskit.errors import SchoolFileError
from teamskit.lessons.cycle import SchoolWeeks
from teamskit.roster import Lesson
from teamskit.school.calendar import Calendar
from teamskit.school.model import LessonSettings, Term

AUTUMN = (
    Term(first=date(2026, 9, 2), last=date(2026, 10, 23)),
    Term(first=date(2026, 11, 2), last=date(2026, 12, 18)),
    Term(first=date(2027, 1, 4), last=date(2027, 2, 12)),
)


def weeks(*week_a, terms=AUTUMN, closed=()):
    return SchoolWeeks(Calendar(terms=terms), frozenset(closed), week_a)


def test_weeks_of_term_alternate_and_half_term_counts_for_nothing():
    school = weeks(date(2026, 9, 7))
    mondays = [date(2026, 9, 7) + timedelta(days=7 * n) for n in range(9)]
    assert [school.is_first(day) for day in mondays] == [True, False, True, False, True, False, True, False, False]
    assert mondays[7] == date(2026, 10, 26)  # the half-term week itself
    assert not school.has_lessons(date(2026, 10, 28))
    assert school.is_first(date(2026, 11, 6)) is False


def test_christmas_is_skipped_and_a_named_monday_begins_anew():
    assert weeks(date(2026, 9, 7)).is_first(date(2026, 12, 18)) is False
    assert weeks(date(2026, 9, 7)).is_first(date(2027, 1, 8)) is True
    assert weeks(date(2026, 9, 7)).is_first(date(2027, 1, 15)) is False
    anew = weeks(date(2026, 9, 7), date(2027, 1, 11))
    assert [anew.is_first(date(2027, 1, day)) for day in (8, 15, 22)] == [True, True, False]


def test_weeks_before_the_named_one_are_counted_back():
    assert weeks(date(2026, 11, 2)).is_first(date(2026, 10, 19)) is False
    assert weeks(date(2026, 11, 2)).is_first(date(2026, 10, 12)) is True


def test_a_week_of_one_school_day_counts_and_an_inset_week_does_not():
    inset = [date(2026, 11, 2) + timedelta(days=n) for n in range(5)]
    assert weeks(date(2026, 10, 19), closed=inset[:4]).is_first(date(2026, 11, 9)) is True
    assert weeks(date(2026, 10, 19), closed=inset).is_first(date(2026, 11, 9)) is False


def test_two_weeks_without_a_named_monday_are_an_error_that_says_what_to_write():
    one = Lesson("7A", "1", "MonA:1", 0, "A")
    with pytest.raises(SchoolFileError) as wrong:
        weeks().has_week(one, date(2026, 11, 2))
    assert "week_a" in wrong.value.where
    assert "week_a = 2026-09-07" in wrong.value.next_step
    assert weeks().has_week(one._replace(week=""), date(2026, 11, 2))


def test_weekends_bank_holidays_and_closed_days_have_no_lessons():
    school = weeks(terms=(), closed=[date(2026, 11, 4)])
    days = [date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 7), date(2026, 12, 25)]
    assert [school.has_lessons(day) for day in days] == [True, False, False, False]


def test_the_school_file_takes_one_monday_or_several_and_no_tuesday():
    assert LessonSettings(week_a=date(2026, 9, 7)).week_a == (date(2026, 9, 7),)
    several = LessonSettings(week_a=[date(2027, 1, 4), date(2026, 9, 7)])
    assert several.week_a == (date(2026, 9, 7), date(2027, 1, 4))
    with pytest.raises(ValueError, match="Tuesday"):
        LessonSettings(week_a=date(2026, 9, 8))
