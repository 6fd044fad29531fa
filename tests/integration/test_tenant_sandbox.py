"""The tenant client against the embedded tenant: what is asserted is what the tenant holds and what it counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from teamskit.errors import Refused
from teamskit.sandbox import EmbeddedTenant, school_days
from teamskit.tenant import graph, teams_admin
from teamskit.tenant.calls import Task, Wait
from teamskit.tenant.models import Account
from teamskit.tenant.session import open_transport
from teamskit.tenant.transport import Transport

PEOPLE = 150


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[EmbeddedTenant]:
    start = datetime(2026, 9, 8, 6, tzinfo=UTC)
    opened = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", domains=("school.example",), start=start)
    opened.seed([_user(number) for number in range(PEOPLE)])
    yield opened
    opened.close()


def _user(number: int) -> dict[str, object]:
    name = f"p{number}"
    upn = f"{name}@school.example"
    key = f"00000000-0000-4000-8000-{number:012d}"
    base = {"id": key, "displayName": f"P {number}", "userPrincipalName": upn, "mailNickname": name}
    return base | {"accountEnabled": number != 9, "userType": "Member", "employeeId": str(number), "mail": upn}


@pytest.fixture
def transport(tenant: EmbeddedTenant) -> Transport:
    return open_transport(sandbox=tenant, clock=tenant)


def _make(number: int, people: list[Account], tenant: EmbeddedTenant, made: dict[int, str]) -> Task:
    nickname = f"cls-{number}"
    created = yield graph.create_class(display_name=nickname, mail_nickname=nickname, external_id=f"key/{number}")
    group = created.body["id"]
    teacher = people[number].id
    yield [graph.add_teacher(group, teacher), graph.add_class_member(group, teacher)]
    asked = yield graph.create_team_on_group(group)
    while asked.status == 404:
        yield Wait(tenant.now() + timedelta(seconds=30))
        asked = yield graph.create_team_on_group(group)
    status = ""
    while status != "succeeded":
        yield Wait(tenant.now() + timedelta(seconds=31))
        status = (yield graph.operation(asked.headers["Location"])).body["status"]
    yield graph.add_members(group, [(one.id, False) for one in people[10:20]])
    made[number] = group


def test_accounts_are_read_over_pages_with_what_matching_needs(transport: Transport) -> None:
    accounts = graph.fetch_accounts(transport)
    assert len(accounts) == PEOPLE
    assert [one.enabled for one in accounts[8:11]] == [True, False, True]
    assert accounts[7].employee_id == "7"
    assert accounts[7].mail == "p7@school.example"


def test_class_teams_from_nothing_and_read_back(transport: Transport, tenant: EmbeddedTenant) -> None:
    people, made = graph.fetch_accounts(transport), dict[int, str]()
    transport.conduct(_make(number, people, tenant, made) for number in range(8))
    counted = tenant.show()
    assert counted["teams"] == 8
    assert counted["requests"]["throttled"] == 0
    classes, groups = graph.fetch_classes(transport), graph.fetch_groups(transport)
    teams = {team.key: team for team in graph.fetch_class_teams(transport, classes, groups)}
    assert set(teams) == {f"key/{number}" for number in range(8)}
    first = teams["key/0"]
    assert first.has_team
    assert not first.archived
    assert [one.account_id for one in first.members if one.owner] == [people[0].id]
    assert len(first.members) == 11
    threads = graph.fetch_channels(transport, [first.id, "00000000-0000-4000-8000-999999999999"])
    assert threads[first.id][0].endswith("@thread.tacv2")
    assert threads["00000000-0000-4000-8000-999999999999"] == []


def test_a_class_without_a_team_and_a_member_who_is_there(transport: Transport, tenant: EmbeddedTenant) -> None:
    people = graph.fetch_accounts(transport)
    group = transport.send(graph.create_class(display_name="7A", mail_nickname="7a", external_id="k")).body["id"]
    transport.send(graph.add_class_member(group, people[0].id))
    (again,) = transport.gather([graph.add_class_member(group, people[0].id)])
    assert graph.already_there(again)
    tenant.advance(timedelta(minutes=10))
    (team,) = graph.fetch_class_teams(transport, graph.fetch_classes(transport), graph.fetch_groups(transport))
    assert (team.key, team.has_team, team.members) == ("k", False, ())
    assert transport.send(graph.get_class(group)).body["externalId"] == "k"


def test_a_nickname_is_taken_once_and_a_deleted_group_is_seen(transport: Transport, tenant: EmbeddedTenant) -> None:
    call = graph.create_class(display_name="7A", mail_nickname="o7a", external_id="k")
    group = transport.send(call).body["id"]
    with pytest.raises(Refused):
        transport.send(call)
    tenant.advance(timedelta(minutes=10))
    (found,) = transport.send(graph.find_group_by_nickname("o7a")).body["value"]
    assert found["id"] == group
    tenant.request("DELETE", f"/v1.0/groups/{group}")
    (gone,) = graph.fetch_deleted_groups(transport)
    assert (gone.id, gone.mail_nickname) == (group, "o7a")
    assert gone.deleted_at is not None
    transport.send(graph.restore_group(group))
    assert graph.fetch_deleted_groups(transport) == []


def test_a_policy_is_written_read_back_assigned_and_in_effect_later(
    transport: Transport, tenant: EmbeddedTenant
) -> None:
    wanted = {"AllowUserChat": False, "AllowGiphy": False}
    written = teams_admin.write_policy(transport, "TeamsMessagingPolicy", "Disable chat", wanted)
    assert written.name == "Disable chat"
    assert {name: written.settings[name] for name in wanted} == wanted
    names = [one.name for one in teams_admin.fetch_policies(transport, "TeamsMessagingPolicy")]
    assert sorted(names) == ["Disable chat", "Global"]
    tenant.advance(timedelta(minutes=1))
    key = _policy_id(transport, "Disable chat")
    assert key
    assert _policy_id(transport, "Nobody's") is None
    people = graph.fetch_accounts(transport)
    transport.send(graph.assign_policies([(one.id, "TeamsMessagingPolicy", key) for one in people[:40]]))
    assert graph.fetch_effective_policies(transport) == []
    tenant.advance(timedelta(days=2))
    effective = graph.fetch_effective_policies(transport)
    assert {(one.name, one.route) for one in effective} == {("Disable chat", "direct")}
    assert {one.account_id for one in effective} == {one.id for one in people[:40]}
    transport.send(graph.unassign_policies([(people[0].id, "TeamsMessagingPolicy")]))
    tenant.advance(timedelta(days=2))
    assert len(graph.fetch_effective_policies(transport)) == 39
    with pytest.raises(Refused):
        teams_admin.delete_policy(transport, "TeamsMessagingPolicy", "Disable chat")


def test_an_unknown_setting_is_refused_by_name(transport: Transport) -> None:
    with pytest.raises(Refused, match="AllowNonsense"):
        teams_admin.write_policy(transport, "TeamsMessagingPolicy", "X", {"AllowNonsense": True})


def test_calls_their_people_and_their_recordings(transport: Transport, tenant: EmbeddedTenant) -> None:
    people, made = graph.fetch_accounts(transport), dict[int, str]()
    transport.conduct([_make(0, people, tenant, made)])
    owners, members = [people[0].id], [one.id for one in people[10:20]]
    lesson = {"group": made[0], "owners": owners, "members": members, "name": "7A"}
    calls = list(school_days([lesson], [date(2026, 9, 9)], day=(time(8, 45), time(15, 30)), seed=1))
    tenant.play(calls)
    since = datetime(2026, 9, 9, tzinfo=UTC)
    records = graph.list_call_records(transport, since, since + timedelta(days=1))
    assert {one["id"] for one in records} == {one["id"] for one in calls}
    details = graph.call_record_detail(transport, [one["id"] for one in records] + ["00000000-0000-4000-8000-0"])
    whole = [one for one in details.values() if isinstance(one, dict)]
    assert len(whole) == len(records)
    assert all(one["sessions"] and one["participants"] and "type" in one["record"] for one in whole)
    kept = [one for one in calls if one["recording"] == "kept" and one["group"]]
    urls = {one["id"]: one["joinWebUrl"] for one in records}
    meetings = [(one["organiser"]["account"], urls[one["id"]]) for one in kept]
    recordings = graph.fetch_recordings(transport, meetings)
    assert sorted(found["callId"] for left in recordings.values() for found in left.items or ()) == sorted(
        one["id"] for one in kept
    )
    folders = graph.drive_recordings(transport, user_ids=owners, group_ids=[made[0]])
    assert len(folders[made[0]]) == len(kept)


def test_a_large_call_is_read_over_all_its_pages(transport: Transport, tenant: EmbeddedTenant) -> None:
    people = graph.fetch_accounts(transport)
    span = ["2026-09-08T09:00:00Z", "2026-09-08T10:00:00Z"]
    everybody = [{"account": one.id, "intervals": [span]} for one in people]
    call = {"id": "11111111-1111-4111-8111-111111111111", "type": "groupCall", "start": span[0], "end": span[1]}
    tenant.play([call | {"organiser": everybody[0], "group": None, "recording": "none", "people": everybody}])
    (detail,) = graph.call_record_detail(transport, [call["id"]]).values()
    assert isinstance(detail, dict)
    assert (len(detail["participants"]), len(detail["sessions"])) == (PEOPLE, PEOPLE)


def test_an_expired_page_link_in_the_middle_of_the_accounts(transport: Transport, tenant: EmbeddedTenant) -> None:
    body = {"error": {"code": "Directory_ExpiredPageToken", "message": "expired"}}
    tenant.seed([_user(number) for number in range(PEOPLE, 1500)])
    tenant.add_fault({"method": "GET", "path": r"/users\?.*skiptoken", "status": 400, "times": 2, "body": body})
    assert len(graph.fetch_accounts(transport)) == 1500
    tenant.add_fault({"method": "GET", "path": r"/users\?.*skiptoken", "status": 400, "times": 3, "body": body})
    with pytest.raises(Refused):
        graph.fetch_accounts(transport)


def test_a_meeting_that_cannot_be_asked_about_is_not_known(transport: Transport, tenant: EmbeddedTenant) -> None:
    tenant.set_flag("application_access_policy", False)
    people = graph.fetch_accounts(transport)
    meeting = (people[0].id, "https://teams.microsoft.com/l/meetup-join/19%3ax%40thread.tacv2/1")
    left = graph.fetch_recordings(transport, [meeting])[meeting]
    assert (left.items, left.lacks_policy) == (None, True)


def _policy_id(transport, name):
    return graph.policy_id_in(transport.ask(graph.policy_id("TeamsMessagingPolicy", name)), name)
