"""Backups to real places, as typed: a folder, an SMB share, Azure Blob and S3.

The folder is always there; the others where their variables name one, as `.ci/run` starts them over loopback.
"""

import hashlib
import os
import uuid
from collections import Counter

import pytest
from recorded_school import (
    bytes_below,
    end_of_key,
    failed,
    killed_when,
    recorded,
    recordings_below,
    sizes_below,
    sum_of,
    sums_in_drives,
)

BIG, SAME = 24_000_001, 300_000
SIZES = (BIG, SAME, SAME, 5_000_000, 1)


class Place:
    """Somewhere copies go to, looked at past the program."""

    def __init__(self, address, **options):
        import fsspec

        self.address = address
        self._system, self._root = fsspec.core.url_to_fs(address, skip_instance_cache=True, **options)

    def make(self):
        """Make the folder, and the bucket or container around it, as a school does once."""
        first = self._root.split("/")[0]
        if first and not self._system.exists(first):
            self._system.mkdir(first)
        if not first:
            self._system.makedirs(self._root, exist_ok=True)
        return self

    def recordings(self):
        """Give the paths of the recordings there."""
        self._system.invalidate_cache()
        return sorted(path for path in self._system.find(self._root) if path.endswith((".mp4", ".age")))

    def facts(self):
        """Give path, size and time of everything there: what anybody who wrote something over would change."""
        self._system.invalidate_cache()
        found = self._system.find(self._root, detail=True).items()
        return {
            path: (one["size"], str(one.get("mtime") or one.get("LastModified") or one.get("last_modified")))
            for path, one in found
        }

    def read(self, path):
        with self._system.open(path, "rb") as file:
            return file.read()

    def write(self, path, data):
        with self._system.open(path, "wb") as file:
            file.write(data)

    def remove(self, path):
        self._system.rm_file(path)

    def sums(self):
        return Counter(hashlib.sha256(self.read(path)).hexdigest() for path in self.recordings())


def _folder(tmp_path):
    return Place(str(tmp_path / "copies"))


def _at(variable, **options):
    def place(_tmp_path):
        if variable not in os.environ:
            pytest.skip(f"no {variable}: .ci/run starts one where it can be had")
        words = {name: os.environ[named] for name, named in options.items()}
        return Place(f"{os.environ[variable]}/{uuid.uuid4().hex[:8]}", **words)

    return place


PLACES = {
    "folder": _folder,
    "smb": _at("TEAMSKIT_TEST_SMB", username="TEAMSKIT_SMB_USER", password="TEAMSKIT_SMB_PASSWORD"),
    "azure": _at("TEAMSKIT_TEST_AZURE"),
    "s3": _at("TEAMSKIT_TEST_S3"),
}


@pytest.fixture(params=PLACES)
def place(request, tmp_path):
    return PLACES[request.param](tmp_path).make()


@pytest.fixture
def school(desk, made, place):
    recorded(desk, made, SIZES)
    desk.decide(backup={"target": place.address})
    return desk


def spool(school):
    return school.folder / ".teamskit" / "spool"


def test_copies_go_there_whole_through_two_kills_and_come_back(school, place, tmp_path):
    words = ("recordings", "backup")
    killed_when(school.folder, words, lambda: bytes_below(spool(school)) > BIG // 3)
    # The second time when all of the large one is here: it is on its way to the place, or about to be.
    killed_when(school.folder, words, lambda: any(size >= BIG for size in sizes_below(spool(school))), wait_s=0.05)
    school.run(*words)
    wanted = sums_in_drives(school)
    assert wanted.total() == len(SIZES)
    assert place.sums() == wanted
    stood = place.facts()
    assert not [path for path in stood if ".part" in path]
    assert bytes_below(spool(school)) == 0
    school.run(*words)
    assert place.facts() == stood
    school.run("recordings", "verify")
    school.run("recordings", "verify", "--read-data")
    back = tmp_path / "back"
    back.mkdir()
    rows = school.json("recordings", "list")
    assert [one["state"] for one in rows] == ["verified"] * len(SIZES)
    mine = back / rows[0]["path"].rpartition("/")[2]
    mine.write_bytes(b"mine")
    for one in rows:
        school.run("recordings", "restore", one["file"], "-o", back)
    assert mine.read_bytes() == b"mine"
    mine.unlink()
    assert Counter(map(sum_of, recordings_below(back))) == wanted


def test_what_is_lost_swapped_or_altered_there_is_named(school, place):
    school.run("recordings", "backup")
    by_size = {}
    for path in place.recordings():
        by_size.setdefault(len(place.read(path)), []).append(path)
    (lost,), (altered,), (one, other) = by_size[5_000_000], by_size[BIG], by_size[SAME]
    place.remove(lost)
    first, second = place.read(one), place.read(other)
    place.write(one, second)
    place.write(other, first)
    data = bytearray(place.read(altered))
    data[len(data) // 2] ^= 1
    place.write(altered, bytes(data))
    gone = set(map(end_of_key, (lost, one, other)))
    assert failed(school) == gone
    assert failed(school, "--read-data") == gone | {end_of_key(altered)}
    found = [one["finding"] for one in school.json("findings", "list")]
    assert found.count("backup-failed") == 4
