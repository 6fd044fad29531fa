"""Trouble cases from the field, part C: each as a test, by its number."""

import re
from datetime import date, timedelta

import pytest
from call_scenes import HEAD, PUPILS, TEACHER, asked, call, lesson, listed, play, ready

from teamskit.calls.coverage import span_of
from teamskit.clock import iso, parse_iso
from teamskit.errors import SignInError
from teamskit.sandbox.tokens import made_token
from teamskit.tenant.session import open_transport
from teamskit.tenant.tokens import kind_of

RECORDS = "/communications/callRecords"
GONE = "Call records older than 30 days are not available."


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


def synced(school, *words, ok=(0,)):
    return school.run("calls", "sync", *words, ok=ok).out


def test_c02_a_visitor_without_a_name_has_a_stable_label_and_is_outside(school):
    visitors = [{"anonymous": "tablet"}, {"anonymous": "phone"}]
    span = ["2026-11-25T10:10:00Z", "2026-11-25T10:40:00Z"]
    people = [HEAD, PUPILS[0], visitors[0], {**visitors[1], "intervals": [span]}]
    play(school, call("c1", "2026-11-25T10:00:00Z", people=people))
    synced(school)
    outside = [one for one in listed(school)["c1"]["people"] if one["role"] == "outside"]
    assert [one["name"] for one in outside] == ["visitor 1 of this call", "visitor 2 of this call"]
    assert [one["joined_as"] for one in outside] == ["visitor", "visitor"]
    play(school, call("c1", "2026-11-25T10:00:00Z", people=people[::-1]))
    synced(school, "--since", "2026-11-25")
    again = [one for one in listed(school)["c1"]["people"] if one["role"] == "outside"]
    assert [(one["id"], one["name"]) for one in again] == [(one["id"], one["name"]) for one in outside]
    assert not [one for one in listed(school)["c1"]["people"] if one["role"] == "unknown"]


def test_c02_visitors_stand_in_the_order_of_their_numbers(school):
    visitors = [{"anonymous": f"tablet {n}"} for n in range(1, 13)]
    play(school, call("c1", "2026-11-25T10:00:00Z", people=[HEAD, PUPILS[0], *visitors]))
    synced(school)
    outside = [one["name"] for one in listed(school)["c1"]["people"] if one["role"] == "outside"]
    assert outside == [f"visitor {n} of this call" for n in range(1, 13)]
    (found,) = [one for one in school.json("findings", "list") if one["finding"] == "outside-person"]
    places = [found["text"].index(f"visitor {n} ") for n in range(1, 7)]
    assert places == sorted(places)


def test_c02_nothing_shown_of_a_visitor_is_none_or_null(school):
    visitor = {"anonymous": "tablet"}
    play(school, call("c1", "2026-11-25T10:00:00Z", people=[visitor, PUPILS[0]], organiser=visitor))
    synced(school)
    rows = school.folder / "rows.csv"
    school.run("calls", "report", "--out", school.folder / "r.html", "--csv", rows)
    shown = school.run("calls", "list").out + school.run("calls", "list", "--output", "csv").out
    for text in (shown, (school.folder / "r.html").read_text("utf-8"), rows.read_text("utf-8-sig")):
        assert "visitor 1 of this call" in text
        assert not re.search(r"None(?! (of|in) )|\bnull\b", text)


def test_c04_a_404_for_one_record_is_not_a_day_outside_the_window(school):
    play(school, call("c1", "2026-11-25T10:00:00Z"), call("c2", "2026-11-25T12:00:00Z"))
    school.fault(method="GET", path="callRecords/c2", status=404, message=GONE)
    assert "2 new calls, 0 revised, 1 without details" in synced(school)
    assert {key: one["detail"] for key, one in listed(school).items()} == {"c1": "complete", "c2": "not available"}
    assert "25 November" not in school.run("calls", "list", "--from", "2026-11-25").out.partition("Not covered")[2]


ROW = {"log": "pstn", "staff": "T000", "number": "+441632960123"}


def test_c04_telephone_logs_are_read_only_when_the_school_says_so(school):
    play(school, telephone=[{**ROW, "start": "2026-11-25T10:00:00Z", "end": "2026-11-25T10:05:00Z"}])
    school.run("sandbox", "advance", "1d")
    school.tenant().reset_counts()
    synced(school)
    assert listed(school) == {}
    assert not any("get" in path for path in asked(school))


def test_c04_a_telephone_call_without_a_record_is_an_entry_without_detail(school):
    school.decide(calls={"telephone": True})
    rows = [{**ROW, "start": "2026-11-25T10:00:00Z", "end": "2026-11-25T10:05:00Z"}]
    play(school, call("c1", "2026-11-25T12:00:00Z"), telephone=rows)
    school.tenant().reset_counts()
    out = synced(school)
    assert "1 telephone call known from the telephone logs only." in out
    assert asked(school)[RECORDS + "/{id}"] == 2, "a row's id is never asked for as a record"
    (rung,) = school.json("calls", "list", "--kind", "telephone")
    assert (rung["detail"], rung["start"], rung["end"]) == (
        "not available",
        iso(parse_iso(rows[0]["start"])),
        rows[0]["end"],
    )
    assert [(one["id"], one["role"]) for one in rung["people"]] == [("T000", "staff"), ("+441632960123", "outside")]
    assert "telephone" not in synced(school)
    assert len(school.json("calls", "list", "--kind", "telephone")) == 1


def test_c04_direct_routing_is_joined_by_the_correlation_id(school):
    school.decide(calls={"telephone": True})
    number = {"phone": "+441632960123"}
    by_log = {**ROW, "start": "2026-11-25T10:00:00Z", "end": "2026-11-25T10:05:00Z"}
    rows = [
        {**by_log, "log": "direct", "call": "c1"},
        {**by_log, "start": "2026-11-25T12:00:40Z", "end": "2026-11-25T12:05:00Z"},
        {**by_log, "log": "direct", "call": "c9", "incoming": False, "start": "2026-11-25T14:00:00Z"},
    ]
    rows[2]["end"] = "2026-11-25T14:02:00Z"
    two = {"type": "peerToPeer", "people": [HEAD, number]}
    play(school, call("c1", "2026-11-25T10:00:00Z", **two), call("c2", "2026-11-25T12:00:00Z", **two), telephone=rows)
    assert "1 telephone call" in synced(school)
    calls = listed(school)
    assert set(calls) == {"c1", "c2", "c9"}
    assert (calls["c9"]["kind"], calls["c9"]["detail"]) == ("telephone", "not available")


def test_c04_refused_telephone_logs_are_said_once_and_the_calls_are_kept(school):
    school.decide(calls={"telephone": True})
    play(school, call("c1", "2026-11-25T10:00:00Z"))
    school.fault(method="GET", path="getPstnCalls|getDirectRouting", status=403)
    assert synced(school).count("CallRecord-PstnCalls.Read.All") == 1
    assert set(listed(school)) == {"c1"}


def test_c06_a_token_says_who_is_signed_in(school):
    tenant = school.tenant()
    assert kind_of(tenant.token("graph")) == "app"
    tenant.set_flag("person_signed_in", True)
    assert kind_of(tenant.token("graph")) == "delegated"
    assert [kind_of(text) for text in ("", "a.b.c", "a.W10.c", "embedded")] == ["unknown"] * 4


def test_c06_a_person_signed_in_is_stopped_before_the_first_request(school):
    play(school, call("c1", "2026-11-25T10:00:00Z"))
    school.tenant().set_flag("person_signed_in", True)
    school.tenant().reset_counts()
    done = school.run("calls", "sync", ok=(1,))
    assert "application's own sign-in" in done.err
    assert "Use application sign-in" in done.err
    assert asked(school) == {}
    school.tenant().set_flag("person_signed_in", False)
    assert "1 new call" in synced(school)


def test_c06_the_tenant_shows_call_records_to_applications_only(school):
    tenant = school.tenant()
    for is_person, status in ((True, 403), (False, 200)):
        token = made_token(tenant.tenant_id, is_person=is_person)
        header = {"Authorization": f"Bearer {token}"}
        assert tenant.request("GET", "/v1.0" + RECORDS, headers=header)[0] == status
        asks = {
            "requests": [{"id": "1", "method": "GET", "url": RECORDS}, {"id": "2", "method": "GET", "url": "/users"}]
        }
        answers = tenant.request("POST", "/v1.0/$batch", asks, headers=header)[2]["responses"]
        assert {one["id"]: one["status"] for one in answers} == {"1": status, "2": 200}


def test_c06_a_persons_transport_refuses_to_begin(school):
    tenant = school.tenant()
    person = made_token(tenant.tenant_id, is_person=True)
    transport = open_transport(sandbox=tenant, clock=tenant, signin=lambda _: person)
    with pytest.raises(SignInError):
        transport.must_be_app("Call records")
    assert transport.round_trips == 0


@pytest.mark.parametrize("number", [131, 300])
def test_c08_every_page_of_a_large_call_is_read(school, number):
    crowd = [{"guest": f"Guest {n}", "email": f"g{n}@x.example"} for n in range(number - 1)]
    play(school, call("c1", "2026-11-25T10:00:00Z", people=[HEAD, *crowd]))
    school.tenant().reset_counts()
    synced(school)
    people = listed(school)["c1"]["people"]
    assert len(people) == number
    assert all(one["intervals"] for one in people)
    pages = -(-number // 130), -(-number // 60)
    by = asked(school)
    assert by[RECORDS + "/{id}/participants_v2"] == pages[0] - 1
    assert by[RECORDS + "/{id}/sessions"] == pages[1] - 1


def test_c08_a_town_hall_is_marked_as_its_viewers_are_in_no_record(school):
    play(school, call("c1", "2026-11-25T10:00:00Z", event=True), call("c2", "2026-11-25T12:00:00Z"))
    synced(school)
    assert {key: one["viewers_unknown"] for key, one in listed(school).items()} == {"c1": True, "c2": False}
    assert "1 call with streaming viewers: viewers are not in the record." in school.run("calls", "list").out
    school.run("calls", "report", "--out", school.folder / "r.html")
    assert (school.folder / "r.html").read_text("utf-8").count("people who only watched the stream") == 1


def lessons_without_times(number=4):
    return [
        call(f"c{n}", f"2026-11-25T{9 + n:02d}:00:00Z", sessions=False, organiser=TEACHER if n % 2 else HEAD)
        for n in range(number)
    ]


def test_c10_a_missing_access_policy_is_one_step_of_the_set_up(school):
    play(school, *lessons_without_times(), lesson("c9", "2026-11-25T14:00:00Z"))
    school.tenant().set_flag("application_access_policy", False)
    school.tenant().reset_counts()
    out = synced(school)
    assert out.count("New-CsApplicationAccessPolicy") == 1
    assert out.count("Grant-CsApplicationAccessPolicy") == 1
    assert "Attendance not known of 4 calls" in out
    assert asked(school)["/users/{id}/onlineMeetings"] <= 4, "an organiser who refuses is not asked for each meeting"
    calls = listed(school)
    assert {calls[f"c{n}"]["detail"] for n in range(4)} == {"no sessions"}
    assert all(len(calls[f"c{n}"]["people"]) == 5 for n in range(4)), "who took part is still known"
    assert all(one["intervals"] for one in calls["c9"]["people"]), "sessions are still used"
    assert "Attendance not known of 4 calls" in school.run("calls", "list").out


def test_c10_findings_say_not_known_and_never_that_nobody_came(school):
    lessons = [lesson(f"c{n}", f"2026-11-25T{9 + n:02d}:00:00Z", sessions=False, recording="none") for n in range(2)]
    play(school, *lessons)
    school.tenant().set_flag("application_access_policy", False)
    school.fault(method="GET", path="/drive/", status=403)
    synced(school)
    about = [(one["call"], one["finding"]) for one in school.json("findings", "list") if one["call"]]
    assert sorted(about) == [("c0", "not-known"), ("c1", "not-known")]
    school.tenant().set_flag("application_access_policy", True)
    synced(school)
    about = {(one["call"], one["finding"]) for one in school.json("findings", "list") if one["call"]}
    assert about == {("c0", "unrecorded-lesson"), ("c1", "unrecorded-lesson")}


def test_c10_it_is_asked_again_and_the_attendance_report_gives_the_times(school):
    play(school, *lessons_without_times())
    school.tenant().set_flag("application_access_policy", False)
    synced(school)
    school.tenant().set_flag("application_access_policy", True)
    school.run("sandbox", "advance", "1d")
    out = synced(school)
    assert "4 calls without times: taken from the attendance report." in out
    assert "New-Cs" not in out
    calls = listed(school)
    assert {one["detail"] for one in calls.values()} == {"attendance"}
    span = ["2026-11-25T09:00:00Z", "2026-11-25T09:45:00Z"]
    assert {one["id"]: one["intervals"] for one in calls["c0"]["people"]} == {
        who: [span] for who in ("T000", "000001", "000002", "000003", "000004")
    }
    school.run("sandbox", "advance", "3d")
    synced(school)
    school.run("sandbox", "advance", "1d")
    school.tenant().reset_counts()
    synced(school)
    assert {path: n for path, n in asked(school).items() if "allRecords" in path or "onlineMeet" in path} == {
        RECORDS: 1
    }


def test_c10_the_two_commands_name_the_schools_application(school):
    school.decide(signin={"client_id": "11111111-2222-4333-8444-555555555555"})
    play(school, *lessons_without_times(1))
    school.tenant().set_flag("application_access_policy", False)
    assert '-AppIds "11111111-2222-4333-8444-555555555555"' in synced(school)


@pytest.fixture
def autumn(desk, made):
    """The same school a month earlier, before the clocks go back."""
    return ready(desk, made, "2026-10-20")


@pytest.fixture
def spring(desk, made):
    """The same school in the spring, before the clocks go forward."""
    return ready(desk, made, "2027-03-22")


def test_c12_around_the_end_of_summer_time(autumn):
    times = {"before": "2026-10-23T08:50:00Z", "over": "2026-10-25T00:30:00Z", "after": "2026-11-02T08:50:00Z"}
    play(autumn, *(call(name, start, 60) for name, start in times.items()))
    synced(autumn)
    calls = listed(autumn)
    assert {name: one["start"] for name, one in calls.items()} == times, "the log is in UTC"
    assert calls["before"]["school_start"] == "2026-10-23T09:50:00+01:00"
    assert calls["after"]["school_start"] == "2026-11-02T08:50:00+00:00"
    (span,) = calls["over"]["people"][0]["intervals"]
    assert parse_iso(span[1]) - parse_iso(span[0]) == timedelta(hours=1)
    # 1.30 in summer time to 1.30 in winter time: the school's clock shows the same time twice.
    assert calls["over"]["school_start"] == "2026-10-25T01:30:00+01:00"
    assert calls["over"]["school_end"] == "2026-10-25T01:30:00+00:00"
    lines = autumn.run("calls", "list").out.splitlines()
    assert any(line.startswith("2026-10-23  09:50-10:50") for line in lines)
    assert any(line.startswith("2026-11-02  08:50-09:50") for line in lines)


def test_c12_the_day_of_a_call_is_the_schools(autumn):
    # 23.30 UTC on Saturday is half past midnight on Sunday at school, as long as summer time lasts.
    play(autumn, call("late", "2026-10-24T23:30:00Z", 20), call("later", "2026-10-25T23:30:00Z", 20))
    synced(autumn)
    assert set(listed(autumn, "--from", "2026-10-25", "--to", "2026-10-25")) == {"late", "later"}
    assert set(listed(autumn, "--from", "2026-10-24", "--to", "2026-10-24")) == set()


def test_c12_around_the_beginning_of_summer_time(spring):
    times = {"before": "2027-03-26T09:00:00Z", "over": "2027-03-28T00:30:00Z", "after": "2027-03-29T08:00:00Z"}
    play(spring, *(call(name, start, 60) for name, start in times.items()))
    synced(spring)
    calls = listed(spring)
    assert [one["school_start"][11:16] for one in calls.values()] == ["09:00", "00:30", "09:00"]
    assert calls["over"]["school_end"] == "2027-03-28T02:30:00+01:00"
    assert set(listed(spring, "--from", "2027-03-28", "--to", "2027-03-28")) == {"over"}


def test_c12_a_day_has_25_or_23_hours_when_the_clocks_change():
    for day, hours in ((date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (date(2026, 11, 25), 24)):
        first, last = span_of(day)
        assert last - first == timedelta(hours=hours)
