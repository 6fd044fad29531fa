"""What a reader must tell apart: broken files, odd rows, dates, and what must never be kept."""

from datetime import date
from pathlib import Path

import pytest

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster
from teamskit.roster.checks import check
from teamskit.roster.model import Problem
from teamskit.school.model import SchoolUnit

STUDENTS = "Adno,Forename,Surname,Reg\n006201,Kay,Abel,8OAK\n006202,Leo,Berg,8OAK\n"
STAFF = (
    "Staff Code,Title,Forename,Surname,Role,Leaving Date\n"
    "JFO,Mr,James,Foster,Teacher,\nTAS,Mx,Ty,Asher,Teaching Assistant,\n"
)
CLASSES = "Adno,Class,Teacher Code\n006201,8a/Hi1,JFO\n006202,8a/Hi1,JFO\n"
DAY = date(2026, 11, 20)


@pytest.fixture
def export(tmp_path: Path):
    def make(columns: dict | None = None, day: date = DAY, **files: str | bytes) -> Roster:
        texts = {"students": STUDENTS, "staff": STAFF, "classes": CLASSES, **files}
        names = {"students": "SIMS_Students.csv", "staff": "SIMS_Staff.csv", "classes": "SIMS_Class_Membership.csv"}
        for kind, text in texts.items():
            raw = text if isinstance(text, bytes) else text.encode("utf-8")
            (tmp_path / names.get(kind, f"SIMS_{kind.title()}.csv")).write_bytes(raw)
        return read_roster(
            tmp_path,
            school=SchoolUnit(id="8922345", name="School"),
            effective=day,
            domains=["school.example"],
            columns=columns or {},
        )

    return make


def told(roster: Roster, name: str) -> list[Problem]:
    return [p for p in check(roster) if p.check == name]


@pytest.mark.parametrize(
    ("content", "row", "column", "words"),
    [
        (b"", 1, None, "empty"),
        (b"PK\x03\x04rest", 1, None, "Excel"),
        (b"Adno,Forename\n1,\x81\n", 2, None, "0x81"),
        (b"Adno,Surname\n1,a\x00b\n", 2, None, "zero bytes"),
        (b"Admin Num,Forename,Surname\n1,A,B\n", 1, "Adno", "nearest is 'Admin Num'"),
        (b"Adno,Surname,Surname\n1,A,B\n", 1, "Surname", "column 2"),
        (b'Adno,Forename,Surname\n1,"A,B\n2,C,D\n3,E,F\n', 2, None, "never ends"),
        (b"Adno,Forename,Surname\nB801200005001,Kay,Abel\n", 1, "Adno", "Unique Pupil Numbers"),
    ],
)
def test_broken_file_is_refused_with_file_row_column_and_reason(export, content, row, column, words) -> None:
    with pytest.raises(RosterError) as caught:
        export(students=content)
    assert "SIMS_Students.csv" in caught.value.where
    assert words in caught.value.what
    assert caught.value.next_step
    problem = next(p for p in caught.value.problems if p.severity == "error")
    assert (problem.file, problem.row, problem.column) == ("SIMS_Students.csv", row, column)


def test_all_broken_files_are_told_at_once(export) -> None:
    with pytest.raises(RosterError) as caught:
        export(students="", staff="Nothing,Known\na,b\n")
    assert {p.file for p in caught.value.problems if p.severity == "error"} == {"SIMS_Students.csv", "SIMS_Staff.csv"}


def test_file_without_headings_does_not_print_its_people(export) -> None:
    with pytest.raises(RosterError) as caught:
        export(students="004123,Amy,Bell\n004124,Bob,Carr\n")
    assert "Amy" not in caught.value.what + str(caught.value.problems)


def test_folder_that_is_none_and_formats_not_read_are_refused(tmp_path: Path) -> None:
    unit = SchoolUnit(id="s", name="S")
    with pytest.raises(RosterError, match="no such folder"):
        read_roster(tmp_path / "no", school=unit, effective=DAY, domains=[])
    with pytest.raises(RosterError, match="no CSV file"):
        read_roster(tmp_path, school=unit, effective=DAY, domains=[])
    (tmp_path / "notes.csv").write_text("this,that\n1,2\n", encoding="utf-8")
    with pytest.raises(RosterError, match="no export that is known"):
        read_roster(tmp_path, school=unit, effective=DAY, domains=[])


def test_unique_pupil_numbers_are_dropped_under_any_heading(export) -> None:
    rows = "".join(f"00620{n},A,B{n},8OAK,B801200005001\n" for n in (1, 2))
    roster = export(students="Adno,Forename,Surname,Reg,Username\n" + rows)
    assert "B801200005001" not in repr(roster)
    assert "Username" in told(roster, "sensitive-columns")[0].message


def test_sensitive_columns_are_named_and_gone(export) -> None:
    head = "Adno,UPN,Forename,Surname,Legal Surname,Reg,DOB,SEN Status,FSM Eligibility,Home Address\n"
    roster = export(students=head + '006201,B801200005001,Kay,Abel,Secret,8OAK,01/02/2013,K,T,"1 Way\nTown"\n')
    for value in ("B801200005001", "Secret", "01/02/2013", "Town"):
        assert value not in repr(roster)
    message = told(roster, "sensitive-columns")[0].message
    assert all(h in message for h in ("UPN", "Legal Surname", "DOB", "SEN Status", "FSM Eligibility", "Home Address"))


def test_row_counts_records_and_line_counts_lines(export) -> None:
    text = 'Adno,Forename,Surname,Reg,Note\n006201,Kay,Abel,8OAK,"one\ntwo"\n006202,Leo,Berg,,\n'
    problem = told(export(students=text), "pupil-without-registration-group")[0]
    assert (problem.row, problem.line) == (3, 4)


def test_contradictory_rows_leave_the_pupil_out_and_name_both_lines(export) -> None:
    roster = export(students=STUDENTS + "006201,Kim,Abel,8OAK\n")
    assert [p.id for p in roster.pupils] == ["006202"]
    problem = told(roster, "contradictory-rows")[0]
    assert "006201" in problem.message and "lines 2 and 4" in problem.message
    assert "Kay" not in problem.message and "Kim" not in problem.message


def test_order_of_rows_does_not_change_the_roster(export) -> None:
    head, *rows = (
        "Adno,Forename,Surname,Reg,Primary Email\n1,A,B,7,x@home.example\n1,A,B,7,ab@school.example\n"
        "2,C,D,7,\n3,E,F,7,\n3,G,F,7,\n"
    ).splitlines(keepends=True)
    one = export(students=head + "".join(rows))
    two = export(students=head + "".join(reversed(rows)))
    seen = [sorted((p.id, p.name, p.email) for p in roster.pupils) for roster in (one, two)]
    assert seen[0] == seen[1] == [("1", "A B", "ab@school.example"), ("2", "C D", "")]


def test_blank_number_fills_down_only_for_the_same_pupil(export) -> None:
    text = (
        "Adno,Surname,Class,Teacher Code\n,,8a/Hi1,JFO\n"
        "006201,Abel,8a/Hi1,JFO\n,,8a/Ma1,JFO\n,Zed,8a/Hi1,JFO\n,,8a/En1,JFO\n006202,Berg,8a/Hi1,JFO\n"
    )
    roster = export(classes=text)
    pupils = {s.id: s.pupils for s in roster.sections}
    assert pupils == {"8a/Hi1": ("006201", "006202"), "8a/Ma1": ("006201",)}
    assert [p.row for p in told(roster, "row-without-number")] == [2, 5, 6]


@pytest.mark.parametrize(
    ("starts", "ends", "there"),
    [
        ("04/09/2026", "", True),
        ("04/09/2026", "20/11/2026", True),
        ("04/09/2026", "19/11/2026", False),
        ("20/11/2026", "", True),
        ("21/11/2026", "", False),
    ],
)
def test_enrolments_are_in_force_on_their_first_and_last_day(export, starts, ends, there) -> None:
    text = f"Adno,Class,Teacher Code,Start Date,End Date\n006201,8a/Hi1,JFO,{starts},{ends}\n"
    section = export(classes=text).sections[0]
    assert bool(section.pupils) is there
    assert section.teachers == ("JFO",)


@pytest.mark.parametrize(
    ("joined", "left", "status", "on_roll"),
    [
        ("04/09/2026", "", "", True),
        ("20/11/2026", "", "", True),
        ("21/11/2026", "", "", False),
        ("", "20/11/2026", "", False),
        ("", "21/11/2026", "L - Leaver", True),
        ("", "", "L - Leaver", False),
        ("", "", "F - Future", False),
        ("", "", "G - Guest Pupil", True),
    ],
)
def test_on_roll_from_admission_until_the_day_before_leaving(export, joined, left, status, on_roll) -> None:
    head = "Adno,Forename,Surname,Reg,Date of Admission,Leaving Date,Enrolment Status\n"
    roster = export(students=f"{head}006201,Kay,Abel,8OAK,{joined},{left},{status}\n")
    assert roster.pupils[0].on_roll is on_roll


def test_timetable_adds_teachers_lessons_and_classes_but_no_assistants(export) -> None:
    text = (
        "Period,Start Time,End Time,Class,Staff Code\n"
        "MonA:1,09:00,10:00,8a/Hi1,JFO\nTue:AM,9:00,12:00,8a/Hi1,TAS\nWed:1,,,8a/New,JFO\n"
    )
    roster = export(classes=CLASSES.replace("JFO", ""), timetable=text)
    sections = {s.id: s for s in roster.sections}
    assert sections["8a/Hi1"].teachers == ("JFO",)
    assert sections["8a/New"].no_team == "no pupil is enrolled in it"
    lesson = roster.lessons[0]
    assert (lesson.weekday, lesson.week, lesson.slot, str(lesson.starts)) == (0, "A", "1", "09:00:00")


def test_registration_groups_are_flagged_and_no_problem(export) -> None:
    roster = export(classes=CLASSES + "006201,CLS 8OAK,\n")
    form = next(s for s in roster.sections if s.registration)
    assert form.id == "CLS 8OAK" and form.no_team and not told(roster, "class-without-teacher")


def test_a_teacher_by_name_counts_only_when_one_has_that_name(export) -> None:
    classes = "Adno,Class,Main Teacher\n006201,8a/Hi1,Mr J Foster\n006202,8a/Hi2,Mr X Nobody\n"
    roster = export(classes=classes)
    assert [s.teachers for s in roster.sections] == [("JFO",), ()]
    assert "Nobody" not in str(told(roster, "unknown-staff"))


def test_row_with_too_many_cells_is_left_out_not_shifted(export) -> None:
    roster = export(students=STUDENTS + "006203,Amy,Bell, Jr,8OAK\n")
    assert len(roster.pupils) == 2
    assert told(roster, "row-too-long")[0].row == 4


def test_own_headings_win(export) -> None:
    text = "Pupil Ref,Adno,Forename,Surname,Reg\nA1,1,Kay,Abel,8OAK\n"
    assert export(students=text, columns={"Pupil Ref": "id"}).pupils[0].id == "A1"


def test_no_class_at_all_is_an_error(export) -> None:
    assert told(export(classes="Adno,Class,Teacher Code\n"), "no-classes")[0].severity == "error"


def test_backslashed_quotes_are_read(export) -> None:
    roster = export(
        students='Adno,Forename,Surname,Reg\n004801,"Mary \\"Polly\\" Ann",Reed,7OAK\n004802,"Le ""x""",B,7\n'
    )
    assert [p.forename for p in roster.pupils] == ['Mary "Polly" Ann', 'Le "x"']


def test_class_codes_like_dates_and_telling_names_are_warned_of(export) -> None:
    roster = export(classes=CLASSES + "006201,03-Apr,JFO\n006201,EAL 2,JFO\n")
    assert "03-Apr" in told(roster, "class-code-is-date")[0].message
    assert "EAL 2" in told(roster, "telling-class-name")[0].message
