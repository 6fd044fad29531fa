"""The new academic year: last year's teams end, two-year courses go on, codes that come back meet no old team."""

import pytest


def teams(desk):
    return {(t["academic_year"], t["class"]): t for t in desk.json("teams", "list")}


@pytest.fixture
def september(desk, made):
    """A school set up in 2026/27 whose clock and export then go to September 2027."""

    def go(two_year=(), enrolled=None):
        made.fill(3, 9)
        made.enrolled = [(a, ("7A/Ma1", "10A/En1", "11A/Ar1")[int(a) % 3], f"T00{int(a) % 3}") for a in made.pupils]
        made.write()
        desk.run("sandbox", "seed", "--perfect")
        desk.run("apply", "--yes")
        file = desk.folder / "school.toml"
        text = file.read_text("utf-8").replace("effective = 2026-11-23", "# effective")
        file.write_text(text.replace("two_year = []", f"two_year = {list(two_year)!r}"), encoding="utf-8")
        desk.run("sandbox", "advance", "40w")
        made.enrolled = enrolled or [
            (a, ("7A/Ma1", "11A/En1", "10A/Ar1")[int(a) % 3], f"T00{int(a) % 3}") for a in made.pupils
        ]
        made.write()
        return desk

    return go


def test_june_shows_september_and_changes_nothing(september):
    desk = september()
    desk.run("sandbox", "request", "GET", "/v1.0/groups")
    plan = desk.json("teams", "rollover", "plan", "--effective", "2027-08-31")
    assert "archive" not in plan["totals"]
    assert any("--effective looks ahead" in note for note in plan["notes"])
    plan = desk.json("teams", "rollover", "plan", "--effective", "2028-09-01")
    assert plan["totals"]["archive"] == 3 and plan["totals"]["create"] == 3
    assert len(teams(desk)) == 3
    stopped = desk.run("teams", "rollover", "apply", "--yes", "--effective", "2028-09-01", ok=(4,))
    assert "still taught" in stopped.err
    assert len(teams(desk)) == 3


def test_last_years_teams_are_renamed_and_archived_and_no_code_refills_one(september):
    desk = september()
    desk.run("sandbox", "advance", "8w")
    before = teams(desk)
    plan_file = desk.folder / "roll.json"
    plan = desk.json("teams", "rollover", "plan", "--effective", "2027-09-06", "-o", plan_file)
    assert not any("rollover plan shows" in note for note in plan["notes"]), "this is that plan"
    assert (plan["totals"]["archive"], plan["totals"]["create"]) == (3, 3)
    assert "remove" not in plan["totals"]
    desk.run("teams", "rollover", "apply", plan_file, "--yes")
    after = teams(desk)
    old = after["2026", "7A/Ma1"]
    assert old["archived"] and old["display_name"] == "7A/Ma1 2026/27 (ended)"
    assert old["members"] == before["2026", "7A/Ma1"]["members"]
    new = after["2027", "7A/Ma1"]
    assert not new["archived"] and new["team_id"] != old["team_id"]
    again = desk.json("teams", "rollover", "plan", "--effective", "2027-09-06")
    assert again["changes"] == []


def test_the_nightly_plan_of_september_only_says_that_old_teams_stand(september):
    desk = september()
    desk.run("sandbox", "advance", "8w")
    plan = desk.json("plan")
    assert "archive" not in plan["totals"]
    assert any("3 teams of earlier years stand" in note for note in plan["notes"])


@pytest.mark.parametrize("listed", ["10*", "10A/En1 > 11A/En1"])
def test_a_course_of_two_years_keeps_its_team(september, listed):
    desk = september(two_year=[listed])
    desk.run("sandbox", "advance", "8w")
    before = teams(desk)["2026", "10A/En1"]
    plan = desk.json("teams", "rollover", "plan")
    assert plan["totals"] == {"archive": 2, "create": 2, "add": 8, "update": 1}
    desk.run("teams", "rollover", "apply", "--yes")
    after = teams(desk)
    assert ("2026", "10A/En1") not in after
    goes_on = after["2027", "11A/En1"]
    assert goes_on["team_id"] == before["team_id"]
    assert (goes_on["members"], goes_on["display_name"]) == (before["members"], "11A/En1 2027/28")
    assert desk.json("plan")["changes"] == []


def test_members_of_a_team_that_goes_on_are_still_ours(september, made):
    desk = september(two_year=["10*"])
    desk.run("sandbox", "advance", "8w")
    desk.run("teams", "rollover", "apply", "--yes")
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.write()
    plan = desk.json("teams", "plan")
    assert plan["totals"] == {"remove": 1}


def test_a_file_without_classes_and_one_with_few_stop(september, made):
    desk = september(enrolled=[("000001", "7A/Ma1", "T000")])
    desk.run("sandbox", "advance", "8w")
    stopped = desk.run("teams", "rollover", "plan", ok=(4,))
    assert "archived without a class in their place" in stopped.err
    made.enrolled = []
    made.write()
    desk.run("teams", "rollover", "plan", ok=(2,))
    assert not any(t["archived"] for t in teams(desk).values())


def test_an_archive_that_fails_is_reported_and_done_on_the_next_run(september):
    desk = september()
    desk.run("sandbox", "advance", "8w")
    base = {"times": 1, "every": None, "after": None, "headers": {}, "body": None, "commit": False}
    desk.tenant().add_fault({**base, "method": "POST", "path": "/archive$", "status": 403})
    desk.run("teams", "rollover", "apply", "--yes", ok=(3,))
    assert sum(t["archived"] for t in teams(desk).values()) == 2
    desk.run("teams", "rollover", "apply", "--yes")
    old = [t for (year, _), t in teams(desk).items() if year == "2026"]
    assert [t["archived"] for t in old] == [True] * 3
    assert {t["display_name"].count("(ended)") for t in old} == {1}


def test_last_years_export_under_the_new_date_is_said(september):
    classes = ("7A/Ma1", "10A/En1", "11A/Ar1")
    desk = september(enrolled=[(f"{n:06d}", classes[n % 3], f"T00{n % 3}") for n in range(1, 10)])
    desk.run("sandbox", "advance", "8w")
    assert any("3 of 3 classes of 2027/28 hold exactly last year's pupils" in n for n in desk.json("plan")["notes"])


def test_the_school_file_can_name_the_academic_year(september):
    desk = september()
    desk.run("sandbox", "advance", "8w")
    file = desk.folder / "school.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('# academic_year = "2026/27"', 'academic_year = "2026/27"'), encoding="utf-8")
    keys = {c["target"]["key"].split("/")[1] for c in desk.json("teams", "plan")["changes"]}
    assert keys == {"2026"}
    ahead = desk.json("teams", "rollover", "plan", "--effective", "2027-09-06")
    assert ahead["totals"]["archive"] == 3


def test_a_listed_course_of_other_pupils_is_not_handed_the_old_teams_files(september):
    moved = [(f"{n:06d}", ("7A/Ma1", "10A/Ar1", "11A/En1")[n % 3], f"T00{n % 3}") for n in range(1, 10)]
    desk = september(two_year=["10*"], enrolled=moved)
    desk.run("sandbox", "advance", "8w")
    plan = desk.json("teams", "rollover", "plan")
    assert "update" not in plan["totals"] and plan["totals"]["archive"] == 2
    (line,) = [one for one in plan["left_out"] if one["what"] == "11A/En1"]
    assert "0 of its 3 pupils were in that team" in line["why"]
    desk.run("teams", "rollover", "apply", "--yes")
    after = teams(desk)
    assert not after["2026", "10A/En1"]["archived"] and ("2027", "11A/En1") not in after


def members_read(desk):
    return desk.requests()["by"].get("GET /teams/{id}/members 200", 0)


def test_who_is_in_an_ended_team_is_read_only_where_it_is_shown(september):
    desk = september()
    desk.run("sandbox", "advance", "1w")
    desk.run("teams", "rollover", "apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    before = members_read(desk)
    assert desk.json("plan")["changes"] == []
    assert members_read(desk) - before == 3, "three of this year, none of the three that ended"
    old = [t for t in desk.json("teams", "list") if t["archived"]]
    assert [len(t["members"]) for t in old] == [3, 3, 3]


def test_a_plan_that_takes_somebody_out_of_a_team_archived_meanwhile_is_stale(september, made, tmp_path):
    desk = september()
    desk.run("sandbox", "advance", "1w")
    desk.run("teams", "rollover", "apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    code = made.enrolled.pop(0)[1]
    made.write()
    desk.run("plan", "-o", tmp_path / "plan.json")
    (team,) = [t for t in desk.json("teams", "list") if t["class"] == code and not t["archived"]]
    assert desk.asks("POST", f"/v1.0/teams/{team['team_id']}/archive", {})[0] == 202
    desk.run("sandbox", "advance", "1h")
    assert "moved on" in desk.run("apply", tmp_path / "plan.json", "--yes", ok=(1,)).err
