"""Make csv_templates/example-primary: an invented primary school as SIMS would export it, the same on every run.

Run: python tests/data/make_example_primary.py [FOLDER]. Nobody in it exists. It has a few honest problems, so that a
newcomer sees how they are told; the README of the folder lists them.
"""

import csv
import random
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

SEED = 20260901
DOMAIN = "school.example"
ACADEMIC_YEAR = 2026
FOLDER = Path(__file__).resolve().parents[2] / "csv_templates" / "example-primary"


def _names(text: str) -> list[str]:
    return text.split()


FORENAMES = _names(
    "Aaliyah Aaron Abigail Adam Aisha Alfie Alice Amara Amelia Anaya Arthur Ava Ayaan Beatrix Ben Bilal Bonnie Caleb "
    "Callum Charlotte Chidi Chloe Daisy Daniel Dev Dylan Edie Elif Elijah Elsie Emily Ethan Eva Ezra Farah Fatima Finn "
    "Florence Freddie Freya George Grace Gwen Hana Harry Harper Hassan Heidi Henry Hugo Ibrahim Imogen Isaac Isla "
    "Ivy Jack Jasmine Jayden Joshua Jude Kai Kayla Kofi Layla Leo Leon Lily Lola Luca Lucy Maisie Malik Maria Mason "
    "Matilda Max Maya Mei Mila Mohammed Musa Nadia Nathan Niamh Noah Nur Olive Oliver Omar Oscar Penny Phoebe Poppy "
    "Priya Rafael Ravi Reuben Riley Robyn Rosa Rowan Ruby Safa Sami Samuel Sara Seth Sienna Simran Sofia Stanley "
    "Sunny Tariq Teddy Theo Thomas Tilly Toby Uma Violet Willow Yasmin Yusuf Zac Zain Zara "
    "Zo\u00eb Chlo\u00e9 Jos\u00e9"
)
SURNAMES = _names(
    "Adeyemi Ahmed Ali Allen Andrews Anwar Bailey Baker Begum Bell Bennett Blake Brooks Campbell Carter Chan Chen "
    "Chowdhury Clarke Cole Cooper Cox Davies Desai Dixon Edwards Ellis Evans Farah Fernandes Fisher Foster Fox "
    "Garc\u00eda "
    "Gill Gordon Graham Grant Green Griffiths Hall Hamilton Harris Hassan Hill Holmes Hughes Hunt Hussain Iqbal "
    "Jackson James Jones Joshi Kaur Kelly Khan King Knight Kowalski Lee Lewis Lim Lloyd Malik Marshall Martin Mason "
    "Mensah Miah Miller Mitchell Moore Morgan Morris M\u00fcller Murphy Nowak O'Brien O'Neill Obi Okafor Osei Owen "
    "Palmer "
    "Parker Patel Perera Phillips Powell Price Rahman Reid Reynolds Richards Roberts Robinson Rogers Rose Russell "
    "Santos Saunders Scott Shah Sharma Shaw Silva Simpson Singh Smith Stevens Stewart Sultan Taylor Thomas Thompson "
    "Turner Uddin Walker Walsh Ward Watson White Williams Wilson Wood Wright Young Yusuf"
)


@dataclass(frozen=True)
class SchoolClass:
    """A class of the school: its name, the years in it with the number of pupils of each, its teachers' codes."""

    name: str
    years: tuple[tuple[str, int], ...]
    teachers: tuple[str, ...]


CLASSES = (
    SchoolClass("Class R Acorn", (("R", 28),), ("LBA",)),
    SchoolClass("Class 1 Birch", (("1", 28),), ("NPA",)),
    SchoolClass("Class 2 Cedar", (("2", 27),), ("TMO",)),
    SchoolClass("Class 3 Elm", (("3", 26),), ("SKH", "RDO")),
    SchoolClass("Class 3/4 Hazel", (("3", 12), ("4", 13)), ("GWI",)),
    SchoolClass("Class 4 Lime", (("4", 25),), ("AOK",)),
    SchoolClass("Class 5 Maple", (("5", 26),), ("HJO",)),
    SchoolClass("Class 6 Rowan", (("6", 26),), ("CMU",)),
)
STAFF = (
    ("EFR", "Mrs", "Eleanor", "Frost", "Headteacher", True, "01/09/2017", ""),
    ("LBA", "Miss", "Lucy", "Barnes", "Teacher", True, "01/09/2021", ""),
    ("NPA", "Mr", "Nikhil", "Parmar", "Teacher", True, "01/09/2019", ""),
    ("TMO", "Mrs", "Tessa", "Moss", "Teacher", True, "01/09/2014", ""),
    ("SKH", "Mrs", "Samina", "Khalid", "Teacher", True, "01/09/2016", ""),
    ("RDO", "Mr", "Ruairi", "Doyle", "Teacher", True, "01/09/2022", ""),
    ("GWI", "Ms", "Grace", "Wickham", "Teacher", True, "01/09/2020", ""),
    ("AOK", "Mr", "Ade", "Okonkwo", "Teacher", True, "01/09/2023", ""),
    ("HJO", "Mrs", "Heather", "Jowett", "Teacher", True, "01/01/2015", ""),
    ("CMU", "Dr", "Claire", "Munro", "Deputy Headteacher", True, "01/09/2012", ""),
    ("BST", "Mr", "Bradley", "Stone", "Teacher", True, "01/09/2025", ""),
    ("JLE", "Mrs", "Joyce", "Leighton", "Teaching Assistant", False, "01/09/2010", ""),
    ("PVA", "Mr", "Pawel", "Vasek", "Teaching Assistant", False, "12/02/2024", ""),
    ("MSA", "Miss", "Mar\u00eda", "Salas", "Teaching Assistant", False, "04/09/2023", ""),
    ("DHU", "Mrs", "Dawn", "Hurst", "Office Manager", False, "01/09/2008", ""),
)
HOUSES = ("Attenborough", "Franklin", "Rashford", "Seacole")
YEAR_NAMES = {"R": "Reception"} | {str(n): f"Year  {n}" for n in range(1, 7)}


@dataclass(frozen=True)
class Pupil:
    """A pupil as the pupils' report has him."""

    adno: str
    forename: str
    surname: str
    reg: str
    year: str
    house: str
    born: date
    sen: str
    email: str
    admitted: date
    left: date | None
    status: str

    def row(self) -> list[str]:
        """Give the cells of the pupil's row."""
        left = f"{self.left:%d/%m/%Y}" if self.left else ""
        return [
            self.adno,
            self.forename,
            self.surname,
            self.reg,
            YEAR_NAMES[self.year],
            self.house,
            f"{self.born:%d/%m/%Y}",
            self.sen,
            self.email,
            f"{self.admitted:%d/%m/%Y}",
            left,
            self.status,
        ]


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return "".join(c for c in folded.lower() if c.isalpha())


def _pupil(dice: random.Random, adno: int, school_class: SchoolClass, year: str, taken: set[str]) -> Pupil:
    since = ACADEMIC_YEAR - (0 if year == "R" else int(year))
    forename, surname = dice.choice(FORENAMES), dice.choice(SURNAMES)
    stem = f"{since % 100}{_plain(surname)}{_plain(forename)[0]}"
    login = next(name for name in (stem, *(f"{stem}{n}" for n in range(2, 20))) if name not in taken)
    taken.add(login)
    born = date(since - 5, 9, 1) + timedelta(days=dice.randrange(365))
    return Pupil(
        adno=f"{adno:06d}",
        forename=forename,
        surname=surname,
        reg=school_class.name,
        year=year,
        house=dice.choice(HOUSES),
        born=born,
        sen=dice.choices("NKE", (84, 13, 3))[0],
        email=f"{login}@{DOMAIN}",
        admitted=date(since, 9, 4),
        left=None,
        status="C - Current",
    )


def _pupils(dice: random.Random) -> list[Pupil]:
    """Make the pupils, oldest first, as their admission numbers run."""
    taken: set[str] = set()
    slots = [(year, c) for c in CLASSES for year, count in c.years for _ in range(count)]
    slots.sort(key=lambda slot: -(0 if slot[0] == "R" else int(slot[0])))
    return [_pupil(dice, 1302 + n, c, year, taken) for n, (year, c) in enumerate(slots)]


def _with_problems(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Put the honest problems in: no account, no registration group, a leaver, one not yet admitted."""
    made = list(pupils)

    def change(index: int, **fields: object) -> None:
        made[index] = Pupil(**{**made[index].__dict__, **fields})

    change(17, left=date(2026, 10, 16), status="L - Leaver")
    change(64, email="")
    change(121, reg="")
    change(199, admitted=date(2027, 1, 4), status="F - Future", email="")
    return made


def _membership(pupils: Sequence[Pupil], classes: dict[str, SchoolClass]) -> Iterator[list[str]]:
    printed = {code: f"{title} {forename[0]} {surname}" for code, title, forename, surname, *_ in STAFF}
    for pupil in sorted(pupils, key=lambda p: (p.reg, p.surname, p.forename, p.adno)):
        home = classes[pupil.adno]
        code = home.teachers[0]
        starts = max(pupil.admitted, date(ACADEMIC_YEAR, 9, 4))
        cells = [pupil.adno, pupil.surname, pupil.forename, pupil.reg, pupil.year, home.name, printed[code], code]
        yield [*cells, f"{starts:%d/%m/%Y}", ""]
    last = CLASSES[-1]
    code = last.teachers[0]
    yield ["009999", "Unknown", "Pupil", last.name, "6", last.name, printed[code], code, "04/09/2026", ""]


def _timetable() -> Iterator[list[str]]:
    halves = (("AM", "09:00", "12:00"), ("PM", "13:00", "15:15"))
    printed = {code: f"{title} {forename[0]} {surname}" for code, title, forename, surname, *_ in STAFF}
    for school_class in CLASSES:
        room = school_class.name.rpartition(" ")[2]
        for number, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri")):
            for half, starts, ends in halves:
                code = school_class.teachers[-1 if number > 2 else 0]
                if (school_class.name, day, half) == ("Class 2 Cedar", "Thu", "PM"):
                    yield [f"{day}:{half}", starts, ends, school_class.name, room, "SUP", "Supply Teacher"]
                    continue
                yield [f"{day}:{half}", starts, ends, school_class.name, room, code, printed[code]]


def _write(folder: Path, name: str, headings: str, rows: Iterable[Sequence[str]]) -> None:
    with (folder / name).open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(headings.split(","))
        writer.writerows(rows)


def _staff() -> Iterator[list[str]]:
    for code, title, forename, surname, role, teaching, since, left in STAFF:
        email = f"{_plain(forename)[0]}.{_plain(surname)}@{DOMAIN}"
        yield [code, title, forename, surname, role, str(teaching), email, since, left]


def main(folder: Path) -> None:
    """Write the four files into a folder, Windows-1252 and CRLF as SIMS does."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = _pupils(random.Random(SEED))
    classes = {p.adno: next(c for c in CLASSES if c.name == p.reg) for p in plain}
    pupils = _with_problems(plain)
    _write(
        folder,
        "SIMS_Students.csv",
        "Adno,Forename,Surname,Reg,Year,House,DOB,SEN Status,Primary Email,Date Of Admission,Leaving Date,"
        "Enrolment Status",
        (p.row() for p in sorted(pupils, key=lambda p: (p.surname, p.forename, p.adno))),
    )
    _write(
        folder,
        "SIMS_Staff.csv",
        "Staff Code,Title,Forename,Surname,Role,Teaching Staff,Work Email,Start Date,Leaving Date",
        _staff(),
    )
    _write(
        folder,
        "SIMS_Class_Membership.csv",
        "Adno,Surname,Forename,Reg,Year,Class,Main Teacher,Teacher Code,Start Date,End Date",
        _membership(pupils, classes),
    )
    _write(
        folder,
        "SIMS_Timetable.csv",
        "Period,Start Time,End Time,Class,Room,Staff Code,Staff Name",
        _timetable(),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
