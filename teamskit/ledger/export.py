"""Entries of a period as plain rows or lines, for who wants the ledger itself and not a report; and the word on it.

An export takes names out of the school's keeping, so each is an entry of its own before the file is written.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from teamskit.clock import at_school, iso
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


def entries_of(ledger: Ledger, kinds: Sequence[str], first: date | None, last: date | None) -> list[Entry]:
    """Give the entries of some kinds (all for none), by place; the day is the school's, of what each is about."""
    chosen = kinds or ledger.kinds()
    found = [entry for kind in chosen for entry in ledger.read(kind) if _falls(entry, first, last)]
    return sorted(found, key=lambda entry: entry.seq)


def _falls(entry: Entry, first: date | None, last: date | None) -> bool:
    day = at_school(entry.about or entry.at).date()
    return (first is None or first <= day) and (last is None or day <= last)


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


def json_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Give a line for each entry, ASCII, without its end."""
    for entry in entries:
        yield json.dumps(line_of(entry), separators=(",", ":"))


def rows_of(entries: Sequence[Entry]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give headings and a row for each entry; what is too long for a cell goes on in columns at the end."""
    rows = [_row(entry) for entry in entries]
    widest = max((len(more) for _, more in rows), default=0)
    headings = (*HEADINGS, *(f"Continued {n}" for n in range(1, widest + 1)))
    return headings, [(*row, *more, *[""] * (widest - len(more))) for row, more in rows]


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
