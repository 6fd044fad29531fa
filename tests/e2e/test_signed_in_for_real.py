"""teamskit itself against the served tenant as against Microsoft: signed in, by host names, with least permissions.

It runs in the network that `.ci/m365` makes, where Microsoft's host names are this computer.
"""

import shutil

import pytest
import tomlkit
from served_in_namespace import NAMESPACE, PROGRAM, run_inside, school_of_last_week, serving
from served_over_tls import APP, certificate

READS = (
    *("User.Read.All", "Group.Read.All", "EduRoster.Read.All", "TeamMember.Read.All", "Team.ReadBasic.All"),
    *("TeamsUserConfiguration.Read.All", "CallRecords.Read.All", "Calendars.ReadBasic"),
    *("OnlineMeetings.Read.All", "OnlineMeetingRecording.Read.All", "OnlineMeetingArtifact.Read.All"),
)
WRITES = ("TeamMember.ReadWriteNonOwnerRole.All",)
pytestmark = pytest.mark.skipif(not NAMESPACE, reason="skipped without a network of its own: .ci/m365 start DIR")


class Twin:
    """The same school with a tenant of Microsoft's in school.toml: nothing in it knows that the tenant is embedded."""

    def __init__(self, desk, folder):
        self.folder, self._desk, self._scratch = folder / "twin", desk, folder
        shutil.copytree(desk.folder, self.folder, ignore=shutil.ignore_patterns("sandbox*"))
        own = certificate()
        (self.folder / "app.pem").write_text(own.pem + own.key, encoding="utf-8")
        tenant = desk.json("sandbox", "app", APP, "--certificate", self.folder / "app.pem")["tenant"]
        file = self.folder / "school.toml"
        school = tomlkit.parse(file.read_text("utf-8"))
        school["tenant"] = "school.example"
        signin = {"tenant_id": tenant, "client_id": APP, "certificate": "app.pem", "thumbprint": own.thumbprint}
        school["signin"] = signin
        file.write_text(tomlkit.dumps(school), encoding="utf-8")

    def grant(self, *names):
        self._desk.run("sandbox", "app", APP, *[word for name in names for word in ("--grant", name)])

    def run(self, authority, *words):
        return run_inside([PROGRAM, "-C", self.folder, *words], self._scratch, REQUESTS_CA_BUNDLE=authority)


@pytest.fixture
def school(tmp_path, made):
    return school_of_last_week(tmp_path, made)


@pytest.fixture
def twin(school, tmp_path):
    return Twin(school, tmp_path)


def test_reading_needs_reading_permissions_only(school, twin):
    twin.grant(*READS)
    with serving(school) as authority:
        listed = twin.run(authority, "teams", "list")
        covered = twin.run(authority, "policies", "coverage")
        synced = twin.run(authority, "calls", "sync")
    assert listed.returncode == 0 and listed.stdout, listed.stderr
    assert covered.returncode in (0, 1) and "pupils" in covered.stdout, covered.stderr
    assert synced.returncode == 0 and "1 new call" in synced.stdout, synced.stderr


def test_a_pupil_who_fell_out_of_a_team_is_put_back(school, twin):
    (team, *_) = school.asks("GET", "/v1.0/education/classes")[1]["value"]
    members = school.asks("GET", f"/v1.0/teams/{team['id']}/members")[1]["value"]
    pupil = next(one for one in members if not one["roles"])
    assert school.asks("DELETE", f"/v1.0/teams/{team['id']}/members/{pupil['id']}")[0] == 204
    school.run("sandbox", "advance", "1h")
    with serving(school) as authority:
        twin.grant(*READS)
        refused = twin.run(authority, "apply", "--yes")
        twin.grant(*READS, *WRITES)
        done = twin.run(authority, "apply", "--yes")
    assert refused.returncode != 0 and "TeamMember.ReadWriteNonOwnerRole.All" in refused.stdout + refused.stderr
    assert done.returncode == 0, done.stdout[-800:] + done.stderr[-800:]
    again = school.asks("GET", f"/v1.0/teams/{team['id']}/members")[1]["value"]
    assert pupil["userId"] in {one["userId"] for one in again}


def test_one_permission_too_few_is_named(school, twin):
    twin.grant(*(name for name in READS if name != "CallRecords.Read.All"))
    with serving(school) as authority:
        done = twin.run(authority, "calls", "sync")
    assert done.returncode != 0 and "CallRecords.Read.All" in done.stderr and "Traceback" not in done.stderr


def test_an_authority_that_is_not_trusted_is_said(school, twin):
    twin.grant(*READS)
    with serving(school):
        done = twin.run("", "teams", "list")
    assert done.returncode != 0 and "Traceback" not in done.stderr and "login.microsoftonline.com" in done.stderr
