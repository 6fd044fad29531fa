"""CLI for Microsoft 365, unmodified, signs in to the served tenant and finds what teamskit made there.

It runs where `.ci/m365` has put it, as `.ci/run` does: in a network where Microsoft's host names are this computer.
"""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyboard import Desk
from served_over_tls import APP, certificate

PROGRAM = Path(sys.executable).with_name("teamskit")
CLIENT = os.environ.get("TEAMSKIT_TEST_M365")
GRANTS = ("User.Read.All", "Group.Read.All", "CallRecords.Read.All")
pytestmark = pytest.mark.skipif(not CLIENT, reason="skipped without CLI for Microsoft 365: .ci/m365 start DIR")


def _inside(*words):
    return ["ip", "netns", "exec", os.environ["TEAMSKIT_TEST_NAMESPACE"], *map(str, words)]


class Client:
    """The other program, signed in from a home folder of its own."""

    def __init__(self, folder, authority):
        keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        (folder / "home").mkdir()
        self._environment = {**keep, "HOME": str(folder / "home"), "NODE_EXTRA_CA_CERTS": str(authority)}

    def run(self, *words):
        words = _inside(CLIENT, *words, "--output", "json")
        return subprocess.run(
            words, env=self._environment, capture_output=True, text=True, encoding="utf-8", timeout=120
        )

    def json(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, (words, done.stderr[-500:])
        return json.loads(done.stdout)


@pytest.fixture
def school(tmp_path, made):
    """A school set up ten days ago by teamskit, in which one lesson was held: the client asks for days past only."""
    made.folder.mkdir()
    made.fill(2, 4)
    day = datetime.now(UTC).date() - timedelta(days=10)
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", day)
    desk.run("init", desk.folder, *words)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    ends = begun + timedelta(minutes=50)
    user = desk.asks("GET", "/v1.0/users?$top=1")[1]["value"][0]["userPrincipalName"]
    who = {"account": user}
    call = {"id": "11111111-1111-4111-8111-111111111111", "start": begun.isoformat(), "end": ends.isoformat()}
    call |= {"organiser": who, "people": [{**who, "intervals": [[begun.isoformat(), ends.isoformat()]]}]}
    file = tmp_path / "calls.json"
    file.write_text(json.dumps({"calls": [call]}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    return desk


@pytest.fixture
def client(school, tmp_path):
    own = certificate()
    pem = tmp_path / "app.pem"
    pem.write_text(own.pem + own.key, encoding="utf-8")
    grants = [word for name in GRANTS for word in ("--grant", name)]
    tenant = school.json("sandbox", "app", APP, "--certificate", pem, *grants)["tenant"]
    words = _inside(PROGRAM, "-C", school.folder, "sandbox", "serve", "--tls")
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        assert "Serving on" in server.stdout.readline()
        authority = server.stdout.readline().partition("this run: ")[2].strip()
        client = Client(tmp_path, authority)
        client.json("login", "--authType", "certificate", "--certificateFile", pem, "--appId", APP, "--tenant", tenant)
        yield client
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


def test_it_lists_users_teams_and_call_records(school, client):
    wanted = school.json("sandbox", "show")
    users = client.json("entra", "user", "list")
    assert len(users) == wanted["users"] > 4
    teams = client.json("teams", "team", "list")
    made = school.asks("GET", "/v1.0/education/classes")[1]["value"]
    assert {one["id"] for one in teams} == {one["id"] for one in made} and teams
    people = client.json("teams", "user", "list", "--teamId", teams[0]["id"])
    assert {one["userType"] for one in people} == {"Owner", "Member"}
    assert len(client.json("entra", "m365group", "user", "list", "--groupId", teams[0]["id"])) == len(people)
    assert len(client.json("entra", "m365group", "list")) == wanted["groups"]
    (call,) = client.json("teams", "callrecord", "list")
    assert call["id"] == "11111111-1111-4111-8111-111111111111"
    assert client.json("teams", "callrecord", "get", "--id", call["id"])["sessions"]


def test_it_is_refused_what_it_was_not_granted(school, client):
    before = school.json("sandbox", "show")["users"]
    done = client.run("entra", "user", "add", "--displayName", "Z", "--userName", "z@school.example")
    assert done.returncode == 1 and "Insufficient privileges" in done.stderr
    assert school.json("sandbox", "show")["users"] == before
