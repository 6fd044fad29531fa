"""Microsoft's Graph client for JavaScript reads the served tenant; it sends a token by HTTPS only, so over TLS.

It runs where `.ci/graph-client` has put it, as `.ci/run` does.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from served_over_tls import APP, TO_GRAPH, served

CLIENT = os.environ.get("TEAMSKIT_TEST_GRAPH_CLIENT")
SCRIPT = Path(__file__).parents[1] / "data" / "clients" / "read_tenant.cjs"
ROLES = ("User.Read.All", "Group.Read.All", "EduRoster.Read.All", "TeamMember.Read.All", "CallRecords.Read.All")
pytestmark = pytest.mark.skipif(not CLIENT, reason="skipped without Microsoft's client: .ci/graph-client start DIR")


@pytest.fixture
def school(desk, made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "play", "--days", 1, "--calls", 5)
    return desk


def test_it_reads_the_school_page_by_page_and_in_batches(school, tmp_path):
    tenant = school.tenant()
    tenant.register_app(APP, {"secret": "only-for-this-test", "roles": list(ROLES)})
    with served(tenant, tmp_path) as over_tls:
        token = over_tls.app("only-for-this-test").acquire_token_for_client(TO_GRAPH)["access_token"]
        environment = {"PATH": os.environ["PATH"], "CLIENT": CLIENT, "TOKEN": token}
        environment |= {"ROOT": f"https://127.0.0.1:{over_tls.port}"}
        environment |= {"NODE_EXTRA_CA_CERTS": str(tmp_path / "authority.pem")}
        done = subprocess.run(
            ["node", SCRIPT], env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120
        )
    assert done.returncode == 0, done.stderr[-800:]
    seen = json.loads(done.stdout)
    here = school.here()
    assert sorted(seen["users"]) == sorted(account.id for account in here.accounts)
    assert set(seen["classes"]) == {one.id for one in here.tenant_classes}
    first = next(one for one in here.class_teams if one.id == seen["classes"][0])
    assert set(seen["members"]) == {member.account_id for member in first.members}
    assert seen["calls"] == school.json("sandbox", "show")["calls"]
    call = school.asks("GET", f"/v1.0/communications/callRecords/{seen['call']}/participants_v2")[1]["value"]
    assert seen["segments"] and all(seen["segments"]) and seen["participants"] == len(call) > 0
    assert seen["batch"] == [200, 200, 404]
    assert seen["refused"] == [403, "Forbidden"]
