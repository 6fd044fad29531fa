"""Signing in from the command line: `teamskit auth`, and what a person's sign-in may not do."""

import logging
import re
from urllib.parse import urlsplit

import click
import pytest
import responses
from click.testing import CliRunner
from keyboard import Desk
from sign_in_scenes import (
    APP,
    LOGIN,
    OTHER,
    TENANT,
    Microsoft,
    app_answer,
    app_jwt,
    made_certificate,
    pem,
    person_answer,
    refusal,
)

from teamskit.cli.main import teamskit
from teamskit.errors import SignInError
from teamskit.tenant.signin_app import VARIABLE as SECRET
from teamskit.tenant.tokens import claims_of

GRAPH = "https://graph.microsoft.com/v1.0"
CERTIFICATE = made_certificate()


@pytest.fixture
def real(tmp_path, made, monkeypatch):
    """A school folder on a real tenant, whose application signs in by a certificate."""
    monkeypatch.delenv(SECRET, raising=False)
    made.folder.mkdir()
    made.fill(2, 4)
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "school.example", "--domain", "school.example", "--roster", made.folder)
    desk.run("init", desk.folder, *words, "--effective", "2026-11-23")
    (desk.folder / "app.pem").write_bytes(pem(*CERTIFICATE))
    desk.decide(signin={"tenant_id": TENANT, "client_id": APP, "certificate": "app.pem"})
    return desk


@pytest.fixture
def person(real, monkeypatch):
    """The same school, where a person signs in by a code, at a terminal; `real.shown` is what the terminal showed."""
    real.decide(signin={"tenant_id": TENANT, "client_id": APP, "method": "device-code", "cache": "unencrypted-file"})
    return real


@pytest.fixture
def at_a_terminal(monkeypatch):
    """Let standard error be a terminal, and let no time pass between two questions."""
    monkeypatch.setattr("teamskit.clock.time.sleep", lambda _: None)
    monkeypatch.setattr(
        click.testing._NamedTextIOWrapper, "isatty", lambda self: self.name == "<stderr>", raising=False
    )


def sent_to_graph():
    return [call.request.url for call in responses.calls if "graph.microsoft.com" in call.request.url]


@responses.activate
def test_an_application_is_signed_in_and_shown(real):
    Microsoft(app_answer())
    shown = real.run("auth", "login")
    assert "an application" in shown.out
    assert APP in shown.out
    assert TENANT in shown.out
    assert "User.Read.All" in shown.out
    assert "The certificate holds until" in shown.out
    found = real.json("auth", "status")
    assert (found["signed_in"], found["kind"], found["who"]) == (True, "app", APP)
    assert (found["tenant_id"], found["method"], found["cloud"]) == (TENANT, "certificate", "global")
    assert [one["service"] for one in found["services"]] == ["graph", "admin"]
    assert found["services"][0]["permissions"] == ["User.Read.All"]
    assert found["services"][0]["until"]
    assert real.run("auth", "status", "--output", "csv").out.splitlines()[0].startswith("service,signed_in")
    for output in ("table", "json", "csv"):
        assert app_jwt().split(".")[1][:20] not in real.run("auth", "status", "--output", output).out


@responses.activate
def test_one_service_that_refuses_is_told_and_the_other_shown(real):
    Microsoft(lambda asked: app_answer() if "graph" in asked["scope"] else refusal(500011, "invalid_resource"))
    shown = real.run("auth", "status", ok=(1,))
    assert "Microsoft Graph: yes" in shown.out
    assert "Teams admin API: no" in shown.out
    assert "AADSTS500011" in shown.out
    assert "grant admin consent" in shown.out


@responses.activate
def test_another_tenants_token_goes_nowhere(real):
    Microsoft(app_answer(app_jwt(OTHER)))
    refused = real.run("plan", ok=(1,))
    assert OTHER in refused.err
    assert sent_to_graph() == []


@responses.activate
def test_a_certificate_that_ended_is_told_before_anything_is_sent(real):
    (real.folder / "app.pem").write_bytes(pem(*made_certificate(begins=-400, ends=-2)))
    assert "ended on" in real.run("plan", ok=(1,)).err
    assert "ended on" in real.run("auth", "status", ok=(1,)).out
    assert len(responses.calls) == 0


@responses.activate
@pytest.mark.usefixtures("at_a_terminal")
def test_a_person_signs_in_is_shown_and_signs_out(person):
    Microsoft(person_answer)
    done = person.run("auth", "login")
    assert "enter the code ABC123DEF" in done.err
    assert "a person (tech@school.example), by device-code" in done.out
    assert "unencrypted in signin.cache" in done.out
    assert person.json("auth", "status")["kind"] == "delegated"
    assert "Signed out" in person.run("auth", "logout").out
    assert not list((person.folder / ".teamskit").glob("signin.cache*"))
    gone = person.run("auth", "status", ok=(1,))
    assert "Not signed in" in gone.out
    assert "ABC123DEF" not in gone.err
    assert "Nothing was kept" in person.run("auth", "logout").out


@responses.activate
def test_without_a_terminal_nobody_waits_for_a_person(person):
    Microsoft(person_answer)
    assert "auth login" in person.run("policies", "plan", ok=(1,)).err
    assert "auth login" in person.run("auth", "login", ok=(1,)).err
    assert sent_to_graph() == []


@responses.activate
@pytest.mark.usefixtures("at_a_terminal")
def test_ctrl_c_while_waiting_says_that_nothing_was_changed(person, monkeypatch):
    def pressed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("teamskit.clock.time.sleep", pressed)
    Microsoft(person_answer)
    ended = CliRunner().invoke(teamskit, ["-C", str(person.folder), "auth", "login"], standalone_mode=False)
    assert isinstance(ended.exception, click.Abort)
    assert not isinstance(ended.exception.__cause__, KeyboardInterrupt), "or it would speak of a journal"


@responses.activate
@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("teams", "plan"),
        ("teams", "list"),
        ("teams", "rollover", "plan"),
        ("apply", "--yes"),
        ("calls", "sync"),
        ("lessons", "plan", "--all"),
        ("lessons", "check"),
        ("recordings", "check"),
    ],
)
def test_what_needs_an_application_says_so_to_a_person_before_its_first_request(person, words):
    Microsoft(person_answer)
    person.run("auth", "login")
    refused = person.run(*words, ok=(SignInError.status,))
    assert "the application's own sign-in, and a person is signed in" in refused.err
    assert sent_to_graph() == []


@responses.activate
@pytest.mark.usefixtures("at_a_terminal")
def test_a_persons_sign_in_serves_policies(person):
    Microsoft(person_answer)
    person.run("auth", "login")
    responses.get(f"{GRAPH}/users", json={"value": []})
    responses.get(f"{GRAPH}/admin/teams/userConfigurations", json={"value": []})
    responses.get(re.compile("https://api.interfaces.records.teams.microsoft.com/.*"), json=[])
    person.run("policies", "plan")
    sent = [one.request for one in responses.calls if LOGIN not in one.request.url]
    assert {urlsplit(one.url).hostname.partition(".")[0] for one in sent} == {"graph", "api"}
    kinds = {claims_of(one.headers["Authorization"].removeprefix("Bearer ")).kind for one in sent}
    assert kinds == {"delegated"}


@responses.activate
def test_no_token_or_secret_in_logs_or_errors(real, monkeypatch, caplog):
    monkeypatch.setenv(SECRET, "s3cret-value")
    real.decide(signin={"tenant_id": TENANT, "client_id": APP, "method": "secret"})
    token = app_jwt()
    Microsoft(app_answer(token))
    responses.get(
        f"{GRAPH}/users", status=403, json={"error": {"code": "Authorization_RequestDenied", "message": "no"}}
    )
    with caplog.at_level(logging.DEBUG):
        refused = real.run("policies", "plan", ok=(1,))
        shown = real.run("auth", "status")
    told = caplog.text + refused.err + refused.out + shown.out + shown.err
    assert caplog.records
    assert token not in told
    assert "s3cret-value" not in told
    texts = [one.read_bytes() for one in real.folder.rglob("*") if one.is_file()]
    assert not [one for one in texts if token.encode() in one or b"s3cret-value" in one]


def test_the_embedded_tenant_says_who_is_signed_in(desk):
    assert desk.json("auth", "status")["kind"] == "app"
    desk.tenant().set_flag("person_signed_in", True)
    assert desk.json("auth", "status")["kind"] == "delegated"
    assert "a person" in desk.run("auth", "login").out


def test_a_person_carries_out_a_plan_of_policies_and_none_of_class_teams(desk, made, tmp_path):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    whole, policies = tmp_path / "whole.json", tmp_path / "policies.json"
    desk.run("plan", "-o", whole)
    desk.run("policies", "plan", "-o", policies)
    desk.tenant().set_flag("person_signed_in", True)
    desk.tenant().reset_counts()
    assert "the application's own sign-in, and a person" in desk.run("apply", whole, "--yes", ok=(1,)).err
    assert desk.requests()["round_trips"] == 0
    done = desk.json("apply", policies, "--yes")
    assert set(done["results"]) == {"done"}


@pytest.mark.parametrize("words", [("recordings", "backup"), ("recordings", "enforce"), ("lessons", "cancel", "--all")])
def test_other_work_for_an_application_only_is_not_begun_by_a_person(desk, made, words):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.decide(backup={"target": "copies"})
    (desk.folder / "copies").mkdir()
    desk.tenant().set_flag("person_signed_in", True)
    desk.tenant().reset_counts()
    assert "the application's own sign-in" in desk.run(*words, ok=(1,)).err
    assert desk.requests()["round_trips"] == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tenant_id": "common"}, "main domain"),
        ({"method": "password"}, "one of"),
        ({"method": "certificate"}, "needs certificate"),
        ({"method": "assertion-command"}, "needs assertion_command"),
        ({"addresses": {"graph": "http://graph.example"}}, "https://host"),
        ({"addresses": {"graph": "https://me:word@graph.example"}}, "https://host"),
        ({"thumbprint": "AB"}, "40 digits"),
        ({"cache": "file"}, "one of"),
        ({"certificate_password": "w0rd"}, "unknown setting"),
    ],
)
def test_settings_that_cannot_be_are_told_with_their_line(real, settings, said):
    real.decide(signin=settings)
    refused = real.run("auth", "status", ok=(2,))
    assert said in refused.err
    assert "line" in refused.err
