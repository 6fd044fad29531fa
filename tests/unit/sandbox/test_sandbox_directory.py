"""Users, groups and classes: pages, filters, replication, nicknames, error bodies."""

from __future__ import annotations

import stat
import sys
from datetime import timedelta

import pytest

from teamskit.sandbox.clock import SECOND
from teamskit.sandbox.group_store import replication_us


def test_users_come_in_pages_with_default_properties_only(school):
    page = school.get("/users?$top=20")
    assert len(page["value"]) == 20
    assert set(page["value"][0]) >= {"id", "displayName", "userPrincipalName", "businessPhones"}
    assert "userType" not in page["value"][0]
    rest = school.get(page["@odata.nextLink"].removeprefix("https://graph.microsoft.com/v1.0"))
    assert len(rest["value"]) == 10
    assert "@odata.nextLink" not in rest


@pytest.mark.parametrize("query", ["$top=1000", "$top=0", "$select=nickname", "$filter=shoeSize eq 4", "$filter=id eq"])
def test_users_refuse_bad_options(school, query):
    school.get("/users?" + query, 400)


def test_users_are_found_by_filter_and_by_name(school):
    school.tenant.seed([{"userPrincipalName": "o'neill@school.example", "displayName": "O", "userType": "Guest"}])
    one = school.get("/users?$filter=userPrincipalName eq 'O''Neill@school.example'&$select=id,userType")["value"]
    assert [user["userType"] for user in one] == ["Guest"]
    path = "/v1.0/users?$count=true&$filter=startswith(displayName,'person 1') and not (userType eq 'Guest')"
    status, _, body = school.tenant.request("GET", path, headers={"ConsistencyLevel": "eventual"})
    assert (status, len(body["value"])) == (200, 10)
    assert school.get("/users/p03%40school.example")["displayName"] == "Person 03"
    school.get("/users/nobody@school.example", 404)


def test_errors_have_the_documented_body(school):
    status, headers, body = school.tenant.request("GET", "/v1.0/users/nobody", headers={"client-request-id": "mine"})
    assert status == 404
    assert body["error"]["code"] == "Request_ResourceNotFound"
    assert body["error"]["innerError"]["request-id"] == headers["request-id"]
    assert body["error"]["innerError"]["client-request-id"] == "mine"
    assert body["error"]["innerError"]["date"].startswith("2026-09-01T06:00")


def test_no_token_is_401(school):
    status, _headers, body = school.tenant.request("GET", "/v1.0/users", headers={"Authorization": ""})
    assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")


def test_unknown_path_and_method(school):
    school.get("/nowhere", 404)
    school.ask("DELETE", "/users", None, 405)


def test_a_new_class_is_seen_by_lists_only_after_replication(school):
    gid = school.make_class("10a-ma1")
    assert school.get(f"/education/classes/{gid}")["externalId"] == "10a-ma1"
    assert [user["id"] for user in school.get(f"/education/classes/{gid}/teachers")["value"]] == [school.ids[0]]
    assert school.get("/education/classes")["value"] == []
    assert school.get("/groups?$filter=mailNickname eq '10a-ma1'")["value"] == []
    school.tenant.advance(timedelta(microseconds=replication_us(0, "10a-ma1")))
    assert [one["id"] for one in school.get("/education/classes")["value"]] == [gid]
    assert [one["id"] for one in school.get("/groups?$filter=mailNickname eq '10A-MA1'")["value"]] == [gid]
    assert school.get("/groups?$filter=groupTypes/any(c:c+eq+%27Unified%27)&$top=100")["value"][0]["id"] == gid


def test_replication_is_mostly_quick_and_sometimes_slow():
    seconds = sorted(replication_us(0, f"class-{n}") / SECOND for n in range(1000))
    assert seconds[0] >= 4 and seconds[-1] <= 300
    assert 5 <= sum(one > 20 for one in seconds) <= 60


@pytest.mark.parametrize("nickname", ["10a ma1", "a@b", "x" * 65, "naïve", "", "a;b"])
def test_illegal_nicknames_are_refused(school, nickname):
    school.ask("POST", "/education/classes", {"displayName": "X", "mailNickname": nickname}, 400)


def test_a_nickname_is_unique_even_when_its_group_is_deleted(school):
    gid = school.make_class("seven")
    body = {"displayName": "Seven", "mailNickname": "SEVEN"}
    error = school.ask("POST", "/education/classes", body, 400)["error"]
    assert error["code"] == "Request_BadRequest"
    assert error["details"][0]["code"] == "ObjectConflict"
    school.ask("DELETE", f"/groups/{gid}", None, 204)
    school.get(f"/education/classes/{gid}", 404)
    school.ask("POST", "/education/classes", body, 400)
    assert school.get("/directory/deletedItems/microsoft.graph.group")["value"][0]["deletedDateTime"]
    school.ask("POST", f"/directory/deletedItems/{gid}/restore", None, 200)
    assert school.get(f"/education/classes/{gid}")["displayName"] == "SEVEN"
    school.ask("DELETE", f"/groups/{gid}", None, 204)
    school.tenant.advance(timedelta(days=31))
    assert school.get("/directory/deletedItems/microsoft.graph.group")["value"] == []
    school.ask("POST", "/education/classes", body, 201)


@pytest.mark.parametrize(
    "extra",
    [
        {"shoeSize": 4},
        {"grade": 7},
        {"externalSource": "magic"},
        {"term": {"startDate": "soon"}},
        {"displayName": None},
    ],
)
def test_a_class_body_is_held_against_the_schema(school, extra):
    body = {"displayName": "X", "mailNickname": "x", **extra}
    message = school.ask("POST", "/education/classes", body, 400)["error"]["message"]
    assert next(iter(extra)) in message or "startDate" in message


def test_adding_somebody_twice_or_nobody(school):
    gid = school.make_class("eight")
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/education/users/{school.ids[0]}"}
    school.ask("POST", f"/education/classes/{gid}/teachers/$ref", reference, 400)
    school.ask("POST", f"/education/classes/{gid}/members/$ref", {"@odata.id": "https://x/users/nobody"}, 404)
    school.ask("DELETE", f"/education/classes/{gid}/members/{school.ids[0]}/$ref", None, 204)
    school.ask("DELETE", f"/education/classes/{gid}/teachers/{school.ids[0]}/$ref", None, 400)


def test_a_group_of_somebody_else_takes_a_nickname(school):
    body = {"displayName": "Chess", "mailNickname": "chess", "groupTypes": ["Unified"], "mailEnabled": True}
    body["securityEnabled"] = False
    gid = school.ask("POST", "/groups", body, 201)["id"]
    school.ask("POST", "/education/classes", {"displayName": "Chess", "mailNickname": "chess"}, 400)
    school.ask("PATCH", f"/groups/{gid}", {"displayName": "Chess club"}, 204)
    assert school.get(f"/groups/{gid}?$select=displayName")["displayName"] == "Chess club"
    school.get(f"/education/classes/{gid}", 404)


def test_an_expired_page_link_can_be_had_by_a_fault(school):
    body = {"error": {"code": "Directory_ExpiredPageToken", "message": "again"}}
    school.tenant.add_fault({"path": r"/users\?.*skiptoken", "status": 400, "times": 1, "body": body})
    link = school.get("/users?$top=20")["@odata.nextLink"].removeprefix("https://graph.microsoft.com/v1.0")
    assert school.get(link, 400)["error"]["code"] == "Directory_ExpiredPageToken"
    assert len(school.get(link)["value"]) == 10


def test_seeding_again_replaces_and_checks(school):
    assert school.tenant.seed([{"id": school.ids[0], "userPrincipalName": "new@school.example"}]) == 1
    assert len(school.get("/users?$top=999")["value"]) == 30
    with pytest.raises(ValueError, match="shoe"):
        school.tenant.seed([{"userPrincipalName": "x@school.example", "shoe": 1}])


@pytest.mark.skipif(sys.platform == "win32", reason="file modes")
def test_the_file_is_its_owners_alone(school, tmp_path):
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_directory_extension_is_kept(school):
    gid = school.make_class("Exp0725_Section_11001")
    name = "extension_fe2174665583431c953114ff7268b7b3_Education_Status"
    school.ask("PATCH", f"/groups/{gid}", {name: "expired"}, 204)
    assert school.get(f"/groups/{gid}?$select=id,{name}")[name] == "expired"
    school.tenant.sleep(301)
    assert len(school.get(f"/groups?$filter={name} eq 'Expired'")["value"]) == 1
