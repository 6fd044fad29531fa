"""School Data Sync v1: rows that repeat or say nothing, words of status, terms, and ids that only look like numbers."""

from datetime import date
from pathlib import Path

import pytest

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster
from teamskit.roster.checks import check
from teamskit.roster.model import Problem
from teamskit.roster.upn import is_upn
from teamskit.school.model import SchoolUnit

DAY = date(2026, 11, 20)
SET = {
    "School": "DfE Number,Name\n8924001,Ash\n",
    "Section": "ID,School DfE Number,Section Name,Term StartDate,Term EndDate,Status\n"
    "S1,8924001,7x/En1,2026-09-01,2027-07-20,Active\n",
    "Student": "ID,School DfE Number,First Name,Last Name,Username,Status\n"
    "P1,8924001,Kay,Abel,kay,Active\nP2,8924001,Leo,Berg,leo,Active\n",
    "Teacher": "ID,School DfE Number,First Name,Last Name,Username,Status\nT1,8924001,Jo,Cole,jo,Active\n",
    "StudentEnrollment": "Section ID,ID\nS1,P1\nS1,P2\n",
    "TeacherRoster": "Section ID,ID\nS1,T1\n",
}


@pytest.fixture
def v1(tmp_path: Path):
    def make(day: date = DAY, **files: str) -> Roster:
        for name, text in {**SET, **files}.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
        unit = SchoolUnit(id="s", name="S")
        return read_roster(tmp_path, school=unit, effective=day, domains=["school.example"])

    return make


def told(roster: Roster, name: str) -> list[Problem]:
    return [p for p in check(roster) if p.check == name]


def left_out(roster: Roster) -> dict[str, int]:
    for file in roster.files:
        rows = {p.row for p in roster.problems if p.file == file.file and p.row}
        assert file.rows == file.used + file.left_out
        assert len(rows) >= file.left_out
    return {file.file: file.left_out for file in roster.files if file.left_out}


def test_schools_that_repeat_contradict_or_have_no_number(v1) -> None:
    roster = v1(School=SET["School"] + "8924001,Ash\n8924001,Birch\n,Nameless\n")
    assert [(s.id, s.name) for s in roster.schools] == [("8924001", "Ash")]
    assert left_out(roster) == {"School.csv": 2}
    assert [(p.row, p.severity) for p in told(roster, "school-twice")] == [(4, "error")]
    assert [p.row for p in told(roster, "row-without-number")] == [5]


def test_section_in_several_rows_has_all_its_terms_and_another_name_is_left_out(v1) -> None:
    rows = "S1,8924001,7x/En1,2026-09-01,2026-12-18,Active\nS1,8924001,7x/En1,2027-01-04,2027-03-26,Active\n"
    rows += "S1,8924001,7x/En1,2025-09-01,2026-07-20,Inactive\nS1,8924001,Other,2026-09-01,2027-07-20,Active\n"
    roster = v1(date(2026, 12, 25), Section=SET["Section"].splitlines()[0] + "\n" + rows)
    section = roster.sections[0]
    assert (section.starts_on, section.ends_on, section.in_term) == (date(2026, 9, 1), date(2027, 3, 26), True)
    assert left_out(roster) == {"Section.csv": 1}
    assert [p.row for p in told(roster, "section-terms")] == [4]
    assert [p.row for p in told(roster, "section-twice")] == [5]


def test_same_section_row_again_is_no_trouble(v1) -> None:
    roster = v1(Section=SET["Section"] + SET["Section"].splitlines()[1] + "\n")
    assert check(roster) == [] and len(roster.sections) == 1


@pytest.mark.parametrize(
    ("word", "on_roll", "lines"),
    [
        ("Active", True, 0),
        (" ACTIVE ", True, 0),
        ("", True, 0),
        ("TRUE", True, 0),
        ("Inactive", False, 0),
        ("InActive", False, 0),
        ("false", False, 0),
        ("0", False, 0),
        ("Leaver", False, 0),
        ("Future", False, 0),
        ("wandering", True, 1),
        ("Kay", True, 1),
    ],
)
def test_words_of_status(v1, word, on_roll, lines) -> None:
    roster = v1(Student=SET["Student"].replace("leo,Active", f"leo,{word}"))
    assert [p.on_roll for p in roster.pupils] == [True, on_roll]
    unknown = told(roster, "unknown-status")
    assert [(p.file, p.row, p.column) for p in unknown] == [("Student.csv", 3, "Status")] * lines
    assert all(word not in p.message for p in unknown if word[0].isupper())
    assert left_out(roster) == {}


def test_unknown_status_of_many_is_one_line_and_stops_no_class(v1) -> None:
    text = SET["Student"].replace("Active", "ongoing")
    roster = v1(Student=text, Section=SET["Section"].replace("Active", "ongoing"))
    assert [(p.file, p.row) for p in told(roster, "unknown-status")] == [("Student.csv", 2), ("Section.csv", 2)]
    assert "and in 1 more" in told(roster, "unknown-status")[0].message
    assert roster.sections[0].no_team is None


def test_inactive_section_gets_no_team_however_that_is_written(v1) -> None:
    for word in ("inactive", "FALSE", "0", "Not active"):
        roster = v1(Section=SET["Section"].replace("Active", word))
        assert roster.sections[0].no_team == "it is inactive in the file"


@pytest.mark.parametrize(
    ("starts", "ends", "day", "year"),
    [
        ("2026-08-24", "2027-07-20", "2026-08-25", 2026),
        ("2025-09-01", "2026-07-20", "2026-11-20", 2025),
        ("2026-09-01", "2028-08-31", "2026-11-20", 2026),
        ("2010-01-01", "2040-01-01", "2026-11-20", 2026),
        ("", "", "2026-11-20", 2026),
    ],
)
def test_the_term_gives_the_academic_year(v1, starts, ends, day, year) -> None:
    text = SET["Section"].replace("2026-09-01,2027-07-20", f"{starts},{ends}")
    assert v1(date.fromisoformat(day), Section=text).sections[0].academic_year == year


def test_days_as_excel_counts_them_are_days_and_said_once(v1) -> None:
    roster = v1(Section=SET["Section"].replace("2026-09-01,2027-07-20", "46266,46588"))
    assert (roster.sections[0].starts_on, roster.sections[0].ends_on) == (date(2026, 9, 1), date(2027, 7, 20))
    assert [p.check for p in check(roster)] == ["dates-as-numbers"]


def test_ids_of_classes_and_schools_that_look_like_pupil_numbers_survive(v1) -> None:
    number = "B801200005001"
    files = {name: text.replace("S1", number) for name, text in SET.items()}
    roster = v1(**files)
    assert [(s.id, s.pupils, s.teachers) for s in roster.sections] == [(number, ("P1", "P2"), ("T1",))]
    assert check(roster) == []
    files = {name: text.replace("8924001", number) for name, text in SET.items()}
    assert [p.school for p in v1(**files).people] == [number] * 3


def test_pupil_numbers_of_people_do_not_and_none_is_told(v1) -> None:
    number = "B801200005001"
    with pytest.raises(RosterError, match="Unique Pupil Numbers"):
        v1(Student=SET["Student"].replace("P1", number).replace("P2", number))
    roster = v1(StudentEnrollment=SET["StudentEnrollment"] + f"{number},P1\nS1,{number}\n")
    assert left_out(roster) == {"StudentEnrollment.csv": 2}
    assert number not in repr(roster) + repr(check(roster))


def test_a_column_of_pupil_numbers_in_place_of_classes_is_refused(v1) -> None:
    numbers = [f"{letter}8012000{serial:05d}" for letter in "ABCDEFGHJKLMNPQRTUVWXYZ" for serial in range(3)]
    rows = "".join(f"{n},P1\n" for n in numbers if is_upn(n))
    assert rows.count("\n") >= 3
    with pytest.raises(RosterError, match="Unique Pupil Numbers"):
        v1(StudentEnrollment="Section ID,ID\n" + rows)


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ('P3,8924001,"Max,Dunn,max,Active\nP4,8924001,Amy,Eden,amy,Active\n', 4),
        ('P3,8924001,"Max,Dunn,max,Active\nP4,8924001,"Amy",Eden,amy,Active\nP5,8924001,"Bo",Fell,bo,Active\n', 4),
        ('P3,8924001,Max "M",Dunn,max,Active\nP4,8924001,"Amy,Eden,amy,Active\nP5,8924001,"Bo,Fell,bo,Active\n', 5),
    ],
)
def test_an_unclosed_quote_is_named_at_its_own_row(v1, cells, row) -> None:
    with pytest.raises(RosterError, match="quoted cell begins") as caught:
        v1(Student=SET["Student"] + cells)
    assert [(p.file, p.row) for p in caught.value.problems if p.severity == "error"] == [("Student.csv", row)]


def test_a_single_mark_in_a_cell_and_a_cell_of_two_lines_are_no_unclosed_quote(v1) -> None:
    text = SET["Section"].replace("7x/En1", 'Set 5" and up') + 'S2,8924001,"Two\nlines",,,Active\n'
    roster = v1(Section=text)
    assert [s.name for s in roster.sections] == ['Set 5" and up', "Two\nlines"]


def test_who_contradicts_himself_is_in_no_class_though_another_school_has_his_number(v1) -> None:
    text = SET["Student"] + "P1,8924001,Kim,Abel,kim,Active\nP1,8924002,Mia,Dunn,mia,Active\n"
    roster = v1(School=SET["School"] + "8924002,Birch\n", Student=text)
    assert roster.sections[0].pupils == ("P2",)
    assert [(p.file, p.row) for p in told(roster, "person-left-out")] == [("StudentEnrollment.csv", 2)]
    assert left_out(roster) == {"Student.csv": 2, "StudentEnrollment.csv": 1}


def test_a_missing_file_is_named_as_it_is_written(v1, tmp_path: Path) -> None:
    v1()
    (tmp_path / "TeacherRoster.csv").unlink()
    with pytest.raises(RosterError, match=r"no TeacherRoster\.csv"):
        read_roster(tmp_path, school=SchoolUnit(id="s", name="S"), effective=DAY, domains=[])


def test_classes_of_other_years_are_only_noted(v1) -> None:
    for term, severity in (("2025-09-01,2026-07-20", "info"), ("2027-01-04,2027-07-20", "warning")):
        roster = v1(Section=SET["Section"].replace("2026-09-01,2027-07-20", term))
        assert [p.severity for p in told(roster, "class-not-in-term")] == [severity]


@pytest.mark.parametrize("other", ["892/4001", "892-4001", "892 4001", "8924001.0", " 892/4001 "])
def test_a_dfe_number_is_the_same_school_however_it_is_written(v1, other: str) -> None:
    files = {name: SET[name].replace("8924001", other) for name in ("Student", "Section")}
    roster = v1(School="DfE Number,Name\n892/4001,Ash\n8924001,Ash\n", **files)
    assert [(s.id, s.dfe) for s in roster.schools] == [("892/4001", "8924001")]
    assert {p.school for p in roster.people} == {"892/4001"} == {s.school for s in roster.sections}
    assert (roster.sections[0].pupils, left_out(roster), check(roster)) == (("P1", "P2"), {}, [])


def test_ids_of_schools_that_are_no_dfe_numbers_are_compared_to_the_letter(v1) -> None:
    assert len(v1(Student=SET["Student"].replace("8924001", "8924002")).pupils) == 0
    files = {name: SET[name].replace("8924001", "A/1") for name in ("School", "Section", "Teacher")}
    roster = v1(Student=SET["Student"].replace("8924001", "A-1"), **files)
    assert [p.check for p in roster.problems if p.file == "Student.csv"] == ["unknown-school"] * 2


def test_a_term_that_ends_before_it_begins_is_called_so(v1) -> None:
    roster = v1(Section=SET["Section"].replace("2026-09-01,2027-07-20", "2027-07-20,2026-09-01"))
    problem = told(roster, "term-dates")[0]
    assert (problem.file, problem.row, problem.column, problem.severity) == (
        "Section.csv",
        2,
        "Term EndDate",
        "error",
    )
    assert problem.message == "Section S1: the term ends (2026-09-01) before it begins (2027-07-20)."
    assert roster.sections[0].no_team and left_out(roster) == {}
