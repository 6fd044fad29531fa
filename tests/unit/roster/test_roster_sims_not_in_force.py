"""Enrolments of another time and lessons of no class are counted in one line a file."""

from datetime import date

from teamskit.roster import read_roster
from teamskit.school import SchoolUnit

STUDENTS = "Adno,Forename,Surname,Reg,Year\n000001,A,One,7A,7\n000002,B,Two,7A,7\n"
CLASSES = """\
Adno,Surname,Forename,Reg,Year,Class,Main Teacher,Teacher Code,Start Date,End Date
000001,One,A,7A,7,7A/Ma1,Ms X,AX,04/09/2026,
000001,One,A,7A,7,7A/En1,Ms X,AX,04/09/2026,30/09/2026
000002,Two,B,7A,7,7A/Ma1,Ms X,AX,04/01/2027,
"""
STAFF = "Staff Code,Title,Forename,Surname,Role,Teaching Staff\nAX,Ms,Ann,X,Teacher,True\n"
TIMETABLE = "Class,Period,Teacher Code,Room\n7A/Ma1,Mon:1,AX,R1\n,Mon:2,AX,R1\n,Mon:3,AX,R1\n"


def test_both_are_told_once_with_their_number(tmp_path):
    for name, text in (
        ("Students", STUDENTS),
        ("Class_Membership", CLASSES),
        ("Staff", STAFF),
        ("Timetable", TIMETABLE),
    ):
        (tmp_path / f"SIMS_{name}.csv").write_text(text, encoding="utf-8")
    unit = SchoolUnit(id="s", name="S")
    roster = read_roster(tmp_path, school=unit, effective=date(2026, 11, 20), domains=("school.example",))
    told = {p.check: (p.file, p.message) for p in roster.problems}
    assert told["enrolments-not-in-force"][0] == "SIMS_Class_Membership.csv"
    assert "ended by 2026-11-20: 1; that begin after it: 1" in told["enrolments-not-in-force"][1]
    assert told["lessons-without-class"][0] == "SIMS_Timetable.csv"
    assert "no class: 2" in told["lessons-without-class"][1]
    assert {s.id: s.pupils for s in roster.sections}["7A/Ma1"] == ("000001",)
