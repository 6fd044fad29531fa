"""Who opened, downloaded or deleted a recording, by the audit log; ledger entries of kind `opening`.

A search of the audit log takes its time, from seconds to hours: one that has not ended when a run does is read by the
next run. What is found twice is written once, as each record has an id of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from teamskit.clock import at_school, iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.recordings.files import RecordedFile, Somebody
from teamskit.recordings.people import People, Standing
from teamskit.tenant.calls import Reply
from teamskit.tenant.graph import audit_records, audit_search_state, begin_audit_search
from teamskit.tenant.transport import Transport

OPENING = "opening"
OPENED = ("FileAccessed", "FileAccessedExtended", "FileDownloaded", "FileSyncDownloadedFull")
DOWNLOADED = ("FileDownloaded", "FileSyncDownloadedFull")
DELETED = ("FileDeleted", "FileRecycled", "FileDeletedFirstStageRecycleBin", "FileDeletedSecondStageRecycleBin")
AT_ONCE = 400
"""Files a search; each stands in it by its address in both ways of writing."""
WAITS = (15, 15, 30, 60, 120, 180, 180)
"""Seconds between looks at a search that runs: ten minutes in all."""
RUNNING = ("notStarted", "running")
OVERLAP = timedelta(hours=24)
"""How far back is asked again: a record may come into the audit log a day late."""
GIVEN_UP = timedelta(days=2)
_PROGRAMS = ("system", "application", "serviceprincipal", "systempolicy")
_NOBODY = ("app@", "sharepoint\\system", "nt service", "s-1-0-0")


@dataclass(frozen=True)
class Opening:
    """What somebody did to a recording at `at`; `role` is what he is to the school, `file` the file's key."""

    id: str
    call: str
    file: str
    at: datetime
    operation: str
    role: Standing
    who: Somebody = field(default_factory=lambda: Somebody(""))
    about: datetime | None = None

    @property
    def is_deletion(self) -> bool:
        """Say whether it took the file away."""
        return self.operation in DELETED


@dataclass(frozen=True)
class Searches:
    """Searches of one run that had not ended when it did; together they cover all files up to `until`."""

    ids: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class Heard:
    """What the audit log told: all is known up to `until` (None: nothing yet), `pending` is still being searched.

    `refused` says that it may not be read, or would not answer; `records` counts what it told of the files, what
    programs did to them too.
    """

    entries: tuple[Entry, ...] = ()
    until: datetime | None = None
    pending: Searches | None = None
    refused: bool = False
    records: int = 0


def openings_of(entries: Iterable[Entry]) -> list[Opening]:
    """Read ledger entries, in the order they were written."""
    return [_opening(entry) for entry in entries]


def hear(
    transport: Transport,
    files: Sequence[RecordedFile],
    people: People,
    known_until: datetime | None,
    pending: Searches | None = None,
    *,
    waits: Sequence[int] = WAITS,
) -> Heard:
    """Ask what was done to files since `known_until`, and read first what the searches of an earlier run have found.

    While one of these runs no other is begun, unless it has run for two days. `waits` are the seconds between looks at
    a search that runs; whoever cannot wait gives none, and the next run reads it.
    """
    now = transport.clock.now().replace(microsecond=0)
    before = _read(transport, pending, files, people, waits) if pending else Heard(until=known_until)
    if before.pending and now - before.pending.until < GIVEN_UP:
        return Heard(before.entries, known_until, before.pending)
    known = known_until if pending and (before.refused or before.pending) else before.until
    begun = [_begun(transport, part, first_moment(known, files), now) for part in _parts(files)]
    if None in begun:
        return Heard(before.entries, known, refused=True)
    found = _read(transport, Searches(tuple(one for one in begun if one), now), files, people, waits)
    return Heard(
        (*before.entries, *found.entries),
        known if found.refused or found.pending else now,
        found.pending,
        found.refused,
        before.records + found.records,
    )


def _read(
    transport: Transport, searches: Searches, files: Sequence[RecordedFile], people: People, waits: Sequence[int]
) -> Heard:
    """Wait for searches, and read them when all have ended."""
    states = _wait(transport, searches.ids, waits)
    if any(state in RUNNING for state in states.values()):
        return Heard(pending=searches)
    found = [audit_records(transport, one) if state == "succeeded" else Reply(0) for one, state in states.items()]
    records = [record for part in found if not isinstance(part, Reply) for record in part]
    places = {_plain(one.web_url) for one in files}
    told = sum(_plain(str(record.get("objectId") or "")) in places for record in records)
    entries = tuple(_entries(records, files, people, transport.clock.now()))
    return Heard(entries, searches.until, refused=any(isinstance(part, Reply) for part in found), records=told)


def _parts(files: Sequence[RecordedFile]) -> Iterator[Sequence[RecordedFile]]:
    for first in range(0, len(files), AT_ONCE):
        yield files[first : first + AT_ONCE]


def _begun(transport: Transport, files: Sequence[RecordedFile], since: datetime, until: datetime) -> str | None:
    # The audit log writes an address as people read it, a drive item percent-encoded.
    places = sorted({place for one in files for place in (one.web_url, unquote(one.web_url)) if place})
    reply = begin_audit_search(transport, since, until, [*OPENED, *DELETED], places)
    found = reply.body.get("id") if reply.ok and isinstance(reply.body, Mapping) else None
    return str(found) if found else None


def _wait(transport: Transport, searches: Sequence[str], waits: Sequence[int]) -> dict[str, str]:
    """Give each search's state, when all have ended or the patience has."""
    states: dict[str, str] = {}
    for pause in (0, *waits):
        transport.clock.sleep(pause)
        for one in searches:
            if states.get(one, RUNNING[0]) in RUNNING:
                states[one] = audit_search_state(transport, one)
        if not any(state in RUNNING for state in states.values()):
            break
    return states


def _entries(
    records: Iterable[Mapping[str, Any]], files: Sequence[RecordedFile], people: People, at: datetime
) -> Iterator[Entry]:
    by_place = {_plain(one.web_url): one for one in files}
    for record in records:
        file = by_place.get(_plain(str(record.get("objectId") or "")))
        if file and not _is_program(record):
            yield _entry(record, file, people, at)


def _plain(address: str) -> str:
    return unquote(address).casefold().rstrip("/")


def _is_program(record: Mapping[str, Any]) -> bool:
    """Say whether a program did it: the service itself, or ours, which reads recordings to back them up."""
    kind, who = str(record.get("userType") or "").casefold(), _address(record).casefold()
    return kind in _PROGRAMS or any(who.startswith(one) for one in _NOBODY)


def _address(record: Mapping[str, Any]) -> str:
    return str(record.get("userPrincipalName") or record.get("userId") or "")


def _entry(record: Mapping[str, Any], file: RecordedFile, people: People, at: datetime) -> Entry:
    address = _address(record)
    account = people.account_of("", address.casefold())
    done_at = parse_iso(str(record["createdDateTime"]))
    body = {
        "call": file.call,
        "file": file.key,
        "at": iso(done_at),
        "operation": str(record.get("operation") or ""),
        "role": _role(address, account, people, at_school(done_at).date()),
    }
    private = {"account": account, "address": address}
    return Entry(OPENING, str(record["id"]), 1, at, body, about=file.about, private=private)


def _role(address: str, account: str, people: People, day: date) -> Standing:
    """Say what somebody was that day; the service writes `anonymous`, or a name of its own kind, for a stranger."""
    if _is_urn(address) or address.casefold() == "anonymous":
        return "outside"
    return people.standing(account, address, day)


def _is_urn(address: str) -> bool:
    return address.casefold().startswith("urn:spo:")


def _opening(entry: Entry) -> Opening:
    body, private = entry.body, entry.private or {}
    address = str(private.get("address", ""))
    # Who was invited without an account stands there as urn:spo:guest#address.
    who = Somebody(str(private.get("account", "")), "", address.rpartition("#")[2] if _is_urn(address) else address)
    told = (body["call"], body["file"], parse_iso(body["at"]), body["operation"], body["role"])
    return Opening(entry.key, *told, who, entry.about)


def first_moment(known_until: datetime | None, files: Sequence[RecordedFile]) -> datetime:
    """Give from when the audit log has to be asked: where it was left, or earlier for a file that is new since."""
    if known_until is None:
        return min(one.about for one in files)
    new = [one.about for one in files if one.first_seen_at is None or one.first_seen_at > known_until]
    return min([known_until - OVERLAP, *new])
