from datetime import date

import pytest
from stdnum.gb import upn

from teamskit.registers.reading import read_registers

KINDS = ("one-to-one", "alone-in-group", "outside-person", "out-of-hours")
AGREED = "What,Pupil,Staff,Outside,From,Until,Reason,Agreed by"
CONSENT = "Adno,Recording,Date,Withdrawn"


@pytest.fixture
def read(tmp_path):
    def reading(agreed=None, consent=None, encoding="utf-8"):
        for name, text in (("agreed.csv", agreed), ("consent.csv", consent)):
            if text is not None:
                (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))
        return read_registers(tmp_path, KINDS)

    return reading


def said(registers):
    return [(one.file, one.row, one.column, one.severity, one.check) for one in registers.problems]


def test_a_missing_register_is_none_and_an_empty_one_is_not(read):
    assert (read().agreed, read().consent) == (None, None)
    registers = read(AGREED + "\n", CONSENT + "\n")
    assert registers.agreed.rows == () and registers.consent.rows == ()
    assert registers.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_as_excel_writes_them(read, encoding, delimiter):
    row = "one-to-one,004711,REI,,09/11/2026,2026-11-13,Café,Zoë"
    agreed = f"{AGREED}\n{row}\n".replace(",", delimiter)
    (one,) = read(agreed, encoding=encoding).agreed.rows
    assert (one.what, one.pupil, one.staff, one.reason, one.agreed_by) == (
        "one-to-one", "004711", "REI", "Café", "Zoë",
    )  # fmt: skip
    assert (one.first, one.last) == (date(2026, 11, 9), date(2026, 11, 13))


def test_title_rows_and_blank_rows_keep_excels_row_numbers(read):
    text = f"Consent 2026/27\n\n{CONSENT}\n004711,Yes,07/09/2026,\n\n004712,Yes,soon,\n"
    registers = read(consent=text)
    assert [one.adno for one in registers.consent.rows] == ["004711"]
    assert said(registers) == [("consent.csv", 6, "Date", "error", "no-date")]
    assert registers.left_out == 1


def test_a_row_whose_day_and_month_are_turned_does_not_turn_the_others(read):
    rows = "004711,Yes,05/10/2026,\n004712,Yes,10/20/2026,\n004713,Yes,01/12/2026,\n"
    registers = read(consent=f"{CONSENT}\n{rows}")
    assert [one.since for one in registers.consent.rows] == [date(2026, 10, 5), date(2026, 12, 1)]
    assert registers.left_out == 1


def test_each_bad_row_is_left_out_with_its_place_and_the_rest_is_used(read):
    rows = [
        "one-to-one,004711,REI,,09/11/2026,13/11/2026,ok,Head",
        "one-to-won,004711,REI,,09/11/2026,13/11/2026,typing,Head",
        "one-to-one,004711,REI,,31/02/2026,13/11/2026,no date,Head",
        "one-to-one,004711,REI,,13/11/2026,09/11/2026,turned,Head",
        "one-to-one,4.7E+03,REI,,09/11/2026,13/11/2026,Excel,Head",
        "one-to-one,#N/A,REI,,09/11/2026,13/11/2026,Excel,Head",
        "outside-person,,,,09/11/2026,13/11/2026,nobody,Head",
        "one-to-one,004711,REI,,09/11/2026,13/11/2026,a, comma,Head",
        "one-to-one,004711,REI,,09/11/2026,,no end,Head",
        "one-to-one,,,,09/11/2026,13/11/2026,everybody,Head",
        "not-known,,,,09/11/2026,13/11/2026,cannot be,Head",
    ]
    registers = read("\n".join([AGREED, *rows]) + "\n")
    assert [one.row for one in registers.agreed.rows] == [2, 10, 11]
    assert sorted(said(registers), key=lambda one: one[1]) == [
        ("agreed.csv", 3, "What", "error", "unknown-finding"),
        ("agreed.csv", 4, "From", "error", "no-date"),
        ("agreed.csv", 5, "Until", "error", "dates-turned"),
        ("agreed.csv", 6, "Pupil", "error", "scientific-number"),
        ("agreed.csv", 7, "Pupil", "error", "excel-error"),
        ("agreed.csv", 8, "Outside", "error", "names-nobody"),
        ("agreed.csv", 9, None, "error", "row-too-long"),
        ("agreed.csv", 10, "Until", "warning", "no-end"),
        ("agreed.csv", 11, "Pupil", "warning", "names-nobody"),
        ("agreed.csv", 12, "What", "error", "unknown-finding"),
    ]
    assert "one-to-one" in next(one.remedy for one in registers.problems if one.row == 3)
    assert registers.left_out == 8


def test_a_unique_pupil_number_is_not_read(read):
    number = "823432108123"
    made_up = f"{upn.calc_check_digit(number)}{number}"
    registers = read(consent=f"{CONSENT}\n{made_up},Yes,07/09/2026,\n004711,Yes,07/09/2026,\n")
    assert [one.adno for one in registers.consent.rows] == ["004711"]
    assert said(registers) == [("consent.csv", 2, "Adno", "error", "upn-in-cell")]
    assert made_up not in str(registers.problems)


def test_without_a_column_that_narrows_an_agreement_the_file_is_not_used(read):
    registers = read("What,Staff,Outside,From,Until\none-to-one,REI,,09/11/2026,13/11/2026\n")
    assert registers.agreed is None
    assert [(one.file, one.severity) for one in registers.problems] == [("agreed.csv", "error")]
    assert "teamskit registers template" in registers.problems[0].remedy


@pytest.mark.parametrize("text", ["", "\n\n", "004711,Yes,07/09/2026,\n"])
def test_a_file_without_headings_is_not_used(read, text):
    registers = read(consent=text)
    assert registers.consent is None
    assert len(registers.problems) == 1


def test_zeros_are_put_back_only_where_one_person_is_meant(read):
    rows = "4711,Yes,07/09/2026,\n12,Yes,07/09/2026,\n5,Yes,07/09/2026,\n0005,No,07/09/2026,\n"
    register = read(consent=f"{CONSENT}\n{rows}").consent
    mended, told = register.with_zeros(["004711", "0012", "00012", "0005", "5000"])
    assert told == ("004711",)
    assert mended.holds("004711", date(2026, 11, 9))
    assert not mended.holds("0012", date(2026, 11, 9))
    assert not mended.holds("0005", date(2026, 11, 9))


def test_the_newest_row_that_has_begun_decides(read):
    rows = "1,Yes,07/09/2026,\n1,No,09/11/2026,\n2,No,,\n2,Yes,09/11/2026,\n3,Yes,09/11/2026,\n3,No,09/11/2026,\n"
    registers = read(consent=f"{CONSENT}\n{rows}")
    register = registers.consent
    days = date(2026, 11, 8), date(2026, 11, 9)
    assert [register.holds("1", day) for day in days] == [True, False]
    assert [register.holds("2", day) for day in days] == [False, True]
    assert [register.holds("3", day) for day in days] == [False, False]
    assert {one.check for one in registers.problems} == {"pupil-twice"}
