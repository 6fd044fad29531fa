"""Backups on a bad line, killed with kill -9 again and again: every byte there, once, and nearly each fetched once.

The embedded tenant cuts, slows and throttles at random, and counts what it sent. A few recordings run always; two
hundred of 1 to 50 MB, killed at 30 points, by `pytest -m full`.
"""

import json
import os
import random
import shutil
import subprocess
from collections import Counter

import pytest
from recorded_school import (
    PROGRAM,
    bytes_below,
    end_of_key,
    failed,
    killed_when,
    recorded,
    recordings_below,
    sum_of,
    sums_in_drives,
)

BACKUP = ("recordings", "backup")
MOST_RUNS = 12
MOST_FETCHED = 1.1
MB = 1_000_000


@pytest.fixture
def copies(tmp_path):
    """A folder for copies, which takes too much room to be left behind."""
    folder = tmp_path / "copies"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def drill(desk, made, copies, sizes, kills):
    """Back everything up through bad weather, killed at so many points of the bytes, to the end; then prove it."""
    school = recorded(desk, made, sizes)
    school.decide(backup={"target": str(copies)})
    dice, spool = random.Random(31), school.folder / ".teamskit" / "spool"
    before, cut = school.requests()["bytes_downloaded"], 0
    stormy(school, seed=31)
    points = sorted(dice.uniform(0.01, 0.97) * sum(sizes) for _ in range(kills))
    for point in points:
        # A little later than the point: so that some fall where a file is put in its place, or written down.
        words = (*BACKUP, "--no-check") if cut else BACKUP
        cut += killed_when(
            school.folder, words, lambda at=point: bytes_below(spool, copies) >= at, dice.uniform(0, 0.3)
        )
    runs = finished(school)
    counted = school.requests()
    fetched, met = counted["bytes_downloaded"] - before, sent_away(counted)
    share = fetched / sum(sizes)
    print(f"{len(sizes)} recordings, {sum(sizes):,} bytes: {share:.4f} fetched, {cut} kills, {runs} runs")
    calm(school)
    assert cut >= kills * 2 // 3, f"only {cut} of {kills} kills met a run under way"
    assert met >= kills // 3, "the weather was fair"
    assert fetched <= MOST_FETCHED * sum(sizes), (
        f"{fetched:,} bytes fetched of {sum(sizes):,}, {cut} kills, {runs} runs"
    )
    wanted = sums_in_drives(school)
    assert wanted.total() == len(sizes)
    assert Counter(map(sum_of, recordings_below(copies))) == wanted
    assert bytes_below(spool) == 0 and not list(copies.rglob("*.part"))
    school.run("ledger", "verify")
    return school


def finished(school):
    """Run to the end, as somebody does who types the command again when it says so; give how often that was."""
    for number in range(1, MOST_RUNS + 1):
        words = [PROGRAM, *BACKUP, "--output", "json"]
        done = subprocess.run(words, cwd=school.folder, capture_output=True, text=True, encoding="utf-8", timeout=900)
        assert done.returncode in (0, 3), done.stderr[-2000:]
        if done.returncode == 0 and not json.loads(done.stdout)["left"]:
            return number
    raise AssertionError(f"not done after {MOST_RUNS} runs: {done.stdout[-2000:]}")


def stormy(school, seed):
    """Let a third of the downloads be cut, a fifth be slow, a tenth be sent away."""
    words = ("--cut", 33, "--slow", 20, "--rate", 2 * MB, "--throttle", 10, "--seed", seed)
    school.run("sandbox", "weather", *words)


def sent_away(counted):
    """Give how many downloads the tenant answered with "not now"."""
    return sum(
        number for what, number in counted["by"].items() if "download.aspx" in what and what[-3:] in ("429", "503")
    )


def calm(school):
    school.run("sandbox", "weather")


def proven(school, copies, dice):
    """Alter one byte, take one file away, put two in each other's place: each is named, and nothing else."""
    school.run("recordings", "verify")
    paths = recordings_below(copies)
    altered, lost, one, other = dice.sample([path for path in paths if path.stat().st_size > 200_000], 4)
    flip(altered, dice)
    lost.unlink()
    third = one.with_name("third")
    one.rename(third)
    other.rename(one)
    third.rename(other)
    moved = set(map(end_of_key, (lost, one, other)))
    assert failed(school) == moved
    assert failed(school, "--read-data") == moved | {end_of_key(altered)}


def flip(path, dice):
    """Turn one bit somewhere in the middle of a file over, and leave its size and time."""
    stat = path.stat()
    with path.open("r+b") as file:
        at = dice.randrange(70_000, stat.st_size - 70_000)
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1 << dice.randrange(8)]))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_a_few_recordings_through_bad_weather_and_three_kills(desk, made, copies):
    dice = random.Random(5)
    sizes = [dice.randint(3 * MB, 9 * MB) for _ in range(8)]
    proven(drill(desk, made, copies, sizes, 3), copies, dice)


@pytest.mark.full
def test_200_recordings_through_bad_weather_and_30_kills(desk, made, copies):
    dice = random.Random(6)
    sizes = [dice.randint(MB, 50 * MB) for _ in range(200)]
    proven(drill(desk, made, copies, sizes, 30), copies, dice)
