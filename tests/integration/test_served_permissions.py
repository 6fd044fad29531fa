"""A served tenant refuses what the token does not carry, as Microsoft Graph does; the one in this process takes any."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from served_over_tls import APP, TO_ADMIN, TO_GRAPH, certificate, served

from teamskit.sandbox import EmbeddedTenant
from teamskit.sandbox.signing import signer

SECRET = "only-for-this-test"
PROGRAM = Path(sys.executable).with_name("teamskit.exe" if sys.platform == "win32" else "teamskit")
ADMIN = "https://api.interfaces.records.teams.microsoft.com"


@pytest.fixture
def over_tls(tmp_path):
    tenant = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", realtime=True)
    tenant.seed([{"userPrincipalName": f"p{number}@school.example"} for number in range(3)])
    with served(tenant, tmp_path) as found:
        yield found
    tenant.close()


def _token(over_tls, *roles, scopes=TO_GRAPH, **settings):
    over_tls.tenant.register_app(APP, {"secret": SECRET, "roles": list(roles), **settings})
    return over_tls.app(SECRET).acquire_token_for_client(scopes)["access_token"]


def _error(answer):
    return answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["message"]


def test_no_token_no_answer(over_tls):
    answer = over_tls.ask("/users", "")
    assert _error(answer)[:2] == (401, "InvalidAuthenticationToken")
    inner = answer.json()["error"]["innerError"]
    assert {"date", "request-id", "client-request-id"} <= set(inner)


def _changed(over_tls, **claims):
    """A token signed by the tenant's own key, with claims as no sign-in gives them."""
    good = jwt.decode(_token(over_tls, "User.Read.All"), options={"verify_signature": False})
    with over_tls.tenant._store.transaction() as db:
        return signer(db).sign({**good, **claims})


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"exp": 1_700_000_000}, "expired"),
        ({"nbf": 4_000_000_000}, "expired"),
        ({"aud": "https://vault.example"}, "audience"),
        ({"tid": "12345678-1111-2222-3333-444455556666"}, "tenant"),
    ],
)
def test_a_token_that_is_not_for_here_and_now(over_tls, claims, word):
    status, code, message = _error(over_tls.ask("/users", _changed(over_tls, **claims)))
    assert (status, code) == (401, "InvalidAuthenticationToken") and word in message


def test_a_token_that_somebody_else_signed_or_changed(over_tls):
    good = _token(over_tls, "User.Read.All")
    claims = jwt.decode(good, options={"verify_signature": False})
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    head, _, tail = good.split(".")
    wider = jwt.encode({**claims, "roles": ["User.ReadWrite.All"]}, "k" * 32).split(".")[1]
    forged = [
        jwt.encode(claims, stranger, "RS256", headers=jwt.get_unverified_header(good)),
        ".".join([head, wider, tail]),
        jwt.encode(claims, None, "none"),
        "sandbox",
    ]
    for token in forged:
        assert _error(over_tls.ask("/users", token))[:2] == (401, "InvalidAuthenticationToken")
    assert over_tls.ask("/users", good).status_code == 200


def test_a_token_lasts_as_long_as_it_says(over_tls):
    token = _token(over_tls, "User.Read.All", lifetime=1)
    assert over_tls.ask("/users", token).status_code == 200
    over_tls.session.close()
    # The check allows five seconds for clocks that differ.
    claims = jwt.decode(token, options={"verify_signature": False})
    old = _changed(over_tls, exp=claims["exp"] - 10)
    assert over_tls.ask("/users", old).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "held", "needed", "code"),
    [
        ("GET", "/users", "Group.Read.All", "User.ReadBasic.All", "Authorization_RequestDenied"),
        ("POST", "/users", "User.Read.All", "User.ReadWrite.All", "Authorization_RequestDenied"),
        ("GET", "/groups", "User.Read.All", "Directory.Read.All", "Authorization_RequestDenied"),
        ("POST", "/education/classes", "EduRoster.Read.All", "EduRoster.ReadWrite.All", "Authorization_RequestDenied"),
        ("GET", "/communications/callRecords", "User.Read.All", "CallRecords.Read.All", "Forbidden"),
        ("POST", "/teams", "Team.ReadBasic.All", "Team.Create", "Forbidden"),
        ("GET", "/admin/teams/userConfigurations", "User.Read.All", "TeamsUserConfiguration.Read.All", "Forbidden"),
        ("GET", "/drives/none/root", "User.Read.All", "Files.Read.All", "accessDenied"),
        ("GET", "/users/p0@school.example/events", "Files.Read.All", "Calendars.ReadBasic", "ErrorAccessDenied"),
    ],
)
def test_one_permission_too_few(over_tls, method, path, held, needed, code):
    refused = over_tls.ask(path, _token(over_tls, held), method, json={} if method == "POST" else None)
    assert _error(refused)[:2] == (403, code)
    passed = over_tls.ask(path, _token(over_tls, needed), method, json={} if method == "POST" else None)
    assert passed.status_code not in (401, 403)


def test_teams_names_what_it_wants_and_what_it_got(over_tls):
    _, _, message = _error(over_tls.ask("/teams/x/members", _token(over_tls, "User.Read.All")))
    assert "TeamMember.Read.All" in message and "Roles on the request 'User.Read.All'" in message


def test_an_owner_is_made_by_the_wider_permission_only(over_tls):
    kind = {"@odata.type": "#microsoft.graph.aadUserConversationMember"}
    person = {**kind, "user@odata.bind": "https://graph.microsoft.com/v1.0/users('p0@school.example')"}
    narrow = _token(over_tls, "TeamMember.ReadWriteNonOwnerRole.All")
    plain, owner = ({"values": [{**person, "roles": roles}]} for roles in ([], ["owner"]))
    assert over_tls.ask("/teams/x/members/add", narrow, "POST", json=plain).status_code == 404
    for path, body in (("/teams/x/members/add", owner), ("/teams/x/members", {**person, "roles": ["owner"]})):
        status, code, message = _error(over_tls.ask(path, narrow, "POST", json=body))
        assert (status, code) == (403, "Forbidden") and "NonOwnerRole" not in message.partition("Roles on")[0]
    wide = _token(over_tls, "TeamMember.ReadWrite.All")
    assert over_tls.ask("/teams/x/members/add", wide, "POST", json=owner).status_code == 404


def test_where_there_is_nothing_a_token_is_asked_for_first(over_tls):
    assert over_tls.ask("/nothing", "").status_code == 401
    assert over_tls.ask("/nothing", _token(over_tls, "User.Read.All")).status_code == 404
    assert over_tls.ask("/Skype.Policy/nothing", _token(over_tls, scopes=TO_ADMIN), root=ADMIN).status_code == 404


def test_a_client_that_connects_and_says_nothing_holds_up_nobody(over_tls):
    with socket.create_connection(("127.0.0.1", over_tls.port), timeout=20):
        assert over_tls.ask("/users", _token(over_tls, "User.Read.All")).status_code == 200


def test_each_member_of_a_batch_is_authorised_on_its_own(over_tls):
    token = _token(over_tls, "User.Read.All")
    asked = [{"id": "1", "method": "GET", "url": "/users"}, {"id": "2", "method": "GET", "url": "/groups"}]
    answer = over_tls.ask("/$batch", token, "POST", json={"requests": asked}).json()
    assert {one["id"]: one["status"] for one in answer["responses"]} == {"1": 200, "2": 403}
    assert over_tls.ask("/$batch", "", "POST", json={"requests": asked}).status_code == 401


def test_the_admin_address_takes_its_own_tokens_only(over_tls):
    path = "/Skype.Policy/configurations/TeamsMessagingPolicy"
    assert over_tls.ask(path, _token(over_tls, "User.Read.All"), root=ADMIN).status_code == 401
    url, token = ADMIN + path, _token(over_tls, scopes=TO_ADMIN)
    headers = {"Authorization": f"Bearer {token}", "X-MS-Correlation-ID": APP}
    assert over_tls.session.get(url, headers=headers, timeout=20).status_code == 200
    assert over_tls.ask("/users", token).status_code == 401


def test_a_person_is_asked_for_scopes_and_not_shown_call_records(over_tls):
    over_tls.tenant.register_app(
        APP, {"device": "approve", "person": "p1@school.example", "scopes": ["User.Read.All", "CallRecords.Read.All"]}
    )
    client = over_tls.person()
    flow = client.initiate_device_flow(["https://graph.microsoft.com/User.Read.All"])
    token = client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)["access_token"]
    assert over_tls.ask("/users", token).status_code == 200
    assert _error(over_tls.ask("/communications/callRecords", token))[:2] == (403, "Forbidden")
    assert _error(over_tls.ask("/groups", token))[:2] == (403, "Authorization_RequestDenied")


def test_what_only_this_tenant_has_is_not_served(over_tls):
    answer = over_tls.ask("/sandbox/weather", _token(over_tls, "User.Read.All"), "PUT", root=ADMIN, json={"cut": 1})
    assert answer.status_code == 404


def test_from_the_command_line(desk, made, tmp_path):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    own = certificate()
    file = tmp_path / "app.pem"
    file.write_text(own.pem, encoding="utf-8")
    words = ("--certificate", file, "--grant", "User.Read.All", "--name", "Set-up")
    shown = desk.json("sandbox", "app", APP, *words)
    assert shown["application"] == ["User.Read.All"] and shown["certificate"] and not shown["secret"]
    process = subprocess.Popen(
        [PROGRAM, "-C", desk.folder, "sandbox", "serve", "--tls", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        port = int(re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())[1])
        said = process.stdout.readline()
        assert shown["tenant"] in said
        authority = said.partition("this run: ")[2].strip()
        place = f"https://127.0.0.1:{port}/v1.0/users"
        assert requests.get(place, verify=authority, timeout=20).status_code == 401
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(place, timeout=20)
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_command_says_what_it_does_not_take(desk, monkeypatch, tmp_path):
    assert "permission" in desk.run("sandbox", "app", APP, "--grant", "User.Raed.All", ok=(2, 3, 4, 5)).err
    assert "NOT_SET" in desk.run("sandbox", "app", APP, "--secret-from-env", "NOT_SET", ok=(2, 3, 4, 5)).err
    file = tmp_path / "app.pem"
    file.write_text("no certificate", encoding="utf-8")
    assert "PEM" in desk.run("sandbox", "app", APP, "--certificate", file, ok=(2, 3, 4, 5)).err
    assert "account" in desk.run("sandbox", "app", APP, "--device-code", "approve", ok=(2, 3, 4, 5)).err
    monkeypatch.setenv("APP_SECRET", SECRET)
    shown = desk.run("sandbox", "app", APP, "--secret-from-env", "APP_SECRET", "--output", "json").out
    assert json.loads(shown)["secret"] is True and SECRET not in shown


def test_a_port_that_is_taken_is_said(desk, over_tls):
    done = desk.run("sandbox", "serve", "--tls", "--port", over_tls.port, ok=(2, 3, 4, 5))
    assert f"port {over_tls.port} cannot be used" in done.err


def test_in_this_process_any_token_still_does(over_tls):
    assert over_tls.tenant.request("GET", "/v1.0/users")[0] == 200
