"""The rules on presence against their definitions, counted second by second: slow, and with nothing to get wrong."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from teamskit.calls.model import CallEntry, Presence
from teamskit.calls.presence import union
from teamskit.registers import AgreedRegister, Agreement, ConsentRegister
from teamskit.safeguarding import Evidence, evaluate
from teamskit.school.model import FindingMinutes

ZERO = datetime(2026, 11, 9, 9, tzinfo=UTC)
STEP, STEPS = 20, 15
GRACE = 60
MINUTES = FindingMinutes(one_to_one=1, alone=1, pupils_only=1, lesson=2, recording_hours=24)
RAISED = ("one-to-one", "alone-in-group", "pupils-only", "unrecorded-lesson")

stays = st.lists(st.tuples(st.integers(0, STEPS), st.integers(0, STEPS), st.integers(-1, 1)), max_size=3)
person = st.tuples(st.sampled_from(["pupil", "pupil", "staff", "staff", "outside", "unknown"]), stays)
calls = st.lists(person, min_size=1, max_size=5)


def seconds(spans):
    """Give the seconds of stays; the third number moves the end by a second, to either side of a limit."""
    return {n for begin, end, more in spans for n in range(begin * STEP, end * STEP + more)}


def moment(n):
    return ZERO + timedelta(seconds=n)


def entry(people):
    there = []
    for n, (role, spans) in enumerate(people):
        intervals = union((moment(a * STEP), moment(b * STEP + more)) for a, b, more in spans)
        there.append(Presence(f"account {n}", f"id {n}", f"Name {n}", role, intervals=intervals))
    organiser = Presence("teacher", "teacher", "Teacher", "staff")
    end = moment((STEPS + 1) * STEP)
    return CallEntry("c", 1, ZERO, end, "groupCall", organiser, None, False, "complete", tuple(there), recording="none")


def by_definition(people):
    present = [seconds(spans) for _, spans in people]
    roles = [role for role, _ in people]
    ever = [n for n, there in enumerate(present) if there]
    last = (STEPS + 1) * STEP
    who = [frozenset(n for n in ever if second in present[n]) for second in range(last)]
    runs = [(there, len(list(same))) for there, same in groupby(who)]
    kinds = {there: sorted(roles[n] for n in there) for there in set(who)}
    found = set()
    together = sum(length for there, length in runs if len(there) == 2)
    if sorted(roles[n] for n in ever) == ["pupil", "staff"] and together > GRACE:
        found.add("one-to-one")
    if len(ever) > 2 and any(kinds[there] == ["pupil", "staff"] and length > GRACE for there, length in runs):
        found.add("alone-in-group")
    without = groupby(who, lambda there: kinds[there].count("pupil") > 1 and "staff" not in kinds[there])
    if any(is_so and len(list(same)) > GRACE for is_so, same in without):
        found.add("pupils-only")
    if sum(kinds[there].count("pupil") > 1 for there in who) >= 2 * 60:
        found.add("unrecorded-lesson")
    return found


def evidence(people, **more):
    day = date(2026, 11, 9)
    known = {"agreed": AgreedRegister(), "consent": ConsentRegister(), "looked_at": [ZERO + timedelta(days=2)]}
    basics = {"now": ZERO + timedelta(days=3), "first": day, "last": day, "calls": [entry(people)], "minutes": MINUTES}
    return Evidence(**{**basics, **known, **more})


@settings(max_examples=400, deadline=None)
@given(calls)
def test_what_is_raised_is_what_the_definitions_say(people):
    found = evaluate(evidence(people))
    assert {one.finding for one in found} & set(RAISED) == by_definition(people)
    assert len({one.finding for one in found}) == len(found)


@settings(max_examples=100, deadline=None)
@given(calls)
def test_the_stretch_that_is_shown_holds_what_it_is_shown_for(people):
    present = [seconds(spans) for _, spans in people]
    for one in evaluate(evidence(people)):
        if one.finding in ("alone-in-group", "pupils-only"):
            begin, end = ((side - ZERO) // timedelta(seconds=1) for side in one.span)
            assert end - begin > GRACE
            for second in (begin, end - 1):
                there = [people[n][0] for n, at in enumerate(present) if second in at]
                assert "staff" not in there if one.finding == "pupils-only" else sorted(there) == ["pupil", "staff"]


@settings(max_examples=100, deadline=None)
@given(calls)
def test_agreements_change_states_and_nothing_else(people):
    rows = tuple(Agreement(kind, row=n) for n, kind in enumerate(RAISED))
    before, after = evaluate(evidence(people)), evaluate(evidence(people, agreed=AgreedRegister(rows)))
    assert [one.id for one in before] == [one.id for one in after]
    assert {one.state for one in after if one.finding in RAISED} <= {"agreed"}
