from datetime import UTC, datetime, timedelta

from teamskit.calls.looks import Looks, state_of
from teamskit.calls.model import LOOKED, CallEntry, Presence
from teamskit.ledger import Entry

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REID = Presence("a", "REI", "Mrs Reid", "staff")


def call(seq=1, recorded=False, organiser=REID):
    return CallEntry("c1", 1, NINE, NINE + HOUR, "groupCall", organiser, None, recorded, "complete", seq=seq)


def looks(*made):
    return Looks(
        [
            Entry(LOOKED, str(seq), 1, at, {"untold": untold, "told": told, "events": []}, seq=seq)
            for seq, at, untold, told in made
        ]
    )


def is_open(found, one):
    return found.is_open(one, found.untold)


def test_a_call_is_asked_for_until_three_days_after_its_end():
    assert is_open(looks(), call())
    evening = looks((2, NINE + 10 * HOUR, [], []))
    assert is_open(evening, call())
    assert state_of(call(), True, evening, evening.untold) == "none"
    late = looks((2, NINE + 73 * HOUR, [], []))
    assert not is_open(late, call())
    assert is_open(looks((2, NINE + 73 * HOUR - timedelta(seconds=1), [], [])), call())
    assert late.is_open(call(), late.untold, again=NINE)
    assert not late.is_open(call(), late.untold, again=NINE + HOUR)
    assert not late.is_open(call(recorded=True), late.untold, again=NINE)


def test_a_call_that_came_after_the_last_search_was_not_looked_for():
    found = looks((2, NINE + 2 * DAY, [], []))
    assert is_open(found, call(seq=3))
    assert state_of(call(seq=3), True, found, found.untold) == "not known"


def test_what_could_not_be_told_is_asked_again_and_told_later():
    refused = (2, NINE + 4 * DAY, ["c1"], [])
    assert is_open(looks(refused), call())
    assert state_of(call(), True, looks(refused), looks(refused).untold) == "not known"
    told = looks(refused, (3, NINE + 5 * DAY, [], ["c1"]))
    assert not is_open(told, call())
    assert state_of(call(), True, told, told.untold) == "none"


def test_what_is_too_old_to_be_asked_stays_not_known():
    late = looks((2, NINE + 31 * DAY, [], []))
    assert state_of(call(), True, late, late.untold) == "not known"


def test_a_call_whose_meeting_cannot_be_asked_for_is_not_known():
    found = looks((2, NINE + 2 * DAY, [], []))
    assert state_of(call(), False, found, found.untold) == "not known"
    visitor = Presence("v", "v", "visitor 1 of this call", "outside")
    assert state_of(call(organiser=visitor), True, found, found.untold) == "not known"
    assert state_of(call(recorded=True), False, found, found.untold) == "seen"
