"""Bytes on their way: taken up after a crash, thrown away when they are of another file, gone when done."""

import hashlib
import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from teamskit.recordings.quickxor import QuickXor
from teamskit.recordings.spool import Spooled, holds_whole, sweep
from teamskit.tenant.downloads import Item

KEY = "call-1/0123456789ab"
DATA = random.Random(1).randbytes(768_000)


def item(data=DATA, etag="e1"):
    hashed = QuickXor()
    hashed.update(data)
    return Item("d", "i", len(data), hashed.base64(), etag)


def begun(folder, data=DATA, most=None):
    spool = Spooled(folder, KEY)
    assert spool.begin(item(data)) == 0
    spool.write(data[:most])
    spool.close()
    return spool


def test_whole_and_right(tmp_path):
    spool = begun(tmp_path)
    assert spool.is_whole and spool.length == len(DATA) and holds_whole(tmp_path, KEY)
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_taken_up_after_a_crash(tmp_path):
    first = begun(tmp_path, most=200_000)
    again = Spooled(tmp_path, KEY)
    assert not holds_whole(tmp_path, KEY) and again.token == first.token
    assert again.begin(item(etag="e2 of a new name")) == 200_000
    again.write(DATA[200_000:])
    assert again.is_whole and again.sha256 == hashlib.sha256(DATA).hexdigest()


def test_another_content_begins_anew(tmp_path):
    begun(tmp_path, most=200_000)
    again = Spooled(tmp_path, KEY)
    assert again.begin(item(DATA[::-1])) == 0 and not again.part.exists()


def test_wrong_bytes_are_not_whole(tmp_path):
    spool = Spooled(tmp_path, KEY)
    spool.begin(item())
    spool.write(DATA[:-1] + b"?")
    assert spool.length == len(DATA) and not spool.is_whole


@pytest.mark.parametrize("facts", ["", "{}", "[1]", '{"token": "", "item": null}', '{"token": "a", "item": {"x": 1}}'])
def test_bytes_of_unknown_origin_are_thrown_away(tmp_path, facts):
    spool = begun(tmp_path, most=1000)
    next(tmp_path.glob("*.json")).write_text(facts, encoding="utf-8")
    assert Spooled(tmp_path, KEY).begin(item()) == 0
    assert not spool.part.exists()


def test_nothing_is_left_when_it_is_done(tmp_path):
    spool = begun(tmp_path)
    spool.sealed.write_bytes(b"x")
    spool.remove()
    assert list(tmp_path.iterdir()) == []


def test_swept(tmp_path):
    begun(tmp_path)
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    sweep(tmp_path, done=["other/0"], now=datetime.now(UTC))
    assert holds_whole(tmp_path, KEY)
    # A kill within the writing of a small file leaves its part.
    cut = [tmp_path / "call-1-0123456789ab.json.4711.part", tmp_path / "2026-11-27-124500.sha256"]
    for path in cut:
        path.write_text("{", encoding="utf-8")
    sweep(tmp_path, done=[], now=datetime.now(UTC))
    assert holds_whole(tmp_path, KEY) and not any(path.exists() for path in cut)
    sweep(tmp_path, done=[KEY], now=datetime.now(UTC))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    begun(tmp_path)
    sweep(tmp_path, done=[], now=datetime.now(UTC) + timedelta(days=31))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
