"""Lessons that staff made themselves get the safe options; everything else in the calendars is left alone."""

import json

import pytest
from calendar_scenes import account, class_mail, options_of, put_channel_meeting, put_meeting, set_options, weekly
from call_scenes import asked, ready

SAFE = {"allowMeetingChat": "disabled", "allowedPresenters": "organizer", "recordAutomatically": True}
MONDAY = "2026-11-30T09:00:00Z"


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


def plan_of(desk, *words):
    return desk.json("recordings", "enforce", *words)


def enforced(desk, *words):
    return desk.run("recordings", "enforce", "--apply", "--yes", *words, "--output", "json")


def test_a_lesson_of_a_class_team_is_made_safe_once(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    plan = plan_of(school)
    assert [(one["target"]["kind"], one["action"]) for one in plan["changes"]] == [("meeting", "update")]
    assert enforced(school).json["results"] == {"done": 1}
    found = options_of(school, "t000", url)
    assert {name: found[name] for name in SAFE} == SAFE
    assert found["lobbyBypassSettings"] == {"scope": "organizer", "isDialInBypassEnabled": False}
    again = plan_of(school)
    assert (again["changes"], again["unchanged"]) == ([], {"lessons": 1})


def test_only_what_differs_is_sent(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    set_options(school, "t000", url, **{**SAFE, "lobbyBypassSettings": {"scope": "organizer"}})
    set_options(school, "t000", url, allowMeetingChat="enabled")
    assert [one["after"] for one in plan_of(school)["changes"]] == [{"allowMeetingChat": "disabled"}]


def test_two_pupils_make_a_lesson_and_others_are_left_alone(school):
    put_meeting(school, "t000", MONDAY, "p000001", "p000002", subject="Catch-up")
    put_meeting(school, "t000", "2026-11-30T11:00:00Z", "p000001", "mum@home.example", subject="Parents' evening")
    put_meeting(school, "t000", "2026-11-30T12:00:00Z", "t001", subject="Staff")
    put_meeting(school, "t000", "2026-11-30T13:00:00Z", "salesman@shop.example")
    plan = plan_of(school)
    assert [one["title"] for one in plan["changes"]] == ["staff T000, 30 November 2026, 09:00"]
    told = next(one for one in plan["notes"] if one.startswith("left alone"))
    assert told == (
        "left alone: 1 meeting with one pupil (parents come with one), 1 meeting of staff, "
        "1 meeting with people from outside"
    )


def test_no_name_and_no_subject_is_in_a_plan(school):
    put_meeting(school, "t000", MONDAY, "p000001", "p000002", subject="Fore000001 Sur000001 and friend")
    said = json.dumps(plan_of(school)) + school.run("recordings", "enforce", "--detail").out
    assert "Sur0" not in said and "Fore0" not in said and "friend" not in said


def test_a_channel_meeting_is_for_a_person_to_do(school):
    url = put_channel_meeting(school, "t000", MONDAY)
    plan = plan_of(school)
    assert plan["changes"] == []
    assert [one["what"] for one in plan["left_out"]] == [
        "staff T000, 30 November 2026, 09:00: lesson in a channel of 7x/C000"
    ]
    assert "Set them in Teams" in plan["left_out"][0]["remedy"]
    assert options_of(school, "t000", url)["recordAutomatically"] is False


def test_meetings_of_pupils_and_of_people_outside_are_named(school):
    path = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Tag%3APupil%20meetings"
    school.asks("PUT", path, {"AllowPrivateMeetingScheduling": True})
    guest = {"userPrincipalName": "doctor_clinic.example#EXT#@school.example", "mail": "doctor@clinic.example"}
    made = {**guest, "displayName": "D", "mailNickname": "d", "userType": "Guest", "accountEnabled": True}
    status, doctor = school.asks("POST", "/v1.0/users", {**made, "passwordProfile": {"password": "x"}})
    assert status == 201, doctor
    put_meeting(school, "p000001", MONDAY, "t001", "p000002")
    put_meeting(school, doctor["id"], "2026-11-30T11:00:00Z", "t001", "p000002")
    put_meeting(school, doctor["id"], "2026-11-30T12:00:00Z", "t001")
    plan = plan_of(school)
    assert plan["changes"] == []
    assert [(one["what"], one["why"]) for one in plan["left_out"]] == [
        ("pupil 000001, 30 November 2026, 09:00", "a pupil organises this meeting"),
        (
            "meeting on 30 November 2026, 11:00",
            "somebody from outside the school invites pupil 000002 (staff invited: staff T001)",
        ),
    ]
    assert plan["notes"][0] == "left alone: 1 meeting that others organise without pupils"


def test_a_series_is_one_meeting_and_one_request(school):
    series = weekly("monday", "2026-11-30", 3)
    put_meeting(school, "t000", MONDAY, class_mail(school), recurrence=series)
    plan = plan_of(school, "--to", "2026-12-20")
    assert [one["title"] for one in plan["changes"]] == [
        "staff T000, 30 November 2026, 09:00 and 2 more until 14 December 2026"
    ]


def test_nothing_is_loosened(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    set_options(school, "t000", url, allowAttendeeToEnableCamera=False, allowAttendeeToEnableMic=False)
    enforced(school)
    found = options_of(school, "t000", url)
    assert (found["allowAttendeeToEnableCamera"], found["allowAttendeeToEnableMic"]) == (False, False)


def test_recording_that_somebody_switched_off_stays_off_and_is_named(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    set_options(school, "t000", url, allowRecording=False)
    plan = plan_of(school)
    assert ["recording is switched off" in one["why"] for one in plan["left_out"]] == [True]
    enforced(school)
    found = options_of(school, "t000", url)
    assert (found["recordAutomatically"], found["allowMeetingChat"]) == (False, "disabled")
    enforced(school, "--switched-off-too")
    found = options_of(school, "t000", url)
    assert (found["recordAutomatically"], found["allowRecording"]) == (True, True)


def test_a_second_teacher_presents_too_and_pupils_do_not(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school), "t001")
    other, pupil = account(school, "t001"), account(school, "p000001")
    set_options(school, "t000", url, allowedPresenters="everyone")
    enforced(school)
    found = options_of(school, "t000", url)
    roles = {one["identity"]["user"]["id"]: one["role"] for one in found["participants"]["attendees"]}
    assert (found["allowedPresenters"], roles) == ("roleIsPresenter", {other: "presenter"})
    who = [{"upn": "p000001@school.example", "role": "presenter", "identity": {"user": {"id": pupil}}}]
    who.append({"upn": "t001@school.example", "role": "presenter", "identity": {"user": {"id": other}}})
    set_options(school, "t000", url, allowedPresenters="roleIsPresenter", participants={"attendees": who})
    enforced(school)
    found = options_of(school, "t000", url)
    roles = {one["identity"]["user"]["id"]: one["role"] for one in found["participants"]["attendees"]}
    assert roles == {other: "presenter", pupil: "attendee"}
    assert plan_of(school)["changes"] == []


def test_what_a_running_lesson_does_not_take_is_left_for_later(school):
    url = put_meeting(school, "t000", "2026-11-25T06:30:00Z", class_mail(school))
    plan = plan_of(school)
    assert ["it is being held" in one["why"] for one in plan["left_out"]] == [True]
    enforced(school)
    found = options_of(school, "t000", url)
    assert (found["recordAutomatically"], found["allowMeetingChat"]) == (False, "disabled")


def test_a_plan_carried_out_while_the_lesson_runs_does_the_rest_and_says_so(school):
    url = put_meeting(school, "t000", "2026-11-25T09:00:00Z", class_mail(school))
    file = school.folder / "plan.json"
    school.run("recordings", "enforce", "-o", file)
    school.run("sandbox", "advance", "150m")
    done = school.run("apply", file, "--yes", "--output", "json", ok=(1,)).json
    assert "cannot be set before it is over" in done["outcomes"][0]["why"]
    found = options_of(school, "t000", url)
    assert (found["recordAutomatically"], found["allowMeetingChat"]) == (False, "disabled")
    school.run("sandbox", "advance", "1h")
    assert school.run("apply", file, "--yes", "--output", "json").json["results"] == {"done": 1}
    assert options_of(school, "t000", url)["recordAutomatically"] is True


def test_a_plan_is_refused_when_somebody_changed_the_meeting_since(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    file = school.folder / "plan.json"
    school.run("recordings", "enforce", "-o", file)
    set_options(school, "t000", url, allowMeetingChat="limited")
    assert "moved on" in school.run("apply", file, "--yes", ok=(1,)).err
    assert options_of(school, "t000", url)["allowMeetingChat"] == "limited"


def test_a_plan_is_in_order_of_time_and_a_refusal_names_the_permission(school):
    for hour in (13, 9, 11, 8, 10):
        put_meeting(school, "t000", f"2026-11-30T{hour:02d}:00:00Z", class_mail(school))
    titles = [one["title"] for one in plan_of(school)["changes"]]
    assert [title[-5:] for title in titles] == ["08:00", "09:00", "10:00", "11:00", "13:00"]
    school.fault(method="PATCH", path="onlineMeetings", status=403, message="No")
    said = school.run("recordings", "enforce", "--apply", "--yes", ok=(1,))
    assert "the application permission OnlineMeetings.ReadWrite.All" in said.out


def test_a_run_that_was_cut_goes_on(school):
    for hour in (9, 11, 13):
        put_meeting(school, "t000", f"2026-11-30T{hour:02d}:00:00Z", class_mail(school))
    school.fault(method="PATCH", path="onlineMeetings", status=403, times=2, message="No")
    done = school.run("recordings", "enforce", "--apply", "--yes", "--output", "json", ok=(3,)).json
    assert done["results"] == {"done": 1, "failed": 2}
    assert enforced(school).json["results"] == {"done": 2}
    assert plan_of(school)["changes"] == []


def test_without_an_access_policy_the_options_are_not_known(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    put_meeting(school, "t000", "2026-11-30T11:00:00Z", class_mail(school))
    school.tenant().set_flag("application_access_policy", False)
    plan = plan_of(school)
    assert plan["changes"] == [] and plan["unchanged"] == {"lessons": 0}
    assert {one["why"] for one in plan["left_out"]} == {
        "its options are not known: no application access policy for the organiser"
    }


def test_a_calendar_that_is_refused_is_not_known_and_never_empty(school):
    school.fault(path=f"users/{account(school, 't000')}/calendarView", status=403)
    plan = plan_of(school)
    assert [one["what"] for one in plan["left_out"]] == ["calendar of staff T000"]
    school.fault(path="groups/[^/]+/calendarView", status=403)
    assert "not known: the calendars of 2 of 2 class teams" in plan_of(school)["notes"][0]
    school.fault(path="users/[^/]+/calendarView", status=403)
    assert "no calendar of staff" in school.run("recordings", "enforce", ok=(1,)).err


def test_days_that_are_over_are_refused(school):
    assert "these days are over" in school.run("recordings", "enforce", "--to", "2026-11-20", ok=(2,)).err
    words = ("--from", "2026-12-04", "--to", "2026-12-01")
    assert "--to is before --from" in school.run("lessons", "check", *words, ok=(2,)).err


def test_every_calendar_is_read_once_and_every_meeting_found_once(school):
    for hour in range(8, 18):
        put_meeting(school, "t000", f"2026-11-30T{hour:02d}:00:00Z", class_mail(school), minutes=30)
    put_meeting(school, "t001", MONDAY, class_mail(school, "8x/C001"), recurrence=weekly("monday", "2026-11-30", 3))
    school.tenant().reset_counts()
    plan_of(school, "--to", "2026-12-20")
    found = asked(school)
    assert found["/users/{id}/calendarView"] == found["/groups/{id}/calendarView"] == 2
    assert found["/users/{id}/onlineMeetings"] == 11
    assert found["/groups/{id}/members"] == 2
    # One request each for accounts, classes and groups; a batch each for calendars and members, two for meetings.
    assert school.requests()["round_trips"] == 7
    enforced(school, "--to", "2026-12-20")
    school.tenant().reset_counts()
    enforced(school, "--to", "2026-12-20")
    assert "PATCH" not in json.dumps(school.requests())


def test_fixed_names_are_given_up_where_they_are_refused_and_not_asked_for_again(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    named = {**options_of(school, "t000", url), "allowParticipantsToChangeName": True}
    school.fault(method="GET", path=r"onlineMeetings\?", status=200, times=1, body={"value": [named]})
    school.fault(method="GET", path=r"onlineMeetings/[^/?]+$", status=200, body=named)
    school.tenant().set_flag("meeting_name_refused", True)
    done = enforced(school).json
    assert done["results"] == {"done": 1} and "names cannot be fixed" in done["outcomes"][0]["why"]
    assert options_of(school, "t000", url)["recordAutomatically"] is True
    made = {**options_of(school, "t000", url), "allowParticipantsToChangeName": True}
    school.fault(method="GET", path=r"onlineMeetings\?", status=200, body={"value": [made]})
    assert plan_of(school)["changes"] == []


def test_a_run_can_be_undone_where_nobody_changed_the_lesson_since(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    other = put_meeting(school, "t000", "2026-11-30T11:00:00Z", class_mail(school))
    before = options_of(school, "t000", url)
    run = enforced(school).json["run"]
    set_options(school, "t000", other, allowMeetingChat="limited")
    plan = school.run("undo", run, "-o", school.folder / "undo.json", "--output", "json").json
    assert [one["reason"][:10] for one in plan["changes"]] == ["as before "]
    assert [one["why"] for one in plan["left_out"]] == ["somebody has changed its options since"]
    school.run("apply", school.folder / "undo.json", "--yes")
    assert options_of(school, "t000", url) == before
    assert len(plan_of(school)["changes"]) == 2


def test_pupils_of_a_distribution_list_count(school):
    group = {"displayName": "Year 7", "mailNickname": "year7", "mailEnabled": False, "securityEnabled": True}
    people = [f"https://graph.microsoft.com/v1.0/users/{account(school, who)}" for who in ("p000001", "p000002")]
    status, made = school.asks("POST", "/v1.0/groups", {**group, "members@odata.bind": people})
    assert status == 201, made
    found = {"value": [{"id": made["id"], "mail": "year7@school.example"}]}
    put_meeting(school, "t000", MONDAY, "year7@school.example")
    assert plan_of(school)["notes"] == ["left alone: 1 meeting of staff"]
    school.fault(path=r"groups\?.*mail.*year7", status=200, body=found)
    assert [one["group"] for one in plan_of(school)["changes"]] == ["pupils invited by name"]


def test_a_list_that_may_not_be_looked_up_is_not_known(school):
    put_meeting(school, "t000", MONDAY, "year7@school.example")
    school.fault(path=r"groups\?.*mail.*year7", status=403)
    notes = plan_of(school)["notes"]
    assert "not known: whether pupils are in the groups that 1 meeting of staff invites" in notes


def test_lessons_with_pupils_without_consent_are_counted_before_they_are_set_to_record(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    folder = school.folder / "registers"
    folder.mkdir(exist_ok=True)
    (folder / "consent.csv").write_text("Adno,Recording,Date,Withdrawn\n000001,Yes,01/09/2026,\n", encoding="utf-8")
    said = "1 lesson that would be recorded has pupils without consent: teamskit recordings consent"
    assert plan_of(school)["notes"] == [said]
    enforced(school)
    assert plan_of(school)["notes"] == []


def test_a_change_that_was_carried_out_before_the_connection_was_cut_is_done_once(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    school.fault(method="PATCH", path="onlineMeetings", status=0, commit=True, times=1)
    assert enforced(school).json["results"] == {"done": 1}
    assert options_of(school, "t000", url)["recordAutomatically"] is True


def test_a_run_that_was_killed_between_request_and_journal_is_closed_by_the_next(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    run = enforced(school).json["run"]
    file = school.folder / ".teamskit" / "journal" / f"{run}.jsonl"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if '"intended"' in line or '"begin"' in line), "utf-8")
    assert plan_of(school)["changes"] == []
    assert [(one["done"], one["unfinished"]) for one in school.json("undo", "--list") if one["run"] == run] == [(1, 0)]


def test_a_pupil_is_no_co_organiser_and_a_teacher_stays_one(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school), "t001")
    other, pupil = account(school, "t001"), account(school, "p000001")
    who = [
        {"upn": f"{name}@school.example", "role": "coorganizer", "identity": {"user": {"id": key}}}
        for name, key in (("p000001", pupil), ("t001", other))
    ]
    set_options(school, "t000", url, allowedPresenters="organizer", participants={"attendees": who})
    enforced(school)
    found = options_of(school, "t000", url)
    roles = {one["identity"]["user"]["id"]: one["role"] for one in found["participants"]["attendees"]}
    assert roles == {pupil: "attendee", other: "coorganizer"}
    assert plan_of(school)["changes"] == []


def test_cameras_and_microphones_are_as_the_strictest_policy_of_the_pupils_says(school):
    (school.folder / "policies").mkdir(exist_ok=True)
    (school.folder / "policies" / "no-cameras.yaml").write_text(
        "id: no-cameras\ntitle: Cameras off\nfor: pupils\nclause: C2\nwhy: at home\npolicies:\n"
        "  - type: TeamsMeetingPolicy\n    name: No cameras\n    settings:\n      AllowIPVideo: false\n",
        encoding="utf-8",
    )
    one = {"name": "one", "role": "pupil", "people": ["000003"], "policies": ["no-cameras"]}
    school.decide(cohorts=[one, {"name": "pupils", "role": "pupil", "policies": ["disable-chat"]}])
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    other = put_meeting(school, "t000", "2026-11-30T11:00:00Z", "p000001", "p000002")
    enforced(school)
    found = options_of(school, "t000", url)
    assert (found["allowAttendeeToEnableCamera"], found["allowAttendeeToEnableMic"]) == (False, True)
    assert options_of(school, "t000", other)["allowAttendeeToEnableCamera"] is True
