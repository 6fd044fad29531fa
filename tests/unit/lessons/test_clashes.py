from datetime import UTC, date, datetime

from teamskit.lessons.clashes import clash_words, clashes
from teamskit.lessons.dated import DatedLesson

DAY = date(2026, 11, 30)


def lesson(section, hour, staff="ANN", minutes=0, covered=False):
    starts = datetime(2026, 11, 30, hour, minutes, tzinfo=UTC)
    return DatedLesson("1", section, DAY, "1", starts, starts.replace(minute=50), (staff,), covered)


def test_lessons_of_one_teacher_that_overlap_are_a_clash_and_those_that_follow_are_none():
    first, half, later, other = lesson("7A", 9), lesson("7B", 9, minutes=30), lesson("7C", 10), lesson("7D", 9, "BEN")
    assert clashes([first, half, later, other]) == [(first, half)]


def test_beside_the_chosen_classes_only_cover_is_looked_at():
    mine, covered = lesson("7A", 9), lesson("7A", 10, covered=True)
    others = [lesson("8A", 9), lesson("8A", 10), lesson("8B", 10, "BEN"), covered]
    assert clashes([mine, covered], others) == [(covered, others[1])]


def test_many_are_counted():
    found = clashes([lesson(f"7{n}", 9) for n in range(8)])
    assert list(clash_words(found))[-1] == "2 more times with two lessons of one teacher at once"
