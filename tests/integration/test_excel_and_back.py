"""U02: what people open in Excel is read back as it was written: leading zeros, every alphabet, text like formulas."""

import csv
import io

import pytest
from openpyxl import load_workbook

from teamskit.roster import read_roster
from teamskit.roster.people_list import read_people

AWKWARD = {
    "004101": ("Zo\u00eb", "\u0141ab\u0119d\u017a-O\u2019Neill"),
    "004102": ("Fran\u00e7ois", "D'Arcy, the younger"),
    "004103": ("=HYPERLINK(1)", "Smith"),
    "004104": ("-Ann", "+Jones"),
    "004105": ("@Bo", 'van "der" Berg'),
    "000106": ("\u5c0f\u660e", "\u738b"),
    "004107": ("'t", "Hooft"),
}


@pytest.fixture
def awkward(desk, made):
    made.fill(2, 3)
    made.pupils |= {number: f"p{number}@school.example" for number in AWKWARD}
    made.enrolled += [(number, "7x/C000", "T000") for number in AWKWARD]
    made.write()
    path = made.folder / "SIMS_Students.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="cp1252"))))
    for row in rows[1:]:
        row[1:3] = AWKWARD.get(row[0], row[1:3])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return desk


def compared(roster):
    """Give what a roster says, without where it stood."""
    people = {one._replace(place=None, status_note="", primary=None) for one in roster.people}
    sections = {(s.id, frozenset(s.teachers), frozenset(s.pupils), s.no_team) for s in roster.sections}
    return people, sections


def test_u02_an_exported_roster_is_read_back_equal(awkward, tmp_path):
    awkward.run("roster", "show", "-o", tmp_path / "csv")
    here = awkward.here()
    school = {"school": here.school.schools[0], "effective": here.effective, "domains": here.school.domains}
    again = read_roster(tmp_path / "csv", fmt="sims", **school)
    assert compared(again) == compared(here.roster)
    names = {one.id: (one.forename, one.surname) for one in again.pupils}
    assert {number: names[number] for number in AWKWARD} == AWKWARD


def test_u02_numbers_stay_text_in_excel(awkward, tmp_path):
    awkward.run("roster", "show", "-o", tmp_path / "r.xlsx")
    sheet = load_workbook(tmp_path / "r.xlsx")["Pupils"]
    cells = {cell.value: cell for cell in sheet["A"][1:]}
    assert set(AWKWARD) <= set(cells)
    assert all(cell.data_type == "s" and cell.number_format == "@" for cell in cells.values())
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_u02_csv_opens_right_in_excel(awkward, tmp_path):
    awkward.run("roster", "show", "-o", tmp_path / "csv")
    for path in (tmp_path / "csv").iterdir():
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.count(b"\n") == raw.count(b"\r\n")
    assert "'=HYPERLINK(1)" in (tmp_path / "csv" / "pupils.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("name", ["csv/pupils.csv", "csv.xlsx"])
def test_u02_a_saved_list_is_taken_as_a_list_of_people(awkward, tmp_path, name):
    awkward.run("roster", "show", "-o", tmp_path / ("csv.xlsx" if "xlsx" in name else "csv"))
    rows = read_people(tmp_path / name).rows
    numbers = {one.value for row in rows for one in row.named if one.kind == "pupil"}
    assert set(AWKWARD) <= numbers
