"""Calls out of the ledger, chosen and in order. Knows nothing of the tenant."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from teamskit.calls.coverage import Reading, span_of
from teamskit.calls.looks import Looks, state_of
from teamskit.calls.model import ATTENDANCE, CALL, COVERAGE, RECORDING, CallEntry, CallFilter, Presence
from teamskit.calls.name_order import name_place
from teamskit.calls.record import ROLES, of_body
from teamskit.clock import at_school, iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger
from teamskit.roster.pause import collector_paused

NUMBERED = 10
"""From so many visitors without a name, their numbers have two digits."""


def load_calls(ledger: Ledger, wanted: CallFilter | None = None) -> list[CallEntry]:
    """Give the newest word on each call that fits, by start and id."""
    with collector_paused():
        return sorted(each_call(ledger, wanted), key=lambda call: (call.start, call.id))


def each_call(ledger: Ledger, wanted: CallFilter | None = None) -> Iterator[CallEntry]:
    """Give the same, one at a time and in the order they were learnt; only entries of the days asked for are read."""
    chosen = wanted or CallFilter()
    since, until = span_of_days(chosen.first, chosen.last)
    seen: dict[str, datetime] = {}
    for entry in ledger.each_latest(RECORDING, since, until, named=False):
        seen.setdefault(str(entry.body["call"]), entry.at)
    came = {entry.key: entry for entry in ledger.latest(ATTENDANCE, since, until)}
    looks = Looks.of(ledger, since, until)
    untold, events = looks.untold, looks.events
    for entry in ledger.each_latest(CALL, since, until):
        call = _call(entry, seen.get(entry.key), came.get(entry.key))
        if fits(call, chosen):
            state = state_of(call, entry.body.get("meeting", True), looks, untold)
            yield replace(call, recording=state, viewers_unknown=call.viewers_unknown or call.id in events)


def span_of_days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """Give the moments between which days at school lie, both included; None where there is no bound."""
    return span_of(first)[0] if first else None, span_of(last)[1] if last else None


def older_calls(ledger: Ledger, newest: Sequence[CallEntry]) -> list[CallEntry]:
    """Give what earlier versions said of calls that were revised since, oldest first."""
    versions = {call.id: call.version for call in newest if call.version}
    revised = [key for key, version in versions.items() if version > 1]
    now = {call.id: call for call in newest}
    older = (entry for entry in ledger.versions(CALL, revised) if entry.version < versions[entry.key])
    return [
        replace(_call(entry, now[entry.key].recorded_at, None), recording=now[entry.key].recording) for entry in older
    ]


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
        "recording": call.recording,
        "recorded_at": iso(call.recorded_at) if call.recorded_at else None,
        "viewers_unknown": call.viewers_unknown,
        "school_start": at_school(call.start).isoformat(),
        "school_end": at_school(call.end).isoformat(),
        "detail": call.detail,
        "version": call.version,
        "people": [_person(person) for person in call.people],
    }


def _person(person: Presence) -> dict[str, Any]:
    intervals = [[iso(joined), iso(left)] for joined, left in person.intervals]
    named = {"id": person.id, "name": person.name, "role": person.role, "year": person.year}
    return {**named, "joined_as": person.joined_as, "used": list(person.used), "intervals": intervals}


def _names(call: CallEntry, person: str) -> bool:
    asked = person.casefold()
    everybody = [*call.people, *([call.organiser] if call.organiser else [])]
    return any(asked in (one.id.casefold(), one.account.casefold(), one.name.casefold()) for one in everybody)


def _call(entry: Entry, recorded_at: datetime | None, attendance: Entry | None) -> CallEntry:
    body, private = entry.body, entry.private or {}
    detail, people = body["detail"], _people(entry)
    if attendance and detail == "no sessions":
        detail, people = "attendance", _people(attendance)
    return CallEntry(
        id=body["id"],
        version=body["version"],
        start=parse_iso(body["start"]),
        end=parse_iso(body["end"]),
        kind=body["kind"],
        organiser=of_body(body["organiser"], private.get("organiser")) if body["organiser"] else None,
        class_id=body["class"],
        recorded=recorded_at is not None,
        detail=detail,
        people=people,
        modalities=tuple(body["modalities"]),
        join_url=private.get("join_url"),
        seq=entry.seq,
        recorded_at=recorded_at,
        viewers_unknown=bool(body.get("viewers_unknown")),
    )


def _people(entry: Entry) -> tuple[Presence, ...]:
    shown = entry.body["people"]
    named = (entry.private or {}).get("people") or [None] * len(shown)
    people = tuple(of_body(*both) for both in zip(shown, named, strict=True))
    # The log keeps names as letters sort, visitor 10 before visitor 2; who is not of the school stands last.
    is_mixed = len(people) >= NUMBERED and people[-NUMBERED].role in ROLES[2:]
    return tuple(sorted(people, key=_place)) if is_mixed else people


def _place(person: Presence) -> tuple[object, ...]:
    return ROLES.index(person.role), name_place(person.name), person.account
