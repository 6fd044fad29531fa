"""One append, in a transaction that keeps other writers out: places, links, leaves, and the head that signs them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, func, insert, select

from teamskit.clock import iso
from teamskit.errors import LedgerBroken
from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.heads import signed_head
from teamskit.ledger.keys import Signer
from teamskit.ledger.leaves import leaf_of, new_salt, sealed
from teamskit.ledger.merkle import Frontier
from teamskit.ledger.tables import ENTRIES, HEADS, PRIVATE

ASKED_AT_ONCE = 200
T = TypeVar("T")


@dataclass(frozen=True)
class Stand:
    """Where a ledger stands: the number of its heads, the newest one's signer, and the tree to go on from."""

    heads: int
    signer: str
    tree: Frontier


def stand_of(connection: Connection) -> Stand:
    """Read where the ledger stands.

    Raises LedgerBroken when entries and newest head do not fit each other: somebody else wrote into the database, and
    going on would bury it.
    """
    last = connection.execute(select(func.coalesce(func.max(ENTRIES.c.seq), 0))).scalar_one()
    newest = connection.execute(select(HEADS).order_by(HEADS.c.number.desc()).limit(1)).first()
    size = newest.size if newest else 0
    if last != size:
        raise LedgerBroken(
            f"the ledger's newest head is of {size:,} entries, and its last entry is number {last:,}",
            next_step="Somebody wrote into the database. See what is wrong: teamskit ledger verify",
        )
    return Stand(newest.number, newest.signer, _tree(size, newest.frontier)) if newest else Stand(0, "", Frontier())


def _tree(size: int, packed: bytes) -> Frontier:
    try:
        return Frontier.of_bytes(size, packed)
    except ValueError:
        raise LedgerBroken(
            "the ledger's newest head was altered", next_step="See what is wrong: teamskit ledger verify"
        ) from None


def put(connection: Connection, entries: Sequence[Entry], stand: Stand, signer: Signer) -> int:
    """Append those entries whose kind, key and version are new, with one signed head; give how many were new."""
    named = _by_name(entries)
    versions = _versions(connection, named)
    new = [entry for name, entry in named.items() if name not in versions]
    if not new:
        return 0
    newest: dict[tuple[str, str], int] = {}
    for (kind, key, _), seq in versions.items():
        newest[kind, key] = max(seq, newest.get((kind, key), 0))
    rows, apart = [], []
    for seq, entry in enumerate(new, stand.tree.size + 1):
        row, private = _row(seq, entry, newest.get((entry.kind, entry.key)))
        newest[entry.kind, entry.key] = seq
        rows.append(row)
        apart += private
    connection.execute(insert(ENTRIES), rows)
    if apart:
        connection.execute(insert(PRIVATE), apart)
    put_head(connection, stand, stand.tree.pushed(row["leaf"] for row in rows), rows[-1]["at"], signer)
    return len(new)


def put_head(connection: Connection, stand: Stand, tree: Frontier, at: str, signer: Signer) -> None:
    """Sign a tree and keep the head."""
    head = signed_head(signer, tree.size, tree.root())
    row = {"number": stand.heads + 1, "size": head.size, "root": head.root, "frontier": tree.packed(), "at": at}
    connection.execute(insert(HEADS), {**row, "note": head.note, "signer": signer.public.text})


def _by_name(entries: Sequence[Entry]) -> dict[tuple[str, str, int], Entry]:
    named: dict[tuple[str, str, int], Entry] = {}
    for entry in entries:
        named.setdefault((entry.kind, entry.key, entry.version), entry)
    return named


def _versions(connection: Connection, named: Mapping[tuple[str, str, int], Entry]) -> dict[tuple[str, str, int], int]:
    """Give the place of every version of the keys in question."""
    asked: dict[str, set[str]] = defaultdict(set)
    for kind, key, _ in named:
        asked[kind].add(key)
    columns = (ENTRIES.c.kind, ENTRIES.c.key, ENTRIES.c.version, ENTRIES.c.seq)
    return {
        (row.kind, row.key, row.version): row.seq
        for kind, keys in asked.items()
        for some in batches(sorted(keys))
        for row in connection.execute(select(*columns).where(ENTRIES.c.kind == kind, ENTRIES.c.key.in_(some)))
    }


def batches(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut keys into as many as one question may name."""
    for first in range(0, len(keys), ASKED_AT_ONCE):
        yield keys[first : first + ASKED_AT_ONCE]


def _row(seq: int, entry: Entry, revises: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    body, at, about = canonical(entry.body), iso(entry.at), iso(entry.about) if entry.about else None
    private: list[dict[str, Any]] = []
    if entry.private is not None:
        private = [{"seq": seq, "salt": new_salt(), "body": canonical(entry.private)}]
    seal = sealed(private[0]["salt"], private[0]["body"]) if private else None
    leaf = leaf_of(entry.kind, entry.key, entry.version, at, about, revises, body, seal)
    named = {"seq": seq, "kind": entry.kind, "key": entry.key, "version": entry.version, "at": at, "about": about}
    return {**named, "body": body, "revises": revises, "sealed": seal, "leaf": leaf}, private
