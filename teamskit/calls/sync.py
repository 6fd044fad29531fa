"""Read call records into the ledger: list a window, fetch what is new or revised in batches, append after each batch.

Stopped at any moment, it loses at most one batch, and running it again ends in the same ledger: the stretch counts as
covered only by the last entry of a run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from teamskit.calls.coverage import covered_day, days_between, first_moment, gaps
from teamskit.calls.identities import Directory
from teamskit.calls.listing import readings_of
from teamskit.calls.model import CALL, COVERAGE, SyncResult
from teamskit.calls.record import body_of, entry_of, version_of
from teamskit.clock import Clock, at_school, iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger
from teamskit.tenant.graph import call_record_detail, list_call_records
from teamskit.tenant.transport import Transport

BATCH = 50
GONE = 404
OVERLAP = timedelta(days=2)

Progress = Callable[[int, int], None]
Records = Sequence[dict[str, Any]]


@dataclass
class _Tally:
    new: int = 0
    revised: int = 0
    without_detail: int = 0
    failed: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Around:
    """What stands around the records, read only when one is new: who people are, and the class id of each record.

    `classes` is given the new records and answers by record id; a record that it leaves out is of no class.
    """

    directory: Callable[[], Directory]
    classes: Callable[[Records], Mapping[str, str]]


def sync(
    transport: Transport,
    ledger: Ledger,
    around: Around,
    *,
    clock: Clock,
    since: date | None = None,
    overlap: timedelta = OVERLAP,
    progress: Progress | None = None,
) -> SyncResult:
    """Bring the ledger up to now; safe to repeat, and by two processes at once.

    Listed again are the last `overlap` before the log's end, once a week all that Microsoft keeps, or what began from
    `since` on. `progress` is told how many records of how many are done. Raises SignInError before the first request
    when a person is signed in: Microsoft shows call records to applications only.
    """
    transport.must_be_app("Call records")
    until = clock.now().replace(microsecond=0)
    begin = first_moment(until, since, readings_of(ledger), overlap)
    listed = sorted(list_call_records(transport, begin, until), key=lambda record: str(record["startDateTime"]))
    held = _held(ledger, listed)
    wanted = [record for record in listed if held.get(record["id"], 0) < version_of(record)]
    classes = around.classes(wanted) if wanted else {}
    tally, done = _Tally(), 0
    for batch in _batches(wanted):
        details = call_record_detail(transport, [str(record["id"]) for record in batch])
        bodies = list(_bodies(batch, details, tally, around.directory(), classes))
        ledger.append([entry_of(body, clock.now()) for body in bodies])
        _count(bodies, held, tally)
        done += len(batch)
        if progress:
            progress(done, len(wanted))
    return _close(ledger, clock.now(), begin, until, tally)


def _held(ledger: Ledger, listed: Records) -> dict[str, int]:
    held: dict[str, int] = {}
    for key, version in ledger.held(CALL, [str(record["id"]) for record in listed]):
        held[key] = max(version, held.get(key, 0))
    return held


def _batches(records: Records) -> Iterator[Records]:
    for first in range(0, len(records), BATCH):
        yield records[first : first + BATCH]


def _bodies(
    batch: Records, details: Mapping[str, Any], tally: _Tally, directory: Directory, classes: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    days = {day: directory.on(day) for day in {_day_of(record) for record in batch}}
    for record in batch:
        detail = details[record["id"]]
        there = days[_day_of(record)]
        class_id = classes.get(str(record["id"]))
        if isinstance(detail, dict):
            yield body_of(record, detail, there, class_id)
        elif detail.status == GONE:
            # Microsoft's words for it speak of 30 days, whatever the reason; the day was listed, so it is no gap.
            yield body_of(record, None, there, class_id)
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
        begin,
        until,
        tally.new,
        tally.revised,
        tuple(days),
        tally.without_detail,
        failed=len(tally.failed),
        gaps=gaps(readings, until),
    )
