"""Each troublesome roster of tests/data/rosters taken through the tenant: seeded, applied, applied again, judged."""

import json
from pathlib import Path

import pytest
from keyboard import Desk

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
WANTED = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in ROSTERS.glob("*/expected.json")}
CASES = sorted(name for name, wanted in WANTED.items() if wanted.get("team_memberships") is not None)


@pytest.fixture
def case_desk(tmp_path):
    def open_case(name):
        wanted, folder = WANTED[name], ROSTERS / name
        desk = Desk(tmp_path / "s")
        words = (
            "--tenant",
            "sandbox",
            "--domain",
            wanted["domain"],
            "--roster",
            folder,
            "--effective",
            wanted["as_of"],
        )
        desk.run("init", desk.folder, *words)
        accounts = folder / "entra_users.json"
        desk.run("sandbox", "seed", *(["--accounts", accounts] if accounts.exists() else ["--perfect"]))
        return desk

    return open_case


def reported(problems, line):
    at = [p for p in problems if not line.get("file") or (p["file"] or "").endswith(line["file"])]
    at = [p for p in at if line.get("line") is None or line["line"] in (p["row"], p["line"])]
    return any(line.get("key", "") in json.dumps(p, ensure_ascii=False) for p in at)


@pytest.mark.parametrize("name", CASES)
def test_a_field_case_ends_in_the_teams_it_should_and_stays_so(case_desk, name):
    wanted, desk = WANTED[name], case_desk(name)
    problems = desk.json("roster", "check")
    assert [line for line in wanted["must_report"] if not reported(problems, line)] == []
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    assert desk.json("plan")["changes"] == []
    teams = {team["class"]: team for team in desk.json("teams", "list")}
    assert len(desk.json("teams", "list")) == wanted["teams"]
    assert sum(len(team["members"]) for team in desk.json("teams", "list")) == wanted["team_memberships"]
    found = {match["id"]: match for match in desk.json("roster", "match")}
    for part in ("owners", "members"):
        for code, people in wanted.get(part, {}).items():
            upns = {one if "@" in one else found[one]["upn"] for one in people}
            assert set(teams[code][part]) == upns, (part, code)
    for number, match in wanted.get("matches", {}).items():
        upn = (found[number]["upn"] or "").casefold()
        assert upn == (match["account"] or "").casefold(), match["why"]
    for number, upn in wanted.get("must_not", []):
        assert (found[number]["upn"] or "") != upn
    assert not any(request.endswith(" 400") for request in desk.requests()["by"]), (
        "every filter is quoted as it must be"
    )
    nicknames = [team["mail_nickname"] for team in desk.json("teams", "list")]
    assert len({one.casefold() for one in nicknames}) == len(nicknames) and all(len(one) <= 64 for one in nicknames)


def test_the_cases_with_their_files_are_here():
    assert {"A01", "A04", "R01", "R09", "R11", "R17", "R20", "R21", "R24"} <= set(CASES)


def test_r16_a_delta_set_is_refused_before_any_plan(tmp_path):
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", ROSTERS / "R16")
    desk.run("init", desk.folder, *words, "--effective", "2026-11-20")
    problems = desk.run("roster", "check", "--output", "json", ok=(2,)).json
    assert any(p["severity"] == "error" and p["file"] == "manifest.csv" and "bulk" in p["remedy"] for p in problems)
    assert "bulk" in desk.run("apply", "--yes", ok=(2,)).err
    assert desk.json("teams", "list") == []
