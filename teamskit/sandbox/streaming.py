"""A file on its way out, piece by piece, after the request's transaction is over; what was sent is counted."""

from __future__ import annotations

from collections.abc import Iterator

from teamskit.sandbox.content import stretch
from teamskit.sandbox.request import Stretch
from teamskit.sandbox.store import Store

BYTES = "bytes_downloaded"


def pieces(store: Store, asked: Stretch) -> Iterator[bytes]:
    """Give the bytes asked for, never more than a block at once."""
    text = "INSERT INTO counts VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET n = n + excluded.n"
    for piece in stretch(asked.key, asked.size, asked.start, asked.stop):
        with store.transaction() as db:
            db.execute(text, (BYTES, len(piece)))
        yield piece
