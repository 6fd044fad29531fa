"""Faults that look into the body, and what a refusal says."""

from __future__ import annotations

import pytest

GROUP = {"displayName": "Pupils", "mailNickname": "pupils", "mailEnabled": False, "securityEnabled": True}


def test_a_fault_about_one_body_leaves_the_others_alone(school):
    school.tenant.add_fault({"path": "^/groups$", "status": 409, "contains": "PÜPILS", "message": "Not this one"})
    school.ask("POST", "/groups", GROUP, 201)
    refused = school.ask("POST", "/groups", {**GROUP, "displayName": "Püpils"}, 409)
    assert refused["error"]["message"] == "Not this one"
    assert refused["error"]["code"] == "Conflict"
    school.get("/groups")


def test_what_does_not_match_is_not_counted(school):
    school.tenant.add_fault({"path": "^/groups$", "status": 500, "contains": "odd", "every": 2})
    names = ["odd1", "even1", "odd2", "even2", "odd3", "odd4"]
    found = [school.tenant.request("POST", "/v1.0/groups", {**GROUP, "mailNickname": name})[0] for name in names]
    assert found == [201, 201, 500, 201, 201, 500]


def test_a_fault_finds_the_body_of_one_request_of_a_batch(school):
    school.tenant.add_fault({"path": "^/groups$", "status": 400, "contains": "second"})
    json = {"Content-Type": "application/json"}
    asked = [
        {"id": name, "method": "POST", "url": "/groups", "headers": json, "body": {**GROUP, "mailNickname": name}}
        for name in ("first", "second")
    ]
    answers = school.ask("POST", "/$batch", {"requests": asked}, 200)["responses"]
    assert {one["id"]: one["status"] for one in answers} == {"first": 201, "second": 400}


@pytest.mark.parametrize("other", [{"status": 204}, {"status": 0}, {"status": 400, "body": {"error": {}}}])
def test_words_without_an_error_of_the_tenants_own_are_refused(school, other):
    with pytest.raises(ValueError, match="message"):
        school.tenant.add_fault({"path": "/groups", "message": "x", **other})
