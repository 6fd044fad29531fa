"""The teachers' timetable of the screen: a column a period, two rows a teacher."""

from datetime import date

import pytest

from teamskit.roster import read_roster
from teamskit.roster.explain import explain
from teamskit.school import SchoolUnit

STUDENTS = "Adno,Forename,Surname,Reg,Year\n000001,A,One,7A,7\n"
CLASSES = "Adno,Surname,Forename,Reg,Year,Class\n000001,One,A,7A,7,7A/Ma1\n000001,One,A,7A,7,7A/En1\n"
STAFF = "Staff Code,Title,Forename,Surname,Role,Teaching Staff\nAX,Ms,Ann,X,Teacher,True\nBY,Mr,Bob,Y,Teacher,True\n"
BLANK = "Teacher,MonA:1,MonA:2,TueA:1,TueB:1\nAX,7A/Ma1,,7A/Ma1,\n,R1,,R2,\nBY,,7A/En1,,7A/En1\n,,R3,,R3\n"
REPEATED = BLANK.replace("\n,R1", "\nAX,R1").replace("\n,,R3", "\nBY,,R3")
NAMED = BLANK.replace("AX,", "Ms A X,").replace("BY,", "Mr B Y,")
TITLED = "Staff timetable\n\n" + BLANK


def read(folder, timetable, name="SIMS_Timetable"):
    for stem, text in (("Students", STUDENTS), ("Class_Membership", CLASSES), ("Staff", STAFF)):
        (folder / f"SIMS_{stem}.csv").write_text(text, encoding="utf-8")
    (folder / f"{name}.csv").write_text(timetable, encoding="utf-8")
    unit = SchoolUnit(id="s", name="S")
    return read_roster(folder, school=unit, effective=date(2026, 11, 20), domains=("school.example",))


@pytest.mark.parametrize("text", [BLANK, REPEATED, NAMED, TITLED], ids=["blank", "repeated", "names", "title"])
def test_classes_get_their_teachers_and_lessons_their_periods(tmp_path, text):
    roster = read(tmp_path, text)
    assert {s.id: s.teachers for s in roster.sections} == {"7A/Ma1": ("AX",), "7A/En1": ("BY",)}
    assert sorted((one.section_id, one.period, one.week, one.weekday) for one in roster.lessons) == [
        ("7A/En1", "MonA:2", "A", 0),
        ("7A/En1", "TueB:1", "B", 1),
        ("7A/Ma1", "MonA:1", "A", 0),
        ("7A/Ma1", "TueA:1", "A", 1),
    ]
    assert [f.rows for f in roster.files if f.file == "SIMS_Timetable.csv"] == [4]
    assert [p for p in roster.problems if p.severity == "error"] == []


def test_it_is_known_by_its_shape_whatever_it_is_called(tmp_path):
    assert len(read(tmp_path, BLANK, "screen").lessons) == 4
    assert {f.file for f in read(tmp_path, BLANK, "screen").files} >= {"screen.csv"}


def test_explain_says_what_its_columns_are(tmp_path):
    (tmp_path / "SIMS_Timetable.csv").write_text(TITLED, encoding="utf-8")
    told = explain(tmp_path / "SIMS_Timetable.csv", {})
    assert (told.kind, told.heading_row) == ("Teachers' timetables of the screen", 3)
    assert [one.read_as for one in told.columns] == ["teacher", *["classes and rooms by turns"] * 4]


def test_a_teacher_without_a_row_of_rooms_takes_no_other_teachers(tmp_path):
    text = "Teacher,Mon:1,Mon:2,Tue:1\nAX,7A/Ma1,,\nBY,,7A/En1,\n,,R3,\n"
    roster = read(tmp_path, text)
    assert {s.id: s.teachers for s in roster.sections} == {"7A/Ma1": ("AX",), "7A/En1": ("BY",)}


def test_an_unknown_code_is_told_at_its_row(tmp_path):
    problems = [p for p in read(tmp_path, BLANK.replace("BY,,", "ZZ,,")).problems if p.check == "unknown-staff"]
    assert [(p.file, p.row) for p in problems] == [("SIMS_Timetable.csv", 4)]
