"""Small values: years, periods, dates, guards, headings, Unique Pupil Numbers."""

from datetime import date

import pytest

from teamskit.roster.cells import clean
from teamskit.roster.dates import read_dates
from teamskit.roster.headings import is_sensitive
from teamskit.roster.sims import KINDS
from teamskit.roster.upn import is_upn
from teamskit.roster.values import clock_time, looks_like_date, period_parts, school_year, without_zeros


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Year  7", "7"),
        ("07", "7"),
        ("Yr 7", "7"),
        ("Y10", "10"),
        ("R", "R"),
        ("Reception", "R"),
        ("N1", "N1"),
        ("", None),
    ],
)
def test_years(text, year) -> None:
    assert school_year(text) == year


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mon:1", (0, "", "1")),
        ("MonA:1", (0, "A", "1")),
        ("1Mon:2", (0, "1", "2")),
        ("Fri:AM", (4, "", "AM")),
        ("Thursday:3", (3, "", "3")),
        ("Tut", (None, "", "Tut")),
    ],
)
def test_periods(text, parts) -> None:
    assert period_parts(text) == parts


def test_times() -> None:
    assert [str(clock_time(t)) for t in ("9:05", "13:10", "1.10 pm", "25:00", "x")] == [
        "09:05:00",
        "13:10:00",
        "13:10:00",
        "None",
        "None",
    ]


def test_one_order_of_day_and_month_for_a_whole_file() -> None:
    assert read_dates(["7/1/2017", "6/30/2018"])["7/1/2017"] == date(2017, 7, 1)
    assert read_dates(["7/1/2017"])["7/1/2017"] == date(2017, 1, 7)
    assert read_dates(["7/1/2017"], first="month")["7/1/2017"] == date(2017, 7, 1)
    assert read_dates(["2026-09-01", "1-Sep-26", "04/09/2026 00:00"]) == {
        "2026-09-01": date(2026, 9, 1),
        "1-Sep-26": date(2026, 9, 1),
        "04/09/2026 00:00": date(2026, 9, 4),
    }
    assert read_dates(["", "31/13/2026", "1/2/2026"]) == {"31/13/2026": None, "1/2/2026": date(2026, 2, 1)}


@pytest.mark.parametrize(
    ("cell", "value"),
    [("'004701", "004701"), ('="004701"', "004701"), ("=004701", "004701"), ("\u00a0 x\u00a0", "x"), ("'Ab", "'Ab")],
)
def test_guards_are_stripped_and_nothing_is_evaluated(cell, value) -> None:
    assert clean(cell) == value


def test_upn_by_shape_and_check_letter() -> None:
    assert is_upn("B801200005001") and not is_upn("A801200005001") and not is_upn("004123")


@pytest.mark.parametrize(
    "heading", ["UPN", "Legal_Surname", "date of birth", "FSM Eligibility", "In Care", "SEN", "Password"]
)
def test_sensitive_headings(heading) -> None:
    assert is_sensitive(heading)


@pytest.mark.parametrize(
    "heading", ["Primary Email", "Email Address", "Surname", "Reg", "Username", "Class", "Enrolment Status"]
)
def test_harmless_headings(heading) -> None:
    assert not is_sensitive(heading)


@pytest.mark.parametrize("heading", ["Adno", "adm no", "NUMBER ADMISSION", "Admission_Number", "AdmissionNumber"])
def test_headings_in_any_case_punctuation_and_order(heading) -> None:
    found = KINDS["students"].recognise([heading], {})[0]
    assert found and found[0] == "id"


def test_excel_dates_and_zeros() -> None:
    assert looks_like_date("03-Apr") and not looks_like_date("3/4") and not looks_like_date("10a/Ma1")
    assert [without_zeros(n) for n in ("004123", "4123.0", "000", "A01")] == ["4123", "4123", "000", "A01"]
