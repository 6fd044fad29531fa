"""Policies by a security group: members kept by the roster, the route shown, what hides the group named."""

import pytest
from test_policies_drift import MESSAGING, Hands

GROUP = {
    "displayName": "All pupils",
    "mailNickname": "allpupils",
    "mailEnabled": False,
    "securityEnabled": True,
}
COHORTS = [
    {"name": "pupils", "role": "pupil", "policies": ["disable-chat"], "route": "group", "group": "All pupils"},
    {"name": "staff", "role": "staff", "policies": ["staff-meetings"]},
]


@pytest.fixture
def school(desk, made):
    """Twelve pupils whose messaging policy comes by a group that is granted it."""
    made.fill(2, 12)
    desk.run("sandbox", "seed", "--perfect")
    desk.decide(cohorts=COHORTS)
    status, group = desk.asks("POST", "/v1.0/groups", GROUP)
    assert status == 201
    desk.group = group["id"]
    desk.run("sandbox", "advance", "1d")
    return desk


def grant(desk):
    body = {"groupId": desk.group, "policyType": MESSAGING, "policyName": "Disable chat", "rank": 1}
    assert desk.asks("POST", "/sandbox/groupPolicyAssignments", body)[0] in (200, 201)


def rows(desk):
    return {r["id"]: r for r in desk.json("policies", "coverage")["people"] if r["policy_type"] == MESSAGING}


def kinds(plan):
    return [(c["target"]["kind"], c["action"]) for c in plan["changes"]]


def test_pupils_covered_by_a_group_are_given_nothing_directly(school):
    desk = school
    assert kinds(desk.json("policies", "plan")).count(("policy-group-member", "add")) == 12
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    desk.tenant().reset_counts()
    desk.run("apply", desk.folder / "p.json", "--yes")
    by = desk.requests()["by"]
    assert sum(n for what, n in by.items() if what.startswith("PATCH") and "groups" in what) == 1
    assert desk.json("policies", "plan")["changes"] == []
    assert {r["route"] for r in rows(desk).values()} == {"Global"}
    grant(desk)
    desk.run("sandbox", "advance", "3d")
    found = rows(desk)
    assert {(r["route"], r["effective"]) for r in found.values()} == {("group", True)}
    assert desk.json("policies", "plan")["changes"] == []
    assert desk.json("policies", "drift") == []
    assert "12 by group" in desk.run("policies", "coverage").out


def test_what_is_assigned_directly_and_hides_the_group_is_named_and_taken_away(school):
    desk = school
    desk.run("apply", "--yes")
    hands = Hands(desk)
    hands.put(MESSAGING, "Music", AllowUserChat=True)
    desk.run("sandbox", "advance", "1h")
    hands.assign("000001", MESSAGING, "Music")
    hands.assign("000002", MESSAGING, "Disable chat")
    desk.run("sandbox", "advance", "3d")
    left = desk.json("policies", "plan")["left_out"]
    assert [one["what"] for one in left if "hides" in one["why"]] == ["pupil 000001"]
    grant(desk)
    desk.run("sandbox", "advance", "3d")
    assert [(r["person"], r["found"]) for r in desk.json("policies", "drift")] == [("000001", "Music")]
    assert rows(desk)["000002"]["shadows"] == "All pupils"
    assert kinds(desk.json("policies", "plan")) == [("policy-assignment", "remove")]
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    assert rows(desk)["000001"]["route"] == "group"


def test_leavers_stay_and_movers_leave_only_when_covered_otherwise(school, made):
    desk = school
    desk.run("apply", "--yes")
    grant(desk)
    desk.run("sandbox", "advance", "3d")
    del made.pupils["000012"]
    made.enrolled = [one for one in made.enrolled if one[0] != "000012"]
    made.years["000001"] = 12
    made.write()
    (desk.folder / "policies").mkdir(exist_ok=True)
    sixth = "id: sixth\ntitle: Sixth\ntype: TeamsMessagingPolicy\nname: Sixth form\nfor: pupils\nclause: Appendix C\n"
    (desk.folder / "policies" / "s.yaml").write_text(sixth + "settings: {AllowUserChat: false}\n", encoding="utf-8")
    sixth_form = {"name": "sixth form", "role": "pupil", "years": ["12"], "policies": ["sixth"]}
    desk.decide(cohorts=[sixth_form, *COHORTS])
    first = [one for one in kinds(desk.json("policies", "plan")) if one[0] != "policy"]
    assert first == [("policy-assignment", "assign")], "nobody falls on Global in between"
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    desk.run("apply", desk.folder / "p.json", "--yes")
    desk.run("sandbox", "advance", "3d")
    assert kinds(desk.json("policies", "plan")) == [("policy-group-member", "remove")]
    desk.run("policies", "plan", "-o", desk.folder / "p2.json")
    desk.run("apply", desk.folder / "p2.json", "--yes")
    desk.run("sandbox", "advance", "3d")
    assert len(desk.asks("GET", f"/v1.0/groups/{desk.group}/members")[1]["value"]) == 11
    assert rows(desk)["000001"]["policy"] == "Sixth form"
    assert desk.json("policies", "plan")["changes"] == []


def test_one_account_that_the_group_refuses_fails_alone(school):
    desk = school
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    gone = Hands(desk).account("000003")
    assert desk.asks("DELETE", f"/v1.0/users/{gone}")[0] == 204
    done = desk.run("apply", desk.folder / "p.json", "--yes", ok=(3,))
    assert "pupil 000003" in done.out
    assert len(desk.asks("GET", f"/v1.0/groups/{desk.group}/members")[1]["value"]) == 11


def test_a_group_that_is_not_there_is_said_before_anything(school):
    file = school.folder / "school.toml"
    file.write_text(file.read_text("utf-8").replace('group = "All pupils"', 'group = "Nobody"'), encoding="utf-8")
    assert "Nobody" in school.run("policies", "plan", ok=(2,)).err
