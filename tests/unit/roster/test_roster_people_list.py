"""A co-ordinator's list as read: every row with something in it comes out once, whatever is in it."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from teamskit.errors import RosterError
from teamskit.roster.people_list import read_people

ID = "0b3f9a52-1c1e-4a43-9d5f-2f6f5f0f7c11"


def listed(folder, text, name="l.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return read_people(folder / name)


def kinds(people):
    return [(row.row, *((one.kind, one.value) for one in row.named)) for row in people.rows]


@pytest.mark.parametrize(
    "heading",
    ["Email", "E-MAIL ADDRESS", "userPrincipalName", "User principal name", "UPN", "Work Email", "login", "Account"],
)
def test_headings_of_addresses(tmp_path, heading):
    assert kinds(listed(tmp_path, f"{heading},Note\nA.B@x.example,1\n")) == [(2, ("address", "a.b@x.example"))]


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Adno", "pupil"),
        ("admission_number", "pupil"),
        ("Student No", "pupil"),
        ("Staff Code", "staff"),
        ("TeacherCode", "staff"),
        ("Staff ID", "staff"),
        ("ID", "number"),
        ("Employee Number", "number"),
    ],
)
def test_headings_of_numbers(tmp_path, heading, kind):
    assert kinds(listed(tmp_path, f"Form;{heading}\n7A;004701\n")) == [(2, (kind, "004701"))]


def test_a_row_number_counts_only_where_there_is_nothing_better(tmp_path):
    people = listed(tmp_path, f"No,Email,Object ID\n1,a@x.example,\n2,,{ID.upper()}\n3,,\n")
    assert kinds(people) == [(2, ("address", "a@x.example")), (3, ("account", ID)), (4, ("number", "3"))]


def test_a_sign_in_name_like_the_foot_of_a_report_is_a_person(tmp_path):
    people = listed(tmp_path, "Username\npage.j\ncount@x.example\ntotal\n3 records\nPage 1 of 2\n")
    assert [row.row for row in people.rows] == [2, 3, 4]


def test_a_row_with_too_many_cells_is_not_used(tmp_path):
    people = listed(tmp_path, "Name,Email\nAnn,a@x.example\nAnn, B,b@x.example\n")
    assert [(row.row, bool(row.named), bool(row.wrong)) for row in people.rows] == [(2, True, False), (3, False, True)]


def test_the_right_sheet_of_a_workbook_is_found(tmp_path):
    book = Workbook()
    book.active.append(["Read me first"])
    sheet = book.create_sheet("People")
    sheet.append(["", "Admission No"])
    sheet.append(["", 4701])
    book.save(tmp_path / "l.xlsx")
    assert kinds(read_people(tmp_path / "l.xlsx")) == [(2, ("pupil", "4701"))]
    bare = Workbook()
    bare.active.append(["hello"])
    bare.create_sheet("x").append(["a", "a@x.example"])
    bare.save(tmp_path / "b.xlsx")
    assert kinds(read_people(tmp_path / "b.xlsx")) == [(1, ("address", "a@x.example"))]


CELL = st.one_of(
    st.sampled_from(["Email", "Adno", "", "a@x.example", "004701", "4.7E+05", "T01", ID, "=1+1", "H801200001001"]),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8),
)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=8), mark=st.sampled_from(",;\t|"))
def test_no_row_is_told_twice_and_no_file_crashes(tmp_path_factory, rows, mark):
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\n").writerows(rows)
    try:
        people = listed(tmp_path_factory.mktemp("l"), text.getvalue())
    except RosterError as refused:
        assert refused.next_step
        return
    numbers = [row.row for row in people.rows]
    assert numbers == sorted(set(numbers))
    assert all(bool(row.named) != bool(row.wrong) for row in people.rows)
    assert "H801200001001" not in [one.value for row in people.rows for one in row.named]
