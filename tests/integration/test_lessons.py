"""Online lessons from the timetable, through the command line and the embedded tenant."""

import shutil

import pytest
from lesson_scenes import WEEK, account, addresses, events, meeting, school_with_lessons, writes

C0 = ("--class", "7x/C000")


@pytest.fixture
def school(desk, made):
    return school_with_lessons(desk, made)


def apply(desk, *words, ok=(0,)):
    return desk.run("lessons", "apply", *words, "--yes", ok=ok)


def retimed(made, desk, change):
    """Write the timetable anew, each row as `change` gives it, or not at all."""
    made.lessons = [row for row in map(change, made.lessons) if row]
    made.write()


def test_a_week_is_made_for_the_class_and_nobody_else(school):
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["totals"] == {"create": 10}
    assert {change["action"] for change in plan["changes"]} == {"create"}
    assert events(school, "t000") == []
    apply(school, *C0, *WEEK)
    made = events(school, "t000")
    assert [(one["start"]["dateTime"][:16], one["end"]["dateTime"][:16]) for one in made[:2]] == [
        ("2026-11-30T09:00", "2026-11-30T09:50"),
        ("2026-11-30T10:00", "2026-11-30T10:50"),
    ]
    assert len(made) == 10
    assert events(school, "t001") == []
    first = made[0]
    assert addresses(first) == ["school-2627-7x-C000@school.example"]
    assert first["subject"] == "7x/C000, period 1"
    assert first["isOnlineMeeting"]
    assert first["hideAttendees"]
    key = first["singleValueExtendedProperties"][0]["value"]
    assert key.endswith("/2026-11-30/1/7x/C000")
    assert "Sur" not in str(first["body"]) + first["subject"]


def test_every_lesson_has_the_safe_options(school):
    apply(school, "--all", *WEEK)
    for staff in ("t000", "t001"):
        for event in events(school, staff):
            found = meeting(school, staff, event)
            assert found["lobbyBypassSettings"] == {"scope": "organizer", "isDialInBypassEnabled": False}
            assert found["allowedPresenters"] == "organizer"
            assert found["allowMeetingChat"] == "disabled"
            assert found["recordAutomatically"] is found["allowRecording"] is True
            assert found["allowParticipantsToChangeName"] is False
            assert found["allowAttendeeToEnableCamera"] is found["allowAttendeeToEnableMic"] is True


def test_a_second_run_writes_nothing_and_so_does_one_without_a_journal(school):
    apply(school, *C0, *WEEK)
    writes(school)
    assert "Nothing to do" in apply(school, *C0, *WEEK).out
    assert writes(school) == 0
    shutil.rmtree(school.folder / ".teamskit" / "journal")
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {}
    apply(school, *C0, *WEEK)
    assert writes(school) == 0
    assert len(events(school, "t000")) == 10


def test_a_saved_plan_is_carried_out_and_is_stale_when_a_lesson_was_moved(school):
    apply(school, *C0, *WEEK)
    first = events(school, "t000")[0]
    school.run("lessons", "cancel", *C0, *WEEK, "-o", school.folder / "p.json")
    moved = {"end": {"dateTime": "2026-11-30T09:55:00", "timeZone": "UTC"}}
    assert school.asks("PATCH", f"/v1.0/users/t000@school.example/events/{first['id']}", moved)[0] == 200
    stale = school.run("lessons", "apply", school.folder / "p.json", "--yes", ok=(1,))
    assert "moved on" in stale.err
    assert "teamskit lessons plan" in stale.err
    assert len(events(school, "t000")) == 10
    school.run("lessons", "cancel", *C0, *WEEK, "-o", school.folder / "p.json")
    school.run("lessons", "apply", school.folder / "p.json", "--yes")
    assert events(school, "t000") == []


def test_options_that_somebody_changed_are_put_right_and_a_renamed_lesson_stays(school):
    apply(school, *C0, *WEEK)
    event = events(school, "t000")[3]
    found = meeting(school, "t000", event)
    place = f"/v1.0/users/t000@school.example/onlineMeetings/{found['id']}"
    assert school.asks("PATCH", place, {"allowMeetingChat": "enabled", "recordAutomatically": False})[0] == 200
    renamed = {"subject": "Fractions"}
    assert school.asks("PATCH", f"/v1.0/users/t000@school.example/events/{event['id']}", renamed)[0] == 200
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert [(one["action"], one["reason"]) for one in plan["changes"]] == [("update", "options not as wanted")]
    apply(school, *C0, *WEEK)
    assert meeting(school, "t000", event)["allowMeetingChat"] == "disabled"
    assert meeting(school, "t000", event)["recordAutomatically"] is True
    assert events(school, "t000")[3]["subject"] == "Fractions"
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {}


def test_what_a_teacher_has_made_stricter_stays_and_recording_that_was_switched_off_is_named(school):
    apply(school, *C0, *WEEK)
    first, second = (meeting(school, "t000", one) for one in events(school, "t000")[:2])
    place = "/v1.0/users/t000@school.example/onlineMeetings/"
    assert school.asks("PATCH", place + first["id"], {"allowAttendeeToEnableCamera": False})[0] == 200
    off = {"allowRecording": False, "recordAutomatically": False}
    assert school.asks("PATCH", place + second["id"], off)[0] == 200
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["totals"] == {}
    assert [note.partition(":")[0] for note in plan["notes"]] == ["1 lesson whose recording somebody has switched off"]
    assert school.asks("PATCH", place + second["id"], {"allowMeetingChat": "enabled"})[0] == 200
    apply(school, *C0, *WEEK)
    second = meeting(school, "t000", events(school, "t000")[1])
    assert (second["allowMeetingChat"], second["allowRecording"], second["recordAutomatically"]) == (
        *("disabled", False, False),
    )
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {}
    shutil.rmtree(school.folder / ".teamskit" / "journal")
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {}


def test_cameras_that_the_policy_allows_again_are_allowed_where_we_had_turned_them_off(school):
    def policy(value):
        (school.folder / "policies").mkdir(exist_ok=True)
        (school.folder / "policies" / "cameras.yaml").write_text(
            "id: cameras\ntitle: Cameras\nfor: pupils\nclause: C2\nwhy: at home\npolicies:\n"
            f"  - type: TeamsMeetingPolicy\n    name: Cameras\n    settings:\n      AllowIPVideo: {value}\n",
            encoding="utf-8",
        )

    policy("false")
    school.decide(cohorts=[{"name": "pupils", "role": "pupil", "policies": ["cameras"]}])
    apply(school, *C0, *WEEK)
    policy("true")
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {"update": 10}
    apply(school, *C0, *WEEK)
    assert meeting(school, "t000", events(school, "t000")[0])["allowAttendeeToEnableCamera"] is True


def test_a_lesson_at_another_time_is_moved_and_one_that_is_gone_is_cancelled(school, made):
    apply(school, *C0, *WEEK)
    kept = {one["id"] for one in events(school, "t000")}

    def change(row):
        if row[:1] == ("Mon:1",):
            return ("Mon:1", "08:30", "09:20", *row[3:])
        return None if row[0] == "Tue:2" else row

    retimed(made, school, change)
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["totals"] == {"remove": 1, "update": 1}
    apply(school, *C0, *WEEK)
    now = events(school, "t000")
    assert {one["id"] for one in now} < kept
    assert now[0]["start"]["dateTime"][:16] == "2026-11-30T08:30"
    assert len(now) == 9


def test_cover_moves_a_lesson_to_the_other_teacher_and_cancels_where_it_says_so(school):
    apply(school, *C0, *WEEK)
    (school.folder / "cover.csv").write_text(
        "Date,Class,Period,Staff\n30/11/2026,7X/c000,1,T001\n01/12/2026,7x/C000,Tue:2,\n02/12/2026,7x/C000,9,T001\n"
        "03/12/2026,7z/C000,1,T001\n03/12/2026,8x/C001,1,T000\n",
        encoding="utf-8",
    )
    school.decide(lessons={"cover": "cover.csv"})
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["totals"] == {"create": 1, "remove": 2}
    assert sorted(one["reason"] for one in plan["changes"]) == [
        "cancelled in the list of cover",
        "in the list of cover",
        "somebody else teaches it",
    ]
    assert [(one["what"], one["why"]) for one in plan["left_out"]] == [
        ("cover.csv, row 4", "no lesson of its class is on 2 December, period 9"),
        ("cover.csv, row 5", "no lesson of its class is on 3 December, period 1"),
    ]
    apply(school, *C0, *WEEK)
    assert len(events(school, "t000")) == 8
    covered = events(school, "t001")
    assert [one["start"]["dateTime"][:16] for one in covered] == ["2026-11-30T09:00"]
    assert meeting(school, "t001", covered[0])["recordAutomatically"] is True
    school.decide(lessons={"cover": ""})
    apply(school, *C0, *WEEK)
    assert events(school, "t001") == []
    assert len(events(school, "t000")) == 10


def test_a_supply_code_is_told_and_the_classes_own_teacher_named(school, made):
    retimed(made, school, lambda row: (*row[:4], "SUP") if row[0] == "Mon:1" and row[3] == "7x/C000" else row)
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["notes"] == [
        "the timetable names no teacher of the export for some lessons: the class's own gives them: 7x/C000 (T000)"
    ]
    assert plan["changes"][0]["title"] == "30 November, 1, staff T000"
    assert school.json("lessons", "list", *C0, *WEEK)[0]["staff"] == ["T000"]


def test_who_would_teach_two_lessons_at_once_is_named_also_where_the_other_class_was_not_asked_for(school):
    (school.folder / "cover.csv").write_text("Date,Class,Period,Staff\n01/12/2026,7x/C000,1,T001\n", encoding="utf-8")
    school.decide(lessons={"cover": "cover.csv"})
    said = "staff T001 would teach 7x/C000 and 8x/C001 at once on 1 December, 09:00: name cover for one of them"
    assert school.json("lessons", "plan", *C0, *WEEK)["notes"] == [said]
    assert school.json("lessons", "plan", "--all", *WEEK)["notes"] == [said]
    assert "in the timetable, in the list of cover" in school.run("lessons", "plan", *C0, *WEEK).out


def test_a_moved_lesson_is_shown_by_the_schools_clock_and_guests_by_number(school):
    apply(school, *C0, *WEEK)
    event = events(school, "t000")[0]
    moved = {"start": {"dateTime": "2026-11-30T08:30:00", "timeZone": "UTC"}, "attendees": []}
    assert school.asks("PATCH", f"/v1.0/users/t000@school.example/events/{event['id']}", moved)[0] == 200
    shown = school.run("lessons", "plan", *C0, *WEEK, "--detail").out
    assert "09:00 to 09:50, starts: 08:30 -> 09:00, invited: 1 more, 0 fewer" in shown


def test_two_teachers_present_by_name(school, made):
    made.lessons += [("Mon:1", "09:00", "09:50", "7x/C000", "T001")]
    made.write()
    apply(school, *C0, "--from", "2026-11-30", "--to", "2026-11-30")
    found = meeting(school, "t000", events(school, "t000")[0])
    assert found["allowedPresenters"] == "roleIsPresenter"
    named = {(one["identity"]["user"]["id"], one["role"]) for one in found["participants"]["attendees"]}
    assert named == {(account(school, name), "presenter") for name in ("t000", "t001")}
    assert addresses(events(school, "t000")[0]) == ["school-2627-7x-C000@school.example", "t001@school.example"]
    assert school.json("lessons", "plan", *C0, "--from", "2026-11-30", "--to", "2026-11-30")["totals"] == {}


def test_what_enforces_options_has_nothing_to_do_after_us(school, made):
    made.lessons += [("Mon:1", "09:00", "09:50", "7x/C000", "T001")]
    made.write()
    apply(school, "--all", *WEEK)
    plan = school.json("recordings", "enforce", *WEEK, "-o", school.folder / "e.json")
    assert plan["totals"] == {}
    assert plan["unchanged"] == {"lessons": 20}


def test_cameras_are_as_the_pupils_policy_says(school):
    (school.folder / "policies").mkdir(exist_ok=True)
    (school.folder / "policies" / "no-cameras.yaml").write_text(
        "id: no-cameras\ntitle: Cameras off\nfor: pupils\nclause: C2\nwhy: at home\npolicies:\n"
        "  - type: TeamsMeetingPolicy\n    name: No cameras\n    settings:\n      AllowIPVideo: false\n",
        encoding="utf-8",
    )
    cohorts = [{"name": "pupils", "role": "pupil", "policies": ["no-cameras"]}]
    school.decide(cohorts=cohorts)
    apply(school, *C0, *WEEK)
    found = meeting(school, "t000", events(school, "t000")[0])
    assert found["allowAttendeeToEnableCamera"] is False
    assert found["allowAttendeeToEnableMic"] is True


def test_a_teacher_who_is_not_in_the_tenant_leaves_the_lesson_out(school, made):
    made.staff["NEW"] = "new@elsewhere.example"
    retimed(made, school, lambda row: (*row[:4], "NEW") if row[3] == "7x/C000" and row[0] == "Mon:1" else row)
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["totals"] == {"create": 9}
    assert [one["what"] for one in plan["left_out"]] == ["7x/C000, 30 November, 1"]
    assert plan["left_out"][0]["why"].startswith("staff NEW: ")
    assert "list of cover" in plan["left_out"][0]["remedy"]


def test_lessons_that_are_over_are_never_made_and_never_cancelled(school):
    apply(school, *C0, *WEEK)
    school.run("sandbox", "advance", "221h")
    plan = school.json("lessons", "plan", "--all", *WEEK)
    starts = {one["after"]["starts"] for one in plan["changes"]}
    assert min(starts) > "2026-12-02T08:00:00Z"
    cancelled = school.json("lessons", "cancel", *C0, *WEEK, "--yes")
    assert cancelled["results"] == {"done": 4}
    assert len(events(school, "t000")) == 6


def test_what_somebody_loosened_is_put_right_as_it_was_made(school):
    apply(school, "--all", *WEEK)
    event = events(school, "t000")[0]
    _loosen(school, "t000", event)
    school.run("recordings", "enforce", *WEEK, "--apply", "--yes")
    assert school.json("lessons", "plan", "--all", *WEEK)["totals"] == {}


def _loosen(school, staff, event):
    path = f"/v1.0/users/{account(school, staff)}/onlineMeetings/{meeting(school, staff, event)['id']}"
    status, _ = school.asks("PATCH", path, {"allowMeetingChat": "enabled", "recordAutomatically": False})
    assert status == 200
