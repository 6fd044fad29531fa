"""The commands on calls as a hurried person types them, and what they say where nothing is there or known."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from keyboard import Desk

RUN = "from teamskit.cli.main import teamskit; teamskit(prog_name='teamskit')"
START, END = "2026-11-23T10:00:00Z", "2026-11-23T10:40:00Z"


@pytest.fixture
def school(desk, made):
    """One class of five pupils; one call of three minutes that staff held, read into the log two days later."""
    made.fill(1, 5)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    return desk


def play(desk, *calls, later="3d"):
    file = desk.folder / "scenario.json"
    file.write_text(json.dumps({"calls": calls}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    desk.run("sandbox", "advance", later)
    return desk.run("calls", "sync")


def call(name, *pupils, **fields):
    people = [{"staff": "T000"}, *({"pupil": one} for one in pupils)]
    there = [{**one, "intervals": [[START, END]]} for one in people]
    made = {"id": name, "type": "groupCall", "start": START, "end": END, "organiser": {"staff": "T000"}}
    return {**made, "class": None, "recording": "none", "people": there, **fields}


@pytest.mark.parametrize(
    "command", [("calls", "list", "--from"), ("findings", "list", "--to"), ("calls", "attendance", "--week")]
)
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1/11/2026", "write 2026-11-01"),
        ("1 November 2026", "write 2026-11-01"),
        ("2026-13-01", "write year, month and day"),
        ("today", "write year, month and day"),
        ("9999-12-30", "look at the year"),
    ],
)
def test_a_day_typed_otherwise_is_answered_with_how_to_write_it(desk, command, typed, meant):
    words = [sys.executable, "-c", RUN, "-C", desk.folder, *command, typed]
    done = subprocess.run(words, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 2
    assert meant in done.stderr
    assert "%" not in done.stderr


def test_a_sync_from_a_day_to_come_reads_nothing_and_says_so(school):
    play(school, call("one", "000001"))
    size = school.json("ledger", "verify")["entries"]
    words = [sys.executable, "-c", RUN, "-C", school.folder, "calls", "sync", "--since", "2030-01-01"]
    done = subprocess.run(words, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 2
    assert "--since is after today" in done.stderr
    assert school.json("ledger", "verify")["entries"] == size


def test_days_that_are_gone_are_not_sent_to_a_sync(school):
    play(school, call("pair", "000001"))
    school.run("sandbox", "advance", "5d")
    young = school.run("findings", "list").out
    assert "Not covered: " in young
    assert young.splitlines()[-1] == "Next: teamskit calls sync (reads what can still be read)"
    gone = school.run("findings", "list", "--from", "2026-09-01", "--to", "2026-09-05").out
    assert "Not covered: 1 to 5 September 2026." in gone
    assert "reads what can still be read" not in gone


def test_a_severity_may_be_typed_as_the_screen_writes_it(school):
    play(school, call("pair", "000001"))
    assert "one-to-one" in school.run("findings", "list", "--severity", "High").out


def test_csv_is_not_written_into_a_folder_that_is_called_a_workbook(school):
    play(school)
    words = [sys.executable, "-c", RUN, "-C", school.folder, "calls", "report", "--csv", school.folder / "r.xlsx"]
    done = subprocess.run(words, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 2
    assert "--xlsx" in done.stderr
    assert not (school.folder / "r.xlsx").exists()


def test_an_empty_list_says_so_in_words(school):
    play(school)
    assert "The log holds no such call." in school.run("calls", "list").out
    assert "No calls are held for a case." in school.run("ledger", "hold", "list").out
    assert school.json("ledger", "hold", "list") == []


def test_a_recording_that_nobody_could_ask_for_is_not_called_missing(school):
    school.fault(path=r"/recordings", status=403)
    school.fault(path=r"/drive", status=403)
    play(school, call("pair", "000001"))
    assert school.json("calls", "list")[0]["recording"] == "not known"
    pair = next(one for one in school.json("findings", "list") if one["finding"] == "one-to-one")
    out = school.run("findings", "show", pair["id"]).out
    assert "whether it was recorded is not known" in out
    assert "no recording was seen" not in out


def test_only_a_call_of_a_class_is_called_a_lesson(school):
    both = ("000001", "000002")
    play(school, call("group", *both), call("lesson", *both, **{"class": "7x/C000"}))
    said = {
        one["call"]: one["text"] for one in school.json("findings", "list") if one["finding"] == "unrecorded-lesson"
    }
    assert sorted(text.split(" had ")[0] for text in said.values()) == ["This call", "This lesson"]


def test_the_first_screen_names_pupils_of_whom_chat_is_not_known(school, made):
    made.fill(1, 6)
    play(school, call("lesson", "000001", "000002", recording="kept"))
    told = "Not known of 1 pupil whether chat is on: no account has this number or address."
    assert told in school.run("findings", "list").out
    page, book = school.folder / "r.html", school.folder / "tables"
    school.run("calls", "report", "--out", page, "--csv", book)
    first = page.read_text("utf-8").split('id="look"')[0]
    assert told in first
    assert "Nothing to look at." not in first
    assert told in (book / "summary.csv").read_text("utf-8-sig")
    school.run("calls", "report", "--out", page, "--anonymise")
    assert told not in page.read_text("utf-8")


def test_a_week_without_lessons_looks_for_nobody(school):
    play(school)
    out = school.run("calls", "attendance", "--week", "2030-01-01").out
    assert "The week has not begun." in out
    assert "In no call" not in out


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are made otherwise on Windows")
def test_the_week_keeps_names_whole_at_a_terminal_of_80_columns(school):
    import pty

    play(school, call("lesson", "000001", "000002", **{"class": "7x/C000"}))
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", RUN, "-C", str(school.folder), "calls", "attendance", "--week", "2026-11-23"]
    with subprocess.Popen(words, stdout=theirs, stderr=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "80"}) as run:
        os.close(theirs)
        seen = b""
        while more := _read(ours):
            seen += more
    assert run.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;]*m|\r", "", seen.decode("utf-8")).splitlines()
    assert max(map(len, lines)) <= 80
    names = [one["name"] for one in school.json("calls", "attendance", "--week", "2026-11-23")["classes"][0]["pupils"]]
    assert len(names) == 5
    assert all(any(name in line for line in lines) for name in names)


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_class_is_called_by_its_name_on_the_screen_and_by_its_id_in_documents(tmp_path):
    sample = Path(__file__).resolve().parents[2] / "csv_templates" / "sds-v2.1" / "example"
    shutil.copytree(sample, tmp_path / "export")
    desk = Desk(tmp_path / "t")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", tmp_path / "export")
    desk.run("init", desk.folder, *words, "--effective", "2026-11-20")
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    there = [{**one, "intervals": [[START, END]]} for one in ({"staff": "T1"}, {"pupil": "P1"})]
    play(desk, call("one", **{"class": "7x-En1-26", "people": there, "organiser": {"staff": "T1"}}))
    screen = desk.run("calls", "list").out
    assert "7x/En1" in screen and "7x-En1-26" not in screen
    assert desk.json("calls", "list")[0]["class"] == "7x-En1-26"
    assert "7x-En1-26" in desk.run("calls", "list", "--output", "csv").out
    pair = next(one for one in desk.json("findings", "list") if one["finding"] == "one-to-one")
    assert ", class 7x/En1" in desk.run("findings", "show", pair["id"]).out
    shutil.rmtree(tmp_path / "export")
    assert "7x-En1-26" in desk.run("calls", "list").out, "without the export its id is all that is known"
