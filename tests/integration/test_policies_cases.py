"""Troubles with policies that schools have met in the field: late, refused, seen and not yet in clients."""

from test_policies_drift import MESSAGING

WORDS = "Object is not in valid state"


def refuse(desk, number, times=9):
    """Let the service refuse every assignment that is about one pupil."""
    account = desk.asks("GET", f"/v1.0/users/p{number}@school.example")[1]["id"]
    fault = {"method": "POST", "path": "userAssignments/assign", "status": 400, "times": times}
    desk.tenant().add_fault({**fault, "contains": account, "message": WORDS})


def chat(desk):
    return {r["id"]: r for r in desk.json("policies", "coverage")["people"] if r["policy"] == "Disable chat"}


def test_one_bad_pupil_is_listed_with_the_services_words_and_the_rest_are_done(desk, made):
    made.fill(2, 300)
    desk.run("sandbox", "seed", "--perfect")
    refuse(desk, "000123", times=40)
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    done = desk.run("apply", desk.folder / "p.json", "--yes", ok=(3,))
    assert WORDS in done.out and "pupil 000123" in done.out
    assert "72 hours" in done.out or "try again tomorrow" in done.out
    desk.tenant().clear_faults()
    desk.run("sandbox", "advance", "3d")
    rows = chat(desk)
    assert [one for one, row in rows.items() if not row["effective"]] == ["000123"]
    plan = desk.json("policies", "plan")
    assert {c["title"] for c in plan["changes"]} == {"pupil 000123"}
    desk.run("apply", "--yes")


def test_what_the_service_delays_is_shown_with_its_age_and_not_sent_again(desk, made):
    made.fill(1, 8)
    desk.run("sandbox", "seed", "--perfect")
    ids = [desk.asks("GET", f"/v1.0/users/p{n:06d}@school.example")[1]["id"] for n in range(1, 9)]
    assert desk.asks("POST", "/sandbox/policyDelays", {"userIds": ids[:4], "hours": 2})[0] < 300
    assert desk.asks("POST", "/sandbox/policyDelays", {"userIds": ids[4:], "hours": None})[0] < 300
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "30h")
    rows = chat(desk)
    assert sum(row["effective"] for row in rows.values()) == 4
    assert {row["pending_h"] for row in rows.values() if row["pending"]} <= {30, 31}
    assert desk.json("policies", "plan")["changes"] == []
    assert "the oldest accepted 30 h ago" in desk.run("policies", "coverage").out
    desk.run("sandbox", "advance", "20h")
    rows = chat(desk)
    late = [row for row in rows.values() if not row["effective"]]
    assert len(late) == 4 and {row["reason"] for row in late} == {"assigned, but not in effect after 48 hours"}
    changed = [c for c in desk.json("policies", "plan")["changes"] if c["group"] == "Disable chat"]
    assert len(changed) == 4


def test_effective_since_is_the_services_word_and_clients_may_lag(desk, made):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    waiting = desk.run("policies", "coverage").out
    assert "may need a restart" in waiting
    assert {row["effective_since"] for row in chat(desk).values()} == {None}
    desk.run("sandbox", "advance", "26h")
    assert all(row["effective_since"] >= row["assigned_at"] for row in chat(desk).values())
    first = {row["effective_since"] for row in chat(desk).values()}
    desk.run("sandbox", "advance", "3d")
    assert {row["effective_since"] for row in chat(desk).values()} == first


def test_a_checker_that_looks_at_global_only_would_pass_this_and_we_do_not(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    path = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Tag%3AStaff%20lessons"
    assert desk.asks("PUT", path, {"AutoAdmittedUsers": "Everyone"})[0] == 200
    rows = desk.json("policies", "drift")
    assert [(r["policy"], r["setting"], r["found"]) for r in rows] == [
        ("Staff lessons", "AutoAdmittedUsers", "Everyone")
    ]
    staff = [r for r in desk.json("policies", "coverage")["people"] if r["policy"] == "Staff lessons"]
    assert staff and not any(row["effective"] for row in staff)
    assert MESSAGING not in {r["policy_type"] for r in rows}


def test_a_leaver_and_a_document_taken_out_of_the_cohorts_leave_policies_where_they_are(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    del made.pupils["000003"]
    made.enrolled = [one for one in made.enrolled if one[0] != "000003"]
    made.write()
    assert desk.json("policies", "plan")["changes"] == []
    assert set(chat(desk)) == {"000001", "000002"}
    file = desk.folder / "school.toml"
    file.write_text(file.read_text("utf-8").replace('"disable-chat", "pupil-meetings"', '"pupil-meetings"'), "utf-8")
    assert desk.json("policies", "plan")["changes"] == []
    found = desk.asks("GET", f"/Skype.Policy/configurations/{MESSAGING}")[1]
    assert "Tag:Disable chat" in {one["Identity"] for one in found}
