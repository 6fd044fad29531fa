"""The pages on policies say what the documents say: no setting is missing there, and none is there that is gone."""

import re
from pathlib import Path

import pytest

from teamskit.policy import catalogue
from teamskit.policy.parameters import parameters
from teamskit.policy.schema import value_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy-settings.md").read_text(encoding="utf-8")
HEADINGS = ["type", "setting", "value", "why", "clause", "ScubaGear", "Prowler", "DSC", "CIPP"]
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^###|\Z)", PAGE, re.M | re.S))


def _rows(section):
    lines = [line for line in section.splitlines() if line.startswith("|")]
    heading, _, *rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    assert heading == HEADINGS
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows]


ROWS = {name: _rows(section) for name, section in SECTIONS.items()}


def test_every_document_has_its_section():
    assert set(ROWS) == set(catalogue())


@pytest.mark.parametrize("document", catalogue().values(), ids=lambda one: one.id)
def test_every_setting_of_a_document_is_in_the_table_with_its_value_reason_and_clause(document):
    wanted = [(one.type, name, value_text(value)) for one in document.policies for name, value in one.settings.items()]
    rows = ROWS[document.id]
    assert sorted((row["type"], row["setting"], row["value"]) for row in rows) == sorted(wanted)
    for row in rows:
        assert row["why"], row
        assert re.fullmatch(r"C, [a-z' -]+|2, [a-z -]+", row["clause"]), row


def test_a_row_says_what_the_other_tools_look_at_the_same_way_everywhere():
    seen = {}
    for row in (row for rows in ROWS.values() for row in rows):
        assert row["DSC"] in ("yes", "no")
        assert re.fullmatch(r"([1-8]\.\d+(, )?)*", row["ScubaGear"])
        assert re.fullmatch(r"[a-z_]*", row["Prowler"]) and re.fullmatch(r"(Teams\w+)?", row["CIPP"])
        said = tuple(row[tool] for tool in HEADINGS[5:])
        assert seen.setdefault((row["type"], row["setting"]), said) == said, row


def test_where_the_catalogue_differs_on_recording_is_told():
    (row,) = (row for row in ROWS["staff-meetings"] if row["setting"] == "AllowCloudRecording")
    assert (row["value"], row["ScubaGear"], row["Prowler"]) == ("true", "1.6", "meeting_recording_disabled")
    about = PAGE.partition("## How this differs")[2].partition("## How to read")[0]
    assert "MS.TEAMS.1.6" in about and "teams_meeting_recording_disabled" in about


def test_the_how_to_names_every_document_and_every_setting_that_is_refused():
    text = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    assert [name for name in catalogue() if f"| `{name}` |" not in text] == []
    refused = {
        one.name for known in parameters().values() for one in known.values() if "PowerShell" not in one.unusable
    }
    refused = {one.name for known in parameters().values() for one in known.values() if one.unusable} & refused
    assert [name for name in sorted(refused) if f"`{name}`" not in text] == []
