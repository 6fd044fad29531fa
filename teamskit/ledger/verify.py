"""Say whether a ledger is what its signed heads say, and where it is not.

Three things are compared: each entry with its leaf, each private part with its seal, and the tree of all leaves with
every head; each head with the key that had to sign it then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from teamskit.ledger.faults import Fault
from teamskit.ledger.guards import is_guarded
from teamskit.ledger.heads import Head, strict_head
from teamskit.ledger.keys import PublicKey
from teamskit.ledger.locating import Mark, locate
from teamskit.ledger.merkle import Frontier, Tree
from teamskit.ledger.scan import Scan, scan, stretches_of

NAMED = 10
"""So many of the things that are wrong with the database itself are named."""
_HEADS = "SELECT number, size, root, frontier, at, note, signer FROM heads ORDER BY number"


@dataclass(frozen=True)
class Against:
    """What came of comparing with an old head; `holds` is true when all that it signed is there unchanged."""

    size: int
    holds: bool
    text: str


@dataclass(frozen=True)
class Verdict:
    """What a ledger was found to be.

    `root` is of the tree as it stands, `signer` the public key that counts now (empty without a head). `forgotten`
    entries have had what identifies people purged. `is_guarded` says whether the database still refuses changes.
    """

    entries: int
    heads: int
    forgotten: int
    root: bytes
    signer: str
    is_guarded: bool
    faults: tuple[Fault, ...]
    against: Against | None = None

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults and (self.against is None or self.against.holds)


@dataclass(frozen=True)
class Keys:
    """Whose signature counts: `turns` are the sizes from which on a key counts, in order; `own` is the key's file."""

    turns: tuple[tuple[int, PublicKey], ...]
    own: PublicKey | None

    def at(self, size: int) -> PublicKey | None:
        """Give the key that had to sign a head of this size."""
        return next((key for since, key in reversed(self.turns) if since <= size), None)


def verify(connection: Connection, own: PublicKey | None, against: Head | None = None) -> Verdict:
    """Look at the whole ledger, in one transaction; `own` is the key in the school folder, None when it is missing."""
    entries, rows = scan(connection), connection.exec_driver_sql(_HEADS).all()
    keys = keys_of(entries, rows, own)
    tree = Tree(entries.made)
    faults, marks = _heads(entries, rows, keys)
    if any(mark.size > tree.size or tree.root(mark.size) != mark.root for mark in marks) or _is_uneven(entries, marks):
        faults += locate(entries, marks)
    faults += [*_private(entries), *_database(connection)]
    if not faults:
        faults += _moments(entries, rows)
    found = None if against is None else _against(tree, keys, against)
    return Verdict(
        entries=tree.size,
        heads=len(rows),
        forgotten=len(entries.told & entries.stripped.keys()),
        root=tree.root(),
        signer=key.text if (key := keys.at(tree.size)) else "",
        is_guarded=is_guarded(connection),
        faults=tuple(sorted(faults, key=_place)),
        against=found,
    )


def _place(fault: Fault) -> tuple[int, str]:
    if fault.seq is not None:
        return fault.seq, fault.what
    return fault.between[0] if fault.between else 0, fault.what


def keys_of(entries: Scan, rows: Sequence[Any], own: PublicKey | None) -> Keys:
    """Find whose signature counted when: the key in the folder counts now, and entries say which came before it."""
    turns: list[tuple[int, PublicKey]] = []
    for seq, body in entries.keys:
        old, new = _key(body.get("old")), _key(body.get("new"))
        if old and not turns:
            turns.append((0, old))
        if new:
            turns.append((seq, new))
    if not turns and (first := own or (_key(rows[-1].signer) if rows else None)):
        turns.append((0, first))
    return Keys(tuple(turns), own)


def _key(text: Any) -> PublicKey | None:
    try:
        return PublicKey.of_text(text)
    except (ValueError, AttributeError, TypeError):
        return None


def _is_uneven(entries: Scan, marks: Sequence[Mark]) -> bool:
    """Say whether numbers, leaves and the last head do not fit, which the roots alone would not show."""
    last = marks[-1].size if marks else 0
    return entries.stored != entries.made or entries.seqs != list(range(1, last + 1))


def _heads(entries: Scan, rows: Sequence[Any], keys: Keys) -> tuple[list[Fault], list[Mark]]:
    faults = list(_about_keys(entries, rows, keys))
    marks: list[Mark] = []
    for place, row in enumerate(rows, 1):
        if row.number != place and (place == 1 or rows[place - 2].number != row.number - 1):
            faults.append(Fault("removed", None, "head", f"head number {row.number - 1} is not there any more"))
        mark = mark_of(row, keys)
        if mark is None or marks and mark.size <= marks[-1].size:
            faults.append(Fault("altered", None, "head", f"head number {row.number} is not as it was signed"))
        else:
            marks.append(mark)
    return faults, marks


def _about_keys(entries: Scan, rows: Sequence[Any], keys: Keys) -> Iterator[Fault]:
    if entries.seqs and not rows:
        yield Fault("removed", None, "head", "there is no head: nothing says what the ledger held")
    if rows and keys.own is None:
        yield Fault("removed", None, "key", "the key that signs this ledger is missing from the school folder")
    elif rows and keys.turns and keys.own not in (None, keys.turns[-1][1]):
        yield Fault("altered", None, "key", "the key in the school folder is not the one that signs this ledger")


def mark_of(row: Any, keys: Keys) -> Mark | None:
    """Give what a stored head fixes; None when it is not what was signed."""
    try:
        head, frontier = strict_head(row.note), Frontier.of_bytes(row.size, row.frontier)
    except (ValueError, TypeError, AttributeError):
        return None
    key = keys.at(head.size)
    signed = key is not None and head.signed_by([key]) is not None and row.signer == key.text
    same = (row.size, row.root) == (head.size, head.root) and frontier.root() == head.root
    return Mark(head.size, head.root, row.frontier) if signed and same else None


def _moments(entries: Scan, rows: Sequence[Any]) -> Iterator[Fault]:
    """Name the heads whose time is not that of their last entry; the time is not in what is signed."""
    for row in rows:
        if row.at != entries.ats[row.size - 1]:
            yield Fault("altered", None, "head", f"the time of head number {row.number} is not as it was written")


def _private(entries: Scan) -> list[Fault]:
    untold = [seq for seq in entries.stripped if seq not in entries.told]
    faults = list(entries.private)
    for first, last in stretches_of(untold):
        kinds = {entries.stripped[seq] for seq in range(first, last + 1)}
        kind = kinds.pop() if len(kinds) == 1 else ""
        text = "the part that identifies people is gone, and no purge says so"
        faults.append(Fault("removed", first, kind, text, to=last))
    return faults


def _database(connection: Connection) -> Iterator[Fault]:
    """Name what SQLite itself finds wrong: an index that leaves an entry out hides it from all but `scan`."""
    if connection.dialect.name == "sqlite":
        for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({NAMED})"):
            if said != "ok":
                yield Fault("altered", None, "database", str(said))


def _against(tree: Tree, keys: Keys, head: Head) -> Against:
    if not keys.turns or head.origin != keys.turns[-1][1].name:
        return Against(head.size, False, "This head is of another ledger.")
    if (key := keys.at(head.size)) is None or head.signed_by([key]) is None:
        return Against(head.size, False, "This head was not signed with this ledger's key, or it was altered since.")
    if head.size > tree.size:
        many = head.size - tree.size
        entries = "entry" if many == 1 else "entries"
        return Against(head.size, False, f"The ledger held {many:,} more {entries} when this head was signed.")
    if tree.root(head.size) != head.root:
        return Against(head.size, False, "What this head signed is not what stands there now.")
    return Against(head.size, True, f"All {head.size:,} entries of this head are there, unchanged and in their places.")
