"""`calls report` into Excel and CSV: the same findings as `findings list`, what was agreed, and registers read back."""

import csv
import json
from datetime import date, datetime, time

import pytest
from openpyxl import load_workbook

from teamskit.registers.agreed import Agreement
from teamskit.registers.reading import AGREED, COLUMNS, read_registers
from teamskit.reports import write_csv
from teamskit.reports.tables import Table

STAFF, LEO, ISLA = {"staff": "T000"}, {"pupil": "000001"}, {"pupil": "000002"}
ROWS = [
    ("one-to-one", "000002", "T000", "", date(2026, 11, 1), date(2026, 12, 18), "SEND support, agreed", "Mrs \u0141ee"),
    ("outside-person", "", "", "=J Smith", date(2026, 11, 23), date(2026, 11, 23), "+visitor", "Head"),
    ("one-to-one", "000003", "", "", date(2026, 1, 5), date(2026, 3, 27), "over", "Head"),
]


def call(name, *people, start="09:00", end="09:40", recording="kept", by=STAFF):
    begin, finish = f"2026-11-23T{start}:00Z", f"2026-11-23T{end}:00Z"
    there = [{**one, "intervals": [[begin, finish]]} for one in people]
    basics = {"id": name, "type": "groupCall", "start": begin, "end": finish, "class": None, "organiser": by}
    return {**basics, "recording": recording, "people": there}


@pytest.fixture
def school(desk, made):
    made.fill(classes=1, pupils=6)
    desk.run("sandbox", "seed", "--perfect")
    folder = desk.folder / "registers"
    folder.mkdir(exist_ok=True)
    (folder / "consent.csv").write_text("Adno,Recording,Date,Withdrawn\r\n000001,Yes,07/09/2026,\r\n", encoding="utf-8")
    write_csv(folder / AGREED, Table("agreed", "Agreed", COLUMNS[AGREED], tuple(ROWS)))
    visitor = {"anonymous": "Vera Guest"}
    calls = [
        call("pair", STAFF, LEO),
        call("agreed", STAFF, ISLA, start="10:00", end="10:30"),
        call("guest", STAFF, LEO, ISLA, visitor, start="11:00", end="11:40", recording="none"),
        call("alone", LEO, ISLA, start="18:00", end="18:20", recording="none", by=LEO),
    ]
    file = desk.folder.parent / "played.json"
    file.write_text(json.dumps({"calls": calls}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    desk.run("sandbox", "advance", "2d")
    desk.run("calls", "sync")
    return desk


def sheet(path, name):
    rows = list(load_workbook(path)[name].values)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_u02_register_rows_that_were_written_are_read_back_equal(school):
    registers = read_registers(school.folder / "registers", ["one-to-one", "outside-person"])
    wanted = [Agreement(*row, row=n) for n, row in enumerate(ROWS, 2)]
    assert list(registers.agreed.rows) == wanted
    assert registers.left_out == 0


def test_the_workbook_has_the_findings_of_findings_list(school, tmp_path):
    school.run("calls", "report", "--xlsx", tmp_path / "r.xlsx", "--from", "2026-11-23", "--to", "2026-11-24")
    listed = {one["id"]: one for one in school.json("findings", "list", "--from", "2026-11-23", "--to", "2026-11-24")}
    rows = sheet(tmp_path / "r.xlsx", "Findings")
    assert len(rows) == len(listed) >= 5
    for row in rows:
        one = listed[row["Finding id"]]
        assert (row["Kind"], row["Severity"], row["Status"]) == (one["finding"], one["severity"], one["state"])
        assert row["Call id"] == one["call"]
        assert row["What happened"].startswith(one["text"])
    (pair,) = [row for row in rows if row["Call id"] == "pair" and row["Kind"] == "one-to-one"]
    assert (pair["Day"], pair["Start"]) == (datetime(2026, 11, 23), time(9))
    assert pair["People"] == "Ann SurT000, Fore000001 Sur000001"
    counted = {row["Call id"]: row["Findings"] for row in sheet(tmp_path / "r.xlsx", "Calls")}
    assert counted["pair"] == sum(one["call"] == "pair" for one in listed.values())


def test_what_was_agreed_stands_on_its_own_sheet_with_how_often_it_was_needed(school, tmp_path):
    school.run("calls", "report", "--xlsx", tmp_path / "r.xlsx", "--from", "2026-11-23", "--to", "2026-11-24")
    rows = sheet(tmp_path / "r.xlsx", "Agreed")
    assert [(row["What"], row["Calls"]) for row in rows] == [("one-to-one", 1), ("outside-person", 0)]
    assert rows[0]["Who"] == "Fore000002 Sur000002, Ann SurT000"
    assert (rows[1]["Who"], rows[1]["Reason"]) == ("=J Smith", "+visitor")
    assert rows[1]["Day or until"] == "23 November 2026"


def test_the_summary_and_the_page_say_what_could_not_be_told(school, tmp_path):
    school.run("calls", "report", "--xlsx", tmp_path / "r.xlsx", "--out", tmp_path / "r.html", "--from", "2026-11-20")
    rows = {row["What"]: row["Number"] for row in sheet(tmp_path / "r.xlsx", "Summary")}
    assert rows["To look at: high"] >= 2
    assert rows["Agreed beforehand"] >= 1
    listed = school.json("findings", "list", "--from", "2026-11-20")
    high = [one for one in listed if one["state"] == "open" and one["severity"] == "high"]
    assert rows["To look at: high"] == len(high)


def test_a_folder_of_csv_or_one_file(school, tmp_path):
    school.run("calls", "report", "--csv", tmp_path / "all")
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [
        *("agreed.csv", "calls.csv", "coverage.csv", "findings.csv", "participants.csv", "summary.csv"),
    ]
    school.run("calls", "report", "--csv", tmp_path / "one.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "all" / "participants.csv").read_bytes()
    with (tmp_path / "one.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["Call id"] for row in csv.DictReader(file)} == {"pair", "agreed", "guest", "alone"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say what to write"),
        (("--out", "r.xlsx"), "--xlsx"),
        (("--out", "r.csv"), "--csv"),
        (("--xlsx", "r.xls"), ".xlsx"),
        (("--xlsx", "a.xlsx", "--csv", "a.xlsx"), "one file"),
    ],
)
def test_a_name_that_would_mislead_is_refused(school, words, told):
    import click

    with pytest.raises(click.UsageError, match=told):
        school.run("calls", "report", *words)


def test_nothing_is_written_over_the_schools_own_files(school):
    for name in ("registers", "registers/agreed.csv", ".teamskit"):
        stopped = school.run("calls", "report", "--csv", school.folder / name, ok=(2,))
        assert "belongs to the school" in stopped.err


def test_the_logs_head_stands_on_page_and_summary_and_is_the_ledgers(school, tmp_path):
    import html

    from teamskit.ledger.heads import read_head

    with school.here().ledger() as ledger:
        head = ledger.newest_head()
    school.run("calls", "report", "--xlsx", tmp_path / "r.xlsx", "--out", tmp_path / "r.html")
    rows = sheet(tmp_path / "r.xlsx", "Summary")
    assert [row["Number"] for row in rows if row["What"] == "Log entries"] == [head.size]
    name, size, root, signature = (row["Note"] for row in rows if row["What"] == "Log head, signed")
    assert read_head(f"{name}\n{size}\n{root}\n\n{signature}\n") == head
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert read_head(html.unescape(page.split("<pre>")[1].split("</pre>")[0])) == head


def test_a_log_that_moves_to_another_database_as_the_how_to_says(school, tmp_path):
    """The steps of docs/how-to-call-log.md, with a second file in the place of a server."""
    import shutil

    from keyboard import Desk

    school.run("ledger", "head", "-o", tmp_path / "old.txt")
    old = Desk(shutil.copytree(school.folder, tmp_path / "until"))
    (school.folder / ".teamskit" / "ledger.key").unlink()
    school.decide(ledger={"url": f"sqlite:///{tmp_path / 'new.sqlite3'}"})
    school.run("calls", "sync")
    for desk in (school, old):
        desk.run("ledger", "verify")
        assert {call["id"] for call in desk.json("calls", "list")} == {"pair", "agreed", "guest", "alone"}
        desk.run("calls", "report", "--xlsx", tmp_path / "r.xlsx")
    old.run("ledger", "verify", "--against", tmp_path / "old.txt")
    told = school.run("ledger", "verify", "--against", tmp_path / "old.txt", ok=(0, 1, 2))
    assert told.status != 0, "a head of the old log is none of the new one's"
