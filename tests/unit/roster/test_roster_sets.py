"""School Data Sync v2, v2.1 and OneRoster: roles, sessions, status, references, and what is refused or never opened."""

from datetime import date
from pathlib import Path

import pytest

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster
from teamskit.roster.checks import check
from teamskit.roster.model import Problem
from teamskit.school.model import SchoolUnit

DAY = date(2026, 11, 20)
ROSTERS = Path(__file__).resolve().parents[2] / "data" / "rosters"
V21 = {
    "orgs": (
        "sourcedId,name,type,parentSourcedId\nt,Trust,academicTrust,\n"
        "a,Ash,school,t\nb,Birch,school,t\nd,Art,department,b\n"
    ),
    "users": (
        "sourcedId,username,givenName,familyName,password\np1,kay@school.example,Kay,Abel,Secret1\n"
        "p2,leo@school.example,Leo,Berg,Secret1\ns1,jo@school.example,Jo,Cole,Secret1\n"
    ),
    "roles": (
        "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n"
        "p1,a,student,y,7,TRUE,2026-09-01,2027-08-31\np2,a,Student,y,08,,,\ns1,a,teacher,y,,TRUE,,\n"
    ),
    "academicSessions": (
        "sourcedId,title,type,schoolYear,startDate,endDate\ny,Year,schoolYear,2027,2026-08-24,2027-07-20\n"
        "aut,Autumn,term,2027,2026-09-01,2026-12-18\nspr,Spring,term,2027,2027-01-04,2027-03-26\n"
        "old,Last year,schoolYear,2026,2025-09-01,2026-07-20\n"
    ),
    "classes": "sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId\nc1,a,8a/Hi1,y,\n",
    "enrollments": "classSourcedId,userSourcedId,role\nc1,p1,student\nc1,p2,STUDENT\nc1,s1,Teacher\n",
}
ONE = {
    "manifest": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,bulk\nfile.users,bulk\n"
    "file.academicSessions,bulk\nfile.courses,absent\nfile.classes,bulk\nfile.enrollments,bulk\nfile.demographics,bulk\n",
    "orgs": (
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
        "a,,,Ash,school,8924003,\nb,,,Birch,school,,\n"
    ),
    "users": (
        "sourcedId,status,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,identifier,email,grades,password\n"
        'p1,active,true,"a, b",student,kay,{UPN:B801200005001},Kay,Abel,9,kay@school.example,"07,08",Secret1\n'
        "p2,,true,a,student,leo,,Leo,Berg,8,,KG,Secret1\ns1,,true,a,teacher,jo,,Jo,Cole,,,,\n"
        "s2,,true,a,teacher,mo,,Mo,Dunn,,,,\ng1,,true,a,guardian,gr,,Gil,Abel,,,,\n"
    ),
    "academicSessions": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
        "y,active,,Year,schoolYear,2026-08-31T23:00:00.000Z,2027-07-20,,2026-2027\n"
    ),
    "classes": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds\n"
        "h,,,7OAK,07,,,homeroom,,a,y\nc1,,,8a/Hi1,07,,,scheduled,,a,y\n"
    ),
    "enrollments": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
        "1,,,h,a,p1,student,,,\n2,,,h,a,p2,student,,,\n3,,,h,a,s1,teacher,true,,\n4,,,c1,a,p1,student,,2026-09-01,2027-07-20\n"
        "5,,,c1,a,s1,teacher,false,,\n6,,,c1,a,s2,teacher,true,,\n"
    ),
}


def put(folder: Path, texts: dict[str, str | None]) -> None:
    for name, text in texts.items():
        if text is not None:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")


def read(folder: Path, day: date = DAY, **more) -> Roster:
    unit = SchoolUnit(id="s", name="S")
    return read_roster(folder, school=unit, effective=day, domains=["school.example"], **more)


@pytest.fixture
def v21(tmp_path: Path):
    def make(day: date = DAY, **files: str | None) -> Roster:
        put(tmp_path, {**V21, **files})
        return read(tmp_path, day)

    return make


@pytest.fixture
def one(tmp_path: Path):
    def make(day: date = DAY, **files: str | None) -> Roster:
        put(tmp_path, {**ONE, **files})
        return read(tmp_path, day)

    return make


def told(roster: Roster, name: str) -> list[Problem]:
    return [p for p in check(roster) if p.check == name]


def one_line_each(roster: Roster) -> None:
    for file in roster.files:
        rows = {p.row for p in roster.problems if p.file == file.file and p.row}
        assert file.rows == file.used + file.left_out
        assert len(rows) >= file.left_out


def test_v21_is_read_with_its_roles_years_and_enumerations_in_any_case(v21) -> None:
    roster = v21()
    assert [(p.id, p.school, p.role, p.year, p.on_roll) for p in roster.people] == [
        ("p1", "a", "pupil", "7", True),
        ("p2", "a", "pupil", "8", True),
        ("s1", "a", "staff", None, True),
    ]
    section = roster.sections[0]
    assert (section.key, section.teachers, section.pupils) == ("a/2026/c1", ("s1",), ("p1", "p2"))
    assert "Secret1" not in repr(roster)
    assert [p.check for p in check(roster)] == ["sensitive-columns"]


@pytest.mark.parametrize(
    ("rows", "role"),
    [
        ("p1,a,student,,,TRUE,,\np1,b,teacher,,,FALSE,,\n", "pupil"),
        ("p1,a,student,,,FALSE,,\np1,b,teacher,,,TRUE,,\n", "staff"),
        ("p1,a,student,,,,,\np1,b,teacher,,,,,\n", "staff"),
        ("p1,a,student,,,TRUE,,\np1,b,teacher,,,TRUE,,\n", "staff"),
        ("p1,a,student,,,,,\np1,b,teacher,,,TRUE,2020-09-01,2021-08-31\n", "pupil"),
        ("p1,a,student,,,,,\np1,b,guardian,,,TRUE,,\n", "pupil"),
    ],
)
def test_primary_role_decides_and_staff_wins_when_it_says_nothing(v21, rows, role) -> None:
    head = V21["roles"].splitlines()[0]
    roster = v21(roles=f"{head}\n{rows}p2,a,student,,,,,\ns1,a,teacher,,,,,\n")
    assert [p.role for p in roster.people if p.id == "p1"] == [role]
    one_line_each(roster)


@pytest.mark.parametrize(
    ("starts", "ends", "session", "on_roll"),
    [
        ("2026-11-20", "", "y", True),
        ("2026-11-21", "", "y", False),
        ("", "2026-11-20", "y", True),
        ("", "2026-11-19", "y", False),
        ("", "", "old", False),
        ("", "", "spr", True),
        ("", "", "nowhere", True),
        ("", "", "", True),
    ],
)
def test_roles_are_held_on_both_days_of_their_dates_and_in_their_year(v21, starts, ends, session, on_roll) -> None:
    head = V21["roles"].splitlines()[0]
    roster = v21(roles=f"{head}\np1,a,student,{session},7,,{starts},{ends}\ns1,a,teacher,,,,,\n")
    assert roster.pupils[0].on_roll is on_roll


@pytest.mark.parametrize(
    ("sessions", "day", "year", "in_term"),
    [
        ("y", "2026-11-20", 2026, True),
        ('"aut,spr"', "2026-12-25", 2026, True),
        ("aut", "2026-12-25", 2026, False),
        ("old", "2026-11-20", 2025, False),
        ('"old,y"', "2026-11-20", 2026, True),
        ('"y,old"', "2025-06-01", 2025, False),
        ("y", "2026-08-25", 2026, True),
        ("", "2026-11-20", 2026, True),
        ("nowhere", "2026-11-20", 2026, True),
    ],
)
def test_sessions_give_the_term_and_the_academic_year(v21, sessions, day, year, in_term) -> None:
    head = V21["classes"].splitlines()[0]
    roster = v21(date.fromisoformat(day), classes=f"{head}\nc1,a,8a/Hi1,{sessions},\n")
    assert (roster.sections[0].academic_year, roster.sections[0].in_term) == (year, in_term)
    assert bool(told(roster, "unknown-reference")) is (sessions == "nowhere")


def test_a_course_gives_the_year_of_a_class_that_names_no_session(v21) -> None:
    head = V21["classes"].splitlines()[0]
    courses = "sourcedId,orgSourcedId,title,code,schoolYearSourcedId,subject,grade\nk,a,History,HI,old,10,PS1\n"
    roster = v21(courses=courses, classes=f"{head}\nc1,a,8a/Hi1,,k\nc2,a,8a/Hi2,,none\n")
    assert [s.academic_year for s in roster.sections] == [2025, 2026]
    assert [p.row for p in told(roster, "unknown-reference")] == [3]


def test_sessions_of_a_file_that_is_not_there_are_told_once_for_each_file(v21) -> None:
    roster = v21(academicSessions=None)
    assert [p.file for p in told(roster, "unknown-reference")] == ["roles.csv", "classes.csv"]
    assert all(p.on_roll for p in roster.people) and roster.sections[0].in_term


def test_departments_belong_to_their_school_and_trust_staff_to_the_school_they_work_in(v21) -> None:
    head = V21["roles"].splitlines()[0]
    rows = "p1,d,student,,,,,\np2,a,student,,,,,\np2,b,student,,,,,\ns1,t,teacher,,,TRUE,,\ns1,a,teacher,,,,,\n"
    classes = "sourcedId,orgSourcedId,title\nc1,d,Art\n"
    roster = v21(roles=f"{head}\n{rows}", classes=classes)
    assert [p.key for p in roster.people] == ["b/pupil/p1", "a/pupil/p2", "a/staff/s1"]
    assert roster.sections[0].school == "b"
    assert [p.key for p in roster.teachers_of(roster.sections[0])] == ["a/staff/s1"]
    assert [s.id for s in roster.schools] == ["a", "b"]


def test_records_that_are_wrong_are_left_out_with_a_line_and_the_rest_counts(v21) -> None:
    roster = v21(
        orgs=V21["orgs"] + "a,Other,school,\n,Nameless,school,\nz,Odd,cathedral,\nq,Lost,school,gone\n",
        users=V21["users"] + "x1,x@school.example,Amy,Bell,\nx1,x@school.example,Bob,Bell,\n,y@school.example,A,B,\n",
        roles=V21["roles"] + "x1,a,student,,,,,\nnobody,a,student,,,,,\n"
        "p1,nowhere,student,,,,,\np1,a,wizard,,,,,\np1,a,,,,,,\n,a,student,,,,,\n",
        classes=V21["classes"] + "c1,a,Another,y,\nc2,nowhere,Lost,y,\n,a,Nameless,y,\n",
        enrollments=V21["enrollments"] + "c9,p1,student\nc1,nobody,student\n"
        "c1,p1,wizard\nc1,p1,\nc1,s1,student\nc1,p2,teacher\n,p1,student\nc1,,student\n"
        + "c1,x1,student\nc1,s1,aide\n",
    )
    assert (len(roster.pupils), len(roster.staff)) == (2, 1)
    assert (roster.sections[0].teachers, roster.sections[0].pupils) == (("s1",), ("p1", "p2"))
    lost = {file.file: file.left_out for file in roster.files}
    assert lost == {
        "orgs.csv": 2,
        "users.csv": 3,
        "roles.csv": 6,
        "academicSessions.csv": 0,
        "classes.csv": 3,
        "enrollments.csv": 10,
    }
    one_line_each(roster)
    messages = " ".join(p.message for p in check(roster))
    assert "wizard" in messages and "cathedral" in messages and "gone" in messages
    assert "Amy" not in messages and "Bell" not in messages


def test_a_password_or_name_that_slipped_a_column_is_never_told(tmp_path: Path) -> None:
    for file in (ROSTERS / "sds-v2").glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    rows = "13001,10001,Ora,von,Klein,OKlein,P@ssword123,Student\n13002,Beulah,McMillan,b@x.example,P@ss,Student,6\n"
    put(tmp_path, {"users": "sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade\n" + rows})
    roster = read(tmp_path)
    assert [p.row for p in told(roster, "unknown-role")] == [2, 3]
    assert told(roster, "unknown-role")[0].column == "role"
    for secret in ("P@ss", "Beulah", "McMillan", "Klein"):
        assert secret not in " ".join(p.message for p in check(roster))


def test_the_address_to_match_by_is_used_where_there_is_no_other(v21) -> None:
    users = "sourcedId,username,activeDirectoryMatchId\np1,kay,kay@school.example\np2,leo,4711\ns1,jo,\n"
    assert [p.email for p in v21(users=users).people] == ["kay@school.example", "", ""]


@pytest.mark.parametrize("name", ["orgs", "users", "roles"])
def test_needed_file_that_is_missing_or_empty_is_named(v21, name) -> None:
    with pytest.raises(RosterError, match=f"{name}.csv") as caught:
        v21(**{name: None})
    assert caught.value.problems
    with pytest.raises(RosterError, match="empty") as caught:
        v21(**{name: ""})
    assert {p.file for p in caught.value.problems if p.severity == "error"} == {f"{name}.csv"}


def test_headings_are_case_sensitive_and_the_missing_one_is_named(v21) -> None:
    with pytest.raises(RosterError, match="'sourcedId'.*nearest is 'SourcedID'") as caught:
        v21(users=V21["users"].replace("sourcedId", "SourcedID"), roles=V21["roles"].replace("role,", "Rolle,", 1))
    assert {(p.file, p.column) for p in caught.value.problems if p.check == "heading-missing"} == {
        ("users.csv", "sourcedId"),
        ("roles.csv", "role"),
    }


def test_classes_and_enrolments_may_be_left_out_together_only(v21, tmp_path: Path) -> None:
    roster = v21(classes=None, enrollments=None, academicSessions=None)
    assert len(roster.people) == 3 and roster.sections == ()
    assert not told(roster, "file-missing") and told(roster, "no-classes")
    roster = v21(enrollments=None, academicSessions=None)
    assert told(roster, "file-missing")[0].severity == "error"


@pytest.mark.parametrize("sample", ["sds-v2.1", "oneroster-1.1"])
def test_demographics_and_flags_are_never_opened(sample, monkeypatch) -> None:
    opened: list[str] = []

    def watched(way: str):
        plain = getattr(Path, way)

        def told_and_done(path: Path, *args, **more):
            opened.append(path.name)
            return plain(path, *args, **more)

        return told_and_done

    for way in ("read_bytes", "read_text", "open"):
        monkeypatch.setattr(Path, way, watched(way))
    roster = read(ROSTERS / sample)
    assert "users.csv" in opened and not {"demographics.csv", "userFlags.csv"} & set(opened)
    assert told(roster, "file-not-opened")
    assert "P@ss" not in repr(roster)


def test_oneroster_lists_homerooms_primary_teachers_and_schools(one) -> None:
    roster = one()
    assert [(p.key, p.year, p.registration_group) for p in roster.pupils] == [
        ("a/pupil/p1", "7", "7OAK"),
        ("a/pupil/p2", "R", "7OAK"),
    ]
    home, history = roster.sections
    assert home.registration and home.no_team and history.no_team is None
    assert history.teachers == ("s2", "s1")
    assert (history.starts_on, history.academic_year) == (date(2026, 9, 1), 2026)
    assert roster.schools[0].dfe == "8924003"
    assert "g1" in told(roster, "neither-pupil-nor-staff")[0].message
    assert "B801200005001" not in repr(roster) and "Secret1" not in repr(roster)


def test_homerooms_are_classes_where_a_school_has_nothing_else(one) -> None:
    roster = one(classes=ONE["classes"].replace("scheduled", "homeroom"))
    assert [s.registration for s in roster.sections] == [False, False]
    assert [s.no_team for s in roster.sections] == [None, None]


def test_status_and_dates_of_enrolments_are_honoured(one) -> None:
    roster = one(
        users=ONE["users"].replace("p2,,", "p2,tobedeleted,").replace("s2,,true", "s2,,false"),
        enrollments=ONE["enrollments"].replace("6,,", "6,tobedeleted,").replace("2026-09-01,2027-07-20", ",2026-11-19"),
    )
    assert {p.id for p in roster.pupils} == {"p1"}
    history = next(s for s in roster.sections if s.id == "c1")
    assert (history.teachers, history.pupils) == (("s1",), ())
    assert {p.file for p in told(roster, "to-be-deleted")} == {"users.csv", "enrollments.csv"}
    assert "s2" in told(roster, "user-switched-off")[0].message
    one_line_each(roster)


def test_r16_is_refused_at_its_manifest_before_any_other_file_counts() -> None:
    with pytest.raises(RosterError, match="delta.*a bulk export is needed") as caught:
        read(ROSTERS / "R16")
    assert [(p.check, p.file, p.severity) for p in caught.value.problems] == [("delta-export", "manifest.csv", "error")]


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "no manifest"),
        (ONE["manifest"].replace("file.users,bulk", "file.users,delta"), "delta for users"),
        (ONE["manifest"].replace("file.users,bulk", "file.users,some"), "neither bulk"),
        (ONE["manifest"].replace("version,1.1", "version,1.2"), "OneRoster 1.2"),
        (ONE["manifest"].replace("file.courses,absent", "file.courses,bulk"), "no courses.csv"),
    ],
)
def test_manifest_is_believed(one, manifest, words) -> None:
    with pytest.raises(RosterError, match=words) as caught:
        one(manifest=manifest)
    assert caught.value.problems and caught.value.next_step
    assert ("bulk export is needed" in caught.value.what) is ("delta" in words)


def test_a_file_the_manifest_calls_absent_is_not_read(one) -> None:
    roster = one(courses="not,even\nheadings,here\n")
    assert told(roster, "file-not-in-manifest")[0].file == "courses.csv"


@pytest.mark.parametrize("sample", ["sds-v2", "sds-v2.1", "oneroster-1.1", "sds-100", "R17", "R01"])
def test_formats_are_told_apart_and_named_ones_are_read_alike(sample) -> None:
    ids = {"R17": "sds-v1", "R01": "sims", "oneroster-1.1": "oneroster", "sds-100": "sds-v1"}
    assert read(ROSTERS / sample) == read(ROSTERS / sample, fmt=ids.get(sample, sample))


def test_ten_thousand_wrong_rows_are_each_told(v21) -> None:
    wrong = "".join(f"c1,nobody{n},student\n" for n in range(10_000))
    roster = v21(enrollments=V21["enrollments"] + wrong)
    assert len(told(roster, "unknown-pupil")) == 10_000
    assert roster.sections[0].pupils == ("p1", "p2")


def test_user_whom_no_role_names_is_left_out_with_a_line(v21) -> None:
    roster = v21(users=V21["users"] + "x9,xi@school.example,Xi,Yu,\n")
    assert [(p.file, p.row, p.severity) for p in told(roster, "user-without-role")] == [("users.csv", 5, "warning")]
    assert {f.file: f.left_out for f in roster.files}["users.csv"] == 1
    one_line_each(roster)


def test_yes_and_no_in_other_spellings_and_past_enrolments_are_said(one) -> None:
    enrolled = (
        ONE["enrollments"]
        .replace("s2,teacher,true", "s2,teacher,1")
        .replace("4,,,c1,a,p1,student,,2026-09-01,2027-07-20", "4,,,c1,a,p1,student,,2025-09-01,2026-07-20")
    )
    roster = one(users=ONE["users"].replace("s2,,true", "s2,,0"), enrollments=enrolled)
    history = next(s for s in roster.sections if s.id == "c1")
    assert (history.teachers, history.pupils) == (("s2", "s1"), ())
    assert "s2" in told(roster, "user-switched-off")[0].message
    assert "had ended by 2026-11-20: 1; that begin after it: 0" in told(roster, "enrolments-not-in-force")[0].message


def test_sessions_listed_with_semicolons_are_a_list(v21) -> None:
    head = V21["classes"].splitlines()[0]
    roster = v21(classes=f"{head}\nc1,a,8a/Hi1,aut;spr,\n")
    assert roster.sections[0].ends_on == date(2027, 3, 26)


def test_dfe_numbers_as_ids_are_the_same_school_however_they_are_written(v21) -> None:
    orgs = "sourcedId,name,type,parentSourcedId\n8924001,Ash,school,\nd,Art,department,892/4001\n"
    roles = V21["roles"].replace(",a,", ",892-4001,")
    roster = v21(orgs=orgs, roles=roles, classes=V21["classes"].replace("c1,a", "c1,d"))
    assert {p.school for p in roster.people} == {"8924001"} == {s.school for s in roster.sections}
    assert [p.check for p in check(roster)] == ["sensitive-columns"]


def test_a_user_of_several_schools_keeps_them_when_one_is_written_otherwise(one) -> None:
    orgs = ONE["orgs"].replace("a,,,Ash", "892/4003,,,Ash").replace("8924003", "892/4003")
    files = {name: ONE[name].replace(",a,", ",8924003,").replace('"a, b"', '"8924003, b"') for name in ONE}
    roster = one(**{**files, "orgs": orgs})
    assert [(s.id, s.dfe) for s in roster.schools][0] == ("892/4003", "8924003")
    assert {p.school for p in roster.people} == {"892/4003"}
    assert told(roster, "unknown-org") == [] == told(roster, "unknown-school")


@pytest.mark.parametrize(
    ("name", "text", "severity"),
    [
        ("SIMS_Students", "Adno,Surname,Forename,Year\n1,Abel,Kay,7\n", "warning"),
        ("class_membership", "Adno,Class\n1,7x/Ma1\n", "warning"),
        ("Our people", "Adno,Surname,Forename,Year,Reg\n1,Abel,Kay,7,7A\n", "warning"),
        ("Student", "ID,School DfE Number,Username\n1,8924001,kay\n", "warning"),
        ("classResources", "sourcedId,status,classSourcedId,resourceSourcedId\n1,,c1,r\n", "info"),
        ("Student notes", "who,what\nKay,fine\n", "info"),
    ],
)
def test_a_file_of_another_export_beside_a_set_is_a_warning(v21, name: str, text: str, severity: str) -> None:
    problem = next(p for p in v21(**{name: text}).problems if p.check == "file-not-used")
    assert (problem.file, problem.severity) == (f"{name}.csv", severity)
    assert "Kay" not in problem.message


def test_a_file_of_another_export_beside_school_data_sync_v1_is_a_warning(tmp_path: Path) -> None:
    for path in (ROSTERS / "sds-uk-100").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    put(tmp_path, {"SIMS_Staff": "Staff code,Surname,Forename\nJC,Cole,Jo\n", "orgs": V21["orgs"], "more": "a,b\n"})
    found = {p.file: (p.severity, p.message) for p in read(tmp_path).problems if p.check == "file-not-used"}
    assert {file: severity for file, (severity, _) in found.items()} == {
        "SIMS_Staff.csv": "warning",
        "orgs.csv": "warning",
        "more.csv": "info",
    }
    assert found["SIMS_Staff.csv"][1].endswith("looks like a report of SIMS.")


def test_enrolments_of_deleted_users_and_classes_are_not_in_force_and_no_riddle(one) -> None:
    roster = one(
        users=ONE["users"].replace("p2,,", "p2,tobedeleted,") + "s2,tobedeleted,true,a,teacher,mo,,Mo,Dunn,,,,\n",
        classes=ONE["classes"].replace("h,,", "h,toBeDeleted,"),
        enrollments=ONE["enrollments"] + "7,,,c1,a,p2,student,,,\n8,,,c1,a,p9,student,,,\n",
    )
    one_line_each(roster)
    assert [(p.check, p.message) for p in roster.problems if p.file == "enrollments.csv" and p.row is None] == [
        (
            "enrolments-not-in-force",
            "Enrolments of users or classes that are marked to be deleted: 4. They put nobody in a class.",
        )
    ]
    assert [p.row for p in told(roster, "unknown-pupil")] == [9]
    assert (roster.sections[0].teachers, roster.sections[0].pupils) == (("s2", "s1"), ("p1",))


def test_sessions_and_organisations_that_are_deleted_are_called_so(one) -> None:
    roster = one(
        academicSessions=ONE["academicSessions"].replace("y,active", "y,tobedeleted"),
        orgs=ONE["orgs"].replace("b,,,", "b,tobedeleted,,"),
    )
    assert {p.message for p in told(roster, "unknown-reference")} == {
        "h: y is marked to be deleted in academicSessions.csv; the reference counts as blank.",
        "c1: y is marked to be deleted in academicSessions.csv; the reference counts as blank.",
    }
    assert [p.message for p in told(roster, "unknown-org")] == [
        "User p1: organisation b is marked to be deleted in orgs.csv; the others count."
    ]
