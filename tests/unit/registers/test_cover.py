from datetime import date

import pytest

from teamskit.errors import InputError
from teamskit.registers.cover import read_cover

DAY = date(2026, 11, 30)


def read(tmp_path, *rows, headings="Date,Class,Period,Staff"):
    file = tmp_path / "cover.csv"
    file.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
    return read_cover(file)


def test_a_row_names_who_teaches_instead_and_an_empty_cell_cancels(tmp_path):
    found = read(tmp_path, "30/11/2026,7A/Ma1,Mon:1,BEN", "2026-11-30,Class 3/4 Ash,AM,")
    assert found.lessons == {(DAY, "7a/ma1", "mon:1"): ("BEN",), (DAY, "class 3/4 ash", "am"): ()}
    assert found.problems == ()


def test_two_rows_of_one_lesson_are_two_staff(tmp_path):
    found = read(tmp_path, "30/11/2026,7A/Ma1,1,BEN", "30/11/2026,7A/Ma1,1,ANN")
    assert found.lessons == {(DAY, "7a/ma1", "1"): ("BEN", "ANN")}


@pytest.mark.parametrize(
    ("row", "column", "check"),
    [
        ("tomorrow,7A/Ma1,1,BEN", "Date", "no-date"),
        (",7A/Ma1,1,BEN", "Date", "no-day"),
        ("30/11/2026,,1,BEN", "Class", "no-class"),
        ("30/11/2026,7A/Ma1,,BEN", "Period", "no-period"),
        ("30/11/2026,03-Apr,1,BEN", "Class", "class-is-a-date"),
        ("30/11/2026,7A/Ma1,1,#N/A", "Staff", "excel-error"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_row_and_column(tmp_path, row, column, check):
    found = read(tmp_path, "30/11/2026,7A/Ma1,1,ANN", row)
    assert len(found.lessons) == 1
    assert [(one.file, one.row, one.column, one.check) for one in found.problems] == [("cover.csv", 3, column, check)]
    assert found.problems[0].remedy


def test_rows_that_deny_each_other_are_told(tmp_path):
    found = read(tmp_path, "30/11/2026,7A/Ma1,1,BEN", "30/11/2026,7A/Ma1,1,")
    assert found.lessons == {(DAY, "7a/ma1", "1"): ("BEN",)}
    assert [(one.row, one.check) for one in found.problems] == [(3, "cover-twice")]


def test_a_file_without_the_headings_or_no_file_is_an_error_that_says_them(tmp_path):
    with pytest.raises(InputError, match="cannot be used") as wrong:
        read(tmp_path, "1,2,3,4", headings="A,B,C,D")
    assert "Date, Class, Period, Staff" in wrong.value.next_step
    with pytest.raises(InputError, match="cannot be used"):
        read_cover(tmp_path / "none.csv")
