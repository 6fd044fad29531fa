"""Policies given to groups: who has which in effect, by what route, and when; delays set by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

ROOT = "https://graph.microsoft.com/v1.0"
GRANTS = "/sandbox/groupPolicyAssignments"
TYPE = "TeamsMessagingPolicy"
KIND = "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment"
DAY = timedelta(hours=27)


def policy(school, name, kind=TYPE):
    path = f"/Skype.Policy/configurations/{kind}/configuration/Tag:{name}"
    school.ask("PUT", path, {"Description": name}, 200)
    return path


def group(school, nickname, uids=()):
    body = {"displayName": nickname, "mailNickname": nickname, "mailEnabled": False, "securityEnabled": True}
    gid = school.ask("POST", "/groups", body, 201)["id"]
    for at in range(0, len(uids), 20):
        add(school, gid, uids[at : at + 20])
    return gid


def add(school, gid, uids):
    body = {"members@odata.bind": [f"{ROOT}/directoryObjects/{uid}" for uid in uids]}
    school.ask("PATCH", f"/groups/{gid}", body, 204)


def drop(school, gid, uid):
    school.ask("DELETE", f"/groups/{gid}/members/{uid}/$ref", None, 204)


def grant(school, gid, name, rank=None, kind=TYPE, status=201):
    body = {"groupId": gid, "policyType": kind, "policyName": name, "rank": rank}
    return school.ask("POST", GRANTS, body, status)


def in_effect(school, uid=None):
    found = school.get("/admin/teams/userConfigurations?$top=999")["value"]
    shown = {
        one["id"]: (held["policyAssignment"]["displayName"], held["policyAssignment"]["assignmentType"])
        for one in found
        for held in one["effectivePolicyAssignments"]
    }
    return shown if uid is None else shown.get(uid)


def assign(school, uids, name):
    school.tenant.sleep(5)
    found = school.get(f"/admin/teams/policy/getPolicyId(type='{TYPE}',name='{name}')")["value"]
    value = [{"@odata.type": KIND, "userId": uid, "policyType": TYPE, "policyId": found[0]["policyId"]} for uid in uids]
    school.ask("POST", "/admin/teams/policy/userAssignments/assign", {"value": value}, 204)


def unassign(school, uids):
    value = [{"@odata.type": KIND, "userId": uid, "policyType": TYPE} for uid in uids]
    school.ask("POST", "/admin/teams/policy/userAssignments/unassign", {"value": value}, 204)


def test_a_grant_reaches_the_members_over_a_day_and_names_the_group(school):
    policy(school, "Pupils")
    gid = group(school, "pupils", school.ids[:20])
    made = grant(school, gid, "Pupils", 1)
    assert (made["groupId"], made["policyType"], made["policyName"], made["rank"]) == (gid, TYPE, "Pupils", 1)
    assert in_effect(school) == {}
    school.tenant.advance(timedelta(hours=13))
    assert 0 < len(in_effect(school)) < 20
    school.tenant.advance(timedelta(hours=14))
    assert in_effect(school) == dict.fromkeys(school.ids[:20], ("Pupils", "group"))
    (held,) = school.get(f"/admin/teams/userConfigurations/{school.ids[0]}")["effectivePolicyAssignments"]
    assert held["policyAssignment"] == {
        "displayName": "Pupils",
        "assignmentType": "group",
        "policyId": made["policyId"],
        "groupId": gid,
    }


def test_who_joins_and_who_leaves_waits_too(school):
    policy(school, "Pupils")
    stays, joins, leaves = school.ids[:3]
    gid = group(school, "pupils", [stays, leaves])
    grant(school, gid, "Pupils")
    school.tenant.advance(DAY)
    add(school, gid, [joins])
    drop(school, gid, leaves)
    assert set(in_effect(school)) == {stays, leaves}
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == {stays, joins}


def test_who_leaves_and_comes_back_at_once_has_it_without_a_gap(school):
    policy(school, "Pupils")
    gid = group(school, "pupils", school.ids[:1])
    grant(school, gid, "Pupils")
    school.tenant.advance(DAY)
    drop(school, gid, school.ids[0])
    add(school, gid, school.ids[:1])
    for _ in range(30):
        school.tenant.advance(timedelta(hours=1))
        assert in_effect(school, school.ids[0]) == ("Pupils", "group")


def test_direct_beats_group_and_the_lowest_rank_wins(school):
    for name in ("First", "Second", "Own"):
        policy(school, name)
    one, both, direct = school.ids[:3]
    second, first = group(school, "second", [one, both, direct]), group(school, "first", [both])
    grant(school, second, "Second")
    grant(school, first, "First", 1)
    assert [(row["policyName"], row["rank"]) for row in school.get(GRANTS)["value"]] == [("First", 1), ("Second", 2)]
    assign(school, [direct], "Own")
    school.tenant.advance(DAY)
    assert in_effect(school) == {one: ("Second", "group"), both: ("First", "group"), direct: ("Own", "direct")}
    unassign(school, [direct])
    grant(school, first, "First", 2)
    school.tenant.advance(DAY)
    assert in_effect(school) == {one: ("Second", "group"), both: ("Second", "group"), direct: ("Second", "group")}


def test_another_policy_for_the_same_group_hands_over_without_a_gap(school):
    for name in ("Old", "New"):
        policy(school, name)
    gid = group(school, "pupils", school.ids[:5])
    first = grant(school, gid, "Old")
    assert grant(school, gid, "Old")["id"] == first["id"]
    school.tenant.advance(DAY)
    grant(school, gid, "New")
    seen = set()
    for _ in range(27):
        assert len(in_effect(school)) == 5
        seen |= {name for name, _route in in_effect(school).values()}
        school.tenant.advance(timedelta(hours=1))
    assert seen == {"Old", "New"}
    assert {name for name, _route in in_effect(school).values()} == {"New"}
    assert len(school.get(GRANTS)["value"]) == 1


def test_nested_groups_do_not_count(school):
    policy(school, "Pupils")
    inner = group(school, "inner", school.ids[:2])
    outer = group(school, "outer", [inner, school.ids[5]])
    grant(school, outer, "Pupils")
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == {school.ids[5]}


def test_a_team_may_be_the_group_too(school):
    policy(school, "Pupils")
    gid = school.make_team("seven")
    grant(school, gid, "Pupils")
    school.ask("POST", f"/teams/{gid}/members/add", school.members([school.ids[4], school.ids[5]]), 200)
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == {school.ids[0], school.ids[4], school.ids[5]}
    listed = school.get(f"/teams/{gid}/members")["value"]
    (key,) = [one["id"] for one in listed if one["userId"] == school.ids[5]]
    school.ask("DELETE", f"/teams/{gid}/members/{key}", None, 204)
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == {school.ids[0], school.ids[4]}


def test_a_policy_that_a_group_has_cannot_be_removed(school):
    path = policy(school, "Pupils")
    gid = group(school, "pupils")
    key = grant(school, gid, "Pupils")["id"]
    school.ask("DELETE", path, None, 409)
    add(school, gid, school.ids[:1])
    school.tenant.advance(DAY)
    school.ask("DELETE", f"{GRANTS}/{key}", None, 204)
    school.ask("DELETE", f"{GRANTS}/{key}", None, 404)
    school.ask("DELETE", path, None, 409)
    assert in_effect(school, school.ids[0]) == ("Pupils", "group")
    school.tenant.advance(DAY)
    assert in_effect(school) == {}
    school.ask("DELETE", path, None, 204)


def test_a_deleted_group_and_a_deleted_account_hold_nothing(school):
    policy(school, "Pupils")
    gid = group(school, "pupils", school.ids[:2])
    grant(school, gid, "Pupils")
    school.tenant.advance(DAY)
    school.ask("DELETE", f"/users/{school.ids[1]}", None, 204)
    assert set(in_effect(school)) == {school.ids[0]}
    school.ask("DELETE", f"/groups/{gid}", None, 204)
    assert school.get(GRANTS)["value"] == []
    school.tenant.advance(DAY)
    assert in_effect(school) == {}


def test_a_policy_type_goes_to_64_groups_at_most(school):
    policy(school, "Pupils")
    policy(school, "Meet", "TeamsMeetingPolicy")
    groups = [group(school, f"g{number}") for number in range(65)]
    for gid in groups[:64]:
        grant(school, gid, "Pupils")
    assert "64" in grant(school, groups[64], "Pupils", status=400)["error"]["message"]
    grant(school, groups[0], "Pupils", 3)
    grant(school, groups[64], "Meet", kind="TeamsMeetingPolicy")
    assert [one["rank"] for one in school.get(GRANTS)["value"]] == [1, *range(1, 65)]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"groupId": "nothing"}, 404),
        ({"policyName": "Nobody's"}, 404),
        ({"policyName": "Global"}, 404),
        ({"policyType": "TeamsClientConfiguration"}, 400),
        ({"policyType": "Nonsense"}, 400),
        ({"rank": 0}, 400),
        ({"rank": True}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_a_grant_that_cannot_be_is_refused(school, change, status):
    policy(school, "Pupils")
    body = {"groupId": group(school, "pupils"), "policyType": TYPE, "policyName": "Pupils", "rank": 1}
    school.ask("POST", GRANTS, body | change, status)
    assert school.get(GRANTS)["value"] == []


def delay(school, uids, hours, kind=None, status=204):
    return school.ask("POST", "/sandbox/policyDelays", {"userIds": uids, "hours": hours, "policyType": kind}, status)


def test_some_get_it_in_two_hours_one_in_three_days_one_never(school):
    policy(school, "Pupils")
    quick, slow, never = school.ids[:10], school.ids[10], school.ids[11]
    delay(school, quick, 2)
    delay(school, [slow], 72, TYPE)
    delay(school, [never], None)
    assign(school, [*quick, slow, never], "Pupils")
    school.tenant.advance(timedelta(hours=2))
    assert set(in_effect(school)) == set(quick)
    school.tenant.advance(timedelta(hours=69))
    assert slow not in in_effect(school)
    school.tenant.advance(timedelta(hours=1))
    assert set(in_effect(school)) == {*quick, slow}
    school.tenant.advance(timedelta(days=30))
    assert never not in in_effect(school)
    school.ask("DELETE", "/sandbox/policyDelays", None, 204)
    assert never not in in_effect(school)
    school.tenant.advance(DAY)
    assert in_effect(school, never) == ("Pupils", "direct")


def test_a_delay_of_another_type_changes_nothing(school):
    policy(school, "Pupils")
    delay(school, school.ids, None, "TeamsMeetingPolicy")
    assign(school, school.ids, "Pupils")
    school.tenant.advance(DAY)
    assert len(in_effect(school)) == 30


def test_delays_hold_for_groups_as_well(school):
    policy(school, "Pupils")
    gid = group(school, "pupils", school.ids[:3])
    delay(school, [school.ids[0]], None)
    grant(school, gid, "Pupils")
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == set(school.ids[1:3])
    delay(school, [school.ids[1]], None)
    drop(school, gid, school.ids[1])
    drop(school, gid, school.ids[2])
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == {school.ids[1]}
    school.ask("DELETE", "/sandbox/policyDelays", None, 204)
    school.tenant.advance(DAY)
    assert set(in_effect(school)) == {school.ids[0]}


@pytest.mark.parametrize(("uids", "hours", "status"), [(["nobody"], 1, 404), ([], 1, 400), (["x"], -1, 400)])
def test_a_delay_for_nobody_is_refused(school, uids, hours, status):
    delay(school, uids, hours, status=status)
