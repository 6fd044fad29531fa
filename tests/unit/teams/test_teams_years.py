"""Codes of courses that go on, and names of teams that end."""

import pytest

from teamskit.school import TeamSettings
from teamskit.teams.rollover import archive_changes, next_code
from teamskit.tenant.models import ClassTeam


@pytest.mark.parametrize(
    ("code", "listed", "new"),
    [
        ("10A/En1", ["10*"], "11A/En1"),
        ("10A/En1", ["12*", "10A/En1"], "11A/En1"),
        ("10A/En1", ["10A/En1 > 11B/En3"], "11B/En3"),
        ("10A/En1", ["10A/En2 > 11B/En3"], None),
        ("10a/En1", ["10A*"], None),
        ("7x/Ma1", ["10*"], None),
        ("9z/Xx1", ["9*"], "10z/Xx1"),
        ("En10", ["En10"], "En10"),
        ("10A/En1", [], None),
    ],
)
def test_this_years_code_of_a_course_that_goes_on(code, listed, new):
    assert next_code(code, listed) == new


@pytest.mark.parametrize(
    ("template", "name", "want"),
    [
        ("{name} (ended)", "7A/Ma1 2026/27", "7A/Ma1 2026/27 (ended)"),
        ("{name} (ended)", "7A/Ma1 2026/27 (ended)", "7A/Ma1 2026/27 (ended)"),
        ("old {year} {name}", "7A/Ma1", "old 2026/27 7A/Ma1"),
        ("{class_id} {year} {school}", "anything", "7A/Ma1 2026/27 High"),
        ("{name}", "kept", "kept"),
    ],
)
def test_an_ended_team_is_renamed_once(template, name, want):
    team = ClassTeam("g", "s/2026/7A/Ma1", "nick", name, True)
    (change,) = archive_changes([team], TeamSettings(archived_name=template), {"s": "High"})
    assert change.after == {"archived": True, "display_name": want}
