"""What else the log knows of a call: its class by the calendar, and what everybody used."""

import pytest
from call_scenes import CLASS, HEAD, OTHER, PUPILS, TEACHER, asked, call, lesson, listed, play, ready


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


def synced(school):
    school.tenant().reset_counts()
    return school.run("calls", "sync").out


def classes(school):
    return {key: one["class"] for key, one in listed(school).items()}


def test_a_meeting_of_staff_is_of_the_class_team_that_its_event_invited(school):
    play(
        school,
        call("c1", "2026-11-25T09:00:00Z", invited=CLASS),
        call("c2", "2026-11-25T10:00:00Z", organiser=TEACHER, invited=OTHER),
        call("c3", "2026-11-25T11:00:00Z"),
        lesson("c4", "2026-11-25T12:00:00Z", invited=OTHER),
    )
    synced(school)
    assert classes(school) == {"c1": CLASS, "c2": OTHER, "c3": None, "c4": CLASS}
    assert asked(school)["/users/{id}/calendarView"] == 2, "once for each member of staff"


def test_pupils_meetings_are_never_looked_up_in_calendars(school):
    play(school, call("c1", "2026-11-25T09:00:00Z", organiser=PUPILS[0], invited=CLASS))
    synced(school)
    assert classes(school) == {"c1": None}
    assert "/users/{id}/calendarView" not in asked(school)


def test_a_long_calendar_is_read_to_its_end(school):
    many = [
        call(f"c{n:02d}", f"2026-11-25T{7 + n // 4:02d}:{n % 4 * 15:02d}:00Z", 10, invited=CLASS) for n in range(40)
    ]
    play(school, *many)
    synced(school)
    assert set(classes(school).values()) == {CLASS}


def test_calendars_that_may_not_be_read_are_said_once_and_the_class_is_none(school):
    play(
        school,
        call("c1", "2026-11-25T09:00:00Z", invited=CLASS),
        call("c2", "2026-11-25T10:00:00Z", organiser=TEACHER, invited=OTHER),
    )
    school.fault(method="GET", path="/calendarView", status=403)
    out = synced(school)
    assert out.count("Calendars.Read") == 1
    assert classes(school) == {"c1": None, "c2": None}
    assert "Calendars.Read" not in synced(school), "nothing is new, so nothing is asked"


def test_what_somebody_used_is_what_he_sent(school):
    people = [
        {**HEAD, "used": ["audio", "video", "screen"]},
        {**PUPILS[0], "used": ["audio"]},
        {**PUPILS[1], "used": []},
    ]
    two = [{**HEAD, "used": ["audio"]}, {**TEACHER, "used": ["video", "audio"]}]
    play(
        school,
        call("c1", "2026-11-25T09:00:00Z", people=people),
        call("c2", "2026-11-25T10:00:00Z", people=two, type="peerToPeer"),
    )
    synced(school)
    used = {(key, who["id"]): who["used"] for key, one in listed(school).items() for who in one["people"]}
    assert used == {
        ("c1", "T000"): ["audio", "video", "screen"],
        ("c1", "000001"): ["audio"],
        ("c1", "000002"): [],
        ("c2", "T000"): ["audio"],
        ("c2", "T001"): ["audio", "video"],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"revisions": [{"at": "soon"}]},
        {"recording_at": "soon"},
        {"invited": "9z/None"},
        {"revisions": [{}]},
    ],
)
def test_a_scenario_that_cannot_be_is_refused(school, change):
    from call_scenes import play as play_it

    with pytest.raises(AssertionError, match="call c1"):
        play_it(school, call("c1", "2026-11-25T09:00:00Z", **change))
    assert school.json("sandbox", "show")["calls"] == 0


@pytest.mark.parametrize(
    "span", ["2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "yesterday", "'2026-11-25T00:00:00Z'", "20"]
)
def test_a_date_that_is_none_is_refused_as_the_service_does(school, span):
    path = f"/v1.0/communications/callRecords?$filter=startDateTime ge {span}"
    assert school.asks("GET", path)[0] == 400
