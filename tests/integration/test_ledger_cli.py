"""`teamskit ledger` as typed: verify, head, proofs, export, holds, purge, a lost key."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import click
import openpyxl
import pytest
from keyboard import Desk
from tampering import Intruder

from teamskit.errors import InputError, LedgerBroken
from teamskit.ledger.keys import make_key
from teamskit.ledger.proofs import check, written

SCHOOL = "school"
PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")


def lesson(n, *pupils):
    day = f"2026-11-{24 + n // 6:02d}"
    start, end = f"{day}T{9 + n % 6:02d}:00:00Z", f"{day}T{9 + n % 6:02d}:40:00Z"
    there = [{"staff": "T000"}, *({"pupil": one} for one in pupils)]
    people = [{**one, "intervals": [[start, end]]} for one in there]
    made = {"id": f"call-{n}", "type": "groupCall", "start": start, "end": end, "organiser": {"staff": "T000"}}
    return {**made, "class": "7x/C000", "recording": "kept", "people": people}


def play(desk, *calls):
    file = desk.folder / "scenario.json"
    file.write_text(json.dumps({"calls": list(calls)}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    desk.run("sandbox", "advance", "3d")
    desk.run("calls", "sync")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A school folder whose log holds five lessons of one class."""
    from made_school import MadeSchool

    folder = tmp_path_factory.mktemp("made")
    made = MadeSchool(folder / "export").fill(1, 4)
    desk = Desk(folder / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", "2026-11-23")
    desk.run("init", desk.folder, *words)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    play(desk, *(lesson(n, "000001", "000002") for n in range(5)))
    return folder


@pytest.fixture
def log(kept, tmp_path):
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path / "s")


def database(desk):
    return desk.folder / ".teamskit" / "ledger.sqlite3"


def entries(desk, kind):
    with desk.here().ledger() as ledger:
        return ledger.read(kind)


def test_an_untouched_log_verifies_and_says_so(log):
    done = log.run("ledger", "verify")
    assert "nothing was altered, removed, put in or moved" in done.out
    found = log.json("ledger", "verify")
    assert (found["holds"], found["faults"], found["guarded"], found["against"]) == (True, [], True, None)
    assert found["key"].startswith("school.example/ledger/")


@pytest.mark.parametrize(
    ("deed", "what"), [("do_edit", "altered"), ("do_delete", "removed"), ("do_insert", "inserted")]
)
def test_what_somebody_changed_is_named_with_status_1(log, deed, what):
    done = Intruder(database(log), 3).deed(deed)
    shown = log.run("ledger", "verify", ok=(1,))
    assert "not as written" in shown.out
    assert "guards against changes were taken out" in shown.out
    said = json.loads(log.run("ledger", "verify", "--output", "json", ok=(1,)).out)
    assert (said["holds"], said["guarded"]) == (False, False)
    assert any(one["what"] == what and one["entry"] in done.entries for one in said["faults"])


def test_a_report_says_whether_the_log_stands_as_it_was_written(log, tmp_path):
    page = tmp_path / "report.html"
    log.run("calls", "report", "--out", page)
    assert "Log check: passed." in page.read_text(encoding="utf-8")
    intruder = Intruder(database(log), 1)
    intruder.do_it = lambda: intruder.base.execute(
        "UPDATE entries SET body = replace(body, '09:40', '09:50') WHERE kind = 'call'"
    )
    intruder.deed("do_it")
    done = log.run("calls", "report", "--out", page, "--xlsx", tmp_path / "report.xlsx", ok=(1,))
    assert "teamskit ledger verify" in done.err
    text = page.read_text(encoding="utf-8")
    assert "The log check failed" in text
    assert "Nothing found in the days we have" in text
    summary = openpyxl.load_workbook(tmp_path / "report.xlsx")["Summary"]
    assert any("failed" in str(row[2].value) for row in summary.rows if row[0].value == "Log check")


@pytest.mark.parametrize("text", ["Ms Ann SurT000 {", b"Ms Ann SurT000 \xc5\xff"])
def test_what_cannot_be_read_is_named_by_number_and_never_by_what_it_says(log, text):
    intruder = Intruder(database(log), 1)

    def spoil():
        seq = intruder.one("kind = 'call'")
        intruder.base.execute("UPDATE private SET body = CAST(? AS TEXT) WHERE seq = ?", (text, seq))
        return seq

    intruder.do_spoil = spoil
    seq = intruder.deed("do_spoil")
    done = log.run("calls", "list", ok=(1,))
    assert f"entry {seq} was altered" in done.err
    assert "SurT000" not in done.err + done.out
    assert "teamskit ledger verify" in done.err
    said = json.loads(log.run("ledger", "verify", "--output", "json", ok=(1,)).out)
    assert [(one["what"], one["entry"], one["kind"]) for one in said["faults"]] == [("altered", seq, "call")]


def test_an_old_head_is_proven_by_mail_or_file_and_refused_for_another_log(log, tmp_path):
    log.run("ledger", "head", "-o", tmp_path / "head.txt")
    note = (tmp_path / "head.txt").read_text(encoding="utf-8")
    play(log, lesson(8, "000003"))
    size = int(note.splitlines()[1])
    assert log.json("ledger", "verify", "--against", tmp_path / "head.txt")["against"]["size"] == size
    mail = "".join(f"> {line}\r\n" for line in note.replace("\u2014", "-").splitlines())
    (tmp_path / "mail.txt").write_bytes(f"Dear Mrs Shah,\r\n\r\n{mail}\r\nYours\r\n".encode("utf-16"))
    done = log.run("ledger", "verify", "--against", tmp_path / "mail.txt")
    assert f"All {size:,} entries of this head are there, unchanged and in their places." in done.out
    forged = note.replace(f"\n{size}\n", f"\n{size - 1}\n")
    (tmp_path / "forged.txt").write_text(forged, encoding="utf-8")
    assert "altered since" in log.run("ledger", "verify", "--against", tmp_path / "forged.txt", ok=(1,)).out
    (tmp_path / "none.txt").write_text("no head", encoding="utf-8")
    assert log.run("ledger", "verify", "--against", tmp_path / "none.txt", ok=(2,))
    assert log.run("ledger", "verify", "--against", tmp_path / "missing.txt", ok=(2,))


def test_a_log_that_was_cut_back_with_its_heads_is_found_by_an_old_head_only(log, tmp_path):
    log.run("ledger", "head", "-o", tmp_path / "head.txt")
    intruder = Intruder(database(log), 1)

    def cut():
        before = intruder.base.execute("SELECT max(size) FROM heads WHERE size < ?", (intruder.size,)).fetchone()[0]
        for table, column in (("private", "seq"), ("entries", "seq"), ("heads", "size")):
            intruder.base.execute(f"DELETE FROM {table} WHERE {column} > ?", (before,))

    intruder.do_cut = cut
    intruder.deed("do_cut")
    assert log.run("ledger", "verify").status == 0
    shown = log.run("ledger", "verify", "--against", tmp_path / "head.txt", ok=(1,)).out
    assert "more entries when this head was signed" in shown
    assert "nothing was altered" not in shown


def test_a_head_from_a_screen_is_taken_from_standard_input(log):
    words = [PROGRAM, "-C", log.folder, "ledger"]
    shown = subprocess.run([*words, "head"], capture_output=True, check=True).stdout
    assert shown.isascii()
    done = subprocess.run([*words, "verify", "--against", "-"], input=shown, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"unchanged and in their places" in done.stdout


def test_a_proof_holds_in_an_empty_folder_and_shows_one_call_only(log, tmp_path):
    log.run("ledger", "head", "-o", tmp_path / "head.txt")
    log.run("ledger", "prove", "--call", "call-2", "-o", tmp_path / "call.json", "--by", "Mrs Shah")
    text = (tmp_path / "call.json").read_text(encoding="ascii")
    assert "call-2" in text and "000001" in text
    assert not any(f"call-{n}" in text for n in (0, 1, 3, 4))
    empty = tmp_path / "empty"
    empty.mkdir()
    key = json.loads(text)["key"]
    for words in ([], ["--key", key], ["--head", tmp_path / "head.txt"]):
        line = [PROGRAM, "ledger", "check-proof", tmp_path / "call.json", *words]
        done = subprocess.run(line, cwd=empty, capture_output=True, text=True, encoding="utf-8", check=False)
        assert (done.returncode, done.stderr) == (0, ""), words
        assert ("Compare this key" in done.stdout) == (not words)
    assert list(empty.iterdir()) == []
    told = entries(log, "export")[-1]
    assert (told.body["of"], told.body["calls"], told.private["by"]) == ("proof", ["call-2"], "Mrs Shah")
    assert check(log.run("ledger", "prove", "--call", "call-3").out).entries[0]["key"] == "call-3"


def test_a_proof_is_refused_under_another_key_or_head(log, tmp_path):
    proof = tmp_path / "call.json"
    log.run("ledger", "head", "-o", tmp_path / "old.txt")
    play(log, lesson(9, "000003"))
    log.run("ledger", "prove", "--call", "call-2", "-o", proof)
    key = json.loads(proof.read_text(encoding="ascii"))["key"]
    other = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    log.run("ledger", "check-proof", proof, "--key", other, ok=(1,))
    log.run("ledger", "check-proof", proof, "--key", key[:-3], ok=(2,))
    assert "cannot be compared" in log.run("ledger", "check-proof", proof, "--head", tmp_path / "old.txt", ok=(1,)).err
    log.run("ledger", "prove", "--call", "call-2", "--head", tmp_path / "old.txt", "-o", proof)
    log.run("ledger", "check-proof", proof, "--head", tmp_path / "old.txt", "--key", key)
    log.run("ledger", "prove", "--call", "call-9", "--head", tmp_path / "old.txt", "-o", proof, ok=(2,))
    log.run("ledger", "prove", "--call", "none", "-o", proof, ok=(2,))


def test_no_turned_bit_of_a_proof_is_accepted(log, tmp_path):
    texts = []
    for n in range(5):
        log.run("ledger", "prove", "--call", f"call-{n}", "--all-versions", "-o", tmp_path / "call.json")
        texts.append((tmp_path / "call.json").read_bytes())
    rng = random.Random(8)
    for number in range(400):
        raw = texts[number % 5]
        assert check(raw.decode("ascii")).entries
        bit = rng.randrange(len(raw) * 8)
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((InputError, LedgerBroken)):
            check(bytes(changed).decode("utf-8", "replace"))


def test_a_proof_whose_names_were_taken_out_says_that_they_are_not_in_it(log, tmp_path):
    """The seal lets names be left out; nobody may take that for a purge."""
    file = tmp_path / "call.json"
    log.run("ledger", "prove", "--call", "call-1", "-o", file)
    assert "Names are not in this file" not in log.run("ledger", "check-proof", file).out
    proof = json.loads(file.read_text(encoding="ascii"))
    proof["entries"][0] |= {"private": None, "salt": None}
    file.write_text(written(proof), encoding="ascii")
    shown = log.run("ledger", "check-proof", file).out
    assert "Names are not in this file: they were purged from the log, or taken out of the file." in shown
    assert "no longer kept" not in shown


@pytest.mark.parametrize("column", ["body", "private"])
def test_a_call_that_was_altered_is_not_proven_and_no_file_is_written(log, tmp_path, column):
    with log.here().ledger() as ledger:
        (entry,) = (one for one in ledger.read("call") if one.key == "call-1")
    intruder = Intruder(database(log), 1)

    def spoil():
        table = "entries" if column == "body" else "private"
        intruder.base.execute(
            f"UPDATE {table} SET body = replace(replace(body, '10:', '11:'), '000001', '000002') WHERE seq = ?",
            (entry.seq,),
        )

    intruder.do_spoil = spoil
    intruder.deed("do_spoil")
    stopped = log.run("ledger", "prove", "--call", "call-1", "-o", tmp_path / "call.json", ok=(1,))
    assert "cannot be proven" in stopped.err
    assert not (tmp_path / "call.json").exists()
    log.run("ledger", "prove", "--call", "call-2", "-o", tmp_path / "call.json")
    assert check((tmp_path / "call.json").read_text(encoding="ascii")).entries


@pytest.mark.parametrize("case", ["A\nB", "\x1b[31mX", " "])
def test_a_case_that_cannot_be_shown_is_refused(log, case):
    log.run("ledger", "hold", "add", case, "--call", "call-1", ok=(2,))
    assert log.json("ledger", "hold", "list") == []


@pytest.mark.parametrize("words", [("--to", "9999-12-31"), ("--from", "0001-01-01")])
def test_days_that_cannot_be_meant_are_refused_as_wrong_usage(log, tmp_path, words):
    with pytest.raises(click.UsageError, match="look at the year"):
        log.run("ledger", "export", *words, "-o", tmp_path / "all.csv")
    assert not (tmp_path / "all.csv").exists()


def test_a_proof_that_holds_an_entry_twice_is_refused(log, tmp_path):
    file = tmp_path / "call.json"
    log.run("ledger", "prove", "--call", "call-1", "-o", file)
    proof = json.loads(file.read_text(encoding="ascii"))
    file.write_text(written({**proof, "entries": proof["entries"] * 2}), encoding="ascii")
    assert "each once" in log.run("ledger", "check-proof", file, ok=(1,)).err


def test_a_proof_made_after_a_purge_does_not_say_that_it_names_people(log, tmp_path):
    assert "It names people." in log.run("ledger", "prove", "--call", "call-1", "-o", tmp_path / "call.json").out
    log.run("sandbox", "advance", "1000d")
    log.run("ledger", "purge", "--confirm", SCHOOL)
    shown = log.run("ledger", "prove", "--call", "call-1", "-o", tmp_path / "call.json").out
    assert "The names in it were purged." in shown
    log.run("ledger", "check-proof", tmp_path / "call.json")


def test_a_hold_on_calls_whose_names_were_purged_says_that_they_are_gone(log):
    assert "purged before" not in log.run("ledger", "hold", "add", "early", "--call", "call-1").out
    log.run("sandbox", "advance", "1000d")
    log.run("ledger", "purge", "--confirm", SCHOOL)
    shown = log.run("ledger", "hold", "add", "late", "--call", "call-1", "--call", "call-2").out
    assert "The names in 1 of them were purged before and do not come back." in shown


def test_a_key_that_cannot_be_read_is_told_in_words(log):
    key = log.folder / ".teamskit" / "ledger.key"
    key.unlink()
    key.mkdir()
    stopped = log.run("ledger", "verify", ok=(1,))
    assert "the ledger's key cannot be read" in stopped.err and "owns the school folder" in stopped.err


def test_a_new_key_is_not_made_for_another_schools_log(log, tmp_path):
    make_key(log.folder / ".teamskit" / "ledger.key", "other.example/ledger/0123456789ab")
    stopped = log.run("ledger", "new-key", "--confirm", SCHOOL, ok=(2,))
    assert "one of them is not this school's" in stopped.err
    assert len(entries(log, "key")) == 0


def test_a_proof_survives_another_machines_line_ends(log, tmp_path):
    log.run("ledger", "prove", "--call", "call-1", "-o", tmp_path / "call.json")
    text = (tmp_path / "call.json").read_text(encoding="ascii")
    (tmp_path / "call.json").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("ascii"))
    log.run("ledger", "check-proof", tmp_path / "call.json")


def test_an_export_of_each_form_is_whole_and_an_entry_of_its_own(log, tmp_path):
    for form in ("csv", "jsonl", "xlsx"):
        file = tmp_path / f"november.{form}"
        words = ("--from", "2026-11-24", "--to", "2026-11-24", "--kind", "call", "-o", file, "--by", "Mrs Shah")
        log.run("ledger", "export", *words)
        told = entries(log, "export")[-1]
        assert told.body == {
            "of": "entries",
            "form": form,
            "kinds": ["call"],
            "entries": 5,
            "from": "2026-11-24",
            "to": "2026-11-24",
        }
        assert told.private == {"by": "Mrs Shah", "file": file.name}
    raw = (tmp_path / "november.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfSeq,Kind,") and b"\r\n" in raw
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    lines = [json.loads(line) for line in (tmp_path / "november.jsonl").read_text("ascii").splitlines()]
    sheet = openpyxl.load_workbook(tmp_path / "november.xlsx").active
    calls = entries(log, "call")
    for n, entry in enumerate(calls):
        assert (rows[n]["Key"], json.loads(rows[n]["Who"])) == (entry.key, entry.private)
        assert (lines[n]["key"], lines[n]["body"], lines[n]["private"]) == (entry.key, entry.body, entry.private)
        assert json.loads(sheet.cell(n + 2, 9).value) == entry.body
    assert sheet.max_row == len(calls) + 1
    assert "call-0" not in log.run("ledger", "export", "--to", "2026-11-23", "-o", tmp_path / "none.csv").out
    log.run("ledger", "export", "--kind", "nothing", "-o", tmp_path / "x.csv", ok=(2,))
    log.run("ledger", "export", "-o", log.folder / ".teamskit" / "x.csv", ok=(2,))
    log.run("ledger", "verify")


def test_a_purge_shows_first_and_then_removes_what_identifies_people(log):
    assert log.json("ledger", "purge")["calls"] == 0
    log.run("sandbox", "advance", "700d")
    due = log.json("ledger", "purge")
    assert (due["done"], due["calls"], due["before"]) == (False, 5, "2027-09-01")
    assert due["kinds"] == {"call": 5, "recording": 5}
    assert len(entries(log, "purge")) == 0
    log.run("ledger", "purge", "--confirm", "another", ok=(2,))
    before = [entry.body for entry in entries(log, "call")]
    assert log.json("ledger", "purge", "--confirm", SCHOOL, "--by", "Mrs Shah")["done"] is True
    calls = entries(log, "call")
    assert [entry.body for entry in calls] == before
    assert all(entry.forgotten and entry.private is None for entry in calls)
    told = entries(log, "purge")[0]
    assert (told.body["calls"], told.private) == (5, {"by": "Mrs Shah"})
    found = log.json("ledger", "verify")
    assert (found["holds"], found["forgotten"]) == (True, 10)
    assert log.json("ledger", "purge", "--confirm", SCHOOL)["done"] is False
    listed = log.json("calls", "list")
    assert {person["name"] for call in listed for person in call["people"]} == {"name no longer kept"}
    assert [len(call["people"]) for call in listed] == [3] * 5


def test_what_is_read_from_the_log_copes_with_names_that_are_gone(log, tmp_path):
    before = log.json("findings", "list")
    log.run("sandbox", "advance", "700d")
    log.run("ledger", "purge", "--confirm", SCHOOL)
    period = ("--from", "2026-11-24", "--to", "2026-11-24")
    log.run(
        "calls", "report", *period, "--out", tmp_path / "r.html", "--xlsx", tmp_path / "r.xlsx", "--csv", tmp_path / "r"
    )
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "name no longer kept" in page
    assert "000001" not in page
    assert "5 calls were not checked: the names of who was there are no longer kept." in page
    assert page.count("Names are no longer kept: 5 calls were not checked.") == 2, "of the staff and of the class"
    assert page.count("<td>not checked\n") == 5
    assert "Nothing waits for you." not in page and "Nothing to look at." not in page
    log.run("calls", "attendance", "--week", "2026-11-24")
    log.run("calls", "sync")
    after = log.json("findings", "list", *period)
    assert isinstance(after, list) and isinstance(before, list)
    assert log.json("ledger", "verify")["holds"] is True


def test_nobody_is_called_absent_from_lessons_whose_names_were_purged(log):
    log.run("sandbox", "advance", "1000d")
    log.run("ledger", "purge", "--confirm", "school")
    found = log.json("calls", "attendance", "--week", "2026-11-24")["classes"][0]
    assert (found["lessons"], found["not_known"]) == (5, 5)
    assert {(one["came_to"], one["not_known"], one["seen"]) for one in found["pupils"]} == {(0, 5, None)}
    assert all("no longer kept" in one["why"] for one in found["pupils"])
    shown = log.run("calls", "attendance", "--week", "2026-11-24").out
    assert "Who came to 5 lessons is not known any more: names were purged." in shown
    assert "In no call of the school: 0 pupils." in shown
    assert "Microsoft gave no times" not in shown


def test_a_report_with_names_is_an_entry_and_one_with_codes_is_none(log, tmp_path):
    period = ("--from", "2026-11-24", "--to", "2026-11-24")
    log.run("calls", "report", *period, "--out", tmp_path / "r.html", "--csv", tmp_path / "r.csv")
    told = [(one.body, one.private["file"]) for one in entries(log, "export")]
    facts = {"of": "report", "from": "2026-11-24", "to": "2026-11-24", "calls": 5}
    assert told == [({**facts, "form": "html"}, "r.html"), ({**facts, "form": "csv"}, "r.csv")]
    log.run("calls", "report", *period, "--out", tmp_path / "a.html", "--anonymise")
    log.run("calls", "attendance", "--week", "2026-11-24", "-o", tmp_path / "week.csv")
    assert [one.body["of"] for one in entries(log, "export")] == ["report", "report", "attendance"]
    (log.folder / ".teamskit" / "ledger.key").unlink()
    done = log.run("calls", "report", *period, "--out", tmp_path / "r.html")
    assert "could not keep a word" in done.out


def test_after_a_purge_the_names_are_in_no_file_of_the_log(log):
    with log.here().ledger() as ledger:
        account = ledger.read("call")[0].private["people"][0]["account"].encode()
        ledger.read("call")
    folder = log.folder / ".teamskit"
    assert account in database(log).read_bytes()
    log.run("sandbox", "advance", "700d")
    log.run("ledger", "purge", "--confirm", SCHOOL)
    for file in folder.glob("ledger.sqlite3*"):
        raw = file.read_bytes()
        assert b"call-1" in raw or file.suffix != ".sqlite3"
        assert b'"name":"Ms Ann SurT000"' not in raw and b'"join_url"' not in raw, file


def test_a_purge_that_nobody_told_of_is_found(log):
    log.run("sandbox", "advance", "700d")
    log.run("ledger", "purge", "--confirm", SCHOOL)
    purged = {n for first, last in entries(log, "purge")[0].body["entries"] for n in range(first, last + 1)}
    intruder = Intruder(database(log), 5)
    intruder.do_strip = lambda: intruder.base.execute("DELETE FROM private")
    intruder.deed("do_strip")
    said = json.loads(log.run("ledger", "verify", "--output", "json", ok=(1,)).out)
    named = {n for one in said["faults"] for n in range(one["entry"], one["to"] + 1)}
    assert named and not named & purged
    assert all("no purge says so" in one["text"] for one in said["faults"])


def test_a_hold_keeps_its_calls_until_it_ends(log):
    log.run("ledger", "hold", "add", "LADO-7", "--call", "call-1", "--by", "Mrs Shah")
    log.run("ledger", "hold", "add", "LADO-7", "--call", "call-2")
    log.run("ledger", "hold", "add", "LADO-8", "--call", "call-2", "--call", "nothing", ok=(2,))
    (held,) = log.json("ledger", "hold", "list")
    assert (held["case"], held["calls"], held["state"]) == ("LADO-7", ["call-1", "call-2"], "held")
    log.run("sandbox", "advance", "700d")
    assert log.json("ledger", "purge", "--confirm", SCHOOL)["held"] == 2
    assert {entry.key for entry in entries(log, "call") if entry.private} == {"call-1", "call-2"}
    assert {entry.body["call"] for entry in entries(log, "recording") if entry.private} == {"call-1", "call-2"}
    log.run("ledger", "hold", "end", "LADO-7")
    log.run("ledger", "hold", "end", "LADO-7", ok=(2,))
    assert log.json("ledger", "hold", "list")[0]["state"] == "ended"
    assert log.json("ledger", "purge", "--confirm", SCHOOL)["calls"] == 2
    assert [entry.version for entry in entries(log, "hold")] == [1, 2, 3]
    log.run("ledger", "verify")


def test_nothing_goes_where_the_school_keeps_for_ever(log):
    log.decide(retention={"calls_years": 0})
    log.run("sandbox", "advance", "700d")
    assert log.json("ledger", "purge", "--confirm", SCHOOL)["calls"] == 0
    assert "Nothing is ever purged" in log.run("ledger", "purge").out


def test_a_lost_key_is_said_and_the_log_goes_on_under_a_new_one(log, tmp_path):
    log.run("ledger", "head", "-o", tmp_path / "old.txt")
    key = log.folder / ".teamskit" / "ledger.key"
    old = log.json("ledger", "head")["key"]
    log.run("ledger", "new-key", "--confirm", SCHOOL, ok=(2,))
    key.unlink()
    assert "missing" in log.run("ledger", "verify", ok=(1,)).out
    stopped = log.run("ledger", "hold", "add", "x", "--call", "call-1", ok=(1,))
    assert "new-key" in stopped.err
    log.run("ledger", "new-key", ok=(2,))
    log.run("ledger", "new-key", "--confirm", SCHOOL, "--by", "IT")
    new = log.json("ledger", "head")["key"]
    assert new != old and new.split("+")[0] == old.split("+")[0]
    (told,) = entries(log, "key")
    assert (told.body, told.private) == ({"old": old, "new": new}, {"by": "IT"})
    play(log, lesson(10, "000002"))
    assert log.json("ledger", "verify", "--against", tmp_path / "old.txt")["holds"] is True
    if os.name == "posix":
        assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoil", [lambda text: "", lambda text: text[:-20], lambda text: "!" * 90])
def test_a_key_that_is_broken_is_said_to_be_none_and_how_to_go_on(log, spoil):
    key = log.folder / ".teamskit" / "ledger.key"
    key.write_text(spoil(key.read_text(encoding="utf-8")), encoding="utf-8")
    stopped = log.run("ledger", "verify", ok=(1,))
    assert "this is not the ledger's key" in stopped.err and "new-key" in stopped.err
    key.rename(key.with_name("broken"))
    log.run("ledger", "new-key", "--confirm", SCHOOL, "--by", "IT")
    log.run("ledger", "verify")


def test_a_comparison_with_a_name_that_is_empty_is_refused(log, tmp_path):
    log.run("ledger", "prove", "--call", "call-1", "-o", tmp_path / "call.json")
    assert "no name" in log.run("ledger", "verify", "--against", "", ok=(2,)).err
    log.run("ledger", "prove", "--call", "call-1", "--head", "", ok=(2,))
    log.run("ledger", "check-proof", tmp_path / "call.json", "--head", "", ok=(2,))
    log.run("ledger", "check-proof", tmp_path / "call.json", "--key", "", ok=(2,))


def test_a_proof_and_an_entry_made_to_exhaust_the_reader_are_refused_in_words(log, tmp_path):
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="ascii")
    assert "this is no proof" in log.run("ledger", "check-proof", tmp_path / "deep.json", ok=(2,)).err
    log.run("ledger", "hold", "add", "case", "--call", "call-1")
    intruder = Intruder(database(log), 1)

    def spoil():
        intruder.base.execute("UPDATE entries SET body = ?, kind = 'purge' WHERE seq = 2", ("[" * 100_000,))

    intruder.do_spoil = spoil
    intruder.deed("do_spoil")
    assert json.loads(log.run("ledger", "verify", "--output", "json", ok=(1,)).out)["faults"][0]["entry"] == 2
    assert "entry 2 was altered" in log.run("ledger", "export", "-o", tmp_path / "all.csv", ok=(1,)).err


def test_an_empty_log_has_no_head_and_verifies(desk, made):
    made.fill(1, 1)
    assert desk.json("ledger", "verify")["entries"] == 0
    desk.run("ledger", "head", ok=(2,))
    assert (desk.folder / ".teamskit" / "ledger.key").exists()


def test_a_password_in_school_toml_is_refused(desk):
    desk.decide(ledger={"url": "postgresql+psycopg://me:secret@db.example/log"})
    done = desk.run("ledger", "verify", ok=(2,))
    assert "holds a password" in done.err
    assert "secret" not in done.err


def test_the_variable_may_not_lead_into_another_schools_log(desk, monkeypatch, tmp_path):
    monkeypatch.setenv("TEAMSKIT_LEDGER_URL", f"sqlite:///{tmp_path}/other.sqlite3")
    desk.run("ledger", "verify")
    assert not (tmp_path / "other.sqlite3").exists(), "a log of the embedded tenant stays in its folder"
    desk.decide(ledger={"url": f"sqlite:///{tmp_path}/own.sqlite3"})
    assert "another database" in desk.run("ledger", "verify", ok=(2,)).err
    monkeypatch.setenv("TEAMSKIT_LEDGER_URL", f"sqlite:///{tmp_path}/own.sqlite3")
    desk.run("ledger", "verify")
    assert (tmp_path / "own.sqlite3").exists()
