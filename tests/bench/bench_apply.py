"""Times `apply` from start to finish in real time, 80 ms added to each round trip, beside a plain client.

The plain client makes one request at a time, phase by phase, with the same waits that Microsoft documents. Run:
    python tests/bench/bench_apply.py [CLASSES] [PUPILS]
"""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).parents[1]))
from keyboard import Desk  # noqa: E402
from made_school import MadeSchool  # noqa: E402

from teamskit.cli.apply import carry_out  # noqa: E402
from teamskit.cli.context import Here  # noqa: E402
from teamskit.cli.output import TerminalProgress  # noqa: E402
from teamskit.cli.planning import make_plan  # noqa: E402
from teamskit.sandbox import EmbeddedTenant  # noqa: E402
from teamskit.tenant.session import SandboxAdapter, open_transport  # noqa: E402

LATENCY_S = 0.08
V1 = "https://graph.microsoft.com/v1.0"


class RealTime(Here):
    """A school folder whose embedded tenant lives in real time."""

    def __init__(self, folder):
        super().__init__(str(folder))
        store = self.folder.state("sandbox.sqlite3")
        self.sandbox = EmbeddedTenant.open(store, domains=self.school.domains, realtime=True)
        self.clock = self.sandbox
        self.transport = open_transport(sandbox=self.sandbox, clock=self.sandbox, latency_s=LATENCY_S, workers=4)


def school(folder, classes, pupils):
    folder.mkdir(parents=True)
    made = MadeSchool(folder / "export").fill(classes, pupils, each=2)
    desk = Desk(folder / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", "2026-11-23")
    desk.run("init", desk.folder, *words)
    desk.run("sandbox", "seed", "--perfect")
    return desk


def ours(folder, classes, pupils):
    here = RealTime(school(folder, classes, pupils).folder)
    plan = make_plan(here, ("teams",))
    began = time.monotonic()
    _, outcomes = carry_out(here, plan, TerminalProgress())
    assert all(outcome.result in ("done", "pending") for outcome in outcomes)
    return time.monotonic() - began


class Plain:
    """One request at a time; 404 of a young group and 429 are repeated after the documented waits."""

    def __init__(self, tenant):
        self.session = requests.Session()
        self.session.mount("https://", SandboxAdapter(tenant.wsgi, LATENCY_S))

    def ask(self, method, path, body=None):
        while True:
            answer = self.session.request(method, V1 + path, json=body, headers={"Authorization": "Bearer x"})
            if answer.status_code == 429:
                time.sleep(float(answer.headers["Retry-After"]))
            elif answer.status_code == 404 and path == "/teams":
                time.sleep(10)
            else:
                answer.raise_for_status()
                return answer


def plain(folder, classes, pupils):
    here = RealTime(school(folder, classes, pupils).folder)
    from teamskit.cli.planning import team_facts
    from teamskit.teams import desired

    wanted, _ = desired(here.roster, here.matches, here.school.teams, team_facts(here, {}))
    client = Plain(here.sandbox)
    began = time.monotonic()
    ids, operations = {}, {}
    for team in wanted:
        body = {"displayName": team.display_name, "mailNickname": team.mail_nickname, "externalId": team.key}
        ids[team.key] = client.ask("POST", "/education/classes", body).json()["id"]
        for owner in team.owners:
            for collection in ("teachers", "members"):
                path = f"/education/classes/{ids[team.key]}/{collection}/$ref"
                client.ask("POST", path, {"@odata.id": f"{V1}/education/users/{owner}"})
    for key, group in ids.items():
        body = {
            "template@odata.bind": f"{V1}/teamsTemplates('educationClass')",
            "group@odata.bind": f"{V1}/groups('{group}')",
        }
        operations[key] = client.ask("POST", "/teams", body).headers["Location"]
    for team in wanted:
        while client.ask("GET", operations[team.key]).json()["status"] != "succeeded":
            time.sleep(31)
        kind = "microsoft.graph.aadUserConversationMember"
        values = [{"@odata.type": kind, "roles": [], "user@odata.bind": f"{V1}/users('{a}')"} for a in team.members]
        client.ask("POST", f"/teams/{ids[team.key]}/members/add", {"values": values})
        client.ask("GET", f"/teams/{ids[team.key]}/members?$top=999")
    return time.monotonic() - began


def main():
    classes, pupils = (int(word) for word in (sys.argv[1:3] or ("60", "300")))
    with tempfile.TemporaryDirectory() as scratch:
        first = ours(Path(scratch) / "ours", classes, pupils)
        second = plain(Path(scratch) / "plain", classes, pupils)
    print(f"{classes} classes, {pupils} pupils, {LATENCY_S * 1000:.0f} ms a round trip")
    print(f"teamskit {timedelta(seconds=round(first))}   plain {timedelta(seconds=round(second))}")
    print(f"ratio teamskit / plain: {first / second:.2f}")


if __name__ == "__main__":
    main()
