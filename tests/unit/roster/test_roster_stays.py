"""Who was in a class on another day than the roster's: enrolments with their days, where they changed lately."""

from datetime import date

import pytest

from teamskit.roster import read_roster
from teamskit.school import SchoolUnit

DAY = date(2026, 11, 20)
STAFF = "Staff Code,Title,Forename,Surname,Role,Teaching Staff\nAX,Ms,Ann,X,Teacher,True\n"
SIMS = ("04/09/2026", "09/11/2026", "10/11/2026", "30/11/2026")
ISO = ("2026-09-04", "2026-11-09", "2026-11-10", "2026-11-30")


def sims(folder, rows, leaving=""):
    """Write pupils 1 to 4, the fourth with a leaving date; `rows` are pupil, class, first and last day."""
    pupils = "".join(f"00000{n},P{n},Q{n},7A,7,04/09/2026,{leaving if n == 4 else ''}\n" for n in range(1, 5))
    members = "".join(f"{a},Q,P,7A,7,{c},Ms X,AX,{s},{e}\n" for a, c, s, e in rows)
    heads = "Adno,Surname,Forename,Reg,Year,Class,Main Teacher,Teacher Code,Start Date,End Date\n"
    texts = {
        "Students": f"Adno,Forename,Surname,Reg,Year,Date Of Admission,Leaving Date\n{pupils}",
        "Class_Membership": heads + members,
        "Staff": STAFF,
    }
    for name, text in texts.items():
        (folder / f"SIMS_{name}.csv").write_text(text, encoding="utf-8")


def oneroster(folder, rows, _leaving=""):
    """Write the same as a OneRoster set."""
    kinds = ("orgs", "users", "academicSessions", "classes", "enrollments")
    bulk = "".join(f"file.{kind},bulk\n" for kind in kinds)
    users = "".join(f"00000{n},,,true,s,student,p{n},,P,Q,{n},,07\n" for n in range(1, 5))
    members = "".join(f"{n},,,{c},s,{a},student,,{s},{e}\n" for n, (a, c, s, e) in enumerate(rows))
    texts = {
        "manifest": f"propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n{bulk}",
        "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns,,,S,school,,\n",
        "users": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
        f"familyName,identifier,email,grades\n{users}AX,,,true,s,teacher,ax,,A,X,,,\n",
        "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,"
        "schoolYear\ny,,,Year,schoolYear,2026-09-01,2027-07-20,,2027\n",
        "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
        "schoolSourcedId,termSourcedIds\n7A/Ma1,,,7A/Ma1,07,,,scheduled,,s,y\n7A/Ma2,,,7A/Ma2,07,,,scheduled,,s,y\n",
        "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
        f"beginDate,endDate\n{members}t1,,,7A/Ma1,s,AX,teacher,true,,\nt2,,,7A/Ma2,s,AX,teacher,true,,\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def read(folder):
    roster = read_roster(folder, school=SchoolUnit(id="s", name="S"), effective=DAY, domains=("school.example",))
    found = {}
    for section in roster.sections:
        for person, stay in roster.stays_of(section):
            found.setdefault(person.id, []).append((section.id, stay.starts_on, stay.ends_on))
    return roster, found


@pytest.mark.parametrize(("write", "days"), [(sims, SIMS), (oneroster, ISO)])
def test_who_changed_class_has_days_and_nobody_else(tmp_path, write, days):
    year, out, into, later = days
    write(
        tmp_path,
        [
            ("000001", "7A/Ma1", year, ""),
            ("000002", "7A/Ma1", year, out),
            ("000002", "7A/Ma2", into, ""),
            ("000003", "7A/Ma1", year, ""),
            ("000003", "7A/Ma2", later, ""),
            ("000004", "7A/Ma2", year, ""),
        ],
    )
    roster, found = read(tmp_path)
    assert {s.id: s.pupils for s in roster.sections} == {"7A/Ma1": ("000001", "000003"), "7A/Ma2": ("000002", "000004")}
    assert found["000001"] == [("7A/Ma1", None, None)]
    assert found["000004"] == [("7A/Ma2", None, None)]
    assert found["000002"] == [
        ("7A/Ma1", date(2026, 9, 4), date(2026, 11, 9)),
        ("7A/Ma2", date(2026, 11, 10), None),
    ]
    assert found["000003"] == [("7A/Ma1", date(2026, 9, 4), None), ("7A/Ma2", date(2026, 11, 30), None)]


@pytest.mark.parametrize(("leaving", "known"), [("13/11/2026", True), ("02/10/2026", False)])
def test_who_left_lately_is_known_in_his_classes_and_who_left_long_ago_is_not(tmp_path, leaving, known):
    sims(tmp_path, [(f"00000{n}", "7A/Ma1", SIMS[0], "") for n in range(1, 5)], leaving)
    roster, found = read(tmp_path)
    assert roster.sections[0].pupils == ("000001", "000002", "000003")
    assert ("000004" in found) == known
    assert found["000001"] == [("7A/Ma1", None, None)]


def test_a_change_of_long_ago_needs_no_days(tmp_path):
    rows = [
        ("000001", "7A/Ma1", "01/10/2026", ""),
        ("000002", "7A/Ma1", SIMS[0], ""),
        ("000003", "7A/Ma1", SIMS[0], ""),
    ]
    sims(tmp_path, rows)
    assert read(tmp_path)[1]["000001"] == [("7A/Ma1", None, None)]
