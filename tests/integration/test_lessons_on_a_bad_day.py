"""Lessons where something is missing, cut off or refused: nothing is made twice, and each failure says what to do."""

import shutil

import pytest
from lesson_scenes import WEEK, account, addresses, events, meeting, school_with_lessons, writes

from teamskit.errors import SignInError

C0 = ("--class", "7x/C000")
PATCHES = r"/users/[^/]+/onlineMeetings/"
POSTS = r"/users/[^/]+/events$"


@pytest.fixture
def school(desk, made):
    return school_with_lessons(desk, made)


def apply(desk, *words, ok=(0,)):
    return desk.run("lessons", "apply", *words, "--yes", ok=ok)


def test_without_an_application_access_policy_events_are_made_and_finished_by_the_next_run(school):
    school.tenant().set_flag("application_access_policy", False)
    failed = apply(school, *C0, *WEEK, ok=(1,))
    assert "New-CsApplicationAccessPolicy" in failed.out
    assert "Grant-CsApplicationAccessPolicy" in failed.out
    assert failed.out.count("Run this again after 30 minutes") == 1
    assert failed.out.count(": the same") == 9
    made = {one["id"] for one in events(school, "t000")}
    assert len(made) == 10
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert plan["totals"] == {"update": 10}
    assert "application access policy" in plan["notes"][0]
    school.tenant().set_flag("application_access_policy", True)
    apply(school, *C0, *WEEK)
    now = events(school, "t000")
    assert {one["id"] for one in now} == made
    assert all(meeting(school, "t000", one)["recordAutomatically"] for one in now)


def test_a_cut_after_the_event_was_made_makes_no_second_one(school):
    school.fault(method="POST", path=POSTS, status=504, times=7, commit=True)
    school.fault(method="POST", path=POSTS, status=0, times=2, commit=True)
    apply(school, *C0, *WEEK)
    assert len(events(school, "t000")) == 10


def test_a_service_that_only_answers_504_to_what_it_did_is_looked_at(school):
    school.fault(method="POST", path=POSTS, status=504, commit=True)
    apply(school, *C0, *WEEK)
    made = events(school, "t000")
    assert len(made) == 10
    assert all(meeting(school, "t000", one)["allowMeetingChat"] == "disabled" for one in made)


def test_a_transaction_that_was_used_for_an_event_long_gone_gets_another(school):
    school.fault(method="POST", path=POSTS, status=409, times=4, message="The TransactionId has been used already.")
    apply(school, *C0, *WEEK)
    assert len(events(school, "t000")) == 10


def test_a_run_that_lost_its_journal_between_event_and_options_finishes_them(school):
    school.fault(method="PATCH", path=PATCHES, status=500)
    failed = apply(school, *C0, *WEEK, ok=(1,))
    assert "the event is made, its options are not set" in failed.out
    shutil.rmtree(school.folder / ".teamskit" / "journal")
    school.tenant().clear_faults()
    apply(school, *C0, *WEEK)
    made = events(school, "t000")
    assert len(made) == 10
    assert all(meeting(school, "t000", one)["recordAutomatically"] for one in made)


@pytest.mark.parametrize("lines", [1, 2, 5, 9, 14, 20, 21])
def test_a_run_cut_at_any_line_of_its_journal_goes_on_and_makes_nothing_twice(school, lines):
    before = {path.name for path in (school.folder / ".teamskit" / "journal").glob("*.jsonl")}
    plan = school.folder / "p.json"
    school.run("lessons", "plan", *C0, *WEEK, "-o", plan)
    school.run("lessons", "apply", plan, "--yes")
    (run,) = [p for p in (school.folder / ".teamskit" / "journal").glob("*.jsonl") if p.name not in before]
    text = run.read_text("utf-8").splitlines(keepends=True)
    run.write_text("".join(text[:lines]) + text[lines][:9], encoding="utf-8")
    writes(school)
    school.run("lessons", "apply", plan, "--yes")
    assert writes(school) == 0
    assert len(events(school, "t000")) == 10
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {}


def test_a_lesson_that_the_teacher_deleted_is_made_again_and_said(school):
    apply(school, *C0, *WEEK)
    first = events(school, "t000")[0]
    assert school.asks("DELETE", f"/v1.0/users/t000@school.example/events/{first['id']}")[0] == 204
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert [(one["action"], one["reason"]) for one in plan["changes"]] == [
        ("create", "was made, and is gone from the calendar")
    ]
    apply(school, *C0, *WEEK)
    assert len(events(school, "t000")) == 10


def move(school, event, day):
    """Move an event to another day as its teacher would, nine o'clock."""
    span = {name: {"dateTime": f"{day}T{at}", "timeZone": "UTC"} for name, at in (("start", "09:00"), ("end", "09:50"))}
    assert school.asks("PATCH", f"/v1.0/users/t000@school.example/events/{event['id']}", span)[0] == 200


def test_a_lesson_that_the_teacher_moved_to_another_week_is_moved_back_and_not_made_twice(school):
    apply(school, *C0, *WEEK)
    first = events(school, "t000")[0]
    move(school, first, "2026-12-09")
    later = ("--from", "2026-12-07", "--to", "2026-12-11")
    assert school.json("lessons", "plan", *C0, *later)["totals"] == {"create": 10}
    plan = school.json("lessons", "plan", *C0, *WEEK)
    assert [(one["action"], one["reason"]) for one in plan["changes"]] == [("update", "time not as wanted")]
    apply(school, *C0, *WEEK)
    assert len(events(school, "t000")) == 10
    assert {one["id"]: one["start"]["dateTime"][:10] for one in events(school, "t000")}[first["id"]] == "2026-11-30"


def test_a_lesson_that_was_moved_is_cancelled_with_the_days_it_stands_in(school):
    apply(school, *C0, *WEEK)
    move(school, events(school, "t000")[0], "2026-12-09")
    school.run("lessons", "cancel", *C0, "--from", "2026-12-09", "--to", "2026-12-09", "--yes")
    assert len(events(school, "t000")) == 9
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {"create": 1}


def test_a_lesson_that_the_teacher_has_held_early_is_over(school):
    apply(school, *C0, *WEEK)
    thursday = next(one for one in events(school, "t000") if one["start"]["dateTime"].startswith("2026-12-03"))
    move(school, thursday, "2026-11-30")
    school.run("sandbox", "advance", "8d")
    said = school.json("lessons", "plan", *C0, "--from", "2026-12-03", "--to", "2026-12-04")
    assert said["totals"] == {}
    assert said["notes"] == ["1 lesson of these days begun or over already: never made, never changed"]


def test_what_was_cancelled_can_be_made_again(school):
    apply(school, *C0, *WEEK)
    school.run("lessons", "cancel", *C0, *WEEK, "--yes")
    assert events(school, "t000") == []
    apply(school, *C0, *WEEK)
    assert len(events(school, "t000")) == 10


def test_cancelling_leaves_what_we_did_not_make(school):
    apply(school, *C0, *WEEK)
    own = {
        "subject": "Dentist",
        "start": {"dateTime": "2026-11-30T09:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-11-30T10:00:00", "timeZone": "UTC"},
    }
    assert school.asks("POST", "/v1.0/users/t000@school.example/events", own)[0] == 201
    school.run("lessons", "cancel", "--all", *WEEK, "--yes")
    assert [one["subject"] for one in events(school, "t000")] == ["Dentist"]


def test_lessons_of_a_class_that_is_gone_are_named_and_can_be_cancelled(school, made):
    apply(school, "--all", *WEEK)
    made.lessons = [(*row[:3], row[3].replace("7x/C000", "7x/New"), row[4]) for row in made.lessons]
    made.enrolled = [tuple("7x/New" if cell == "7x/C000" else cell for cell in row) for row in made.enrolled]
    made.write()
    plan = school.json("lessons", "plan", "--all", *WEEK)
    assert any("7x/C000 (teamskit lessons cancel --class CLASS)" in note for note in plan["notes"])
    assert not [one for one in plan["changes"] if one["action"] == "remove"]
    school.run("lessons", "cancel", "--class", "7x/C000", "--from", "2026-11-30", "--to", "2026-11-30", "--yes")
    assert len(events(school, "t000")) == 8
    slip = school.run("lessons", "cancel", "--class", "8x/C01", *WEEK, "--yes", ok=(2,))
    assert "8x/C001" in slip.err
    school.run("lessons", "cancel", "--all", *WEEK, "--yes")
    assert events(school, "t000") == events(school, "t001") == []


def test_a_name_that_may_not_be_fixed_is_a_remark_and_no_failure(school):
    school.tenant().set_flag("meeting_name_refused", True)
    done = apply(school, *C0, *WEEK)
    assert done.out.count("names be fixed") == 1
    assert "7x/C000 (10 changes): " in done.out
    assert all(meeting(school, "t000", one)["recordAutomatically"] for one in events(school, "t000"))
    writes(school)
    apply(school, *C0, *WEEK)
    assert writes(school) == 0


def test_a_teacher_without_a_mailbox_is_left_out_and_the_others_go_on(school):
    school.fault(
        method="GET",
        path=rf"/users/{account(school, 't000')}/calendarView",
        status=404,
        message="The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    )
    plan = school.json("lessons", "plan", "--all", *WEEK)
    assert plan["totals"] == {"create": 10}
    assert [one["what"] for one in plan["left_out"]] == ["staff T000, calendar"]
    assert "mailbox" in plan["left_out"][0]["remedy"]


def test_calendars_that_may_not_be_read_at_all_stop_the_plan_with_the_permission(school):
    school.fault(method="GET", path="/calendarView", status=403)
    refused = school.run("lessons", "plan", "--all", *WEEK, ok=(1,))
    assert "Calendars.ReadWrite" in refused.err


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [("POST", POSTS, "Calendars.ReadWrite"), ("PATCH", PATCHES, "OnlineMeetings.ReadWrite.All")],
)
def test_a_write_that_may_not_be_done_names_the_permission(school, method, path, permission):
    school.fault(method=method, path=path, status=403, message="Access is denied.")
    failed = apply(school, *C0, *WEEK, ok=(1,))
    assert f"the application permission {permission}" in failed.out


def test_a_person_signed_in_is_stopped_before_anything_is_read(school):
    school.tenant().set_flag("person_signed_in", True)
    refused = school.run("lessons", "plan", "--all", *WEEK, ok=(SignInError.status,))
    assert "application" in refused.err
    assert "Lessons" in refused.err


def test_a_guest_whom_the_teacher_invited_stays_when_the_lesson_moves(school, made):
    apply(school, *C0, *WEEK)
    event = events(school, "t000")[0]
    both = [*event["attendees"], {"type": "required", "emailAddress": {"address": "visitor@museum.example"}}]
    assert school.asks("PATCH", f"/v1.0/users/t000@school.example/events/{event['id']}", {"attendees": both})[0] == 200
    assert school.json("lessons", "plan", *C0, *WEEK)["totals"] == {}
    made.lessons = [("Mon:1", "08:30", "09:20", *row[3:]) if row[0] == "Mon:1" else row for row in made.lessons]
    made.write()
    apply(school, *C0, *WEEK)
    moved = events(school, "t000")[0]
    assert moved["start"]["dateTime"][:16] == "2026-11-30T08:30"
    assert addresses(moved) == ["school-2627-7x-C000@school.example", "visitor@museum.example"]


def test_more_lessons_than_the_limit_stop_until_a_number_allows_them(school):
    school.decide(limits={"lessons": 9})
    stopped = apply(school, *C0, *WEEK, ok=(4,))
    assert "--allow-lessons 10" in stopped.err
    saved = school.run("lessons", "plan", *C0, *WEEK, "-o", school.folder / "p.json", ok=(4,))
    assert f"teamskit lessons apply --allow-lessons 10 {school.folder / 'p.json'}." in saved.err
    assert events(school, "t000") == []
    assert apply(school, *C0, *WEEK, "--allow-lessons", "9", ok=(4,)).status == 4
    apply(school, *C0, *WEEK, "--allow-lessons", "10")
    assert len(events(school, "t000")) == 10


def test_what_is_carried_out_without_a_saved_plan_is_shown_with_what_is_left_out(school, made):
    made.lessons = [(*row[:1], "", "", *row[3:]) if row[0] == "Mon:2" else row for row in made.lessons]
    made.write()
    done = apply(school, *C0, *WEEK)
    assert "+ 7x/C000" in done.out
    assert "! period 2 (1 row): the timetable has no times for it" in done.out
    assert "Done: 9 of 9 changes." in done.out


def test_a_question_is_asked_and_names_what_microsoft_will_send(school):
    unattended = school.run
    with pytest.raises(Exception, match="add --yes"):
        unattended("lessons", "apply", *C0, *WEEK)
    assert events(school, "t000") == []
