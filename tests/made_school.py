"""A school made for a test, written as SIMS-shaped files."""

import csv

STUDENTS = ("Adno", "Forename", "Surname", "Reg", "Year", "Primary Email", "Date Of Admission", "Leaving Date")
STAFF = (
    "Staff Code",
    "Title",
    "Forename",
    "Surname",
    "Role",
    "Teaching Staff",
    "Work Email",
    "Start Date",
    "Leaving Date",
)
MEMBERSHIP = (
    "Adno",
    "Surname",
    "Forename",
    "Reg",
    "Year",
    "Class",
    "Main Teacher",
    "Teacher Code",
    "Start Date",
    "End Date",
)
TIMETABLE = ("Period", "Start Time", "End Time", "Class", "Staff Code")


def write_csv(path, headings, rows):
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)


class MadeSchool:
    """Writes SIMS-shaped files; every class has one teacher, and pupils go round the classes."""

    def __init__(self, folder):
        self.folder = folder
        self.pupils = {}
        self.staff = {}
        self.enrolled = []
        self.years = {}
        self.lessons = []

    def fill(self, classes, pupils, each=1):
        for n in range(classes):
            self.staff[f"T{n:03d}"] = f"t{n:03d}@school.example"
        for n in range(pupils):
            adno = f"{n + 1:06d}"
            self.pupils[adno] = f"p{adno}@school.example"
            for k in range(each):
                c = (n + k * 7) % classes
                self.enrolled.append((adno, f"{7 + c % 5}x/C{c:03d}", f"T{c:03d}"))
        return self.write()

    def write(self):
        self.folder.mkdir(exist_ok=True)
        students = [
            (a, f"Fore{a}", f"Sur{a}", "7A", f"Year  {self.years.get(a, 7)}", e, "04/09/2026", "")
            for a, e in self.pupils.items()
        ]
        write_csv(self.folder / "SIMS_Students.csv", STUDENTS, students)
        staff = [(c, "Ms", "Ann", f"Sur{c}", "Teacher", "True", e, "01/09/2020", "") for c, e in self.staff.items()]
        write_csv(self.folder / "SIMS_Staff.csv", STAFF, staff)
        rows = [
            (a, f"Sur{a}", f"Fore{a}", "7A", self.years.get(a, 7), c, f"Ms Sur{t}", t, "04/09/2026", "")
            for a, c, t in self.enrolled
        ]
        write_csv(self.folder / "SIMS_Class_Membership.csv", MEMBERSHIP, rows)
        if self.lessons:
            write_csv(self.folder / "SIMS_Timetable.csv", TIMETABLE, self.lessons)
        return self
