"""`policies assign` and `unassign`: a co-ordinator's own list, in whatever shape he has it, becomes a careful plan."""

import pytest
from openpyxl import Workbook

TITLED = """\
Chat list of Ms \u00c5

Printed 3 September
Pupil;user principal name
a;p000001@school.example
b;p000002@school.example
"""
LIFT = ("--allow-reassignments", "999")


@pytest.fixture
def ready(desk, made):
    made.fill(1, 8)
    desk.run("sandbox", "seed", "--perfect")
    return desk


def account(desk, who="p000001"):
    return desk.asks("GET", f"/v1.0/users/{who}@school.example")[1]["id"]


def saved(desk, file, *words, document="disable-chat", verb="assign", ok=(0,)):
    return desk.run(
        *("policies", verb, document, "--people", file, "-o", desk.folder / "p.json", "--output", "json"), *words, ok=ok
    ).json


def written(desk, text, encoding="utf-8", name="list.csv"):
    file = desk.folder / name
    file.write_bytes(text.encode(encoding))
    return file


def booked(desk, rows, formats=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, shown in formats:
        book.active[cell].number_format = shown
    book.save(desk.folder / "list.xlsx")
    return desk.folder / "list.xlsx"


def given(plan):
    """Give the titles of those who are assigned."""
    return sorted(c["title"] for c in plan["changes"] if c["target"]["kind"] == "policy-assignment")


def asked(desk):
    """Count the requests that the tenant was asked so far."""
    return sum(desk.requests()["by"].values())


def assigning(desk):
    """Count the requests that assigned something."""
    return sum(number for what, number in desk.requests()["by"].items() if "userAssignments/assign" in what)


def left(plan):
    return {int(one["what"].split("row ")[1].split(":")[0]): one["why"] for one in plan["left_out"]}


def without_roster(desk):
    file = desk.folder / "school.toml"
    kept = [
        line for line in file.read_text("utf-8").splitlines() if not line.strip().startswith(("path =", "effective"))
    ]
    file.write_text("\n".join(kept), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Email\np000001@school.example\nP000002@SCHOOL.example\n", "utf-8"),
        ("Adno,Surname\n000001,X\n000002,Y\n", "utf-8"),
        ("Admission Number;Name\n000001;S\u00f8ren\n000002;Zo\u00eb\n", "cp1252"),
        (TITLED, "cp1252"),
        ("UPN\tYear\np000001@school.example\t7\np000002@school.example\t7\n", "utf-16"),
        ("sep=;\nStudent ID;x\n000001;1\n000002;2\n", "utf-8-sig"),
        ("p000001@school.example\np000002@school.example\n", "utf-8"),
        ("Ann,<p000001@school.example>\nBob,Bob B <p000002@school.example>\n", "utf-8"),
        ("000001\n000002\n", "utf-8"),
        ("No,E-mail Address\n1,p000001@school.example\n2,p000002@school.example\n", "utf-8"),
        ("Username\np000001\np000002\n", "utf-8"),
        ("ADMISSION_NO,Mail\n000001,p000001@school.example\n000002,\n", "utf-8"),
        ("id\n1\n2.0\n", "utf-8"),
        ('Pupil No|Form\n\'000001|7A\n="000002"|7A\n\n2 records|\n', "utf-8"),
    ],
)
def test_any_usual_shape_names_the_same_two(ready, text, encoding):
    plan = saved(ready, written(ready, text, encoding))
    assert given(plan) == ["pupil 000001", "pupil 000002"] and plan["left_out"] == []
    assert [c["action"] for c in plan["changes"]] == ["create", "assign", "assign"]


def test_object_ids_under_a_heading_and_without(ready):
    ids = [account(ready), account(ready, "p000002")]
    for text in (f"Object Id\n{ids[0]}\n{{{ids[1].upper()}}}\n", "\n".join(ids)):
        assert given(saved(ready, written(ready, text))) == ["pupil 000001", "pupil 000002"]


def test_a_workbook_with_title_rows_and_numbers_without_zeros(ready):
    rows = [["Pupils of Ms A"], [], ["Form", "Admission number"], ["7A", 1], ["7A", 2.0], ["7A", "4.7E+05"]]
    plan = saved(ready, booked(ready, rows))
    assert given(plan) == ["pupil 000001", "pupil 000002"]
    assert "list.xlsx, row 4: the number 1 was changed by Excel; it was read as 000001" in plan["notes"]
    assert left(plan) == {6: "the number was shortened by Excel and has lost digits"}
    shown = booked(ready, [["Adno"], [1], [2]], [("A2", "000000"), ("A3", "000000")])
    assert not [note for note in saved(ready, shown)["notes"] if "Excel" in note]


def test_each_row_that_cannot_be_used_is_listed(ready):
    off, guest, outside = account(ready, "p000003"), account(ready, "p000004"), account(ready, "p000005")
    ready.asks("PATCH", f"/v1.0/users/{off}", {"accountEnabled": False})
    ready.asks("PATCH", f"/v1.0/users/{guest}", {"userType": "Guest"})
    ready.asks("PATCH", f"/v1.0/users/{outside}", {"userPrincipalName": "p000005@other.example"})
    rows = [
        "who,Email",
        "000001,p000001@school.example",
        ",nobody@school.example",
        ",p000001@school.example",
        f"{account(ready, 'p000002')},p000006@school.example",
        ",t000@school.example",
        f"{off},",
        f"{guest},",
        f"{outside},",
        "99999,",
        "Ms A's set,",
        "H801200001001,",
        f"{account(ready, 'p000007')},p000007@school.example",
    ]
    plan = saved(ready, written(ready, "\n".join(rows)))
    assert given(plan) == ["pupil 000001", "pupil 000007"]
    why = left(plan)
    assert why[3] == "no account has the address"
    assert why[4] == "the same person as in row 2"
    assert why[5] == "the object id and address names more than one account"
    assert why[6] == "a member of staff: the document disable-chat is for pupils"
    assert [why[n] for n in (7, 8)] == ["the account is disabled", "the account is a guest"]
    assert "outside the school's domains" in why[9]
    assert why[10] == "no account has the number or code 99999"
    assert why[11] == "no account has the number or code", "free words may be a name and are not repeated"
    assert why[12] == "there is only a Unique Pupil Number, which is never read"
    assert set(why) == {*range(3, 13)}
    assert all(one["remedy"] for one in plan["left_out"])
    assert all(one["what"].startswith("list.csv, row ") for one in plan["left_out"])
    assert "example" not in str(plan["left_out"])


def test_a_pupil_is_never_given_what_is_for_staff(ready):
    plan = saved(ready, written(ready, "Code or number\nT000\n000001\n"), document="staff-meetings")
    assert given(plan) == ["staff T000"]
    assert "a pupil: the document staff-meetings is for staff" in left(plan)[3]


def test_a_list_of_which_nothing_can_be_used_ends_with_2(ready):
    done = ready.run(
        "policies", "assign", "disable-chat", "--people", written(ready, "Email\nx@y.z\n"), "--yes", ok=(2,)
    )
    assert "! list.csv, row 2: no account has the address" in done.out
    assert "no row of the list can be used" in done.err
    assert ready.json("undo", "--list") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("Email\n", "no row names anybody"),
        ("PK\x03\x04", "workbook"),
        ('Email\n"p1\np2\n', "never ends"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(ready, text, says):
    done = ready.run("policies", "assign", "disable-chat", "--people", written(ready, text), ok=(2,))
    assert says in done.err


def test_a_document_for_the_tenant_is_refused_with_a_sentence(ready):
    (ready.folder / "policies" / "wide.yaml").write_text(
        "id: wide\ntitle: W\nfor: tenant\nclause: c\ntype: TeamsClientConfiguration\nsettings: {AllowDropBox: false}\n",
        encoding="utf-8",
    )
    file = written(ready, "Email\np000001@school.example\n")
    done = ready.run("policies", "assign", "wide", "--people", file, ok=(2,))
    assert "the document wide is for the tenant only" in done.err
    said = ready.run("policies", "assign", "nonsense", "--people", file, ok=(2,)).err
    assert "Known: " in said and "disable-chat" in said


def test_four_hundred_are_done_in_chunks_and_one_bad_account_fails_alone(desk, made):
    made.fill(4, 400)
    desk.run("sandbox", "seed", "--perfect")
    file = written(desk, "Adno\n" + "\n".join(f"{n:06d}" for n in range(1, 401)))
    plan = saved(desk, file)
    assert len(given(plan)) == 400 and plan["limits"][0]["value"] == 0
    desk.asks("DELETE", f"/v1.0/users/{account(desk, 'p000123')}")
    before = asked(desk)
    done = desk.run("apply", desk.folder / "p.json", "--yes", "--output", "json", ok=(3,)).json
    assert done["results"] == {"done": 400, "failed": 1}
    assert [one["title"] for one in done["outcomes"] if one["result"] == "failed"] == ["pupil 000123"]
    assert assigning(desk) <= 4 + 2 * 7, "four chunks, and one halved until the bad account is alone"
    assert asked(desk) - before < 50
    desk.run("sandbox", "advance", "2d")
    told = desk.json("policies", "coverage", "--people", file, "--document", "disable-chat")
    assert (told["cohorts"][0]["people"], told["cohorts"][0]["effective"]) == (399, 399)
    assert told["cohorts"][0]["cohort"] == "list.csv" and "000123" in str(told["left_out"])
    before = asked(desk)
    assert saved(desk, file)["unchanged"] == {"policy assignments": 399}
    assert asked(desk) - before < 20


def test_coverage_of_a_list_shows_these_people_only(ready):
    ready.run("apply", "--yes")
    ready.run("sandbox", "advance", "2d")
    file = written(ready, "Adno\n000001\n000003\n")
    ready.run("policies", "coverage")
    everybody, told = ready.json("policies", "coverage"), ready.json("policies", "coverage", "--people", file)
    assert {row["id"] for row in told["people"]} == {"000001", "000003"}
    assert told["people"] == [row for row in everybody["people"] if row["id"] in ("000001", "000003")]
    assert set(told) == {*everybody, "left_out"}
    assert "2 of 2" in ready.run("policies", "coverage", "--people", file).out


def test_a_policy_is_put_right_first_and_the_school_files_wish_is_named(ready):
    (ready.folder / "policies" / "other.yaml").write_text(
        "id: other\ntitle: O\nfor: pupils\nclause: c\ntype: TeamsMessagingPolicy\nname: Other\n"
        "settings: {AllowUserChat: false}\n",
        encoding="utf-8",
    )
    ready.run("apply", "--yes")
    ready.run("sandbox", "advance", "2d")
    path = "/Skype.Policy/configurations/TeamsMessagingPolicy/configuration/Tag%3AOther"
    ready.asks("PUT", path, {"AllowUserChat": True})
    file = written(ready, "Adno\n000001\n000002\n000003\n")
    stopped = ready.run("policies", "assign", "other", "--people", file, "--yes", ok=(4,))
    assert "--allow-reassignments 3" in stopped.err
    plan = saved(ready, file, *LIFT, document="other")
    assert [(c["action"], c["target"]["kind"]) for c in plan["changes"]][0] == ("update", "policy")
    assert plan["changes"][1]["before"]["policy"] == "Disable chat"
    assert [note for note in plan["notes"] if "000001" in note and "the next teamskit plan would put it back" in note]
    ready.run("apply", ready.folder / "p.json", "--yes", *LIFT)
    ready.run("sandbox", "advance", "2d")
    assert ready.asks("GET", path)[1]["AllowUserChat"] is False
    rows = ready.json("policies", "coverage", "--people", file, "--document", "other")["people"]
    assert [row["effective"] for row in rows] == [True] * 3
    ready.asks("PUT", path, {"AllowUserChat": True})
    (row, *_) = ready.json("policies", "coverage", "--people", file, "--document", "other")["people"]
    assert not row["effective"] and "AllowUserChat" in row["reason"]
    ready.asks("PUT", path, {"AllowUserChat": False})
    run = ready.json("undo", "--list")[0]["run"]
    assert ready.run("undo", run, "--yes", "--output", "json", *LIFT).json["results"] == {"done": 4}
    ready.run("sandbox", "advance", "2d")
    assert ready.json("policies", "coverage", "--people", file)["cohorts"][0]["effective"] == 3


def test_unassign_takes_only_what_was_given_and_says_what_follows(ready):
    ready.run("apply", "--yes")
    ready.run("sandbox", "advance", "2d")
    staff = written(ready, "Code\nT000\n000001\n000002\n")
    plan = saved(ready, staff, *LIFT, verb="unassign")
    assert given(plan) == ["pupil 000001", "pupil 000002"]
    assert {(c["action"], c["risk"]) for c in plan["changes"]} == {("remove", "high")}
    assert left(plan) == {2: "does not have Disable chat, has Global"}
    assert [note for note in plan["notes"] if "Global, which may let him chat" in note]
    assert [note for note in plan["notes"] if "by school.toml" in note]
    (limit,) = plan["limits"]
    assert limit["value"] == 2 and limit["option"] == "--allow-reassignments"
    ready.run("apply", ready.folder / "p.json", "--yes", *LIFT)
    again = saved(ready, staff, verb="unassign")
    assert again["changes"] == [] and again["unchanged"] == {"policy assignments": 2}
    ready.run("sandbox", "advance", "2d")
    gone = saved(ready, staff, verb="unassign", ok=(2,))
    assert left(gone)[3] == "does not have Disable chat, has Global"


def test_unassign_calls_back_what_is_on_its_way(ready):
    file = written(ready, "Adno\n000001\n")
    ready.run("policies", "assign", "disable-chat", "--people", file, "--yes")
    done = ready.run("policies", "unassign", "disable-chat", "--people", file, "--yes", "--output", "json", *LIFT).json
    assert done["results"] == {"done": 1}
    ready.run("sandbox", "advance", "3d")
    assert ready.json("policies", "coverage", "--people", file)["cohorts"][0]["effective"] == 0


def test_people_in_no_roster_are_taken_and_named(ready):
    new = {
        "accountEnabled": True,
        "displayName": "New",
        "mailNickname": "new",
        "userPrincipalName": "new@school.example",
        "passwordProfile": {"password": "Str0ng-enough!"},
    }
    assert ready.asks("POST", "/v1.0/users", new)[0] == 201
    plan = saved(ready, written(ready, "Email\nnew@school.example\n"))
    (title,) = given(plan)
    assert title.startswith("account ")
    assert [note for note in plan["notes"] if note.startswith("list.csv, row 2: in no roster") and "not known" in note]


def test_it_works_without_a_roster(ready):
    without_roster(ready)
    plan = saved(ready, written(ready, "number\n000001\n2\nT000\n"))
    assert len(given(plan)) == 2 and "a member of staff" in left(plan)[4]
    assert [note for note in plan["notes"] if "no roster is named" in note]
    ready.run("apply", ready.folder / "p.json", "--yes")
    ready.run("sandbox", "advance", "2d")
    file = ready.folder / "list.csv"
    told = ready.json("policies", "coverage", "--people", file, "--document", "disable-chat")
    assert told["cohorts"][0]["effective"] == 2


def test_a_document_of_several_policies_gives_all_that_people_can_have(ready):
    (ready.folder / "policies" / "both.yaml").write_text(
        "id: both\ntitle: B\nfor: pupils\nclause: c\npolicies:\n"
        "  - {type: TeamsMessagingPolicy, name: Quiet, settings: {AllowUserChat: false}}\n"
        "  - {type: TeamsMeetingPolicy, name: Calm, settings: {AllowCloudRecording: false}}\n"
        "  - {type: TeamsClientConfiguration, settings: {AllowRoleBasedChatPermissions: true}}\n",
        encoding="utf-8",
    )
    plan = saved(ready, written(ready, "Adno\n000001\n"), document="both")
    kinds = [(c["target"]["kind"], c["action"]) for c in plan["changes"]]
    assert kinds.count(("policy-assignment", "assign")) == 2
    assert kinds.count(("policy", "create")) == 2
    done = ready.run("apply", ready.folder / "p.json", "--yes", "--output", "json").json
    assert set(done["results"]) == {"done"}


def test_a_school_whose_global_is_strict_can_have_a_list_too(ready):
    file = ready.folder / "school.toml"
    text = file.read_text("utf-8").replace('"staff-meetings"', '"staff-meetings", "staff-chat"')
    (ready.folder / "policies" / "staff.yaml").write_text(
        "id: staff-chat\ntitle: S\nfor: staff\nclause: c\ntype: TeamsMessagingPolicy\nname: Staff chat\n"
        "settings: {AllowUserChat: true}\n",
        encoding="utf-8",
    )
    file.write_text(text.replace('strategy = "pupils"', 'strategy = "global-strict"'), encoding="utf-8")
    plan = saved(ready, written(ready, "Adno\n000001\n"), document="pupil-meetings")
    assert given(plan) == ["pupil 000001"]
    assert [note for note in plan["notes"] if "the next teamskit plan would put it back" in note]
