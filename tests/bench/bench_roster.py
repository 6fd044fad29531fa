"""Times reading and checking a very large export beside a bare pandas.read_csv of the same files.

The files are made here, seeded: 50,000 pupils and 500,000 enrolments by default, as SIMS reports and as School Data
Sync v1. Printed for each: seconds bare, seconds read and checked, their ratio, and the peak of memory in MiB. Run:
    python tests/bench/bench_roster.py [PUPILS] [CLASSES_EACH]
"""

import csv
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

SEED = 2026
AT_MOST = 5.0
DAY = date(2026, 11, 20)


def _write(path, headings, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)


def _people(pupils, chance):
    letters = "abcdefghiklmnoprstuvwz"
    names = ["".join(chance.choices(letters, k=chance.randint(4, 9))).title() for _ in range(4000)]
    return [(f"{n:06d}", chance.choice(names), chance.choice(names), 7 + n % 7) for n in range(1, pupils + 1)]


def _enrolments(people, each, codes, chance):
    by_year = {year: [c for c in codes if c.startswith(f"{year}x")] for year in range(7, 14)}
    for person in people:
        for code in chance.sample(by_year[person[3]], each):
            yield person, code


def make_sims(folder, pupils, each):
    """Write four SIMS-shaped reports, one enrolment a row, with the columns that a school's report usually has."""
    chance = random.Random(SEED)
    people = _people(pupils, chance)
    codes = [f"{7 + n % 7}x/C{n:04d}" for n in range(max(70, pupils // 8))]
    staff = {f"S{n:04d}": f"Name{n}" for n in range(len(codes) // 4)}
    teacher = {code: chance.choice(list(staff)) for code in codes}
    students = (
        (a, f, s, f"{y}A", f"Year {y:2d}", f"p{a}@school.example", "04/09/2025", "", "B") for a, f, s, y in people
    )
    headings = "Adno,Forename,Surname,Reg,Year,Primary Email,Date Of Admission,Leaving Date,SEN Status"
    _write(folder / "SIMS_Students.csv", headings.split(","), students)
    rows = ((c, "Ms", "Ann", n, "Teacher", f"{c}@school.example", "01/09/2020", "") for c, n in staff.items())
    headings = "Staff Code,Title,Forename,Surname,Role,Work Email,Start Date,Leaving Date"
    _write(folder / "SIMS_Staff.csv", headings.split(","), rows)
    rows = (
        (a, s, f, f"{y}A", y, code, f"Ms A {staff[teacher[code]]}", teacher[code], "04/09/2026", "")
        for (a, f, s, y), code in _enrolments(people, each, codes, chance)
    )
    headings = "Adno,Surname,Forename,Reg,Year,Class,Main Teacher,Teacher Code,Start Date,End Date"
    _write(folder / "SIMS_Class_Membership.csv", headings.split(","), rows)


def make_sds(folder, pupils, each):
    """Write the six files of School Data Sync v1 with the same people; an enrolment is two short columns."""
    chance = random.Random(SEED)
    people = _people(pupils, chance)
    codes = [f"{7 + n % 7}x/C{n:04d}" for n in range(max(70, pupils // 8))]
    _write(folder / "School.csv", ("SIS ID", "Name"), [("S1", "School")])
    _write(
        folder / "Section.csv", ("SIS ID", "School SIS ID", "Section Name"), [(c, "S1", f"Class {c}") for c in codes]
    )
    headings = ("SIS ID", "School SIS ID", "First Name", "Last Name", "Username", "Grade", "Password")
    _write(folder / "Student.csv", headings, [(a, "S1", f, s, f"p{a}", y, "secret") for a, f, s, y in people])
    teachers = [(f"T{n}", "S1", "Ann", f"Name{n}", f"t{n}") for n in range(len(codes) // 4)]
    _write(folder / "Teacher.csv", headings[:5], teachers)
    _write(folder / "TeacherRoster.csv", ("Section SIS ID", "SIS ID"), [(c, chance.choice(teachers)[0]) for c in codes])
    rows = ((code, person[0]) for person, code in _enrolments(people, each, codes, chance))
    _write(folder / "StudentEnrollment.csv", ("Section SIS ID", "SIS ID"), rows)


def bare(folder):
    """Read every file with nothing but pandas; gives the rows."""
    import pandas as pd

    return sum(len(pd.read_csv(path)) for path in sorted(folder.glob("*.csv")))


def ours(folder):
    """Read and check the export; gives the rows used."""
    from teamskit.roster import read_roster
    from teamskit.roster.checks import check
    from teamskit.school.model import SchoolUnit

    unit = SchoolUnit(id="S1", name="School")
    roster = read_roster(folder, school=unit, effective=DAY, domains=["school.example"])
    check(roster)
    return sum(file.used for file in roster.files)


def _one(what, folder):
    import pandas  # noqa: F401  (its import is no part of either time)

    import teamskit.roster.checks
    import teamskit.school.model  # noqa: F401

    start = time.perf_counter()
    rows = {"bare": bare, "ours": ours}[what](Path(folder))
    print(time.perf_counter() - start, rows, _peak_mib())


def _peak_mib():
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(what, folder, times=3):
    """Run one of the two in processes of their own; gives the best seconds, the rows, the peak MiB."""
    words = [sys.executable, __file__, "--one", what, str(folder)]
    runs = [subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True) for _ in range(times)]
    found = [tuple(map(float, run.stdout.split())) for run in runs]
    return min(seconds for seconds, _, _ in found), int(found[0][1]), max(int(peak) for _, _, peak in found)


def main(pupils=50_000, each=10):
    """Print one line for each shape; the status is 1 where a ratio is above what is allowed."""
    too_slow = False
    for name, make in (("sims", make_sims), ("sds-v1", make_sds)):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), pupils, each)
            plain, rows, _ = measured("bare", folder)
            seconds, used, peak = measured("ours", folder)
            ratio = seconds / plain
            too_slow |= ratio > AT_MOST
            print(
                f"{name}: {rows:,} rows, {used:,} used; read_csv {plain:.2f} s, read and checked {seconds:.2f} s,"
                f" ratio {ratio:.2f} (at most {AT_MOST:.0f}), peak {peak} MiB"
            )
    return int(too_slow)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
