"""Calendar events of the embedded tenant through the real transport: what a client sees, and what was asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from teamskit.errors import Refused
from teamskit.sandbox import EmbeddedTenant
from teamskit.tenant import graph
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.session import open_transport
from teamskit.tenant.transport import Transport

pytestmark = pytest.mark.odd_requests
MARK = "String {6e1bb5a5-8a3e-4f8b-9d0c-5c8a1f4f8a11} Name teamskit"
WRITE = "Calendars.ReadWrite"
UIDS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(5)]
TEACHER = f"/users/{UIDS[0]}"
DAY = "startDateTime=2026-11-30T00:00:00Z&endDateTime=2026-12-01T00:00:00Z"


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[EmbeddedTenant]:
    opened = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", start=datetime(2026, 11, 25, 6, tzinfo=UTC))
    opened.seed([{"id": uid, "userPrincipalName": f"p{n}@school.example"} for n, uid in enumerate(UIDS)])
    yield opened
    opened.close()


@pytest.fixture
def transport(tenant: EmbeddedTenant) -> Transport:
    return open_transport(sandbox=tenant, clock=tenant)


@pytest.fixture
def group(transport: Transport, tenant: EmbeddedTenant) -> str:
    made = transport.send(graph.create_class(display_name="7A/Ma1", mail_nickname="7a-ma1", external_id="k"))
    tenant.advance(timedelta(minutes=10))
    tenant.reset_counts()
    return str(made.body["id"])


def ask(transport: Transport, method: str, path: str, body: Any = None, **headers: str) -> Reply:
    return transport.send(Call(method, path, WRITE, body, headers))


def refusal(transport: Transport, method: str, path: str, body: Any = None) -> tuple[int, str]:
    reply = transport.ask(Call(method, path, WRITE, body))
    return reply.status, reply.error_code


def lesson(hour: int = 9, *invited: str, day: str = "2026-11-30", **more: Any) -> dict[str, Any]:
    times = [{"dateTime": f"{day}T{clock:02d}:00:00", "timeZone": "Europe/London"} for clock in (hour, hour + 1)]
    people = [{"emailAddress": {"address": one}, "type": "Required"} for one in invited]
    online = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    return {"subject": "7A/Ma1", "start": times[0], "end": times[1], "attendees": people, **online, **more}


def view(transport: Transport, place: str, query: str = DAY) -> list[dict[str, Any]]:
    return transport.pages(Call("GET", f"{place}/calendarView?{query}", WRITE))


def as_person(tenant: EmbeddedTenant, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    tenant.set_flag("person_signed_in", True)
    headers = {"Authorization": "Bearer " + tenant.token()}
    tenant.set_flag("person_signed_in", False)
    status, _, answer = tenant.request(method, "/v1.0" + path, body, headers)
    return status, answer


def test_a_lesson_stands_in_three_calendars_with_a_meeting_behind_it(transport: Transport, group: str) -> None:
    made = ask(transport, "POST", f"{TEACHER}/events", lesson(9, "7A-MA1@school.example", "p1@school.example")).body
    assert made["start"] == {"dateTime": "2026-11-30T09:00:00.0000000", "timeZone": "UTC"}
    assert (made["originalStartTimeZone"], made["type"], made["isOrganizer"]) == (
        "Europe/London",
        "singleInstance",
        True,
    )
    assert [one["type"] for one in made["attendees"]] == ["required", "required"]
    found = {place: view(transport, place) for place in (TEACHER, f"/users/{UIDS[1]}", f"/groups/{group}")}
    assert [len(events) for events in found.values()] == [1, 1, 1]
    assert len({events[0]["id"] for events in found.values()}) == 3, "each calendar has its own id of it"
    assert {events[0]["iCalUId"] for events in found.values()} == {made["iCalUId"]}
    assert [events[0]["isOrganizer"] for events in found.values()] == [True, False, False]
    assert view(transport, f"/users/{UIDS[2]}") == []
    url = made["onlineMeeting"]["joinUrl"]
    filtered = f"{TEACHER}/onlineMeetings?$filter=JoinWebUrl%20eq%20'{quote(url, safe='')}'"
    (meeting,) = ask(transport, "GET", filtered).body["value"]
    assert (meeting["startDateTime"], meeting["subject"]) == ("2026-11-30T09:00:00Z", "7A/Ma1")
    assert ask(transport, "GET", f"{TEACHER}/onlineMeetings/{quote(meeting['id'])}").body["joinWebUrl"] == url


def test_a_transaction_makes_one_event_however_often_it_is_sent(transport: Transport, tenant: EmbeddedTenant) -> None:
    body = lesson(9, transactionId="7A/Ma1 2026-11-30 1")
    made = {ask(transport, "POST", f"{TEACHER}{place}", body).body["id"] for place in ("/events", "/calendar/events")}
    made |= {ask(transport, "POST", f"{TEACHER}/events", body).body["id"]}
    assert len(made) == 1
    assert len(view(transport, TEACHER)) == 1
    ask(transport, "DELETE", f"{TEACHER}/events/{made.pop()}")
    assert view(transport, TEACHER) == []
    ask(transport, "POST", f"{TEACHER}/events", body)
    assert len(view(transport, TEACHER)) == 1, "a cancelled one does not stand in the way"
    by = tenant.show()["requests"]["by"]
    assert by["POST /users/{id}/events 201"] == 3
    assert by["POST /users/{id}/calendar/events 201"] == 1
    assert by["DELETE /users/{id}/events/{event} 204"] == 1
    assert by["GET /users/{id}/calendarView 200"] == 3


def test_extended_properties_are_kept_shown_when_expanded_and_filtered(transport: Transport) -> None:
    for hour, value in ((9, "7A/Ma1;1"), (10, "7A/Ma1;2")):
        ask(
            transport,
            "POST",
            f"{TEACHER}/events",
            lesson(hour, singleValueExtendedProperties=[{"id": MARK, "value": value}]),
        )
    ask(transport, "POST", f"{TEACHER}/events", lesson(11))
    expand = quote(f"singleValueExtendedProperties($filter=id eq '{MARK}')", safe="")
    shown = view(transport, TEACHER, f"{DAY}&$select=id,subject&$expand={expand}")
    assert [one.get("singleValueExtendedProperties", [{}])[0].get("value") for one in shown] == [
        "7A/Ma1;1",
        "7A/Ma1;2",
        None,
    ]
    assert not any("singleValueExtendedProperties" in one for one in view(transport, TEACHER))
    has = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq '7A/Ma1;2')"
    (one,) = transport.pages(Call("GET", f"{TEACHER}/events?$filter={quote(has, safe='')}", WRITE))
    again = ask(transport, "GET", f"{TEACHER}/events/{one['id']}?$expand={expand}").body
    assert again["singleValueExtendedProperties"] == [{"id": MARK, "value": "7A/Ma1;2"}]
    starts = f"singleValueExtendedProperties/any(ep: ep/id eq '{MARK}' and startswith(ep/value, '7a/ma1'))"
    assert len(transport.pages(Call("GET", f"{TEACHER}/events?$filter={quote(starts, safe='')}", WRITE))) == 2
    new = {"singleValueExtendedProperties": [{"id": MARK, "value": "other"}]}
    ask(transport, "PATCH", f"{TEACHER}/events/{one['id']}", new)
    changed = ask(transport, "GET", f"{TEACHER}/events/{one['id']}?$expand={expand}").body
    assert [one["value"] for one in changed["singleValueExtendedProperties"]] == ["other"]


def test_a_change_moves_the_meeting_and_those_who_are_invited(transport: Transport) -> None:
    made = ask(transport, "POST", f"{TEACHER}/events", lesson(9, "p1@school.example", "p2@school.example")).body
    more = lesson(14, "p2@school.example", "p3@school.example", subject="Moved")
    changed = ask(transport, "PATCH", f"{TEACHER}/events/{made['id']}", more).body
    assert changed["changeKey"] != made["changeKey"]
    assert changed["onlineMeeting"] == made["onlineMeeting"], "the meeting stays the same one"
    assert [len(view(transport, f"/users/{uid}")) for uid in UIDS] == [1, 0, 1, 1, 0]
    url = quote(made["onlineMeeting"]["joinUrl"], safe="")
    (meeting,) = ask(transport, "GET", f"{TEACHER}/onlineMeetings?$filter=JoinWebUrl%20eq%20'{url}'").body["value"]
    assert (meeting["startDateTime"], meeting["subject"]) == ("2026-11-30T14:00:00Z", "Moved")
    plain = ask(transport, "POST", f"{TEACHER}/events", lesson(11, isOnlineMeeting=False)).body
    assert plain["onlineMeeting"] is None
    later = ask(transport, "PATCH", f"{TEACHER}/events/{plain['id']}", {"isOnlineMeeting": True}).body
    assert later["onlineMeeting"]["joinUrl"].startswith("https://teams.microsoft.com/l/meetup-join/19%3ameeting_")


def test_the_calendar_s_own_paths_lead_to_the_same_events(transport: Transport, tenant: EmbeddedTenant) -> None:
    place = f"{TEACHER}/calendar"
    people = [
        {"emailAddress": {"address": f"p{n}@school.example"}, "type": kind}
        for n, kind in ((1, "optional"), (2, "resource"))
    ]
    made = ask(transport, "POST", f"{place}/events", {**lesson(9), "attendees": people}).body
    assert [one["type"] for one in made["attendees"]] == ["optional", "resource"]
    assert [one["id"] for one in transport.pages(Call("GET", f"{place}/calendarView?{DAY}", WRITE))] == [made["id"]]
    assert [one["id"] for one in transport.pages(Call("GET", f"{place}/events", WRITE))] == [made["id"]]
    assert ask(transport, "PATCH", f"{place}/events/{made['id']}", {"subject": "x"}).body["subject"] == "x"
    assert ask(transport, "GET", f"{TEACHER}/events/{made['id']}").body["subject"] == "x"
    assert ask(transport, "DELETE", f"{place}/events/{made['id']}").status == 204
    again = ask(transport, "POST", f"{place}/events", lesson(9)).body
    assert again["id"] != made["id"]
    assert ask(transport, "POST", f"{place}/events/{again['id']}/cancel").status == 202
    by = tenant.show()["requests"]["by"]
    assert {path: number for path, number in by.items() if "/calendar/" in path} == {
        "GET /users/{id}/calendar/calendarView 200": 1,
        "GET /users/{id}/calendar/events 200": 1,
        "POST /users/{id}/calendar/events 201": 2,
        "PATCH /users/{id}/calendar/events/{event} 200": 1,
        "DELETE /users/{id}/calendar/events/{event} 204": 1,
        "POST /users/{id}/calendar/events/{event}/cancel 202": 1,
    }


def test_a_body_is_kept_as_a_page_and_without_the_way_to_join_there_is_no_meeting(transport: Transport) -> None:
    body = {"contentType": "text", "content": "Bring a <pencil>"}
    made = ask(transport, "POST", f"{TEACHER}/events", lesson(9, body=body)).body
    assert made["body"]["contentType"] == "html"
    assert "<body>Bring a &lt;pencil&gt;<div>" in made["body"]["content"]
    assert made["onlineMeeting"]["joinUrl"] in made["body"]["content"]
    place = f"{TEACHER}/events/{made['id']}"
    kept = {"contentType": "html", "content": made["body"]["content"].replace("pencil", "pen")}
    changed = ask(transport, "PATCH", place, {"body": kept}).body
    assert changed["body"] == kept
    assert changed["bodyPreview"].startswith("Bring a <pen>")
    assert changed["onlineMeeting"] == made["onlineMeeting"]
    bare = ask(transport, "PATCH", place, {"body": body}).body
    assert (bare["isOnlineMeeting"], bare["onlineMeeting"]) == (False, None)


def test_a_meeting_may_come_later_than_its_event(transport: Transport, tenant: EmbeddedTenant) -> None:
    tenant.set_flag("meetings_late", True)
    made = ask(transport, "POST", f"{TEACHER}/events", lesson(9)).body
    assert (made["isOnlineMeeting"], made["onlineMeeting"]) == (True, None)
    tenant.sleep(10)
    url = quote(ask(transport, "GET", f"{TEACHER}/events/{made['id']}").body["onlineMeeting"]["joinUrl"], safe="")
    path = f"{TEACHER}/onlineMeetings?$filter=JoinWebUrl%20eq%20'{url}'"
    assert ask(transport, "GET", path).body["value"] == []
    tenant.sleep(15)
    assert len(ask(transport, "GET", path).body["value"]) == 1


def test_who_is_invited_sees_a_cancelled_event_until_he_takes_it_out(transport: Transport) -> None:
    made = ask(transport, "POST", f"{TEACHER}/events", lesson(9, "p1@school.example")).body
    (copy,) = view(transport, f"/users/{UIDS[1]}")
    mine = f"/users/{UIDS[1]}/events/{copy['id']}"
    assert refusal(transport, "POST", mine + "/cancel", {"comment": "no"}) == (400, "ErrorInvalidRequest")
    assert refusal(transport, "PATCH", mine, {"subject": "x"}) == (403, "ErrorAccessDenied")
    assert ask(transport, "POST", f"{TEACHER}/events/{made['id']}/cancel", {"Comment": "ill"}).status == 202
    assert refusal(transport, "GET", f"{TEACHER}/events/{made['id']}") == (404, "ErrorItemNotFound")
    assert refusal(transport, "POST", f"{TEACHER}/events/{made['id']}/cancel") == (404, "ErrorItemNotFound")
    (gone,) = view(transport, f"/users/{UIDS[1]}")
    assert (gone["isCancelled"], gone["subject"]) == (True, "Canceled: 7A/Ma1")
    assert ask(transport, "DELETE", mine).status == 204
    assert view(transport, f"/users/{UIDS[1]}") == []


def test_a_series_comes_as_occurrences_in_a_view_and_as_one_in_the_list(transport: Transport) -> None:
    pattern = {"type": "weekly", "interval": 2, "daysOfWeek": ["Monday", "wednesday"], "firstDayOfWeek": "monday"}
    span = {"type": "endDate", "startDate": "2026-10-12", "endDate": "2026-12-31"}
    body = lesson(9, day="2026-10-12", recurrence={"pattern": pattern, "range": span})
    made = ask(transport, "POST", f"{TEACHER}/events", body).body
    assert (made["type"], made["recurrence"]["pattern"]["daysOfWeek"]) == ("seriesMaster", ["monday", "wednesday"])
    found = view(transport, TEACHER, "startDateTime=2026-10-01T00:00:00Z&endDateTime=2026-11-12T00:00:00Z")
    begun = [one["start"]["dateTime"][:16] for one in found]
    assert begun == [
        "2026-10-12T08:00",
        "2026-10-14T08:00",
        "2026-10-26T09:00",
        "2026-10-28T09:00",
        "2026-11-09T09:00",
        "2026-11-11T09:00",
    ], "nine o'clock in London, before the clocks change and after"
    assert {one["seriesMasterId"] for one in found} == {made["id"]}
    assert {one["type"] for one in found} == {"occurrence"}
    assert len({one["iCalUId"] for one in found}) == len({one["id"] for one in found}) == 6
    assert {one["onlineMeeting"]["joinUrl"] for one in found} == {made["onlineMeeting"]["joinUrl"]}
    again = ask(transport, "GET", f"{TEACHER}/events/{found[3]['id']}").body
    assert (again["start"], again["id"]) == (found[3]["start"], found[3]["id"])
    assert refusal(transport, "PATCH", f"{TEACHER}/events/{found[3]['id']}", {"subject": "x"})[0] == 501
    assert len(transport.pages(Call("GET", f"{TEACHER}/events", WRITE))) == 1
    place = f"{TEACHER}/events/{made['id']}/instances?{DAY}"
    assert len(transport.pages(Call("GET", place, WRITE))) == 0
    place = place.replace("2026-12-01", "2026-12-10")
    assert len(transport.pages(Call("GET", place, WRITE))) == 2


def test_a_numbered_daily_series_ends(transport: Transport) -> None:
    pattern, span = {"type": "daily", "interval": 3}, {"type": "numbered", "numberOfOccurrences": 4}
    body = lesson(9, recurrence={"pattern": pattern, "range": {**span, "startDate": "2026-11-30"}})
    ask(transport, "POST", f"{TEACHER}/events", body)
    found = view(transport, TEACHER, "startDateTime=2026-11-01T00:00:00Z&endDateTime=2027-11-01T00:00:00Z")
    assert [one["start"]["dateTime"][:10] for one in found] == ["2026-11-30", "2026-12-03", "2026-12-06", "2026-12-09"]
    body["recurrence"]["pattern"] = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 1}
    assert refusal(transport, "POST", f"{TEACHER}/events", body)[0] == 501


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"end": None}, "ErrorPropertyValidationFailure"),
        ({"start": {"dateTime": "tomorrow", "timeZone": "UTC"}}, "ErrorPropertyValidationFailure"),
        ({"start": {"dateTime": "2026-11-30T09:00:00", "timeZone": "Mars/Olympus"}}, "TimeZoneNotSupportedException"),
        (
            {"end": {"dateTime": "2026-11-30T08:00:00", "timeZone": "UTC"}},
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        ({"attendees": [{"emailAddress": {"name": "nobody"}}]}, "ErrorInvalidRecipients"),
        ({"onlineMeetingProvider": "zoom"}, "RequestBodyRead"),
        ({"joinUrl": "x"}, "RequestBodyRead"),
        ({"recurrence": {"pattern": {"type": "daily"}, "range": {}}}, "ErrorPropertyValidationFailure"),
    ],
)
def test_what_is_no_event_is_refused_and_leaves_nothing(transport: Transport, change: Any, code: str) -> None:
    body = {name: value for name, value in {**lesson(), **change}.items() if value is not None}
    assert refusal(transport, "POST", f"{TEACHER}/events", body) == (400, code)
    assert view(transport, TEACHER) == []


def test_a_view_needs_both_ends_and_an_account(transport: Transport) -> None:
    for query in ("startDateTime=2026-11-30T00:00:00Z", DAY.replace("2026-12-01", "2026-11-01"), DAY + "&$search=x"):
        with pytest.raises(Refused):
            view(transport, TEACHER, query)
    with pytest.raises(Refused):
        view(transport, TEACHER, DAY + "&$select=id,joinUrl")
    assert refusal(transport, "GET", f"/users/nobody@school.example/calendarView?{DAY}")[0] == 404
    assert refusal(transport, "GET", f"{TEACHER}/events/AAMkAAAA")[0] == 404


def test_pages_order_and_zones(transport: Transport, tenant: EmbeddedTenant) -> None:
    for hour in range(22, -1, -1):
        ask(transport, "POST", f"{TEACHER}/events", lesson(hour))
    tenant.reset_counts()
    assert [one["start"]["dateTime"][11:13] for one in view(transport, TEACHER)] == [f"{n:02d}" for n in range(23)]
    assert tenant.show()["requests"]["round_trips"] == 3, "ten to a page"
    (last,) = ask(transport, "GET", f"{TEACHER}/calendarView?{DAY}&$top=1&$orderby=start/dateTime%20desc").body["value"]
    assert last["start"]["dateTime"][11:13] == "22"
    prefer = 'outlook.timezone="GMT Standard Time"'
    summer = lesson(9, day="2026-06-30")
    shown = ask(transport, "POST", f"{TEACHER}/events", summer, Prefer=prefer)
    assert shown.body["start"] == {"dateTime": "2026-06-30T09:00:00.0000000", "timeZone": "GMT Standard Time"}
    assert shown.headers["Preference-Applied"] == prefer
    assert ask(transport, "GET", f"{TEACHER}/events/{shown.body['id']}").body["start"]["dateTime"][11:13] == "08"


def test_an_application_reads_a_group_s_view_and_writes_nothing_there(
    transport: Transport, tenant: EmbeddedTenant, group: str
) -> None:
    place = f"/groups/{group}"
    status, made = as_person(tenant, "POST", f"{place}/events", lesson(9))
    assert (status, made["organizer"]["emailAddress"]["address"]) == (201, "7a-ma1@school.example")
    assert len(view(transport, place)) == 1
    assert ask(transport, "GET", f"{place}/events/{made['id']}").body["id"] == made["id"]
    denied = (403, "ErrorAccessDenied")
    assert refusal(transport, "POST", f"{place}/events", lesson(9)) == denied
    assert refusal(transport, "POST", f"{place}/calendar/events", lesson(9)) == denied
    assert refusal(transport, "GET", f"{place}/events") == denied
    assert refusal(transport, "PATCH", f"{place}/events/{made['id']}", {"subject": "x"}) == denied
    assert refusal(transport, "DELETE", f"{place}/events/{made['id']}") == denied
    assert refusal(transport, "POST", f"{place}/events/{made['id']}/cancel") == denied
    assert as_person(tenant, "GET", f"{place}/events")[1]["value"][0]["id"] == made["id"]
    assert as_person(tenant, "POST", f"{place}/events/{made['id']}/cancel")[0] == 202
    assert refusal(transport, "GET", f"/groups/{UIDS[0]}/calendarView?{DAY}")[0] == 404


def test_a_channel_meeting_stands_in_both_calendars_with_the_channel_in_its_address(
    transport: Transport, tenant: EmbeddedTenant, group: str
) -> None:
    body = {name: lesson(9)[name] for name in ("subject", "start", "end")}
    status, _, made = tenant.request(
        "POST", "/sandbox/channelMeetings", {**body, "groupId": group, "organizerId": UIDS[0]}
    )
    assert status == 201
    (mine,), (theirs,) = view(transport, TEACHER), view(transport, f"/groups/{group}")
    assert mine["onlineMeeting"] == theirs["onlineMeeting"] == made["onlineMeeting"]
    assert "%40thread.tacv2/" in mine["onlineMeeting"]["joinUrl"]
    url = quote(mine["onlineMeeting"]["joinUrl"], safe="")
    (meeting,) = ask(transport, "GET", f"{TEACHER}/onlineMeetings?$filter=JoinWebUrl%20eq%20'{url}'").body["value"]
    place = f"{TEACHER}/onlineMeetings/{quote(meeting['id'])}"
    assert refusal(transport, "PATCH", place, {"recordAutomatically": True}) == (403, "Forbidden")
    status, _, _ = tenant.request("POST", "/sandbox/channelMeetings", {**body, "groupId": group, "organizerId": "x"})
    assert status == 404
