"""`teamskit undo`: policies and assignments go back to before a run, where they still stand as it left them."""

import json

import pytest
from click import UsageError

ADMIN = "/Skype.Policy/configurations/TeamsMessagingPolicy/configuration/"
CHAT = ADMIN + "Tag%3ADisable%20chat"
LIFT = ("--allow-reassignments", "99")


@pytest.fixture
def ready(desk, made):
    made.fill(1, 4)
    desk.run("sandbox", "seed", "--perfect")
    return desk


def own(desk, **parts):
    """Write a document of the school's own in the place of the shipped one on chat."""
    parts = {"name": "Disable chat", "settings": "{AllowUserChat: false}", **parts}
    (desk.folder / "policies" / "mine.yaml").write_text(
        "id: disable-chat\ntitle: Ours\ntype: TeamsMessagingPolicy\nfor: pupils\nclause: ours\n"
        f"name: {parts['name']}\nsettings: {parts['settings']}\n",
        encoding="utf-8",
    )


def applied(desk, *words):
    return desk.json("apply", "--yes", *words)["run"]


def chat_of(desk):
    """Give how many have which messaging policy in effect."""
    found = {}
    for one in desk.asks("GET", "/v1.0/admin/teams/userConfigurations?$top=999")[1]["value"]:
        for held in one["effectivePolicyAssignments"]:
            if held["policyType"] == "TeamsMessagingPolicy":
                name = held["policyAssignment"]["displayName"]
                found[name] = found.get(name, 0) + 1
    return found


def undone(desk, run, *words, ok=(0,)):
    return desk.run("undo", run, "--yes", "--output", "json", *words, ok=ok).json


def wanted(desk, run, *words, ok=(0,)):
    return desk.run("undo", run, "-o", desk.folder / "u.json", "--output", "json", *words, ok=ok).json


def test_runs_are_listed_with_what_they_changed(ready):
    run = applied(ready)
    (row,) = ready.json("undo", "--list")
    assert (row["run"], row["failed"], row["unfinished"]) == (run, 0, 0)
    assert row["changes"]["policy-assignment"] == 9 and row["changes"]["policy"] == 3
    assert run in ready.run("undo", "--list").out
    assert "there is no run nonsense" in ready.run("undo", "nonsense", ok=(2,)).err


def test_a_first_run_is_undone_in_two_steps(ready):
    """People first; a policy goes when nobody has it any more, in effect or on its way."""
    run = applied(ready)
    ready.run("sandbox", "advance", "2d")
    assert chat_of(ready) == {"Disable chat": 4}
    stopped = ready.run("undo", run, "-o", ready.folder / "u.json", ok=(4,))
    assert f"teamskit apply {LIFT[0]} 9 {ready.folder / 'u.json'}" in stopped.err
    assert "roster check" not in stopped.err
    plan = wanted(ready, run, *LIFT)
    assert plan["totals"] == {"remove": 9}
    assert {c["risk"] for c in plan["changes"]} == {"high"}
    assert {c["title"].split()[0] for c in plan["changes"]} == {"pupil", "staff"}
    assert any("Global, which may let him chat" in note for note in plan["notes"])
    assert any("school.toml" in note for note in plan["notes"])
    lines = {one["what"]: one["why"] for one in plan["left_out"]}
    assert "4 accounts have it still" in lines["policy TeamsMessagingPolicy/Disable chat"]
    assert any("membership" in what for what in lines)
    ready.run("apply", ready.folder / "u.json", "--yes", *LIFT)
    again = wanted(ready, run)
    assert again["changes"] == [] and "4 accounts" in str(again["left_out"])
    ready.run("sandbox", "advance", "2d")
    assert chat_of(ready) == {}
    assert undone(ready, run)["results"] == {"done": 3}
    assert ready.asks("GET", CHAT)[0] == 404
    assert ready.asks("GET", "/v1.0/users/p000001@school.example")[0] == 200


def test_what_is_on_its_way_is_called_back(ready):
    run = applied(ready)
    assert undone(ready, run, *LIFT)["results"] == {"done": 9}
    ready.run("sandbox", "advance", "3d")
    assert chat_of(ready) == {}


def test_an_undo_is_undone(ready):
    run = applied(ready)
    ready.run("sandbox", "advance", "2d")
    people = undone(ready, run, *LIFT)["run"]
    ready.run("sandbox", "advance", "2d")
    policies = undone(ready, run)["run"]
    assert policies > people and ready.asks("GET", CHAT)[0] == 404
    assert "is not in the tenant any more" in str(wanted(ready, people)["left_out"])
    assert undone(ready, policies)["results"] == {"done": 3}
    assert ready.asks("GET", CHAT)[1]["AllowUserChat"] is False
    assert undone(ready, people)["results"] == {"done": 9}
    ready.run("sandbox", "advance", "2d")
    assert chat_of(ready) == {"Disable chat": 4}
    assert ready.run("policies", "plan", "--exit-code").status == 0


def test_only_the_settings_of_the_run_go_back(ready):
    applied(ready)
    ready.run("sandbox", "advance", "2d")
    own(ready, settings="{AllowUserChat: false, AllowGiphy: false, AllowUserTranslation: false}")
    assert "AllowUserTranslation" not in ready.asks("GET", CHAT)[1]
    assert ready.asks("PUT", CHAT, {"AllowGiphy": True, "AllowStickers": True})[0] == 200
    run = applied(ready)
    plan = wanted(ready, run)
    (change,) = plan["changes"]
    assert (change["before"], change["after"]) == ({"AllowGiphy": False}, {"AllowGiphy": True})
    assert "stated no value before the run for AllowUserTranslation" in str(plan["left_out"])
    assert undone(ready, run)["results"] == {"done": 1}
    found = ready.asks("GET", CHAT)[1]
    assert (found["AllowGiphy"], found["AllowStickers"], found["AllowUserChat"]) == (True, True, False)


def test_a_person_gets_back_the_policy_he_had(ready):
    applied(ready)
    ready.run("sandbox", "advance", "2d")
    own(ready, name="Chat off B")
    run = applied(ready, *LIFT)
    ready.run("sandbox", "advance", "2d")
    assert chat_of(ready) == {"Chat off B": 4}
    plan = wanted(ready, run, *LIFT)
    assert [c["after"] for c in plan["changes"]] == [{"policy": "Disable chat"}] * 4
    undone(ready, run, *LIFT)
    ready.run("sandbox", "advance", "2d")
    assert chat_of(ready) == {"Disable chat": 4}
    ready.run("undo", run, "--yes")
    assert ready.asks("GET", ADMIN + "Tag%3AChat%20off%20B")[0] == 404


def test_a_policy_that_is_gone_is_not_given_back(ready):
    applied(ready)
    ready.run("sandbox", "advance", "2d")
    own(ready, name="Chat off B")
    run = applied(ready, *LIFT)
    ready.run("sandbox", "advance", "2d")
    assert ready.asks("DELETE", CHAT)[0] == 204
    plan = wanted(ready, run)
    assert plan["changes"] == []
    assert sum("the policy Disable chat is not in the tenant" in one["why"] for one in plan["left_out"]) == 4


def test_what_others_changed_since_is_left(ready):
    run = applied(ready)
    ready.run("sandbox", "advance", "2d")
    account = ready.asks("GET", "/v1.0/users/p000002@school.example")[1]["id"]
    ready.asks("PUT", ADMIN + "Tag%3ATheirs", {"AllowUserChat": True})
    ready.run("sandbox", "advance", "1h")
    policy = ready.asks("GET", "/v1.0/admin/teams/policy/getPolicyId(type='TeamsMessagingPolicy',name='Theirs')")[1]
    item = {
        "@odata.type": "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment",
        "userId": account,
        "policyType": "TeamsMessagingPolicy",
        "policyId": policy["value"][0]["policyId"],
    }
    assert ready.asks("POST", "/v1.0/admin/teams/policy/userAssignments/assign", {"value": [item]})[0] == 204
    assert ready.asks("PUT", CHAT, {"AllowUserChat": True})[0] == 200
    ready.run("sandbox", "advance", "2d")
    plan = wanted(ready, run, *LIFT)
    left = {one["what"]: one["why"] for one in plan["left_out"]}
    assert "changed since by somebody else" in left["pupil 000002, TeamsMessagingPolicy"]
    assert "changed since by somebody else" in left["policy TeamsMessagingPolicy/Disable chat"]
    assert len(plan["changes"]) == 8


def test_a_newer_run_must_be_undone_first(ready):
    first = applied(ready)
    ready.run("sandbox", "advance", "2d")
    own(ready, name="Chat off B")
    second = applied(ready, *LIFT)
    plan = wanted(ready, first, *LIFT)
    assert sum(f"run {second} changed it after" in one["why"] for one in plan["left_out"]) == 4
    assert {one["remedy"] for one in plan["left_out"] if second in one["why"]} == {f"First: teamskit undo {second}"}
    assert not [c for c in plan["changes"] if "TeamsMessagingPolicy" in c["target"]["key"]]


def cut(desk, keep):
    """Take from the newest run what a kill would have kept from being written."""
    file = max((desk.folder / ".teamskit" / "journal").glob("2*.jsonl"))
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    file.write_text("\n".join(json.dumps(line) for line in lines if keep(line)) + "\n", encoding="utf-8")
    return file.stem


def test_a_killed_run_is_undone_where_it_stands(ready):
    applied(ready)
    run = cut(ready, lambda line: line["event"] in ("begin", "intended"))
    early = wanted(ready, run, *LIFT)
    assert all(c["target"]["kind"] == "policy" for c in early["changes"])
    assert sum("begun when the run was stopped" in one["why"] for one in early["left_out"]) == 0
    ready.run("sandbox", "advance", "3d")
    plan = wanted(ready, run, *LIFT)
    assert plan["totals"] == {"remove": 9}
    assert undone(ready, run, *LIFT)["results"] == {"done": 9}
    (listed,) = [one for one in ready.json("undo", "--list") if one["run"] == run]
    assert (listed["done"] > 9, listed["unfinished"]) == (True, 0)
    ready.run("sandbox", "advance", "3d")
    assert chat_of(ready) == {}


@pytest.mark.parametrize("sent", [True, False], ids=["sent, not noted", "not sent"])
def test_a_killed_undo_is_asked_for_again(ready, sent):
    run = applied(ready)
    ready.run("sandbox", "advance", "2d")
    if not sent:
        fault = {"times": 9, "every": None, "after": None, "headers": {}, "body": None, "commit": False}
        ready.tenant().add_fault({**fault, "method": "POST", "path": "userAssignments/unassign", "status": 403})
    ready.run("undo", run, "--yes", *LIFT, ok=(0, 1))
    ready.tenant().clear_faults()
    cut(ready, lambda line: line["event"] in ("begin", "intended"))
    assert undone(ready, run, *LIFT)["results"] == {"done": 9}
    ready.run("sandbox", "advance", "2d")
    assert chat_of(ready) == {}
    assert undone(ready, run)["results"] == {"done": 3}


def test_a_failed_change_is_no_change(ready):
    fault = {"times": 9, "every": None, "after": None, "headers": {}, "body": None, "commit": False}
    ready.tenant().add_fault({**fault, "method": "POST", "path": "userAssignments/assign", "status": 403})
    ready.run("apply", "--yes", ok=(3,))
    ready.tenant().clear_faults()
    run = ready.json("undo", "--list")[0]["run"]
    assert ready.json("undo", "--list")[0]["failed"] == 9
    plan = wanted(ready, run)
    assert plan["totals"] == {"remove": 3}
    assert plan["unchanged"]["policy assignments"] == 9


def test_an_old_saved_undo_is_refused(ready):
    run = applied(ready)
    ready.run("sandbox", "advance", "2d")
    wanted(ready, run, *LIFT)
    undone(ready, run, *LIFT)
    ready.run("sandbox", "advance", "2d")
    ready.run("apply", "--yes")
    ready.run("sandbox", "advance", "2d")
    assert ready.run("apply", ready.folder / "u.json", "--yes", *LIFT, ok=(1,)).status == 1
    assert chat_of(ready) == {"Disable chat": 4}


def test_the_roster_is_not_needed(ready, made):
    run = applied(ready)
    for file in made.folder.iterdir():
        file.unlink()
    plan = wanted(ready, run, *LIFT)
    assert plan["totals"] == {"remove": 9}
    assert any("account id" in note for note in plan["notes"])
    assert all(c["title"].startswith("account ") for c in plan["changes"])
    assert undone(ready, run, *LIFT)["results"] == {"done": 9}


SUPERVISED = """\
id: disable-chat
title: Supervised
for: pupils
clause: ours
policies:
  - {type: TeamsMessagingPolicy, name: Watched chat, settings: {ChatPermissionRole: Restricted}}
  - {type: TeamsClientConfiguration, settings: {AllowRoleBasedChatPermissions: true}}
"""


def test_what_pupils_rest_on_goes_last(ready):
    """Supervised chat without its tenant-wide half would let pupils chat alone: first the people, then the tenant."""
    client = "/Skype.Policy/configurations/TeamsClientConfiguration/configuration/Global"
    ready.asks("PUT", client, {"AllowRoleBasedChatPermissions": False})
    (ready.folder / "policies" / "mine.yaml").write_text(SUPERVISED, encoding="utf-8")
    run = applied(ready)
    ready.run("sandbox", "advance", "2d")
    assert undone(ready, run, *LIFT)["results"] == {"done": 9}
    assert ready.asks("GET", client)[1]["AllowRoleBasedChatPermissions"] is True
    waiting = wanted(ready, run)
    assert waiting["changes"] == []
    assert "4 accounts have a policy that would be looser without it" in str(waiting["left_out"])
    ready.run("sandbox", "advance", "2d")
    assert undone(ready, run)["results"] == {"done": 4}
    assert ready.asks("GET", client)[1]["AllowRoleBasedChatPermissions"] is False


def test_without_a_yes_it_shows_and_changes_nothing(ready):
    run = applied(ready)
    with pytest.raises(UsageError, match="--yes"):
        ready.run("undo", run, *LIFT)
    with pytest.raises(UsageError, match="undo --list"):
        ready.run("undo")
    assert [one["run"] for one in ready.json("undo", "--list")] == [run]
