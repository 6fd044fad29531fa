"""The ledger itself: open, append, read. Entries go in whole batches and come out as values; none is ever changed."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, delete, exists, func, select
from sqlalchemy.exc import SQLAlchemyError

from teamskit.clock import iso, parse_iso
from teamskit.errors import InputError, LedgerBroken
from teamskit.ledger.appending import Stand, batches, put, put_head, stand_of
from teamskit.ledger.engine import hold_for_writing, open_engine, reading_options, shred
from teamskit.ledger.entries import Entry
from teamskit.ledger.heads import Head, strict_head
from teamskit.ledger.keys import KEY_FILE, PublicKey, Signer, make_key, new_name, read_key
from teamskit.ledger.merkle import Frontier
from teamskit.ledger.schema import bring_up_to_date
from teamskit.ledger.stretch import stretch_holds
from teamskit.ledger.tables import ENTRIES, HEADS, PRIVATE

OWNER = "teamskit"
_LOCKED = "database is locked"
"""What SQLite says when it has waited long enough."""
ROWS_AT_ONCE = 500


class Ledger:
    """An open ledger. Several processes may hold the same one open and append at once."""

    def __init__(self, place: Path | str, key: Path | None = None, owner: str = OWNER) -> None:
        """Open and, where needed, make or migrate the ledger; see `open`."""
        self._where = str(place) if isinstance(place, Path) else place.partition("://")[0]
        self._key = key or (place.with_name(KEY_FILE) if isinstance(place, Path) else Path(KEY_FILE))
        self._owner = owner
        self._held: Signer | None = None
        with self._in_words():
            self._engine = open_engine(place)
            self._writer = self._engine.execution_options(teamskit_writes=True)
            self._reader = self._engine.execution_options(**reading_options(self._engine))
            bring_up_to_date(self._writer, self._sign_all)

    @classmethod
    def open(cls, place: Path | str, *, key: Path | None = None, owner: str = OWNER) -> Self:
        """Open a ledger in a file (SQLite, mode 0600) or behind a SQLAlchemy URL; it is made on first use.

        `key` is the file of the key that signs its heads: `ledger.key` beside the file where none is named. A ledger
        that has no head yet gets one, named after `owner`. Raises LedgerBroken when the ledger cannot be opened or is
        of a newer teamskit.
        """
        return cls(place, key, owner)

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
        version stands. `seq` and `revises` of what is handed in are not looked at. Raises LedgerBroken when the key
        that signs is missing, or when somebody else wrote into the database.
        """
        if not entries:
            return 0
        with self._writing() as connection:
            stand = stand_of(connection)
            return put(connection, entries, stand, self._signer(stand))

    def forget(self, seqs: Sequence[int], because: Entry, *, if_size: int) -> bool:
        """Take away what identifies people in some entries, and append the entry that says so, in one transaction.

        False, and nothing done, when the ledger is no longer of the size at which this was decided. The bytes are gone
        from the database's files too, unless another program is reading it: then as soon as that one ends.
        """
        with self._writing() as connection:
            stand = stand_of(connection)
            if stand.tree.size != if_size:
                return False
            for some in batches(seqs):
                connection.execute(delete(PRIVATE).where(PRIVATE.c.seq.in_(some)))
            put(connection, [because], stand, self._signer(stand))
        with self._in_words():
            shred(self._engine)
        return True

    def new_key(self, entry: Callable[[PublicKey, PublicKey], Entry]) -> PublicKey:
        """Go on with a new key, because the old one is lost; `entry` makes the entry that says so of both keys.

        A file that holds another key is kept beside it. Raises InputError when nothing is signed yet, or when the right
        key is there.
        """
        with self._writing() as connection:
            stand = stand_of(connection)
            own = read_key(self._key)
            if not stand.heads or (own and own.public.text == stand.signer):
                why = "the key that signs this ledger is in its place" if stand.heads else "nothing is signed yet"
                raise InputError(f"{why}: no new key is needed", where=str(self._key))
            old = PublicKey.of_text(stand.signer)
            if own and own.name != old.name:
                raise InputError(
                    f"the ledger is {old.name} and the key of {own.name}: one of them is not this school's",
                    where=str(self._key),
                    next_step="Put the ledger and the key that belong together back from a copy of this folder.",
                )
            if own:
                self._key.replace(self._key.with_name(f"{self._key.name}.{own.public.id.hex()}"))
            self._held = make_key(self._key, old.name)
            put(connection, [entry(old, self._held.public)], stand, self._held)
            return self._held.public

    def newest_head(self) -> Head | None:
        """Give the head of the last append; None while the ledger is empty. Raises LedgerBroken when it is no head."""
        with self.reading() as connection:
            note = connection.execute(select(HEADS.c.note).order_by(HEADS.c.number.desc()).limit(1)).scalar()
        try:
            return None if note is None else strict_head(note)
        except ValueError:
            raise _altered("the newest head") from None

    def public_key(self) -> PublicKey | None:
        """Give the key that heads are checked with, as the school folder has it; None when there is none."""
        signer = self._held or read_key(self._key)
        return signer.public if signer else None

    def holds(self, since: datetime, until: datetime) -> bool | None:
        """Say whether what a period rests on stands as it was signed, None without the key; `verify` looks at all."""
        own = self.public_key()
        with self.reading() as connection:
            return stretch_holds(connection, own, since, until) if own else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection whose reads all see the ledger at one moment."""
        with self._in_words(), self._reader.begin() as connection:
            yield connection

    def read(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Give every entry of a kind in the order it was appended, all versions; `since` <= about < `until`."""
        return list(self._entries(_within(_ENTRIES.where(ENTRIES.c.kind == kind), since, until)))

    def latest(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Give the newest version of each key of a kind, in the order these were appended; `since` <= about < `until`.

        The newest version counts: an older one that lies in the period does not stand in for one that does not.
        """
        return list(self.each_latest(kind, since, until))

    def each_latest(
        self, kind: str, since: datetime | None = None, until: datetime | None = None, *, named: bool = True
    ) -> Iterator[Entry]:
        """Give the same as `latest`, one at a time, so that a whole term's bodies need not be held at once.

        Whoever does without the private parts says so with `named`, and they are not read.
        """
        yield from self._entries(newest_of(kind, since, until), named=named)

    def versions(self, kind: str, keys: Sequence[str]) -> list[Entry]:
        """Give every version of some keys of a kind, in the order they were appended."""
        wanted = (_ENTRIES.where(ENTRIES.c.kind == kind, ENTRIES.c.key.in_(part)) for part in batches(keys))
        return sorted((entry for query in wanted for entry in self._entries(query)), key=lambda entry: entry.seq)

    def each(
        self, kinds: Sequence[str] = (), since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Entry]:
        """Give the entries of some kinds (none: all) one at a time, as appended; `since` <= moment < `until`.

        The moment is what an entry is about; where it is about none, when it was learnt.
        """
        yield from self._entries(_of_kinds(_ENTRIES, kinds, since, until).order_by(ENTRIES.c.seq))

    def measure(
        self, kinds: Sequence[str] = (), since: datetime | None = None, until: datetime | None = None
    ) -> tuple[int, int, int]:
        """Give how many entries `each` would give, and the letters of their longest body and longest private part."""
        longest = (func.coalesce(func.max(func.length(text)), 0) for text in (ENTRIES.c.body, PRIVATE.c.body))
        query = select(func.count(), *longest).select_from(ENTRIES.outerjoin(PRIVATE))
        with self._in_words(), self._engine.connect() as connection:
            count, body, private = connection.execute(_of_kinds(query, kinds, since, until)).one()
        return count, body, private

    def held(self, kind: str, keys: Sequence[str] | None = None) -> set[tuple[str, int]]:
        """Give key and version of the entries of a kind, all or those of `keys`, without reading the bodies."""
        query = select(ENTRIES.c.key, ENTRIES.c.version).where(ENTRIES.c.kind == kind)
        parts = [query] if keys is None else [query.where(ENTRIES.c.key.in_(part)) for part in batches(keys)]
        with self._in_words(), self._engine.connect() as connection:
            return {(key, version) for part in parts for key, version in connection.execute(part)}

    def kinds(self) -> list[str]:
        """Give the kinds of which there are entries, in alphabetical order."""
        with self._in_words(), self._engine.connect() as connection:
            return list(connection.execute(select(ENTRIES.c.kind).distinct().order_by(ENTRIES.c.kind)).scalars())

    def size(self) -> int:
        """Give the number of entries."""
        with self._in_words(), self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()

    def _entries(self, query: Select[Any], *, named: bool = True) -> Iterator[Entry]:
        with self._in_words(), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query):
                yield _entry(row, named)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._in_words(), self._writer.begin() as connection:
            hold_for_writing(connection)
            yield connection

    def _signer(self, stand: Stand) -> Signer:
        """Give the key that goes on signing; made while nothing is signed yet, within the lock of the one writer."""
        self._held = self._held or read_key(self._key)
        if self._held is None and not stand.heads:
            self._held = make_key(self._key, new_name(self._owner))
        if self._held is None:
            raise LedgerBroken(
                "the key that signs this ledger is missing",
                where=str(self._key),
                next_step="Put it back from a copy of this folder. If it is lost for good: teamskit ledger new-key",
            )
        if stand.heads and self._held.public.text != stand.signer:
            raise LedgerBroken(
                "this is not the key that signed this ledger so far",
                where=str(self._key),
                next_step="Put the right one back from a copy of this folder, or go on: teamskit ledger new-key",
            )
        return self._held

    def _sign_all(self, connection: Connection) -> None:
        """Sign what a ledger from before there were heads holds."""
        rows = connection.execute(select(ENTRIES.c.leaf, ENTRIES.c.at).order_by(ENTRIES.c.seq)).all()
        if rows:
            nothing = Stand(0, "", Frontier())
            tree = nothing.tree.pushed(row.leaf for row in rows)
            put_head(connection, nothing, tree, rows[-1].at, self._signer(nothing))

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, UnicodeDecodeError) as wrong:
            # The driver's own words only: SQLAlchemy's message repeats the values, and these may be names.
            why = str(getattr(wrong, "orig", None) or type(wrong).__name__)
            next_step = "Check that the file is there, is this school's, and that the disk is not full."
            if why == _LOCKED:
                why, next_step = "another program keeps it locked", "Run it again when that program has ended."
            raise LedgerBroken(f"the ledger cannot be used: {why}", where=self._where, next_step=next_step) from None


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


def _of_kinds(query: Select[Any], kinds: Sequence[str], since: datetime | None, until: datetime | None) -> Select[Any]:
    moment = func.coalesce(ENTRIES.c.about, ENTRIES.c.at)
    if kinds:
        query = query.where(ENTRIES.c.kind.in_(kinds))
    if since is not None:
        query = query.where(moment >= iso(since))
    return query if until is None else query.where(moment < iso(until))


def _altered(what: str) -> LedgerBroken:
    return LedgerBroken(f"{what} was altered", next_step="See what is wrong: teamskit ledger verify")


def _entry(row: Row[Any], named: bool) -> Entry:
    try:
        return Entry(
            row.kind,
            row.key,
            row.version,
            parse_iso(row.at),
            json.loads(row.body),
            row.seq,
            parse_iso(row.about) if row.about else None,
            json.loads(row.private) if named and row.private else None,
            forgotten=row.sealed is not None and row.private is None,
            revises=row.revises,
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _altered(f"entry {row.seq}") from None
