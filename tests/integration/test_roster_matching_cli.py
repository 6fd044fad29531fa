"""Accounts through the command line: every rule in its order, the list a technician completes, renames (A01 to A10)."""

import csv
import json

import pytest
from made_school import STAFF, STUDENTS, write_csv


def user(upn, number=None, **fields):
    base = {"displayName": upn, "mail": upn, "userType": "Member", "accountEnabled": True, "department": None}
    return {"userPrincipalName": upn, "employeeId": number, **base, **fields}


def seed(desk, users):
    path = desk.folder / "users.json"
    path.write_text(json.dumps({"value": users}), encoding="utf-8")
    desk.run("sandbox", "seed", "--accounts", path)


def settings(desk, text, after="[accounts]"):
    file = desk.folder / "school.toml"
    whole = file.read_text("utf-8")
    assert after in whole
    file.write_text(whole.replace(after, f"{after}\n{text}", 1), encoding="utf-8")


def matches(desk):
    return {(m["role"], m["id"]): m for m in desk.json("roster", "match")}


def students(made, rows):
    cells = [(a, f, s, "7A", year, mail, "04/09/2026", "") for a, f, s, year, mail in rows]
    with (made.folder / "SIMS_Students.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([STUDENTS, *cells])


@pytest.fixture
def one_class(desk, made):
    made.fill(1, 3)
    return desk


def test_each_rule_is_recorded_and_the_first_that_finds_decides(one_class, made):
    desk = one_class
    (desk.folder / "who.csv").write_text("id;role;upn\n3;pupil;odd@school.example\n", encoding="utf-8")
    settings(desk, 'overrides = "who.csv"\nattribute = "extensionAttribute4"')
    seed(
        desk,
        [
            user("a@school.example", "1"),
            user("b@school.example", onPremisesExtensionAttributes={"extensionAttribute4": "000002"}),
            user("odd@school.example"),
            user("p000003@school.example", "000003"),
            user("t000@school.example"),
        ],
    )
    found = matches(desk)
    rules = {number: (m["rule"], m["upn"]) for (_, number), m in found.items()}
    assert rules == {
        "000001": ("employee number without zeros", "a@school.example"),
        "000002": ("extension attribute", "b@school.example"),
        "000003": ("override file", "odd@school.example"),
        "T000": ("address", "t000@school.example"),
    }
    assert {"id", "role", "upn", "account_id", "rule", "status", "reason"} <= set(found["pupil", "000001"])


def test_extension_attributes_are_asked_for_only_where_one_is_named(one_class):
    desk = one_class
    seed(desk, [user("a@school.example", "000001", onPremisesExtensionAttributes={"extensionAttribute4": "000002"})])
    assert matches(desk)["pupil", "000002"]["status"] == "unmatched"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"accountEnabled": False}, "disabled"),
        ({"userType": "Guest"}, "guest"),
        ({"userPrincipalName": "x@old.example"}, "outside"),
        ({"department": "Teaching Staff"}, "staff"),
    ],
)
def test_not_even_the_override_file_makes_an_account_usable(one_class, wrong, reason):
    desk = one_class
    upn = wrong.get("userPrincipalName", "x@school.example")
    (desk.folder / "who.csv").write_text(f"id,role,upn\n000001,pupil,{upn}\n", encoding="utf-8")
    settings(desk, 'overrides = "who.csv"')
    seed(desk, [{**user("x@school.example"), **wrong}, user("p000001@school.example", "000001")])
    found = matches(desk)["pupil", "000001"]
    assert (found["status"], found["upn"]) == ("refused", None)
    assert reason in found["reason"]


def test_a_broken_override_file_is_said_with_its_line(one_class):
    desk = one_class
    settings(desk, 'overrides = "who.csv"')
    seed(desk, [user("a@school.example")])
    assert "who.csv" in desk.run("roster", "match", ok=(2,)).err
    (desk.folder / "who.csv").write_text("id,role,upn\n1,boss,a@school.example\n", encoding="utf-8")
    assert "who.csv, line 2" in desk.run("roster", "match", ok=(2,)).err
    (desk.folder / "who.csv").write_text("id,role,upn\n1,pupil,a@x.y\n1,pupil,b@x.y\n", encoding="utf-8")
    assert "line 3" in desk.run("roster", "match", ok=(2,)).err


def test_unmatched_people_are_proposed_by_name_and_handed_back(one_class, made):
    desk = one_class
    students(
        made,
        [
            ("000001", "Zo\u00eb", "Winterbourne", "Year  7", ""),
            ("000002", "Ann", "Quill", "Year  7", ""),
            ("000003", "Bo", "Zed", "Year  7", ""),
        ],
    )
    seed(
        desk,
        [
            user("z.w@school.example", displayName="Winterbourne Zoe"),
            user("t000@school.example", displayName="Zo\u00eb Winterbourne", department="Teaching Staff"),
            user("q@school.example", "000002", displayName="Ann Quill"),
        ],
    )
    file = desk.folder / "unmatched.csv"
    done = desk.run("roster", "match", "-o", file)
    assert "Winterbourne" not in done.out and "2 people" in done.out
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(r["id"], r["role"], r["upn"]) for r in rows] == [("000001", "pupil", ""), ("000003", "pupil", "")]
    assert rows[0]["proposal 1"].startswith("z.w@school.example (")
    assert "t000" not in str(rows) and rows[1]["proposal 1"] == ""
    settings(desk, 'overrides = "unmatched.csv"')
    assert matches(desk)["pupil", "000001"]["status"] == "unmatched"
    file.write_text(
        "\ufeff" + "\r\n".join(["id,role,upn,name,proposal 1", "1,pupil,z.w@school.example,x,y"]), encoding="utf-8"
    )
    assert matches(desk)["pupil", "000001"]["rule"] == "override file"


def test_a07_a_login_pattern_folds_letters_that_have_no_decomposition(one_class, made):
    desk = one_class
    students(
        made,
        [
            ("000001", "Zo\u00eb", "Strau\u00df", "Year  7", ""),
            ("000002", "\u0141ukasz", "O'Briain Hale", "Year  9", ""),
            ("000003", "Ann", "\u0416ukov", "Year  7", ""),
        ],
    )
    settings(desk, 'pupil_login = "{intake_yy}{surname}{initial}"')
    seed(
        desk, [user("26straussz@school.example"), user("24obriainhalel@school.example"), user("26ukova@school.example")]
    )
    found = matches(desk)
    assert found["pupil", "000001"]["upn"] == "26straussz@school.example"
    assert (found["pupil", "000002"]["rule"], found["pupil", "000002"]["status"]) == ("login pattern", "matched")
    assert found["pupil", "000003"]["status"] == "unmatched"
    assert "surname" in found["pupil", "000003"]["reason"]


def test_a_pattern_that_fits_two_people_or_two_accounts_gives_none(one_class, made):
    desk = one_class
    rows = [("000001", "Ann", "Lee", "Year  7", ""), ("000002", "Amy", "Lee", "Year  7", "")]
    students(made, [*rows, ("000003", "Bo", "Fox", "Year  7", "")])
    settings(desk, 'pupil_login = "{intake_yy}{surname}{initial}"')
    seed(desk, [user("26leea@school.example"), user("26foxb@school.example"), user("26foxb2@school.example")])
    found = matches(desk)
    assert [found["pupil", n]["status"] for n in ("000001", "000002", "000003")] == ["refused"] * 3
    assert "same login" in found["pupil", "000001"]["reason"]


def test_a08_a_renamed_account_is_the_same_person(one_class, made):
    desk = one_class
    seed(desk, [user("t000@school.example", "T000"), *(user(f"p00000{n}@school.example") for n in (1, 2, 3))])
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    account = matches(desk)["pupil", "000002"]["account_id"]
    changed = {"userPrincipalName": "20holta@school.example", "mail": "20holta@school.example"}
    assert desk.asks("PATCH", f"/v1.0/users/{account}", changed)[0] == 204
    assert desk.json("plan")["changes"] == []
    found = matches(desk)["pupil", "000002"]
    assert (found["account_id"], found["rule"]) == (account, "account renamed")
    assert "p000002@" not in (desk.folder / ".teamskit" / "links.json").read_text("utf-8")
    students(made, [(f"00000{n}", "A", f"S{n}", "Year  7", f"p00000{n}x@school.example") for n in (1, 2, 3)])
    assert matches(desk)["pupil", "000002"]["status"] == "unmatched"


@pytest.mark.parametrize("numbered", [True, False])
def test_a10_an_address_put_right_adds_the_new_owner_before_the_old_goes(one_class, made, numbered):
    desk = one_class
    made.staff["T000"] = "j.fostre@school.example"
    made.write()
    pupils = [user(f"p00000{n}@school.example", f"00000{n}") for n in (1, 2, 3)]
    first = user("j.fostre@school.example", "T000" if numbered else None)
    seed(desk, [*pupils, first, user("j.foster@school.example")])
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    made.staff["T000"] = "j.foster@school.example"
    made.write()
    plan = desk.json("teams", "plan")
    if numbered:
        assert plan["changes"] == []
        return
    assert plan["totals"] == {"add": 1, "remove": 1}
    desk.run("apply", "--yes")
    assert desk.json("teams", "list")[0]["owners"] == ["j.foster@school.example"]


def test_numbers_of_two_schools_are_told_apart_by_what_the_school_file_says(desk, made):
    from datetime import date

    from teamskit.roster.matching import Rules, match_accounts
    from teamskit.roster.model import Person, Place, Roster
    from teamskit.school import AccountSettings, SchoolUnit
    from teamskit.tenant.models import Account

    def account(upn, **more):
        return Account(upn, f"{upn}@school.example", "", upn, "0001", "Member", True, **more)

    units = (SchoolUnit(id="892/4001", name="Ash", company="Ash School"), SchoolUnit(id="b", name="Beech"))
    people = [Person("0001", s, "pupil", name, Place("x")) for s, name in (("8924001", "Ana Lim"), ("b", "Bo Quist"))]
    accounts = [account("x", company="Ash School"), account("y", company="Beech")]

    def found(people, accounts):
        roster = Roster(units, tuple(people), (), date(2026, 11, 20))
        rules = Rules(AccountSettings(), (), units)
        return [m.account_id for m in match_accounts(roster, accounts, domains=["school.example"], rules=rules)]

    assert found(people, accounts) == ["x", "y"]
    assert found(people, accounts[:1]) == ["x", None]
    both = [Person("0001", s, "pupil", "Ana Lim", Place("x")) for s in ("8924001", "b")]
    assert found(both, accounts[:1]) == ["x", "x"]


def test_a_person_with_two_roles_counts_as_the_primary_one_else_as_staff():
    from datetime import date

    from teamskit.roster.matching import match_accounts
    from teamskit.roster.model import Person, Place, Roster
    from teamskit.school import SchoolUnit
    from teamskit.tenant.models import Account

    account = Account("x", "x@school.example", "", "x", "1", "Member", True)
    pupil = Person("1", "a", "pupil", "Ana Lim", Place("x"))
    staff = pupil._replace(role="staff")

    def counted(*people):
        roster = Roster((SchoolUnit(id="a", name="A"),), people, (), date(2026, 11, 20))
        found = match_accounts(roster, [account], domains=["school.example"])
        return [m.role for m in found if m.status == "matched"]

    assert counted(pupil, staff) == ["staff"]
    assert counted(pupil._replace(primary=True), staff._replace(primary=False)) == ["pupil"]
    assert counted(pupil._replace(primary=True), staff._replace(primary=True)) == ["staff"]


def test_a_unique_pupil_number_in_the_tenant_is_reported_and_never_compared(one_class):
    desk = one_class
    settings(desk, 'attribute = "extensionAttribute1"')
    extra = {"onPremisesExtensionAttributes": {"extensionAttribute1": "B801200005001"}}
    seed(desk, [user("a@school.example", "B801200005001"), user("b@school.example", **extra)])
    done = desk.run("roster", "check", ok=(0, 2))
    assert "never compared: 2 (" in done.out
    assert "B8012" not in done.out + desk.run("roster", "match").out


def test_staff_file_is_used_for_staff_only(one_class, made):
    desk = one_class
    write_csv(made.folder / "SIMS_Staff.csv", STAFF, [("000001", "Ms", "A", "B", "Teacher", "True", "", "", "")])
    seed(
        desk,
        [
            user("s@school.example", "000001", department="Staff"),
            user("p@school.example", "000001", department="Year 7"),
        ],
    )
    found = matches(desk)
    assert found["staff", "000001"]["upn"] == "s@school.example"
    assert found["pupil", "000001"]["upn"] == "p@school.example"


def told(desk, check):
    return [p for p in desk.json("roster", "check") if p["check"] == check]


def test_each_reason_has_a_remedy_of_its_own(one_class):
    desk = one_class
    users = [
        user("p000001@school.example", "000001", accountEnabled=False),
        user("p000002@school.example", "000002", userType="Guest"),
        user("p000003@elsewhere.example", "000003"),
        user("t000@school.example", "T000"),
        user("t000b@school.example", "T000"),
    ]
    seed(desk, users)
    said = {p["message"].split()[1]: p["remedy"] for p in told(desk, "account-refused")}
    assert "Enable the account" in said["000001"] and "Guests are never used" in said["000002"]
    assert "domains in school.toml" in said["000003"] and "Take the number off" in said["T000"]
    settings(desk, 'overrides = "who.csv"')
    (desk.folder / "who.csv").write_text("id,role,upn\n000001,pupil,nobody@school.example\n", encoding="utf-8")
    assert "override file" in told(desk, "account-refused")[0]["remedy"]


def test_an_address_that_belongs_to_another_number_is_used_and_said_once(one_class):
    desk = one_class
    users = [user(f"p00000{n}@school.example", f"00900{n}", department="Year 7") for n in (1, 2, 3)]
    seed(desk, [*users, user("t000@school.example", "PAY77", department="Teaching Staff")])
    found = matches(desk)
    assert {m["rule"] for m in found.values()} == {"address"}
    assert all("nobody in the export" in found["pupil", f"00000{n}"]["warning"] for n in (1, 2, 3))
    assert found["staff", "T000"]["warning"] == "", "a payroll number tells nothing"
    (line,) = told(desk, "account-other-number")
    assert "3 (000001, 000002, 000003)" in line["message"]


def test_a_proposal_pasted_whole_and_a_person_named_twice_by_zeros(one_class):
    desk = one_class
    seed(desk, [user("a@school.example"), user("b@school.example"), user("t000@school.example", "T000")])
    settings(desk, 'overrides = "who.csv"')
    rows = ["id,role,upn", '000001,pupil,"a@school.example (Ann Quill, 90 %)"', "1,pupil,b@school.example"]
    (desk.folder / "who.csv").write_text("\n".join(rows), encoding="utf-8")
    assert matches(desk)["pupil", "000001"]["upn"] == "a@school.example"
    (line,) = told(desk, "override-twice")
    assert (line["file"], line["row"]) == ("who.csv", 3) and "line 2" in line["message"]
