"""Room for several files at once, and words on transfers."""

import pytest

from teamskit.cli.transfer_progress import left_words, size_words, time_words
from teamskit.errors import TargetError
from teamskit.recordings.placing import Room


def test_room_is_counted_for_all_at_once():
    room = Room("there", 100)
    with room.reserved(60):
        with pytest.raises(TargetError) as full, room.reserved(50):
            pass
        assert full.value.kind == "full" and "50 bytes: 40 are free" in full.value.what
    with pytest.raises(ValueError), room.reserved(40):
        raise ValueError
    # What failed holds no room; what was stored does.
    with room.reserved(40):
        pass
    with pytest.raises(TargetError), room.reserved(1):
        pass


def test_what_was_borrowed_is_there_again():
    room = Room("there", 100, "spool-full")
    for _ in range(3):
        with room.borrowed(80):
            pass
    with room.borrowed(80), pytest.raises(TargetError) as full, room.borrowed(21):
        pass
    assert full.value.kind == "spool-full"


def test_a_place_that_does_not_tell_has_room():
    with Room("there", None).reserved(1 << 60):
        pass


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (12_345, "12 kB"),
        (1_500_000, "1.5 MB"),
        (700_000_000, "700 MB"),
        (1.24e9, "1.2 GB"),
        (3.1e12, "3,100 GB"),
    ],
)
def test_sizes(count, words):
    assert size_words(count) == words


def test_times():
    assert [time_words(one) for one in (20, 170, 7000)] == ["less than 1 min", "about 3 min", "about 2 h"]
    assert left_words(60, 0.5) == ", about 1 min left"
    assert left_words(5, 0.5) == left_words(60, 0.01) == left_words(60, 1) == ""
