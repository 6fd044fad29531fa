"""Tests that what does not fit Microsoft's schema is found, and told by name."""

import contract
import pytest

USER = {"id": "x", "displayName": "A"}


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "/education/classes", {"displayName": "7A", "nickname": "7a"}, "body.nickname: not in"),
        ("POST", "/education/classes", {"displayName": 7}, "body.displayName: no Edm.String: int"),
        ("POST", "/education/classes", {"externalSource": "mis"}, "not among the values of"),
        ("POST", "/education/classes", {"term": {"startDate": "1 September"}}, "body.term.startDate: no Edm.Date"),
        ("POST", "/teams/x/members/add", {}, "the action wants values"),
        ("POST", "/teams/x/members/add", {"values": [], "value": []}, "body.value: not a parameter"),
        ("POST", "/teams/x/members/add", {"values": [{"@odata.type": "#microsoft.graph.user"}]}, "is no"),
        ("POST", "/admin/teams/policy/userAssignments/assign", {}, "the action wants value"),
        ("PATCH", "/users/x/onlineMeetings/y", {"allowRecordings": True}, "body.allowRecordings: not in"),
        ("PATCH", "/users/x/onlineMeetings/y", {"lobbyBypassSettings": {"scope": "all"}}, "lobbyBypassSettings.scope"),
        ("POST", "/users/x/events", {"attendees": {"type": "required"}}, "body.attendees: a list is wanted"),
        ("POST", "/education/classes/x/members/$ref", {"id": "y"}, "body.id: not in a reference"),
        ("POST", "/nowhere", {"a": 1}, "the schema has no such path"),
        ("PATCH", "/groups/x", {"member@odata.bind": []}, "body.member: not in microsoft.graph.group"),
    ],
)
def test_a_request_that_does_not_fit_is_told_by_name(method, path, body, told):
    whole = list(contract.wrong_in_request(method, path, body))
    assert len(whole) == 1
    assert told in whole[0]
    batch = {"requests": [{"id": "1", "method": method, "url": path, "body": body}]}
    assert list(contract.wrong_in_request("POST", "/$batch", batch)) == whole


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/users?$select=id", {"value": [{**USER, "nick": "a"}]}, "[].nick: not in microsoft.graph.user"),
        ("/users", {"value": [USER], "count": 1}, "count: not in a list"),
        ("/users/x", {**USER, "accountEnabled": "yes"}, "accountEnabled: no Edm.Boolean"),
        ("/communications/callRecords", {"value": [{"type": "group"}]}, "not among the values of"),
        ("/groups/x/members", {"value": [{"@odata.type": "#microsoft.graph.pupil"}]}, "is no"),
        ("/drives/x/root:/Recordings/a.mp4:/children", {"value": [{"length": 1}]}, "[].length: not in"),
        ("/drives/x/items/y/permissions", {"value": [{"link": {"kind": "view"}}]}, "[].link.kind: not in"),
        ("/teams/x/operations/y", {"status": "done"}, "not among the values of"),
        ("/users/x/calendarView", {"value": [{"start": "2026"}]}, "[].start: an object is wanted"),
    ],
)
def test_an_answer_that_does_not_fit_is_told_by_name(path, answer, told):
    whole = list(contract.wrong_in_answer("GET", path, 200, answer))
    assert len(whole) == 1
    assert told in whole[0]
    asked = {"requests": [{"id": "7", "method": "GET", "url": path}]}
    batch = {"responses": [{"id": "7", "status": 200, "body": answer}]}
    assert list(contract.wrong_in_answer("POST", "/$batch", 200, batch, asked)) == whole


def test_what_fits_is_let_through():
    kind = "#microsoft.graph.aadUserConversationMember"
    bind = "https://graph.microsoft.com/v1.0/users('x')"
    member = {"@odata.type": kind, "roles": ["owner"], "user@odata.bind": bind}
    assert list(contract.wrong_in_request("POST", "/teams/x/members/add", {"values": [member]})) == []
    name = "extension_fe2174665583431c953114ff7268b7b3_Education_Status"
    page = {"@odata.context": "x", "@odata.nextLink": "y", "value": [{**USER, name: "Expired"}]}
    assert list(contract.wrong_in_answer("GET", "/users", 200, page)) == []
    refused = {"error": {"code": "NotFound"}}
    assert list(contract.wrong_in_answer("GET", "/users/x", 404, refused)) == []


def test_types_from_the_pages_do_not_stand_in_for_published_ones():
    import json

    published = json.loads((contract.DATA / "graph_schema.v1.json").read_text(encoding="utf-8"))
    pages = json.loads((contract.DATA / "graph_schema_pages.json").read_text(encoding="utf-8"))
    assert published["source"].startswith("Microsoft Graph v1.0 CSDL")
    assert pages["source"].startswith("Made in this project")
    assert set(pages["types"]).isdisjoint(published["types"])
    assert all(set(more).isdisjoint(published["types"][name]["properties"]) for name, more in pages["also"].items())
