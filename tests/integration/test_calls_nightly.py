"""What a night costs: what is asked of Microsoft, and what the log says of the days it could not read."""

import pytest
from call_scenes import CLASS, HEAD, PUPILS, asked, call, lesson, listed, play, ready

RECORDS = "/communications/callRecords"
SNAPSHOTS = {"/users": 1, "/admin/teams/userConfigurations": 1, "/Skype.Policy/configurations/{type}": 1}
"""What the nightly look at who is on roll and who may chat takes, whatever was called."""


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


def synced(desk, *words):
    desk.tenant().reset_counts()
    return desk.run("calls", "sync", *words).out


def test_a_quiet_night_asks_of_the_calls_for_their_list_alone(school):
    play(school, lesson("c1", "2026-11-25T10:00:00Z"), call("c2", "2026-11-25T12:00:00Z"))
    for _ in range(4):
        synced(school)
        school.run("sandbox", "advance", "1d")
    assert synced(school).startswith("0 new calls, 0 revised")
    assert asked(school) == {RECORDS: 1, **SNAPSHOTS}


def test_channels_are_asked_for_once(school):
    play(school, lesson("c1", "2026-11-25T10:00:00Z"))
    synced(school)
    assert asked(school)["/teams/{id}/channels"] == 2
    play(school, lesson("c2", "2026-11-27T10:00:00Z"))
    synced(school)
    assert listed(school)["c2"]["class"] == CLASS
    assert "/teams/{id}/channels" not in asked(school)
    assert not any(path.startswith("/teams/{id}/members") for path in asked(school))


def test_a_recording_is_looked_for_for_three_days_and_then_once_a_week(school):
    play(school, call("c1", "2026-11-25T10:00:00Z", recording="kept", recording_at="2026-12-01T20:00:00Z"))
    nights = []
    for _ in range(8):
        synced(school)
        nights.append("/users/{id}/onlineMeetings" in asked(school))
        school.run("sandbox", "advance", "1d")
    assert nights == [True, True, True, False, False, False, False, True]
    assert listed(school)["c1"]["recording"] == "seen"


def test_since_looks_for_recordings_again_too(school):
    play(school, call("c1", "2026-11-25T10:00:00Z", recording="kept", recording_at="2026-11-30T20:00:00Z"))
    for days in ("4d", "2d"):
        synced(school)
        school.run("sandbox", "advance", days)
    assert "0 calls newly seen" in synced(school, "--since", "2026-11-26")
    assert "1 call newly seen" in synced(school, "--since", "2026-11-25")


def test_what_was_refused_is_asked_again_and_the_log_says_not_known_till_then(school):
    play(school, call("c1", "2026-11-25T10:00:00Z", recording="kept"))
    school.tenant().set_flag("application_access_policy", False)
    school.fault(method="GET", path="/drive/", status=403)
    assert "Not known of 1 call whether it was recorded" in synced(school)
    assert (listed(school)["c1"]["recorded"], listed(school)["c1"]["recording"]) == (False, "not known")
    school.tenant().set_flag("application_access_policy", True)
    school.run("sandbox", "advance", "1d")
    assert "1 call newly seen to be recorded" in synced(school)
    seen = listed(school)["c1"]
    assert (seen["recorded"], seen["recording"], seen["recorded_at"]) == (True, "seen", "2026-11-27T11:45:00Z")


def test_what_was_refused_and_then_told_is_known(school):
    play(school, call("c1", "2026-11-25T10:00:00Z"))
    school.tenant().set_flag("application_access_policy", False)
    school.fault(method="GET", path="/drive/", status=403)
    synced(school)
    assert listed(school)["c1"]["recording"] == "not known"
    school.tenant().clear_faults()
    synced(school)
    assert listed(school)["c1"]["recording"] == "none"


def test_recordings_identify_nobody_in_the_part_that_stays(school):
    play(school, lesson("c1", "2026-11-25T10:00:00Z"))
    synced(school)
    with school.here().ledger() as ledger:
        (entry,) = ledger.latest("recording")
    account = school.asks("GET", "/v1.0/users/t000@school.example")[1]["id"]
    assert entry.key.startswith("c1/")
    assert set(entry.body) == {"call", "started_at", "matched_by", "source"}
    assert entry.private["organiser"] == account


def test_a_later_night_lists_two_days_and_once_a_week_everything(school):
    play(school, call("c1", "2026-11-25T10:00:00Z"))
    synced(school)
    play(school, call("c2", "2026-12-01T10:00:00Z"), call("c3", "2026-11-26T10:00:00Z"))
    # c3 began long before the log's end, so the night after does not list it ...
    school.run("calls", "sync", "--since", "2026-12-01")
    assert set(listed(school)) == {"c1", "c2"}
    # ... but the stretch between was never read, and is.
    synced(school)
    assert set(listed(school)) == {"c1", "c2", "c3"}
    play(school, call("c4", "2026-12-01T16:00:00Z"))
    synced(school)
    revised = call("c3", "2026-11-26T10:00:00Z", people=[HEAD, PUPILS[0]])
    play(school, revised)
    synced(school)
    assert listed(school)["c3"]["version"] == 1
    school.run("sandbox", "advance", "7d")
    assert "1 revised" in synced(school)
    assert [len(listed(school)["c3"]["people"]), listed(school)["c3"]["version"]] == [2, 2]


def test_since_lists_again_from_that_day(school):
    play(school, call("c1", "2026-11-25T10:00:00Z"), call("c2", "2026-12-01T10:00:00Z"))
    synced(school)
    play(school, call("c1", "2026-11-25T10:00:00Z", people=[HEAD, PUPILS[0]]))
    synced(school)
    assert listed(school)["c1"]["version"] == 1
    synced(school, "--since", "2026-11-25")
    assert listed(school)["c1"]["version"] == 2


def test_a_forgotten_five_weeks_is_a_gap_for_ever_and_said_everywhere(school):
    play(school, call("c1", "2026-11-25T10:00:00Z"))
    assert "Not covered" not in synced(school)
    school.run("sandbox", "advance", "35d")
    out = synced(school)
    gap = "26 November to 1 December 2026"
    assert f"Not covered, and gone at Microsoft: {gap} (6 days)" in out
    shown = school.run("calls", "list").out
    assert "Not covered: 27 to 30 November 2026. A call of such a day may be missing here." in shown
    assert "Covered in part: 26 November 2026, 1 December 2026." in shown
    assert "Not covered" not in school.run("calls", "list", "--from", "2026-12-10", "--to", "2026-12-12").out
    assert "1 call" in school.run("calls", "report", "--out", school.folder / "r.html").out
    assert gap in (school.folder / "r.html").read_text("utf-8")
    for _ in range(2):
        school.run("sandbox", "advance", "8d")
        assert gap in synced(school)


def test_nothing_is_listed_as_covered_before_the_first_reading(school):
    assert "The log was never read" in school.run("calls", "list").out


def test_a_revision_and_a_late_record_are_played_by_a_scenario(school):
    people = [HEAD, PUPILS[0]]
    change = {"at": "2026-11-26T20:00:00Z", "people": call("", "2026-11-25T10:00:00Z", people=people)["people"]}
    play(school, call("c1", "2026-11-25T10:00:00Z", revisions=[change]))
    synced(school)
    assert (listed(school)["c1"]["version"], len(listed(school)["c1"]["people"])) == (1, 5)
    school.run("sandbox", "advance", "12h")
    assert "1 revised" in synced(school)
    assert (listed(school)["c1"]["version"], len(listed(school)["c1"]["people"])) == (2, 2)
