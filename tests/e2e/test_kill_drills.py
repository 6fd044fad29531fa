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

from teamskit.calls.coverage import covered_day, days_between
from teamskit.calls.listing import as_json, load_calls, readings_of
from teamskit.cli.context import Here

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


def log_of(folder):
    """Give what the log holds: all versions of calls, recordings, what is known and covered; no order, no moments."""
    with Here(str(folder)).ledger() as ledger:
        held = [
            (one.kind, one.key, one.version, one.body, one.private)
            for kind in ("call", "recording", "attendance")
            for one in ledger.read(kind)
        ]
        calls = [{**as_json(call), "recorded_at": None} for call in load_calls(ledger)]
        readings = readings_of(ledger)
        days = days_between(min(one.since for one in readings), max(one.until for one in readings))
        covered = [(day, covered_day(day, readings).status) for day in days]
    return sorted(held, key=lambda one: one[:3]), calls, covered


def played_on(planned):
    planned.run("apply", "--yes")
    planned.run("sandbox", "advance", "2d")
    planned.run("sandbox", "play", "--days", "2")
    undisturbed = copied(planned.folder, "whole")
    began = time.monotonic()
    whole(undisturbed, ["calls", "sync"])
    length = time.monotonic() - began
    return log_of(undisturbed), length


def drill_sync(planned, points):
    wanted, length = played_on(planned)
    assert len(wanted[1]) > 20
    chance, cut = random.Random(11), 0
    for number in range(points):
        folder = copied(planned.folder, number)
        after = length * (0.3 + 0.7 * (number + chance.random()) / points)
        cut += killed(folder, ["calls", "sync"], after)
        whole(folder, ["calls", "sync"])
        assert log_of(folder) == wanted, f"killed after {after:.2f} s of {length:.2f}"
        whole(folder, ["ledger", "verify"])
        shutil.rmtree(folder)
    assert cut >= points // 2


def drill_race(planned, rounds):
    wanted, length = played_on(planned)
    chance = random.Random(13)
    for number in range(rounds):
        folder = copied(planned.folder, number)
        runs = []
        for _ in range(2):
            runs.append(subprocess.Popen([PROGRAM, "calls", "sync"], cwd=folder, stdout=subprocess.DEVNULL))
            time.sleep(length * chance.random() * 0.4)
        assert [run.wait(300) for run in runs] == [0, 0]
        assert log_of(folder) == wanted
        whole(folder, ["ledger", "verify"])
        shutil.rmtree(folder)


def test_apply_killed_at_a_few_points(planned):
    drill_apply(planned, 3)


def test_sync_killed_at_a_few_points(planned):
    drill_sync(planned, 3)


def test_two_syncs_at_once_end_in_the_log_of_one(planned):
    drill_race(planned, 2)


@pytest.mark.full
def test_apply_killed_at_20_points(planned):
    drill_apply(planned, 20)


@pytest.mark.full
def test_sync_killed_at_30_points(planned):
    drill_sync(planned, 30)


@pytest.mark.full
def test_two_syncs_race_ten_times(planned):
    drill_race(planned, 10)
