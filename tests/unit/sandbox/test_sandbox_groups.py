"""Security groups: made, found, their members added, paged and taken out, groups inside groups."""

from __future__ import annotations

from datetime import timedelta

import pytest

ROOT = "https://graph.microsoft.com/v1.0"
BODY = {"displayName": "Pupils", "mailNickname": "pupils", "mailEnabled": False, "securityEnabled": True}


def made(school, **other):
    return school.ask("POST", "/groups", {**BODY, **other}, 201)["id"]


def bind(uids):
    return {"members@odata.bind": [f"{ROOT}/directoryObjects/{uid}" for uid in uids]}


def members(school, gid, query="?$select=id&$top=999"):
    return {one["id"] for one in school.get(f"/groups/{gid}/members{query}")["value"]}


def test_a_security_group_has_no_mail_and_no_team(school):
    gid = made(school)
    group = school.get(f"/groups/{gid}")
    assert (group["groupTypes"], group["securityEnabled"], group["mailEnabled"]) == ([], True, False)
    assert (group["mail"], group["proxyAddresses"], group["visibility"]) == (None, [], None)
    school.tenant.advance(timedelta(minutes=10))
    school.ask("POST", f"/groups/{gid}/owners/$ref", {"@odata.id": f"{ROOT}/users/{school.ids[0]}"}, 204)
    school.ask("POST", "/teams", school.team_body(gid), 400)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mailEnabled": True}, "mailEnabled"),
        ({"securityEnabled": False}, "securityEnabled"),
        ({"groupTypes": ["DynamicMembership"]}, "groupTypes"),
        ({"mailNickname": None}, "mailNickname"),
        ({"displayName": None}, "displayName"),
        ({"shoeSize": 4}, "shoeSize"),
    ],
)
def test_a_group_that_graph_does_not_make_is_refused_by_name(school, change, named):
    assert named in school.ask("POST", "/groups", {**BODY, **change}, 400)["error"]["message"]


def test_it_is_found_by_name_and_nickname_after_replication(school):
    gid = made(school, displayName="Pupils' group")
    by_name, by_nickname = "/groups?$filter=displayName eq 'Pupils'' group'", "/groups?$filter=mailNickname eq 'pupils'"
    assert school.get(by_name)["value"] == school.get(by_nickname)["value"] == []
    school.tenant.advance(timedelta(minutes=10))
    assert [one["id"] for one in school.get(by_name)["value"]] == [gid]
    assert [one["id"] for one in school.get(by_nickname)["value"]] == [gid]
    assert school.get("/groups?$filter=groupTypes/any(c:c eq 'Unified')")["value"] == []


def test_members_are_added_twenty_at_a_time_and_all_or_none(school):
    gid = made(school)
    school.ask("PATCH", f"/groups/{gid}", bind(school.ids[:20]), 204)
    school.ask("PATCH", f"/groups/{gid}", bind(school.ids[:21]), 400)
    again = school.ask("PATCH", f"/groups/{gid}", bind([school.ids[25], school.ids[3]]), 400)
    assert "already exist" in again["error"]["message"]
    school.ask("PATCH", f"/groups/{gid}", bind([school.ids[25], "nobody"]), 404)
    assert members(school, gid) == set(school.ids[:20])
    school.ask("POST", f"/groups/{gid}/members/$ref", {"@odata.id": f"{ROOT}/users/{school.ids[20]}"}, 204)
    school.ask("POST", f"/groups/{gid}/members/$ref", {"@odata.id": f"{ROOT}/users/{school.ids[20]}"}, 400)
    page = school.get(f"/groups/{gid}/members?$select=id&$top=15")
    assert (len(page["value"]), set(page["value"][0])) == (15, {"@odata.type", "id"})
    assert len(school.get(page["@odata.nextLink"].removeprefix(ROOT))["value"]) == 6


def test_a_member_is_taken_out_once(school):
    gid = made(school)
    school.ask("PATCH", f"/groups/{gid}", bind(school.ids[:2]), 204)
    school.ask("DELETE", f"/groups/{gid}/members/{school.ids[0]}/$ref", None, 204)
    school.ask("DELETE", f"/groups/{gid}/members/{school.ids[0]}/$ref", None, 404)
    school.ask("DELETE", f"/groups/nothing/members/{school.ids[1]}/$ref", None, 404)
    assert members(school, gid) == {school.ids[1]}


def test_a_security_group_in_another_shows_as_a_group(school):
    outer, inner = made(school), made(school, displayName="Year 7", mailNickname="year7")
    school.ask("PATCH", f"/groups/{inner}", bind(school.ids[:2]), 204)
    school.ask("PATCH", f"/groups/{outer}", bind([inner, school.ids[5]]), 204)
    shown = {one["id"]: one["@odata.type"] for one in school.get(f"/groups/{outer}/members?$select=id")["value"]}
    assert shown == {school.ids[5]: "#microsoft.graph.user", inner: "#microsoft.graph.group"}
    (only,) = school.get(f"/groups/{outer}/members/microsoft.graph.user?$select=id")["value"]
    assert only == {"id": school.ids[5]}
    school.ask("PATCH", f"/groups/{outer}", bind([outer]), 400)
    school.ask("POST", f"/groups/{school.make_class('7a')}/members/$ref", {"@odata.id": f"{ROOT}/groups/{inner}"}, 400)
    school.ask("DELETE", f"/groups/{outer}/members/{inner}/$ref", None, 204)
    assert members(school, outer) == {school.ids[5]}


def test_a_deleted_security_group_shows_as_not_enabled_and_comes_back(school):
    gid = made(school)
    school.ask("DELETE", f"/groups/{gid}", None, 204)
    (gone,) = school.get("/directory/deletedItems/microsoft.graph.group")["value"]
    assert (gone["id"], gone["securityEnabled"], gone["groupTypes"]) == (gid, False, [])
    school.ask("POST", f"/directory/deletedItems/{gid}/restore", None, 200)
    assert school.get(f"/groups/{gid}")["securityEnabled"] is True
