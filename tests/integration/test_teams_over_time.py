"""Joiners, leavers, class moves and teacher changes give small plans; a shrunken export stops; one class explained."""

import json

import pytest
from made_school import STUDENTS, write_csv


def state(desk):
    return {t["class"]: (t["owners"], t["members"]) for t in desk.json("teams", "list") if not t["archived"]}


def account_of(desk, upn):
    return desk.asks("GET", f"/v1.0/users/{upn}")[1]["id"]


def mail(number):
    return f"p{number}@school.example"


@pytest.fixture
def running(desk, made):
    """A school of two classes, set up two days ago: 000001, 3, 5 ... in 7x/C000, the others in 8x/C001."""

    def start(classes=2, pupils=12, spare=4):
        made.fill(classes, pupils + spare)
        desk.run("sandbox", "seed", "--perfect")
        made.enrolled = [row for row in made.enrolled if int(row[0]) <= pupils]
        made.pupils = {a: m for a, m in made.pupils.items() if int(a) <= pupils}
        made.write()
        desk.run("apply", "--yes")
        desk.run("sandbox", "advance", "2d")
        assert desk.json("plan")["changes"] == []
        return desk

    return start


def totals(desk):
    return desk.json("teams", "plan")["totals"]


def test_a_joiner_a_leaver_and_a_class_move_are_small_plans(running, made):
    desk = running()
    made.pupils["000013"] = mail("000013")
    made.enrolled.append(("000013", "7x/C000", "T000"))
    made.write()
    assert totals(desk) == {"add": 1}
    made.pupils.pop("000001")
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.write()
    assert totals(desk) == {"add": 1, "remove": 1}
    made.enrolled = [(a, "8x/C001", "T001") if a == "000003" else (a, c, t) for a, c, t in made.enrolled]
    made.write()
    assert totals(desk) == {"add": 2, "remove": 2}
    desk.run("apply", "--yes")
    assert mail("000001") not in state(desk)["7x/C000"][1]
    assert mail("000003") in state(desk)["8x/C001"][1]
    assert mail("000013") in state(desk)["7x/C000"][1]


def test_a_new_owner_is_added_before_the_old_one_goes(running, made):
    desk = running()
    made.staff["T009"] = "p000014@school.example"
    made.enrolled = [(a, c, "T009" if c == "7x/C000" else t) for a, c, t in made.enrolled]
    made.write()
    tenant = desk.tenant()
    new = account_of(desk, "p000014@school.example")
    assert desk.asks("PATCH", f"/v1.0/users/{new}", {"employeeId": "T009", "department": "Teaching Staff"})[0] == 204
    assert totals(desk) == {"add": 1, "remove": 1}
    fault = {"method": "POST", "path": r"members/add", "status": 403, "times": None, "every": None, "after": None}
    tenant.add_fault({**fault, "headers": {}, "body": None, "commit": False})
    done = desk.run("apply", "--yes", ok=(1, 3))
    assert "no other owner stands" in done.out
    assert state(desk)["7x/C000"][0] == ["t000@school.example"]
    tenant.clear_faults()
    desk.run("apply", "--yes")
    assert state(desk)["7x/C000"][0] == ["p000014@school.example"]


def test_the_last_owner_stays_and_the_class_is_kept_up(running, made):
    desk = running()
    made.staff.pop("T000")
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.write()
    plan = desk.json("teams", "plan")
    assert plan["totals"] == {"remove": 1}
    assert "its team stays" in " ".join(one["why"] for one in plan["left_out"])
    desk.run("apply", "--yes")
    owners, members = state(desk)["7x/C000"]
    assert owners == ["t000@school.example"] and len(members) == 5
    assert desk.json("teams", "plan")["changes"] == []


def test_an_export_of_half_the_pupils_stops_and_names_what_shrank(running, made):
    desk = running(pupils=40)
    made.pupils = {a: m for a, m in made.pupils.items() if int(a) <= 20}
    made.enrolled = [row for row in made.enrolled if int(row[0]) <= 20]
    made.write()
    stopped = desk.run("plan", ok=(4,))
    assert "pupils fewer than in the last roster: 20 of 40" in stopped.err
    assert "--allow-fewer 20" in stopped.err and "--allow-removals 20" in stopped.err
    desk.run("apply", "--yes", "--allow-removals", "20", ok=(4,))
    desk.run("apply", "--yes", "--allow-removals", "20", "--allow-fewer", "19", ok=(4,))
    desk.run("plan", "--allow-removals", "20", "--allow-fewer", "20")
    desk.run("apply", "--yes", "--allow-removals", "20", "--allow-fewer", "20")
    assert desk.run("plan").status == 0
    kept = (desk.folder / ".teamskit" / "last-roster.json").read_text("utf-8")
    assert next(iter(json.loads(kept)["sizes"].values()))["pupils"] == 20
    assert "Sur" not in kept and "@" not in kept


def test_fewer_classes_stop_even_when_nobody_is_removed(running, made):
    desk = running(classes=8, pupils=24)
    made.enrolled = [row for row in made.enrolled if int(row[1][-3:]) < 3]
    made.write()
    stopped = desk.run("plan", ok=(4,))
    assert "classes fewer than in the last roster: 5 of 8" in stopped.err


def test_a_school_that_is_missing_stops(running, made):
    desk = running()
    file = desk.folder / ".teamskit" / "last-roster.json"
    counts = json.loads(file.read_text("utf-8"))
    counts["sizes"]["8922002"] = {"pupils": 30, "staff": 4, "classes": 2, "enrolments": 60}
    file.write_text(json.dumps(counts), encoding="utf-8")
    stopped = desk.run("plan", ok=(4,))
    assert "school 8922002 is not in the export" in stopped.err
    desk.run("apply", "--yes", "--allow-fewer", "36")
    assert "8922002" not in file.read_text("utf-8")


def test_one_class_may_not_lose_more_than_its_share(running, made):
    desk = running(classes=5, pupils=60)
    lost = [a for a, c, _ in made.enrolled if c == "7x/C000"][:7]
    made.enrolled = [row for row in made.enrolled if row[0] not in lost or row[1] != "7x/C000"]
    made.write()
    stopped = desk.run("plan", ok=(4,))
    assert "memberships removed from class 7x/C000: 7 of 13, limit 6" in stopped.err
    desk.run("apply", "--yes", "--allow-removals", "7")


def test_diff_explains_one_class_in_full(running, made):
    desk = running()
    team = desk.json("teams", "list")[0]["team_id"]
    body = {
        "values": [
            {
                "@odata.type": "microsoft.graph.aadUserConversationMember",
                "roles": [],
                "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{account_of(desk, mail('000002'))}')",
            }
        ]
    }
    assert desk.asks("POST", f"/v1.0/teams/{team}/members/add", body)[0] == 200
    desk.run("sandbox", "advance", "1h")
    gone = account_of(desk, mail("000005"))
    assert desk.asks("PATCH", f"/v1.0/users/{gone}", {"accountEnabled": False})[0] == 204
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.pupils["000013"] = mail("000013")
    made.enrolled.append(("000013", "7x/C000", "T000"))
    made.write()
    found = desk.json("teams", "diff", "7x/C000")
    assert (found["class"], found["team"], found["team_id"]) == ("7x/C000", "stands", team)
    did = {p["id"]: (p["in_export"], p["in_team"], p["action"]) for p in found["people"]}
    assert did["T000"] == ("owner", "owner", "keep")
    assert did["000003"] == ("member", "member", "keep")
    assert did["000013"] == ("member", None, "add")
    assert did["000001"] == (None, "member", "remove")
    assert did["000002"] == (None, "member", "keep")
    assert did["000005"] == ("member", "member", "none")
    assert next(p for p in found["people"] if p["id"] == "000002")["reason"].startswith("added by hand")
    shown = desk.run("teams", "diff", "7x/C000").out
    assert "Sur000003" in shown and "added by hand" in shown
    assert "Did you mean" in desk.run("teams", "diff", "7x/C00", ok=(2,)).err


def test_registration_groups_get_teams_only_when_asked(desk, made):
    made.fill(1, 3)
    made.enrolled += [(a, "CLS 7A", "T000") for a in made.pupils]
    made.write()
    desk.run("sandbox", "seed", "--perfect")
    assert desk.json("teams", "plan")["totals"]["create"] == 1
    file = desk.folder / "school.toml"
    text = file.read_text("utf-8").replace("registration_teams = false", "registration_teams = true")
    file.write_text(text, encoding="utf-8")
    assert desk.json("teams", "plan")["totals"]["create"] == 2


def test_a_leaving_date_takes_membership_away(running, made):
    desk = running()
    rows = [
        (a, "F", "S", "7A", "Year  7", m, "04/09/2026", "20/11/2026" if a == "000002" else "")
        for a, m in made.pupils.items()
    ]
    write_csv(made.folder / "SIMS_Students.csv", STUDENTS, rows)
    (change,) = desk.json("teams", "plan")["changes"]
    assert (change["action"], change["title"]) == ("remove", "pupil 000002")
    assert change["reason"] == "left the school on 2026-11-20"


def test_an_account_that_may_not_be_used_any_more_is_left_alone(running, made):
    desk = running()
    for number, changed in (("000001", {"accountEnabled": False}), ("000003", {"userType": "Guest"})):
        account = account_of(desk, mail(number))
        assert desk.asks("PATCH", f"/v1.0/users/{account}", changed)[0] == 204
    assert desk.json("teams", "plan")["changes"] == []
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.write()
    assert totals(desk) == {"remove": 1}


def test_a_team_whose_class_is_gone_is_named_and_left_by_leavers_only(running, made):
    desk = running(classes=3, pupils=15)
    made.enrolled = [row for row in made.enrolled if row[1] != "8x/C001"]
    made.pupils.pop("000002")
    made.write()
    plan = desk.json("plan")
    assert [(c["action"], c["title"]) for c in plan["changes"]] == [("remove", "the account with number 000002")]
    (line,) = plan["left_out"]
    assert line["what"] == "8x/C001" and "not in the export any more" in line["why"] and "archive" in line["remedy"]
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    assert desk.json("plan")["changes"] == []
    owners, members = state(desk)["8x/C001"]
    assert owners == ["t001@school.example"] and members == [mail(f"{n:06d}") for n in (5, 8, 11, 14)]
    found = desk.json("teams", "diff", "8x/C001")
    assert (found["team"], found["why_not"]) == ("stands", line["why"])
    assert {p["action"] for p in found["people"]} == {"keep"} and len(found["people"]) == 5
    assert all("no class in the export" in p["reason"] for p in found["people"])


def test_a_class_renamed_in_the_export_gets_a_team_and_the_old_one_is_named(running, made):
    desk = running()
    made.enrolled = [(a, "8x/Maths" if c == "8x/C001" else c, t) for a, c, t in made.enrolled]
    made.write()
    plan = desk.json("plan")
    assert "remove" not in plan["totals"] and plan["totals"]["create"] == 1
    assert [line["what"] for line in plan["left_out"]] == ["8x/C001"]


def test_pupils_whose_number_was_wiped_in_the_tenant_keep_their_membership(running, made):
    """A directory sync that empties employeeId and renames accounts makes nobody a leaver."""
    desk = running()
    for number in ("000001", "000003"):
        account = account_of(desk, mail(number))
        changed = {"employeeId": None, "userPrincipalName": f"x{number}@school.example", "mail": None}
        assert desk.asks("PATCH", f"/v1.0/users/{account}", changed)[0] == 204
    for _ in range(2):
        plan = desk.json("plan")
        assert plan["changes"] == []
        assert [line["what"] for line in plan["left_out"]][:2] == ["pupil 000001", "pupil 000003"]
    row = next(m for m in desk.json("roster", "match") if m["id"] == "000001")
    assert row["status"] == "unmatched" and "lost its tie" in row["reason"]
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.write()
    (change,) = desk.json("plan")["changes"]
    assert (change["action"], change["title"]) == ("remove", "pupil 000001")


def test_the_detail_of_a_plan_shows_additions_first_and_what_is_taken_away_as_it_is(running, made):
    desk = running()
    made.enrolled = [row for row in made.enrolled if row[0] != "000001"]
    made.pupils["000013"] = mail("000013")
    made.enrolled.append(("000013", "7x/C000", "T000"))
    made.write()
    lines = [line.strip() for line in desk.run("plan", "--detail").out.splitlines() if line.startswith("    ")]
    assert lines[-2:] == [
        "+ pupil 000013  role: member  (in the class in the export)",
        "- pupil 000001  role: member  (no longer in the class in the export)",
    ]


def test_diff_says_whose_account_it_leaves_alone(running, made):
    desk = running()
    twin = account_of(desk, mail("000003"))
    assert desk.asks("PATCH", f"/v1.0/users/{twin}", {"employeeId": "000001"})[0] == 204
    rows = desk.json("teams", "diff", "7x/C000")["people"]
    mine = [row for row in rows if row["id"] in ("000001", "000003")]
    assert [(row["in_team"], row["action"]) for row in mine] == [("member", "none"), ("member", "none")]
    assert len(rows) == 7 and not any("last owner" in row["reason"] for row in rows)
