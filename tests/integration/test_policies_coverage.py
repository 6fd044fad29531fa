"""Policies: assigned, pending, effective and not covered are four different things."""

import click
import pytest


def totals(desk, policy="Disable chat"):
    return next(one for one in desk.json("policies", "coverage")["cohorts"] if one["policy"] == policy)


def test_assigned_is_not_effective_until_microsoft_says_so(desk, made):
    made.fill(2, 20)
    desk.run("sandbox", "seed", "--perfect")
    assert totals(desk)["uncovered"] == 20
    desk.run("apply", "--yes")
    fresh = totals(desk)
    assert (fresh["assigned"], fresh["effective"], fresh["pending"]) == (20, 0, 20)
    assert desk.run("plan", "--exit-code").status == 0
    desk.run("sandbox", "advance", "2d")
    later = totals(desk)
    assert (later["assigned"], later["effective"], later["pending"], later["uncovered"]) == (20, 20, 0, 0)
    rows = [r for r in desk.json("policies", "coverage")["people"] if r["policy"] == "Disable chat"]
    assert {(r["route"], r["effective"]) for r in rows} == {("direct", True)}


def test_once_seen_in_effect_its_absence_is_drift_not_delay(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "30h")
    assert totals(desk)["effective"] == 3
    account = desk.asks("GET", "/v1.0/users/p000001@school.example")[1]["id"]
    item = {
        "@odata.type": "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment",
        "userId": account,
        "policyType": "TeamsMessagingPolicy",
    }
    assert desk.asks("POST", "/v1.0/admin/teams/policy/userAssignments/unassign", {"value": [item]})[0] == 204
    desk.run("sandbox", "advance", "2d")
    assert totals(desk)["uncovered"] == 1
    plan = desk.json("plan")
    assert [(c["action"], c["title"]) for c in plan["changes"]] == [("assign", "pupil 000001")]


def test_an_assignment_that_never_comes_is_sent_again_after_two_days(desk, made):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    fault = {
        "method": "POST",
        "path": "userAssignments/assign",
        "status": 204,
        "times": 1,
        "every": None,
        "after": None,
        "headers": {},
        "body": None,
        "commit": False,
    }
    desk.tenant().add_fault(fault)
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "47h")
    assert desk.run("plan", "--exit-code").status == 0
    desk.run("sandbox", "advance", "2h")
    assert desk.run("plan", "--exit-code", ok=(5,)).status == 5


def test_without_a_journal_it_is_sent_once_more_which_is_harmless(desk, made):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    for file in (desk.folder / ".teamskit" / "journal").glob("*"):
        file.unlink()
    assert desk.json("plan")["totals"] == {"assign": 5}
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    assert totals(desk)["effective"] == 2


def test_a_setting_changed_in_teams_is_corrected_and_others_are_left_alone(desk, made):
    made.fill(1, 1)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    path = "/Skype.Policy/configurations/TeamsMessagingPolicy/configuration/Tag%3ADisable%20chat"
    assert (
        desk.asks("PUT", path, {"Identity": "Tag:Disable chat", "AllowUserChat": True, "AllowUserTranslation": True})[0]
        == 200
    )
    plan = desk.json("plan")
    assert [(c["action"], c["before"], c["after"]) for c in plan["changes"]] == [
        ("update", {"AllowUserChat": True}, {"AllowUserChat": False})
    ]
    desk.run("apply", "--yes")
    found = desk.asks("GET", path)[1]
    assert (found["AllowUserChat"], found["AllowUserTranslation"]) == (False, True)


def test_one_refused_account_fails_alone(desk, made):
    made.fill(1, 30)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    gone = desk.asks("GET", "/v1.0/users/p000003@school.example")[1]["id"]
    assert desk.asks("DELETE", f"/v1.0/users/{gone}")[0] == 204
    done = desk.run("apply", desk.folder / "p.json", "--yes", ok=(3,))
    assert "pupil 000003" in done.out
    desk.run("sandbox", "advance", "2d")
    assert totals(desk)["effective"] == 29


def test_staff_and_pupils_never_share_a_policy(desk, made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    rows = desk.json("policies", "coverage")["people"]
    pupils = {r["upn"] for r in rows if r["policy"] in ("Disable chat", "Pupil meetings")}
    staff = {r["upn"] for r in rows if r["policy"] == "Staff lessons"}
    assert pupils and staff and not pupils & staff


def test_p03_one_account_in_no_valid_state_is_told_in_the_services_words_and_tried_again(desk, made):
    made.fill(1, 130)
    desk.run("sandbox", "seed", "--perfect")
    account = desk.asks("GET", "/v1.0/users/p000077@school.example")[1]["id"]
    words = ("fault", "POST", "userAssignments/assign", 400, "--about", account.upper())
    desk.run("sandbox", *words, "--says", "Object is not in valid state")
    done = desk.run("apply", "--yes", ok=(3,))
    told = [line for line in done.out.splitlines() if line.startswith("  ! ")]
    assert len(told) == 2
    assert all("pupil 000077: Object is not in valid state (Microsoft, 400, request" in line for line in told)
    counted = desk.requests()["by"]
    assert counted["POST /admin/teams/policy/userAssignments/assign 400"] <= 2 * 8
    desk.run("sandbox", "advance", "2d")
    assert (totals(desk)["effective"], totals(desk)["uncovered"]) == (129, 1)
    again = desk.json("plan")["changes"]
    assert {(one["action"], one["title"]) for one in again} == {("assign", "pupil 000077")}
    desk.run("apply", "--yes", ok=(1,))
    desk.tenant().clear_faults()
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    assert totals(desk)["effective"] == 130
    assert desk.run("plan", "--exit-code").status == 0


def test_what_is_no_refusal_says_nothing(desk):
    with pytest.raises(click.UsageError, match="STATUS 400"):
        desk.run("sandbox", "fault", "POST", "assign", 204, "--says", "Object is not in valid state")


def test_without_the_teams_administrator_role_coverage_goes_by_names_and_says_so(desk, made):
    made.fill(1, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    desk.tenant().add_fault({"method": "GET", "path": "^/Skype.Policy/", "status": 403, "times": 99})
    told = desk.run("policies", "coverage")
    assert "4 of 4 pupils are known to have chat off" in told.out
    assert "could not be read" in told.err
