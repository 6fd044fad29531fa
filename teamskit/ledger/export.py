"""Entries of a period as plain rows or lines, for who wants the ledger itself and not a report; and the word on it.

An export takes names out of the school's keeping, so each is an entry of its own before the file is written.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from teamskit.clock import SCHOOL_ZONE, at_school, iso
from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.retention import EXPORT
from teamskit.ledger.store import Ledger

HEADINGS = (
    "Seq",
    "Kind",
    "Key",
    "Version",
    "Revises",
    "Written (UTC)",
    "About (UTC)",
    "At school",
    "What",
    "Who",
    "Kept",
)
LONGEST_CELL = 30_000
"""A spreadsheet's cell holds little more; longer text goes on in columns of its own."""
JSON = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """What to export: some kinds (none: all) of some of the school's days (None: from the first, to the last)."""

    kinds: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """Give the moments between which an entry's own must lie."""
        after = self.last + timedelta(days=1) if self.last else None
        since, until = (datetime.combine(day, time(), SCHOOL_ZONE) if day else None for day in (self.first, after))
        return since, until

    def as_json(self) -> JSON:
        """Give the facts of it."""
        first, last = (day.isoformat() if day else None for day in (self.first, self.last))
        return {"kinds": sorted(self.kinds), "from": first, "to": last}


@dataclass(frozen=True)
class Extent:
    """How many entries an export holds, and how many columns at its end their longest texts go on in."""

    entries: int
    more: int


def extent_of(ledger: Ledger, choice: Choice) -> Extent:
    """Measure an export before it is made."""
    entries, *longest = ledger.measure(choice.kinds, *choice.span)
    return Extent(entries, sum(max(0, -(-letters // LONGEST_CELL) - 1) for letters in longest))


def line_of(entry: Entry) -> JSON:
    """Give an entry as one documented JSON object; `forgotten` says that its private part is no longer kept."""
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "key": entry.key,
        "version": entry.version,
        "revises": entry.revises,
        "at": iso(entry.at),
        "about": iso(entry.about) if entry.about else None,
        "body": entry.body,
        "private": entry.private,
        "forgotten": entry.forgotten,
    }


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Give a line for each entry, ASCII, with its end."""
    for entry in entries:
        yield json.dumps(line_of(entry), separators=(",", ":")) + "\n"


def headings_of(extent: Extent) -> tuple[str, ...]:
    """Give the headings of the table; what is too long for a cell goes on in columns at the end."""
    return (*HEADINGS, *(f"Continued {n}" for n in range(1, extent.more + 1)))


def rows_of(entries: Iterable[Entry], extent: Extent) -> Iterator[tuple[Any, ...]]:
    """Give a row for each entry."""
    for entry in entries:
        row, more = _row(entry)
        yield (*row, *more, *[""] * (extent.more - len(more)))


def _row(entry: Entry) -> tuple[tuple[Any, ...], list[str]]:
    what, who = canonical(entry.body), canonical(entry.private) if entry.private is not None else ""
    more = [f"{name}: {part}" for name, text in (("What", what), ("Who", who)) for part in _cut(text)[1:]]
    kept = "no longer" if entry.forgotten else "yes"
    moments = (entry.at, entry.about, at_school(entry.about) if entry.about else None)
    named = (entry.seq, entry.kind, entry.key, entry.version, entry.revises, *moments)
    return (*named, _cut(what)[0], _cut(who)[0], kept), more


def _cut(text: str) -> list[str]:
    return [text[at : at + LONGEST_CELL] for at in range(0, len(text), LONGEST_CELL)] or [""]


def record_export(ledger: Ledger, what: Mapping[str, Any], *, file: str, by: str, at: datetime) -> None:
    """Append the word on an export: `what` says in plain facts what left (form, period, kinds, how many)."""
    ledger.append([Entry(EXPORT, secrets.token_hex(8), 1, at, what, private={"by": by, "file": file})])
