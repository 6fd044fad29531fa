"""not-seen, by the table in tests/data/pupils and by what the table cannot say."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from teamskit.calls.coverage import Reading, span_of
from teamskit.calls.model import CallEntry, Presence
from teamskit.calls.roll import ClassRoll, OnRoll, Rolls, RollTaken
from teamskit.registers import AgreedRegister, Agreement
from teamskit.safeguarding import Evidence, evaluate
from teamskit.safeguarding.finding import Note
from teamskit.safeguarding.not_seen import not_seen, not_told
from teamskit.school.model import FindingMinutes

CASES = json.loads((Path(__file__).parents[2] / "data" / "pupils" / "not-seen.json").read_text("utf-8"))["cases"]
FIRST = date(2026, 11, 2)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
TEO = OnRoll("s/pupil/000017", "000017", "Tomasz Nowak", "5", "a-17")
REID = Presence("a-reid", "REI", "Mrs Reid", "staff")


def nth(number):
    return FIRST + timedelta(days=number - 1)


def there(person, call_at, minutes=40):
    return replace(person, intervals=((call_at, call_at + timedelta(minutes=minutes)),))


def pupil(one=TEO):
    return Presence(one.account or "", one.id, one.name, "pupil", one.year)


def a_call(day, people, *, hour=10, class_id="5W", organiser=REID, detail="complete", **more):
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    timed = tuple(there(one, start) if detail == "complete" else one for one in people)
    basics = {"id": f"{day}-{hour}", "version": 1, "start": start, "end": start + timedelta(minutes=40)}
    fields = {**basics, "kind": "groupCall", "organiser": organiser, "class_id": class_id, "recorded": True}
    return CallEntry(**{**fields, "detail": detail, "people": timed, **more})


def calls_of(lessons, pupils):
    """Make the calls of a case: another pupil is in every lesson."""
    other = Presence("a-1", "000001", "Ann", "pupil", "5")
    for day, letter, who in zip(map(nth, range(1, len(lessons) + 1)), lessons, pupils, strict=True):
        people = [REID, other, *([pupil()] if who == "x" else [])]
        if letter in "Lp":
            yield a_call(day, people, organiser=REID if letter == "L" else other)
        elif letter in "un":
            detail, named = ("no sessions", people) if letter == "u" else ("not available", [])
            yield a_call(day, named, detail=detail)
        if who in "ot":
            yield a_call(day, [pupil()], hour=16, class_id=None, detail="complete" if who == "o" else "no sessions")


def readings(log):
    """One reading for each run of covered days, made well after them."""
    for number, letter in enumerate(log, 1):
        if letter == "c":
            since, until = span_of(nth(number))
            yield Reading(since, until, LATER)


def rolls(case):
    days = {"joined_on": "joined", "left_on": "left", "since": "since", "until": "until"}
    one = replace(TEO, **{name: nth(case[key]) for name, key in days.items() if key in case})
    taken = datetime(2026, 9, 1, tzinfo=UTC)
    if "account" not in case:
        return Rolls((RollTaken(taken, ClassRoll("s", "5W", "Willow", (one,))),))
    without = RollTaken(taken, ClassRoll("s", "5W", "Willow", (replace(one, account=None),)))
    from_then = case["account"]
    matched = RollTaken(span_of(nth(from_then))[0], ClassRoll("s", "5W", "Willow", (one,)))
    return Rolls((without, matched) if from_then else (without,))


def evidence_of(case, **more):
    lessons, pupils = case["lessons"].replace(" ", ""), case["pupil"].replace(" ", "")
    log = case.get("log", "c" * len(lessons)).replace(" ", "")
    calls = sorted(calls_of(lessons, pupils), key=lambda call: call.start)
    last = nth(len(lessons))
    made = Evidence(now=LATER, first=FIRST, last=last, calls=calls, readings=list(readings(log)), rolls=rolls(case))
    return replace(made, **more)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"].replace(" ", "-"))
def test_the_table(case):
    evidence = evidence_of(case)
    found = not_seen(evidence)
    assert len(found) == min(1, len(case["found"])), [one.text for one in found]
    if case["found"]:
        first, last = (nth(number) for number in case["found"][-1])
        (one,) = found
        assert (one.finding, one.severity, one.state) == ("not-seen", "low", "open")
        assert (one.call, one.pupil, one.people) == (None, "000017", ("000017",))
        assert f"from {first.day} to {last.day} November 2026" in one.text
        assert ("1 other time" in one.text) == (len(case["found"]) > 1)
    assert [one.pupil.id for one in not_told(evidence)] == ([] if case.get("told", True) else ["000017"])


FIVE = {"lessons": "LLLLL..", "pupil": "-------"}


def test_how_many_days_is_for_the_school_to_say():
    evidence = evidence_of({"lessons": "LLL....", "pupil": "-------"})
    assert not_seen(evidence) == []
    assert len(not_seen(replace(evidence, minutes=FindingMinutes(not_seen_days=3)))) == 1


def test_the_sentence_and_when_he_was_seen_again():
    (one,) = not_seen(evidence_of({"lessons": "LLLLLL.", "pupil": "-----x-"}))
    assert one.text == (
        "Tomasz Nowak (year 5) was in none of the 5 lessons of Willow from 2 to 6 November 2026, or in any other call."
        " Seen in a call again on 7 November 2026."
    )
    assert one.at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_the_id_rests_on_the_pupil_so_that_notes_stay_with_the_child():
    (first,) = not_seen(evidence_of(FIVE))
    (longer,) = not_seen(evidence_of({"lessons": "LLLLL.. LLLL...", "pupil": "------- -------"}))
    assert first.id == longer.id and first.text != longer.text


def test_two_pupils_of_one_number_in_two_schools_are_two_findings():
    other = replace(TEO, key="t/pupil/000017", name="Ola Nowak", account="a-99")
    evidence = evidence_of(FIVE)
    (taken,) = evidence.rolls.taken
    both = Rolls((replace(taken, roll=replace(taken.roll, pupils=(TEO, other))),))
    found = not_seen(replace(evidence, rolls=both))
    assert len({one.id for one in found}) == 2


def test_a_pupil_is_found_by_his_account_though_the_roster_did_not_know_him_then():
    evidence = evidence_of(FIVE)
    stranger = Presence("a-17", "a-17", "Tomasz", "unknown")
    assert not_seen(replace(evidence, calls=[*evidence.calls, a_call(nth(3), [stranger], hour=15)])) == []


def test_a_call_over_midnight_counts_for_both_days():
    late = a_call(nth(2), [pupil()], hour=23)
    end = late.start + timedelta(hours=2)
    late = replace(late, end=end, people=(replace(pupil(), intervals=((late.start, end),)),))
    evidence = evidence_of({"lessons": "..LLLLL", "pupil": "-------"})
    assert len(not_seen(evidence)) == 1
    assert not_seen(replace(evidence, calls=[*evidence.calls, late])) == []


def test_a_moment_in_a_call_is_enough_and_no_time_at_all_is_not():
    evidence = evidence_of(FIVE)
    start = datetime(2026, 11, 4, 15, tzinfo=UTC)
    second = replace(pupil(), intervals=((start, start + timedelta(seconds=1)),))
    call = a_call(nth(3), [], hour=15, class_id=None)
    assert not_seen(replace(evidence, calls=[*evidence.calls, replace(call, people=(second,))])) == []
    assert len(not_seen(replace(evidence, calls=[*evidence.calls, replace(call, people=(pupil(),))]))) == 1


def test_a_time_that_began_before_the_period_is_seen_whole():
    evidence = evidence_of({"lessons": "LLLLL.. L......", "pupil": "------- -------"})
    later = nth(8)
    split = replace(
        evidence,
        first=later,
        earlier=[call for call in evidence.calls if call.start.date() < later],
        calls=[call for call in evidence.calls if call.start.date() >= later],
    )
    (one,) = not_seen(split)
    assert "6 lessons of Willow from 2 to 9 November" in one.text
    assert not_seen(replace(split, first=nth(9))) == []


def test_a_revised_record_that_shows_him_closes_it_visibly():
    evidence = evidence_of(FIVE)
    was = evidence.calls[2]
    now = replace(was, version=2, people=(*was.people, there(pupil(), was.start)))
    calls = [now if call is was else call for call in evidence.calls]
    (one,) = not_seen(replace(evidence, calls=calls, older=[was]))
    assert (one.state, one.id) == ("closed", not_seen(evidence)[0].id)
    assert "later version" in one.why


def test_today_is_not_over_and_raises_neither_a_finding_nor_a_doubt():
    evidence = evidence_of({"lessons": "LLLLL", "pupil": "-----", "log": "ccccg"})
    assert [one.why for one in not_told(evidence)] == ["the log does not cover every day"]
    at_noon = replace(evidence, now=datetime(2026, 11, 6, 12, tzinfo=UTC))
    assert not_seen(at_noon) == not_told(at_noon) == []


def test_a_class_of_the_same_code_in_another_school_of_the_trust_has_lessons_of_its_own():
    evidence = evidence_of(FIVE)
    (taken,) = evidence.rolls.taken
    ann = OnRoll("s/pupil/000001", "000001", "Ann", "5", "a-1")
    elsewhere = ClassRoll("t", "5W", "Willow", (replace(TEO, key="t/pupil/000044", id="000044", account="a-44"),))
    here = replace(taken, roll=replace(taken.roll, pupils=(TEO, ann)))
    rolls = Rolls((here, replace(taken, roll=elsewhere)))
    assert [one.pupil for one in not_seen(replace(evidence, rolls=rolls))] == ["000017"]


def test_names_that_were_forgotten_are_no_absence():
    assert not_seen(replace(evidence_of(FIVE), forgotten={nth(3)})) == []


@pytest.mark.parametrize(("until", "state"), [(5, "agreed"), (4, "open"), (None, "agreed")])
def test_an_agreement_must_hold_on_every_day(until, state):
    last = nth(until) if until else None
    row = Agreement("not-seen", pupil="000017", first=nth(1), last=last, reason="in hospital", agreed_by="SENCO", row=2)
    (one,) = not_seen(replace(evidence_of(FIVE), agreed=AgreedRegister((row,))))
    assert one.state == state
    assert ("in hospital" in one.why) == (state == "agreed")


def settled_on(number, finding):
    return Note(finding.id, "spoke to mother", "DSL", span_of(nth(number))[0] + timedelta(hours=20), settles=True)


@pytest.mark.parametrize(
    ("lessons", "pupil", "settled", "state"),
    [
        ("LLLLL.. .......", "------- -------", 6, "settled"),
        ("LLLLL.. LLLL...", "------- -------", 6, "settled"),
        ("LLLLL.. LLLLL..", "------- -------", 6, "open"),
        ("LLLLL.. LLLLL..", "-----o- -------", 6, "open"),
        ("LLLLL.. LLLLL..", "-----o- -------", 13, "settled"),
        ("LLLLL.. LLLLL..", "------- -------", 13, "settled"),
    ],
)
def test_a_settling_note_speaks_for_what_was_known_then(lessons, pupil, settled, state):
    evidence = evidence_of({"lessons": lessons, "pupil": pupil})
    (finding,) = not_seen(evidence)
    (one,) = [
        one for one in evaluate(replace(evidence, notes=[settled_on(settled, finding)])) if one.finding == "not-seen"
    ]
    assert one.state == state and [note.text for note in one.notes] == ["spoke to mother"]
