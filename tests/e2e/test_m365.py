"""CLI for Microsoft 365, unmodified, signs in to the served tenant and finds what teamskit made there.

It runs where `.ci/m365` has put it, as `.ci/run` does: in a network where Microsoft's host names are this computer.
"""

import json
import os

import pytest
from served_in_namespace import CALL, run_inside, school_of_last_week, serving
from served_over_tls import APP, certificate

CLIENT = os.environ.get("TEAMSKIT_TEST_M365")
GRANTS = ("User.Read.All", "Group.Read.All", "CallRecords.Read.All")
pytestmark = pytest.mark.skipif(not CLIENT, reason="skipped without CLI for Microsoft 365: .ci/m365 start DIR")


class Client:
    """The other program, signed in from a home folder of its own."""

    def __init__(self, folder, authority):
        self._folder, self._authority = folder, authority

    def run(self, *words):
        return run_inside([CLIENT, *words, "--output", "json"], self._folder, NODE_EXTRA_CA_CERTS=self._authority)

    def json(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, (words, done.stderr[-500:])
        return json.loads(done.stdout)


@pytest.fixture
def school(tmp_path, made):
    return school_of_last_week(tmp_path, made)


@pytest.fixture
def client(school, tmp_path):
    own = certificate()
    pem = tmp_path / "app.pem"
    pem.write_text(own.pem + own.key, encoding="utf-8")
    grants = [word for name in GRANTS for word in ("--grant", name)]
    tenant = school.json("sandbox", "app", APP, "--certificate", pem, *grants)["tenant"]
    with serving(school) as authority:
        client = Client(tmp_path, authority)
        client.json("login", "--authType", "certificate", "--certificateFile", pem, "--appId", APP, "--tenant", tenant)
        yield client


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
    assert call["id"] == CALL
    assert client.json("teams", "callrecord", "get", "--id", CALL)["sessions"]


def test_it_is_refused_what_it_was_not_granted(school, client):
    before = school.json("sandbox", "show")["users"]
    done = client.run("entra", "user", "add", "--displayName", "Z", "--userName", "z@school.example")
    assert done.returncode == 1 and "Insufficient privileges" in done.stderr
    assert school.json("sandbox", "show")["users"] == before
