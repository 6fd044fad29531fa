"""What closes a finding, what agrees it, and what keeps its id: evidence in, findings out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from teamskit.calls.model import CallEntry, Presence
from teamskit.registers import AgreedRegister, Agreement, ConsentRegister
from teamskit.safeguarding import Evidence, evaluate

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
END = START + timedelta(minutes=40)
DUE = END + timedelta(hours=24)
SECOND = timedelta(seconds=1)


def there(role, name, begin=START, end=END, **more):
    return Presence(f"account-{name}", name, name.title(), role, intervals=((begin, end),), **more)


REID, LEO, ISLA = there("staff", "reid"), there("pupil", "leo", year="3"), there("pupil", "isla", year="6")


def call(*people, **more):
    basics = {"kind": "groupCall", "organiser": REID, "class_id": None, "recorded": False, "detail": "complete"}
    basics |= {"recording": "seen" if more.get("recorded") else "none"}
    return CallEntry(**{"id": "c1", "version": 1, "start": START, "end": END, "people": people, **basics, **more})


def evidence(*calls, **more):
    known = {"looked_at": [DUE + timedelta(hours=1)], "consent": ConsentRegister(), "agreed": AgreedRegister()}
    days = {"first": date(2026, 11, 9), "last": date(2026, 11, 9)}
    return Evidence(**{"now": DUE + timedelta(days=2), "calls": calls, **known, **days, **more})


def states(found):
    return {one.finding: one.state for one in found}


def test_a_revised_record_closes_what_it_no_longer_bears_out():
    pair, group = call(REID, LEO), call(REID, LEO, ISLA, version=2)
    (before,) = evaluate(evidence(pair))
    after = {one.finding: one for one in evaluate(evidence(group, older=[pair]))}
    assert after["one-to-one"] == replace(before, state="closed", why=after["one-to-one"].why)
    assert "later version" in after["one-to-one"].why


def test_a_revision_that_says_the_same_keeps_finding_and_id():
    pair = call(REID, LEO)
    again = call(REID, replace(LEO, intervals=((START, END - SECOND),)), version=2)
    (before,), (after,) = evaluate(evidence(pair)), evaluate(evidence(again, older=[pair]))
    assert (before.id, after.id, after.state) == (after.id, before.id, "open")


def test_what_an_older_version_could_not_tell_is_not_held_against_the_call():
    first = call(REID, LEO, ISLA, detail="no sessions")
    found = evaluate(evidence(call(REID, LEO, ISLA, recorded=True, version=2), older=[first]))
    assert "not-known" not in states(found)


@pytest.mark.parametrize(
    ("found_at", "looks", "said"),
    [
        (DUE - SECOND, [DUE - timedelta(hours=2)], None),
        (DUE, [DUE], None),
        (DUE + timedelta(days=1), [DUE + timedelta(hours=1), DUE + timedelta(days=1)], "closed"),
        (DUE + timedelta(days=1), [DUE + timedelta(days=1)], None),
        (DUE + timedelta(days=1), [DUE - SECOND, DUE + timedelta(days=1)], None),
        (None, [DUE], "open"),
        (None, [DUE - SECOND], "not known"),
        (None, [], "not known"),
    ],
)
def test_a_recording_that_comes_late_closes_the_finding_that_stood(found_at, looks, said):
    lesson = call(REID, LEO, ISLA, recorded=bool(found_at), recorded_at=found_at)
    found = states(evaluate(evidence(lesson, looked_at=looks)))
    assert found.get("unrecorded-lesson", "not known" if "not-known" in found else None) == said


def test_before_a_recording_has_to_be_there_nothing_is_said():
    early = evidence(call(REID, LEO, ISLA), now=DUE - SECOND, looked_at=[END])
    assert evaluate(early) == []
    late = evidence(call(REID, LEO, ISLA), now=DUE, looked_at=[DUE])
    assert states(evaluate(late)) == {"unrecorded-lesson": "open"}


def test_where_the_tenant_would_not_tell_of_recordings_a_lesson_is_not_known():
    untold = evidence(call(REID, LEO, ISLA, recording="not known"))
    assert states(evaluate(untold)) == {"not-known": "open"}


def test_times_of_the_attendance_report_are_times():
    lesson = call(REID, LEO, ISLA, detail="attendance", recorded=True)
    assert set(states(evaluate(evidence(lesson)))) == {"no-consent"}


def test_a_call_of_two_has_no_meeting_whose_recording_could_be_missing():
    pair = call(REID, LEO, kind="peerToPeer", recording="not known")
    assert states(evaluate(evidence(pair))) == {"one-to-one": "open"}


def test_the_id_does_not_hang_on_the_registers():
    open_one = evaluate(evidence(call(REID, LEO)))[0]
    row = Agreement("one-to-one", "leo", "REID", reason="SEND support", agreed_by="SENCO", row=2)
    agreed = evaluate(evidence(call(REID, LEO), agreed=AgreedRegister((row,))))[0]
    assert (agreed.id, agreed.state) == (open_one.id, "agreed")
    assert agreed.why == "Agreed by SENCO: SEND support."


def test_an_agreement_for_one_of_three_strangers_agrees_nothing():
    strangers = [there("outside", name, joined_as="guest", address=f"{name}@mail.example") for name in ("a", "b")]
    rows = [Agreement("outside-person", outside=f"{name}@MAIL.example", row=n) for n, name in enumerate("ab")]
    one, both = AgreedRegister(tuple(rows[:1])), AgreedRegister(tuple(rows))
    meeting = call(REID, LEO, *strangers, recorded=True)
    assert states(evaluate(evidence(meeting, agreed=one)))["outside-person"] == "open"
    assert states(evaluate(evidence(meeting, agreed=both)))["outside-person"] == "agreed"


def test_everybody_concerned_is_named_by_id_and_in_words():
    found = {one.finding: one for one in evaluate(evidence(call(REID, LEO, recorded=True)))}
    assert set(found["one-to-one"].people) == {"reid", "leo"}
    assert found["one-to-one"].text == (
        "Reid and Leo (year 3) were the only people in this call. They were together for 40 minutes."
    )
    assert found["no-consent"].people == ("leo",)
    assert found["no-consent"].text.startswith("Leo (year 3) was in a recorded call.")


def test_findings_come_worst_first_then_by_time():
    late = replace(call(REID, LEO, ISLA), id="c2", start=START + timedelta(hours=10), end=END + timedelta(hours=10))
    looked_at = [DUE + timedelta(days=1)]
    found = evaluate(evidence(late, call(REID, LEO), looked_at=looked_at))
    assert [(one.finding, one.call) for one in found] == [
        ("one-to-one", "c1"),
        ("out-of-hours", "c2"),
        ("unrecorded-lesson", "c2"),
    ]


def test_one_account_twice_is_one_person_and_one_number_of_two_schools_is_two():
    minute = ((START, START + timedelta(minutes=1)),)
    assert states(evaluate(evidence(call(REID, LEO, replace(LEO, intervals=minute))))) == {"one-to-one": "open"}
    namesake = replace(LEO, account="account-of-another-school")
    assert states(evaluate(evidence(call(REID, LEO, namesake)))) == {"unrecorded-lesson": "open"}
