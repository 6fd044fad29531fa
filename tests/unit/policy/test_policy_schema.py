"""The JSON Schema for editors: up to date, true of the shipped documents, and of one mind with the validation."""

import json
from importlib.resources import files

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from teamskit.policy.documents import PolicyDocument
from teamskit.policy.parameters import NUMBER, has_name, parameters
from teamskit.policy.reading import read_yaml
from teamskit.policy.schema import FILE, schema
from teamskit.policy.shelf import shelved
from teamskit.policy.validation import setting_problems

CHECKER = jsonschema.Draft7Validator(schema())
TOP = {"id": "ours", "title": "Ours", "for": "everybody", "clause": "ours"}


def test_the_shipped_schema_is_that_of_the_code():
    text = files("teamskit.policy_catalogue").joinpath(FILE).read_text(encoding="utf-8")
    assert json.loads(text) == schema(), f"make it again: teamskit policies schema > policies/{FILE}"
    jsonschema.Draft7Validator.check_schema(schema())


@pytest.mark.parametrize("one", shelved(), ids=lambda one: one.document.id)
def test_the_shipped_documents_hold_by_it_and_name_it(one):
    CHECKER.validate(yaml.safe_load(one.text))
    assert one.text.splitlines()[0] == f"# yaml-language-server: $schema={FILE}"


def test_it_knows_every_key_of_the_model():
    keys = {field.alias or key for key, field in PolicyDocument.model_fields.items()}
    assert keys | {"type", "name", "settings"} == set(schema()["properties"])


@pytest.mark.parametrize(
    "change",
    [
        {"for": "children"},
        {"id": "two words"},
        {"titel": "x"},
        {"type": "TeamsMesagingPolicy"},
        {"settings": {}},
        {"settings": {"AllowUserChat": "false"}},
        {"settings": {"AllowUserChatt": False}},
        {"settings": {"ChatPermissionRole": "Pupil"}},
        {"policies": [{"type": "TeamsClientConfiguration", "settings": {"AllowBox": False}}]},
        {"type": "TeamsClientConfiguration", "settings": {"AllowBox": False}},
        {"type": "TeamsMeetingPolicy", "settings": {"AllowLocalRecording": True}},
        {"type": "TeamsMeetingPolicy", "settings": {"NewMeetingRecordingExpirationDays": 0}},
    ],
)
def test_it_refuses_what_is_wrong(change):
    fine = {**TOP, "type": "TeamsMessagingPolicy", "name": "Ours", "settings": {"AllowUserChat": False}}
    assert CHECKER.is_valid(fine)
    assert not CHECKER.is_valid({**fine, **change})


KNOWN = [(policy_type, name) for policy_type, known in parameters().items() for name in known]
LONE = {"MeetingChatEnabledType", "AutoRecording", "ChatPermissionRole", "AllowedDomains"}
"""Settings that may need another one, which a schema does not see."""
WORDS = st.sampled_from(
    ["Enabled", "Disabled", "enabled", "yes", "off", "true", "12", "All", "None", "Everyone", "a b"]
)
VALUES = st.one_of(st.booleans(), st.integers(-5, 100_005), WORDS, st.lists(WORDS, max_size=3), st.none())


@given(st.sampled_from([one for one in KNOWN if one[1] not in LONE]), VALUES)
def test_it_is_of_one_mind_with_the_validation_on_any_setting(which, value):
    policy_type, setting = which
    document = {**TOP, "type": policy_type, "settings": {setting: value}}
    if has_name(policy_type):
        document["name"] = "Ours"
    problems = setting_problems(read_yaml("ours.yaml", yaml.safe_dump(document).encode()))
    assert CHECKER.is_valid(document) == (not problems), (problems, parameters()[policy_type][setting])


@given(st.integers())
def test_a_number_out_of_bounds_is_refused_by_both(value):
    bounded = [(t, p.name) for t, known in parameters().items() for p in known.values() if p.kind == NUMBER and p.most]
    assert bounded
    for policy_type, setting in bounded:
        document = {**TOP, "type": policy_type, "name": "Ours", "settings": {setting: value}}
        problems = setting_problems(read_yaml("ours.yaml", yaml.safe_dump(document).encode()))
        assert CHECKER.is_valid(document) == (not problems) == (1 <= value <= 99_999 or value == -1)
