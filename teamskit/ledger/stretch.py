"""Say whether the part of a ledger that a period rests on is what was signed, without reading years of other entries.

Every head holds the peaks of its tree, so the entries between two heads can be judged by these two alone. What lies
outside them is not looked at: that is `verify`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from teamskit.clock import iso
from teamskit.ledger.keys import PublicKey
from teamskit.ledger.merkle import Frontier
from teamskit.ledger.scan import Scan, scan
from teamskit.ledger.tables import ENTRIES, HEADS
from teamskit.ledger.verify import keys_of, mark_of


def stretch_holds(connection: Connection, own: PublicKey, since: datetime, until: datetime) -> bool:
    """Say whether all entries about a moment in [since, until), and all between them, stand as they were signed.

    `own` is the key in the school folder. Of a period without an entry the last of the ledger is looked at.
    """
    rows = connection.execute(select(HEADS).order_by(HEADS.c.number)).all()
    if not rows:
        return connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one() == 0
    first, last = _numbers(connection, since, until, rows[-1].size)
    before = max((row for row in rows if row.size < first), key=lambda row: int(row.size), default=None)
    after = next((row for row in rows if row.size >= last), None)
    if after is None:
        return False
    begin = before.size if before is not None else 0
    found = scan(connection, (begin + 1, after.size))
    keys = keys_of(found, rows, own)
    signed = all(mark_of(row, keys) for row in (before, after, rows[-1]) if row is not None)
    return signed and keys.at(rows[-1].size) == own and _stands(found, before, after)


def _numbers(connection: Connection, since: datetime, until: datetime, size: int) -> tuple[int, int]:
    """Give the first and last number of what a period rests on, and of what nobody signed.

    Asked so that each part has an index: of a long log only the period is read.
    """
    kinds = list(connection.execute(select(ENTRIES.c.kind).distinct()).scalars())
    about, learnt = ((moment >= iso(since)) & (moment < iso(until)) for moment in (ENTRIES.c.about, ENTRIES.c.at))
    parts = [ENTRIES.c.kind.in_(kinds) & about, ENTRIES.c.about.is_(None) & learnt, ENTRIES.c.seq > size]
    ends = [
        connection.execute(select(func.min(ENTRIES.c.seq), func.max(ENTRIES.c.seq)).where(part)).one() for part in parts
    ]
    found = [number for end in ends for number in end if number is not None]
    return min(found, default=size), max(found, default=size)


def _stands(found: Scan, before: Any, after: Any) -> bool:
    """Say whether the entries between two heads are all there, as they were sealed, and lead from one to the other."""
    begin = before.size if before is not None else 0
    tree = Frontier() if before is None else Frontier.of_bytes(begin, before.frontier)
    places = [place for place, seq in enumerate(found.seqs) if begin < seq <= after.size]
    made, stored = ([leaves[place] for place in places] for leaves in (found.made, found.stored))
    untold = [seq for seq in found.stripped if begin < seq <= after.size and seq not in found.told]
    numbers = [found.seqs[place] for place in places]
    is_whole = numbers == list(range(begin + 1, after.size + 1)) and made == stored
    return is_whole and not found.private and not untold and tree.pushed(made).root() == after.root
