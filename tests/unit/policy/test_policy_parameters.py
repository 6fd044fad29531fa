"""Microsoft's parameters as the package carries them, against the embedded tenant's own copy."""

import json
from importlib.resources import files

import pytest

from teamskit.policy.parameters import BOOLEAN, LIST, NUMBER, OTHER, SEEN, STATED, TEXT, has_name, parameters
from teamskit.policy.shelf import shelved

OWN_NAMES = {"TenantFederationConfiguration": "TenantFederationSettings"}
"""The embedded tenant speaks the admin API, which calls one type otherwise."""


def _data(package, name):
    return json.loads(files(package).joinpath(f"data/{name}").read_text(encoding="utf-8"))


def test_the_client_and_the_embedded_tenant_know_the_same_settings_types_and_values():
    mine = _data("teamskit.policy", "policy_parameters.json")["types"]
    theirs = _data("teamskit.sandbox", "policy_parameters.json")
    assert {OWN_NAMES.get(one, one): settings for one, settings in mine.items()} == theirs
    assert len(mine) == 16


def test_the_client_and_the_embedded_tenant_know_the_same_defaults():
    mine, theirs = _data("teamskit.policy", "policy_parameters.json"), _data("teamskit.sandbox", "policy_defaults.json")
    for policy_type in mine["types"]:
        both = {**mine["seen"].get(policy_type, {}), **mine["stated"].get(policy_type, {})}
        assert both == theirs[OWN_NAMES.get(policy_type, policy_type)], policy_type


def test_every_mark_is_about_a_setting_and_adds_what_the_reference_leaves_open():
    data = _data("teamskit.policy", "policy_parameters.json")
    for policy_type, marks in data["marks"].items():
        for name, mark in marks.items():
            assert set(mark) <= {"kind", "values", "unusable", "range", "also"}
            assert "values" not in mark or len(data["types"][policy_type][name]) == 1


@pytest.mark.parametrize(
    ("policy_type", "name", "kind"),
    [
        ("TeamsMessagingPolicy", "AllowUserChat", BOOLEAN),
        ("TeamsMessagingPolicy", "AudioMessageEnabledType", TEXT),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays", NUMBER),
        ("TenantFederationConfiguration", "AllowedDomains", LIST),
        ("TenantFederationConfiguration", "BlockAllSubdomains", BOOLEAN),
        ("TeamsAppSetupPolicy", "PinnedAppBarApps", OTHER),
        ("TeamsMeetingConfiguration", "PublishedEntraAuthenticationContexts", OTHER),
    ],
)
def test_a_setting_is_of_its_kind(policy_type, name, kind):
    assert parameters()[policy_type][name].kind == kind


def test_a_default_says_how_it_is_known():
    messaging = parameters()["TeamsMessagingPolicy"]
    assert (messaging["AllowUserDeleteChat"].default, messaging["AllowUserDeleteChat"].default_is) == (True, STATED)
    assert (messaging["AllowUserChat"].default, messaging["AllowUserChat"].default_is) == (True, SEEN)


def test_nothing_without_effect_is_in_the_catalogue():
    for one in shelved():
        for policy in one.document.policies:
            known = parameters()[policy.type]
            assert not [name for name in policy.settings if known[name].unusable]
            assert has_name(policy.type) == (policy.name != "Global")
