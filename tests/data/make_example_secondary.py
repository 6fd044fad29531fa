"""Make csv_templates/example-secondary: an invented secondary school as SIMS would export it, the same on every run.

Run: python tests/data/make_example_secondary.py [FOLDER]. Nobody in it exists. 900 pupils in years 7 to 11, sets in two
bands and in option blocks, joint classes, a two-week timetable, registration groups among the classes (`CLS 7OAK`). It
has a few honest problems, so that a newcomer sees how they are told; the README of the folder lists them.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from make_example_primary import FORENAMES, SURNAMES, _plain, _write  # noqa: E402

SEED = 20260907
DOMAIN = "high.example"
ACADEMIC_YEAR = 2026
FOLDER = Path(__file__).resolve().parents[2] / "csv_templates" / "example-secondary"
STARTS = "03/09/2026"
TREES = ("OAK", "ELM", "ASH", "YEW", "FIR", "BAY")
IN_A_YEAR = 180
SLOTS = tuple(
    f"{day}{week}:{period}" for week in "AB" for day in ("Mon", "Tue", "Wed", "Thu", "Fri") for period in range(1, 6)
)
TIMES = {
    "1": ("08:50", "09:50"),
    "2": ("09:50", "10:50"),
    "3": ("11:10", "12:10"),
    "4": ("12:50", "13:50"),
    "5": ("13:50", "14:50"),
}
SUBJECTS = {
    **{"Ma": "Mathematics", "En": "English", "Sc": "Science", "Hi": "History", "Ge": "Geography", "Fr": "French"},
    **{"Ar": "Art", "Mu": "Music", "Dt": "Design and Technology", "Pe": "Physical Education"},
    **{"Cs": "Computer Science", "Bs": "Business", "Re": "Religious Studies"},
}
LOWER = {"Ma": (8, 4), "En": (8, 3), "Sc": (8, 3), "Hi": (4, 3), "Ge": (4, 3), "Fr": (5, 3), "Ar": (3, 3)} | {
    **{"Mu": (2, 3), "Dt": (4, 3), "Pe": (4, 3)}
}
"""Lessons a fortnight and sets a band, years 7 to 9."""
CORE = {"Ma": (8, 4), "En": (8, 4), "Sc": (10, 4), "Pe": (4, 3)}
BLOCKS = {
    "A": ("Hi", "Ge", "Fr", "Cs", "Ar", "Bs", "Re", "Dt"),
    "B": ("Hi", "Ge", "Fr", "Cs", "Ar", "Mu", "Re", "Dt"),
    "C": ("Hi", "Ge", "Fr", "Bs", "Ar", "Mu", "Dt", "Cs"),
    "D": ("Hi", "Ge", "Fr", "Bs", "Re", "Dt", "Ar", "Cs"),
}
BLOCK_LESSONS, MOST_LESSONS = 5, 38
OFFICE = (
    ("MHE", "Mrs", "Marian", "Heller", "Headteacher", True),
    ("JDP", "Mr", "Jonas", "Drew-Parry", "Deputy Headteacher", True),
    ("SNC", "Ms", "Sian", "Cope", "SENCO", True),
    ("BTA", "Mrs", "Bea", "Tarn", "Teaching Assistant", False),
    ("OTA", "Mr", "Ola", "Tandberg", "Teaching Assistant", False),
    ("WTA", "Miss", "Wren", "Tapper", "Teaching Assistant", False),
    ("LIB", "Mr", "Lionel", "Booth", "Librarian", False),
    ("ICT", "Mr", "Ivo", "Crane", "ICT Technician", False),
    ("OFF", "Mrs", "Orla", "Finch", "Office Manager", False),
)


@dataclass(frozen=True)
class Pupil:
    """A pupil as the pupils' report has him."""

    adno: str
    forename: str
    surname: str
    year: int
    band: str
    reg: str
    email: str
    born: date
    admitted: date
    left: str = ""
    status: str = "C - Current"


@dataclass
class Teacher:
    """A teacher: code, printed name, subject, and how much and when he teaches."""

    code: str
    title: str
    forename: str
    surname: str
    subject: str
    load: int = 0
    busy: set[str] = field(default_factory=set)
    left: str = ""

    @property
    def printed(self) -> str:
        """Give the name as a report prints it."""
        return f"{self.title} {self.forename[0]} {self.surname}"


@dataclass(frozen=True)
class Group:
    """A teaching group: its code, subject, pupils, teachers, lessons a fortnight; `at_once` runs at the same times."""

    code: str
    subject: str
    pupils: tuple[Pupil, ...]
    teachers: tuple[Teacher, ...]
    lessons: int
    at_once: str


class School:
    """Makes the whole school by one dice, in one order."""

    def __init__(self) -> None:
        """Throw for pupils, then groups with their teachers, then the timetable."""
        self.dice = random.Random(SEED)
        self._logins: set[str] = set()
        self._codes = {code for code, *_ in OFFICE}
        self.teachers: list[Teacher] = []
        self.pupils = [
            self._pupil(n, year) for n, year in enumerate(y for y in range(11, 6, -1) for _ in range(IN_A_YEAR))
        ]
        self.groups = [group for year in range(7, 12) for group in self._year(year)]
        self.lessons = sorted(self._timetable(), key=lambda one: (SLOTS.index(one[0]), one[1].code))

    def _pupil(self, number: int, year: int) -> Pupil:
        since = ACADEMIC_YEAR - (year - 7)
        forename, surname = self.dice.choice(FORENAMES), self.dice.choice(SURNAMES)
        place = number % IN_A_YEAR % len(TREES)
        return Pupil(
            *(f"{4310 + number:06d}", forename, surname, year, "xy"[place % 2], f"{year}{TREES[place]}"),
            self._login(f"{since % 100}{_plain(surname)}{_plain(forename)[0]}"),
            date(since - 12, 9, 1) + timedelta(days=self.dice.randrange(365)),
            date(since, 9, 3),
        )

    def _login(self, stem: str) -> str:
        login = next(name for name in (stem, *(f"{stem}{n}" for n in range(2, 40))) if name not in self._logins)
        self._logins.add(login)
        return f"{login}@{DOMAIN}"

    def _year(self, year: int) -> Iterator[Group]:
        mine = [p for p in self.pupils if p.year == year]
        for band in "xy":
            for subject, (lessons, sets) in (LOWER if year < 10 else CORE).items():
                in_band = [p for p in mine if p.band == band]
                yield from self._sets(f"{year}{band}", subject, in_band, lessons, sets)
        if year > 9:
            for block, subjects in BLOCKS.items():
                yield from self._block(f"{year}{block}", subjects, mine)

    def _sets(self, stem: str, subject: str, pupils: list[Pupil], lessons: int, sets: int) -> Iterator[Group]:
        shuffled = self.dice.sample(pupils, len(pupils))
        busy: set[str] = set()
        for n in range(sets):
            yield self._group(
                f"{stem}/{subject}{n + 1}", subject, shuffled[n::sets], lessons, f"{stem}/{subject}", busy
            )

    def _block(self, stem: str, subjects: Sequence[str], pupils: list[Pupil]) -> Iterator[Group]:
        shuffled = self.dice.sample(pupils, len(pupils))
        busy: set[str] = set()
        for n, subject in enumerate(subjects):
            yield self._group(f"{stem}/{subject}1", subject, shuffled[n :: len(subjects)], BLOCK_LESSONS, stem, busy)

    def _group(self, code: str, subject: str, pupils: list[Pupil], lessons: int, at_once: str, busy: set[str]) -> Group:
        """Give a group its teacher; `busy` holds the codes that teach at the same times already."""
        teacher = self._teacher(subject, lessons, busy)
        busy.add(teacher.code)
        teacher.load += lessons
        return Group(code, subject, tuple(sorted(pupils, key=lambda p: p.adno)), (teacher,), lessons, at_once)

    def _teacher(self, subject: str, lessons: int, busy: set[str]) -> Teacher:
        able = [t for t in self.teachers if t.subject == subject and t.load + lessons <= MOST_LESSONS]
        free = [t for t in able if t.code not in busy]
        if free:
            return min(free, key=lambda t: t.load)
        forename, surname = self.dice.choice(FORENAMES), self.dice.choice(SURNAMES)
        made = Teacher(
            self._code(forename, surname),
            self.dice.choice(("Mr", "Mrs", "Miss", "Ms", "Dr")),
            forename,
            surname,
            subject,
        )
        self.teachers.append(made)
        return made

    def _code(self, forename: str, surname: str) -> str:
        letters = _plain(surname).upper()
        tries = (_plain(forename)[0].upper() + letters[0] + c for c in letters[1:] + "XZQWJKV")
        code = next(one for one in tries if one not in self._codes)
        self._codes.add(code)
        return code

    def _timetable(self) -> Iterator[tuple[str, Group]]:
        """Place the groups that run at once where their pupils and teachers are free, the fullest bands first."""
        together: dict[str, list[Group]] = defaultdict(list)
        for group in self.groups:
            together[group.at_once].append(group)
        taken: dict[str, set[str]] = defaultdict(set)
        for groups in sorted(together.values(), key=lambda each: -len(each) * each[0].lessons):
            year = groups[0].at_once.partition("/")[0]
            bands = (year,) if year[-1] in "xy" else (f"{year[:-1]}x", f"{year[:-1]}y")
            free = [s for s in SLOTS if not any(s in taken[b] for b in bands)]
            free = [s for s in free if not any(s in t.busy for g in groups for t in g.teachers)]
            for slot in self.dice.sample(free, min(len(free), groups[0].lessons)):
                for band in bands:
                    taken[band].add(slot)
                for group in groups:
                    group.teachers[0].busy.add(slot)
                    yield slot, group


def _with_problems(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Put the honest problems in: leavers, a later admission, no address, a family's address, no registration group."""
    made = list(pupils)
    changed = {
        40: {"left": "16/10/2026", "status": "L - Leaver"},
        371: {"left": "06/11/2026", "status": "L - Leaver"},
        512: {"email": ""},
        630: {"email": "family.home@mail.example"},
        631: {"email": "family.home@mail.example"},
        755: {"reg": ""},
        899: {"admitted": date(2027, 1, 5), "status": "F - Future", "email": ""},
    }
    for index, fields in changed.items():
        made[index] = replace(made[index], **fields)
    return made


def _students(pupils: Sequence[Pupil], dice: random.Random) -> Iterator[list[str]]:
    for p in sorted(pupils, key=lambda one: (one.surname, one.forename, one.adno)):
        sen = dice.choices("NKE", (85, 12, 3))[0]
        cells = [p.adno, p.forename, p.surname, p.reg, f"Year {p.year:>2}", f"{p.born:%d/%m/%Y}", sen, p.email]
        yield [*cells, f"{p.admitted:%d/%m/%Y}", p.left, p.status]


def _staff(school: School, left: Teacher) -> Iterator[list[str]]:
    rows = [(c, t, f, s, role, str(teaching)) for c, t, f, s, role, teaching in OFFICE]
    rows += [(t.code, t.title, t.forename, t.surname, "Teacher", "True") for t in (*school.teachers, left)]
    for n, row in enumerate(sorted(rows)):
        email = f"{_plain(row[2])[0]}.{_plain(row[3])}.{row[0].lower()}@{DOMAIN}"
        yield [*row, email, f"01/09/{2008 + n % 17}", left.left if row[0] == left.code else ""]


def _membership(school: School, pupils: dict[str, Pupil], left: Teacher) -> Iterator[list[str]]:
    """Give registration groups, then classes; a pupil who moved set has both rows, the first with its end."""
    tutors = dict(zip(sorted({p.reg for p in school.pupils}), school.teachers, strict=False))
    for p in sorted(pupils.values(), key=lambda one: (one.reg, one.adno)):
        if p.reg:
            yield _member(p, f"CLS {p.reg}", tutors[p.reg])
    for n, group in enumerate(school.groups):
        for p in (pupils[one.adno] for one in group.pupils):
            yield _member(p, group.code, group.teachers[0])
        if n % 40 == 7:
            yield _member(pupils[school.groups[n + 1].pupils[0].adno], group.code, group.teachers[0], "23/10/2026")
    last = school.groups[-1]
    some = [pupils[p.adno] for p in last.pupils[:12]]
    yield [
        "009999",
        "Unknown",
        "Pupil",
        "11OAK",
        "11",
        last.code,
        last.teachers[0].printed,
        last.teachers[0].code,
        STARTS,
        "",
    ]
    for p in some:
        yield _member(p, "11+/Re-Extra", left)
        yield [*_member(p, "11/Study", left)[:6], "", "", STARTS, ""]


def _member(p: Pupil, code: str, teacher: Teacher, ends: str = "") -> list[str]:
    starts = STARTS if p.admitted < date(2026, 9, 4) else f"{p.admitted:%d/%m/%Y}"
    return [p.adno, p.surname, p.forename, p.reg, str(p.year), code, teacher.printed, teacher.code, starts, ends]


def _timetable(school: School, shared: dict[str, Teacher]) -> Iterator[list[str]]:
    rooms = {
        code: f"{subject[0]}{n % 14 + 1}"
        for n, (code, subject) in enumerate((g.code, g.subject) for g in school.groups)
    }
    for n, (slot, group) in enumerate(school.lessons):
        teacher = shared.get(group.code) if slot[3] == "B" else None
        teacher = teacher or group.teachers[0]
        code, printed = ("SUP", "Supply Teacher") if n == 700 else (teacher.code, teacher.printed)
        cells = [slot, *TIMES[slot[-1]], group.code, SUBJECTS[group.subject], rooms[group.code]]
        yield [*cells, code, printed]


def _joint(school: School) -> dict[str, Teacher]:
    """Give six classes a second teacher of the subject, who takes week B where he is free then."""
    joint: dict[str, Teacher] = {}
    slots: dict[str, set[str]] = defaultdict(set)
    for slot, group in school.lessons:
        if slot[3] == "B":
            slots[group.code].add(slot)
    for group in school.groups[::2]:
        able = [t for t in school.teachers if t.subject == group.subject and not t.busy & slots[group.code]]
        if able and slots[group.code] and len(joint) < 6:
            joint[group.code] = able[0]
            able[0].busy |= slots[group.code]
    return joint


def main(folder: Path) -> None:
    """Write the four files into a folder, Windows-1252 and CRLF as SIMS does."""
    folder.mkdir(parents=True, exist_ok=True)
    school = School()
    pupils = _with_problems(school.pupils)
    left = Teacher("QLF", "Mr", "Quentin", "Lefevre", "Re", left="16/10/2026")
    shared = _joint(school)
    heads = (
        "Adno,Forename,Surname,Reg,Year,DOB,SEN Status,Primary Email,Date Of Admission,Leaving Date,Enrolment Status"
    )
    _write(folder, "SIMS_Students.csv", heads, _students(pupils, school.dice))
    heads = "Staff Code,Title,Forename,Surname,Role,Teaching Staff,Work Email,Start Date,Leaving Date"
    _write(folder, "SIMS_Staff.csv", heads, _staff(school, left))
    heads = "Adno,Surname,Forename,Reg,Year,Class,Main Teacher,Teacher Code,Start Date,End Date"
    _write(folder, "SIMS_Class_Membership.csv", heads, _membership(school, {p.adno: p for p in pupils}, left))
    heads = "Period,Start Time,End Time,Class,Subject,Room,Staff Code,Staff Name"
    _write(folder, "SIMS_Timetable.csv", heads, _timetable(school, shared))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
