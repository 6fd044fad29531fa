"""Security groups through the client against the embedded tenant: found, read over pages, filled and emptied."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from teamskit.errors import InputError, PermissionMissing
from teamskit.sandbox import EmbeddedTenant
from teamskit.tenant import graph
from teamskit.tenant.session import open_transport
from teamskit.tenant.transport import Transport

PEOPLE = 1005
BODY = {"displayName": "O'Neil pupils", "mailNickname": "pupils", "mailEnabled": False, "securityEnabled": True}
SELECTED = "id,displayName,mail,mailNickname,groupTypes,mailEnabled,securityEnabled,onPremisesSyncEnabled"


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[EmbeddedTenant]:
    start = datetime(2026, 9, 8, 6, tzinfo=UTC)
    opened = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", domains=("school.example",), start=start)
    opened.seed([{"userPrincipalName": f"p{n}@school.example", "displayName": f"P {n}"} for n in range(PEOPLE)])
    yield opened
    opened.close()


@pytest.fixture
def transport(tenant: EmbeddedTenant) -> Transport:
    return open_transport(sandbox=tenant, clock=tenant)


@pytest.fixture
def ids(transport: Transport) -> list[str]:
    return [one.id for one in graph.fetch_accounts(transport)]


def made(tenant: EmbeddedTenant, **other: object) -> str:
    status, _, group = tenant.request("POST", "/v1.0/groups", {**BODY, **other})
    assert status == 201, group
    tenant.advance(timedelta(minutes=10))
    return str(group["id"])


@pytest.mark.parametrize("name", ["O'Neil pupils", "o'neil PUPILS", " pupils ", "id"])
def test_a_group_is_found_by_name_nickname_or_id(tenant: EmbeddedTenant, transport: Transport, name: str) -> None:
    key = made(tenant)
    made(tenant, displayName="Other", mailNickname="other")
    found = graph.find_security_group(transport, key.upper() if name == "id" else name)
    assert (found.id, found.display_name, found.mail_nickname) == (key, "O'Neil pupils", "pupils")
    assert found.fixed == ""


def test_a_group_made_just_now_is_found_by_its_id(tenant: EmbeddedTenant, transport: Transport) -> None:
    key = tenant.request("POST", "/v1.0/groups", BODY)[2]["id"]
    assert graph.find_security_group(transport, key).id == key


@pytest.mark.parametrize("name", ["nobody", "", "00000000-0000-4000-8000-000000000001", "' or securityEnabled eq true"])
def test_no_group_is_said_so(tenant: EmbeddedTenant, transport: Transport, name: str) -> None:
    made(tenant)
    with pytest.raises(InputError, match="no such group"):
        graph.find_security_group(transport, name)


def test_several_groups_are_told_apart_by_id(tenant: EmbeddedTenant, transport: Transport) -> None:
    keys = [made(tenant), made(tenant, displayName="PUPILS", mailNickname="more")]
    with pytest.raises(InputError, match="2 security groups") as caught:
        graph.find_security_group(transport, "pupils")
    assert all(key in caught.value.next_step for key in keys)
    assert graph.find_security_group(transport, keys[1]).mail_nickname == "more"


def test_a_microsoft_365_group_is_no_security_group(tenant: EmbeddedTenant, transport: Transport) -> None:
    kind = {"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}
    key = made(tenant, displayName="Staff", mailNickname="staff", **kind)
    for name in (key, "Staff", "staff@school.example"):
        with pytest.raises(InputError, match="not a security group"):
            graph.find_security_group(transport, name)
    plain = made(tenant, displayName="Staff", mailNickname="staff2")
    assert graph.find_security_group(transport, "Staff").id == plain


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"mailEnabled": True, "mail": "pupils@school.example"}, "mail-enabled"),
        ({"groupTypes": ["DynamicMembership"]}, "rule"),
        ({"onPremisesSyncEnabled": True}, "premises"),
    ],
)
def test_a_group_that_graph_cannot_change_says_why(
    tenant: EmbeddedTenant, transport: Transport, change: dict[str, object], why: str
) -> None:
    # The embedded tenant makes no such groups, so the answer of a tenant that has one is put in place of its own.
    shown = {"id": "g1", "groupTypes": [], "mail": None, "onPremisesSyncEnabled": None, **BODY, **change}
    assert set(shown) == set(SELECTED.split(","))
    tenant.add_fault({"method": "GET", "path": r"^/groups\?", "status": 200, "body": {"value": [shown]}})
    found = graph.find_security_group(transport, "pupils@school.example")
    assert why in found.fixed
    assert found.mail == (change.get("mail") or "")


def test_a_look_that_is_not_allowed_is_no_empty_answer(tenant: EmbeddedTenant, transport: Transport) -> None:
    key = made(tenant)
    tenant.add_fault({"method": "GET", "path": "^/groups", "status": 403})
    for name in (key, "pupils"):
        with pytest.raises(PermissionMissing) as caught:
            graph.find_security_group(transport, name)
        assert "GroupMember.Read.All" in caught.value.next_step
    with pytest.raises(PermissionMissing) as caught:
        graph.fetch_group_members(transport, key)
    assert "GroupMember.Read.All" in caught.value.next_step


def test_members_are_read_over_pages_without_nested_groups(
    tenant: EmbeddedTenant, transport: Transport, ids: list[str]
) -> None:
    key, inside = made(tenant), made(tenant, displayName="Inside", mailNickname="inside")
    step = graph.GROUP_ADDS
    calls = [graph.add_group_members(key, ids[start : start + step]) for start in range(0, PEOPLE, step)]
    assert all(reply.ok for reply in transport.gather(calls))
    transport.send(graph.add_group_members(key, [inside]))
    transport.send(graph.add_group_members(inside, ids[:1]))
    tenant.reset_counts()
    assert sorted(graph.fetch_group_members(transport, key)) == sorted(ids)
    assert tenant.show()["requests"]["round_trips"] == 2
    assert graph.fetch_group_members(transport, inside) == ids[:1]


def test_members_are_added_once_and_taken_out_alone(
    tenant: EmbeddedTenant, transport: Transport, ids: list[str]
) -> None:
    key = made(tenant)
    transport.send(graph.add_group_members(key, ids[:20]))
    again = transport.ask(graph.add_group_members(key, ids[19:22]))
    assert graph.already_there(again)
    assert len(graph.fetch_group_members(transport, key)) == 20
    transport.send(graph.remove_group_member(key, ids[3]))
    assert transport.ask(graph.remove_group_member(key, ids[3])).status == 404
    assert set(graph.fetch_group_members(transport, key)) == set(ids[:20]) - {ids[3]}
    assert len(graph.fetch_accounts(transport)) == PEOPLE


def test_a_call_that_could_do_something_else_is_not_built() -> None:
    with pytest.raises(ValueError, match="20"):
        graph.add_group_members("g", ["x"] * 21)
    with pytest.raises(ValueError, match="20"):
        graph.add_group_members("g", [])
    with pytest.raises(ValueError, match="account"):
        graph.remove_group_member("g", "")
    assert graph.remove_group_member("g", "u").path == "/groups/g/members/u/$ref"
