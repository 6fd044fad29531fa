"""`teamskit policies list`, `show`, `validate` and `schema`, as typed, and a plan that meets a wrong document."""

import json

import jsonschema
import pytest
from click.testing import CliRunner

from teamskit.cli.main import teamskit

WRONG = """\
id: ours
title: Ours
type: TeamsMessagingPolicy
name: Ours
for: pupils
clause: ours
settings:
  AllowUserChat: off
  ChatPermisionRole: Restricted
"""


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A folder without a school; gives what was typed there its status and output."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        done = CliRunner().invoke(teamskit, list(words), standalone_mode=False)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return (done.return_value or 0), done.output

    return run


def test_documents_are_listed_with_type_policy_clause_and_place(desk):
    rows = desk.json("policies", "list")
    assert len({row["document"] for row in rows}) == 12
    assert {row["where"] for row in rows} == {"shipped"}
    supervised = [(row["type"], row["policy"]) for row in rows if row["document"] == "supervised-chat"]
    assert supervised == [("TeamsMessagingPolicy", "Supervised chat"), ("TeamsClientConfiguration", "Global")]
    table = desk.run("policies", "list").out
    assert "tenant-guests-anonymous" in table
    assert desk.run("policies", "list", "--output", "csv").out.count("\n") == len(rows) + 1


def test_a_copied_document_is_the_schools_own_and_is_never_written_over(desk):
    file = desk.folder / "policies" / "disable-chat.yaml"
    said = desk.run("policies", "show", "disable-chat", "-o", file).out
    assert "stands in for the shipped document" in said
    rows = desk.json("policies", "list")
    assert [row["where"] for row in rows if row["document"] == "disable-chat"] == ["own"]
    assert desk.json("policies", "show", "disable-chat")["where"] == "own"
    file.write_text(file.read_text(encoding="utf-8").replace("AllowGiphy: false", "AllowGiphy: true"), encoding="utf-8")
    assert "there is a file of this name" in desk.run("policies", "show", "disable-chat", "-o", file, ok=(2,)).err
    assert "AllowGiphy: true" in desk.run("policies", "show", "disable-chat", "--output", "yaml").out
    assert "12 documents hold." in desk.run("policies", "validate").out


def test_a_setting_is_shown_beside_microsofts_default(desk):
    shown = desk.json("policies", "show", "pupil-meetings")
    settings = {one["setting"]: one for one in shown["policies"][0]["settings"]}
    assert settings["AllowCloudRecording"] == {
        "setting": "AllowCloudRecording",
        "wanted": False,
        "default": True,
        "default_is": "seen",
    }
    assert settings["LobbyChat"]["default"] is None
    assert settings["LobbyChat"]["default_is"] == "not stated"
    assert settings["LiveCaptionsEnabledType"]["default_is"] == "stated"
    assert shown["clause"] and shown["why"] and shown["licence"]
    table = desk.run("policies", "show", "pupil-meetings").out
    assert "true (seen)" in table and "not stated" in table and shown["clause"] in table


def test_an_unknown_document_names_the_nearest(desk):
    said = desk.run("policies", "show", "disable-chatt", ok=(2,)).err
    assert "Did you mean disable-chat?" in said


def test_a_wrong_document_is_told_with_file_line_and_setting(desk):
    (desk.folder / "policies" / "ours.yaml").write_text(WRONG, encoding="utf-8")
    problems = desk.run("policies", "validate", "--output", "json", ok=(2,)).json
    assert [(p["file"], p["line"], p["document"], p["policy_type"], p["setting"]) for p in problems] == [
        ("policies/ours.yaml", 8, "ours", "TeamsMessagingPolicy", "AllowUserChat"),
        ("policies/ours.yaml", 9, "ours", "TeamsMessagingPolicy", "ChatPermisionRole"),
    ]
    assert all(problem["message"] and problem["remedy"] for problem in problems)
    table = desk.run("policies", "validate", ok=(2,)).out
    assert "Did you mean ChatPermissionRole?" in table
    assert "2 things are wrong in 1 file." in table


@pytest.mark.parametrize("words", [("policies", "plan"), ("plan",), ("policies", "list"), ("policies", "coverage")])
def test_nothing_is_planned_past_a_wrong_document(desk, made, words):
    made.fill(1, 4)
    made.write()
    desk.run("sandbox", "seed")
    (desk.folder / "policies" / "ours.yaml").write_text(WRONG, encoding="utf-8")
    said = desk.run(*words, ok=(2,)).err
    assert "2 things are wrong in policy documents" in said
    assert "policies/ours.yaml, line 8" in said and "policies/ours.yaml, line 9" in said


def test_without_a_school_files_can_be_checked_and_documents_shown(bare, tmp_path):
    assert bare("policies", "validate") == (0, "12 documents hold.\n")
    (tmp_path / "ours.yaml").write_text(WRONG, encoding="utf-8")
    status, said = bare("policies", "validate", "ours.yaml")
    assert status == 2
    assert "ours.yaml, line 8: AllowUserChat takes true or false, not off." in said
    status, said = bare("policies", "validate", "nowhere.yaml", "ours.yaml")
    assert status == 2
    assert "3 things are wrong in 2 files." in said
    bare("policies", "show", "channels", "-o", "channels.yaml")
    assert bare("policies", "validate", "channels.yaml") == (0, "1 document holds.\n")


def test_the_schema_can_be_printed_and_written(bare, tmp_path):
    _, said = bare("policies", "schema")
    jsonschema.Draft7Validator.check_schema(json.loads(said))
    bare("policies", "schema", "-o", "policy-document.schema.json")
    assert json.loads((tmp_path / "policy-document.schema.json").read_text(encoding="utf-8")) == json.loads(said)
