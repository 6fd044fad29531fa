"""Every folder of tests/data/rosters that has an expected.json: read, checked, counted and, with accounts, matched."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from teamskit.roster import Roster, read_roster
from teamskit.roster.accounts import match_accounts, match_problems
from teamskit.roster.checks import check
from teamskit.roster.show import roster_json
from teamskit.school.model import SchoolUnit
from teamskit.tenant.models import Account

ROSTERS = Path(__file__).resolve().parents[2] / "data" / "rosters"
ALL = sorted(p.parent for p in ROSTERS.glob("*/expected.json"))
REFUSED = [p for p in ALL if json.loads((p / "expected.json").read_text(encoding="utf-8")).get("exit") == "error"]
FOLDERS = [p for p in ALL if p not in REFUSED]


def _read(folder: Path, want: dict) -> Roster:
    return read_roster(
        folder,
        school=SchoolUnit(id="school", name="School"),
        effective=date.fromisoformat(want["as_of"]),
        domains=[want["domain"]],
        columns=want.get("columns", {}),
    )


def _accounts(folder: Path) -> list[Account]:
    users = json.loads((folder / "entra_users.json").read_text(encoding="utf-8"))["value"]
    return [
        Account(
            id=u["id"],
            upn=u["userPrincipalName"],
            mail=u.get("mail") or "",
            display_name=u["displayName"],
            employee_id=u.get("employeeId") or "",
            kind=u["userType"],
            enabled=u["accountEnabled"],
            department=u.get("department") or "",
        )
        for u in users
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_sample_is_read_checked_and_counted(folder: Path) -> None:
    want = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    roster = _read(folder, want)
    shown = roster_json(roster)
    got = {
        "schools": len(shown["schools"]),
        "pupils": len(shown["pupils"]),
        "staff": len(shown["staff"]),
        "classes": len(shown["classes"]),
        "memberships": sum(len(set(c["pupils"])) for c in shown["classes"]),
        "on_roll": sum(p["on_roll"] for p in shown["pupils"]),
    }
    if "matches" not in want:
        got["teams"] = sum(c["no_team"] is None for c in shown["classes"])
    assert {k: v for k, v in got.items() if k in want} == {k: want[k] for k in got if k in want}
    assert not want.get("ids") or [p["id"] for p in shown["pupils"]] == want["ids"]
    emails = want.get("emails", {})
    assert {p.id: p.email for p in roster.pupils if p.id in emails} == emails
    matches = match_accounts(roster, _accounts(folder), domains=[want["domain"]]) if "matches" in want else []
    problems = [*check(roster), *match_problems(roster, matches)]
    for told in want["must_report"]:
        assert any(
            p.file == told["file"]
            and told["line"] in (None, p.row, p.line)
            and told.get("key", "") in json.dumps(p.as_json(), ensure_ascii=False)
            for p in problems
        ), told
    given = {m.id: m.upn for m in matches}
    assert {i: given[i] for i in want.get("matches", {})} == {
        i: m["account"] for i, m in want.get("matches", {}).items()
    }


@pytest.mark.parametrize("folder", [f for f in FOLDERS if '"roster"' in (f / "expected.json").read_text("utf-8")])
def test_shape_gives_exactly_its_roster(folder: Path) -> None:
    want = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    roster = _read(folder, want)
    assert {p.id: [p.year, p.registration_group] for p in roster.pupils} == want["roster"]["pupils"]
    classes = {s.id: {"teachers": sorted(s.teachers), "pupils": sorted(s.pupils)} for s in roster.sections}
    assert classes == want["roster"]["classes"]


def test_every_file_of_a_sample_says_what_was_used() -> None:
    for folder in FOLDERS:
        want = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        for file in _read(folder, want).files:
            assert file.used + file.left_out == file.rows


def test_passwords_and_birth_dates_are_nowhere_in_a_roster() -> None:
    folder = ROSTERS / "sds-uk-100"
    want = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    everything = repr(_read(folder, want))
    assert "P@ss" not in everything
    assert "4/2/2000" not in everything


def test_example_primary_is_what_its_maker_makes_and_has_its_honest_problems(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    shipped = root / "csv_templates" / "example-primary"
    maker = root / "tests" / "data" / "make_example_primary.py"
    subprocess.run([sys.executable, str(maker), str(tmp_path)], check=True)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (shipped / path.name).read_bytes(), path.name
    roster = _read(shipped, {"as_of": "2026-11-20", "domain": "school.example"})
    assert (len(roster.pupils), len(roster.staff), len(roster.sections)) == (211, 15, 8)
    assert all(section.no_team is None for section in roster.sections)
    assert len(next(s for s in roster.sections if s.id == "Class 3 Elm").teachers) == 2
    told = {p.check for p in check(roster)}
    assert {"unknown-pupil", "unknown-staff", "pupil-without-registration-group", "not-on-roll"} <= told
    assert "sensitive-columns" in told


def test_shapes_are_what_their_maker_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROSTERS.parent / "make_shapes.py"), str(tmp_path)], check=True)
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".xlsx"]
    assert len(made) > 40
    for path in made:
        assert path.read_bytes() == (ROSTERS / path.relative_to(tmp_path)).read_bytes(), path.name


@pytest.mark.parametrize(
    "name",
    [
        "sims/example",
        "sds-v1-uk/example",
        "sds-v1-us/example",
        "sds-v2/example",
        "sds-v2.1/example",
        "oneroster/example",
    ],
)
def test_filled_templates_are_read_without_complaint(name: str) -> None:
    folder = Path(__file__).resolve().parents[3] / "csv_templates" / name
    roster = _read(folder, {"as_of": "2026-11-20", "domain": "school.example"})
    assert roster.sections
    assert check(roster) == []
