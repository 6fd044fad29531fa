import json
import logging
from typing import Any

import pytest
import requests
import responses

from teamskit.errors import PermissionMissing, Refused, Throttled, Unreachable
from teamskit.tenant import graph
from teamskit.tenant.calls import Call
from teamskit.tenant.session import ROOTS
from teamskit.tenant.transport import Transport

ROOT = "https://graph.microsoft.com/v1.0"
READ = Call("GET", "/users", "User.Read.All")
CREATE = Call("POST", "/education/classes", "EduRoster.ReadWrite.All", {"displayName": "7A"}, repeatable=False)


@pytest.fixture
def wire(clock: Any) -> Transport:
    return Transport(requests.Session(), clock, token=lambda _: "secret-token", root=ROOTS)


@responses.activate
def test_x01_send_waits_as_told_and_goes_on(wire: Transport, clock: Any) -> None:
    for stated in ("0.249", "Tue, 01 Sep 2026 08:00:31 GMT", "-1"):
        responses.get(f"{ROOT}/users", status=429, headers={"Retry-After": stated})
    responses.get(f"{ROOT}/users", json={"value": []})
    assert wire.send(READ).ok
    assert clock.slept == [1, 30, 4]
    assert wire.round_trips == 4


@responses.activate
def test_x01_a_constant_one_ends_in_throttled_and_never_spins(wire: Transport, clock: Any) -> None:
    responses.get(
        f"{ROOT}/users", status=429, headers={"Retry-After": "1"}, json={"error": {"code": "TooManyRequests"}}
    )
    with pytest.raises(Throttled) as caught:
        wire.send(READ)
    assert caught.value.code == "TooManyRequests"
    assert clock.slept == [1, 2, 4, 8, 16, 32]


@responses.activate
def test_a_create_is_not_sent_again_after_a_cut_or_a_5xx(wire: Transport) -> None:
    responses.post(f"{ROOT}/education/classes", body=requests.ConnectionError("cut"))
    with pytest.raises(Unreachable):
        wire.send(CREATE)
    assert len(responses.calls) == 1
    responses.reset()
    responses.post(f"{ROOT}/education/classes", status=504)
    with pytest.raises(Unreachable):
        wire.send(CREATE)
    assert len(responses.calls) == 1


@responses.activate
def test_a_read_is_sent_again_after_a_cut(wire: Transport) -> None:
    responses.get(f"{ROOT}/users", body=requests.ConnectionError("cut"))
    responses.get(f"{ROOT}/users", json={"value": []})
    assert wire.send(READ).ok


@responses.activate
def test_a_403_names_the_permission_and_nobody(wire: Transport) -> None:
    error = {"code": "Authorization_RequestDenied", "message": "No access to b.okafor@school.example."}
    responses.get(f"{ROOT}/users", status=403, json={"error": error}, headers={"request-id": "r1"})
    with pytest.raises(PermissionMissing) as caught:
        wire.send(READ)
    assert "User.Read.All" in caught.value.next_step
    assert caught.value.request_id == "r1"
    assert "okafor" not in str(caught.value)


@responses.activate
def test_a_404_is_refused_and_a_page_of_a_proxy_is_no_answer(wire: Transport) -> None:
    responses.get(f"{ROOT}/users", status=404, json={"error": {"code": "NotFound"}})
    with pytest.raises(Refused):
        wire.send(READ)
    responses.reset()
    responses.get(f"{ROOT}/users", body="<html>Sign in</html>", content_type="text/html")
    with pytest.raises(Unreachable):
        wire.send(READ)


@responses.activate
def test_nothing_secret_or_personal_reaches_the_log(wire: Transport, caplog: pytest.LogCaptureFixture) -> None:
    responses.post(f"{ROOT}/users/anna.field", json={"displayName": "Anna Field"})
    with caplog.at_level(logging.DEBUG, "teamskit.tenant"):
        wire.send(Call("POST", "/users/anna.field", "x", {"displayName": "Ben"}))
    ours = " ".join(one.getMessage() for one in caplog.records if one.name == "teamskit.tenant")
    assert "POST /users/~" in ours
    assert not [word for word in ("anna", "Anna", "Ben", "secret-token") if word in ours]
    sent = responses.calls[0].request.headers
    assert sent["client-request-id"] in ours


def _page(number: int, last: int) -> dict[str, Any]:
    more = {"@odata.nextLink": f"{ROOT}/users?$skiptoken={number + 1}"} if number < last else {}
    return {"value": [{"id": str(number)}]} | more


def _expiring(service: Any, times: int) -> None:
    left = [times]

    def handler(method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        number = int(path.partition("skiptoken=")[2] or 1)
        if number == 12 and left[0]:
            left[0] -= 1
            return 400, {}, {"error": {"code": "Directory_ExpiredPageToken", "message": "expired"}}
        return 200, {}, _page(number, 20)

    service.handler = handler


def test_x08_an_expired_page_link_starts_the_list_again(transport: Transport, service: Any) -> None:
    _expiring(service, 2)
    assert [one["id"] for one in transport.pages(READ)] == [str(number) for number in range(1, 21)]


def test_x08_the_third_expiry_fails_and_gives_nothing(transport: Transport, service: Any) -> None:
    _expiring(service, 3)
    with pytest.raises(Refused) as caught:
        transport.pages(READ)
    assert caught.value.code == "Directory_ExpiredPageToken"


def test_x08_holds_for_many_lists_too(transport: Transport, service: Any) -> None:
    _expiring(service, 1)
    assert [len(one) for one in transport.many_pages([READ, READ])] == [20, 20]
    _expiring(service, 99)
    with pytest.raises(Refused):
        transport.many_pages([READ])


def test_a_page_link_never_leads_to_another_host(transport: Transport, service: Any) -> None:
    service.handler = lambda *_: (200, {}, {"value": [], "@odata.nextLink": "https://evil.example/users"})
    with pytest.raises(Refused):
        transport.pages(READ)


def test_an_empty_page_and_an_answer_without_a_list(transport: Transport, service: Any) -> None:
    assert transport.pages(READ) == []
    service.handler = lambda *_: (200, {}, {"hello": "there"})
    with pytest.raises(Unreachable):
        transport.pages(READ)


def test_builders_encode_and_double_quotes() -> None:
    assert "O%27%27Brien%20%26" in graph.find_group_by_nickname("O'Brien &").path
    assert graph.operation("https://graph.microsoft.com/v1.0/teams('t')/operations('o')").path.startswith("/teams(")
    assert json.dumps(graph.create_class(display_name="a", mail_nickname="b", external_id="c").body)


def test_failed_members_are_told_by_id_and_reason() -> None:
    from teamskit.tenant.calls import Reply

    value = [{"userId": "u1", "error": {"code": "NotFound", "message": ""}}, {"userId": "u2", "error": None}]
    assert graph.failed_members(Reply(207, {"value": value})) == {"u1": "NotFound"}
    assert graph.failed_members(Reply(204)) == {}
