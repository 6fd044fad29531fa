from datetime import UTC, date, datetime

import pytest

from teamskit.calls.listing import as_json, load_calls, readings_of
from teamskit.calls.model import RECORDING, CallFilter, Presence
from teamskit.calls.record import as_body, entry_of
from teamskit.ledger import Entry, Ledger

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SPAN = (datetime(2026, 10, 23, 8, 50, tzinfo=UTC), datetime(2026, 10, 23, 9, 30, tzinfo=UTC))
REID = Presence("acc-reid", "REI", "Mrs Reid", "staff", intervals=(SPAN,))
LEO = Presence("acc-leo", "004711", "Leo Ahmed", "pupil", "3", intervals=(SPAN,))


def body(call="c1", start="2026-10-23T08:50:00Z", version=1, people=(REID, LEO), **fields):
    basics = {"id": call, "version": version, "start": start, "end": "2026-10-23T09:30:00Z", "kind": "groupCall"}
    rest = {"modalities": ["audio"], "join_url": None, "detail": "complete", "class": "3A", **fields}
    return {**basics, **rest, "organiser": as_body(REID), "people": [as_body(one) for one in people]}


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "l.sqlite3") as opened:
        bodies = [
            body(),
            body(version=2, people=(REID,)),
            body("c2", "2026-10-24T23:30:00Z", kind="peerToPeer", **{"class": None}),
        ]
        opened.append([entry_of(one, NOON) for one in bodies])
        opened.append([Entry(RECORDING, "r1", 1, NOON, {"call": "c1"})])
        yield opened


def test_the_newest_word_on_each_call_in_order(ledger):
    calls = load_calls(ledger)
    assert [(call.id, call.version, call.recorded, len(call.people)) for call in calls] == [
        ("c1", 2, True, 1),
        ("c2", 1, False, 2),
    ]
    assert [call.is_lesson for call in calls] == [True, False]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (CallFilter(first=date(2026, 10, 24)), ["c2"]),
        (CallFilter(last=date(2026, 10, 24)), ["c1"]),
        (CallFilter(first=date(2026, 10, 25), last=date(2026, 10, 25)), ["c2"]),
        (CallFilter(person="leo ahmed"), ["c2"]),
        (CallFilter(person="004711"), ["c2"]),
        (CallFilter(person="acc-reid"), ["c1", "c2"]),
        (CallFilter(class_id="3A"), ["c1"]),
        (CallFilter(kind="peerToPeer"), ["c2"]),
    ],
)
def test_calls_are_chosen_by_school_day_person_class_and_kind(ledger, wanted, ids):
    assert [call.id for call in load_calls(ledger, wanted)] == ids


def test_the_documented_fields(ledger):
    document = as_json(load_calls(ledger)[0])
    named = {"id", "start", "end", "kind", "organiser", "class", "recorded", "people"}
    assert named <= set(document)
    assert document["organiser"] == "REI"
    assert document["start"] == "2026-10-23T08:50:00Z"
    assert document["people"][0]["intervals"] == [["2026-10-23T08:50:00Z", "2026-10-23T09:30:00Z"]]


def test_an_empty_ledger_has_no_readings(ledger):
    assert readings_of(ledger) == []
