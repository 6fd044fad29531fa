"""Login patterns, and the override file as technicians and Excel leave it."""

from datetime import date

import pytest

from teamskit.errors import InputError
from teamskit.roster.logins import CannotStand, folded, login_of
from teamskit.roster.model import Person, Place
from teamskit.roster.overrides import override_of, read_overrides
from teamskit.school import AccountSettings


def person(year="7", forename="Zo\u00eb", surname="O'Neill-Hart", number="004123", **more):
    return Person(number, "s", "pupil", f"{forename} {surname}", Place("x"), forename, surname, year, **more)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zo\u00eb", "zoe"),
        ("\u0141ukasik", "lukasik"),
        ("\u00d8yvind", "oyvind"),
        ("Strau\u00df", "strauss"),
        ("\u00d3 Briain", "obriain"),
        ("d\u2019Arcy", "darcy"),
        ("\u00c6gir", "aegir"),
        ("Mary-Ann", "maryann"),
    ],
)
def test_names_are_folded_to_what_a_sign_in_name_may_hold(text, plain):
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("pattern", "settings", "who", "login"),
    [
        ("{intake_yy}{surname}{initial}", {}, person(), "26oneillhartz"),
        ("{intake_yy}{surname}{initial}", {}, person("9"), "24oneillhartz"),
        ("{intake_yy}{surname}{initial}", {}, person("3"), "23oneillhartz"),
        ("{intake_yy}{surname}{initial}", {"intake": "R"}, person("9"), "17oneillhartz"),
        ("{intake_yyyy}.{number}", {}, person("R"), "2026.4123"),
        ("{adno}@pupils.Example", {}, person(), "004123@pupils.example"),
        ("{surname}{forename}", {"login_length": 12}, person(), "oneillhartzo"),
        ("{surname:.3}{initial}", {}, person(), "onez"),
        ("{intake_yy}{initial}", {}, person(None, joined_on=date(2024, 9, 4)), "24z"),
    ],
)
def test_logins_by_pattern(pattern, settings, who, login):
    assert login_of(who, pattern, AccountSettings(**settings), 2026) == login


@pytest.mark.parametrize(
    "who", [person(surname=""), person(surname="\u0416ukov"), person(surname="Nguy?n"), person(None)]
)
def test_what_cannot_stand_in_a_login_names_the_part_and_not_the_person(who):
    with pytest.raises(CannotStand) as said:
        login_of(who, "{intake_yy}{surname}", AccountSettings(), 2026)
    assert str(said.value).startswith(("the surname", "the intake_yy")) and "ukov" not in str(said.value)


@pytest.mark.parametrize(
    "text",
    [
        "id,role,upn\n4123,pupil,A@School.Example\n",
        "ID;Role;UPN\n004123;Student;a@school.example\n",
        "Adno\tRole\tAccount id\n'004123\tpupil\ta@school.example\n",
        "id,role,upn,name\n004123,pupil,,x\n004123,pupil,a@school.example,\n",
    ],
)
def test_override_files_as_people_leave_them(tmp_path, text):
    path = tmp_path / "who.csv"
    path.write_text(text, encoding="utf-8-sig")
    assert override_of(person(), read_overrides(path), {"4123"}) == "a@school.example"
    assert override_of(person(number="04123"), read_overrides(path), set()) == ""


def test_an_override_file_without_its_columns_is_refused(tmp_path):
    path = tmp_path / "who.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="columns id, role and upn"):
        read_overrides(path)
