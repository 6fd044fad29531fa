"""The embedded tenant served under Microsoft's names in the network namespace that `.ci/m365` makes.

In it graph.microsoft.com and its like are 127.0.0.1, so that a program need not be told anything but whom to trust.
"""

import contextlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from keyboard import Desk

PROGRAM = Path(sys.executable).with_name("teamskit")
NAMESPACE = os.environ.get("TEAMSKIT_TEST_NAMESPACE")
CALL = "11111111-1111-4111-8111-111111111111"


def inside(*words):
    """The words of a command that is run in the namespace."""
    return ["ip", "netns", "exec", NAMESPACE, *map(str, words)]


def run_inside(words, folder, **environment):
    """Run a program in the namespace, at home in a folder of the test and with nothing else of this environment."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return subprocess.run(
        inside(*words),
        env={**keep, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )


def school_of_last_week(folder, made):
    """A school set up ten days ago by teamskit, in which one lesson was held: some clients ask for days past only."""
    made.folder.mkdir()
    made.fill(2, 4)
    day = datetime.now(UTC).date() - timedelta(days=10)
    desk = Desk(folder / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", day)
    desk.run("init", desk.folder, *words)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    begun = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    ends = begun + timedelta(minutes=50)
    user = desk.asks("GET", "/v1.0/users?$top=1")[1]["value"][0]["userPrincipalName"]
    call = {"id": CALL, "start": begun.isoformat(), "end": ends.isoformat(), "organiser": {"account": user}}
    call["people"] = [{"account": user, "intervals": [[begun.isoformat(), ends.isoformat()]]}]
    file = folder / "calls.json"
    file.write_text(json.dumps({"calls": [call]}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    return desk


@contextlib.contextmanager
def serving(desk):
    """Serve the school's tenant and give the file of the authority to trust."""
    words = inside(PROGRAM, "-C", desk.folder, "sandbox", "serve", "--tls")
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        assert "Serving on" in server.stdout.readline()
        yield server.stdout.readline().partition("this run: ")[2].strip()
    finally:
        server.terminate()
        server.wait(timeout=20)
