from datetime import UTC, date, datetime, time

from teamskit.lessons.cycle import SchoolWeeks
from teamskit.lessons.dated import Timetable, dated_lessons, parts_of
from teamskit.roster import Lesson
from teamskit.school.calendar import Calendar
from teamskit.school.model import LessonSettings

NINE, TEN = time(9), time(10)
MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


def row(section="7A/Ma1", period="Mon:1", weekday=0, week="", staff=("ANN",), starts=NINE, ends=TEN):
    return Lesson(section, "3001", period, weekday, week, period.partition(":")[2], starts, ends, staff)


def dated(*rows, first=MONDAY, last=FRIDAY, week_a=(), cover=None, periods=None):
    table = Timetable(rows, SchoolWeeks(Calendar(), frozenset(), week_a), periods or {}, cover or {})
    return dated_lessons(table, {(one.school, one.section_id) for one in rows}, first, last)


def test_a_row_gives_one_lesson_each_week_on_the_schools_clock():
    found = dated(row(), first=date(2026, 10, 19), last=date(2026, 10, 31)).lessons
    assert [one.starts for one in found] == [
        datetime(2026, 10, 19, 8, tzinfo=UTC),
        datetime(2026, 10, 26, 9, tzinfo=UTC),
    ]
    assert found[0].key == "3001/2026-10-19/1/7A/Ma1"
    assert parts_of(found[0].key) == ("3001", date(2026, 10, 19), "1", "7A/Ma1")


def test_two_weeks_give_each_row_in_its_own_week():
    rows = row(period="MonA:1", week="A"), row(period="MonB:2", week="B", starts=TEN, ends=time(11))
    found = dated(*rows, last=date(2026, 12, 8), week_a=(MONDAY,)).lessons
    assert [(one.day.day, one.period) for one in found] == [(30, "1"), (7, "2")]
    numbered = dated(row(period="2Mon:1", week="2"), week_a=(MONDAY,))
    assert numbered.lessons == []


def test_rows_of_one_slot_are_one_lesson_with_the_staff_of_both():
    found = dated(row(), row(staff=("BEN", "ANN"))).lessons
    assert [one.staff for one in found] == [("ANN", "BEN")]


def test_two_lessons_in_one_period_at_different_times_stay_two_with_keys_of_their_own():
    found = dated(row(period="Mon:AM"), row(period="Mon:AM", starts=TEN, ends=time(11))).lessons
    assert [one.period for one in found] == ["AM@09:00", "AM@10:00"]


def test_lessons_that_follow_one_another_stay_two():
    assert len(dated(row(), row(period="Mon:2", starts=TEN, ends=time(11))).lessons) == 2


def test_times_come_from_the_school_file_where_the_timetable_has_none():
    periods = LessonSettings(periods={"1": "09:05-09:55", "Tue:1": "10:00-11:00"}).periods
    rows = row(starts=None, ends=None), row(period="Tue:1", weekday=1, starts=None, ends=None)
    found = dated(*rows, periods=periods).lessons
    assert [f"{one.starts:%H:%M}" for one in found] == ["09:05", "10:00"]
    without = dated(*rows)
    assert without.lessons == []
    assert [(one.what, one.remedy) for one in without.left_out] == [
        ("period 1 (2 rows)", "write its times under [lessons.periods] in school.toml")
    ]


def test_a_row_without_a_day_is_left_out_and_said():
    found = dated(Lesson("7A/Ma1", "3001", "Tut", None, "", "Tut", NINE, TEN))
    assert [one.why for one in found.left_out] == ["the timetable names no day for it"]


def test_a_third_week_is_left_out_and_said_and_a_letter_without_weeks_is_none():
    third = Lesson("7A/Ma1", "3001", "MonC:1", 0, "", "C:1", NINE, TEN)
    found = dated(row(period="MonA:1", week="A"), third, week_a=(MONDAY,))
    assert [one.period for one in found.lessons] == ["1"]
    assert [(one.what, one.why) for one in found.left_out] == [
        ("period MonC:1 (1 row)", "it is of a third week, and cycles may have one week or two")
    ]
    assert len(dated(row(), third).lessons) == 2


def test_cover_puts_another_teacher_and_cancels():
    cover = {(MONDAY, "7a/ma1", "1"): ("BEN",), (date(2026, 12, 7), "7a/ma1", "mon:1"): ()}
    found = dated(row(), last=date(2026, 12, 14), cover=cover)
    assert [(one.day.day, one.staff, one.is_covered) for one in found.lessons] == [
        (30, ("BEN",), True),
        (14, ("ANN",), False),
    ]
    assert set(found.cancelled) == {"3001/2026-12-07/1/7A/Ma1"}
    assert found.unused == []


def test_cover_that_fits_no_lesson_of_these_days_is_named():
    cover = {(MONDAY, "7a/ma1", "6"): ("BEN",), (date(2027, 1, 4), "7a/ma1", "1"): ("BEN",)}
    assert dated(row(), cover=cover).unused == [(MONDAY, "7a/ma1", "6")]


def test_a_class_code_keeps_its_slashes_and_a_period_its_own():
    found = dated(row(section="3/4 Ash", period="Mon:AM/PM")).lessons[0]
    assert parts_of(found.key) == ("3001", MONDAY, "AM/PM", "3/4 Ash")
