"""The ledger itself: open, append, read. Entries go in whole batches and come out as values; none is ever changed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, exists, func, insert, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from teamskit.clock import iso, parse_iso
from teamskit.errors import LedgerBroken
from teamskit.ledger.engine import hold_for_writing, open_engine
from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.schema import bring_up_to_date
from teamskit.ledger.tables import ENTRIES, PRIVATE

ASKED_AT_ONCE = 200
ROWS_AT_ONCE = 500


class Ledger:
    """An open ledger. Several processes may hold the same one open and append at once."""

    def __init__(self, place: Path | str) -> None:
        """Open and, where needed, make or migrate the ledger; see `open`."""
        self._where = str(place) if isinstance(place, Path) else place.partition("://")[0]
        with self._in_words():
            self._engine = open_engine(place)
            self._writer = self._engine.execution_options(teamskit_writes=True)
            bring_up_to_date(self._writer)

    @classmethod
    def open(cls, place: Path | str) -> Self:
        """Open a ledger in a file (SQLite, mode 0600) or behind a SQLAlchemy URL; it is made on first use.

        Raises LedgerBroken when it cannot be opened or is of a newer teamskit.
        """
        return cls(place)

    def __enter__(self) -> Self:
        """Give the ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give the database's files back."""
        self._engine.dispose()

    def append(self, entries: Sequence[Entry]) -> int:
        """Append all entries in one transaction and give how many were new.

        An entry whose kind, key and version are there already is left out, whatever its body says: the first word of a
        version stands. `seq` of what is handed in is not looked at.
        """
        if not entries:
            return 0
        with self._in_words(), self._writer.begin() as connection:
            hold_for_writing(connection)
            held = _held_of(connection, entries)
            new = [entry for name, entry in _by_name(entries).items() if name not in held]
            last = connection.execute(select(func.coalesce(func.max(ENTRIES.c.seq), 0))).scalar_one()
            placed = list(enumerate(new, last + 1))
            if placed:
                connection.execute(insert(ENTRIES), [_row(seq, entry) for seq, entry in placed])
            apart = [(seq, entry.private) for seq, entry in placed if entry.private is not None]
            if apart:
                connection.execute(insert(PRIVATE), [{"seq": seq, "body": canonical(body)} for seq, body in apart])
            return len(new)

    def read(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Give every entry of a kind in the order it was appended, all versions; `since` <= about < `until`."""
        return list(self._entries(_within(_ENTRIES.where(ENTRIES.c.kind == kind), since, until)))

    def latest(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Give the newest version of each key of a kind, in the order these were appended; `since` <= about < `until`.

        The newest version counts: an older one that lies in the period does not stand in for one that does not.
        """
        return list(self.each_latest(kind, since, until))

    def each_latest(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> Iterator[Entry]:
        """Give the same as `latest`, one at a time, so that a whole term's bodies need not be held at once."""
        yield from self._entries(newest_of(kind, since, until))

    def held(self, kind: str) -> set[tuple[str, int]]:
        """Give key and version of every entry of a kind, without reading the bodies."""
        query = select(ENTRIES.c.key, ENTRIES.c.version).where(ENTRIES.c.kind == kind)
        with self._in_words(), self._engine.connect() as connection:
            return {(key, version) for key, version in connection.execute(query)}

    def size(self) -> int:
        """Give the number of entries."""
        with self._in_words(), self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()

    def _entries(self, query: Select[Any]) -> Iterator[Entry]:
        with self._in_words(), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query):
                yield _entry(row)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as wrong:
            # The driver's own words only: SQLAlchemy's message repeats the values, and these may be names.
            raise LedgerBroken(
                f"the ledger cannot be used: {getattr(wrong, 'orig', None) or type(wrong).__name__}",
                where=self._where,
                next_step="Check that the file is there, is this school's, and that the disk is not full.",
            ) from None


_ENTRIES = select(ENTRIES, PRIVATE.c.body.label("private")).select_from(ENTRIES.outerjoin(PRIVATE))


def newest_of(kind: str, since: datetime | None = None, until: datetime | None = None) -> Select[Any]:
    """Select the entries of a kind and period that no later version supersedes, whatever period that one is of.

    Only the period's entries are looked at, by the index on kind and about, and each is asked for a later version.
    """
    later = ENTRIES.alias("later")
    same_key = (later.c.kind == ENTRIES.c.kind) & (later.c.key == ENTRIES.c.key)
    superseded = exists().where(same_key & (later.c.version > ENTRIES.c.version))
    return _within(_ENTRIES.where(ENTRIES.c.kind == kind, ~superseded), since, until)


def _within(query: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        query = query.where(ENTRIES.c.about >= iso(since))
    if until is not None:
        query = query.where(ENTRIES.c.about < iso(until))
    return query.order_by(ENTRIES.c.seq)


def _by_name(entries: Sequence[Entry]) -> dict[tuple[str, str, int], Entry]:
    named: dict[tuple[str, str, int], Entry] = {}
    for entry in entries:
        named.setdefault((entry.kind, entry.key, entry.version), entry)
    return named


def _held_of(connection: Connection, entries: Sequence[Entry]) -> set[tuple[str, str, int]]:
    names = list(_by_name(entries))
    columns = (ENTRIES.c.kind, ENTRIES.c.key, ENTRIES.c.version)
    held: set[tuple[str, str, int]] = set()
    for first in range(0, len(names), ASKED_AT_ONCE):
        asked = names[first : first + ASKED_AT_ONCE]
        held.update(tuple(row) for row in connection.execute(select(*columns).where(tuple_(*columns).in_(asked))))
    return held


def _row(seq: int, entry: Entry) -> dict[str, Any]:
    return {
        "seq": seq,
        "kind": entry.kind,
        "key": entry.key,
        "version": entry.version,
        "at": iso(entry.at),
        "about": iso(entry.about) if entry.about else None,
        "body": canonical(entry.body),
    }


def _entry(row: Row[Any]) -> Entry:
    about = parse_iso(row.about) if row.about else None
    private = json.loads(row.private) if row.private else None
    return Entry(row.kind, row.key, row.version, parse_iso(row.at), json.loads(row.body), row.seq, about, private)
