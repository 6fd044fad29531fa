"""What must not travel: no dropped value of an export is stored or sent, and no pupil's name stands in the journal."""

import sqlite3


def test_sensitive_values_reach_neither_state_nor_tenant(desk, made):
    made.fill(2, 6)
    path = made.folder / "SIMS_Students.csv"
    lines = path.read_text(encoding="cp1252").splitlines()
    marked = [lines[0] + ",UPN,DOB,SEN Status,Legal Surname,Password"]
    marked += [
        f"{line},B80120000500{n},17/03/20{n:02d},SENVALUE{n},LEGALNAME{n},P@ssword{n}"
        for n, line in enumerate(lines[1:])
    ]
    path.write_text("\n".join(marked) + "\n", encoding="cp1252")
    desk.run("sandbox", "seed", "--perfect")
    said = "".join(
        desk.run(*words, ok=(0, 2)).out for words in (["roster", "check"], ["plan", "--detail"], ["apply", "--yes"])
    )
    desk.run("sandbox", "advance", "2d")
    desk.run("sandbox", "play", "--days", "1")
    desk.run("calls", "sync")
    desk.run("calls", "report", "--out", desk.folder / "report.html")
    for file in (one for one in desk.folder.rglob("*") if one.is_file()):
        data = file.read_bytes()
        for value in (b"B80120000500", b"17/03/20", b"SENVALUE", b"LEGALNAME", b"P@ssword"):
            assert value not in data, file
    assert "SENVALUE" not in said
    assert "LEGALNAME" not in said


def test_the_journal_holds_ids_not_names(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    for file in (desk.folder / ".teamskit" / "journal").iterdir():
        text = file.read_text(encoding="utf-8")
        assert "Fore0" not in text
        assert "Sur0" not in text
        assert "@school.example" not in text


def test_state_files_are_for_their_owner(desk, made):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("calls", "sync")
    import os

    if os.name == "posix":
        loose = [str(p) for p in (desk.folder / ".teamskit").rglob("*") if p.stat().st_mode & 0o077]
        assert loose == []


def test_the_ledger_refuses_to_be_changed(desk, made):
    made.fill(1, 2)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    desk.run("sandbox", "play", "--days", "1")
    desk.run("calls", "sync")
    with sqlite3.connect(desk.folder / ".teamskit" / "ledger.sqlite3") as db:
        for statement in ("UPDATE entries SET body = '{}'", "DELETE FROM entries"):
            try:
                db.execute(statement)
            except sqlite3.Error:
                continue
            raise AssertionError(f"the ledger took: {statement}")


def test_no_mapping_lets_in_what_must_not_travel(desk, made):
    made.fill(1, 2)
    path = desk.folder / "school.toml"
    text = path.read_text("utf-8").replace("# [roster.columns]", '[roster.columns]\n"DOB" = "year"')
    path.write_text(text, encoding="utf-8")
    stopped = desk.run("roster", "show", "--output", "json", ok=(2,))
    assert "date of birth" in stopped.err
    assert stopped.out == ""
