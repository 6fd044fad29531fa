"""Makes tests/data/rosters/<shape>/: one small invented school in every shape a SIMS report may have, and what must
be read of it. Run:
    python tests/data/make_shapes.py FOLDER
"""

import json
import sys
from datetime import date
from pathlib import Path

STAFF = "Staff Code,Title,Forename,Surname,Role,Work Email\nAKH,Mrs,Amina,Khan,Teacher,a.khan@school.example\n"
STAFF += "JSM,Mr,John,Smith,Teacher,j.smith@school.example\n"
STUDENTS = "Adno,Forename,Surname,Reg,Year\n004123,Zoë,O’Neill,7OAK,Year  7\n004124,Sam,Khan,,Year  7\n"
STUDENTS += "004125,Ana,Nowak,7ELM,Year  7\n"
CLASSES = "Adno,Class,Teacher Code\n004123,7x/En1,AKH\n004123,7x/Ma1,JSM\n004124,7x/En1,AKH\n"
CLASSES += "004125,7x/En1,AKH\n004125,7x/Ma1,JSM\n"
PUPILS = {"004123": ["7", "7OAK"], "004124": ["7", None], "004125": ["7", "7ELM"]}
TAUGHT = {"7x/En1": [["AKH"], ["004123", "004124", "004125"]], "7x/Ma1": [["JSM"], ["004123", "004125"]]}
S, C, T = "SIMS_Students.csv", "SIMS_Class_Membership.csv", "SIMS_Staff.csv"
NO_REG = (S, 3, "004124")

# Each shape: files, pupils, classes, what must be reported (file, line, key), own headings.
SHAPES: dict[str, dict] = {}


def shape(name, about, files, *, pupils=None, classes=None, told=(), columns=None):
    whole = {T: STAFF, **files}
    SHAPES[name] = {
        "about": about,
        "files": {n: c for n, c in whole.items() if c is not None},
        "pupils": PUPILS if pupils is None else pupils,
        "classes": TAUGHT if classes is None else classes,
        "told": told,
        "columns": columns or {},
    }


shape(
    "plain-1252",
    "one row a pupil, one row an enrolment, Windows-1252 with a curly apostrophe, CRLF",
    {S: STUDENTS.replace("\n", "\r\n").encode("cp1252"), C: CLASSES.encode("cp1252")},
    told=[NO_REG, (S, None, "Windows-1252")],
)
shape(
    "utf16-tabs",
    "Excel's Unicode text: UTF-16 with a byte order mark, tabs",
    {S: STUDENTS.replace(",", "\t").encode("utf-16"), C: CLASSES.replace(",", "\t").encode("utf-16")},
    told=[NO_REG, (S, None, "UTF-16")],
)
shape(
    "semicolons-bom",
    "UTF-8 with a byte order mark, semicolons, every cell in quotes, a sep= line in the class file",
    {
        S: "\n".join(";".join(f'"{c}"' for c in line.split(",")) for line in STUDENTS.splitlines()).encode("utf-8-sig"),
        C: ("sep=;\r\n" + CLASSES.replace(",", ";").replace("\n", "\r\n")).encode("utf-8-sig"),
    },
    told=[NO_REG],
)
shape(
    "pipes",
    "vertical bars between cells",
    {S: STUDENTS.replace(",", "|"), C: CLASSES.replace(",", "|")},
    told=[NO_REG],
)
SCREEN = (
    "Students with classes as at 20/11/2026,,,,,\r\n,,,,,\r\n\r\nAdno,Surname,Reg,Year,Class,Main Teacher\r\n"
    "004123,O'Neill,7OAK,Year  7,CLS 7OAK,Mr J Smith\r\n,,,,7x/En1,Mrs A Khan\r\n,,,,7x/Ma1,Mr J Smith\r\n"
    "004124,Khan,,Year  7,7x/En1,Mrs A Khan\r\n"
    "004125,Nowak,7ELM,Year  7,7x/En1,Mrs A Khan\r\n,Nowak,,,7x/Ma1,Mr J Smith\r\n\r\n,,,,,\r\nRecord count: 6\r\n"
)
shape(
    "screen-export",
    "one report for pupils and classes: title, repeated cells left blank, a count at the foot",
    {C: SCREEN},
    classes={"CLS 7OAK": [["JSM"], ["004123"]], **TAUGHT},
    told=[(C, 8, "004124")],
)
CELLS = (
    'Adno,Forename,Surname,Reg,Year,Classes\r\n004123,Zoe,O\'Neill,7OAK,Year  7,"7x/En1, 7x/Ma1"\r\n'
    '004124,Sam,Khan,,Year  7,7x/En1\r\n004125,Ana,Nowak,7ELM,Year  7,"7x/En1\n7x/Ma1;7x/En1"\r\n'
)
BY_NAME = {code: [[], ids] for code, (_, ids) in TAUGHT.items()}
shape(
    "classes-in-a-cell",
    "all classes of a pupil in one cell, between commas, semicolons or line breaks",
    {S: CELLS},
    classes=BY_NAME,
    told=[(S, 3, "004124"), (S, 2, "7x/En1")],
)
TIMETABLE = (
    "Timetable\r\nList correct as at 20/11/2026\r\nAll staff\r\n\r\n"
    "Period,Start Time,End Time,Class,Subject,Room,Staff Code,Staff Name\r\n"
    "MonA:1,09:00,10:00,7x/En1,English,R3,AKH,Mrs A Khan\r\nThuB:2,10:00,11:00,7x/En1,,R3,JSM,Mr J Smith\r\n"
    "1Mon:Break,10:45,11:00,,,,,\r\nTut,08:40,09:00,7x/Ma1,Maths,R1,JSM,Mr J Smith\r\n"
)
shape(
    "timetable",
    "who teaches stands in the timetable only: a title of four lines, two weeks, a job share, a break without a class",
    {
        S: STUDENTS,
        C: CLASSES.replace("Teacher Code", "Room").replace(",AKH", ",R3").replace(",JSM", ",R1"),
        "SIMS_Timetable.csv": TIMETABLE,
    },
    classes={"7x/En1": [["AKH", "JSM"], TAUGHT["7x/En1"][1]], "7x/Ma1": TAUGHT["7x/Ma1"]},
    told=[NO_REG],
)
ARBOR = (
    "Admission Number,Legal Surname,Chosen Name,Chosen Surname,Registration Group,Year Group,Class Memberships\n"
    "004123,Secret,Zoe,O'Neill,7OAK,Year 7,\"English: Year 7: 7x/En1 (2026/2027), Maths: Year 7: 7x/Ma1 (2026/2027),"
    ' Maths: Year 6: 6/Ma (2025/2026)"\n'
    "004124,Khan,Sam,Khan,,Year 7,English: Year 7: 7x/En1 (2026/2027)\n"
    '004125,Nowak,Ana,Nowak,7ELM,Year 7,"English: Year 7: 7x/En1 (2026/2027), Maths: Year 7: 7x/Ma1 (2026/2027)"\n'
)
shape(
    "arbor",
    "course, year and academic year around the code; last year's classes are past",
    {S: ARBOR},
    classes=BY_NAME,
    told=[(S, 3, "004124"), (S, None, "Legal Surname")],
)
CROSS = "Adno,Forename,Surname,Reg,Year,Primary Email,Class,Teacher Code\n" + "".join(
    f"{adno},{fore},{sur},{reg},Year 7,{mail},{code},{staff}\n"
    for adno, fore, sur, reg, codes in (
        ("004123", "Zoe", "O'Neill", "7OAK", "EM"),
        ("004124", "Sam", "Khan", "", "E"),
        ("004125", "Ana", "Nowak", "7ELM", "EM"),
    )
    for mail in (f"{fore}@home.example", f"26{sur}@school.example".replace("'", ""))
    for code, staff in (("7x/En1", "AKH"), ("7x/Ma1", "JSM"))
    if code[3] in codes
)
shape(
    "cross-product",
    "a row for each combination of email and class, in one report",
    {C: CROSS},
    told=[(C, 6, "004124")],
)


def xml(text):
    """Write a CSV text as CommandReporter's XML: captions escaped, empty values absent."""
    head, *rows = (line.split(",") for line in text.splitlines())
    names = [h.replace(" ", "_x0020_") for h in head]
    records = (
        "<Record>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(names, row, strict=True) if v) + "</Record>\n"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<SuperStarReport>\n' + "".join(records) + "</SuperStarReport>\n"
    )


shape(
    "command-reporter",
    "CommandReporter's XML, which says iso-8859-1 and is Windows-1252; empty values are absent",
    {
        S: None,
        C: None,
        "SIMS_Students.xml": xml(STUDENTS.replace("Reg,", "Reg Group,")).encode("cp1252"),
        "SIMS_Class_Membership.xml": xml(CLASSES).encode("cp1252"),
    },
    told=[("SIMS_Students.xml", 4, "004124")],
)
YEARS = ("R", "Reception", "Yr 1", "Y2", "Year  3", "04", "Year 10", "N1", "Nursery", "NC Year 5", "Curriculum Year 6")
YEARS_READ = ("R", "R", "1", "2", "3", "4", "10", "N1", "N", "5", "6")
shape(
    "years",
    "year groups in all spellings",
    {
        S: "Adno,Surname,NC Year,Reg\n" + "".join(f"{n:06d},A,{y},A\n" for n, y in enumerate(YEARS, 1)),
        C: "Adno,Class,Teacher Code\n" + "".join(f"{n:06d},A,AKH\n" for n, _ in enumerate(YEARS, 1)),
    },
    pupils={f"{n:06d}": [y, "A"] for n, y in enumerate(YEARS_READ, 1)},
    classes={"A": [["AKH"], [f"{n:06d}" for n, _ in enumerate(YEARS, 1)]]},
)
shape(
    "uk-dates",
    "day before month; dd-Mon-yy and ISO beside it; some turned round by a program are said",
    {
        S: STUDENTS,
        C: "Adno,Class,Teacher Code,Start Date,End Date\n004123,7x/En1,AKH,04/09/2026,\n"
        "004123,7x/Ma1,JSM,04-Sep-26,\n004124,7x/En1,AKH,2026-09-04T00:00:00,31/12/2026\n"
        "004125,7x/En1,AKH,05/12/2026,\n004125,7x/Ma1,JSM,04/09/2026,19-Nov-26\n004125,7x/En1,AKH,09/23/2026,\n",
    },
    classes={"7x/En1": [["AKH"], ["004123", "004124", "004125"]], "7x/Ma1": [["JSM"], ["004123"]]},
    told=[NO_REG, (C, 1, "turned"), (C, 7, "date")],
)
shape(
    "excel-damage",
    "zeros lost in the pupils' file only, a shortened number, a class code that became a date, blank columns",
    {
        S: "Adno,Forename,Surname,Reg,Year,,\n4123,Zoe,O'Neill,7OAK,7,,\n4124.0,Sam,Khan,,7,,\n"
        "4125,Ana,Nowak,7ELM,7,,\n1.23E+12,Eve,Long,7ELM,7,,\n",
        C: CLASSES.replace("7x/Ma1", "03-Apr"),
    },
    classes={"7x/En1": TAUGHT["7x/En1"], "03-Apr": TAUGHT["7x/Ma1"]},
    told=[NO_REG, (S, None, "004125"), (S, 5, "scientific-number"), (C, 3, "03-Apr")],
)
shape(
    "R25",
    "quotes escaped with a backslash; no other row is affected",
    {
        S: 'Adno,Forename,Surname,Reg,Year\n004801,"Mary \\"Polly\\" Ann",Reed,7OAK,7\n004802,"Le ""x""",B,7OAK,7\n',
        C: "Adno,Class,Teacher Code\n004801,7x/En1,AKH\n004802,7x/En1,AKH\n",
    },
    pupils={"004801": ["7", "7OAK"], "004802": ["7", "7OAK"]},
    classes={"7x/En1": [["AKH"], ["004801", "004802"]]},
)
shape(
    "own-headings",
    "headings nobody knows, named by the school in its own words",
    {
        S: STUDENTS.replace("Adno", "Pupil Ref").replace("Reg", "Mentoring"),
        C: CLASSES.replace("Adno", "Pupil Ref").replace("Class", "Set"),
    },
    told=[NO_REG],
    columns={"Pupil Ref": "admission number", "Mentoring": "registration group", "Set": "class"},
)


def workbook(path, sheets):
    """Write a workbook whose numbers are numbers, shown with zeros where the text has them, and dates are dates."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for n, row in enumerate(rows, 1):
            for m, value in enumerate(row, 1):
                number = isinstance(value, str) and value.isdigit() and value.startswith("00")
                cell = sheet.cell(n, m, int(value) if number else value)
                if number:
                    cell.number_format = "0" * len(value)
    book.save(path)


def _rows(text):
    return [line.split(",") for line in text.splitlines()]


shape(
    "workbook",
    "Excel workbooks: a cover sheet, a title above the headings, numbers shown with zeros, real dates",
    {
        S: None,
        C: None,
        "SIMS_Students.xlsx": [
            ("Cover", [["Report for the office"]]),
            ("Pupils", [["Students"], [], *_rows(STUDENTS)]),
        ],
        "SIMS_Class_Membership.xlsx": [
            (
                "Classes",
                [
                    ["Adno", "Class", "Teacher Code", "Start Date", "End Date"],
                    *([*row, date(2026, 9, 4), None] for row in _rows(CLASSES)[1:]),
                    ["004123", "7x/Hi1", "JSM", date(2026, 9, 4), date(2026, 10, 1)],
                ],
            )
        ],
    },
    classes={**TAUGHT, "7x/Hi1": [["JSM"], []]},
    told=[("SIMS_Students.xlsx", 5, "004124")],
)


def expected(one):
    """Give the document that the test reads beside a shape."""
    classes = {code: {"teachers": t, "pupils": p} for code, (t, p) in one["classes"].items()}
    return {
        "about": one["about"],
        "as_of": "2026-11-20",
        "domain": "school.example",
        "columns": one["columns"],
        "pupils": len(one["pupils"]),
        "classes": len(classes),
        "memberships": sum(len(c["pupils"]) for c in classes.values()),
        "roster": {"pupils": one["pupils"], "classes": classes},
        "must_report": [{"file": f, "line": line, "key": key} for f, line, key in one["told"]],
    }


def main(folder):
    """Write every shape below a folder."""
    for name, one in SHAPES.items():
        place = Path(folder) / name
        place.mkdir(parents=True, exist_ok=True)
        for file, content in one["files"].items():
            if isinstance(content, list):
                workbook(place / file, content)
            else:
                (place / file).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        text = json.dumps(expected(one), indent=1, ensure_ascii=False) + "\n"
        (place / "expected.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1])
