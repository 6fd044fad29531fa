"""`recordings backup` through the embedded tenant: whole, once, resumable, never over anything."""

import pytest
from recording_scenes import content, copies_at, items, recorded, stored


@pytest.fixture
def school(desk, made):
    return recorded(desk, made)


def backup(desk, *words, ok=(0,)):
    return desk.run("recordings", "backup", "--no-check", "--output", "json", *words, ok=ok).json


def test_copies_are_the_same_bytes_and_listed(school):
    done = backup(school)
    assert len(done["copied"]) == 3 and done["failed"] == [] and done["left"] == []
    want = sorted(content(school, item) for item in items(school))
    assert sorted(path.read_bytes() for path in stored(school).values()) == want
    assert done["fetched_bytes"] == sum(map(len, want))
    (sums,) = (copies_at(school) / "manifests").iterdir()
    assert {line.split("  ", 1)[1] for line in sums.read_text("utf-8").splitlines()} == set(stored(school))


def test_names_say_when_and_which_class(school):
    backup(school)
    first = sorted(stored(school))[0]
    assert first.startswith("2026/11/2026-11-26 0900 7x-C000 ")


def test_a_second_run_asks_for_nothing(school):
    backup(school)
    before = school.requests()["round_trips"]
    done = backup(school)
    assert (done["copied"], done["copied_before"], done["fetched_bytes"]) == ([], 3, 0)
    assert school.requests()["round_trips"] == before
