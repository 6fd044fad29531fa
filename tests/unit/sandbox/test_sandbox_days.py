"""Made-up school days: the same each time, possible, and each with its situations and look-alikes."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

import pytest

from teamskit.clock import parse_iso
from teamskit.sandbox import school_days

DAYS = [date(2026, 9, 7), date(2026, 11, 9), date(2026, 11, 10)]
OPENS = {DAYS[0]: "07:45:00Z", DAYS[1]: "08:45:00Z", DAYS[2]: "08:45:00Z"}
LEFT = "p149"
KINDS = {
    **{"one-to-one": 2, "alone-in-group": 1, "pupils-only": 1, "pupil-organised": 1, "outside-person": 2},
    **{"unknown-person": 1, "out-of-hours": 1, "unrecorded-lesson": 2},
}


def classes(count=12, size=12):
    """Classes of a school with a teacher each; a pupil is in up to three of them."""
    pupils = [f"p{n:03}" for n in range(count * size)]
    return [
        {
            "group": f"g{n:02}-{k}",
            "owners": [f"t{(n + 5 * k) % count:02}"],
            "members": pupils[n * size + k :: 3 * k + 1][:size],
            "name": f"C{n}{k}",
        }
        for n in range(count)
        for k in range(3)
    ]


def played(days=DAYS, **more):
    people = [f"p{n:03}" for n in range(150)]
    options = {"day": (time(8, 45), time(15, 30)), "seed": 3, "accounts": people, **more}
    return list(school_days(classes(), days, is_here=lambda who, on: who != LEFT, **options))


def first_words(calls):
    return [one for one in calls if "revised_at" not in one]


def test_the_same_calls_together_and_day_by_day():
    together = played()
    assert together == played()
    assert together == [call for day in DAYS for call in played([day])]
    assert together != played(seed=4)


@pytest.mark.parametrize("day", DAYS)
def test_every_situation_is_planted_each_day_beside_look_alikes(day):
    calls = [one for one in first_words(played()) if one["start"].startswith(day.isoformat())]
    assert Counter(kind for one in calls for kind in one["planted"]) == KINDS
    assert {kind for one in calls for kind in one["innocent"]} == {*KINDS}
    assert not any(set(one["planted"]) & set(one["innocent"]) for one in calls)
    lessons = [one for one in calls if one["group"]]
    assert min(one["start"] for one in lessons) == f"{day.isoformat()}T{OPENS[day]}"
    assert len({one["id"] for one in calls}) == len(calls)
    assert 30 < len(calls) <= 75


def test_a_record_a_day_is_revised_the_morning_after_next_and_shows_a_second_adult():
    calls = played()
    revised = [one for one in calls if "revised_at" in one]
    assert [one["revised_at"] for one in revised] == [
        "2026-09-09T08:00:00Z",
        "2026-11-11T09:00:00Z",
        "2026-11-12T09:00:00Z",
    ]
    for one in revised:
        first = next(call for call in first_words(calls) if call["id"] == one["id"])
        assert len(one["people"]) == len(first["people"]) + 1 == 3


def test_nobody_is_in_two_calls_at_once():
    busy = defaultdict(list)
    for call in first_words(played()):
        visiting = {"unknown-person"} & {*call["innocent"], *call["planted"]}
        for one in call["people"][: -1 if visiting else None]:
            if "account" in one:
                busy[one["account"]] += [tuple(parse_iso(text) for text in span) for span in one["intervals"]]
    assert len(busy) > 100
    for spans in busy.values():
        ordered = sorted(spans)
        assert all(left <= joined for (_, left), (joined, _) in zip(ordered, ordered[1:], strict=False))


def test_intervals_are_in_order_and_inside_their_call():
    for call in played():
        first, last = (parse_iso(call[key]) for key in ("start", "end"))
        for one in call["people"]:
            moments = [parse_iso(text) for span in one["intervals"] for text in span]
            assert moments == sorted(moments)
            assert first <= moments[0]
            assert moments[-1] <= last


def test_a_day_has_no_more_calls_than_asked_for():
    assert len(first_words(played(DAYS[:1], most=20))) == 20
    assert len(first_words(played(DAYS[:1], most=75))) > 40


def test_somebody_is_away_for_a_fortnight_and_somebody_until_thursday():
    days = [date(2026, 9, 14) + timedelta(n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]
    there = defaultdict(set)
    for call in played(days):
        for one in call["people"]:
            there[one.get("account")].add(datetime.fromisoformat(call["start"]).date())
    pupils = {pupil for each in classes() for pupil in each["members"]} - {LEFT}
    assert len(pupils - there.keys()) == 1
    assert any(not there[pupil] & set(days[:4]) and days[4] in there[pupil] for pupil in pupils)


@pytest.mark.parametrize("few", [[], [{"group": "g", "owners": ["t"], "members": ["t"], "name": ""}]])
def test_a_school_without_lessons_has_no_calls(few):
    assert list(school_days(few, DAYS, day=(time(9), time(15)), seed=0)) == []


def test_a_class_of_two_has_lessons_and_nothing_that_needs_more_people():
    one = [{"group": "g", "owners": ["t"], "members": ["p", "q"], "name": ""}]
    calls = list(school_days(one, DAYS[:1], day=(time(9), time(15)), seed=0))
    assert [call["planted"] for call in calls if call["group"]][:3] == [[], [], []]
