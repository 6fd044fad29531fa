"""`teamskit findings list` and `teamskit registers` as a person types them: screens, states, gaps, statuses."""

import csv
import io
import json
import os
import re
import subprocess
import sys

import pytest

FIELDS = ["id", "finding", "severity", "call", "pupil", "people", "state", "text", "next", "at", "span", "why", "notes"]
RUN = "from teamskit.cli.main import teamskit; teamskit(prog_name='teamskit')"
CONSENT = "Adno,Recording,Date,Withdrawn\r\n" + "".join(f"{n:06d},Yes,07/09/2026,\r\n" for n in range(1, 5))
AGREED = "What,Pupil,Staff,Outside,From,Until,Reason,Agreed by\r\n"
STAFF, LEO, ISLA = {"staff": "T000"}, {"pupil": "000001"}, {"pupil": "000002"}


def call(name, *people, start="2026-11-23T09:00:00Z", end="2026-11-23T09:40:00Z", by=STAFF, recording="kept"):
    there = [{**one, "intervals": [[start, end]]} for one in people]
    played = {"id": name, "type": "groupCall", "start": start, "end": end, "class": None, "organiser": by}
    return {**played, "recording": recording, "people": there}


@pytest.fixture
def school(desk, made):
    """A school of four pupils with both registers and with terms, whose log has been read once."""
    made.fill(classes=1, pupils=4)
    desk.run("sandbox", "seed", "--perfect")
    desk.decide(terms=[{"first": "2026-11-02", "last": "2026-12-18"}])
    text = (desk.folder / "school.toml").read_text("utf-8")
    text = text.replace('"2026-11-02"', "2026-11-02").replace('"2026-12-18"', "2026-12-18")
    (desk.folder / "school.toml").write_text(text, encoding="utf-8")
    keep(desk, "consent.csv", CONSENT)
    keep(desk, "agreed.csv", AGREED)
    return desk


def keep(desk, name, text):
    folder = desk.folder / "registers"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", newline="")


def play(desk, *calls, later="2d", since=""):
    file = desk.folder.parent / "played.json"
    file.write_text(json.dumps({"calls": calls}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    desk.run("sandbox", "advance", later)
    desk.run("calls", "sync", *(["--since", since] if since else []))


def states(desk, *words):
    return {one["finding"]: one["state"] for one in desk.json("findings", "list", *words) if one["call"]}


def test_the_documented_fields_in_their_order_and_worst_first(school):
    play(school, call("pair", STAFF, LEO), call("lesson", STAFF, LEO, ISLA, recording="none"))
    found = school.json("findings", "list")
    assert [one["finding"] for one in found if one["call"]] == ["one-to-one", "unrecorded-lesson"]
    for one in found:
        assert list(one)[: len(FIELDS)] == FIELDS
        assert (one["call"] is None) != (one["pupil"] is None)
    assert found[0]["people"] == ["T000", "000001"]
    assert found[0]["severity"] == "high"
    assert found[0]["span"] == ["2026-11-23T09:00:00Z", "2026-11-23T09:40:00Z"]


def test_a_screen_says_what_happened_what_next_and_what_is_not_covered(school):
    play(school, call("pair", STAFF, LEO))
    out = school.run("findings", "list", "--from", "2026-10-20").out
    assert "high       2026-11-23 09:00  one-to-one" in out
    assert "They were together for 40 minutes." in out
    assert "Ask Ms Ann" in out or "Ask Ann" in out
    assert "\nOpen: " in out
    assert "Not covered: 20 to " in out
    assert out.splitlines()[-1].startswith("Next: teamskit findings show f-")
    assert "\u2026" not in out


def test_a_name_never_reaches_stderr_and_a_quiet_run_writes_nothing_there(school):
    play(school, call("pair", STAFF, LEO))
    for form in ("table", "json", "csv"):
        assert school.run("findings", "list", "--output", form).err == ""


def test_csv_has_a_row_a_finding(school):
    play(school, call("pair", STAFF, LEO))
    rows = list(csv.DictReader(io.StringIO(school.run("findings", "list", "--output", "csv").out)))
    (row,) = [one for one in rows if one["finding"] == "one-to-one"]
    assert (row["severity"], row["day"], row["time"], row["people"]) == ("high", "2026-11-23", "09:00", "T000 000001")


def test_what_is_agreed_is_shown_and_not_hidden_and_does_not_count_as_open(school):
    play(school, call("pair", STAFF, LEO))
    assert school.run("findings", "list", "--exit-code", "--person", "t000", ok=(5,)).status == 5
    keep(school, "agreed.csv", AGREED + "one-to-one,1,T000,,23/11/2026,23/11/2026,SEND support,SENCO\r\n")
    assert school.run("findings", "list", "--exit-code", "--person", "t000").status == 0
    assert "Agreed: 1." in school.run("findings", "list").out
    shown = school.run("findings", "list", "--state", "agreed").out
    assert "Agreed by SENCO: SEND support (until 23 November 2026)." in shown
    assert "Zeros that Excel took off were put back in the registers: 000001." in shown
    assert states(school, "--state", "open").get("one-to-one") is None
    assert states(school)["one-to-one"] == "agreed"


def test_a_revised_record_closes_a_finding_and_leaves_it_to_be_seen(school):
    play(school, call("c1", STAFF, LEO))
    (before,) = [one for one in school.json("findings", "list") if one["finding"] == "one-to-one"]
    play(school, call("c1", STAFF, LEO, ISLA), since="2026-11-23")
    after = {one["id"]: one for one in school.json("findings", "list")}
    assert after[before["id"]]["state"] == "closed"
    assert "later version" in after[before["id"]]["why"]
    assert before["id"] not in school.run("findings", "list").out
    assert before["id"] in school.run("findings", "list", "--state", "closed").out


def test_a_recording_that_is_found_later_closes_the_finding(school):
    play(school, call("c1", STAFF, LEO, ISLA, recording="none"))
    assert states(school)["unrecorded-lesson"] == "open"
    play(school, call("c1", STAFF, LEO, ISLA), since="2026-11-23")
    assert states(school)["unrecorded-lesson"] == "closed"
    assert "A recording was found on " in school.run("findings", "list", "--state", "closed").out


def test_what_could_not_be_told_for_one_reason_is_one_line(school):
    (school.folder / "registers" / "consent.csv").unlink()
    play(school, *(call(f"c{n}", STAFF, LEO, ISLA) for n in range(5)))
    found = school.json("findings", "list")
    assert [one["severity"] for one in found if one["finding"] == "not-known"] == ["not known"] * 5
    out = school.run("findings", "list").out
    assert "not known  5 calls: recorded, and no register of consent." in out
    assert "Could not be checked: 5." in out
    assert "The register of consent to recording is missing (registers/consent.csv): ask IT." in out
    assert "For IT: teamskit registers check; teamskit recordings check\n" in out


def test_days_severities_and_people_choose(school):
    first, second = "2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z"
    play(
        school,
        call("a", STAFF, LEO, start=first, end="2026-11-23T09:40:00Z"),
        call("b", STAFF, ISLA, start=second, end="2026-11-24T09:40:00Z", recording="none"),
    )
    assert [one["call"] for one in school.json("findings", "list", "--to", "2026-11-23", "--person", "T000")] == ["a"]
    assert [one["call"] for one in school.json("findings", "list", "--person", "000002") if one["call"]] == ["b"]
    assert {one["severity"] for one in school.json("findings", "list", "--severity", "high")} == {"high"}
    assert len(school.json("findings", "list", "--person", "t000")) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--person", "999999"), "no such person"),
        (("--from", "2030-01-01"), "no day up to today"),
        (("--from", "1900-01-01"), "look at the year"),
        (("--from", "2026-11-23", "--to", "2026-11-20"), "before --from"),
    ],
)
def test_what_cannot_be_is_refused_and_not_answered_with_an_empty_list(school, words, says):
    import click

    play(school, call("pair", STAFF, LEO))
    try:
        assert says in school.run("findings", "list", *words, ok=(2,)).err
    except click.UsageError as refused:
        assert says in refused.message


def test_without_terms_the_list_says_what_it_cannot_tell(school):
    school.decide(terms=[])
    play(school, call("pair", STAFF, LEO))
    out = school.run("findings", "list").out
    assert "The school's terms are not known here" in out and "For IT: write the terms in school.toml; " in out


def test_minutes_of_the_school_file_count(school):
    school.decide(findings={"one_to_one": 45})
    play(school, call("pair", STAFF, LEO))
    assert "one-to-one" not in states(school)


def test_the_registers_are_checked_row_by_row(school):
    keep(school, "agreed.csv", AGREED + "one-to-won,1,T000,,23/11/2026,23/11/2026,SEND,SENCO\r\n")
    done = school.run("registers", "check", ok=(2,))
    assert "agreed.csv, row 2, column What: ERROR: It names no kind of finding" in done.out
    assert "Did you mean one-to-one?" in done.out
    assert "consent.csv: 4 rows read, 4 used." in done.out
    assert "agreed.csv: 1 row read, 0 used." in done.out
    (problem,) = json.loads(school.run("registers", "check", "--output", "json", ok=(2,)).out)
    assert (problem["file"], problem["row"], problem["column"]) == ("agreed.csv", 2, "What")
    play(school, call("pair", STAFF, LEO))
    assert "1 row of the registers was left out: ask IT." in school.run("findings", "list").out
    school.run("calls", "report", "--out", school.folder / "r.html")
    first = school.folder.joinpath("r.html").read_text("utf-8").split('id="look"')[0]
    assert "left out: ask IT" in first and "registers check" not in first


def test_an_agreement_that_names_nobody_is_said_wherever_it_counts(school):
    rows = "one-to-one,,,,23/11/2026,30/11/2026,,\r\none-to-one,,,,01/09/2025,31/07/2026,,\r\n"
    keep(school, "agreed.csv", AGREED + rows + "pupils-only,000001,,,23/11/2026,23/11/2026,,\r\n")
    play(school, call("pair", STAFF, LEO))
    assert states(school)["one-to-one"] == "agreed"
    told = "Row 2 of registers/agreed.csv names nobody: it agrees to one-to-one for everybody, until 30 November 2026."
    out = school.run("findings", "list").out
    assert told in out
    assert out.count("names nobody") == 1, "neither a row of another year nor one that names a pupil"
    for words in ((), ("--anonymise",)):
        school.run("calls", "report", "--out", school.folder / "r.html", *words)
        page = school.folder.joinpath("r.html").read_text("utf-8")
        assert told in page.split('id="agreed"')[1].split("<section")[0]
        assert page.count("names nobody") == 1
        assert "<td>everybody</td>" in page


def test_a_register_is_found_however_its_name_is_written(school):
    folder = school.folder / "registers"
    (folder / "consent.csv").rename(folder / "Consent.CSV")
    assert "consent.csv: 4 rows read, 4 used." in school.run("registers", "check").out


def test_a_number_that_is_nobodys_is_told_and_one_without_zeros_is_not(school):
    keep(school, "consent.csv", CONSENT.replace("000002", "2") + "009999,Yes,07/09/2026,\r\n")
    keep(school, "agreed.csv", AGREED + "one-to-one,1,TOO1,,23/11/2026,23/11/2026,SEND,SENCO\r\n")
    out = school.run("registers", "check").out
    assert [line.split(": ")[0] for line in out.splitlines() if "warning" in line] == [
        "consent.csv, row 6, column Adno",
        "agreed.csv, row 2, column Staff",
    ]


def test_a_person_is_named_by_id_or_whole_name(school):
    play(school, call("a", STAFF, LEO), call("b", STAFF, ISLA))
    leo = next(one for one in school.json("calls", "list")[0]["people"] if one["id"] == "000001")
    by_id = school.json("findings", "list", "--person", "000001")
    assert {one["call"] for one in by_id} == {"a", None}
    assert school.json("findings", "list", "--person", leo["name"].upper()) == by_id
    assert "no such person" in school.run("findings", "list", "--person", leo["name"].split()[0], ok=(2,)).err
    assert "no such person" in school.run("findings", "list", "--person", "", ok=(2,)).err


def test_a_pupil_on_roll_who_was_in_no_call_is_known(school):
    play(school, call("pair", STAFF, LEO))
    school.run("findings", "list", "--person", "000004", "--severity", "medium")


def test_headings_are_written_once_and_read_back(school):
    (school.folder / "registers" / "agreed.csv").unlink()
    out = school.run("registers", "template").out
    assert "consent.csv is there already and was left alone." in out
    assert (school.folder / "registers" / "consent.csv").read_text("utf-8").startswith("Adno")
    assert (school.folder / "registers" / "agreed.csv").read_bytes() == b"\xef\xbb\xbf" + AGREED.encode()
    assert "agreed.csv: 0 rows read, 0 used." in school.run("registers", "check").out


def test_a_file_that_appears_days_later_closes_the_finding(school):
    """No revision of the record tells of it: the weekly run of all 30 days looks for recordings again."""
    from teamskit.cli.playing import resolved

    file = school.folder.parent / "late.json"
    file.write_text(json.dumps({"calls": [call("c1", STAFF, LEO, ISLA)]}), encoding="utf-8")
    school.tenant().play([{**one, "recording_at": "2026-11-28T09:00:00Z"} for one in resolved(school.here(), file)])
    school.run("sandbox", "advance", "1d")
    school.run("calls", "sync")
    assert states(school)["unrecorded-lesson"] == "open"
    school.run("sandbox", "advance", "8d")
    school.run("calls", "sync")
    assert states(school)["unrecorded-lesson"] == "closed"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are made otherwise on Windows")
def test_lines_are_folded_at_a_terminal_and_whole_in_a_pipe(school):
    import pty

    play(school, call("pair", STAFF, LEO))
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", RUN, "-C", str(school.folder), "findings", "list"]
    environment = {**os.environ, "COLUMNS": "80"}
    with subprocess.Popen(words, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as running:
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(ours), b""))
    lines = re.sub(r"\x1b\[[0-9;]*m|\r", "", seen.decode("utf-8")).splitlines()
    piped = school.run("findings", "list").out
    assert running.returncode == 0
    assert max(map(len, lines)) <= 80 < max(map(len, piped.splitlines()))
    assert " ".join(" ".join(lines).split()) == " ".join(piped.split())


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "cp437", "ascii"])
def test_every_code_page_can_show_the_list(school, made, encoding):
    play(school, call("pair", STAFF, {"guest": "Micha\u0142 \u0160", "email": "m@mail.example"}, LEO))
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    words = [sys.executable, "-c", "from teamskit.cli.main import run; run()", "-C", str(school.folder)]
    done = subprocess.run([*words, "findings", "list"], env=environment, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"outside-person" in done.stdout
