from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from teamskit.school import Term
from teamskit.school.calendar import Calendar
from teamskit.school.model import SchoolDay

LONDON = ZoneInfo("Europe/London")
TERMS = (
    Term(first=date(2026, 9, 2), last=date(2026, 10, 23)),
    Term(first=date(2026, 11, 2), last=date(2026, 12, 18)),
    Term(first=date(2027, 1, 4), last=date(2027, 5, 28)),
)
YEAR = Calendar(SchoolDay(start=time(8, 45), end=time(15, 30)), TERMS)


def at(*parts):
    return datetime(*parts, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(2026, 11, 9, 8, 45), None),
        (at(2026, 11, 9, 8, 44, 59), "before school"),
        (at(2026, 11, 9, 15, 30), None),
        (at(2026, 11, 9, 15, 30, 1), "after school"),
        (at(2026, 10, 23, 15, 30), None),
        (at(2026, 10, 24, 10), "weekend"),
        (at(2026, 10, 26, 10), "out of term"),
        (at(2026, 11, 2, 8, 45), None),
        (at(2027, 3, 26, 10), "bank holiday"),
        (at(2027, 3, 29, 10), "bank holiday"),
        (at(2027, 5, 3, 10), "bank holiday"),
        (at(2027, 5, 4, 10), None),
        (at(2027, 3, 29, 8, 50).astimezone(ZoneInfo("UTC")), "bank holiday"),
        (at(2026, 12, 25, 10), "bank holiday"),
    ],
)
def test_moments_of_a_year(moment, said):
    assert YEAR.outside(moment) == said


def test_the_clock_of_the_wall_counts_on_both_sides_of_a_change():
    utc = ZoneInfo("UTC")
    assert YEAR.outside(datetime(2026, 10, 23, 7, 45, tzinfo=utc)) is None
    assert YEAR.outside(datetime(2026, 11, 2, 7, 45, tzinfo=utc)) == "before school"
    assert YEAR.outside(datetime(2026, 10, 23, 14, 45, tzinfo=utc)) == "after school"
    assert YEAR.outside(datetime(2026, 11, 2, 14, 45, tzinfo=utc)) is None


def test_without_terms_no_day_lies_out_of_term():
    free = Calendar(YEAR.hours, ())
    assert free.outside(at(2026, 10, 28, 10)) is None
    assert free.outside(at(2026, 10, 31, 10)) == "weekend"
    assert free.outside(at(2026, 12, 25, 10)) == "bank holiday"
