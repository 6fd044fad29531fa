"""The embedded tenant's time: microseconds since 1970, kept in the store, one clock for all processes.

It stands still until somebody moves it, or follows the computer's when opened in real time.
"""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(moment: datetime) -> int:
    """Give microseconds since 1970; a moment without zone counts as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def to_datetime(us: int) -> datetime:
    """Give the aware UTC moment."""
    return _EPOCH + timedelta(microseconds=us)


def to_text(us: int) -> str:
    """Give the moment as Graph writes it, to the second."""
    return to_datetime(us).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> int:
    """Read an ISO 8601 moment, a day alone as its beginning in UTC; raises ValueError when it is none."""
    moment = datetime.fromisoformat(text)
    return to_us(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class TenantClock:
    """Read and move the clock in the store's `meta` table."""

    def __init__(self, realtime: bool) -> None:
        """Start looking: in real time, what passes from here on is added to the stored clock."""
        self.realtime = realtime
        self._looked_at = time.time()

    def now(self, db: sqlite3.Connection) -> int:
        """Give the tenant's now; in real time this writes, so it needs the transaction."""
        stored = read_number(db, "clock")
        if not self.realtime:
            return stored
        wall = time.time()
        # Another process in real time may have added this stretch already: its last look is in the store.
        seen = max(self._looked_at, read_number(db, "wall") / SECOND)
        self._looked_at = wall
        now = stored + max(0, int((wall - seen) * SECOND))
        write_number(db, "clock", now)
        write_number(db, "wall", int(wall * SECOND))
        return now

    def move_to(self, db: sqlite3.Connection, moment: int) -> int:
        """Set the clock to `moment` unless it is later already; give what it shows then."""
        now = max(self.now(db), moment)
        write_number(db, "clock", now)
        return now


def read_number(db: sqlite3.Connection, key: str) -> int:
    """Read a whole number from the store's settings; 0 when it was never written."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return int(row[0]) if row else 0


def write_number(db: sqlite3.Connection, key: str, value: int) -> None:
    """Write a whole number into the store's settings."""
    db.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", (key, str(value))
    )
