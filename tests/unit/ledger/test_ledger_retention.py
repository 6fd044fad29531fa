"""What is due and what is not, at the edges; and what an export makes of long texts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from teamskit.errors import InputError
from teamskit.ledger import Entry, Ledger
from teamskit.ledger.export import LONGEST_CELL, Choice, extent_of, headings_of, json_lines, rows_of
from teamskit.ledger.retention import due, end_hold, first_kept, hold, holds

NOW = datetime(2027, 9, 1, 6, tzinfo=UTC)
TODAY = date(2027, 9, 1)
PRIVATE = {"people": [{"name": "Zoë"}]}


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite3") as opened:
        yield opened


def call(key, about, version=1):
    return Entry("call", key, version, about, {"id": key}, about=about, private=PRIVATE)


def other(kind, key, at, version=1, **body):
    return Entry(kind, key, version, at, body, about=at, private={"x": key})


@pytest.mark.parametrize(
    ("today", "years", "first"),
    [
        (date(2026, 11, 25), 2, date(2025, 9, 1)),
        (date(2027, 8, 31), 2, date(2025, 9, 1)),
        (date(2027, 9, 1), 2, date(2026, 9, 1)),
        (date(2027, 9, 1), 1, date(2027, 9, 1)),
    ],
)
def test_the_year_of_a_call_counts_as_the_first(today, years, first):
    assert first_kept(today, years) == first


def test_a_call_goes_by_the_schools_day_and_not_by_utc(ledger):
    midnight = datetime(2026, 8, 31, 23, tzinfo=UTC)
    ledger.append([call("summer", midnight - timedelta(seconds=1)), call("autumn", midnight)])
    found = due(ledger, TODAY, 2)
    assert (found.before, found.entries) == (date(2026, 9, 1), (1,))


def test_all_versions_go_and_none_of_a_call_that_moved_into_a_kept_year(ledger):
    old, new = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    ledger.append([call("a", old), call("a", old, 2), call("moved", old), call("moved", new, 2)])
    assert due(ledger, TODAY, 2).entries == (1, 2)


def test_what_is_about_a_call_goes_with_it_and_the_rest_by_its_own_day(ledger):
    old, new = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
    ledger.append([call("a", old), call("b", new)])
    ledger.append(
        [
            other("note", "late", new, call="a"),
            other("recording", "r", old, call="b"),
            other("attendance", "a", old, call="a"),
            other("note", "old", old, call=None),
            other("note", "new", new, call=None),
            other("export", "e", old, of="report"),
            other("hold", "h", old, calls=["b"], ended=True),
        ]
    )
    found = due(ledger, TODAY, 2)
    assert found.entries == (1, 3, 5, 6)
    assert found.kinds == {"call": 1, "note": 2, "attendance": 1}


def test_a_roll_goes_when_a_newer_one_took_its_place_before_that_day(ledger):
    days = [datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    ledger.append([other("roll", "7A", day, n) for n, day in enumerate(days, 1)])
    ledger.append([other("chat", "chat", days[0])])
    assert due(ledger, TODAY, 2).entries == (1,)


def test_holds_add_up_end_and_begin_afresh(ledger):
    ledger.append([call("a", NOW), call("b", NOW), call("c", NOW)])
    hold(ledger, "X", ["a"], "me", NOW)
    assert hold(ledger, "X", ["b"], "you", NOW).calls == ("a", "b")
    with pytest.raises(InputError, match="no call z"):
        hold(ledger, "X", ["c", "z"], "me", NOW)
    end_hold(ledger, "X", "me", NOW)
    with pytest.raises(InputError, match="no hold"):
        end_hold(ledger, "X", "me", NOW)
    assert hold(ledger, "X", ["c"], "me", NOW).calls == ("c",)
    assert [(one.case, one.calls, one.by, one.ended) for one in holds(ledger)] == [("X", ("c",), "me", False)]


def test_a_text_too_long_for_a_cell_goes_on_beside_and_none_is_lost(ledger):
    long = {"people": [{"name": f"Person {n}"} for n in range(4000)]}
    ledger.append([call("a", NOW), Entry("call", "b", 1, NOW, {"id": "b"}, about=NOW, private=long)])
    extent = extent_of(ledger, Choice())
    first, second = rows_of(ledger.each(), extent)
    assert extent.more >= 2
    assert len(first) == len(second) == len(headings_of(extent))
    assert all(len(cell) <= LONGEST_CELL + 10 for cell in second if isinstance(cell, str))
    whole = second[9] + "".join(cell.removeprefix("Who: ") for cell in second[11:])
    assert whole.count("Person ") == 4000
    assert len(list(json_lines(ledger.each()))) == 2


def test_a_choice_takes_school_days_of_what_an_entry_is_about_or_else_when_it_was_learnt(ledger):
    evening = datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC)
    ledger.append([call("june", evening), call("july", evening + timedelta(seconds=1))])
    ledger.append([Entry("coverage", "c", 1, evening, {})])
    june = Choice((), date(2026, 6, 1), date(2026, 6, 30))
    assert [entry.key for entry in ledger.each((), *june.span)] == ["june", "c"]
    assert [entry.key for entry in ledger.each(("call",), *Choice((), date(2026, 7, 1)).span)] == ["july"]
