"""The embedded tenant's settings and defaults against Microsoft's cmdlet reference, type by type.

`tests/data/teams_policy_parameters.json` is drawn from the public reference of the MicrosoftTeams module (2026-08).
What that gives no default for is as admin tools show it: likely, not proven.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data" / "teams_policy_parameters.json"
STATED = {kind: one["parameters"] for kind, one in json.loads(DATA.read_text(encoding="utf-8")).items()}
FEDERATION = "TenantFederationConfiguration"
ADMIN_TOOLS = {
    "TeamsCallingPolicy": {"AllowPrivateCalling": True, "AllowCloudRecordingForCalls": False},
    "TeamsMeetingPolicy": {
        **dict.fromkeys(
            (
                "AllowMeetNow",
                "AllowPrivateMeetNow",
                "AllowPrivateMeetingScheduling",
                "AllowChannelMeetingScheduling",
                "AllowCloudRecording",
                "AllowTranscription",
                "AllowOutlookAddIn",
                "AllowIPVideo",
            ),
            True,
        ),
        "AllowAnonymousUsersToStartMeeting": False,
        "AllowPSTNUsersToBypassLobby": False,
        "AutoAdmittedUsers": "EveryoneInCompany",
        "ScreenSharingMode": "EntireScreen",
        "MeetingChatEnabledType": "Enabled",
        "DesignatedPresenterRoleMode": "EveryoneUserOverride",
        "AutoRecording": "Disabled",
        "NewMeetingRecordingExpirationDays": 120,
    },
    "TeamsMessagingPolicy": {
        **{
            name: True
            for name, one in STATED["TeamsMessagingPolicy"].items()
            if name.startswith("Allow") and "Boolean" in one["type"] and "default" not in one
        },
        "AllowOwnerDeleteMessage": False,
        "AllowFullChatPermissionUserToDeleteAnyMessage": False,
        "AllowSmartCompose": False,
        "GiphyRatingType": "Moderate",
        "ReadReceiptsEnabledType": "UserPreference",
        "AudioMessageEnabledType": "ChatsAndChannels",
    },
    FEDERATION: {"AllowFederatedUsers": True, "AllowedDomains": {}, "BlockedDomains": []},
}
SPECIAL = {'""': "", "Empty List": []}


def default_of(stated):
    text, kind = stated["default"], stated["type"]
    if text in SPECIAL:
        return SPECIAL[text]
    if kind in ("Boolean", "SwitchParameter"):
        return {"true": True, "false": False}[text.casefold()]
    return int(text) if "Int" in kind else text


def one_path(kind, identity):
    return f"/Skype.Policy/configurations/{kind}/configuration/{identity}"


def put(school, kind, settings):
    if settings.get("MeetingChatEnabledType") == "Disabled":
        settings = {**settings, "LobbyChat": "Disabled"}
    elif "LobbyChat" in settings:
        settings = {"MeetingChatEnabledType": "Enabled", **settings}
    return school.tenant.request("PUT", one_path(kind, "Global"), settings)[0]


def test_sixteen_types_are_stated():
    assert len(STATED) == 16


@pytest.mark.parametrize("kind", STATED)
def test_global_has_every_stated_default_and_no_other(school, kind):
    shown = school.get(one_path(kind, "Global"))
    found = {name: value for name, value in shown.items() if name not in ("Identity", "Key")}
    stated = {name: default_of(one) for name, one in STATED[kind].items() if "default" in one}
    assert found == {**ADMIN_TOOLS.get(kind, {}), **stated}


@pytest.mark.parametrize("kind", STATED)
def test_every_stated_setting_and_value_is_taken_and_no_other(school, kind):
    for name, one in STATED[kind].items():
        values = [] if one["type"] == "Long" else one.get("values", [])
        assert [put(school, kind, {name: value}) for value in values] == [200] * len(values), name
        if values:
            assert put(school, kind, {name: "Nonsense"}) == 400, name
        assert put(school, kind, {name + "x": True}) == 400


@pytest.mark.parametrize("kind", STATED)
def test_a_switch_is_true_or_false_and_the_federations_domains_alone_are_more(school, kind):
    switches = [name for name, one in STATED[kind].items() if one["type"] in ("Boolean", "SwitchParameter")]
    for name in switches:
        taken = [put(school, kind, {name: value}) for value in (True, False, [], {}, {"AllowList": ["a.example"]}, "")]
        is_domains = (kind, name) == (FEDERATION, "AllowedDomains")
        assert taken == ([400, 400, 200, 200, 200, 400] if is_domains else [200, 200, 400, 400, 400, 400]), name


def test_a_limit_is_any_positive_number(school):
    assert STATED["TeamsCallingPolicy"]["CallingSpendUserLimit"]["values"] == ["any positive integer"]
    taken = [
        put(school, "TeamsCallingPolicy", {"CallingSpendUserLimit": value}) for value in (1, 500, 0, -1, "5", True)
    ]
    assert taken == [200, 200, 400, 400, 400, 400]


def test_no_pop_out_path_is_no_text(school):
    assert school.get(one_path("TeamsCallingPolicy", "Global"))["PopoutAppPathForIncomingPstnCalls"] == ""
