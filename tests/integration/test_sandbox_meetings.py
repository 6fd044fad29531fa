"""Options of online meetings in the embedded tenant, through the real transport, and lessons played in them."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from call_scenes import CLASS, TEACHER, call, listed, play, ready

from teamskit.sandbox import EmbeddedTenant
from teamskit.tenant import graph, teams_admin
from teamskit.tenant.calls import Call
from teamskit.tenant.session import open_transport

pytestmark = pytest.mark.odd_requests
UID, OTHER = (f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2))
MEETINGS = f"/users/{UID}/onlineMeetings"
WRITE = "OnlineMeetings.ReadWrite.All"
TIMES = {"startDateTime": "2026-11-30T09:00:00Z", "endDateTime": "2026-11-30T10:00:00Z"}
SAFE = {
    "allowedPresenters": "organizer",
    "allowMeetingChat": "disabled",
    "allowAttendeeToEnableCamera": False,
    "allowAttendeeToEnableMic": False,
    "recordAutomatically": True,
    "allowRecording": True,
    "allowTranscription": False,
    "allowTeamworkReactions": False,
    "allowedLobbyAdmitters": "organizerAndCoOrganizers",
    "isEntryExitAnnounced": False,
    "allowBreakoutRooms": False,
    "allowLiveShare": "disabled",
    "allowPowerPointSharing": False,
    "allowWhiteboard": False,
    "allowCopyingAndSharingMeetingContent": False,
}


@pytest.fixture
def tenant(tmp_path):
    opened = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", start=datetime(2026, 11, 25, 6, tzinfo=UTC))
    opened.seed([{"id": uid, "userPrincipalName": f"p{uid[-1]}@school.example"} for uid in (UID, OTHER)])
    yield opened
    opened.close()


@pytest.fixture
def transport(tenant):
    return open_transport(sandbox=tenant, clock=tenant)


@pytest.fixture
def meeting(transport):
    """A meeting that stands in a calendar."""
    return meeting_of(transport, UID, event(transport, UID))


def event(transport, uid, subject="7A"):
    start, end = ({"dateTime": moment[:-1], "timeZone": "UTC"} for moment in TIMES.values())
    body = {"subject": subject, "start": start, "end": end, "isOnlineMeeting": True}
    return transport.send(Call("POST", f"/users/{uid}/events", WRITE, body)).body


def meeting_of(transport, uid, made):
    url = quote(made["onlineMeeting"]["joinUrl"], safe="")
    path = f"/users/{uid}/onlineMeetings?$filter=JoinWebUrl%20eq%20'{url}'"
    return transport.send(Call("GET", path, WRITE)).body["value"][0]


def patch(transport, meeting, body):
    return transport.ask(Call("PATCH", f"{MEETINGS}/{quote(meeting['id'])}", WRITE, body))


def test_every_option_is_set_and_read_back(transport, tenant, meeting):
    body = {
        **SAFE,
        "lobbyBypassSettings": {"scope": "organizer"},
        "watermarkProtection": {"isEnabledForVideo": True},
        "anonymizeIdentityForRoles": ["attendee"],
        "subject": "Maths",
        **TIMES,
    }
    assert patch(transport, meeting, body).status == 200
    read = transport.send(Call("GET", f"{MEETINGS}/{quote(meeting['id'])}", WRITE)).body
    assert {name: read[name] for name in SAFE} == SAFE
    assert read["lobbyBypassSettings"] == {"scope": "organizer", "isDialInBypassEnabled": False}, "the rest of it stays"
    assert read["watermarkProtection"] == {"isEnabledForContentSharing": False, "isEnabledForVideo": True}
    assert (read["subject"], read["joinWebUrl"]) == ("Maths", meeting["joinWebUrl"])
    by = tenant.show()["requests"]["by"]
    assert by["PATCH /users/{id}/onlineMeetings/{meeting} 200"] == 1
    assert by["GET /users/{id}/onlineMeetings/{meeting} 200"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"allowedPresenters": "staff"},
        {"allowMeetingChat": "off"},
        {"allowMeetingChat": "unknownFutureValue"},
        {"lobbyBypassSettings": {"scope": "nobody"}},
        {"recordAutomatically": "yes"},
        {"recordAutomatically": None},
        {"startDateTime": TIMES["startDateTime"]},
        {"endDateTime": TIMES["endDateTime"]},
        {"startDateTime": TIMES["endDateTime"], "endDateTime": TIMES["startDateTime"]},
        {"allowedPresenters": "roleIsPresenter"},
        {"allowedPresenters": "roleIsPresenter", "participants": {"attendees": [{"upn": "p2@school.example"}]}},
        {"participants": {"organizer": {"identity": {"user": {"id": OTHER}}}}},
        {"joinMeetingIdSettings": {"isPasscodeRequired": False}},
        {"lobby": "organizer"},
        {"anonymizeIdentityForRoles": ["presenter"]},
    ],
)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(transport, meeting, body):
    refused = patch(transport, meeting, {"subject": "changed", **body})
    assert (refused.status, refused.error_code) == (400, "BadRequest")
    assert transport.send(Call("GET", f"{MEETINGS}/{quote(meeting['id'])}", WRITE)).body["subject"] == "7A"


def test_presenters_by_role_need_the_whole_list(transport, meeting):
    people = [{"upn": "p2@school.example", "role": "presenter"}]
    body = {"allowedPresenters": "roleIsPresenter", "participants": {"attendees": people}}
    answer = patch(transport, meeting, body).body
    assert answer["participants"]["attendees"] == people
    assert answer["participants"]["organizer"]["identity"]["user"]["id"] == UID
    assert patch(transport, meeting, {"participants": {"attendees": []}}).body["participants"]["attendees"] == []
    patch(transport, meeting, {"anonymizeIdentityForRoles": ["attendee"]})
    assert patch(transport, meeting, {"anonymizeIdentityForRoles": []}).status == 400


def test_names_fixed_are_ignored_or_refused(transport, tenant, meeting):
    answer = patch(transport, meeting, {"allowParticipantsToChangeName": True, "allowMeetingChat": "limited"})
    assert (answer.status, answer.body["allowParticipantsToChangeName"]) == (200, False)
    assert answer.body["allowMeetingChat"] == "limited"
    tenant.set_flag("meeting_name_refused", True)
    assert patch(transport, meeting, {"allowParticipantsToChangeName": True}).status == 400
    assert patch(transport, meeting, {"allowMeetingChat": "disabled"}).status == 200


def test_without_an_access_policy_nothing_of_a_meeting_is_shown_or_set(transport, tenant, meeting):
    tenant.set_flag("application_access_policy", False)
    for one in (
        Call("PATCH", f"{MEETINGS}/{quote(meeting['id'])}", WRITE, {"recordAutomatically": True}),
        Call("GET", f"{MEETINGS}/{quote(meeting['id'])}", WRITE),
        Call("POST", MEETINGS, WRITE, {"subject": "x", **TIMES}),
        Call("DELETE", f"{MEETINGS}/{quote(meeting['id'])}", WRITE),
    ):
        reply = transport.ask(one)
        assert (reply.status, reply.error_code) == (403, "Forbidden")
        assert "application access policy" in reply.error_message
    assert event(transport, UID)["onlineMeeting"], "an event is the calendar's business"


def test_a_meeting_without_an_event_is_in_no_calendar_and_has_no_recordings(transport, tenant):
    made = transport.send(Call("POST", MEETINGS, WRITE, {"subject": "x", **TIMES, **SAFE})).body
    assert {name: made[name] for name in SAFE} == SAFE
    assert transport.send(Call("GET", f"{MEETINGS}/{quote(made['id'])}", WRITE)).body["subject"] == "x"
    assert transport.pages(Call("GET", f"/users/{UID}/events", WRITE)) == []
    assert transport.ask(Call("GET", f"{MEETINGS}/{quote(made['id'])}/recordings", WRITE)).status == 404
    assert transport.ask(Call("POST", MEETINGS, WRITE, {"subject": "x"})).status == 400
    assert transport.ask(Call("POST", MEETINGS, WRITE, TIMES)).status == 400
    assert transport.ask(Call("DELETE", f"{MEETINGS}/{quote(made['id'])}", WRITE)).status == 204
    assert transport.ask(Call("GET", f"{MEETINGS}/{quote(made['id'])}", WRITE)).status == 404
    assert patch(transport, made, {"subject": "y"}).status == 404


def test_a_new_meeting_begins_as_the_organiser_s_policy_says(transport, tenant, meeting):
    assert meeting["lobbyBypassSettings"] == {"scope": "organization", "isDialInBypassEnabled": False}
    assert (meeting["allowedPresenters"], meeting["allowMeetingChat"]) == ("everyone", "enabled")
    assert meeting["recordAutomatically"] is False
    wanted = {
        "AutoAdmittedUsers": "InvitedUsers",
        "DesignatedPresenterRoleMode": "OrganizerOnlyUserOverride",
        "LobbyChat": "Disabled",
        "MeetingChatEnabledType": "Disabled",
        "AllowCloudRecording": False,
        "AutoRecording": "Enabled",
    }
    teams_admin.write_policy(transport, "TeamsMeetingPolicy", "Strict", wanted)
    tenant.advance(timedelta(minutes=1))
    reply = transport.send(graph.policy_id("TeamsMeetingPolicy", "Strict")).body["value"]
    transport.send(graph.assign_policies([(OTHER, "TeamsMeetingPolicy", reply[0]["policyId"])]))
    before = meeting_of(transport, OTHER, event(transport, OTHER))
    assert before["lobbyBypassSettings"]["scope"] == "organization", "an assignment takes its time"
    tenant.advance(timedelta(days=2))
    strict = meeting_of(transport, OTHER, event(transport, OTHER))
    assert strict["lobbyBypassSettings"]["scope"] == "invited"
    assert (strict["allowedPresenters"], strict["allowMeetingChat"]) == ("organizer", "disabled")
    assert strict["allowRecording"] is False
    assert strict["recordAutomatically"] is False, "the policy records nothing by itself"
    nobody = {"AllowPrivateMeetingScheduling": False}
    teams_admin.write_policy(transport, "TeamsMeetingPolicy", "Strict", nobody)
    assert event(transport, OTHER)["onlineMeeting"] is None


@pytest.fixture
def school(desk, made):
    """A school with two class teams; it is the 25th of November."""
    return ready(desk, made)


def planned(school, start, *, record=True, staff="T000", invited=CLASS):
    """Put a lesson into the calendar of a teacher, as `lessons apply` does, and give its event."""
    here = school.here()
    uid = next(one.account_id for one in here.matches if (one.role, one.id) == ("staff", staff))
    team = next(one for one in here.class_teams if one.key.endswith(invited))
    status, group = school.asks("GET", f"/v1.0/groups/{team.id}")
    assert status == 200
    times = [
        {"dateTime": start[:-1], "timeZone": "UTC"},
        {"dateTime": start[:-1].replace(":00", ":50", 1), "timeZone": "UTC"},
    ]
    people = [{"emailAddress": {"address": f"{group['mailNickname']}@school.example"}}]
    body = {"subject": invited, "start": times[0], "end": times[1], "attendees": people, "isOnlineMeeting": True}
    _, made = school.asks("POST", f"/v1.0/users/{uid}/events", body)
    url = made["onlineMeeting"]["joinUrl"].replace("%", "%25")
    _, found = school.asks("GET", f"/v1.0/users/{uid}/onlineMeetings?$filter=JoinWebUrl eq '{url}'")
    place = f"/v1.0/users/{uid}/onlineMeetings/{found['value'][0]['id']}"
    if record:
        assert school.asks("PATCH", place, {"recordAutomatically": True})[0] == 200
    return made, place


def recordings(school, place):
    status, found = school.asks("GET", place + "/recordings")
    assert status == 200
    return found["value"]


def test_a_lesson_is_played_in_the_meeting_of_its_event(school):
    made, place = planned(school, "2026-11-26T09:00:00Z")
    planned(school, "2026-11-26T10:00:00Z", record=False)
    play(
        school,
        call("c1", "2026-11-26T09:02:00Z", lesson=True, **{"class": CLASS}),
        call("c2", "2026-11-26T10:01:00Z", lesson=True),
    )
    school.run("calls", "sync")
    found = listed(school)
    assert [found[key]["class"] for key in ("c1", "c2")] == [CLASS, CLASS], "by whom the events invited"
    _, record = school.asks("GET", "/v1.0/communications/callRecords/c1")
    assert record["joinWebUrl"] == made["onlineMeeting"]["joinUrl"]
    (only,) = recordings(school, place)
    assert only["callId"] == "c1", "the meeting was set to record by itself"
    assert [found[key]["recorded"] for key in ("c1", "c2")] == [True, False]
    _, events = school.asks(
        "GET", place.split("/onlineMeetings")[0] + "/calendarView?startDateTime=2026-11-26&endDateTime=2026-11-27"
    )
    assert len(events["value"]) == 2, "nothing is written beside the events that were there"


def test_what_the_scenario_says_of_the_recording_counts(school):
    _, first = planned(school, "2026-11-26T09:00:00Z")
    made, second = planned(school, "2026-11-26T10:00:00Z", record=False)
    play(
        school,
        call("c1", "2026-11-26T09:00:00Z", lesson=True, recording="none"),
        call("c2", "2026-11-26T10:00:00Z", lesson=made["id"], recording="kept"),
    )
    assert [len(recordings(school, place)) for place in (first, second)] == [0, 1]


def test_a_lesson_is_one_of_a_series_or_stands_in_a_channel(school):
    here = school.here()
    uid = next(one.account_id for one in here.matches if (one.role, one.id) == ("staff", "T000"))
    team = next(one for one in here.class_teams if one.key.endswith(CLASS))
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["thursday"]}
    times = [{"dateTime": f"2026-11-26T{clock}", "timeZone": "Europe/London"} for clock in ("09:00:00", "09:50:00")]
    weekly = {"pattern": pattern, "range": {"type": "noEnd", "startDate": "2026-11-26"}}
    body = {"subject": "weekly", "start": times[0], "end": times[1], "isOnlineMeeting": True, "recurrence": weekly}
    _, series = school.asks("POST", f"/v1.0/users/{uid}/events", body)
    later = [{**one, "dateTime": one["dateTime"].replace("T09", "T14")} for one in times]
    channel = {"groupId": team.id, "organizerId": uid, "subject": "open", "start": later[0], "end": later[1]}
    _, held = school.asks("POST", "/sandbox/channelMeetings", channel)
    play(
        school,
        call("c1", "2026-12-03T09:00:00Z", lesson=True),
        call("c2", "2026-11-26T14:00:00Z", lesson=True, recording="kept", **{"class": CLASS}),
    )
    said = {one: school.asks("GET", f"/v1.0/communications/callRecords/{one}")[1]["joinWebUrl"] for one in ("c1", "c2")}
    assert said == {"c1": series["onlineMeeting"]["joinUrl"], "c2": held["onlineMeeting"]["joinUrl"]}
    status, files = school.asks("GET", f"/v1.0/groups/{team.id}/drive/root:/General/Recordings:/children")
    assert (status, len(files["value"])) == (200, 1), "a channel's recording lies in its team's library"


def test_a_meeting_that_must_not_be_recorded_is_not(school):
    _, place = planned(school, "2026-11-26T09:00:00Z")
    assert school.asks("PATCH", place, {"allowRecording": False})[0] == 200
    play(school, call("c1", "2026-11-26T09:00:00Z", lesson=True))
    assert recordings(school, place) == []
    assert school.asks("PATCH", place, {"allowRecording": True})[0] == 200
    play(school, call("c2", "2026-11-26T09:00:00Z", lesson=True))
    assert len(recordings(school, place)) == 1, "what it was set to before holds again"


def test_set_in_a_running_meeting_or_where_nobody_may_record_it_records_nothing(school):
    _, late = planned(school, "2026-11-26T09:00:00Z", record=False)
    school.run("sandbox", "advance", "2d")
    assert school.asks("PATCH", late, {"recordAutomatically": True})[0] == 200
    _, barred = planned(school, "2026-11-30T09:00:00Z")
    play(school, call("c1", "2026-11-26T09:00:00Z", lesson=True))
    assert recordings(school, late) == []
    for name in school.asks("GET", "/Skype.Policy/configurations/TeamsMeetingPolicy")[1]:
        policy = f"/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/{name['Identity']}"
        assert school.asks("PUT", policy, {"AllowCloudRecording": False})[0] == 200
    play(school, call("c2", "2026-11-30T09:00:00Z", lesson=True))
    assert recordings(school, barred) == []


def test_a_lesson_that_no_calendar_has_is_not_played(school):
    planned(school, "2026-11-26T09:00:00Z")
    for wrong in (
        call("c1", "2026-11-26T11:00:00Z", lesson=True),
        call("c1", "2026-11-26T09:00:00Z", lesson=True, organiser=TEACHER),
        call("c1", "2026-11-26T09:00:00Z", lesson=True, **{"class": "8x/C001"}),
        call("c1", "2026-11-26T09:00:00Z", lesson="AAMkNone"),
        call("c1", "2026-11-26T09:00:00Z", lesson=3),
    ):
        file = school.folder / "scenario.json"
        file.write_text(json.dumps({"calls": [wrong]}), encoding="utf-8")
        said = school.run("sandbox", "play", "--scenario", file, ok=(2, 3))
        assert "lesson" in said.err
    assert school.json("sandbox", "show")["calls"] == 0
