"""A report without names: every output is searched for every name, number, address and id of the made school."""

import csv
import html
import io
import json
import os
import re
import zipfile

import pytest

KEY = ".teamskit/anonymous-key.csv"


@pytest.fixture
def played(desk, made):
    """A school whose day was played and read, with classes of every size; in one the class is named after a teacher."""
    made.fill(4, 26)
    made.enrolled += [(f"{n:06d}", "9x/SurT000", "T000") for n in range(1, 7)]
    made.enrolled += [(f"{n:06d}", "9x/Tiny", "T001") for n in range(1, 3)]
    made.years["000026"] = 8
    made.write()
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes", "--allow-removals", "500")
    desk.run("sandbox", "advance", "2d")
    desk.run("sandbox", "play", "--days", "2")
    plant(desk)
    desk.run("calls", "sync")
    # Calls at the same time by one teacher leave files that fit no one of them: a status of 3 says so.
    desk.run("recordings", "check", ok=(0, 3))
    for finding in [one["id"] for one in desk.json("findings", "list", "--state", "open")][:3]:
        desk.run("findings", "note", finding, "Spoke to Fore000001 at home", "--by", "Ms SurT001")
        desk.run("findings", "settle", finding, "Fore000002 was ill", "--by", "Ms SurT001")
    return desk


def plant(desk):
    """Play calls that make findings, and agree to one of them in words that hold names."""
    staff, first, second = {"staff": "T000"}, {"pupil": "000001"}, {"pupil": "000002"}
    basics = {"type": "groupCall", "class": None, "recording": "kept"}
    day = desk.here().clock.now().date()
    befalls = {"planted-opened": {"recording": "opened"}, "planted-held": {"recorded_by": first}}
    calls = []
    for hour, name, organiser, people in (
        (9, "planted-pair", staff, [staff, first]),
        (10, "planted-agreed", staff, [staff, second]),
        (11, "planted-guest", staff, [staff, first, second, {"anonymous": "Vera Guestly"}]),
        (12, "planted-pupils", first, [first, second]),
        (13, "planted-opened", staff, [staff, first, second]),
        (14, "planted-held", staff, [staff, first, second]),
    ):
        times = [f"{day}T{hour:02d}:00:00Z", f"{day}T{hour:02d}:40:00Z"]
        there = [{**one, "intervals": [times]} for one in people]
        calls.append(
            {
                **basics,
                **befalls.get(name, {}),
                "id": name,
                "start": times[0],
                "end": times[1],
                "organiser": organiser,
                "people": there,
            }
        )
    file = desk.folder.parent / "planted.json"
    file.write_text(json.dumps({"calls": calls}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    desk.run("sandbox", "advance", "2d")
    agreed = (
        "What,Pupil,Staff,Outside,From,Until,Reason,Agreed by\r\none-to-one,000002,,,,,Fore000002 is ill,Ms SurT001\r\n"
    )
    (desk.folder / "registers").mkdir(exist_ok=True)
    (desk.folder / "registers" / "agreed.csv").write_text(agreed, encoding="utf-8")


def written(desk, *words):
    desk.folder.joinpath("out").mkdir(exist_ok=True)
    out = desk.folder / "out"
    files = ("--out", out / "r.html", "--xlsx", out / "r.xlsx", "--csv", out / "csv")
    done = desk.run("calls", "report", *files, *words)
    return done, everything(out)


def everything(folder):
    """Give every text of every file: cells of CSV, unescaped HTML, every part of the workbook, its properties too."""
    texts = {}
    for path in (one for one in folder.rglob("*") if one.is_file()):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                for name in book.namelist():
                    texts[f"{path.name}/{name}"] = html.unescape(book.read(name).decode("utf-8"))
        else:
            texts[path.name] = html.unescape(path.read_text(encoding="utf-8"))
    return texts


def secrets_of(desk, made):
    """Give everything that tells a person: names, numbers, codes, addresses, ids of accounts, calls and findings."""
    calls = desk.json("calls", "list")
    people = [person for call in calls for person in call["people"]]
    roster = desk.json("roster", "show")
    told = {call["id"] for call in calls} | {one["id"] for one in desk.json("findings", "list")} | {"is ill", "was ill"}
    told |= {"Vera Guestly", "Spoke to", "Guestly", "somebody@elsewhere.example", "elsewhere.example"}
    told |= private_of_files(desk)
    for one in [*people, *roster["pupils"], *roster["staff"]]:
        told |= {one["id"], one["name"]}
    for number in made.pupils:
        told |= {f"Fore{number}", f"Sur{number}"}
    told |= {f"Sur{code}" for code in made.staff} | {*made.pupils.values(), *made.staff.values()}
    told |= {account.id for account in desk.here().accounts} | {account.upn for account in desk.here().accounts}
    return {one for one in told if one}


def private_of_files(desk):
    """Give what tells a recording's file: its drive, its id and name, its address on the web."""
    from teamskit.recordings.files import files_of

    with desk.here().ledger() as ledger:
        return {text for one in files_of(ledger) for text in (one.drive, one.item, one.name, one.web_url) if text}


def leaks(texts, told):
    search = re.compile(
        "|".join(rf"(?<![\w]){re.escape(one)}(?![\w])" for one in sorted(told, key=len, reverse=True)), re.I
    )
    return {(name, found[0]) for name, text in texts.items() for found in [search.search(text)] if found}


def test_the_search_finds_names_where_they_stand(played, made):
    """The search itself: a report with names is full of them, in every kind of file."""
    _, texts = written(played)
    found = {name.split("/")[0] for name, _ in leaks(texts, secrets_of(played, made))}
    assert {"r.html", "r.xlsx", "participants.csv", "calls.csv"} <= found


def test_nothing_of_a_person_is_in_any_output(played, made):
    done, texts = written(played, "--anonymise")
    assert leaks(texts, secrets_of(played, made)) == set()
    assert not any(re.search(r"teams\.microsoft\.com|@thread|19%3a|19:meeting", text, re.I) for text in texts.values())
    assert "Pupil " in texts["r.html"]
    findings = list(csv.DictReader(io.StringIO(texts["findings.csv"].removeprefix("\ufeff"))))
    assert {"one-to-one", "outside-person", "pupils-only", "no-consent"} & {row["Kind"] for row in findings}
    assert {"recording-opened"} <= {row["Kind"] for row in findings}
    assert {"open", "agreed", "settled"} <= {row["Status"] for row in findings}
    assert {row["Last note"] for row in findings if row["Status"] == "settled"} == {"left out of this report"}
    assert "Names replaced by codes" in texts["r.html"]
    shown = [re.sub(r"<style>.*?</style>", "", text, flags=re.S) for text in texts.values()]
    assert "ontains pupils' names" not in "".join(shown)
    assert not leaks({"stdout": done.out}, secrets_of(played, made))


def test_nothing_of_a_person_is_left_in_what_the_tables_are_made_of(played, made):
    """Whatever a page may draw tomorrow: there is no name, id or address left that it could draw."""
    from teamskit.cli.anonymising import without_names
    from teamskit.cli.report_material import report_material

    here = played.here()
    whole = report_material(here)
    masked, _ = without_names(here, whole)
    told = secrets_of(played, made)
    assert leaks({"named": repr(whole)}, told)
    assert leaks({"masked": repr(masked)}, told) == set()
    assert "teams.microsoft.com" in repr(whole)
    assert "teams.microsoft.com" not in repr(masked)


def test_small_classes_and_years_and_telling_names_are_codes_too(played):
    _, texts = written(played, "--anonymise")
    participants = list(csv.DictReader(io.StringIO(texts["participants.csv"].removeprefix("\ufeff"))))
    classes = {row["Class"] for row in participants}
    assert any(one.startswith("Class ") for one in classes)
    assert any(re.fullmatch(r"\d+x/C\d{3}", one) for one in classes), "a class of five or more keeps its name"
    assert not any("SurT000" in one or "Tiny" in one for one in classes)
    assert {row["Year"] for row in participants if row["Role"] == "pupil"} <= {"7", ""}


def test_a_person_has_one_code_in_all_tables_and_all_reports(played):
    written(played, "--anonymise")
    before = keys(played)
    written(played, "--anonymise")
    assert keys(played) == before
    names = {row["Name"] for row in participants_of(played)}
    assert names <= {code for code, _, _ in before}
    here = {name: code for code, _, name in before if code.startswith(("Pupil", "Staff"))}
    assert all(re.fullmatch(r"(Pupil|Staff) \d+", code) for code in here.values())
    assert len({code for code, _, _ in before}) == len(before)


def test_the_order_of_codes_does_not_follow_the_alphabet(played):
    written(played, "--anonymise")
    called = {code: name for code, _, name in keys(played)}
    of_call = {}
    for row in participants_of(played):
        if row["Role"] == "pupil":
            of_call.setdefault(row["Call id"], []).append(row["Name"])
    for codes in of_call.values():
        assert codes == sorted(codes, key=lambda code: int(code.split()[1])), "in a call they stand by number"
    everybody = [called[f"Pupil {n}"] for n in range(1, 27) if f"Pupil {n}" in called]
    assert everybody != sorted(everybody), "26 shuffled names are not in order but once in 26!"


def keys(desk):
    with (desk.folder / KEY).open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def participants_of(desk):
    with (desk.folder / "out" / "csv" / "participants.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_key_says_who_is_who_to_its_owner_only(played):
    written(played, "--anonymise")
    if os.name == "posix":
        assert (played.folder / KEY).stat().st_mode & 0o077 == 0
    rows = {code: (name, called) for code, name, called in keys(played)}
    roster = {one["id"]: one["name"] for one in played.json("roster", "show")["pupils"]}
    pupils = {ident: called for code, (ident, called) in rows.items() if code.startswith("Pupil")}
    assert pupils
    assert all(roster[ident] == called for ident, called in pupils.items())


def test_a_key_that_is_damaged_stops_the_report(played):
    written(played, "--anonymise")
    (played.folder / KEY).write_text("Code,Id\nPupil x,1\n", encoding="utf-8")
    stopped = played.run("calls", "report", "--out", played.folder / "again.html", "--anonymise", ok=(2,))
    assert "key of anonymised reports" in stopped.err
    assert not (played.folder / "again.html").exists()


def test_whoever_was_purged_is_not_in_the_key_any_more(played):
    from teamskit.ledger.entries import Entry
    from teamskit.ledger.scan import stretches_of

    written(played, "--anonymise")
    before = {code: name for code, _, name in keys(played)}
    outside = [code for code in before if code.startswith("Outside")]
    here = played.here()
    with here.ledger() as ledger:
        entries = [*ledger.read("call"), *ledger.read("note")]
        seqs = [entry.seq for entry in entries]
        because = Entry("purge", "p", 1, here.clock.now(), {"entries": stretches_of(seqs)})
        assert ledger.forget(seqs, because, if_size=ledger.size())
    assert outside
    played.run("ledger", "purge", "--confirm", here.school.schools[0].name)
    after = {code: name for code, _, name in keys(played)}
    assert all(after[code] == "" for code in outside)
    assert after["Pupil 1"] == before["Pupil 1"], "a pupil of the roster is known without any call"
    assert set(after) == set(before), "a code is never given to somebody else"
    _, texts = written(played, "--anonymise")
    assert all(name == "" for code, _, name in keys(played) if code in outside)
    assert set(after) == {code for code, _, _ in keys(played)}, "nobody who was forgotten gets a code"
    assert "no longer kept" in texts["participants.csv"] or "not known" in texts["participants.csv"]
