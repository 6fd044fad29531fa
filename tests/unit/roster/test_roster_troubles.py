"""Exports as they come on a bad day, through `roster check`, `show` and `explain`: what is said, and what is read."""

import json

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
