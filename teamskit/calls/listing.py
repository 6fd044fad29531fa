"""Calls out of the ledger, chosen and in order. Knows nothing of the tenant."""

from collections.abc import Sequence
from typing import Any

from teamskit.calls.coverage import Reading, span_of
from teamskit.calls.model import CALL, COVERAGE, RECORDING, CallEntry, CallFilter, Presence
from teamskit.calls.record import of_body
from teamskit.clock import at_school, iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger


def load_calls(ledger: Ledger, wanted: CallFilter | None = None) -> list[CallEntry]:
    """Give the newest word on each call that fits, by start and id."""
    recorded = {str(entry.body["call"]) for entry in ledger.latest(RECORDING)}
    wanted = wanted or CallFilter()
    since = span_of(wanted.first)[0] if wanted.first else None
    until = span_of(wanted.last)[1] if wanted.last else None
    calls = (_call(entry, entry.key in recorded) for entry in ledger.latest(CALL, since, until))
    fitting = [call for call in calls if fits(call, wanted)]
    return sorted(fitting, key=lambda call: (call.start, call.id))


def older_calls(ledger: Ledger, newest: Sequence[CallEntry]) -> list[CallEntry]:
    """Give what earlier versions said of calls that were revised since, oldest first."""
    versions = {call.id: call.version for call in newest if call.version}
    revised = [key for key, version in versions.items() if version > 1]
    entries = ledger.versions(CALL, revised)
    return [_call(entry, False) for entry in entries if entry.version < versions[entry.key]]


def readings_of(ledger: Ledger) -> list[Reading]:
    """Give every finished run of the ledger, oldest first."""
    return [
        Reading(parse_iso(entry.body["from"]), parse_iso(entry.body["until"]), parse_iso(entry.body["at"]))
        for entry in ledger.read(COVERAGE)
    ]


def fits(call: CallEntry, wanted: CallFilter) -> bool:
    """Say whether a call is wanted; its day is the school's, on which it began."""
    day = at_school(call.start).date()
    return (
        (wanted.first is None or wanted.first <= day)
        and (wanted.last is None or day <= wanted.last)
        and wanted.class_id in (None, call.class_id)
        and wanted.kind in (None, call.kind)
        and (wanted.person is None or _names(call, wanted.person))
    )


def as_json(call: CallEntry) -> dict[str, Any]:
    """Give the documented JSON of one call; times in ISO 8601 UTC."""
    return {
        "id": call.id,
        "start": iso(call.start),
        "end": iso(call.end),
        "kind": call.kind,
        "organiser": call.organiser.id if call.organiser else None,
        "class": call.class_id,
        "recorded": call.recorded,
        "detail": call.detail,
        "version": call.version,
        "people": [_person(person) for person in call.people],
    }


def _person(person: Presence) -> dict[str, Any]:
    intervals = [[iso(joined), iso(left)] for joined, left in person.intervals]
    named = {"id": person.id, "name": person.name, "role": person.role, "year": person.year}
    return {**named, "joined_as": person.joined_as, "intervals": intervals}


def _names(call: CallEntry, person: str) -> bool:
    asked = person.casefold()
    everybody = [*call.people, *([call.organiser] if call.organiser else [])]
    return any(asked in (one.id.casefold(), one.account.casefold(), one.name.casefold()) for one in everybody)


def _call(entry: Entry, recorded: bool) -> CallEntry:
    body, private = entry.body, entry.private or {}
    named = private.get("people") or [None] * len(body["people"])
    return CallEntry(
        id=body["id"],
        version=body["version"],
        start=parse_iso(body["start"]),
        end=parse_iso(body["end"]),
        kind=body["kind"],
        organiser=of_body(body["organiser"], private.get("organiser")) if body["organiser"] else None,
        class_id=body["class"],
        recorded=recorded,
        detail=body["detail"],
        people=tuple(of_body(*both) for both in zip(body["people"], named, strict=True)),
        modalities=tuple(body["modalities"]),
        join_url=private.get("join_url"),
        seq=entry.seq,
    )
