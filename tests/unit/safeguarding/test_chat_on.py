"""chat-on: by what the service said at each sync, told as letters in tests/data/pupils/chat-on.json."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from teamskit.calls.coverage import Reading
from teamskit.policy.chat import ChatSeen, PupilChat
from teamskit.registers import AgreedRegister, Agreement
from teamskit.safeguarding import Evidence, evaluate
from teamskit.safeguarding.chat_on import chat_on
from teamskit.safeguarding.finding import Note

CASES = json.loads((Path(__file__).parents[2] / "data" / "pupils" / "chat-on.json").read_text("utf-8"))["cases"]
FIRST = datetime(2026, 11, 2, 2, tzinfo=UTC)
AMIRA = PupilChat("s/pupil/000021", "000021", "Amira Das", "7", "a-21", "Global", "Global")
OFF = {"Global": False, "Disable chat": False, "Music": True}


def seen(letter, at):
    """Make what a sync kept, from its letter."""
    policies = {**OFF, "Global": letter in "oP"}
    if letter == "r":
        return ChatSeen(read=False, why="refused", at=at)
    unclear = (replace(AMIRA, why="not listed"),) if letter == "?" else ()
    on = {
        "o": (AMIRA,),
        "m": (replace(AMIRA, policy="Music", route="direct"),),
        "d": (replace(AMIRA, policy="Music", route="direct", decided=True),),
    }
    return ChatSeen(True, "", 30, policies, on.get(letter, ()), unclear, at)


def evidence_of(syncs, **more):
    """Make the evidence of one sync every 12 hours; as at a sync, only what changed was kept."""
    moments = [FIRST + timedelta(hours=12 * n) for n in range(len(syncs))]
    kept = [n for n, letter in enumerate(syncs) if n == 0 or syncs[n - 1] != letter]
    readings = [Reading(at - timedelta(days=30), at, at) for at in moments]
    chats = [seen(syncs[n], moments[n]) for n in kept]
    made = Evidence(now=moments[-1], first=FIRST.date(), last=moments[-1].date(), calls=[], readings=readings)
    return replace(made, chats=chats, **more)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"].replace(" ", "-"))
def test_the_table(case):
    found = chat_on(evidence_of(case["syncs"]))
    assert [one.state for one in found] == ([case["state"]] if case["state"] else [])
    for one in found:
        assert (one.finding, one.severity, one.call, one.pupil) == ("chat-on", "high", None, "000021")
        assert case.get("says", "") in f"{one.text} {one.why}"


def test_the_sentence_says_by_what_and_since_when_and_that_programs_may_lag():
    (one,) = chat_on(evidence_of("pmm"))
    assert one.text == (
        "Chat is on for Amira Das (year 7), by the messaging policy Music, given to this pupil. This school did not"
        " decide so. Microsoft has shown it in effect since 2 November 2026, 14:00 at the latest."
    )
    assert "until they are restarted" in one.next_step
    assert one.at == FIRST + timedelta(hours=12)


def test_a_period_shows_what_was_on_in_it():
    syncs = evidence_of("ppmmppppppppp")
    day = timedelta(days=1)
    on = FIRST.date() + day
    assert [
        len(chat_on(replace(syncs, first=first, last=last)))
        for first, last in ((on - day, on - day), (on, on), (on + day, on + day), (on + 2 * day, on + 3 * day))
    ] == [0, 1, 1, 0]


def test_the_same_id_each_time_and_another_for_the_same_number_elsewhere():
    (now,) = chat_on(evidence_of("mm"))
    (again,) = chat_on(evidence_of("mmpppm"))
    assert now.id == again.id
    evidence = evidence_of("m")
    (chat,) = evidence.chats
    both = replace(chat, on=(*chat.on, replace(chat.on[0], key="t/pupil/000021")))
    assert len({one.id for one in chat_on(replace(evidence, chats=[both]))}) == 2


@pytest.mark.parametrize(
    ("syncs", "at_sync", "state"), [("mmm", 1, "settled"), ("mppm", 1, "open"), ("mppm", 3, "settled")]
)
def test_settled_holds_until_it_is_on_again(syncs, at_sync, state):
    evidence = evidence_of(syncs)
    (finding,) = chat_on(evidence)
    note = Note(finding.id, "IT knows", "DSL", FIRST + timedelta(hours=12 * at_sync), settles=True)
    (one,) = evaluate(replace(evidence, notes=[note]))
    assert one.state == state


def test_an_agreement_makes_it_agreed_for_its_days():
    row = Agreement("chat-on", pupil="000021", last=date(2026, 11, 3), reason="speech therapy", agreed_by="DSL", row=2)
    register = AgreedRegister((row,))
    assert [one.state for one in chat_on(evidence_of("mm", agreed=register))] == ["agreed"]
    assert [one.state for one in chat_on(evidence_of("mmmmmm", agreed=register))] == ["open"]
