"""The calendar file, read by the icalendar library and by dateutil, which knows the zone from the file alone."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical

from teamskit.lessons.ics import Entry, ics_bytes

MADE = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def entry(starts, **more):
    return Entry(f"1/{starts:%Y-%m-%d}/1/7A", "1", "7A", "7A, period 1", starts, starts + timedelta(hours=1), **more)


def zone_of(text):
    """Give the zone as the file's own VTIMEZONE has it."""
    part = text.decode("utf-8").partition("BEGIN:VTIMEZONE")[2].partition("END:VTIMEZONE")[0]
    return tzical(io.StringIO(f"BEGIN:VTIMEZONE{part}END:VTIMEZONE")).get("Europe/London")


@pytest.mark.parametrize("change", [datetime(2026, 10, 25, 1), datetime(2027, 3, 28, 1), datetime(2031, 3, 30, 1)])
def test_the_files_own_zone_changes_at_one_o_clock_utc(change):
    zone = zone_of(ics_bytes("7A", [entry(datetime(2026, 11, 30, 9, tzinfo=UTC))], "s.example", MADE))
    # These are read by the wall clock at hours that neither change repeats or leaves out.
    for hours in (-48, -2, 2, 48):
        moment = (change + timedelta(hours=hours)).replace(tzinfo=UTC)
        wall = moment.astimezone(LONDON).replace(tzinfo=None)
        assert wall.replace(tzinfo=zone).utcoffset() == moment.astimezone(LONDON).utcoffset()


def test_each_onset_is_told_in_the_local_time_before_it():
    text = ics_bytes("7A", [entry(datetime(2027, 3, 30, 8, tzinfo=UTC))], "s.example", MADE)
    zone = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")[0]
    onsets = {str(one["TZNAME"]): (one["DTSTART"].dt - one["TZOFFSETFROM"].td).hour for one in zone.subcomponents}
    assert onsets == {"BST": 1, "GMT": 1}


def test_lessons_before_and_after_the_clocks_change_are_at_nine():
    days = [datetime(2027, 3, 26, 9, tzinfo=UTC), datetime(2027, 3, 30, 8, tzinfo=UTC)]
    book = icalendar.Calendar.from_ical(ics_bytes("7A", map(entry, days), "s.example", MADE))
    assert [str(one["DTSTART"].dt.time()) for one in book.walk("VEVENT")] == ["09:00:00", "09:00:00"]
    assert [one["DTSTART"].dt.astimezone(UTC) for one in book.walk("VEVENT")] == days


def test_a_cancelled_lesson_takes_the_place_of_the_one_that_an_older_file_brought():
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    older, newer = (
        icalendar.Calendar.from_ical(ics_bytes("7A", [one], "s.example", MADE)).walk("VEVENT")[0]
        for one in (entry(at, link="https://teams.example/1"), entry(at, is_cancelled=True))
    )
    assert older["UID"] == newer["UID"]
    assert "STATUS" not in older
    assert newer["STATUS"] == "CANCELLED"
    assert str(newer["SUMMARY"]) == "Cancelled: 7A, period 1"
    assert "URL" not in newer
