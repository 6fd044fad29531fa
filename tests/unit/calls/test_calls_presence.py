from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from teamskit.calls.presence import union

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def at(minute):
    return NOON + timedelta(minutes=minute)


def test_two_devices_and_a_rejoin_are_one_presence():
    assert union([(at(5), at(20)), (at(0), at(10)), (at(30), at(40))]) == ((at(0), at(20)), (at(30), at(40)))


def test_intervals_are_half_open_so_touching_ones_are_one_and_empty_ones_none():
    assert union([(at(0), at(5)), (at(5), at(9)), (at(12), at(12))]) == ((at(0), at(9)),)


@given(spans)
def test_the_union_holds_the_same_minutes_and_no_two_touch(pairs):
    merged = union([(at(a), at(b)) for a, b in pairs])
    for minute in range(60):
        inside = any(a <= minute < b for a, b in pairs)
        assert inside == any(joined <= at(minute) < left for joined, left in merged)
    assert all(one[1] < two[0] for one, two in zip(merged, merged[1:], strict=False))
