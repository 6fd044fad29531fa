"""Read every stored entry once, and see whether each is what its own leaf says and its private part what was sealed.

What is read may have been altered by anybody, so nothing is taken to be of the type it should be.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from teamskit.ledger.faults import Fault
from teamskit.ledger.leaves import SALT_BYTES, leaf_of, sealed

KEY, PURGE = "key", "purge"
"""Kinds of entries that say whose signature counts from then on, and which private parts were taken away."""
AT_ONCE = 2000
_ROWS = (
    "SELECT e.seq, e.kind, e.key, e.version, e.at, e.about, e.revises, e.body, e.sealed, e.leaf, p.salt, p.body"
    " FROM entries e LEFT JOIN private p ON p.seq = e.seq"
)
_PART = f" WHERE e.seq BETWEEN {{}} AND {{}} OR e.kind IN ('{KEY}', '{PURGE}')"
_ORPHANS = "SELECT seq FROM private WHERE {}seq NOT IN (SELECT seq FROM entries) ORDER BY seq"


@dataclass
class Scan:
    """What a ledger's entries look like: lists by position, in the order of their numbers.

    `stored` are the leaves as they stand there, `made` those that the entries themselves give; `stripped` the numbers
    of those whose private part is gone, `told` the numbers of which a purge says so (its stretches are in `purged`),
    `keys` what entries of that kind hold with their numbers, `private` the faults of private parts.
    """

    seqs: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    ats: list[str] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)
    made: list[bytes] = field(default_factory=list)
    stripped: dict[int, str] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    purged: list[tuple[int, int]] = field(default_factory=list)
    keys: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    private: list[Fault] = field(default_factory=list)


def scan(connection: Connection, part: tuple[int, int] | None = None) -> Scan:
    """Read the whole ledger; or the entries of a `part`, its first and last number, and all of keys and purges."""
    found = Scan()
    rows = _streamed(connection, _PART.format(*part) if part else "")
    for seq, kind, key, version, at, about, revises, body, seal, leaf, salt, private in rows:
        found.seqs.append(seq)
        found.kinds.append(kind if isinstance(kind, str) else "")
        found.ats.append(at)
        found.stored.append(leaf if isinstance(leaf, bytes) else b"")
        found.made.append(_leaf(kind, key, version, at, about, revises, body, seal))
        if seal is not None or salt is not None or private is not None:
            _look_at_private(found, seq, kind, seal, salt, private)
        if kind in (KEY, PURGE):
            _look_at_body(found, seq, kind, body)
    last = found.seqs[-1] if found.seqs else 0
    for begin, end in found.purged:
        # What a forged purge names may have no end.
        found.told.update(range(max(1, begin), min(last, end) + 1))
    within = "seq BETWEEN {} AND {} AND ".format(*part) if part else ""
    for (seq,) in connection.exec_driver_sql(_ORPHANS.format(within)):
        found.private.append(Fault("inserted", seq, "", "names are kept for an entry that is not there"))
    return found


def _streamed(connection: Connection, part: str) -> Iterable[Any]:
    # As the driver gives them: SQLAlchemy's own conversions trip over a value of another type.
    query = f"{_ROWS}{part} ORDER BY e.seq"
    return connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).exec_driver_sql(query)


def _leaf(*parts: Any) -> bytes:
    """Give an entry's leaf; none (no bytes) when a part is not of its type, which no writing of ours leaves."""
    _, _, version, _, _, revises, body, _ = parts
    if type(version) is not int or type(body) is not str or not (revises is None or type(revises) is int):
        return b""
    try:
        return leaf_of(*parts)
    except TypeError:
        return b""


def _look_at_private(found: Scan, seq: int, kind: str, seal: Any, salt: Any, private: Any) -> None:
    if seal is None:
        found.private.append(Fault("inserted", seq, kind, "names are kept for an entry that was written without any"))
    elif private is None and salt is None:
        found.stripped[seq] = kind
    elif not (_is_salt(salt) and isinstance(private, str) and sealed(salt, private) == seal):
        found.private.append(Fault("altered", seq, kind, "the part that identifies people is not as it was written"))


def _is_salt(salt: Any) -> bool:
    # HMAC takes a key with zero bytes after it for the same key.
    return isinstance(salt, bytes) and len(salt) == SALT_BYTES


def _look_at_body(found: Scan, seq: int, kind: str, text: Any) -> None:
    try:
        body = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return
    if kind == KEY and isinstance(body, dict):
        found.keys.append((seq, body))
    elif kind == PURGE:
        found.purged.extend(_stretches(body))


def _stretches(body: Any) -> Iterator[tuple[int, int]]:
    """Give the first and last entry of each stretch that a purge names."""
    stretches = body.get("entries") if isinstance(body, dict) else None
    for stretch in stretches if isinstance(stretches, list) else []:
        match stretch:
            case [int(first), int(last)]:
                yield first, last


def stretches_of(numbers: Iterable[int]) -> list[list[int]]:
    """Put numbers together to stretches, [first, last] each, in order."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
