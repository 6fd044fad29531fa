"""The workbook opened again: what Excel is told, cell by cell."""

import os
import re
import time as watch
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from openpyxl import load_workbook

from teamskit.calls.coverage import Reading
from teamskit.calls.model import CallEntry, Presence
from teamskit.errors import InputError
from teamskit.reports import Agreement, gather, write_csv_folder
from teamskit.reports.sheets import all_tables
from teamskit.reports.tables import Table
from teamskit.reports.workbook import About, _parts, write_workbook
from teamskit.safeguarding.finding import Finding, Note

MADE = datetime(2026, 11, 2, 12, tzinfo=UTC)
SHEETS = {
    "Summary": ("what", "number", "note"),
    "Findings": (
        *("people", "day", "start", "what happened", "what to do next", "severity", "status", "class", "last note"),
        *("by", "on", "kind", "finding id", "call id", "our action", "by", "date"),
    ),
    "Calls": (
        *("day", "weekday", "start", "end", "minutes", "class", "organiser", "staff", "pupils", "outside", "unknown"),
        *("recorded", "findings", "kind", "start utc", "call id", "source version"),
        *("recording now", "there until", "copy"),
    ),
    "Participants": (
        *("name", "day", "role", "year", "joined", "left", "minutes", "class", "audio", "video", "screen", "call id"),
    ),
    "Agreed": ("what", "who", "day or until", "agreed by", "reason", "calls"),
    "Coverage": ("day", "school day?", "read at", "calls", "status", "why"),
}


def at(day, clock):
    return datetime.fromisoformat(f"2026-{day}T{clock}+00:00")


REID = Presence("acc-reid", "REI", "Mrs Reid", "staff")
LEO = Presence(
    "acc-leo",
    "004101",
    "=cmd|' /C calc'!A0",
    "pupil",
    "3",
    intervals=((at("10-23", "08:50:07"), at("10-23", "09:00:00")),),
    used=("audio", "screen"),
)
VISITOR = Presence("teamsvisitor:a", "teamsvisitor:a", "Zo\u00eb \u0141ab\u0119d\u017a \U0001f600\u202e", "outside")
CALL = CallEntry(
    "004101",
    1,
    at("10-23", "08:50:00"),
    at("10-23", "09:30:00"),
    "groupCall",
    REID,
    "3A",
    True,
    "complete",
    (LEO, VISITOR),
)
LATE = replace(CALL, id="c2", start=at("10-27", "23:50:00"), end=at("10-28", "00:10:00"), class_id=None, people=())
MISSING = "registers/consent.csv is missing"
NOTE = Note("f-1", "-spoke to staff", "Mrs Head", at("10-24", "10:00:00"))
OPEN = Finding(
    "f-1",
    "one-to-one",
    "004101",
    None,
    ("004101", "REI"),
    "open",
    "Leo and Mrs Reid.",
    "+Ask her.",
    CALL.start,
    notes=(NOTE,),
)
FINDINGS = [
    replace(OPEN, id="f-2", finding="not-seen", call=None, pupil="004102", people=("004102",), notes=()),
    replace(OPEN, id="f-3", state="agreed", why="Agreed by the head."),
    OPEN,
]
AGREED = [Agreement("one-to-one", ("004101", "REI"), date(2026, 10, 1), date(2026, 12, 31), "Head", "@home tuition", 1)]


@pytest.fixture
def material():
    readings = [Reading(at("10-22", "12:00:00"), at("10-26", "12:00:00"), at("10-26", "12:00:00"))]
    made = gather("Example & Primary", [CALL, LATE], readings, MADE, class_names={"3A": "Class 3A"}, log_size=5)
    names = {"004102": "Isla Chen", "004101": "Leo Ahmed", "REI": "Mrs Reid"}
    return replace(made, findings=FINDINGS, agreements=AGREED, names=names, log_mark="5 / 9f3a", unchecked=[MISSING])


@pytest.fixture
def book(material, tmp_path):
    write_workbook(tmp_path / "out.xlsx", all_tables(material), About("Title & more", MADE, "Contains pupils' names."))
    return load_workbook(tmp_path / "out.xlsx")


def rows_of(book, name):
    sheet = book[name]
    headings = [cell.value for cell in sheet[1]]
    return [dict(zip(headings, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]


def test_every_sheet_has_its_columns_and_opens_on_the_summary(book):
    assert book.sheetnames == list(SHEETS)
    assert book.active.title == "Summary"
    for name, headings in SHEETS.items():
        assert tuple(cell.value.lower() for cell in book[name][1]) == headings


def test_every_sheet_is_frozen_filtered_wide_enough_and_unmerged(book):
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert not sheet.merged_cells.ranges
        assert all(8 <= sheet.column_dimensions[cell.column_letter].width <= 61 for cell in sheet[1])
        assert sheet.print_title_rows == "$1:$1"
        assert "pupils' names" in sheet.oddHeader.left.text


def test_heads_of_a_call_without_times_are_not_known_and_not_nobody(book):
    known, unknown = rows_of(book, "Calls")
    assert known["Pupils"] == len([one for one in CALL.people if one.role == "pupil"])
    assert [unknown[role] for role in ("Staff", "Pupils", "Outside", "Unknown")] == ["not known"] * 4


def test_days_and_times_are_real_and_of_the_schools_clock(book):
    sheet = book["Calls"]
    row = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert (row["Day"].value, row["Day"].number_format) == (datetime(2026, 10, 23), "d mmmm yyyy")
    assert (row["Start"].value, row["Start"].number_format) == (time(9, 50), "hh:mm")
    assert row["Start UTC"].value == datetime(2026, 10, 23, 8, 50)
    late = rows_of(book, "Calls")[1]
    assert (late["Day"], late["Start"], late["End"]) == (datetime(2026, 10, 27), time(23, 50), time(0, 10))
    joined = rows_of(book, "Participants")[0]
    assert (joined["Joined"], joined["Left"], joined["Minutes"]) == (time(9, 50, 7), time(10), 10)
    assert rows_of(book, "Coverage")[0]["Read at"] == datetime(2026, 10, 26, 12)


def test_ids_are_text_and_nothing_is_a_formula(book):
    assert rows_of(book, "Calls")[0]["Call id"] == "004101"
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    name = book["Participants"]["A2"]
    assert (name.value, name.data_type, name.quotePrefix) == ("=cmd|' /C calc'!A0", "s", True)
    finding = rows_of(book, "Findings")[0]
    assert (finding["What to do next"], finding["Last note"]) == ("+Ask her.", "-spoke to staff")


def test_letters_survive_and_hidden_signs_are_shown(book):
    assert rows_of(book, "Participants")[1]["Name"] == "Zo\u00eb \u0141ab\u0119d\u017a \U0001f600[U+202E]"


def test_findings_stand_open_first_and_worst_first_with_their_last_note(book):
    rows = rows_of(book, "Findings")
    assert [(row["Finding id"], row["Severity"], row["Status"]) for row in rows] == [
        ("f-1", "high", "open"),
        ("f-2", "low", "open"),
        ("f-3", "high", "agreed"),
    ]
    assert rows[1]["People"] == "Isla Chen"
    assert rows[0]["On"] == datetime(2026, 10, 24)
    assert [rows[0][empty] for empty in ("Our action", "Date")] == [None, None]
    assert rows[2]["What happened"].endswith("Agreed by the head.")


def test_what_was_agreed_and_what_is_used(book):
    (row,) = rows_of(book, "Agreed")
    assert row["Who"] == "Leo Ahmed, Mrs Reid"
    assert row["Day or until"] == "from 1 October 2026 until 31 December 2026"
    assert (row["Reason"], row["Calls"]) == ("@home tuition", 1)
    used = [tuple(one[k] for k in ("Audio", "Video", "Screen")) for one in rows_of(book, "Participants")]
    assert used == [("yes", "no", "yes"), ("not known",) * 3]


def test_the_summary_counts(book):
    rows = {row["What"]: (row["Number"], row["Note"]) for row in rows_of(book, "Summary")}
    assert rows["Days covered"][0] + rows["Days not covered"][0] <= rows["Days in the period"][0]
    assert (rows["Calls"][0], rows["Lessons"][0], rows["Lessons recorded"][0]) == (2, 1, 1)
    assert rows["To look at: high"] == (1, "One adult and one pupil alone in a call: 1")
    assert (rows["To look at: low"][0], rows["Agreed beforehand"][0]) == (1, 1)
    assert rows["Log entries"] == (5, "5 / 9f3a")
    assert rows["Not checked"] == (None, "registers/consent.csv is missing")
    assert rows["Calls"][1] == "in the 3 days we have"
    assert rows["School"] == (None, "Example & Primary")


def test_the_file_is_its_owners_and_whole_or_not_there(material, tmp_path, book):
    if os.name == "posix":
        assert (tmp_path / "out.xlsx").stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == ["out.xlsx"]
    with pytest.raises(InputError):
        write_workbook(tmp_path / "no" / "out.xlsx", all_tables(material), About("t", MADE))
    assert not (tmp_path / "no").exists()


def test_the_xml_has_what_excel_asks_for(book, tmp_path):
    with zipfile.ZipFile(tmp_path / "out.xlsx") as file:
        assert file.testzip() is None
        names = file.namelist()
        core = file.read("docProps/core.xml").decode()
        sheets = "".join(file.read(name).decode() for name in names if name.startswith("xl/worksheets/sheet"))
    assert "Title &amp; more" in core
    assert "2026-11-02T12:00:00Z" in core
    assert not re.search(r"<f>|<hyperlink|<mergeCell", sheets)
    assert not any("sharedStrings" in name and "rels" in name for name in names)


def test_a_table_too_long_for_one_sheet_becomes_a_sheet_a_month():
    days = [date(2026, 9, 30)] * 3 + [date(2026, 10, 1)] * 5
    table = Table("participants", "Who", ("Name", "Day"), tuple((str(n), day) for n, day in enumerate(days)))
    parts = list(_parts(table, 4))
    assert [name for name, _ in parts] == ["Participants 2026-09", "Participants 2026-10", "Participants 2026-10 (2)"]
    assert [row for _, part in parts for row in part.rows] == list(table.rows)
    assert [name for name, _ in _parts(table)] == ["Participants"]


def test_a_whole_term_is_written_quickly(material, tmp_path):
    row = ("Pupil", date(2026, 10, 1), "pupil", "7", time(9), time(10), 60, "7x/Ma1", "yes", "no", "no", "a" * 36)
    table = Table("participants", "Who", tuple(SHEETS["Participants"]), (row,) * 90_000)
    began = watch.perf_counter()
    write_workbook(tmp_path / "term.xlsx", [table], About("t", MADE))
    assert watch.perf_counter() - began < 60, "measured: 5 to 7 s"
    assert (tmp_path / "term.xlsx").stat().st_size < 6_000_000


def test_csv_as_a_folder_has_a_file_a_table(material, tmp_path):
    paths = write_csv_folder(tmp_path / "csv", all_tables(material))
    assert [path.name for path in paths] == [f"{name.lower()}.csv" for name in SHEETS]
    for path in paths:
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.count(b"\n") == raw.count(b"\r\n")
    assert "'+Ask her." in paths[1].read_text("utf-8-sig")
    assert "2026-10-23T08:50:00Z" in paths[2].read_text("utf-8-sig")
