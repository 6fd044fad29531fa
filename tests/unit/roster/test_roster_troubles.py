"""Exports as they come on a bad day, through `roster check`, `show` and `explain`: what is said, and what is read."""

import io
import json

import openpyxl
import pytest

STUDENTS = "Adno,Forename,Surname,Reg,Year,Primary Email\n004701,Ada,Reed,7OAK,7,26reeda@school.example\n"
STUDENTS += "004702,Ben,Shah,7OAK,7,26shahb@school.example\n004703,Cy,Tull,7ELM,7,26tullc@school.example\n"
STAFF = "Staff Code,Title,Forename,Surname,Role,Work Email\nJFO,Ms,Jo,Foster,Teacher,j.foster@school.example\n"
STAFF += "AKH,Mr,Ali,Khan,Teacher,a.khan@school.example\n"
CLASSES = "Adno,Class,Teacher Code\n004701,7x/Ma1,JFO\n004702,7x/Ma1,JFO\n004703,7x/Ma1,JFO\n004701,7x/En1,AKH\n"
UPNS = ("B801200005001", "H801200001001", "P892200021003")


class Office:
    """A school's export and what the commands say of it."""

    def __init__(self, desk, folder):
        self.desk, self.folder = desk, folder

    def exports(self, **files):
        whole = {"SIMS_Students__csv": STUDENTS, "SIMS_Staff__csv": STAFF, "SIMS_Class_Membership__csv": CLASSES}
        for name, content in {**whole, **files}.items():
            if content is not None:
                raw = content if isinstance(content, bytes) else content.encode("utf-8")
                (self.folder / name.replace("__", ".")).write_bytes(raw)
        return self

    def decides(self, columns):
        path = self.desk.folder / "school.toml"
        path.write_text(path.read_text(encoding="utf-8") + f"\n[roster.columns]\n{columns}\n", encoding="utf-8")

    def told(self, check):
        """Give what `roster check` says under one id: file, row, column, message."""
        found = self.desk.run("roster", "check", "--output", "json", ok=(0, 2)).json
        return [(p["file"], p["row"], p["column"], p["message"]) for p in found if p["check"] == check]

    def screen(self, status=0):
        return self.desk.run("roster", "check", ok=(status,)).out

    def shown(self):
        return self.desk.json("roster", "show")

    def classes(self):
        return {c["id"]: (c["teachers"], c["pupils"]) for c in self.shown()["classes"]}

    def explained(self, name):
        told = self.desk.json("roster", "explain", self.folder / name)
        return {c["column"]: c for c in told["columns"]}


@pytest.fixture
def office(desk, made):
    return Office(desk, made.folder)


def test_a_upn_inside_a_name_or_an_address_is_taken_out_and_its_row_told(office) -> None:
    students = STUDENTS.replace("Ada", f"Ada ({UPNS[0]})").replace("Tull", UPNS[1])
    office.exports(SIMS_Students__csv=students.replace("26shahb@", f"{UPNS[2].lower()}@"))
    where = [told[:3] for told in office.told("upn-in-cell")]
    file = "SIMS_Students.csv"
    assert sorted(where, key=str) == [(file, 2, "Forename"), (file, 3, "Primary Email"), (file, 4, "Surname")]
    shown = json.dumps(office.shown())
    assert [p["name"] for p in office.shown()["pupils"]] == ["Ada Reed", "Ben Shah", "Cy"]
    assert not [number for number in UPNS if number.casefold() in (shown + office.screen()).casefold()]


def test_a_column_of_addresses_made_of_upns_is_dropped_whole(office) -> None:
    lines = STUDENTS.splitlines()
    rows = [line.rpartition(",")[0] + f",{n}@school.example" for line, n in zip(lines[1:], UPNS, strict=True)]
    office.exports(SIMS_Students__csv="\n".join([lines[0], *rows]))
    assert office.explained("SIMS_Students.csv")["Primary Email"]["read_as"] == "DROPPED"
    assert "Primary Email" in office.told("sensitive-columns")[0][3]


def test_the_same_upn_twice_is_told_with_every_row(office) -> None:
    office.exports(SIMS_Students__csv=STUDENTS.replace("7OAK", UPNS[0]).replace("7ELM", "7OAK\n004704,Di,Orr,7OAK,7,x"))
    assert office.told("upn-in-cell") == []
    office.exports(SIMS_Students__csv=STUDENTS.replace("Reed", f"Reed {UPNS[0]}").replace("Shah", f"Shah {UPNS[0]}"))
    assert "the same in row 3" in office.told("upn-in-cell")[0][3]


@pytest.mark.parametrize(
    "heading",
    [
        *("Free Meals", "Med Notes", "PP Indicator", "Mother Name", "National Identity", "Asylum", "Traveller"),
        *("CP Flag", "Contact 1", "D.O.B. (dd/mm/yyyy)", "U.P.N. (13)", "S.E.N. Stage", "Passcode", "Adopted"),
        *("Service Pupil", "Diet", "Tel", "Pronouns", "Main Language", "Doctor's Surgery"),
    ],
)
def test_odd_headings_of_what_must_not_travel_are_dropped(office, heading) -> None:
    lines = STUDENTS.splitlines()
    office.exports(SIMS_Students__csv="\n".join([f"{lines[0]},{heading}", *(f"{line},Zq" for line in lines[1:])]))
    assert office.explained("SIMS_Students.csv")[heading]["read_as"] == "DROPPED"
    assert heading in office.told("sensitive-columns")[0][3]


def test_excels_error_words_are_no_classes_and_no_groups(office) -> None:
    office.exports(
        SIMS_Students__csv=STUDENTS.replace("7ELM", "#REF!"),
        SIMS_Class_Membership__csv=CLASSES + "004702,#N/A,JFO\n004703,#n/a,JFO\n",
    )
    assert set(office.classes()) == {"7x/Ma1", "7x/En1"}
    told = sorted(office.told("excel-error"))
    assert [(file, row) for file, row, *_ in told] == [("SIMS_Class_Membership.csv", 6), ("SIMS_Students.csv", 4)]
    assert "the same in row 7" in told[0][3]
    assert [row for _, row, *_ in office.told("row-without-class")] == [6, 7]


@pytest.mark.parametrize("damage", ["{n}.0", "{n}", '"{t}"'])
def test_numbers_that_excel_wrote_out_are_put_back_where_the_class_file_has_them(office, damage) -> None:
    students = STUDENTS
    for n in (4701, 4702, 4703):
        students = students.replace(f"00{n}", damage.format(n=n, t=f"{n:,}"))
    office.exports(SIMS_Students__csv=students)
    assert [p["id"] for p in office.shown()["pupils"]] == ["004701", "004702", "004703"]
    (told,) = office.told("zeros-lost")
    assert told[:3] == ("SIMS_Students.csv", 1, "Adno") and "004701, 004702, 004703" in told[3]


def test_one_number_that_excel_changed_is_told_in_the_singular(office) -> None:
    office.exports(SIMS_Students__csv=STUDENTS.replace("004702", "4702"))
    assert office.told("zeros-lost")[0][3].startswith("A number of this file was changed by Excel")


def test_a_class_file_of_upns_is_never_told_to_map_them(office) -> None:
    office.exports(SIMS_Class_Membership__csv=f"UPN,Class,Teacher Code\n{UPNS[0]},7x/Ma1,JFO\n")
    assert "Add Adno to the report; the Unique Pupil Number is never read." in office.screen(2)


def test_a_missing_heading_is_mapped_from_one_that_means_nothing_else(office) -> None:
    office.exports(SIMS_Class_Membership__csv="Adno,Clas Codes,Teacher Code\n004701,7x/Ma1,JFO\n")
    assert '[roster.columns] "Clas Codes" = "class"' in office.screen(2)
    office.exports(SIMS_Class_Membership__csv="Adno,Surname,Reg\n004701,Reed,7OAK\n")
    assert '[roster.columns] "Our heading" = "class"' in office.screen(2)


def test_a_staff_code_of_the_class_file_is_not_taken_for_the_pupils_number(office) -> None:
    office.exports(SIMS_Class_Membership__csv=CLASSES.replace("Teacher Code", "Lehrer")).decides(
        '"Lehrer" = "staff code"'
    )
    assert office.classes()["7x/Ma1"] == (["JFO"], ["004701", "004702", "004703"])


def test_an_own_heading_that_means_nothing_or_is_met_nowhere_is_told(office) -> None:
    office.exports().decides('"Regi" = "registration group"')
    assert [told[3] for told in office.told("heading-not-met")] == [
        '[roster.columns] names "Regi", and no file was read by that heading.'
    ]
    path = office.desk.folder / "school.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"Regi" = "reg', '"Reg" = "tutor reg'), encoding="utf-8")
    assert '"Reg" = "tutor registration group" names no meaning that is known' in office.screen(2)
    refused = office.desk.run("roster", "explain", office.folder / "SIMS_Students.csv", ok=(2,))
    assert "names no meaning that is known" in refused.err


def test_a_staff_file_with_headings_only_is_an_error(office) -> None:
    office.exports(SIMS_Staff__csv="Staff Code,Forename,Surname\n")
    assert [told[0] for told in office.told("no-staff")] == ["SIMS_Staff.csv"]
    assert "1 error" in office.screen(2)


@pytest.mark.parametrize("turned", [False, True])
def test_rows_of_one_pupil_that_differ_are_told_and_read_the_same_in_any_order(office, turned) -> None:
    rows = ["004702,Ben,Shah,7OAK,8,26shahbb@school.example", "004702,Ben,Shah,7ELM,7,x@mail.example"]
    head, *others = STUDENTS.splitlines()
    lines = [*others, *rows]
    office.exports(SIMS_Students__csv="\n".join([head, *(reversed(lines) if turned else lines)]))
    ben = next(p for p in office.shown()["pupils"] if p["id"] == "004702")
    assert (ben["registration_group"], ben["year"]) == ("7OAK", "7")
    told = [message for _, _, _, message in office.told("rows-differ")]
    assert len(told) == 3 and all(message.startswith("004702") for message in told)
    assert "@" not in "".join(told)


def test_a_row_without_number_says_whether_it_is_somebody_elses(office) -> None:
    rows = "Adno,Surname,Class,Teacher Code\n,,7x/Ma1,JFO\n004701,Reed,7x/Ma1,JFO\n,Zed,7x/En1,AKH\n,,7x/Sc1,AKH\n"
    office.exports(SIMS_Class_Membership__csv=rows)
    told = {row: message for _, row, _, message in office.told("row-without-number")}
    assert set(told) == {2, 4, 5}
    assert "nothing above it" in told[2] and "differ from the person's above" in told[4]


@pytest.mark.parametrize("cell", ["JFO/AKH", "JFO AKH", "JFO + AKH", "JFO & AKH", '"JFO, AKH"', "JFO|AKH"])
def test_several_codes_in_a_cell_are_several_teachers(office, cell) -> None:
    office.exports(SIMS_Class_Membership__csv=f"Adno,Class,Teacher Code\n004701,7x/Ma1,{cell}\n")
    assert office.classes()["7x/Ma1"][0] == ["JFO", "AKH"]


@pytest.mark.parametrize(
    ("cell", "owners"),
    [
        ("Ms J Foster; Mr A Khan", ["JFO", "AKH"]),
        ("Mr Khan & Ms Foster", ["AKH", "JFO"]),
        ("Ali Khan and Jo Foster", ["AKH", "JFO"]),
        ('"Foster, Jo"', ["JFO"]),
        ('"Foster, Jo; Khan, A"', ["JFO", "AKH"]),
    ],
)
def test_several_names_in_a_cell_are_several_teachers(office, cell, owners) -> None:
    office.exports(SIMS_Class_Membership__csv=f"Adno,Class,Main Teacher\n004701,7x/Ma1,{cell}\n")
    assert office.classes()["7x/Ma1"][0] == owners


def test_a_code_with_a_slash_that_somebody_has_is_one_code(office) -> None:
    office.exports(
        SIMS_Staff__csv=STAFF + "JFO/AKH,Dr,Ed,Ives,Teacher,e.ives@school.example\n",
        SIMS_Class_Membership__csv="Adno,Class,Teacher Code\n004701,7x/Ma1,JFO/AKH\n004702,7x/En1,JFO/ZZZ\n",
    )
    assert office.classes() == {"7x/Ma1": (["JFO/AKH"], ["004701"]), "7x/En1": ([], ["004702"])}
    assert ["JFO/ZZZ" in message for *_, message in office.told("unknown-staff")] == [True]


def test_bars_part_classes_in_a_cell(office) -> None:
    office.exports(SIMS_Class_Membership__csv="Adno,Classes,Teacher Code\n004701,7x/En1 | 7x/Ma1,JFO\n")
    assert set(office.classes()) == {"7x/En1", "7x/Ma1"}


def test_exchanged_names_are_told_as_such(office) -> None:
    office.exports(SIMS_Students__csv=STAFF, SIMS_Staff__csv=STUDENTS)
    told = office.told("heading-missing")
    assert sorted(file for file, *_ in told) == ["SIMS_Staff.csv", "SIMS_Students.csv"]
    assert all("two names are perhaps exchanged" in message for *_, message in told)
    assert "Give the file the name of what is in it." in office.screen(2)


def test_two_files_of_one_kind_are_told_with_what_to_do(office) -> None:
    office.exports(Pupils__csv=STUDENTS)
    assert "look like the same report. Leave one of them in the folder." in office.screen(2)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read(office, encoding) -> None:
    office.exports(SIMS_Students__csv=STUDENTS.replace("Ada", "Zoe\u0308").replace(",", "\t").encode(encoding))
    assert [p["id"] for p in office.shown()["pupils"]] == ["004701", "004702", "004703"]
    assert office.told("encoding")[0][0] == "SIMS_Students.csv"


def workbook(**sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (rows, merged) in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for ref in merged:
            sheet.merge_cells(ref)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_merged_cells_of_a_workbook_count_for_all_their_rows(office) -> None:
    rows = [["Classes as at 23/11/2026", None, None], [], ["Adno", "Class", "Teacher Code"]]
    rows += [["004701", "7x/Ma1", "JFO"], ["004702", None, None], ["004703", None, None], ["004701", "7x/En1", "AKH"]]
    raw = workbook(Classes=(rows, ["A1:C1", "B4:B6", "C4:C6"]))
    office.exports(SIMS_Class_Membership__csv=None, SIMS_Class_Membership__xlsx=raw)
    assert office.classes() == {"7x/Ma1": (["JFO"], ["004701", "004702", "004703"]), "7x/En1": (["AKH"], ["004701"])}
    assert "SIMS_Class_Membership.xlsx: xlsx, headings in row 3" in office.screen()


def test_a_second_sheet_of_the_same_report_is_never_left_out_unsaid(office) -> None:
    rows = [line.split(",") for line in STUDENTS.splitlines()]
    notes = ([["Read me"], ["Surname order"]], [])
    office.exports(SIMS_Students__csv=None, SIMS_Students__xlsx=workbook(Notes=notes, Y7=(rows, [])))
    assert len(office.shown()["pupils"]) == 3
    more = [rows[0], ["004704", "Di", "Orr", "8OAK", "8", ""]]
    office.exports(SIMS_Students__csv=None, SIMS_Students__xlsx=workbook(Y7=(rows, []), Y8=(more, [])))
    (told,) = office.told("sheet-not-read")
    assert told[:2] == ("SIMS_Students.xlsx", 1) and "'Y7' and 'Y8'" in told[3]


def test_a_file_that_excel_of_old_wrote_is_told_when_it_is_missed(office) -> None:
    office.exports(SIMS_Students__csv=None, SIMS_Students__xls=b"\xd0\xcf\x11\xe0old")
    screen = office.screen(2)
    assert "no file of pupils" in screen and "SIMS_Students.xls was not read" in screen
    office.exports()
    assert [file for file, *_ in office.told("file-of-another-kind")] == ["SIMS_Students.xls"]


def test_explain_finds_a_file_of_the_export_by_its_name_and_proposes_what_was_ignored(office) -> None:
    office.exports(SIMS_Students__csv=STUDENTS.replace("Reg,", "Tutor set,"))
    said = office.desk.run("roster", "explain", "SIMS_Students.csv").out
    assert '[roster.columns] "Tutor set" = "registration group"' in said
    assert "there is no such file" in office.desk.run("roster", "explain", "Absent.csv", ok=(2,)).err
