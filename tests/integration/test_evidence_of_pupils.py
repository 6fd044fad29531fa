"""What is gathered from the ledger before a period: a call whose names were forgotten is no sign of absence."""

from dataclasses import replace
from datetime import UTC, date, datetime

from teamskit.calls.model import CALL
from teamskit.cli.evidence_of_pupils import with_pupils
from teamskit.ledger import Ledger
from teamskit.ledger.entries import Entry
from teamskit.safeguarding import Evidence

AT = datetime(2026, 11, 10, 10, tzinfo=UTC)
PERSON = {"role": "pupil", "joined_as": "user", "intervals": [], "used": []}
NAMES = {"account": "a-1", "id": "000001", "name": "Ann", "year": "5", "address": ""}


def call_entry(name, start, private):
    body = {
        **{"id": name, "version": 1, "listed_version": 1, "revised_at": None, "kind": "groupCall", "modalities": []},
        **{"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{start:%Y-%m-%dT%H:%M:%SZ}", "class": None},
        **{"organiser": None, "detail": "complete", "people": [PERSON]},
    }
    return Entry(CALL, name, 1, AT, body, about=start, private=private)


def test_a_forgotten_call_of_the_lead_makes_its_day_not_known(tmp_path):
    named = {"join_url": None, "organiser": None, "people": [NAMES]}
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        ledger.append([call_entry("kept", AT, named), call_entry("gone", AT.replace(day=11), None)])
        evidence = Evidence(now=AT, first=date(2026, 11, 16), last=date(2026, 11, 20), calls=[])
        found = with_pupils(replace(evidence, forgotten={date(2026, 11, 17)}), ledger, whole=False)
    assert [call.id for call in found.earlier] == ["kept"]
    assert found.forgotten == {date(2026, 11, 11), date(2026, 11, 17)}
