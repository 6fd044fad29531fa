"""Copies once they are made: verified, listed, restored, encrypted, held and purged."""

import hashlib
import json
import shutil
import subprocess

import click
import pyrage
import pytest
from recorded_school import killed_when
from recording_scenes import ID, content, copies_at, items, recorded, stored

KEY = pyrage.x25519.Identity.generate()


@pytest.fixture
def school(desk, made):
    recorded(desk, made)
    desk.run("recordings", "backup", "--no-check")
    return desk


@pytest.fixture
def sealed(desk, made):
    recorded(desk, made)
    desk.decide(backup={"target": "../copies", "recipients": [str(KEY.to_public())]})
    desk.run("recordings", "backup", "--no-check")
    return desk


def verified(desk, *words, ok=(0,)):
    return desk.run("recordings", "verify", "--output", "json", *words, ok=ok).json


def failed(desk, *words):
    return {one["path"]: one["why"] for one in verified(desk, *words, ok=(3,))["failed"]}


def states(desk):
    return sorted(one["state"] for one in desk.json("recordings", "list"))


def flipped(path):
    data = bytearray(path.read_bytes())
    data[150_000] ^= 1
    path.write_bytes(data)


def test_all_is_well(school):
    assert states(school) == ["copied"] * 3
    assert verified(school)["looked"] == 3
    assert states(school) == ["verified"] * 3
    assert "3 of 3 copies at ../copies as stored." in school.run("recordings", "verify").out


def test_removed_shrunk_and_swapped_files_are_found_without_reading_all(school):
    one, two, three = sorted(stored(school))
    paths = stored(school)
    # Of one size, so that only what is in them tells them apart.
    first, second = paths[one].read_bytes(), paths[two].read_bytes()
    paths[one].write_bytes(second[: len(first)])
    paths[two].write_bytes(second[:1000])
    paths[three].unlink()
    (copies_at(school) / "holiday.mp4").write_bytes(b"not ours")
    found = verified(school, ok=(3,))
    assert {bad["path"]: bad["why"] for bad in found["failed"]} == {one: "swapped", two: "size", three: "missing"}
    assert found["strangers"] == 1
    assert states(school) == ["failed"] * 3
    said = school.run("recordings", "verify", ok=(3,)).out
    assert "is another file than what was stored" in said and "1 file there that teamskit did not put there" in said


def test_one_flipped_byte_is_found_by_reading_and_stays_found(school):
    path = min(stored(school))
    flipped(stored(school)[path])
    assert verified(school)["failed"] == []
    assert failed(school, "--read-data") == {path: "data"}
    # A size that fits takes nothing back.
    verified(school)
    assert states(school) == ["failed", "verified", "verified"]


def test_what_failed_is_copied_again_and_then_right(school):
    path = min(stored(school))
    flipped(stored(school)[path])
    failed(school, "--read-data")
    done = school.run("recordings", "backup", "--no-check", "--output", "json").json
    assert len(done["copied"]) == 1
    assert states(school) == ["copied", "verified", "verified"]
    assert verified(school, "--read-data")["failed"] == []
    # The damaged one was not written over, and it is no stranger: it goes when its copy goes.
    found = verified(school)
    assert (len(stored(school)), found["strangers"], found["earlier"]) == (4, 0, 1)
    assert "1 earlier file of copies that failed before" in school.run("recordings", "verify").out
    purge = ("recordings", "purge", "--call", ID.format(1), "--reason", "consent withdrawn", "--confirm", "1")
    school.run(*purge)
    assert len(stored(school)) == 2 and path not in stored(school)


def test_a_sample_takes_those_that_were_read_longest_ago(school):
    for number in range(3):
        assert verified(school, "--read-data", "--sample", "1")["read"] == 1
        school.run("sandbox", "advance", "1h")
        read = [one["read_at"] for one in school.json("recordings", "list") if one["read_at"]]
        assert len(set(read)) == number + 1
    assert verified(school, "--read-data", "--sample", "34%")["read"] == 1
    for wrong in ("0", "-1", "x", "1.5"):
        with pytest.raises(click.UsageError, match="is a number of copies"):
            school.run("recordings", "verify", "--read-data", "--sample", wrong)


def test_the_target_away_is_no_failure_of_copies(school):
    copies_at(school).rename(copies_at(school).with_name("elsewhere"))
    assert "is not there" in school.run("recordings", "verify", ok=(1,)).err
    assert states(school) == ["copied"] * 3


def test_a_wrong_disk_that_is_put_right_costs_no_new_copies(school):
    right = copies_at(school).rename(copies_at(school).with_name("right"))
    copies_at(school).mkdir()
    for words in ((), ("--read-data",)):
        assert "is this the right disk" in school.run("recordings", "verify", *words, ok=(3,)).out
    assert states(school) == ["failed"] * 3
    assert "Is this the right disk?" in school.run("recordings", "backup", "--no-check", ok=(1,)).err
    copies_at(school).rmdir()
    right.rename(copies_at(school))
    done = school.run("recordings", "backup", "--no-check", "--output", "json").json
    assert (done["copied"], done["fetched_bytes"]) == ([], 0)
    assert states(school) == ["verified"] * 3


def test_sums_are_checked_without_us(school):
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum on this computer")
    (sums,) = (copies_at(school) / "manifests").iterdir()
    words = ["sha256sum", "-c", str(sums)]
    assert subprocess.run(words, cwd=copies_at(school), capture_output=True).returncode == 0
    flipped(min(stored(school).values()))
    assert subprocess.run(words, cwd=copies_at(school), capture_output=True).returncode == 1


def test_restored_whole_checked_and_over_nothing(school, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    wanted = content(school, min(items(school), key=lambda one: one["name"]))
    done = school.json("recordings", "restore", ID.format(1), "-o", out)
    (path,) = out.iterdir()
    assert path.read_bytes() == wanted and done[0]["new"] and not done[0]["encrypted"]
    assert not school.json("recordings", "restore", ID.format(1), "-o", out)[0]["new"]
    path.write_bytes(b"mine")
    school.run("recordings", "restore", done[0]["file"].rpartition("/")[2], "-o", out)
    assert path.read_bytes() == b"mine" and len(list(out.iterdir())) == 2
    with school.here().ledger() as ledger:
        said = [entry.body for entry in ledger.read("export")]
    assert len(said) == 3 and {one["of"] for one in said} == {"recording"}


def test_all_are_restored(school, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    school.run("recordings", "restore", "--all", "-o", out)
    assert sorted(path.read_bytes() for path in out.iterdir()) == sorted(content(school, one) for one in items(school))
    with pytest.raises(click.UsageError):
        school.run("recordings", "restore", "-o", out)


def test_what_cannot_be_restored(school, tmp_path):
    assert "no copy of this call" in school.run("recordings", "restore", "nobody", "-o", tmp_path, ok=(2,)).err
    assert "no such folder" in school.run("recordings", "restore", ID.format(1), "-o", tmp_path / "x", ok=(2,)).err
    out = tmp_path / "out"
    out.mkdir()
    flipped(min(stored(school).values()))
    assert "not as it was stored" in school.run("recordings", "restore", ID.format(1), "-o", out, ok=(1,)).err
    assert list(out.iterdir()) == []


def test_a_copy_that_is_damaged_or_gone_leaves_the_others_and_is_a_finding(school, tmp_path):
    one, two, three = sorted(stored(school))
    flipped(stored(school)[one])
    stored(school)[two].unlink()
    done = school.run("recordings", "restore", "--all", "-o", tmp_path, "--output", "json", ok=(3,)).json
    assert [bool(row["path"]) for row in done] == [True, False, False]
    assert {row["why"] for row in done[1:]} == {
        "the copy is not as it was stored, and was not restored",
        "the copy is not there",
    }
    assert [path.name for path in tmp_path.glob("*.mp4")] == [three.rpartition("/")[2]]
    # What was read and wrong is known from now on; what is not there may be another disk, which verify tells.
    assert states(school) == ["copied", "copied", "failed"]
    assert "backup-failed" in {row["finding"] for row in school.json("findings", "list")}
    said = school.run("recordings", "restore", "--all", "-o", tmp_path, ok=(3,)).out
    assert "It was there already" in said and "2 copies not restored:" in said


def test_encrypted_copies_show_nothing_and_come_back(sealed, tmp_path):
    wanted = content(sealed, min(items(sealed), key=lambda one: one["name"]))
    for path in stored(sealed).values():
        assert path.suffix == ".age" and path.read_bytes().startswith(b"age-encryption.org/v1")
        assert b"ftyp" not in path.read_bytes()[:1000]
    assert verified(sealed, "--read-data") | {"read": 3, "failed": []} == verified(sealed, "--read-data")
    row = sealed.json("recordings", "list")[0]
    assert row["encrypted"] and row["sha256"] == hashlib.sha256(wanted).hexdigest() != row["stored_sha256"]
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(f"# created: today\n{KEY}\n", encoding="utf-8")
    out.mkdir()
    (done,) = sealed.json("recordings", "restore", row["call"], "-o", out, "--identity", key)
    assert not done["encrypted"] and (out / done["path"]).read_bytes() == wanted
    assert done["path"].endswith(".mp4")
    (closed,) = sealed.json("recordings", "restore", row["call"], "-o", out)
    assert closed["encrypted"] and closed["path"].endswith(".mp4.age")


def test_the_wrong_key_and_a_damaged_one(sealed, tmp_path):
    key = tmp_path / "key.txt"
    for text, words, status in (
        (str(pyrage.x25519.Identity.generate()), "cannot be decrypted with this key", 1),
        (str(KEY)[:-3], "cut or mistyped", 2),
        ("nothing", "no secret key", 2),
    ):
        key.write_text(text, encoding="utf-8")
        done = sealed.run("recordings", "restore", ID.format(1), "-o", tmp_path, "--identity", key, ok=(status,))
        assert words in done.err and str(KEY)[15:30] not in done.err
    assert not list(tmp_path.glob("*.mp4*"))


def test_a_key_of_our_own_opens_what_is_made_for_it(desk, made, tmp_path):
    recorded(desk, made)
    key, out = tmp_path / "key.txt", tmp_path / "out"
    said = desk.run("recordings", "new-key", "-o", key).out
    assert "AGE-SECRET-KEY" in key.read_text("utf-8") and "AGE-SECRET-KEY" not in said
    assert "not written over" in desk.run("recordings", "new-key", "-o", key, ok=(2,)).err
    public = said.partition('["')[2].partition('"')[0]
    desk.decide(backup={"target": "../copies", "recipients": [public]})
    desk.run("recordings", "backup", "--no-check")
    out.mkdir()
    (done,) = desk.json("recordings", "restore", ID.format(1), "-o", out, "--identity", key)
    assert not done["encrypted"]


def test_a_key_never_lies_beside_the_copies(sealed):
    for file in (copies_at(sealed) / "key.txt", copies_at(sealed) / "2026" / "key.txt"):
        assert "beside the copies" in sealed.run("recordings", "new-key", "-o", file, ok=(2,)).err
        assert not file.exists()


def test_what_a_killed_restore_left_goes_with_the_next(sealed, tmp_path):
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(str(KEY), encoding="utf-8")
    out.mkdir()
    words = ("-C", sealed.folder, "recordings", "restore", "--all", "-o", out, "--identity", key)
    tries = 0
    while not any(out.glob(".teamskit-*")):
        # Such small files come back in a moment: the kill may be too late.
        tries += 1
        assert tries < 30
        for file in out.iterdir():
            file.unlink()
        killed_when(tmp_path, words, lambda: any(out.glob(".teamskit-*")), step_s=0.0005)
    sealed.run("recordings", "restore", "--all", "-o", out, "--identity", key)
    assert len(list(out.iterdir())) == 3 and not any(out.glob(".teamskit-*"))


def test_a_recipient_that_is_none_stops_before_anything_is_fetched(desk, made):
    recorded(desk, made)
    public = str(KEY.to_public())
    mistyped = public[:-1] + ("q" if public[-1] != "q" else "p")
    desk.decide(backup={"target": "../copies", "recipients": [mistyped]})
    before = desk.requests()["round_trips"]
    assert "mistyped" in desk.run("recordings", "backup", "--no-check", ok=(2,)).err
    assert desk.requests()["round_trips"] == before


def test_purge_shows_then_deletes_what_is_past_and_not_held(school):
    school.run("ledger", "hold", "add", "LADO-1", "--call", ID.format(2))
    assert "0 older copies due" in school.run("recordings", "purge").out
    school.run("sandbox", "advance", "91d")
    shown = school.run("recordings", "purge").out
    assert "2 older copies due" in shown and "1 older copy kept for a case" in shown
    assert "--confirm 2" in shown and len(stored(school)) == 3
    for wrong in ("3", "Another School"):
        school.run("recordings", "purge", "--confirm", wrong, ok=(2,))
    assert len(stored(school)) == 3
    done = school.run("recordings", "purge", "--confirm", "2", "--output", "json").json
    assert [one["result"] for one in done["copies"]] == ["deleted", "deleted"]
    (left,) = stored(school)
    assert "1000" in left
    assert states(school) == ["copied", "deleted", "deleted"]
    (journal,) = (school.folder / ".teamskit" / "copies-journal").glob("*.jsonl")
    events = [json.loads(line)["event"] for line in journal.read_text("utf-8").splitlines()]
    assert events == ["begin", "intended", "done", "intended", "done", "end"]
    # What was deleted on purpose is neither missing nor copied again.
    assert verified(school)["looked"] == 1
    school.decide(retention={"recordings_days": 0})
    assert school.run("recordings", "backup", "--no-check", "--output", "json").json["copied"] == []
    school.run("ledger", "verify")


def test_purge_of_one_call_whatever_its_age(school):
    named = ("recordings", "purge", "--call", ID.format(1), "--reason", "consent withdrawn")
    assert "1 copy due" in school.run(*named).out and len(stored(school)) == 3
    with pytest.raises(click.UsageError):
        school.run("recordings", "purge", "--call", ID.format(1))
    school.run("recordings", "purge", "--call", "nobody", "--reason", "x", ok=(2,))
    school.run("ledger", "hold", "add", "LADO-1", "--call", ID.format(1))
    assert "1 copy kept for a case" in school.run(*named).out
    school.run("ledger", "hold", "end", "LADO-1")
    done = school.run(*named, "--confirm", "1", "--output", "json").json
    assert (done["before"], [one["result"] for one in done["copies"]]) == (None, ["deleted"])
    assert len(stored(school)) == 2
    assert school.run("recordings", "backup", "--no-check", "--output", "json").json["copied"] == []
    school.run("ledger", "verify")


def test_purge_of_a_file_that_is_gone_already_is_told_to_the_log(school):
    school.run("sandbox", "advance", "91d")
    min(stored(school).values()).unlink()
    done = school.run("recordings", "purge", "--confirm", "3", "--output", "json").json
    assert sorted(one["result"] for one in done["copies"]) == ["already", "deleted", "deleted"]
    assert states(school) == ["deleted"] * 3


def test_copies_for_ever(school):
    school.decide(retention={"recordings_days": 0})
    school.run("sandbox", "advance", "900d")
    assert "kept for ever" in school.run("recordings", "purge").out
    assert {one["kept_until"] for one in school.json("recordings", "list")} == {None}


@pytest.mark.parametrize(
    ("table", "setting", "value", "words"),
    [
        ("retention", "recordings_days", 99_999_999, "must be at most 36500"),
        ("retention", "recordings_days", -1, "must not be negative"),
        ("retention", "calls_years", 5_000, "must be at most 100"),
        ("backup", "parallel", 17, "must be at most 16"),
        ("backup", "parallel", 0, "must be at least 1"),
        ("limits", "fewer_share", 2, "is a share: 0 to 1"),
    ],
)
def test_a_number_that_cannot_be_is_said_in_words(school, table, setting, value, words):
    school.decide(**{table: {setting: value}})
    done = school.run("recordings", "purge", ok=(2,))
    assert words in done.err and setting in done.err


def test_before_there_is_anything(desk, made):
    recorded(desk, made)
    assert "Nothing was copied yet" in desk.run("recordings", "list").out
    assert "no copy to look at" in desk.run("recordings", "verify").out
    assert desk.json("recordings", "verify")["looked"] == 0
    assert desk.json("recordings", "list") == []


def test_a_log_that_was_lost_does_not_hide_what_lies_there(school):
    for file in (school.folder / ".teamskit").glob("ledger.sqlite3*"):
        file.unlink()
    assert "3 files at its place of which this log knows nothing" in school.run("recordings", "verify").out
    assert school.json("recordings", "verify")["strangers"] == 3
    assert "First: teamskit calls sync" in school.run("recordings", "backup", "--no-check").out
    assert "Next: teamskit calls sync" in school.run("recordings", "check", "--no-look").out


def test_copies_past_their_time_are_no_lack(school):
    """Microsoft keeps a recording for 120 days unless told otherwise, and the school its copies for 90."""
    school.run("sandbox", "advance", "115d")
    school.run("recordings", "purge", "--confirm", "3")
    said = school.run("recordings", "check").out
    assert "3 found" in said and "no copy" not in said and "recordings backup" not in said
    school.run("ledger", "hold", "add", "LADO-1", "--call", ID.format(1))
    assert "Expire within a week, no copy: 1" in school.run("recordings", "check").out
