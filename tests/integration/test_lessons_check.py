"""What has to be settled before lessons start: recorders (V04, V08), consent, one pupil alone."""

import json

import pytest
from calendar_scenes import account, class_mail, put_channel_meeting, put_meeting, set_options, weekly
from call_scenes import asked, ready

MONDAY, TUESDAY = "2026-11-30T09:00:00Z", "2026-12-01T09:00:00Z"
STAFF_POLICY = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Tag%3AStaff%20lessons"
GLOBAL = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Global"
CONSENT = "Adno,Recording,Date,Withdrawn\n000001,Yes,01/09/2026,\n000002,Yes,01/09/2026,\n000003,Yes,01/09/2026,\n"


@pytest.fixture
def school(desk, made):
    ready(desk, made)
    registers(desk, consent=CONSENT)
    return desk


def registers(desk, **files):
    folder = desk.folder / "registers"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def checked(desk, *words):
    return desk.json("lessons", "check", *words)


def concerns(desk, *words):
    """Give what is to be settled, by the lesson's start."""
    return [(one["start"], each["what"]) for one in checked(desk, *words)["lessons"] for each in one["concerns"]]


def no_drive(desk, who):
    desk.fault(path=rf"users/{account(desk, who)}/drive\?", status=404)


def left_in_drive(desk, who, left):
    body = {"id": "d", "quota": {"remaining": left, "state": "normal"}}
    desk.fault(path=rf"users/{account(desk, who)}/drive\?", status=200, body=body)


def test_a_sound_lesson_has_nothing_to_settle(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    school.run("recordings", "enforce", "--apply", "--yes")
    [lesson] = checked(school)["lessons"]
    assert {name: lesson[name] for name in ("class", "recording", "pupils", "concerns", "not_known")} == {
        "class": "7x/C000",
        "recording": "automatic",
        "pupils": ["000001", "000003"],
        "concerns": [],
        "not_known": [],
    }
    shown = school.run("lessons", "check", "--exit-code").out
    assert "1 lesson in the calendars" in shown and "Nothing to settle was found" in shown


def test_v04_an_organiser_without_a_drive_or_with_a_full_one_is_named_before_the_lesson(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    put_meeting(school, "t001", TUESDAY, class_mail(school, "8x/C001"))
    registers(school, consent=CONSENT + "000004,Yes,01/09/2026,\n")
    assert concerns(school) == []
    no_drive(school, "t000")
    left_in_drive(school, "t001", 1024**3 - 1)
    assert concerns(school) == [(MONDAY, "no-drive"), (TUESDAY, "drive-full")]
    shown = school.run("lessons", "check", "--exit-code", ok=(5,)).out
    assert "Ann SurT000 has no OneDrive" in shown and "30 November, 09:00 to 10:00 (7x/C000, T000)" in shown


def test_v04_room_for_a_recording_is_enough_and_a_drive_that_may_not_be_read_is_not_known(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    school.fault(path=rf"users/{account(school, 't000')}/drive\?", status=403)
    [lesson] = checked(school)["lessons"]
    assert (lesson["concerns"], lesson["not_known"]) == ([], ["drive"])
    assert "OneDrive has room of 1 lesson: not known." in school.run("lessons", "check").out


def test_v08_an_organiser_whose_policy_does_not_record_is_named_before_the_lesson(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    assert concerns(school) == []
    school.asks("PUT", STAFF_POLICY, {"AllowCloudRecording": False})
    [lesson] = checked(school)["lessons"]
    assert [one["what"] for one in lesson["concerns"]] == ["may-not-record"]
    assert "Staff lessons" in lesson["concerns"][0]["text"]


def test_v08_on_global_that_does_not_record(school):
    body = {"value": [{"userId": account(school, "t000"), "policyType": "TeamsMeetingPolicy"}]}
    status, _ = school.asks("POST", "/v1.0/admin/teams/policy/userAssignments/unassign", body)
    assert status == 204
    school.asks("PUT", GLOBAL, {"AllowCloudRecording": False})
    school.run("sandbox", "advance", "2d")
    put_meeting(school, "t000", MONDAY, class_mail(school))
    [lesson] = checked(school)["lessons"]
    assert [one["what"] for one in lesson["concerns"]] == ["may-not-record"]
    assert "Global" in lesson["concerns"][0]["text"]


def test_v08_without_the_role_that_reads_policies_it_is_not_known(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    school.fault(path="configurations/TeamsMeetingPolicy", status=403)
    [lesson] = checked(school)["lessons"]
    assert (lesson["concerns"], lesson["not_known"]) == ([], ["policy"])


def test_pupils_without_consent_are_named_with_the_choices(school):
    put_meeting(school, "t000", MONDAY, class_mail(school), recurrence=weekly("monday", "2026-11-30", 2))
    registers(school, consent=CONSENT.replace("000003,Yes,01/09/2026,", "000003,Yes,01/09/2026,04/12/2026"))
    words = ("--to", "2026-12-08")
    assert concerns(school, *words) == [("2026-12-07T09:00:00Z", "no-consent")]
    done = school.run("lessons", "check", *words)
    assert "Fore000003 Sur000003 (year 7) is invited. The register shows no consent to recording" in done.out
    for choice in ("without camera and microphone", "not recorded", "consent is sought"):
        assert choice in done.out
    assert "000003" not in done.err and "Sur" not in done.err


def test_a_lesson_that_is_not_recorded_by_choice_asks_for_no_consent(school):
    url = put_meeting(school, "t000", MONDAY, class_mail(school))
    registers(school, consent="Adno,Recording,Date,Withdrawn\n")
    assert concerns(school) == [(MONDAY, "no-consent")]
    set_options(school, "t000", url, allowRecording=False)
    [lesson] = checked(school)["lessons"]
    assert (lesson["recording"], lesson["concerns"]) == ("off", [])


def test_without_a_register_consent_is_not_known(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    (school.folder / "registers" / "consent.csv").unlink()
    found = checked(school)
    assert (found["lessons"][0]["not_known"], found["not_known"]["consent"]) == (["consent"], True)
    assert "register of consent to recording is missing" in school.run("lessons", "check").out


def test_one_pupil_alone_with_one_adult_is_named_unless_agreed(school):
    put_meeting(school, "t000", MONDAY, "p000001")
    put_meeting(school, "t000", TUESDAY, "p000001", "mum@home.example")
    put_meeting(school, "t000", "2026-12-01T11:00:00Z", "p000001", "t001")
    assert concerns(school) == [(MONDAY, "one-pupil")]
    row = "one-to-one,000001,T000,,01/11/2026,31/12/2026,mentoring,Head\n"
    registers(school, agreed="What,Pupil,Staff,Outside,From,Until,Reason,Agreed by\n" + row)
    assert concerns(school) == []


def test_a_lesson_in_a_channel_needs_no_drive_of_its_organiser(school):
    put_channel_meeting(school, "t000", MONDAY)
    no_drive(school, "t000")
    [lesson] = checked(school)["lessons"]
    assert (lesson["channel"], lesson["pupils"], lesson["concerns"]) == (True, ["000001", "000003"], [])


def test_a_group_that_cannot_be_read_is_not_known(school):
    put_meeting(school, "t000", MONDAY, class_mail(school))
    school.fault(path=r"groups/[^/]+/members", status=403)
    [lesson] = checked(school)["lessons"]
    assert (lesson["pupils"], lesson["not_known"]) == ([], ["pupils"])


def test_calendars_that_are_refused_are_named_and_the_status_says_so(school):
    put_meeting(school, "t001", MONDAY, class_mail(school))
    school.fault(path=f"users/{account(school, 't000')}/calendarView", status=403)
    done = school.run("lessons", "check", "--output", "json", ok=(3,))
    assert done.json["not_known"]["calendars"] == ["T000"]


def test_requests_do_not_grow_with_lessons_but_for_their_options(school):
    for hour in range(8, 18):
        put_meeting(school, "t000", f"2026-11-30T{hour:02d}:00:00Z", class_mail(school), minutes=30)
    school.tenant().reset_counts()
    checked(school)
    found = asked(school)
    assert (found["/users/{id}/onlineMeetings"], found["/users/{id}/drive"]) == (10, 1)
    assert school.requests()["round_trips"] == 10
    assert json.dumps(school.requests()).count("PATCH") == 0


def test_the_fields_are_those_of_the_reference(school):
    put_meeting(school, "t000", MONDAY, class_mail(school), "p000004")
    found = checked(school)
    assert list(found) == ["from", "to", "checked_at", "lessons", "not_known"]
    [lesson] = found["lessons"]
    names = ["start", "end", "class", "organiser", "channel", "pupils", "recording", "concerns", "not_known"]
    assert list(lesson) == names
    assert (list(lesson["organiser"]), lesson["recording"]) == (["id", "name"], "by hand")
    assert [list(one) for one in lesson["concerns"]] == [["what", "text", "next", "pupils"]]
    assert list(found["not_known"]) == ["calendars", "no_mailbox", "class_calendars", "groups", "consent"]
    rows = school.run("lessons", "check", "--output", "csv").out.splitlines()
    assert rows[0] == "start,end,class,organiser,recording,what,text,next"
    assert rows[1].startswith("2026-11-30T09:00:00Z,2026-11-30T10:00:00Z,7x/C000,T000,by hand,no-consent,")
