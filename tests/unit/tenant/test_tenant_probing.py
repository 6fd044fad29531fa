"""One try, and what it met."""

import pytest
import requests
import responses

from teamskit.tenant.calls import Call
from teamskit.tenant.probing import Prober
from teamskit.tenant.session import ROOTS

GRAPH = "https://graph.microsoft.com/v1.0/users"


@pytest.fixture
def prober() -> Prober:
    return Prober(requests.Session(), ROOTS)


@pytest.mark.parametrize(
    ("raised", "trouble"),
    [
        (requests.ConnectionError("refused"), "refused"),
        (requests.ConnectionError("NameResolutionError: x"), "name"),
        (requests.ConnectTimeout(), "slow"),
        (requests.ReadTimeout(), "slow"),
        (requests.exceptions.SSLError("self-signed"), "certificate"),
        (requests.exceptions.ProxyError("407"), "proxy"),
        (OSError("Could not find a suitable TLS CA certificate bundle"), "bundle"),
    ],
)
@responses.activate
def test_why_no_answer_came(prober: Prober, raised: Exception, trouble: str) -> None:
    responses.get(GRAPH, body=raised)
    met = prober.reach("graph", "/users")
    assert (met.trouble, met.reply.status, met.said_at) == (trouble, 0, None)
    assert len(responses.calls) == 1


@responses.activate
def test_a_name_that_nobody_knows_is_told_from_a_refused_connection(prober: Prober) -> None:
    responses.add_passthru("https://")
    assert prober.look("https://nobody.invalid/").trouble == "name"
    assert prober.look("https://127.0.0.1:9/").trouble == "refused"


@pytest.mark.parametrize(
    ("status", "headers", "trouble"),
    [
        (401, {"Content-Type": "application/json"}, ""),
        (404, {"Content-Type": "text/html"}, ""),
        (200, {"Content-Type": "text/html; charset=utf-8"}, "page"),
        (302, {"Location": "https://portal.school.example/login"}, "page"),
        (302, {"Location": "https://graph.microsoft.com/elsewhere"}, ""),
        (511, {}, "page"),
        (407, {}, "proxy"),
    ],
)
@responses.activate
def test_who_answered(prober: Prober, status: int, headers: dict[str, str], trouble: str) -> None:
    kind = headers.pop("Content-Type", "application/json")
    responses.get(GRAPH, status=status, headers=headers, content_type=kind, body="{}")
    assert prober.reach("graph", "/users").trouble == trouble


@pytest.mark.parametrize(("said", "hour"), [("Mon, 23 Nov 2026 08:00:00 GMT", 8), ("yesterday", None), ("", None)])
@responses.activate
def test_what_time_it_is_there(prober: Prober, said: str, hour: int | None) -> None:
    responses.get(GRAPH, json={}, headers={"Date": said})
    met = prober.reach("graph", "/users")
    assert (met.said_at.hour if met.said_at else None) == hour


@responses.activate
def test_the_token_goes_to_the_service_asked_only(prober: Prober) -> None:
    responses.get(GRAPH, json={"value": []})
    responses.get(f"{ROOTS['admin']}/x", json=[])
    prober.reach("graph", "/users")
    prober.ask(Call("GET", "/users", "p"), "g")
    prober.ask(Call("GET", "/x", "p", service="admin"), "a")
    shown = [call.request.headers.get("Authorization") for call in responses.calls]
    assert shown == [None, "Bearer g", "Bearer a"]
    assert responses.calls[2].request.headers["x-authz-scope"] == "tenant"
