"""Shapes that are refused, or that need more than a roster to be told."""

from datetime import date
from pathlib import Path

import pytest

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster
from teamskit.roster.checks import check
from teamskit.roster.class_codes import class_codes
from teamskit.roster.dates import turned
from teamskit.roster.headings import is_sensitive, why_sensitive
from teamskit.roster.report_xml import element_caption
from teamskit.roster.values import looks_like_date, school_year
from teamskit.roster.workbook import cell_text
from teamskit.school.model import SchoolUnit

STAFF = "Staff Code,Title,Forename,Surname\nJFO,Mr,James,Foster\n"


@pytest.fixture
def read(tmp_path: Path):
    def make(**files: str | bytes) -> Roster:
        for name, content in {"SIMS_Staff__csv": STAFF, **files}.items():
            raw = content if isinstance(content, bytes) else content.encode("utf-8")
            (tmp_path / name.replace("__", ".")).write_bytes(raw)
        unit = SchoolUnit(id="s", name="S")
        return read_roster(tmp_path, school=unit, effective=date(2026, 11, 20), domains=["school.example"])

    return make


@pytest.mark.parametrize(
    "text",
    [
        "<CommandReporterError>Login failed</CommandReporterError>",
        "<SuperStarReport><Record><Adno>1</Adno></Record><CommandReporterError>Login failed</CommandReporterError>",
    ],
)
@pytest.mark.parametrize("name", ["SIMS_Students__xml", "SIMS_Students__csv"])
def test_an_error_in_place_of_a_report_is_refused_with_its_words(read, text, name) -> None:
    with pytest.raises(RosterError, match="Login failed"):
        read(**{name: text})


@pytest.mark.parametrize(
    "text",
    [
        "<SuperStarReport><Record><Adno>004123</Adno>",
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><SuperStarReport><Record/></SuperStarReport>',
    ],
)
def test_xml_that_breaks_off_or_declares_things_is_refused(read, text) -> None:
    with pytest.raises(RosterError, match="breaks off or is not well formed"):
        read(SIMS_Students__xml=text)


def test_what_is_only_named_a_workbook_is_refused(read) -> None:
    for raw in (b"", b"PK\x03\x04broken", b"Adno,Surname\n1,A\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with pytest.raises(RosterError, match="cannot be read as an Excel workbook"):
            read(SIMS_Students__xlsx=raw)


def test_a_class_report_without_names_is_no_file_of_pupils(read) -> None:
    with pytest.raises(RosterError, match="no file of pupils"):
        read(SIMS_Class_Membership__csv="Adno,Class\n004123,7x/En1\n")


def test_rows_of_a_pupil_left_out_are_told_in_the_class_file_too(read) -> None:
    roster = read(
        SIMS_Students__csv="Adno,Surname\n1,A\n1,B\n2,C\n",
        SIMS_Class_Membership__csv="Adno,Class,Teacher Code\n1,7x/En1,JFO\n2,7x/En1,JFO\n2,,JFO\n",
    )
    told = {(p.check, p.file, p.row) for p in check(roster)}
    assert {("contradictory-rows", "SIMS_Students.csv", n) for n in (2, 3)} <= told
    assert ("person-left-out", "SIMS_Class_Membership.csv", 2) in told
    assert ("row-without-class", "SIMS_Class_Membership.csv", 4) in told
    assert {f.file: f.left_out for f in roster.files} == {
        "SIMS_Students.csv": 2,
        "SIMS_Staff.csv": 0,
        "SIMS_Class_Membership.csv": 2,
    }


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("7x/En1", [("7x/En1", None)]),
        ("7x/En1, 7x/Ma2; CLS 7ELM", [("7x/En1", None), ("7x/Ma2", None), ("CLS 7ELM", None)]),
        ("7x/En1\r\n7x/Ma2", [("7x/En1", None), ("7x/Ma2", None)]),
        ("English: Year 10: 10a/En1 (2026/2027)", [("10a/En1", 2026)]),
        ("Year 10: 10a/En1 (2026-27)", [("10a/En1", 2026)]),
        ("10a/En1 (2025/26)", [("10a/En1", 2025)]),
        ("English: Year 10: 10a/En1", [("10a/En1", None)]),
        ("Class 3/4 Ash", [("Class 3/4 Ash", None)]),
        ("11C/Fr1 & 11C+Fr1", [("11C/Fr1 & 11C+Fr1", None)]),
        (" , ;", []),
    ],
)
def test_class_codes_of_a_cell(cell, codes) -> None:
    assert class_codes(cell) == codes


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("7.0", "7"),
        ("Year Group 9", "9"),
        ("NC Year 11", "11"),
        ("Year taught in 8", "8"),
        ("Year R", "R"),
        ("YR", "R"),
        ("Reception", "R"),
        ("Year N2", "N2"),
        ("E1", "E1"),
        ("M", "M"),
        ("Mixed", "M"),
        ("X", "X"),
        ("Yellow", "Yellow"),
    ],
)
def test_more_years(text, year) -> None:
    assert school_year(text) == year


def test_turned_dates_are_seen() -> None:
    assert turned(["04/09/2026", "05/10/2026"]) == (False, False)
    assert turned(["14/09/2026", "09/23/2026"]) == (True, False)
    assert turned(["09/23/2026"]) == (False, True)
    assert turned(["09/23/2026"], first="month") == (False, False)


@pytest.mark.parametrize(
    "heading", ["SEN Provision", "LAC", "PP", "ULN", "NHS Number", "EAL", "Legal Forename", "Looked After"]
)
def test_more_headings_that_must_not_travel(heading) -> None:
    assert is_sensitive(heading)


def test_headings_that_may_travel_are_not_taken_for_others() -> None:
    assert [why_sensitive(h) for h in ("Class", "House", "Sender", "Classes", "Reg", "Primary Email", "Place")] == [
        None
    ] * 7


def test_excels_values_become_text() -> None:
    assert cell_text(4123, "000000") == "004123"
    assert cell_text(4123.0, "General") == "4123"
    assert cell_text(True, "General") == "TRUE"
    assert looks_like_date("2026-04-03")
    assert element_caption("Legal_x0020_Surname") == "Legal Surname"
