"""Read call records into the ledger: list a window, fetch what is new or revised in batches, append after each batch.

Stopped at any moment, it loses at most one batch, and running it again ends in the same ledger: the stretch counts as
covered only by the last entry of a run.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from teamskit.calls.coverage import covered_day, days_between, first_moment
from teamskit.calls.identities import Directory
from teamskit.calls.listing import readings_of
from teamskit.calls.model import CALL, COVERAGE, SyncResult, Who
from teamskit.calls.record import body_of, entry_of, version_of
from teamskit.clock import Clock, at_school, iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger
from teamskit.tenant.graph import call_record_detail, list_call_records
from teamskit.tenant.transport import Transport

BATCH = 50
GONE = 404

Progress = Callable[[int, int], None]


@dataclass
class _Tally:
    new: int = 0
    revised: int = 0
    without_detail: int = 0
    failed: list[datetime] = field(default_factory=list)


def sync(
    transport: Transport,
    ledger: Ledger,
    *,
    people: Mapping[str, Who],
    class_of_thread: Mapping[str, str],
    own_tenant: str,
    clock: Clock,
    since: date | None = None,
    guests: Collection[str] = (),
    progress: Progress | None = None,
) -> SyncResult:
    """Bring the ledger up to now; safe to repeat, and by two processes at once.

    `people` is by account id, `class_of_thread` by the thread ids of the class teams' channels, `guests` are account
    ids of guests in our own tenant. `progress` is told how many records of how many are done.
    """
    until = clock.now().replace(microsecond=0)
    begin = first_moment(until, since)
    listed = sorted(list_call_records(transport, begin, until), key=lambda record: str(record["startDateTime"]))
    held: dict[str, int] = {}
    for key, version in ledger.held(CALL):
        held[key] = max(version, held.get(key, 0))
    wanted = [record for record in listed if held.get(record["id"], 0) < version_of(record)]
    directory = Directory(people, own_tenant, frozenset(guests))
    tally, done = _Tally(), 0
    for batch in _batches(wanted):
        details = call_record_detail(transport, [str(record["id"]) for record in batch])
        bodies = list(_bodies(batch, details, tally, directory, class_of_thread))
        ledger.append([entry_of(body, clock.now()) for body in bodies])
        _count(bodies, held, tally)
        done += len(batch)
        if progress:
            progress(done, len(wanted))
    return _close(ledger, clock.now(), begin, until, tally)


def _batches(records: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for first in range(0, len(records), BATCH):
        yield records[first : first + BATCH]


def _bodies(
    batch: Sequence[dict[str, Any]],
    details: Mapping[str, Any],
    tally: _Tally,
    directory: Directory,
    class_of_thread: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    days = {day: directory.on(day) for day in {_day_of(record) for record in batch}}
    for record in batch:
        detail = details[record["id"]]
        there = days[_day_of(record)]
        if isinstance(detail, dict):
            yield body_of(record, detail, there, class_of_thread)
        elif detail.status == GONE:
            yield body_of(record, None, there, class_of_thread)
        else:
            tally.failed.append(parse_iso(record["startDateTime"]))


def _day_of(record: Mapping[str, Any]) -> date:
    return at_school(parse_iso(record["startDateTime"])).date()


def _count(bodies: Sequence[dict[str, Any]], held: Mapping[str, int], tally: _Tally) -> None:
    revised = sum(body["id"] in held for body in bodies)
    tally.new += len(bodies) - revised
    tally.revised += revised
    tally.without_detail += sum(body["detail"] == "not available" for body in bodies)


def _close(ledger: Ledger, now: datetime, begin: datetime, until: datetime, tally: _Tally) -> SyncResult:
    # What could not be read must not count as covered, nor may what began after it: the next run starts from there.
    reached = min([until, *tally.failed])
    if reached > begin:
        body = {"from": iso(begin), "until": iso(reached), "at": iso(until)}
        ledger.append([Entry(COVERAGE, "/".join(body.values()), 1, now, body)])
    readings = readings_of(ledger)
    days = [day for day in days_between(begin, until) if covered_day(day, readings).status == "covered"]
    return SyncResult(
        begin, until, tally.new, tally.revised, tuple(days), tally.without_detail, failed=len(tally.failed)
    )
