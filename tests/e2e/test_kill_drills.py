"""kill -9 at random moments, then the same command again: the same end state, nothing twice.

A few seeded points run always; the full number by `pytest -m full`.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")
CLASSES, PUPILS = 12, 60


@pytest.fixture
def planned(desk, made):
    made.fill(CLASSES, PUPILS, each=2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("plan", "-o", desk.folder / "plan.json")
    return desk


def killed(folder, words, after_s):
    """Run a command and kill it after so many seconds; say whether it was still running."""
    run = subprocess.Popen([PROGRAM, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        run.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
        return True
    return False


def whole(folder, words):
    done = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    return done.stdout


def end_state(folder):
    """Give what a tenant holds, without ids that differ from run to run."""
    whole(folder, ["sandbox", "advance", "3d"])
    teams = json.loads(whole(folder, ["teams", "list", "--output", "json"]))
    kept = [{key: value for key, value in team.items() if key != "team_id"} for team in teams]
    coverage = json.loads(whole(folder, ["policies", "coverage", "--output", "json"]))
    people = [(one["upn"], one["policy"], one["route"], one["effective"]) for one in coverage["people"]]
    shown = json.loads(whole(folder, ["sandbox", "show", "--output", "json"]))
    counts = {key: value for key, value in shown.items() if key not in ("requests", "now")}
    return kept, people, counts


def copied(folder, number):
    target = folder.with_name(f"copy{number}")
    shutil.copytree(folder, target)
    return target


def drill_apply(planned, points):
    words = ["apply", "plan.json", "--yes"]
    undisturbed = copied(planned.folder, "whole")
    began = time.monotonic()
    whole(undisturbed, words)
    length = time.monotonic() - began
    wanted = end_state(undisturbed)
    assert len(wanted[0]) == CLASSES
    chance, cut = random.Random(7), 0
    for number in range(points):
        folder = copied(planned.folder, number)
        after = length * (0.35 + 0.65 * (number + chance.random()) / points)
        cut += killed(folder, words, after)
        whole(folder, words)
        assert end_state(folder) == wanted, f"killed after {after:.2f} s of {length:.2f}"
        assert "Nothing to do" in whole(folder, ["apply", "--yes"])
        shutil.rmtree(folder)
    assert cut >= points // 2


def drill_sync(planned, points):
    planned.run("apply", "--yes")
    planned.run("sandbox", "advance", "2d")
    planned.run("sandbox", "play", "--days", "2")
    undisturbed = copied(planned.folder, "whole")
    began = time.monotonic()
    whole(undisturbed, ["calls", "sync"])
    length = time.monotonic() - began
    wanted = whole(undisturbed, ["calls", "list", "--output", "json"])
    chance = random.Random(11)
    for number in range(points):
        folder = copied(planned.folder, number)
        killed(folder, ["calls", "sync"], length * (0.3 + 0.7 * (number + chance.random()) / points))
        whole(folder, ["calls", "sync"])
        assert whole(folder, ["calls", "list", "--output", "json"]) == wanted
        shutil.rmtree(folder)


def test_apply_killed_at_a_few_points(planned):
    drill_apply(planned, 3)


def test_sync_killed_at_a_few_points(planned):
    drill_sync(planned, 2)


@pytest.mark.full
def test_apply_killed_at_20_points(planned):
    drill_apply(planned, 20)


@pytest.mark.full
def test_sync_killed_at_5_points(planned):
    drill_sync(planned, 5)
