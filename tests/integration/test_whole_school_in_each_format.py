"""Every format from an empty folder to class teams on the embedded tenant, by the command line."""

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROSTERS, TEMPLATES = ROOT / "tests" / "data" / "rosters", ROOT / "csv_templates"


@pytest.mark.parametrize("fmt", ["auto", "named"])
@pytest.mark.parametrize(
    ("sample", "named", "day", "teams", "owners", "members"),
    [
        (ROSTERS / "sds-v2", "sds-v2", "2026-11-20", 4, 5, 22),
        (ROSTERS / "sds-v2.1", "sds-v2.1", "2021-11-01", 2, 2, 4),
        (ROSTERS / "oneroster-1.1", "oneroster", "2026-11-20", 36, 36, 432),
        (TEMPLATES / "sds-v2" / "example", "sds-v2", "2026-11-20", 2, 2, 3),
        (TEMPLATES / "sds-v2.1" / "example", "sds-v2.1", "2026-11-20", 2, 2, 3),
        (TEMPLATES / "oneroster" / "example", "oneroster", "2026-11-20", 2, 2, 3),
    ],
    ids=lambda value: value.parent.name + value.name if isinstance(value, Path) else None,
)
def test_a_set_becomes_class_teams_and_stays_so(desk, tmp_path, fmt, sample, named, day, teams, owners, members):
    roster = sample
    if fmt == "named":
        roster = tmp_path / "export.zip"
        with zipfile.ZipFile(roster, "w") as archive:
            for path in sample.glob("*.csv"):
                archive.write(path, path.name)
    here = type(desk)(tmp_path / "t")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", roster, "--effective", day)
    here.run("init", here.folder, *words, *(() if fmt == "auto" else ("--format", named)))
    here.run("sandbox", "seed", "--perfect")
    here.run("roster", "check")
    here.run("plan", "-o", tmp_path / "plan.json")
    here.run("apply", tmp_path / "plan.json", "--yes")
    here.run("plan", "--exit-code")
    made = here.json("teams", "list")
    got = (len(made), sum(len(t["owners"]) for t in made), sum(len(t["members"]) for t in made))
    assert got == (teams, owners, members)
    assert len({t["mail_nickname"].casefold() for t in made}) == teams
    assert all(len(t["mail_nickname"]) <= 64 for t in made)
    assert not (here.folder / "export.zip").exists()


def test_a_delta_is_refused_before_any_plan(desk, tmp_path):
    here = type(desk)(tmp_path / "t")
    words = ("--domain", "school.example", "--roster", ROSTERS / "R16", "--effective", "2026-11-20")
    here.run("init", here.folder, "--tenant", "sandbox", *words)
    told = here.run("roster", "check", "--output", "json", ok=(2,)).json
    assert [(p["check"], p["file"], p["severity"]) for p in told] == [("delta-export", "manifest.csv", "error")]
    assert "bulk export is needed" in told[0]["message"]
    assert "bulk export is needed" in here.run("plan", ok=(2,)).err
