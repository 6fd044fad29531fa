"""Policies: definitions by the admin API, ids, assignment and its slow effect."""

from __future__ import annotations

from datetime import timedelta

import pytest

MESSAGING = "/Skype.Policy/configurations/TeamsMessagingPolicy"
MEETING = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/"
CHAT = MESSAGING + "/configuration/Tag:Disable%20chat"
USERS = "/admin/teams/policy/userAssignments/"
KIND = "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment"


def policy_id(school):
    path = "/admin/teams/policy/getPolicyId(type='TeamsMessagingPolicy',name='Disable chat')"
    return [one["policyId"] for one in school.get(path)["value"]]


def made(school):
    school.ask("PUT", CHAT, {"AllowUserChat": False}, 200)
    school.tenant.sleep(5)
    return policy_id(school)[0]


def items(uids, key=None, kind="TeamsMessagingPolicy"):
    extra = {"policyId": key} if key else {}
    return {"value": [{"@odata.type": KIND, "userId": uid, "policyType": kind, **extra} for uid in uids]}


def in_effect(school):
    found = school.get("/admin/teams/userConfigurations?$top=999")["value"]
    return {
        one["id"]: one["effectivePolicyAssignments"][0]["policyAssignment"]["displayName"]
        for one in found
        if one["effectivePolicyAssignments"]
    }


def test_global_has_the_stated_defaults(school):
    policies = school.get(MESSAGING)
    assert [one["Identity"] for one in policies] == ["Global"]
    assert policies[0]["AllowUserChat"] is True
    assert policies[0]["AllowOwnerDeleteMessage"] is False
    meeting = school.get(MEETING + "Global")
    assert (meeting["AutoRecording"], meeting["NewMeetingRecordingExpirationDays"]) == ("Disabled", 120)
    assert "VideoFiltersMode" not in meeting


def test_put_makes_and_merges(school):
    assert school.ask("PUT", CHAT, {"AllowUserChat": False}, 200)["Identity"] == "Tag:Disable chat"
    school.ask("PUT", CHAT, {"Identity": "Tag:Disable chat", "Key": {}, "AllowGiphy": False}, 200)
    read = school.get(CHAT)
    assert (read["AllowUserChat"], read["AllowGiphy"]) == (False, False)
    assert len(school.get(MESSAGING)) == 2
    school.ask("PUT", CHAT, {"Identity": "Tag:Other"}, 400)


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        (CHAT, {"AllowUserChatt": True}, "AllowUserChatt"),
        (CHAT, {"AllowUserChat": "no"}, "AllowUserChat"),
        (MEETING + "Tag:P", {"AutoAdmittedUsers": "Nobody"}, "AutoAdmittedUsers"),
        (MEETING + "Tag:P", {"NewMeetingRecordingExpirationDays": True}, "NewMeetingRecordingExpirationDays"),
        (MEETING + "Tag:P", {"MeetingChatEnabledType": "Disabled"}, "LobbyChat"),
        ("/Skype.Policy/configurations/TeamsClientConfiguration/configuration/Tag:P", {}, "Global"),
    ],
)
def test_bad_settings_are_named(school, path, body, named):
    assert named in school.ask("PUT", path, body, 400)["error"]["message"]


def test_meeting_chat_goes_with_lobby_chat(school):
    school.ask("PUT", MEETING + "Tag:Pupils", {"MeetingChatEnabledType": "Disabled", "LobbyChat": "Disabled"}, 200)


def test_the_admin_api_wants_a_correlation_id_and_a_known_type(school):
    status, _headers, _body = school.tenant.request("GET", MESSAGING, headers={"x-ms-correlation-id": ""})
    assert status == 400
    school.get("/Skype.Policy/configurations/Nonsense", 404)


def test_the_id_is_found_after_a_while(school):
    school.ask("PUT", CHAT, {"AllowUserChat": False}, 200)
    assert policy_id(school) == []
    school.tenant.sleep(5)
    first = policy_id(school)
    school.ask("DELETE", CHAT, None, 204)
    assert made(school) not in first


def test_an_assignment_is_in_effect_only_hours_later(school):
    key = made(school)
    school.ask("POST", USERS + "assign", items(school.ids, key), 204)
    assert in_effect(school) == {}
    school.tenant.advance(timedelta(hours=13))
    some = in_effect(school)
    assert 0 < len(some) < 30
    school.ask("POST", USERS + "assign", items(school.ids, key), 204)
    school.tenant.advance(timedelta(hours=13))
    assert set(in_effect(school).values()) == {"Disable chat"}
    assert len(in_effect(school)) == 30
    one = school.get(f"/admin/teams/userConfigurations/{school.ids[0]}")["effectivePolicyAssignments"]
    assert one[0]["policyAssignment"]["assignmentType"] == "direct"
    school.ask("DELETE", CHAT, None, 409)
    school.ask("POST", USERS + "unassign", items(school.ids), 204)
    assert len(in_effect(school)) == 30
    school.tenant.advance(timedelta(hours=26))
    assert in_effect(school) == {}
    school.ask("DELETE", CHAT, None, 204)


def test_one_bad_assignment_spoils_the_call(school):
    key = made(school)
    school.ask("POST", USERS + "assign", items([*school.ids[:5], "nobody"], key), 400)
    school.ask("POST", USERS + "assign", items(school.ids[:5], "other"), 400)
    school.ask("POST", USERS + "assign", items(school.ids[:5], key, "TeamsMeetingPolicy"), 400)
    school.ask("POST", USERS + "assign", items(school.ids[:5]), 400)
    school.ask("POST", USERS + "unassign", items(school.ids[:5], key), 400)
    school.ask("POST", USERS + "assign", items(["x"] * 1001, key), 400)
    school.ask("POST", USERS + "assign", {"value": [{"userId": school.ids[0], "colour": "red"}]}, 400)
    assert school.tenant.show()["assignments"] == 0


def test_a_function_may_be_written_with_its_namespace(school):
    school.tenant.sleep(10)
    short = "/admin/teams/policy/getPolicyId(type='TeamsMeetingPolicy',name='Global')"
    long = short.replace("getPolicyId", "microsoft.graph.teamsAdministration.getPolicyId")
    assert school.get(long)["value"] == school.get(short)["value"] != []
