"""Whether the part of a ledger that a period rests on stands as it was signed, without a look at the rest."""

from datetime import UTC, datetime, timedelta

import pytest
from tampering import Intruder

from teamskit.ledger.entries import Entry
from teamskit.ledger.keys import make_key
from teamskit.ledger.store import Ledger

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path):
    """A ledger of ten days, one append a day of five calls and a word on having read them."""
    place = tmp_path / "ledger.sqlite3"
    with Ledger.open(place) as ledger:
        for day in range(10):
            at = MONDAY + day * DAY
            calls = [
                Entry("call", f"c{day}-{n}", 1, at, {"n": n}, about=at, private={"name": f"N{n}"}) for n in range(5)
            ]
            ledger.append([*calls, Entry("coverage", f"d{day}", 1, at, {})])
    return place


def holds(path, first, last):
    with Ledger.open(path) as ledger:
        return ledger.holds(MONDAY + first * DAY, MONDAY + (last + 1) * DAY)


def spoil(path, sql):
    intruder = Intruder(path, 1)
    intruder.do_it = lambda: intruder.base.execute(sql)
    intruder.deed("do_it")


def test_every_period_of_an_untouched_ledger_holds(path):
    assert all(holds(path, first, last) for first in range(10) for last in range(first, 10))
    assert holds(path, -30, -20)
    assert holds(path, 20, 30)


def test_an_empty_ledger_holds(tmp_path):
    make_key(tmp_path / "ledger.key", "school.example/ledger/1")
    assert holds(tmp_path / "new.sqlite3", 0, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET body = '{}' WHERE seq = 27",
        "UPDATE entries SET about = '2026-01-01T00:00:00Z' WHERE seq = 27",
        "UPDATE private SET body = '{}' WHERE seq = 27",
        "DELETE FROM private WHERE seq = 27",
        "DELETE FROM entries WHERE seq = 27",
        "UPDATE entries SET leaf = zeroblob(32) WHERE seq = 27",
        "INSERT INTO entries SELECT 61, kind, 'more', version, at, body, about, revises, sealed, leaf FROM entries"
        " WHERE seq = 27",
    ],
)
def test_what_was_changed_in_the_period_is_seen(path, sql):
    spoil(path, sql)
    assert not holds(path, 4, 4)
    assert not holds(path, 0, 9)


def test_a_head_that_is_not_as_it_was_signed_proves_nothing(path):
    spoil(path, "UPDATE heads SET root = zeroblob(32) WHERE number = 5")
    assert not holds(path, 4, 4)
    assert holds(path, 0, 9), "the heads before and after are enough"


def test_what_was_changed_elsewhere_is_left_to_verify(path):
    spoil(path, "UPDATE entries SET body = '{}' WHERE seq = 27")
    assert holds(path, 0, 2)
    assert holds(path, 6, 9)


def test_names_that_a_purge_took_away_are_not_missing(path):
    with Ledger.open(path) as ledger:
        ledger.forget([25, 26], Entry("purge", "p", 1, MONDAY + 20 * DAY, {"entries": [[25, 26]]}), if_size=60)
    assert holds(path, 4, 4)
    spoil(path, "DELETE FROM private WHERE seq = 27")
    assert not holds(path, 4, 4)


def test_without_the_key_nothing_can_be_told(path):
    (path.parent / "ledger.key").unlink()
    assert holds(path, 4, 4) is None
