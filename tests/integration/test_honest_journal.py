"""What the journal knows after failures, kills and other people's work, through the command line and the tenant."""

import json

import pytest

POLICY = "/Skype.Policy/configurations/TeamsMessagingPolicy/configuration/Tag%3ADisable%20chat"


@pytest.fixture
def ready(desk, made):
    def fill(classes=1, pupils=4):
        made.fill(classes, pupils)
        desk.run("sandbox", "seed", "--perfect")
        return desk

    return fill


def leave(made, number="000001"):
    made.enrolled = [row for row in made.enrolled if row[0] != number]
    made.write()


def members(desk):
    return [len(team["members"]) for team in desk.json("teams", "list")]


def journal_files(desk):
    return sorted((desk.folder / ".teamskit" / "journal").glob("2*.jsonl"))


def test_a_removal_that_failed_is_planned_again(ready, made):
    desk = ready()
    desk.run("apply", "--yes")
    leave(made)
    desk.run("sandbox", "advance", "2d")
    desk.fault(method="POST", path="members/remove", status=500, times=8)
    desk.run("apply", "--yes", ok=(1, 3))
    desk.tenant().clear_faults()
    assert desk.json("plan")["totals"] == {"remove": 1}
    desk.run("apply", "--yes")
    assert members(desk) == [3]


@pytest.mark.parametrize("again", ["saved", "fresh"])
def test_what_was_accepted_before_a_kill_is_known_as_ours(ready, made, again):
    desk = ready()
    desk.run("plan", "-o", desk.folder / "plan.json")
    desk.run("apply", desk.folder / "plan.json", "--yes")
    file = journal_files(desk)[-1]
    kept = [line for line in file.read_text("utf-8").splitlines() if json.loads(line)["event"] in ("begin", "intended")]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    desk.run("sandbox", "advance", "3d")
    desk.run("apply", *([desk.folder / "plan.json"] if again == "saved" else []), "--yes")
    chat = desk.json("policies", "coverage")["cohorts"][0]
    assert (chat["assigned"], chat["effective"]) == (4, 4)
    leave(made)
    assert desk.json("plan")["totals"] == {"remove": 1}


def test_coverage_is_not_fooled_by_a_policy_that_was_loosened(ready):
    desk = ready()
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    assert desk.asks("PUT", POLICY, {"AllowUserChat": True})[0] == 200
    told = desk.run("policies", "coverage").out
    assert "0 of 4 pupils are known to have chat off" in told
    assert "AllowUserChat" in told


def test_nobody_is_given_a_policy_that_could_not_be_put_right(ready):
    desk = ready()
    assert desk.asks("PUT", POLICY, {"AllowUserChat": True})[0] in (200, 201)
    desk.fault(method="PUT", path="TeamsMessagingPolicy", status=403, times=9)
    done = desk.run("apply", "--yes", ok=(3,))
    assert "the policy TeamsMessagingPolicy Disable chat could not be put right first" in done.out
    assert desk.json("policies", "coverage")["cohorts"][0]["assigned"] == 0


def test_a_failed_look_makes_no_second_class(ready):
    desk = ready()
    desk.fault(method="POST", path=r"^/education/classes$", status=503, commit=True, times=1)
    desk.fault(method="GET", path=r"^/education/classes/[^/]+$", status=500, times=9)
    desk.run("apply", "--yes", ok=(0, 1, 3))
    desk.tenant().clear_faults()
    desk.run("apply", "--yes")
    assert len(desk.asks("GET", "/v1.0/education/classes?$top=999")[1]["value"]) == 1
    assert members(desk) == [4]


def test_the_last_owner_stays_when_the_new_one_could_not_be_added(ready, made):
    desk = ready(2, 4)
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    made.enrolled = [(a, c, "T001" if t == "T000" else t) for a, c, t in made.enrolled]
    made.write()
    desk.fault(method="POST", path="members/add", status=500, times=20)
    done = desk.run("apply", "--yes", ok=(1, 3))
    assert "no other owner stands" in done.out
    desk.run("sandbox", "advance", "1h")
    assert all(len(team["owners"]) == 1 for team in desk.json("teams", "list"))
    desk.tenant().clear_faults()
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "1h")
    assert {tuple(team["owners"]) for team in desk.json("teams", "list")} == {("t001@school.example",)}


def test_an_old_plan_does_not_undo_what_came_after_it(ready, made):
    desk = ready()
    desk.run("plan", "-o", desk.folder / "old.json")
    desk.run("apply", desk.folder / "old.json", "--yes")
    desk.run("sandbox", "advance", "3d")
    assert desk.asks("PUT", POLICY, {"AllowUserChat": True})[0] == 200
    assert "TeamsMessagingPolicy/Disable chat" in desk.run("apply", desk.folder / "old.json", "--yes", ok=(1,)).err
    desk.run("apply", "--yes")
    leave(made)
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "1h")
    desk.run("apply", desk.folder / "old.json", "--yes", ok=(1,))
    assert members(desk) == [3]


def test_another_policy_can_follow_at_once(ready):
    """A change of mind is neither refused as stale nor taken for seen in effect (the journal knows which policy)."""
    desk = ready()
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    desk.run("policies", "coverage")
    own = desk.folder / "policies" / "mine.yaml"
    own.write_text(
        "id: disable-chat\ntitle: B\ntype: TeamsMessagingPolicy\nname: Chat off B\nfor: pupils\nclause: ours\n"
        "settings: {AllowUserChat: false}\n",
        encoding="utf-8",
    )
    stopped = desk.run("plan", ok=(4,))
    assert "policies reassigned" in stopped.err
    desk.run("apply", "--yes", "--allow-reassignments", "4")
    assert desk.run("plan", "--exit-code").status == 0
    row = desk.json("policies", "coverage")["cohorts"][0]
    assert (row["policy"], row["pending"], row["uncovered"]) == ("Chat off B", 4, 0)
    own.unlink()
    desk.run("apply", "--yes", "--allow-reassignments", "4")
    desk.run("sandbox", "advance", "3d")
    assert desk.json("policies", "coverage")["cohorts"][0]["effective"] == 4


def test_limits_of_a_saved_plan_cannot_be_edited_away(ready, made):
    desk = ready(1, 20)
    desk.run("apply", "--yes")
    made.enrolled = made.enrolled[:4]
    made.write()
    desk.run("plan", "-o", desk.folder / "p.json", ok=(4,))
    text = (desk.folder / "p.json").read_text("utf-8")
    data = json.loads(text)
    for limit in data["limits"]:
        limit["threshold"] = 999
    (desk.folder / "p.json").write_text(json.dumps(data), encoding="utf-8")
    assert "changed after it was saved" in desk.run("apply", desk.folder / "p.json", "--yes", ok=(2,)).err


@pytest.mark.odd_answers
@pytest.mark.parametrize(
    "what",
    [
        {"method": "POST", "path": r"^/\$batch", "status": 500, "times": 1},
        {"method": "GET", "path": "getPolicyId", "status": 403, "times": 9},
        {"method": "GET", "path": "/operations", "status": 200, "times": 1, "body": []},
        {"method": "POST", "path": r"^/education/classes$", "status": 200, "times": 1, "body": {}},
        {"method": "POST", "path": r"^/teams$", "status": 202, "times": 1, "body": {}},
    ],
    ids=["batch 500", "policy id 403", "operation []", "class {}", "team without Location"],
)
def test_one_odd_answer_fails_alone_and_is_listed(ready, what):
    desk = ready(2, 4)
    desk.fault(**what)
    done = desk.run("apply", "--yes", ok=(0, 3))
    assert "Done: " in done.out
    assert journal_files(desk)[-1].read_text("utf-8").splitlines()[-1].find('"end"') > 0
    desk.tenant().clear_faults()
    desk.run("apply", "--yes")
    assert members(desk) == [2, 2]


def test_a_policy_whose_name_differs_in_case_is_the_same_one(ready):
    desk = ready()
    assert desk.asks("PUT", POLICY.replace("Disable%20chat", "Disable%20Chat"), {"AllowUserChat": True})[0] in (
        200,
        201,
    )
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    assert desk.json("policies", "coverage")["cohorts"][0]["effective"] == 4
    assert desk.run("plan", "--exit-code").status == 0


def test_pending_memberships_are_listed(ready):
    desk = ready()
    desk.run("apply", "--yes")
    team = desk.json("teams", "list")[0]["team_id"]
    found = desk.asks("GET", f"/v1.0/teams/{team}/members")[1]["value"]
    one = next(member for member in found if member["email"] == "p000002@school.example")
    assert desk.asks("DELETE", f"/v1.0/teams/{team}/members/{one['id']}")[0] == 204
    desk.run("sandbox", "advance", "1m")
    assert "accepted, not shown by Microsoft yet: pupil 000002" in desk.run("plan").out
    assert desk.json("teams", "list")[0]["pending"] == ["p000002@school.example"]


def test_t11_an_owner_who_shows_as_a_plain_member_is_pending(ready):
    desk = ready(1, 1)
    teacher = desk.asks("GET", "/v1.0/users/t000@school.example")[1]["id"]
    pupil = desk.asks("GET", "/v1.0/users/p000001@school.example")[1]["id"]
    kind = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": []}
    body = {"value": [{**kind, "userId": teacher, "id": "a"}, {**kind, "userId": pupil, "id": "b"}]}
    desk.fault(method="GET", path=r"^/teams/[^/]+/members", status=200, times=2, body=body)
    assert "not shown by Microsoft yet: 1" in desk.run("apply", "--yes").out


def test_a_late_owner_who_is_refused_is_reported(ready, made):
    desk = ready(2, 4)
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    adno, code, _ = made.enrolled[0]
    made.enrolled.append((adno, code, "T001"))
    made.write()
    desk.fault(method="POST", path=r"teachers/\$ref", status=403, times=9)
    assert "staff T001" in desk.run("apply", "--yes", ok=(1, 3)).out


def test_our_own_class_is_no_leftover(desk, made):
    text = (desk.folder / "school.toml").read_text("utf-8").replace('id = "school"', 'id = "expton"')
    (desk.folder / "school.toml").write_text(text, encoding="utf-8")
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "1h")
    assert "leftovers" not in desk.run("plan").out


def test_two_runs_in_one_second_are_read_in_their_order(ready):
    from datetime import UTC, datetime

    from teamskit.plan import Action, Change, Journal, Target

    desk = ready()
    journal, now = Journal(desk.folder / ".teamskit" / "j"), datetime(2026, 11, 23, 7, tzinfo=UTC)
    for policy in ("first", "second"):
        change = Change(Target("policy-assignment", "a/T"), Action.ASSIGN, None, {"policy": policy}, "x")
        journal.begin("f", now)
        journal.write("done", change, now)
        journal.end(now)
    assert journal.newest()[change.target].held == {"policy": "second"}
