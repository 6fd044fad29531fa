"""A very large made school, seeded, written in the shape of each kind of export with the columns that such files have.

The people and classes are the same in every shape. Columns, spellings and kinds of ids follow the sample sets of each
format: numbers in School Data Sync, GUIDs in OneRoster, admission numbers with zeros and class codes in SIMS.
"""

import csv
import random
import uuid
from collections import defaultdict

SEED = 2026
CLASS_SIZE = 27


class LargeSchool:
    """Pupils (number, forename, surname, year), staff (number, surname), classes (number, code, year, teacher)."""

    def __init__(self, pupils, each):
        """Make so many pupils, each in so many classes of his year."""
        chance = random.Random(SEED)
        letters = "abcdefghiklmnoprstuvwz"
        names = ["".join(chance.choices(letters, k=chance.randint(4, 9))).title() for _ in range(4000)]
        self.pupils = [(n, chance.choice(names), chance.choice(names), 7 + n % 7) for n in range(1, pupils + 1)]
        count = max(7 * each, pupils * each // CLASS_SIZE)
        self.staff = [(n, names[n % len(names)]) for n in range(max(1, count // 8))]
        self.classes = [
            (n, f"{7 + n % 7}x/{names[n % 11][:2]}{n // 7}", 7 + n % 7, chance.randrange(len(self.staff)))
            for n in range(count)
        ]
        of_year = defaultdict(list)
        for one in self.classes:
            of_year[one[2]].append(one)
        self.taught = [(pupil, chance.sample(of_year[pupil[3]], each)) for pupil in self.pupils]
        self.enrolments = [(pupil, one) for pupil, classes in self.taught for one in classes]


def _write(path, headings, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings.split(","))
        writer.writerows(rows)


def _sims_staff(folder, school):
    headings = "Staff Code,Title,Forename,Surname,Role,Teaching Staff,Work Email,Start Date,Leaving Date"
    rows = (
        (f"S{n:04d}", "Ms", "Ann", s, "Teacher", "True", f"s{n}@school.example", "01/09/2020", "")
        for n, s in school.staff
    )
    _write(folder / "SIMS_Staff.csv", headings, rows)


_SIMS_PUPIL = (
    "Adno,UPN,Forename,Surname,Legal Surname,Reg,Year,House,Gender,DOB,SEN Status,FSM Eligibility,In Care,"
    "Primary Email,Date Of Admission,Leaving Date,Enrolment Status"
)


def _sims_pupil(n, forename, surname, year):
    born = f"{1 + n % 28:02d}/{1 + n % 12:02d}/{2026 - 5 - year}"
    told = (f"{year}{'ABCDEFG'[n % 7]}", f"Year {year:2d}", "Brunel", "FM"[n % 2], born, "N", "F", "F")
    admitted = f"{1 + n % 9:02d}/09/{2026 - (year - 7)}"
    upn = f"A8923242{n:05d}"
    return (f"{n:06d}", upn, forename, surname, surname, *told, f"p{n}@school.example", admitted, "", "C - Current")


def sims(folder, school):
    """Write SIMS reports with one row for each pupil and class."""
    _sims_staff(folder, school)
    _write(folder / "SIMS_Students.csv", _SIMS_PUPIL, (_sims_pupil(*pupil) for pupil in school.pupils))
    headings = "Adno,Surname,Forename,Reg,Year,Class,Subject,Main Teacher,Teacher Code,Start Date,End Date"
    rows = (
        (f"{n:06d}", s, f, f"{year}{'ABCDEFG'[n % 7]}", year, code, "Subject", f"Ms A {school.staff[t][1]}")
        + (f"S{t:04d}", "04/09/2026", "")
        for (n, f, s, year), (_, code, _, t) in school.enrolments
    )
    _write(folder / "SIMS_Class_Membership.csv", headings, rows)


def sims_wide(folder, school):
    """Write SIMS reports with one row for each pupil and all his classes in one cell; a timetable names the staff."""
    _sims_staff(folder, school)
    rows = ((*_sims_pupil(*pupil), ", ".join(c[1] for c in classes)) for pupil, classes in school.taught)
    _write(folder / "SIMS_Students.csv", f"{_SIMS_PUPIL},Classes", rows)
    headings = "Period,Start Time,End Time,Class,Subject,Room,Staff Code,Staff Name"
    rows = (
        (f"{['Mon', 'Tue', 'Wed', 'Thu', 'Fri'][k % 5]}:{1 + n % 5}", "09:00", "10:00", code, "Subject", f"R{n % 90}")
        + (f"S{t:04d}", f"Ms A {school.staff[t][1]}")
        for n, code, _, t in school.classes
        for k in range(3)
    )
    _write(folder / "SIMS_Timetable.csv", headings, rows)


def sds_v1(folder, school):
    """Write the six files of School Data Sync v1; an enrolment is two numbers."""
    _write(folder / "School.csv", "SIS ID,Name,School Number,State ID,Phone", [(10001, "Example High", 10001, "", "")])
    headings = (
        "SIS ID,School SIS ID,Section Name,Section Number,Term SIS ID,Term Name,Term StartDate,Term EndDate,"
        "Course SIS ID,Course Name,Course Number,Course Description,Course Subject,Periods,Status"
    )
    rows = (
        (500_000 + n, 10001, code, 500_000 + n, 12000, "SY2627", "9/1/2026", "7/31/2027")
        + (n % 90, f"Course {n % 90}", n % 90, "", "Subject", 1, "Active")
        for n, code, _, _ in school.classes
    )
    _write(folder / "Section.csv", headings, rows)
    headings = (
        "SIS ID,School SIS ID,First Name,Last Name,Username,Password,State ID,Secondary Email,Student Number,"
        "Middle Name,Grade,Status,Birthdate,Graduation Year"
    )
    rows = (
        (100_000 + n, 10001, f, s, f"p{n}", "P@ssword", "", "", 100_000 + n, "Lynn", year, "Active", "4/2/2012", 2031)
        for n, f, s, year in school.pupils
    )
    _write(folder / "Student.csv", headings, rows)
    headings = (
        "SIS ID,School SIS ID,First Name,Last Name,Username,Password,State ID,Teacher Number,Status,Middle Name,"
        "Secondary Email,Title,Qualification"
    )
    rows = (
        (900_000 + n, 10001, "Ann", s, f"t{n}", "P@ssword", "", n, "Active", "", "", "Ms", "") for n, s in school.staff
    )
    _write(folder / "Teacher.csv", headings, rows)
    rows = ((500_000 + n, 900_000 + t) for n, _, _, t in school.classes)
    _write(folder / "TeacherRoster.csv", "Section SIS ID,SIS ID", rows)
    rows = ((500_000 + one[0], 100_000 + pupil[0]) for pupil, one in school.enrolments)
    _write(folder / "StudentEnrollment.csv", "Section SIS ID,SIS ID", rows)


def _sourced_enrolments(folder, school):
    rows = [(500_000 + n, 900_000 + t, "teacher") for n, _, _, t in school.classes]
    rows += [(500_000 + one[0], 100_000 + pupil[0], "student") for pupil, one in school.enrolments]
    _write(folder / "enrollments.csv", "classSourcedId,userSourcedId,role", rows)


def sds_v2(folder, school):
    """Write the four files of School Data Sync v2."""
    _write(folder / "orgs.csv", "sourcedId,name,type,parentSourcedId", [(10001, "Example High", "school", "")])
    headings = "sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade"
    rows = [(900_000 + n, 10001, "Ann", s, f"t{n}@school.example", "P@1", "teacher", "") for n, s in school.staff]
    rows += [(100_000 + n, 10001, f, s, f"p{n}@school.example", "P@1", "student", y) for n, f, s, y in school.pupils]
    _write(folder / "users.csv", headings, rows)
    rows = ((500_000 + n, 10001, code) for n, code, _, _ in school.classes)
    _write(folder / "classes.csv", "sourcedId,orgSourcedId,title", rows)
    _sourced_enrolments(folder, school)


def sds_v21(folder, school):
    """Write the files of School Data Sync v2.1 with sessions, courses and a role for each user."""
    _write(folder / "orgs.csv", "sourcedId,name,type,parentSourcedId", [(10001, "Example High", "school", "")])
    headings = "sourcedId,title,type,schoolYear,startDate,endDate"
    year = ("SY2627", "2026/27", "schoolYear", 2027, "2026-09-01", "2027-08-31")
    _write(folder / "academicSessions.csv", headings, [year])
    headings = "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms"
    users = [(900_000 + n, f"t{n}@school.example", "Ann", s, "teacher", "") for n, s in school.staff]
    users += [(100_000 + n, f"p{n}@school.example", f, s, "student", y) for n, f, s, y in school.pupils]
    _write(folder / "users.csv", headings, ((n, u, f, s, "P@1", "", u, "", "") for n, u, f, s, _, _ in users))
    headings = "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate"
    rows = ((n, 10001, r, "SY2627", y, "TRUE", "2026-09-01", "2027-08-31") for n, _, _, _, r, y in users)
    _write(folder / "roles.csv", headings, rows)
    headings = "sourcedId,orgSourcedId,title,code,schoolYearSourcedId,subject,grade"
    courses = ((f"C{n}", 10001, f"Course {n}", f"C{n}", "SY2627", 10, 7) for n in range(90))
    _write(folder / "courses.csv", headings, courses)
    rows = ((500_000 + n, 10001, code, "SY2627", f"C{n % 90}") for n, code, _, _ in school.classes)
    _write(folder / "classes.csv", "sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId", rows)
    _sourced_enrolments(folder, school)


def oneroster(folder, school):
    """Write a OneRoster 1.1 bulk set: ids are GUIDs, and every record has its status and its last change."""
    guids = random.Random(SEED)

    def guid():
        return str(uuid.UUID(int=guids.getrandbits(128), version=4))

    record = ("active", "2026-11-24T16:32:38.184Z")
    home, term = guid(), guid()
    staff = [guid() for _ in school.staff]
    pupils = {pupil[0]: guid() for pupil in school.pupils}
    classes = [guid() for _ in school.classes]
    files = ("academicSessions", "classes", "courses", "enrollments", "orgs", "users")
    said = [("manifest.version", "1.0"), ("oneroster.version", "1.1"), *((f"file.{name}", "bulk") for name in files)]
    _write(folder / "manifest.csv", "propertyName,value", said)
    headings = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
    _write(folder / "orgs.csv", headings, [(home, *record, "Example High", "school", 8924001, "")])
    headings = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
    year = (term, *record, "2026/27", "schoolYear", "2026-09-01", "2027-08-31", "", "2027")
    _write(folder / "academicSessions.csv", headings, [year])
    headings = (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,"
        "subjectCodes"
    )
    courses = [guid() for _ in range(90)]
    rows = ((c, *record, term, f"Course {n}", n, "07", home, "Subject", "") for n, c in enumerate(courses))
    _write(folder / "courses.csv", headings, rows)
    headings = (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
    )
    people = [(staff[n], "teacher", f"t{n}", "Ann", s, 900_000 + n, "") for n, s in school.staff]
    people += [(pupils[n], "student", f"p{n}", f, s, 100_000 + n, f"{y:02d}") for n, f, s, y in school.pupils]
    rows = (
        (i, *record, "true", home, r, u, "", f, s, "", number, f"{u}@school.example", "", "", "", y, "")
        for i, r, u, f, s, number, y in people
    )
    _write(folder / "users.csv", headings, rows)
    headings = (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
        "termSourcedIds,subjects,subjectCodes,periods"
    )
    rows = (
        (classes[n], *record, code, f"{y:02d}", courses[n % 90], code, "scheduled", "", home, term, "Subject", "", "")
        for n, code, y, _ in school.classes
    )
    _write(folder / "classes.csv", headings, rows)
    headings = (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate"
    )
    days = ("2026-09-01", "2027-08-31")
    rows = [(guid(), *record, classes[n], home, staff[t], "teacher", "true", *days) for n, _, _, t in school.classes]
    rows += [
        (guid(), *record, classes[one[0]], home, pupils[pupil[0]], "student", "", *days)
        for pupil, one in school.enrolments
    ]
    _write(folder / "enrollments.csv", headings, rows)


SHAPES = {
    "sims": sims,
    "sims-wide": sims_wide,
    "sds-v1": sds_v1,
    "sds-v2": sds_v2,
    "sds-v2.1": sds_v21,
    "oneroster": oneroster,
}
