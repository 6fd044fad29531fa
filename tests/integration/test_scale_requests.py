"""Requests counted by the embedded tenant for a made school of 300 classes and 1,500 pupils."""

from collections import Counter

CLASSES = 300


def test_requests_for_300_classes_and_1500_pupils(desk, made):
    made.fill(CLASSES, 1500, each=2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("plan", "-o", desk.folder / "plan.json")
    desk.run("policies", "plan", "-o", desk.folder / "policies.json")
    desk.run("apply", desk.folder / "policies.json", "--yes")
    assignments = sum(n for what, n in desk.requests()["by"].items() if "userAssignments/assign" in what)
    assert assignments <= 100
    desk.run("teams", "plan", "-o", desk.folder / "teams.json")
    desk.tenant().reset_counts()
    desk.run("apply", desk.folder / "teams.json", "--yes")
    counted = desk.requests()
    assert counted["throttled"] == 0
    assert counted["writes_accepted"] <= 5 * CLASSES
    assert counted["round_trips"] <= CLASSES / 2, "what apply reads before it begins stands in this figure too"
    teams = desk.json("teams", "list")
    assert Counter((len(t["owners"]), len(t["members"])) for t in teams) == {(1, 10): CLASSES}
    desk.tenant().reset_counts()
    assert desk.run("apply", "--yes").status == 0
    again = desk.requests()
    assert again["writes_accepted"] == 0
    assert again["throttled"] == 0
