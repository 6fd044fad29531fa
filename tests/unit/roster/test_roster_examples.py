"""The shipped secondary school, and the templates as the command line writes them."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from teamskit.roster import read_roster
from teamskit.roster.checks import check
from teamskit.school import SchoolUnit

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "csv_templates" / "example-secondary"


@pytest.fixture(scope="module")
def secondary():
    unit = SchoolUnit(id="high", name="High")
    return read_roster(SHIPPED, school=unit, effective=date(2026, 11, 23), domains=["high.example"])


def test_example_secondary_is_what_its_maker_makes(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "tests/data/make_example_secondary.py"), str(tmp_path)], check=True)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (SHIPPED / path.name).read_bytes(), path.name


def test_example_secondary_has_sets_joint_classes_and_two_weeks(secondary):
    classes = [s for s in secondary.sections if not s.registration]
    assert (len(secondary.pupils), len(secondary.staff), len(classes), len(secondary.sections)) == (900, 75, 312, 342)
    assert sum(len(s.teachers) == 2 for s in classes) == 6
    assert {lesson.week for lesson in secondary.lessons} == {"A", "B"}
    assert [s.id for s in classes if s.no_team] == ["11+/Re-Extra", "11/Study"]
    sizes = Counter(len(s.pupils) for s in classes)
    assert min(sizes) >= 10 and max(sizes) <= 32


def test_nobody_in_example_secondary_is_in_two_rooms_at_once(secondary):
    staff = Counter((lesson.period, code) for lesson in secondary.lessons for code in lesson.staff)
    assert max(staff.values()) == 1
    when = {}
    for lesson in secondary.lessons:
        when.setdefault(lesson.section_id, set()).add(lesson.period)
    busy = Counter()
    for section in secondary.sections:
        for pupil in section.pupils:
            busy.update((pupil, period) for period in when.get(section.id, ()))
    assert max(busy.values()) == 1
    assert sum(busy.values()) / 897 > 44


def test_example_secondary_has_its_honest_problems_and_no_others(secondary):
    found = Counter(p.check for p in check(secondary) if p.severity != "info")
    assert found == {
        "unknown-pupil": 1,
        "unknown-staff": 1,
        "class-without-teacher": 2,
        "pupil-without-registration-group": 1,
    }


def test_template_writes_what_ships(desk, tmp_path):
    listed = desk.run("roster", "template").out.split()
    assert {"sims", "sds-v1-uk", "example-secondary"} <= set(listed)
    out = tmp_path / "reports"
    desk.run("roster", "template", "sims", "--out", out)
    for file in ("README.md", "SIMS_Students.csv", "example/SIMS_Students.csv"):
        assert (out / file).read_bytes() == (ROOT / "csv_templates" / "sims" / file).read_bytes()
    assert "not empty" in desk.run("roster", "template", "sims", "--out", out, ok=(2,)).err
    assert "sds-v1-us" in desk.run("roster", "template", "sds", ok=(2,)).err


def test_the_format_that_school_toml_names_has_its_template(desk, tmp_path):
    desk.run("roster", "template", "sds-v1", "--out", tmp_path / "v1")
    assert (tmp_path / "v1" / "School.csv").read_text(encoding="utf-8-sig").startswith("DfE Number")
