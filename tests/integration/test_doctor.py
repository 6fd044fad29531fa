"""`teamskit doctor`: each line fails for its own reason only, all others still run, and what it says may be pasted."""

import os
import re
import shutil
import time

import click
import pytest
import requests
import responses
from keyboard import Desk
from sign_in_scenes import (
    APP,
    LOGIN,
    OTHER,
    TENANT,
    Microsoft,
    app_answer,
    app_jwt,
    jwt,
    made_certificate,
    pem,
    refusal,
)

from teamskit.tenant.permissions import TABLE, TELEPHONE_READ

GRAPH = "https://graph.microsoft.com/v1.0"
ADMIN = "https://api.interfaces.records.teams.microsoft.com"
POLICIES = f"{ADMIN}/Skype.Policy/configurations/TeamsMessagingPolicy"
WHOLE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}", re.IGNORECASE)
CHECKS = [
    "program",
    "school.toml",
    "network",
    "host graph.microsoft.com",
    "host api.interfaces.records.teams.microsoft.com",
    "clock",
    "sign-in",
    "permissions",
    "admin-api",
    "meetings-policy",
    "audit-log",
    "calls-sync",
    "recordings-check",
    "backup",
    "disk",
    "registers",
    "state-files",
]


@pytest.fixture
def school(desk, made):
    """A school whose folder is set up: accounts, registers, a place for copies, and a log read today."""
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("registers", "template")
    (desk.folder / "copies").mkdir()
    desk.decide(backup={"target": "copies"})
    desk.run("calls", "sync")
    desk.run("recordings", "check")
    return desk


def looked(desk, status=0):
    done = desk.run("doctor", "--output", "json", ok=(status,))
    found = done.json
    by_check = {line["check"].removesuffix(" (embedded)"): line for line in found["lines"]}
    assert len(found["lines"]) == sum(found[name] for name in ("ok", "warnings", "failures", "not_checked"))
    return by_check


def states(lines, *wanted):
    return {check: line["state"] for check, line in lines.items() if line["state"] in wanted}


def test_a_school_that_is_ready(school):
    lines = looked(school)
    assert list(lines) == CHECKS
    # Whether the audit log is switched on cannot be known before it has told of a file.
    assert states(lines, "warn", "fail", "skip") == {"network": "skip", "audit-log": "warn"}
    assert "Get-AdminAuditLogConfig" in lines["audit-log"]["do"]
    assert list((school.folder / "copies").iterdir()) == [], "what was put there to try is taken away"
    shown = school.run("doctor").out
    assert shown.splitlines()[-1] == "15 ok, 1 warning, 0 failures, 1 not checked"
    assert "warn  audit log" in shown


def test_it_changes_nothing_in_the_tenant(school):
    before = school.requests()["by"]
    school.run("doctor")
    after = school.requests()["by"]
    fresh = {key for key, number in after.items() if number != before.get(key)}
    assert {key.split()[0] for key in fresh if " " in key} == {"GET"}


BAD_DAYS = {
    "graph": (
        lambda desk: desk.run("sandbox", "fault", "GET", "/users", "0"),
        {"host graph.microsoft.com": "fail"},
        {"clock", "meetings-policy", "audit-log"},
        "firewall",
    ),
    "admin host": (
        lambda desk: desk.run("sandbox", "fault", "GET", "Skype.Policy", "0"),
        {"host api.interfaces.records.teams.microsoft.com": "fail"},
        {"admin-api"},
        "Needed by: policies",
    ),
    "admin role": (
        lambda desk: desk.run("sandbox", "fault", "GET", "Skype.Policy", "403"),
        {"admin-api": "fail"},
        set(),
        "Teams Administrator",
    ),
    "audit refused": (
        lambda desk: desk.run("sandbox", "audit", "refused"),
        {"audit-log": "fail"},
        set(),
        "AuditLogsQuery-SharePoint.Read.All",
    ),
    "meetings": (
        lambda desk: desk.tenant().set_flag("application_access_policy", False),
        {"meetings-policy": "fail"},
        set(),
        "Grant-CsApplicationAccessPolicy -PolicyName teamskit -Global",
    ),
    "meetings refused": (
        lambda desk: desk.run("sandbox", "fault", "GET", "onlineMeetings", "403"),
        {"meetings-policy": "fail"},
        set(),
        "OnlineMeetings.Read.All",
    ),
    "clock": (
        lambda desk: desk.fault(
            path=r"/users\?\$top=1$", status=401, headers={"Date": "Mon, 23 Nov 2026 00:00:00 GMT"}
        ),
        {"clock": "fail"},
        set(),
        "time server",
    ),
    "target gone": (
        lambda desk: (desk.folder / "copies").rmdir(),
        {"backup": "fail"},
        set(),
        "Connect the disk",
    ),
    "calls long ago": (
        lambda desk: desk.run("sandbox", "advance", "25d"),
        {"calls-sync": "fail"},
        set(),
        "teamskit calls sync",
    ),
}


@pytest.mark.parametrize("name", BAD_DAYS)
def test_each_line_fails_for_its_own_reason_and_all_others_run(school, name):
    befalls, failing, skipped, do = BAD_DAYS[name]
    befalls(school)
    lines = looked(school, status=1)
    assert list(lines) == CHECKS
    assert states(lines, "fail") == failing
    assert set(states(lines, "skip")) == {"network"} | skipped
    assert do in lines[next(iter(failing))]["do"]


def test_a_busy_service_is_asked_once_and_is_only_a_warning(school):
    school.fault(path="auditLog/queries", status=503)
    began = school.here().clock.now()
    assert looked(school)["audit-log"]["state"] == "warn"
    assert (school.here().clock.now() - began).total_seconds() < 5, "nothing was waited for"


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX'")
def test_state_that_others_may_read(school):
    (school.folder / ".teamskit" / "ledger.key").chmod(0o644)
    line = looked(school, status=1)["state-files"]
    assert line["text"] == "1 file of .teamskit can be read by others on this computer"
    assert "chmod" in line["do"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_place_for_copies_that_may_not_be_written_to(school):
    (school.folder / "copies").chmod(0o500)
    assert looked(school, status=1)["backup"]["state"] == "fail"


def test_a_log_that_cannot_be_opened(school):
    (school.folder / ".teamskit" / "ledger.sqlite3").write_bytes(b"no database at all, " * 100)
    lines = looked(school, status=1)
    assert set(states(lines, "fail")) == {"calls-sync", "recordings-check"}
    assert lines["audit-log"]["state"] == "warn"


def test_an_audit_log_that_has_told_of_a_file_is_switched_on(school):
    from teamskit.ledger.entries import Entry

    now = school.here().clock.now()
    with school.here().ledger() as ledger:
        ledger.append([Entry("opening", "x", 1, now, {}, about=now)])
    assert looked(school)["audit-log"]["state"] == "ok"


def test_a_night_left_out_and_registers_missing_are_warnings(school):
    school.run("sandbox", "advance", "2d")
    (school.folder / "registers" / "consent.csv").unlink()
    lines = looked(school)
    assert "2 days ago" in lines["calls-sync"]["text"]
    assert "registers/consent.csv" in lines["registers"]["text"]
    assert set(states(lines, "warn")) == {"calls-sync", "recordings-check", "registers", "audit-log"}


def test_a_folder_where_nothing_was_done_yet_is_looked_at_and_left_alone(desk):
    shutil.rmtree(desk.folder / ".teamskit")
    lines = looked(desk)
    assert set(states(lines, "skip")) >= {"calls-sync", "recordings-check", "backup", "meetings-policy"}
    assert not (desk.folder / ".teamskit" / "ledger.sqlite3").exists()


@responses.activate
def test_a_school_file_that_cannot_be_read_stops_no_other_check(school):
    text = (school.folder / "school.toml").read_text("utf-8")
    (school.folder / "school.toml").write_text("acedemic_year = 'x'\n" + text, encoding="utf-8")
    lines = looked(school, status=1)
    assert "school.toml, line 1" in lines["school.toml"]["text"]
    assert "academic_year" in lines["school.toml"]["do"]
    hosts = [check for check in lines if check.startswith("host ")]
    assert hosts == ["host graph.microsoft.com", "host login.microsoftonline.com", f"host {ADMIN[8:]}"]
    assert lines["state-files"]["state"] == "skip"


def test_what_it_says_may_be_sent_to_a_helpdesk(school, made):
    words = "user Leo.Ahmed@school.example 3b1f8ea1-0000-4000-8000-111111111111"
    school.fault(path="auditLog/queries", status=503, message=words)
    school.decide(signin={"client_id": APP})
    for words in ((), ("--output", "json"), ("--output", "csv")):
        said = school.run("doctor", *words).out
        assert not WHOLE_ID.search(said)
        assert str(school.folder) not in said
        assert "Ahmed" not in said
        assert said.isascii()


@pytest.fixture
def real(tmp_path, made, monkeypatch):
    """A school folder on a real tenant, whose application signs in by a certificate."""
    for name in ("TEAMSKIT_CLIENT_SECRET", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    made.folder.mkdir()
    made.fill(2, 4)
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "school.example", "--domain", "school.example", "--roster", made.folder)
    desk.run("init", desk.folder, *words, "--effective", "2026-11-23")
    (desk.folder / "app.pem").write_bytes(pem(*made_certificate(ends=200)))
    desk.decide(signin={"tenant_id": TENANT, "client_id": APP, "certificate": "app.pem"})
    return desk


def granted(*roles):
    return jwt(tid=TENANT, appid=APP, roles=roles, exp=int(time.time()) + 3600)


EVERY = sorted({one for row in TABLE.values() if row.in_token for one in row.application} - {TELEPHONE_READ})


def answering(*tokens, without=()):
    """Let Microsoft answer as to an application that may do everything; `without` names what is not there."""
    Microsoft(*(tokens or (app_answer(granted(*EVERY)),)))
    now = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    answers = {
        f"{GRAPH}/users": {"value": [{"id": OTHER}]},
        f"{GRAPH}/users/{OTHER}/onlineMeetings": {"value": []},
        f"{GRAPH}/security/auditLog/queries": {"value": []},
        POLICIES: [],
    }
    for address, body in answers.items():
        if address not in without:
            responses.get(address, json=body, headers={"Date": now})


@responses.activate
def test_a_real_tenant_that_is_ready(real):
    answering()
    lines = looked(real)
    assert states(lines, "fail") == {}
    assert re.search(
        r"signed in to school.example \(tenant 11111111\.\.\.\) as an application, by certificate, valid to \d+ \w+ 20",
        lines["sign-in"]["text"],
    )
    for check in ("network", "host login.microsoftonline.com", "clock", "admin-api", "meetings-policy"):
        assert lines[check]["state"] == "ok", lines[check]
    shown = [call.request.headers.get("Authorization") for call in responses.calls if "/users" in call.request.url]
    assert shown.count(None) == 2, "to see whether a host can be reached no token is shown"


@responses.activate
def test_x05_the_sign_in_works_and_the_admin_host_is_blocked(real):
    answering(without=(POLICIES,))
    responses.get(POLICIES, body=requests.ConnectionError("connection refused"))
    began = time.monotonic()
    lines = looked(real, status=1)
    assert time.monotonic() - began < 10
    assert states(lines, "fail") == {f"host {ADMIN[8:]}": "fail"}
    assert "port 443" in lines[f"host {ADMIN[8:]}"]["do"]
    assert lines["sign-in"]["state"] == "ok"
    assert lines["admin-api"]["state"] == "skip"
    assert len([call for call in responses.calls if call.request.url == POLICIES]) == 1, "one try"


@responses.activate
def test_a_token_for_another_tenant(real):
    answering(app_answer(app_jwt(tenant=OTHER)))
    lines = looked(real, status=1)
    assert "another tenant (22222222...)" in lines["sign-in"]["text"]
    assert states(lines, "fail") == {"sign-in": "fail"}
    assert set(states(lines, "skip")) >= {"admin-api", "meetings-policy", "audit-log"}
    assert not [call for call in responses.calls if "Authorization" in call.request.headers]


def permissions_said(desk, *words, status):
    lines = desk.run("doctor", *words, "--output", "json", ok=(status,)).json["lines"]
    return [(line["state"], line["text"]) for line in lines if line["check"] == "permissions"]


def test_a_permission_that_is_missing_is_named_with_what_needs_it(school):
    school.tenant().take_away("CallRecords.Read.All")
    assert permissions_said(school, status=1) == [
        ("fail", "permission missing: CallRecords.Read.All; needed by: calls sync")
    ]
    assert permissions_said(school, "--command", "policies", status=0)[0][0] == "ok"
    with pytest.raises(click.UsageError, match="nothing"):
        school.run("doctor", "--command", "nothing")


def test_a_permission_that_some_of_a_command_needs_is_a_warning(school):
    school.tenant().take_away("AuditLogsQuery.Read.All", "AuditLogsQuery-OneDrive.Read.All")
    (state, text), *more = permissions_said(school, "--command", "recordings check", status=0)
    assert (state, more) == ("warn", [])
    assert text.startswith("permission missing: AuditLogsQuery-OneDrive.Read.All; without it only a part is done by: ")


@responses.activate
def test_a_permission_that_nothing_needs(real):
    answering(app_answer(granted(*EVERY, "Directory.ReadWrite.All", "User.ReadWrite.All", TELEPHONE_READ)))
    said = permissions_said(real, status=0)
    names = [TELEPHONE_READ, "Directory.ReadWrite.All", "User.ReadWrite.All"]
    assert said == [("warn", f"permission not needed: {name}") for name in names]
    real.decide(calls={"telephone": True})
    assert len(permissions_said(real, status=0)) == 2


@responses.activate
def test_one_that_serves_in_place_of_the_least_is_not_called_missing_or_unneeded(real):
    answering(app_answer(granted(*(set(EVERY) - {"User.Read.All"}), "User.ReadWrite.All")))
    assert permissions_said(real, status=0)[0][0] == "ok"


def test_a_person_is_told_of_what_a_person_can_be_granted_only(school):
    school.tenant().set_flag("person_signed_in", True)
    lines = looked(school)
    assert lines["sign-in"]["state"] == "warn"
    assert lines["permissions"]["state"] == "ok", lines["permissions"]
    assert lines["meetings-policy"]["state"] == "skip"


@responses.activate
def test_a_sign_in_that_is_refused(real):
    answering(refusal(700027, "invalid_client"))
    lines = looked(real, status=1)
    assert states(lines, "fail") == {"sign-in": "fail"}
    assert lines["sign-in"]["do"]


@responses.activate
def test_a_certificate_that_ends_soon_or_is_not_there(real):
    answering()
    (real.folder / "app.pem").write_bytes(pem(*made_certificate(ends=10)))
    assert looked(real)["certificate"]["state"] == "warn"
    (real.folder / "app.pem").unlink()
    lines = looked(real, status=1)
    assert states(lines, "fail") == {"sign-in": "fail"}
    assert str(real.folder) not in lines["sign-in"]["text"] + lines["sign-in"]["do"]


@responses.activate
def test_a_proxy_and_a_root_certificate_of_the_schools_own(real, monkeypatch, tmp_path):
    answering()
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:secret@proxy.school.example:8080")
    bundle = tmp_path / "root.pem"
    bundle.write_text("x", encoding="ascii")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    line = looked(real)["network"]
    assert line["state"] == "ok"
    assert "proxy.school.example:8080" in line["text"]
    assert "REQUESTS_CA_BUNDLE" in line["text"]
    assert "secret" not in line["text"]
    bundle.unlink()
    assert looked(real, status=1)["network"]["state"] == "fail"


@responses.activate
def test_nobody_who_is_to_sign_in_by_a_code_is_asked_to(real):
    answering()
    signin = {"tenant_id": TENANT, "client_id": APP, "method": "device-code", "cache": "unencrypted-file"}
    real.decide(signin=signin)
    lines = looked(real, status=1)
    assert states(lines, "fail") == {"sign-in": "fail"}
    assert not [call for call in responses.calls if "devicecode" in call.request.url]
    assert LOGIN[8:] in "".join(lines)
