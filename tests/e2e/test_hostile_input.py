"""What a person can type or hand in that is wrong: a sentence and a status, never a traceback, nothing overwritten."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")


def run(folder, *words):
    done = subprocess.run(
        [PROGRAM, *map(str, words)], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=120
    )
    assert b"Traceback" not in done.stderr, done.stderr[-600:]
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def ready(desk, made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    return desk


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "-o", "/nowhere/x.json"],
        ["plan", "-o", "."],
        ["plan", "-o", "school.toml"],
        ["roster", "check", "-o", "/nowhere/x"],
        ["calls", "report", "--out", ".teamskit/ledger.sqlite3"],
        ["calls", "report", "--out", "r.html", "--csv", "r.html"],
        ["calls", "report", "--out", "r.html", "--from", "0001-01-01"],
        ["calls", "list", "--class", "nope"],
        ["calls", "list", "--person", "nobody"],
        ["sandbox", "advance", "99999999d"],
        ["sandbox", "serve", "--port", "-1"],
        ["sandbox", "fault", "GET", "(", "500"],
        ["apply", "nowhere.json", "--yes"],
    ],
    ids=" ".join,
)
def test_wrong_words_are_status_2(ready, words):
    before = (ready.folder / "school.toml").read_bytes()
    status, _, err = run(ready.folder, *words)
    assert status == 2
    assert err.strip()
    assert (ready.folder / "school.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["journal", "ledger.sqlite3"])
def test_broken_state_is_a_sentence(ready, name):
    path = ready.folder / ".teamskit" / name
    if path.is_dir():
        (path / "2026-01-01-000000.jsonl").mkdir()
    else:
        path.write_bytes(b"junk" * 999)
    status, _, err = run(ready.folder, *(["calls", "list"] if name.startswith("ledger") else ["plan"]))
    assert status in (1, 2)
    assert err.strip()


@pytest.mark.parametrize(
    "words",
    [
        ["apply", "--output", "json"],
        ["plan", "--output", "json", "--frob"],
        ["calls", "list", "--from", "x", "--output", "json"],
    ],
)
def test_wrong_usage_is_json_when_json_was_asked_for(ready, words):
    status, out, err = run(ready.folder, *words)
    assert (status, out) == (2, "")
    assert json.loads(err)["error"]["status"] == 2


def test_a_roster_without_classes_is_an_error_in_the_list(ready, made):
    (made.folder / "SIMS_Class_Membership.csv").unlink()
    status, out, _ = run(ready.folder, "roster", "check", "--output", "json")
    assert status == 2
    assert "error" in [row["severity"] for row in json.loads(out)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('["staff-meetings"]', '["disable-chat", "staff-meetings"]', "is for pupils"),
        ('["disable-chat", "pupil-meetings"]', '["staff-meetings"]', "is for staff"),
        ('["school.example"]', '["not a domain"]', "is not a domain"),
        ("before_pupils = false", 'before_pupils = "no"', "must be true or false"),
        ("removals = 200", "removals = true", "whole number"),
        ('name = "{class_name} {year}"', 'name = "{class_name.__class__}"', "unknown placeholder"),
        ('name = "staff"\nrole', 'name = "pupils"\nrole', "two cohorts"),
    ],
)
def test_decisions_that_cannot_be_are_refused(ready, old, new, says):
    path = ready.folder / "school.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    status, _, err = run(ready.folder, "plan")
    assert status == 2
    assert says in err


def test_people_in_no_cohort_are_listed(ready):
    path = ready.folder / "school.toml"
    text = path.read_text("utf-8").replace('role = "pupil"', 'role = "pupil"\nyears = ["99"]')
    path.write_text(text, encoding="utf-8")
    assert "pupil 000001: in no cohort" in run(ready.folder, "plan")[1]
    rows = json.loads(run(ready.folder, "policies", "coverage", "--output", "json")[1])["people"]
    assert len([row for row in rows if row["cohort"] == "(none)"]) == 4


CALL = {
    "id": "c1",
    "start": "2026-11-23T09:00:00Z",
    "end": "2026-11-23T09:30:00Z",
    "organiser": {"staff": "T000"},
    "class": None,
    "recording": "none",
    "people": [{"staff": "T000", "intervals": [["2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z"]]}],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"end": "9999-12-31T23:00:00Z"}, "not of this age"),
        ({"end": "2026-11-23T08:00:00Z"}, "not in order"),
        ({"recording": 5}, "recording is"),
        ({"id": 5}, "needs an id"),
        ({"organiser": {"staff": "NOBODY"}}, "staff NOBODY has no account"),
        ({"class": "99x/Zz9"}, "has no team"),
        ({"people": 5}, "cannot be read"),
    ],
)
def test_a_broken_scenario_names_the_call_and_plays_nothing(ready, change, says):
    file = ready.folder / "s.json"
    file.write_text(json.dumps({"calls": [CALL, {**CALL, "id": "c2", **change}]}), encoding="utf-8")
    status, _, err = run(ready.folder, "sandbox", "play", "--scenario", "s.json")
    assert status == 2
    assert says in err
    assert ready.json("sandbox", "show")["calls"] == 0


def test_accounts_of_a_file_are_exactly_those(ready):
    file = ready.folder / "a.json"
    file.write_text(json.dumps({"value": [{"id": "1" * 8, "userPrincipalName": "x@school.example"}]}), encoding="utf-8")
    assert run(ready.folder, "sandbox", "seed", "--accounts", "a.json")[0] == 0
    assert ready.json("sandbox", "show")["users"] == 1
    twice = [{"id": "1", "userPrincipalName": "x@school.example"}, {"id": "2", "userPrincipalName": "X@school.example"}]
    file.write_text(json.dumps({"value": twice}), encoding="utf-8")
    assert run(ready.folder, "sandbox", "seed", "--accounts", "a.json")[0] == 2
