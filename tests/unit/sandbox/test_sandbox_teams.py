"""Teams: creation by operation, replication, bulk members, archiving."""

from __future__ import annotations

from datetime import timedelta


def members(school, tid, query=""):
    return {one["userId"]: one["roles"] for one in school.get(f"/teams/{tid}/members{query}")["value"]}


def test_a_team_is_made_by_an_operation(school):
    gid = school.make_class("ten")
    assert school.ask("POST", "/teams", school.team_body(gid), 404)["error"]["code"] == "NotFound"
    school.tenant.sleep(301)
    status, headers, body = school.tenant.request("POST", "/v1.0/teams", school.team_body(gid))
    assert (status, body) == (202, None)
    assert headers["Content-Location"] == f"/teams('{gid}')"
    states = []
    for _ in range(31):
        states.append(school.get(headers["Location"])["status"])
        if states[-1] != "succeeded":
            school.get(f"/teams/{gid}", 404)
            school.ask("POST", f"/teams/{gid}/members/remove", school.members(school.ids[1:2]), 404)
        school.tenant.sleep(1)
    assert list(dict.fromkeys(states)) == ["notStarted", "inProgress", "succeeded"]
    assert school.get(f"/teams/{gid}?$select=isArchived")["isArchived"] is False
    assert members(school, gid) == {school.ids[0]: ["owner"]}
    assert school.get(f"/groups/{gid}")["resourceProvisioningOptions"] == ["Team"]
    found = school.get("/groups?$filter=resourceProvisioningOptions/Any(x:x eq 'Team')")["value"]
    assert [one["id"] for one in found] == [gid]
    school.ask("POST", "/teams", school.team_body(gid), 409)


def test_a_team_needs_an_owner_and_inherits_from_its_group(school):
    gid = school.make_class("eleven", owner=None)
    school.tenant.sleep(301)
    school.ask("POST", "/teams", school.team_body(gid), 400)
    school.ask("POST", "/teams", {**school.team_body(gid), "displayName": "x"}, 400)
    school.ask("POST", "/teams", {**school.team_body(gid), "colour": "red"}, 400)
    school.ask("PUT", f"/groups/{gid}/team", {}, 400)


def test_put_team_answers_at_once(school):
    gid = school.make_class("twelve")
    school.ask("PUT", f"/groups/{gid}/team", None, 404)
    school.tenant.sleep(301)
    body = {"funSettings": {"allowGiphy": False}}
    assert school.ask("PUT", f"/groups/{gid}/team", body, 201)["funSettings"]["allowGiphy"] is False
    school.ask("PUT", f"/groups/{gid}/team", body, 409)


def test_a_team_in_one_call(school):
    body = {"template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('educationClass')"}
    school.ask("POST", "/teams", {**body, "displayName": "Chess"}, 400)
    body["displayName"], body["members"] = "Chess", school.members(school.ids[:1], owner=True)["values"]
    _status, headers, _ = school.tenant.request("POST", "/v1.0/teams", body)
    school.tenant.sleep(30)
    assert school.get(headers["Content-Location"])["displayName"] == "Chess"


def test_bulk_add_says_200_or_207(school):
    tid = school.make_team("team")
    answer = school.ask("POST", f"/teams/{tid}/members/add", school.members(school.ids[1:4]), 200)
    assert {one["error"] for one in answer["value"]} == {None}
    assert set(members(school, tid)) == {school.ids[0]}
    school.tenant.sleep(2)
    assert set(members(school, tid)) == set(school.ids[:4])
    answer = school.ask("POST", f"/teams/{tid}/members/add", school.members([school.ids[5], "nobody"]), 207)
    assert [one["userId"] for one in answer["value"] if one["error"]] == ["nobody"]
    school.tenant.set_flag("strict_bulk_add", True)
    school.ask("POST", f"/teams/{tid}/members/add", school.members([school.ids[6], "nobody"]), 404)
    school.tenant.sleep(2)
    assert set(members(school, tid)) == {*school.ids[:4], school.ids[5]}
    assert len(school.get(f"/groups/{tid}/members")["value"]) == 5


def test_bulk_bounds(school):
    tid = school.make_team("team")
    school.ask("POST", f"/teams/{tid}/members/add", school.members(["x"] * 201), 400)
    school.ask("POST", f"/teams/{tid}/members/remove", school.members(["x"] * 21), 400)
    school.ask("POST", f"/teams/{tid}/members/add", {"values": [{"roles": []}]}, 400)
    school.ask("POST", f"/teams/{tid}/members/add", {"value": []}, 400)


def test_bulk_remove_says_204_or_207(school):
    tid = school.make_team("team")
    school.ask("POST", f"/teams/{tid}/members/add", school.members(school.ids[1:4]), 200)
    assert school.ask("POST", f"/teams/{tid}/members/remove", school.members(school.ids[1:2]), 204) is None
    answer = school.ask("POST", f"/teams/{tid}/members/remove", school.members(school.ids[1:3]), 207)
    assert [one["error"] is None for one in answer["value"]] == [False, True]
    school.tenant.sleep(2)
    assert set(members(school, tid)) == {school.ids[0], school.ids[3]}


def test_one_membership(school):
    tid = school.make_team("team")
    body = school.members(school.ids[1:2])["values"][0]
    key = school.ask("POST", f"/teams/{tid}/members", body, 201)["id"]
    school.ask("PATCH", f"/teams/{tid}/members/{key}", {**body, "roles": ["owner"]}, 200)
    school.tenant.sleep(2)
    assert members(school, tid)[school.ids[1]] == ["owner"]
    query = f"?$filter=(microsoft.graph.aadUserConversationMember/userId eq '{school.ids[1]}')"
    assert set(members(school, tid, query)) == {school.ids[1]}
    school.ask("DELETE", f"/teams/{tid}/members/{key}", None, 204)
    assert set(members(school, tid)) == {school.ids[0]}


def test_the_groups_people_reach_the_team_a_day_later(school):
    tid = school.make_team("team")
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{school.ids[9]}"}
    school.ask("POST", f"/groups/{tid}/members/$ref", reference, 204)
    school.tenant.advance(timedelta(hours=23))
    assert school.ids[9] not in members(school, tid)
    school.tenant.advance(timedelta(hours=1))
    assert school.ids[9] in members(school, tid)
    school.ask("DELETE", f"/groups/{tid}/members/{school.ids[9]}/$ref", None, 204)
    assert school.ids[9] in members(school, tid)
    school.tenant.advance(timedelta(hours=24))
    assert school.ids[9] not in members(school, tid)


def test_archive_and_unarchive(school):
    tid = school.make_team("team")
    school.ask("POST", f"/teams/{tid}/archive", {"shouldSetSpoSiteReadOnlyForMembers": True}, 400)
    for verb, archived in (("archive", True), ("unarchive", False)):
        _status, headers, _ = school.tenant.request("POST", f"/v1.0/teams/{tid}/{verb}")
        assert school.get(f"/teams/{tid}")["isArchived"] is not archived
        school.tenant.sleep(5)
        assert school.get(headers["Location"])["status"] == "succeeded"
        assert school.get(f"/teams/{tid}")["isArchived"] is archived


def test_channels_name_one_thread(school):
    tid = school.make_team("team")
    channel = school.get(f"/teams/{tid}/primaryChannel")
    assert [one["id"] for one in school.get(f"/teams/{tid}/channels")["value"]] == [channel["id"]]
    assert school.get(f"/teams/{tid}/channels/{channel['id']}/filesFolder")["name"] == "General"
    school.get(f"/teams/{tid}/channels/other", 404)


def test_a_deleted_group_takes_its_team_along(school):
    tid = school.make_team("team")
    school.ask("DELETE", f"/groups/{tid}", None, 204)
    school.get(f"/teams/{tid}", 404)
    assert school.tenant.show()["teams"] == 0


def test_show_counts_what_is_there(school):
    school.make_team("team")
    shown = school.tenant.show()
    assert {name: shown[name] for name in ("users", "groups", "teams", "memberships")} == {
        "users": 30,
        "groups": 1,
        "teams": 1,
        "memberships": 1,
    }
    assert shown["requests"]["by"]["POST /teams 202"] == 1
    assert shown["requests"]["writes_accepted"] == 4
