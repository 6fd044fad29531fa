from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from teamskit.calls.roll import ROLL, ClassRoll, OnRoll, roll_entries, rolls_of

FIRST = datetime(2026, 11, 9, 2, tzinfo=UTC)
DAY = date(2026, 11, 11)
ANN = OnRoll("s/pupil/1", "1", "Ann", "3", "a-1")


@pytest.mark.parametrize(
    ("days", "there"),
    [
        ({}, True),
        ({"joined_on": DAY}, True),
        ({"joined_on": DAY + timedelta(days=1)}, False),
        ({"left_on": DAY}, False),
        ({"left_on": DAY + timedelta(days=1)}, True),
        ({"since": DAY}, True),
        ({"since": DAY + timedelta(days=1)}, False),
        ({"until": DAY}, True),
        ({"until": DAY - timedelta(days=1)}, False),
    ],
)
def test_who_is_there_by_his_dates(days, there):
    assert replace(ANN, **days).is_there(DAY) is there


def history(*steps):
    """Take the roll at each (moment, classes) and read it back."""
    held = []
    for at, rolls in steps:
        newest = {one.key: one for one in held}
        held += roll_entries(rolls, list(newest.values()), at)
    return rolls_of(held), held


def test_a_day_is_answered_by_the_roll_of_that_day_and_before_the_first_by_the_first():
    both, one = ClassRoll("s", "3A", "3A", (ANN, OnRoll("s/pupil/2", "2", "Bea"))), ClassRoll("s", "3A", "3A", (ANN,))
    new = ClassRoll("s", "3B", "3B", (ANN,))
    rolls, held = history((FIRST, [both]), (FIRST + timedelta(days=1), [both]), (FIRST + timedelta(days=2), [one, new]))
    assert [(entry.kind, entry.key, entry.version) for entry in held] == [
        (ROLL, "s/3A", 1),
        (ROLL, "s/3A", 2),
        (ROLL, "s/3B", 1),
    ]
    there = {day: {c.id: [p.id for p in c.pupils] for c in rolls.on(date(2026, 11, day))} for day in (1, 10, 11)}
    assert there == {1: {"3A": ["1", "2"]}, 10: {"3A": ["1", "2"]}, 11: {"3A": ["1"], "3B": ["1"]}}


def test_two_rows_of_one_pupil_are_one_pupil():
    rows = (replace(ANN, until=date(2026, 9, 30)), replace(ANN, since=date(2026, 11, 1)))
    rolls, _ = history((FIRST, [ClassRoll("s", "3A", "3A", rows)]))
    assert [len(rolls.on(day)[0].pupils) for day in (date(2026, 9, 1), date(2026, 10, 10), DAY)] == [1, 0, 1]


def test_names_that_were_forgotten_are_said_again_and_nobody_is_made_up():
    roll = ClassRoll("s", "3A", "3A", (ANN,))
    (entry,) = roll_entries([roll], [], FIRST)
    forgotten = replace(entry, private=None, forgotten=True)
    assert rolls_of([forgotten]).on(DAY)[0].pupils == ()
    (again,) = roll_entries([roll], [forgotten], FIRST + timedelta(days=1))
    assert (again.version, again.private) == (2, entry.private)
