"""`$batch`, limits, faults and counting."""

from __future__ import annotations

import time

import pytest

JSON = {"Content-Type": "application/json"}


def batch(school, *requests, status=200):
    answer = school.ask("POST", "/$batch", {"requests": list(requests)}, status)
    return {one["id"]: one for one in answer["responses"]} if status == 200 else answer


def get(key, url, **more):
    return {"id": key, "method": "GET", "url": url, **more}


def test_members_are_answered_one_by_one(school):
    answers = batch(school, get(1, "/users/p00%40school.example?$select=id"), get("b", "users/nobody"), get("c", "/no"))
    assert answers["1"]["status"] == 200
    assert answers["1"]["body"]["id"] == school.ids[0]
    assert answers["1"]["headers"]["x-ms-resource-unit"] == "1"
    assert (answers["b"]["status"], answers["c"]["status"]) == (404, 404)
    requests = school.tenant.show()["requests"]
    assert requests["round_trips"] == 1
    assert requests["by"] == {
        "GET (unknown) 404": 1,
        "GET /users/{id} 200": 1,
        "GET /users/{id} 404": 1,
        "POST /$batch 200": 1,
    }


@pytest.mark.parametrize(
    "requests",
    [
        [get("a", "/users"), get("A", "/users")],
        [get(str(n), "/users") for n in range(21)],
        [get("a", "https://elsewhere.example/users")],
        [get("a", "/users", dependsOn=["z"])],
        [{"id": "a", "url": "/users"}],
        [],
    ],
)
def test_a_malformed_batch_is_400(school, requests):
    batch(school, *requests, status=400)


def test_a_child_of_a_failed_parent_is_424(school):
    answers = batch(school, get("a", "/users/nobody"), get("b", "/users", dependsOn=["a"]), get("c", "/users"))
    assert [answers[key]["status"] for key in "abc"] == [404, 424, 200]


def test_a_body_needs_its_content_type(school):
    body = {"displayName": "A", "mailNickname": "a"}
    post = {"id": "a", "method": "POST", "url": "/education/classes", "body": body}
    assert batch(school, post)["a"]["status"] == 400
    assert batch(school, {**post, "headers": JSON})["a"]["status"] == 201


def test_a_204_member_has_no_body(school):
    gid = school.make_class("one", owner=None)
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{school.ids[3]}"}
    url = f"/education/classes/{gid}/members/$ref"
    answer = batch(school, {"id": "a", "method": "POST", "url": url, "headers": JSON, "body": body})["a"]
    assert answer["status"] == 204
    assert "body" not in answer


def test_the_eleventh_team_of_a_batch_is_throttled(school):
    gids = [school.make_class(f"c{n}") for n in range(12)]
    school.tenant.sleep(301)
    posts = [
        {"id": n, "method": "POST", "url": "/teams", "headers": JSON, "body": school.team_body(gid)}
        for n, gid in enumerate(gids)
    ]
    answers = batch(school, *posts)
    assert [answers[str(n)]["status"] for n in range(12)] == [202] * 10 + [429] * 2
    error = answers["11"]
    assert error["headers"]["Retry-After"] == "1"
    assert error["body"]["error"]["code"] == "TooManyRequests"
    assert error["body"]["error"]["innerError"]["status"] == "429"
    assert school.tenant.show()["requests"]["throttled"] == 2
    school.tenant.sleep(1)
    assert {one["status"] for one in batch(school, *posts[10:]).values()} == {202}


def test_members_add_takes_four_a_minute_per_team(school):
    tid = school.make_team("team")
    body = school.members(school.ids[1:2])
    for _ in range(4):
        school.ask("POST", f"/teams/{tid}/members/add", body, 200)
        school.tenant.sleep(1)
    status, headers, _ = school.tenant.request("POST", f"/v1.0/teams/{tid}/members/add", body)
    assert (status, headers["Retry-After"]) == (429, "56")
    school.tenant.sleep(56)
    school.ask("POST", f"/teams/{tid}/members/add", body, 200)


def test_directory_writes_warn_before_the_limit(school):
    gid = school.make_class("one", owner=None)
    seen = []
    for _ in range(3001):
        status, headers, _ = school.tenant.request("PATCH", f"/v1.0/groups/{gid}", {"description": "x"})
        seen.append((status, headers.get("x-ms-throttle-limit-percentage")))
    assert seen[0] == (204, None)
    assert seen[2500] == (204, "0.83")
    assert seen[-1][0] == 429
    assert headers["Retry-After"] == "150"
    assert "x-ms-throttle-scope" in headers


def test_the_call_record_list_takes_forty_in_twenty_seconds(school):
    for _ in range(40):
        school.get("/communications/callRecords")
    school.get("/communications/callRecords", 429)
    school.tenant.sleep(20)
    school.get("/communications/callRecords")


def test_faults_fire_by_times_every_and_after(school):
    tenant = school.tenant
    tenant.add_fault({"method": "GET", "path": "^/users", "status": 503, "every": 3, "headers": {"Retry-After": "5"}})
    statuses = [tenant.request("GET", "/v1.0/users")[0] for _ in range(6)]
    assert statuses == [200, 200, 503, 200, 200, 503]
    tenant.clear_faults()
    tenant.add_fault({"path": "^/users", "status": 404, "times": 2, "after": 1})
    assert [tenant.request("GET", "/v1.0/users")[0] for _ in range(5)] == [200, 404, 404, 200, 200]
    with pytest.raises(ValueError, match="path"):
        tenant.add_fault({"status": 500})
    with pytest.raises(ValueError, match="regular"):
        tenant.add_fault({"path": "(", "status": 500})


def test_a_fault_may_strike_after_the_commit(school):
    body = {"displayName": "A", "mailNickname": "a"}
    school.tenant.add_fault({"method": "POST", "path": "classes$", "status": 504, "times": 1, "commit": True})
    school.ask("POST", "/education/classes", body, 504)
    school.ask("POST", "/education/classes", body, 400)
    school.tenant.add_fault({"method": "POST", "path": "classes$", "status": 0, "times": 1, "commit": True})
    with pytest.raises(ConnectionResetError):
        school.ask("POST", "/education/classes", {"displayName": "B", "mailNickname": "b"})
    assert school.tenant.show()["groups"] == 2


def test_faults_strike_members_of_a_batch(school):
    school.tenant.add_fault({"path": "p01", "status": 500, "times": 1})
    answers = batch(school, get("a", "/users/p00@school.example"), get("b", "/users/p01@school.example"))
    assert (answers["a"]["status"], answers["b"]["status"]) == (200, 500)


def test_a_batch_is_quick(school):
    classes = [school.make_class(f"q{n}", owner=None) for n in range(20)]
    spent = []
    for person in school.ids[:5]:
        body = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{person}"}
        posts = [
            {"id": n, "method": "POST", "url": f"/education/classes/{gid}/members/$ref", "headers": JSON, "body": body}
            for n, gid in enumerate(classes)
        ]
        begun = time.perf_counter()
        batch(school, *posts)
        spent.append(time.perf_counter() - begun)
    assert min(spent) < 0.015


def test_a_refused_request_counts_against_the_limit_all_the_same(school):
    gid = school.make_class("early")
    statuses = [school.tenant.request("POST", "/v1.0/teams", school.team_body(gid))[0] for _ in range(11)]
    assert statuses == [404] * 10 + [429]
