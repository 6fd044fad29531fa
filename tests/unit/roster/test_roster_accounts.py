"""Matching by number, then by address, never by name; what may not be used is reported and left alone."""

from datetime import date

import pytest

from teamskit.roster.accounts import account_problems, match_accounts, match_problems
from teamskit.roster.matching import Match
from teamskit.roster.model import Person, Place, Roster, Section
from teamskit.school.model import SchoolUnit
from teamskit.tenant.models import Account


def person(number: str, role: str = "pupil", *, school: str = "s", name: str = "", **fields) -> Person:
    return Person(number, school, role, name or f"Name {number}", Place("SIMS_Students.csv", 2, 2), **fields)


def account(upn: str, number: str = "", **fields) -> Account:
    upn = upn if "@" in upn else f"{upn}@school.example"
    given = {"kind": "Member", "enabled": True, "mail": upn, "display_name": upn, **fields}
    return Account(id=f"id-{upn}", upn=upn, employee_id=number, **given)


def matched(people: list[Person], accounts: list[Account]) -> list[Match]:
    roster = Roster((SchoolUnit(id="s", name="S"),), tuple(people), (), date(2026, 11, 20))
    return match_accounts(roster, accounts, domains=["school.example"])


@pytest.mark.parametrize(
    ("people", "accounts", "upns"),
    [
        ([person("004123")], [account("a", "004123")], ["a"]),
        ([person("004123")], [account("a", "4123")], ["a"]),
        ([person("004123")], [account("a", "4123.0")], ["a"]),
        ([person("004123"), person("04123")], [account("a", "4123")], [None, None]),
        ([person("004123")], [account("a", "004123"), account("b", "004123")], [None]),
        ([person("004123")], [account("a", "004123", enabled=False), account("b", "004123")], ["b"]),
        ([person("004123", email="b@school.example")], [account("a", "004123", enabled=False), account("b")], [None]),
        ([person("004123")], [account("a", "004123", kind="Guest")], [None]),
        ([person("004123")], [account("a@old.example", "004123")], [None]),
        ([person("1", email="A@School.Example")], [account("a")], ["a"]),
        ([person("1", username="a")], [account("a")], ["a"]),
        ([person("1", email="a@home.example")], [account("b", mail="a@home.example")], [None]),
        ([person("1", email="d\u2019arcy@school.example")], [account("d'arcy")], ["d'arcy"]),
        ([person("1", email="a@school.example"), person("2", email="a@school.example")], [account("a")], [None, None]),
        ([person("1", email="a@school.example"), person("2")], [account("a", "2")], [None, "a"]),
        ([person("1")], [account("a", "1", department="Teaching Staff")], [None]),
        ([person("JFO", "staff")], [account("a", "JFO", department="Year 7")], [None]),
        ([person("JFO", "staff")], [account("a", "jfo", department="Year 7", job_title="Teacher")], ["a"]),
        ([person("1", name="Zain Khan")], [account("zain", display_name="Zain Khan")], [None]),
        ([person("B801200005001")], [account("a", "B801200005001")], [None]),
    ],
)
def test_the_first_rule_that_finds_an_account_decides(people, accounts, upns) -> None:
    got = [m.upn and m.upn.partition("@")[0] for m in matched(people, accounts)]
    assert got == upns


def test_payroll_number_of_a_teacher_is_no_pupil_even_without_department() -> None:
    people = [person("004123"), person("RGA", "staff", email="r@school.example")]
    pupil, teacher = matched(people, [account("r", "004123")])
    assert pupil.status == "unmatched"
    assert teacher.upn == "r@school.example"


def test_an_account_that_two_people_claim_is_nobodys() -> None:
    people = [person("1", email="a@school.example"), person("JFO", "staff", email="a@school.example")]
    found = matched(people, [account("a")])
    assert [m.status for m in found] == ["refused", "refused"]
    assert "claimed" in found[0].reason


def test_one_person_in_two_schools_is_one_and_with_two_roles_is_staff() -> None:
    both = [person("1", name="Ana Lim"), person("1", school="t", name="Ana Lim")]
    assert [m.status for m in matched(both, [account("a", "1")])] == ["matched", "matched"]
    other = [person("1", name="Ana Lim"), person("1", school="t", name="Bo Quist")]
    assert [m.status for m in matched(other, [account("a", "1")])] == ["refused", "refused"]
    roles = [person("1", name="Ana Lim"), person("1", "staff", name="Ana Lim")]
    assert [m.status for m in matched(roles, [account("a", "1")])] == ["refused", "matched"]


def test_number_wins_over_address_and_a_warning_tells() -> None:
    (match,) = matched([person("1", email="b@school.example")], [account("a", "1"), account("b")])
    assert match.upn == "a@school.example" and match.warning


def test_problems_stand_at_the_row_and_classes_that_lose_their_team_are_named() -> None:
    people = (person("1"), person("2", on_roll=False), person("JFO", "staff"))
    section = Section("7x", "s", "7x", 2026, Place("C.csv", 5, 5), teachers=("JFO",), pupils=("1",))
    roster = Roster((SchoolUnit(id="s", name="S"),), people, (section,), date(2026, 11, 20))
    accounts = [account("a", "1")]
    problems = match_problems(roster, match_accounts(roster, accounts, domains=["school.example"]))
    assert [(p.check, p.row) for p in problems] == [("no-account", 2), ("class-without-teacher", 5)]
    assert "JFO" in problems[0].message and "Name" not in problems[0].message


def test_unique_pupil_numbers_in_the_tenant_are_told_without_the_number() -> None:
    (problem,) = account_problems([account("a", "B801200005001"), account("b", "4123")])
    assert "id-a@school.example" in problem.message and "B801" not in problem.message
