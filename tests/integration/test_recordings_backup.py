"""`recordings backup` through the embedded tenant: whole, once, resumable, never over anything."""

import json
import shutil
import subprocess

import pyrage
import pytest
from call_scenes import lesson, play
from recording_scenes import ID, content, copies_at, items, known, recorded, stored

from teamskit.cli.recordings_wanted import spool_of, to_copy
from teamskit.ledger.retention import purge
from teamskit.recordings.backup import Backup, Place
from teamskit.recordings.files import files_of
from teamskit.recordings.folder_target import FolderTarget
from teamskit.recordings.manifest import copies_of
from teamskit.tenant.bandwidth import Bandwidth
from teamskit.tenant.downloads import Downloads


@pytest.fixture
def school(desk, made):
    return recorded(desk, made)


def backup(desk, *words, ok=(0,)):
    return desk.run("recordings", "backup", "--no-check", "--output", "json", *words, ok=ok).json


def spooled(desk):
    return sorted((desk.folder / ".teamskit" / "spool").glob("*"))


def place(item):
    return f"/v1.0/drives/{item['parentReference']['driveId']}/items/{item['id']}"


def first_item(desk):
    return min(items(desk), key=lambda one: one["name"])


def test_copies_are_the_same_bytes_and_listed(school):
    done = backup(school)
    assert len(done["copied"]) == 3 and done["failed"] == [] and done["left"] == []
    want = sorted(content(school, item) for item in items(school))
    assert sorted(path.read_bytes() for path in stored(school).values()) == want
    assert done["fetched_bytes"] == sum(map(len, want))
    assert spooled(school) == []
    (sums,) = (copies_at(school) / "manifests").iterdir()
    assert sums.relative_to(copies_at(school)).as_posix() == done["manifest"]
    assert {line.split("  ", 1)[1] for line in sums.read_text("utf-8").splitlines()} == set(stored(school))


def test_names_say_when_and_which_class(school):
    backup(school)
    first = sorted(stored(school))[0]
    assert first.startswith("2026/11/2026-11-26 0900 7x-C000 ")


def test_a_second_run_asks_for_nothing(school):
    backup(school)
    before = school.requests()["round_trips"]
    done = backup(school)
    assert (done["copied"], done["copied_before"], done["fetched_bytes"], done["manifest"]) == ([], 3, 0, None)
    assert school.requests()["round_trips"] == before
    assert "Nothing to copy: 3 recordings known and copied." in school.run("recordings", "backup", "--no-check").out


def test_the_second_file_of_a_recording_is_not_fetched_again(school):
    # V06: downloaded and put back, it has another id and no expiry, and the same bytes.
    backup(school)
    item = first_item(school)
    path = place(item).removeprefix("/v1.0")
    assert school.asks("POST", f"/sandbox{path}/reupload")[0] in (200, 201)
    twin = next(one for one in items(school) if one["id"] not in known_items(school))
    known(school, [(ID.format(1), twin)])
    done = backup(school)
    assert (len(done["same"]), done["copied"], done["fetched_bytes"]) == (1, [], 0)
    assert len(stored(school)) == 3
    assert [one["state"] for one in school.json("recordings", "list")] == ["copied"] * 4
    assert backup(school)["same"] == []


def known_items(desk):
    with desk.here().ledger() as ledger:
        return {file.item for file in files_of(ledger)}


def test_what_lies_under_the_name_is_never_written_over(school):
    backup(school)
    first = min(stored(school).values())
    before = first.read_bytes()
    # The school folder was put back from before the copies were made: the copies lie there, the log knows of none.
    for path in school.folder.joinpath(".teamskit").glob("ledger.sqlite3*"):
        path.unlink()
    school.run("calls", "sync")
    known(school)
    first.write_bytes(b"somebody's own")
    done = backup(school)
    assert len(done["copied"]) == 3
    assert first.read_bytes() == b"somebody's own"
    assert first.with_name(first.name.replace(".mp4", " (2).mp4")).read_bytes() == before
    assert len(stored(school)) == 4


def test_the_window_closes_and_the_next_run_goes_on(school):
    # The tenant's clock stands at 12:45; a hundred kilobytes a second would need nine seconds.
    now = school.here().clock.now()
    closes = f"{now:%H}:{now.minute + 1:02d}"
    school.decide(backup={"target": "../copies", "parallel": 1, "window": f"06:00-{closes}", "bandwidth": "12 kB"})
    done = backup(school)
    assert done["stopped"] == "window" and len(done["copied"]) + len(done["left"]) == 3 and done["left"]
    there = sum(path.stat().st_size for path in spooled(school) if path.suffix == ".part")
    assert 0 < there == done["fetched_bytes"] - done["copied_bytes"]
    late = backup(school)
    assert (late["copied"], late["fetched_bytes"], len(late["left"])) == ([], 0, len(done["left"]))
    assert "fetching is allowed from 06:00" in school.run("recordings", "backup", "--no-check").out
    rest = backup(school, "--now")
    assert rest["left"] == [] and rest["fetched_bytes"] + done["fetched_bytes"] == 900_003
    assert len(stored(school)) == 3


def test_what_could_not_be_placed_stays_and_needs_no_tenant(school):
    # Whatever lies in the way: the bytes were fetched once, and once is enough, even when their file is gone since.
    obstacle = copies_at(school) / "2026"
    obstacle.write_text("a file where a folder should be", encoding="utf-8")
    done = backup(school, ok=(3,))
    assert {one["why"] for one in done["failed"]} == {"target-broken"} and done["fetched_bytes"] == 900_003
    assert {one["state"] for one in school.json("recordings", "list")} == {"failed"}
    assert backup(school, ok=(3,))["fetched_bytes"] == 0
    assert school.asks("DELETE", place(first_item(school)))[0] == 204
    obstacle.unlink()
    before = school.requests()["round_trips"]
    done = backup(school)
    assert len(done["copied"]) == 3 and done["fetched_bytes"] == 0
    assert school.requests()["round_trips"] == before
    assert {one["state"] for one in school.json("recordings", "list")} == {"copied"} and spooled(school) == []


@pytest.mark.parametrize("is_sealed", [False, True])
def test_killed_after_the_rename_and_before_the_log_knew(school, tmp_path, is_sealed):
    keys = [str(pyrage.x25519.Identity.generate().to_public())] if is_sealed else []
    school.decide(backup={"target": "../copies", "recipients": keys})
    obstacle = copies_at(school) / "2026"
    obstacle.write_text("in the way", encoding="utf-8")
    backup(school, ok=(3,))
    obstacle.unlink()
    # As it stood at that moment: everything in the spool and at the target, and nothing in the log.
    shutil.copytree(school.folder / ".teamskit", tmp_path / "then", ignore=shutil.ignore_patterns("sandbox*"))
    backup(school)
    shutil.rmtree(copies_at(school) / "manifests")
    before = {name: path.read_bytes() for name, path in stored(school).items()}
    for path in school.folder.joinpath(".teamskit").glob("[!s]*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(tmp_path / "then", school.folder / ".teamskit", dirs_exist_ok=True)
    done = backup(school)
    assert (len(done["copied"]), done["fetched_bytes"]) == (3, 0)
    assert {name: path.read_bytes() for name, path in stored(school).items()} == before
    assert spooled(school) == []
    assert school.json("recordings", "verify", "--read-data")["failed"] == []


def test_a_part_that_a_kill_left_at_the_target_goes(school):
    school.decide(backup={"target": "../copies", "parallel": 1})
    obstacle = copies_at(school) / "2026"
    obstacle.write_text("in the way", encoding="utf-8")
    backup(school, ok=(3,))
    obstacle.unlink()
    (facts, *_) = [path for path in spooled(school) if path.suffix == ".json"]
    folder = copies_at(school) / "2026" / "11"
    folder.mkdir(parents=True)
    part = folder / f".teamskit-{json.loads(facts.read_text('utf-8'))['token']}.part"
    part.write_bytes(b"half a file")
    assert len(backup(school)["copied"]) == 3
    assert not part.exists()


@pytest.fixture
def disk():
    """Give a way to make a folder a disk of a size, where this user may do that."""
    made = []

    def make(folder, size):
        folder.mkdir(exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
        if shutil.which("mount") is None or subprocess.run(words, capture_output=True).returncode:
            pytest.skip("no small disk can be made here")
        made.append(folder)

    yield make
    for folder in made:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_takes_what_fits_and_the_rest_when_there_is_room(school, disk):
    disk(copies_at(school), "700k")
    school.decide(backup={"target": "../copies", "parallel": 1})
    done = backup(school, ok=(3,))
    assert len(done["copied"]) == 2 and [one["why"] for one in done["failed"]] == ["target-full"]
    assert "no room for a file of" in done["failed"][0]["words"]
    assert len(stored(school)) == 2
    subprocess.run(["mount", "-o", "remount,size=4m", copies_at(school)], check=True)
    again = backup(school)
    assert (len(again["copied"]), again["fetched_bytes"]) == (1, 0)
    assert school.json("recordings", "verify", "--read-data")["failed"] == []


def test_a_small_spool_is_used_again_and_again_and_a_smaller_one_is_said(school, disk, tmp_path):
    disk(tmp_path / "spool", "200k")
    school.decide(backup={"target": "../copies", "parallel": 1, "spool": str(tmp_path / "spool")})
    done = backup(school, ok=(3,))
    assert [one["why"] for one in done["failed"]] == ["spool-full"] * 3
    assert done["fetched_bytes"] == 0 and stored(school) == {}
    subprocess.run(["mount", "-o", "remount,size=400k", tmp_path / "spool"], check=True)
    assert len(backup(school)["copied"]) == 3


def test_many_failures_of_one_kind_are_one_line(desk, made):
    recorded(desk, made, 6)
    desk.run("sandbox", "fault", "GET", "download.aspx", "500")
    said = desk.run("recordings", "backup", "--no-check", ok=(3,)).out
    assert "Failed: 6" in said and "6 recordings, 1.8 MB; of the first: Microsoft turned a request down" in said
    assert "What went wrong" not in said and len(said.splitlines()) <= 5
    assert stored(desk) == {}


class TakesTheDiskAway:
    """Watches a run, and takes the folder of the copies away when the first file is done."""

    def __init__(self, folder):
        self.folder = folder

    def begin(self, files, size): ...
    def came(self, count): ...
    def end(self): ...

    def file(self):
        if self.folder.is_dir():
            self.folder.rename(self.folder.with_name("pulled out"))


def test_a_disk_that_goes_ends_the_run_and_the_next_goes_on(school):
    here = school.here()
    place_of = FolderTarget(copies_at(school))
    with here.ledger() as ledger:
        wanted = to_copy(here, ledger, {}, spool_of(here)).wanted
        bandwidth = Bandwidth(here.clock)
        downloads = Downloads(here.transport, bandwidth)
        room = Place(place_of, spool_of(here), None, parallel=1)
        told = TakesTheDiskAway(copies_at(school))
        done = Backup(ledger, {}, room, downloads, bandwidth, here.clock, "run", told).carry_out(wanted)
    assert (len(done.copied), [one.why for one in done.failed], len(done.left)) == (1, ["target-gone"], 1)
    assert done.stopped == "target" and not copies_at(school).exists()
    copies_at(school).with_name("pulled out").rename(copies_at(school))
    again = backup(school)
    assert (len(again["copied"]), again["fetched_bytes"] + done.fetched) == (2, 900_003)


def test_a_tenant_that_is_away_ends_the_run(school):
    school.decide(backup={"target": "../copies", "parallel": 1})
    school.fault(path="^/drives/", status=0, times=7)
    done = backup(school, ok=(3,))
    assert (done["copied"], done["stopped"], len(done["left"])) == ([], "tenant", 2)
    said = school.run("recordings", "backup", "--no-check").out
    assert "Copied 3 recordings" in said


def test_a_drive_that_is_refused_leaves_the_others(school):
    school.fault(path="^/drives/", status=403, times=1)
    done = backup(school, ok=(3,))
    assert (len(done["copied"]), [one["why"] for one in done["failed"]]) == (2, ["denied"])


def test_bytes_that_are_never_those_of_the_hash_are_not_taken(school):
    school.decide(backup={"target": "../copies", "parallel": 1})
    item = first_item(school)
    wrong = {**school.asks("GET", place(item))[1], "size": 300_000}
    wrong["file"] = {"hashes": {"quickXorHash": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}}
    school.fault(path=f"^/drives/.*{item['id']}", status=200, body=wrong, times=50)
    done = backup(school, ok=(3,))
    assert (len(done["copied"]), [one["why"] for one in done["failed"]]) == (2, ["not-whole"])
    assert done["restarts"] == 3
    # One try a run from then on, and the bytes are not kept.
    assert backup(school, ok=(3,))["restarts"] == 1
    assert not [path for path in spooled(school) if path.suffix == ".part"]


def test_a_file_that_is_gone_is_said_and_the_others_are_copied(school):
    school.asks("DELETE", place(first_item(school)))
    done = backup(school, ok=(3,))
    assert len(done["copied"]) == 2
    assert [one["why"] for one in done["failed"]] == ["gone"]


def test_an_absent_disk_is_not_an_empty_one(school):
    backup(school)
    gone = copies_at(school).rename(copies_at(school).with_name("elsewhere"))
    known_again(school)
    done = school.run("recordings", "backup", "--no-check", ok=(1,))
    assert "is not there" in done.err
    copies_at(school).mkdir()
    done = school.run("recordings", "backup", "--no-check", ok=(1,))
    assert "Is this the right disk?" in done.err and "--new-target" in done.err
    assert not list(copies_at(school).iterdir())
    done = backup(school, "--new-target")
    assert len(done["copied"]) == 4 and done["not_there"] == []
    assert gone.is_dir() and len(stored(school)) == 4


def test_another_place_is_taken_once_and_is_told_of_what_is_not_there(school):
    backup(school)
    before = copies_at(school).rename(copies_at(school).with_name("before"))
    copies_at(school).mkdir()
    for item in items(school):
        school.asks("DELETE", place(item))
    school.run("recordings", "check", ok=(0, 3))
    assert "3 copies of before not at this place" in school.run("recordings", "backup", "--new-target").out
    # Once is enough, though nothing of before is there.
    play(school, lesson(ID.format(9), "2026-11-26T13:00:00Z", size_bytes=1000))
    school.run("calls", "sync")
    assert "Copied 1 recording" in school.run("recordings", "backup").out
    verified = school.run("recordings", "verify", "--output", "json", ok=(3,)).json
    assert [one["why"] for one in verified["failed"]] == ["missing"] * 3
    # Moved here by hand they are right again.
    shutil.copytree(before, copies_at(school), dirs_exist_ok=True)
    assert school.json("recordings", "verify")["failed"] == []


def test_copies_moved_with_their_place_need_no_word(school):
    backup(school)
    copies_at(school).rename(copies_at(school).with_name("moved"))
    school.decide(backup={"target": "../moved"})
    assert school.json("recordings", "verify")["failed"] == []
    done = backup(school, "--new-target")
    assert (done["copied"], done["not_there"], done["fetched_bytes"]) == ([], [], 0)


def known_again(desk):
    """Let there be one more recording to copy."""
    path = place(first_item(desk)).removeprefix("/v1.0")
    desk.asks("POST", f"/sandbox{path}/reupload")
    twin = next(one for one in items(desk) if one["id"] not in known_items(desk))
    known(desk, [(ID.format(2), twin)])


def test_old_recordings_are_left_where_they_are(school):
    school.decide(retention={"recordings_days": 1})
    school.run("sandbox", "advance", "30d")
    done = backup(school)
    assert (done["copied"], done["past"]) == ([], 3)


def test_no_target_and_a_secret_in_it(school):
    school.decide(backup={"target": ""})
    assert "no place for the copies is named" in school.run("recordings", "backup", "--no-check", ok=(2,)).err
    school.decide(backup={"target": "smb://me:secret@server/share"})
    done = school.run("recordings", "backup", "--no-check", ok=(2,))
    assert "password" in done.err and "secret" not in done.err.replace("a password or a key", "")


def test_one_run_at_a_time(school):
    from teamskit.cli.recordings_backup import one_backup

    with one_backup(school.here()):
        assert "another run is busy" in school.run("recordings", "backup", "--no-check", ok=(2,)).err


def test_names_of_pupils_never_become_file_names(desk, made):
    from call_scenes import call, play, ready

    ready(desk, made)
    pupil = next(one for one in desk.here().roster.people if one.role == "pupil")
    names = [f"1-1 with {pupil.forename or pupil.name.split()[0]}", "Choir", f"Review {pupil.id}"]
    for number, name in enumerate(names):
        file = f"{name}-20261126_1{number}0000-Meeting Recording.mp4"
        play(desk, call(ID.format(number + 1), f"2026-11-26T1{number}:00:00Z", recording="kept", file_name=file))
    desk.run("calls", "sync")
    desk.decide(backup={"target": "../copies"})
    copies_at(desk).mkdir()
    known(desk)
    done = desk.run("recordings", "backup", "--no-check")
    paths = sorted(stored(desk))
    assert len(paths) == 3 and "Choir" in paths[1] and "Review" not in paths[2]
    assert paths[0].startswith("2026/11/2026-11-26 1000 ") and "with" not in paths[0]
    assert pupil.name.split()[0] not in done.out + done.err + "".join(paths)


def test_without_its_export_what_is_known_is_copied_all_the_same(school):
    """Recordings expire whether the MIS has written its export or not."""
    school.decide(roster={"path": "nowhere"})
    done = school.run("recordings", "backup", "--output", "json", ok=(3,))
    assert len(done.json["copied"]) == 3 and done.json["looked"] == "no-export"
    assert "The export could not be read, so there may be recordings that are not known" in done.err
    # Whom a name may show nobody can tell now: none is used.
    assert all(len(path.rpartition("/")[2].split()) == 4 for path in stored(school)), sorted(stored(school))


def test_forgotten_names_leave_the_copy_found(school):
    backup(school)
    here = school.here()
    with here.ledger() as ledger:
        before = {key: copy.path for key, copy in copies_of(ledger).items()}
        from teamskit.ledger.retention import due

        now = here.clock.now()
        what = due(ledger, now.date().replace(year=now.year + 5), 1)
        assert purge(ledger, what, "somebody", now)
        assert {copy.path for copy in copies_of(ledger).values()} == {None}
    assert len(before) == 3
    assert school.json("recordings", "verify") == {
        "looked": 3,
        "read": 0,
        "failed": [],
        "strangers": 0,
        "earlier": 0,
        "unfinished": 0,
    }
    school.run("ledger", "verify")
