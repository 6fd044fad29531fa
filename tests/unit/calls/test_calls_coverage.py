from datetime import UTC, date, datetime, timedelta

from teamskit.calls.coverage import Reading, covered_day, first_moment, span_of

NOW = datetime(2026, 11, 25, 16, tzinfo=UTC)
DAY = timedelta(days=1)


def reading(since, until):
    return Reading(since, until, until)


def test_every_run_goes_back_as_far_as_records_are_kept():
    assert first_moment(NOW, None) == NOW - 30 * DAY


def test_since_is_a_school_day_and_no_earlier_than_records_are_kept():
    assert first_moment(NOW, date(2026, 11, 24)) == datetime(2026, 11, 24, tzinfo=UTC)
    assert first_moment(NOW, date(2026, 8, 1)) == NOW - 30 * DAY


def test_c12_a_day_is_the_schools_and_has_25_hours_when_the_clocks_go_back():
    first, last = span_of(date(2026, 10, 25))
    assert (first, last - first) == (datetime(2026, 10, 24, 23, tzinfo=UTC), timedelta(hours=25))
    first, last = span_of(date(2027, 3, 28))
    assert last - first == timedelta(hours=23)


def test_a_day_is_covered_once_it_was_read_an_hour_after_its_end():
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    day = date(2026, 11, 24)
    early, later = (reading(midnight - 5 * DAY, midnight + timedelta(minutes=m)) for m in (59, 60))
    assert covered_day(day, [early]).status == "part"
    assert covered_day(day, [later]).status == "covered"
    assert covered_day(day, [early, later]).read_at == later.at
    gap = covered_day(date(2026, 11, 10), [later])
    assert (gap.status, gap.read_at, gap.fetch_by) == ("not covered", None, datetime(2026, 12, 10, tzinfo=UTC))


def test_two_runs_that_meet_cover_the_day_between_them():
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    readings = [reading(noon - 3 * DAY, noon), reading(noon - timedelta(hours=1), noon + DAY)]
    assert covered_day(date(2026, 11, 20), readings).status == "covered"
