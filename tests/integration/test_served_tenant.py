"""The served tenant and other commands at once: nothing that was accepted is lost."""

import os
import re
import subprocess
import sys
from pathlib import Path

import requests

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")


TOKEN = {"Authorization": "Bearer x"}


def test_writes_through_serve_survive_other_commands(desk, made):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    served = subprocess.Popen(
        [PROGRAM, "sandbox", "serve"], cwd=desk.folder, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        root = re.search(r"http://\S+", served.stdout.readline())[0]
        for number in range(24):
            body = {"displayName": f"Class {number}", "mailNickname": f"class-{number}"}
            answer = requests.post(
                f"{root}/education/classes", json=body, headers={"Authorization": "Bearer x"}, timeout=30
            )
            assert answer.status_code == 201
            assert answer.raw.headers.getlist("Date") == [answer.headers["Date"]], "one date, which is the tenant's"
            if number % 6 == 5:
                desk.run("sandbox", "show")
    finally:
        served.terminate()
        served.wait(timeout=20)
    assert desk.json("sandbox", "show")["groups"] == 24
