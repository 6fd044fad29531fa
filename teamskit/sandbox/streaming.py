"""A file on its way out, piece by piece, after the request's transaction is over; what is sent is counted."""

from __future__ import annotations

import time
from collections.abc import Iterator

from teamskit.sandbox.clock import SECOND, TenantClock
from teamskit.sandbox.content import BLOCK, stretch
from teamskit.sandbox.request import Stretch
from teamskit.sandbox.store import Store

BYTES = "bytes_downloaded"
_COUNT = "INSERT INTO counts VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET n = n + excluded.n"


def pieces(store: Store, clock: TenantClock, asked: Stretch) -> Iterator[bytes]:
    """Give the bytes asked for, never more than a block at once; raises ConnectionResetError where they are cut.

    A slow one waits by the tenant's clock: by moving it, or truly in real time.
    """
    most = BLOCK if asked.rate is None else max(1, min(BLOCK, asked.rate // 4))
    stop = asked.stop if asked.cut is None else asked.start + asked.cut
    with store.transaction() as db:
        began, sent = clock.now(db), 0
    for block in stretch(asked.key, asked.size, asked.start, stop):
        for at in range(0, len(block), most):
            piece = block[at : at + most]
            sent += len(piece)
            _sent(store, clock, len(piece), began + sent * SECOND // asked.rate if asked.rate else 0)
            yield piece
    if asked.cut is not None:
        raise ConnectionResetError("the embedded tenant cut the connection")


def _sent(store: Store, clock: TenantClock, count: int, due: int) -> None:
    """Count bytes that go out now, once the tenant's clock is at `due` (microseconds)."""
    with store.transaction() as db:
        db.execute(_COUNT, (BYTES, count))
        if due and not clock.realtime:
            clock.move_to(db, due)
        left = due - clock.now(db) if due and clock.realtime else 0
    if left > 0:
        time.sleep(left / SECOND)
