"""Every kind of finding, and what only looks like one: played on the embedded tenant, synced, and listed."""

import json
import shutil
from pathlib import Path

import pytest
from keyboard import Desk
from made_school import MadeSchool

CASES = Path(__file__).parents[1] / "data" / "calls"
FOLDERS = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
TERMS = ("--term", "2026-09-02:2026-10-23", "--term", "2026-11-02:2026-12-18")
OTHERS = {"stray@school.example": "Member", "parent_mail.example#EXT#@school.example": "Guest"}


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A school in whose tenant all calls of all folders were held, read into the log two days later."""
    folder = tmp_path_factory.mktemp("findings")
    made = MadeSchool(folder / "export").fill(classes=2, pupils=12)
    desk = Desk(folder / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder)
    desk.run("init", desk.folder, *words, "--effective", "2026-10-19", "--day", "08:45-15:30", *TERMS)
    desk.run("sandbox", "seed", "--perfect")
    for upn, kind in OTHERS.items():
        nickname = upn.split("@")[0].replace("#EXT#", "_ext")
        account = {"userPrincipalName": upn, "displayName": nickname, "mailNickname": nickname, "userType": kind}
        password = {"password": "Made-up-1"}
        status, _ = desk.asks("POST", "/v1.0/users", {**account, "accountEnabled": True, "passwordProfile": password})
        assert status == 201, upn
    for name in FOLDERS:
        desk.run("sandbox", "play", "--scenario", CASES / name / "scenario.json")
    desk.run("sandbox", "advance", "2d")
    desk.run("calls", "sync")
    # So many calls at one time leave files of which nobody can say which call they are of: that is said.
    assert "fit no one call of the log" in desk.run("recordings", "check").out
    return desk


@pytest.mark.parametrize("name", FOLDERS)
def test_each_call_gives_what_it_must_and_no_more(school, name):
    registers = school.folder / "registers"
    shutil.rmtree(registers, ignore_errors=True)
    registers.mkdir()
    for file in CASES.joinpath(name).glob("*.csv"):
        shutil.copy(file, registers)
    expected = json.loads((CASES / name / "expected.json").read_text("utf-8"))
    found = {call: [] for call in expected}
    for one in school.json("findings", "list"):
        if one["call"] in found:
            found[one["call"]].append(f"{one['finding']} {one['state']}")
    assert {call: sorted(kinds) for call, kinds in found.items()} == {c: sorted(k) for c, k in expected.items()}


def test_every_kind_of_finding_by_call_has_a_case_and_a_look_alike():
    from teamskit.safeguarding.checks import CHECKS

    # What befalls a copy is no matter of a scenario: test_findings_on_recordings.py has it.
    for check in (one for one in CHECKS if one.id != "backup-failed"):
        expected = json.loads((CASES / check.id / "expected.json").read_text("utf-8"))
        raised = [call for call, found in expected.items() if any(one.startswith(f"{check.id} ") for one in found)]
        assert raised and len(raised) < len(expected), check.id
