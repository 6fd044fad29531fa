"""Moments with the name of a zone, and days of a recurrence."""

from zoneinfo import available_timezones

import pytest

from teamskit.sandbox.clock import from_text, to_text
from teamskit.sandbox.event_times import _WINDOWS, checked_recurrence, occurrences, read_moment, shown_moment, zone_of
from teamskit.sandbox.request import Refusal


@pytest.mark.parametrize(
    ("moment", "zone", "utc"),
    [
        ("2026-06-30T09:00:00", "Europe/London", "2026-06-30T08:00:00Z"),
        ("2026-11-30T09:00:00", "GMT Standard Time", "2026-11-30T09:00:00Z"),
        ("2026-06-30T09:00:00.0000000", "GMT Standard Time", "2026-06-30T08:00:00Z"),
        ("2026-06-30T09:00:00", "Greenwich Standard Time", "2026-06-30T09:00:00Z"),
        ("2026-06-30T09:00", "Pacific Standard Time", "2026-06-30T16:00:00Z"),
        ("2026-06-30T09:00:00+02:00", "Europe/London", "2026-06-30T07:00:00Z"),
        ("2026-06-30T09:00:00Z", "Europe/London", "2026-06-30T09:00:00Z"),
        ("2026-06-30T09:00:00", None, "2026-06-30T09:00:00Z"),
    ],
)
def test_a_moment_is_read_in_its_zone(moment, zone, utc):
    assert to_text(read_moment({"dateTime": moment, "timeZone": zone})) == utc


def test_a_moment_is_shown_in_a_zone():
    shown = shown_moment(from_text("2026-06-30T08:00:00Z"), "GMT Standard Time")
    assert shown == {"dateTime": "2026-06-30T09:00:00.0000000", "timeZone": "GMT Standard Time"}


@pytest.mark.parametrize("moment", ["2026-06-31T09:00:00", "30/06/2026 09:00", "", "2026-06-30"])
def test_no_moment_is_refused(moment):
    with pytest.raises(Refusal):
        read_moment({"dateTime": moment, "timeZone": "UTC"})


@pytest.mark.parametrize("name", ["GMT", "Europe/Camelot", "../UTC", "gmt standard time x"])
def test_an_unknown_zone_is_refused(name):
    if name in available_timezones():
        assert zone_of(name).key == name
        return
    with pytest.raises(Refusal):
        zone_of(name)


def test_each_windows_name_is_a_zone_that_there_is():
    assert {zone_of(name).key for name in _WINDOWS} <= available_timezones()


def days(pattern, span, first="2026-10-12T08:00:00Z", view=("2026-10-01", "2027-01-01")):
    begin = from_text(first)
    found = occurrences(
        {"pattern": pattern, "range": span},
        (begin, begin + 3_600_000_000),
        zone_of("Europe/London"),
        (from_text(view[0]), from_text(view[1])),
    )
    return [to_text(start)[5:16] for start, _end in found]


def test_weeks_are_counted_from_the_pattern_s_first_day():
    span = {"type": "numbered", "numberOfOccurrences": 4, "startDate": "2026-10-17"}
    pattern = {"type": "weekly", "interval": 2, "daysOfWeek": ["sunday", "saturday"]}
    saturday = "2026-10-17T08:00:00Z"
    assert days(pattern, span, saturday) == ["10-17T08:00", "10-25T09:00", "10-31T09:00", "11-08T09:00"]
    pattern["firstDayOfWeek"] = "monday"
    assert days(pattern, span, saturday) == ["10-17T08:00", "10-18T08:00", "10-31T09:00", "11-01T09:00"]


def test_a_view_cuts_and_a_series_without_end_goes_on():
    pattern, span = {"type": "daily", "interval": 7}, {"type": "noEnd", "startDate": "2026-10-12"}
    assert days(pattern, span, view=("2026-10-26T09:30:00Z", "2026-11-09T09:00:00Z")) == ["10-26T09:00", "11-02T09:00"]
    assert len(days(pattern, span, view=("2026-10-01", "2028-10-01"))) == 103


@pytest.mark.parametrize(
    ("pattern", "span", "status"),
    [
        ({"type": "weekly", "interval": 1}, {"type": "noEnd", "startDate": "2026-10-12"}, 400),
        ({"type": "daily", "interval": 0}, {"type": "noEnd", "startDate": "2026-10-12"}, 400),
        ({"type": "daily", "interval": 1}, {"type": "endDate", "startDate": "2026-10-12"}, 400),
        ({"type": "daily", "interval": 1}, {"type": "numbered", "startDate": "2026-10-12"}, 400),
        ({"type": "relativeMonthly", "interval": 1}, {"type": "noEnd", "startDate": "2026-10-12"}, 501),
    ],
)
def test_a_recurrence_that_is_not_whole_is_refused(pattern, span, status):
    with pytest.raises(Refusal) as refused:
        checked_recurrence({"pattern": pattern, "range": span})
    assert refused.value.status == status
