"""The sweep over presences, against a second by second reference that is too slow to be wrong."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from teamskit.calls.model import Presence
from teamskit.calls.presence import union
from teamskit.safeguarding.stretches import Timeline

ZERO = datetime(2026, 11, 9, 9, tzinfo=UTC)
ROLES = ("pupil", "staff", "outside", "unknown")

stays = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4)
people = st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from("abc"), stays), max_size=6)


def second(n):
    return ZERO + timedelta(seconds=n)


def presence(role, name, spans):
    intervals = union((second(a), second(b)) for a, b in spans)
    return Presence(f"{role} {name}", name, name, role, intervals=intervals)


def present(spoken, n):
    """Who is there in second n, by role and id: the slow way."""
    return frozenset((role, name) for role, name, spans in spoken if any(a <= n < b for a, b in spans))


def runs(spoken, holds):
    """Unbroken runs of seconds in which something holds of those present, by begin and end."""
    found, begin = [], None
    for n in range(62):
        is_so = holds(present(spoken, n))
        if is_so and begin is None:
            begin = n
        if not is_so and begin is not None:
            found.append((second(begin), second(n)))
            begin = None
    return found


@given(people)
def test_stretches_are_the_longest_runs_of_the_same_people(spoken):
    line = Timeline(presence(*one) for one in spoken)
    got = [(one.begin, one.end, frozenset((p.role, p.id) for p in line.those(one.mask))) for one in line.stretches]
    wanted, begin = [], 0
    for n in range(1, 63):
        if present(spoken, n) != present(spoken, begin):
            if present(spoken, begin):
                wanted.append((second(begin), second(n), present(spoken, begin)))
            begin = n
    assert got == wanted


@given(people)
def test_unbroken_times_without_staff(spoken):
    line = Timeline(presence(*one) for one in spoken)
    got = line.while_(lambda mask: not mask & line.staff and (mask & line.pupils).bit_count() > 1)

    def pupils_only(there):
        roles = [role for role, _ in there]
        return "staff" not in roles and roles.count("pupil") > 1

    assert [(one.begin, one.end) for one in got] == runs(spoken, pupils_only)


@given(people)
def test_everybody_stands_once_and_only_who_was_there(spoken):
    line = Timeline(presence(*one) for one in spoken)
    there = {(role, name) for role, name, spans in spoken if any(a < b for a, b in spans)}
    assert sorted((p.role, p.id) for p in line.people) == sorted(there)


@given(people, st.integers(1, 2), st.integers(0, 20))
def test_where_some_are_steady_no_longer_time_is_without_them(spoken, number, slack):
    line = Timeline(presence(*one) for one in spoken)
    if line.has_steady(number, line.pupils, timedelta(seconds=slack)):

        def lacks(there):
            return there and sum(role == "pupil" for role, _ in there) < number

        assert all(end - begin <= timedelta(seconds=slack) for begin, end in runs(spoken, lacks))


def test_a_teacher_who_is_there_but_for_the_first_minute_is_steady():
    line = Timeline([presence("staff", "a", [(1, 60)]), presence("pupil", "b", [(0, 60)])])
    assert line.has_steady(1, line.staff, timedelta(seconds=1))
    assert not line.has_steady(1, line.staff, timedelta(0))
    assert not line.has_steady(2, line.staff, timedelta(seconds=1))
    assert not line.has_steady(1, line.others, timedelta(seconds=1))
