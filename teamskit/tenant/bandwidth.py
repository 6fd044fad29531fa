"""How fast and how long bytes may be fetched, for all threads together. It knows no request."""

import threading
from datetime import datetime

from teamskit.clock import Clock


class WindowClosed(Exception):
    """The hours in which bytes may be fetched are over; what came so far is kept."""


class Bandwidth:
    """Lets so many bytes a second through, until a moment; without limits it costs nothing."""

    def __init__(self, clock: Clock, *, bytes_a_second: float | None = None, until: datetime | None = None) -> None:
        """Use the tenant's clock; None stands for no limit."""
        self._clock, self._rate, self.until = clock, bytes_a_second, until
        self._free_at, self._is_closed = 0.0, False
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let nothing more through, from this moment on."""
        self._is_closed = True

    def check(self) -> None:
        """Raise WindowClosed when the time is over."""
        if self._is_closed:
            raise WindowClosed
        if self.until and self._clock.now() >= self.until:
            raise WindowClosed

    def took(self, count: int) -> None:
        """Count bytes that came, and wait until they were due. Raises WindowClosed when the time is over."""
        if self._rate:
            now = self._clock.now().timestamp()
            with self._lock:
                # Each piece books its own stretch of time, so that threads share the line without a queue of waits.
                begin = max(self._free_at, now)
                self._free_at = begin + count / self._rate
                due = self._free_at
            if due > now:
                self._clock.sleep(due - now)
        self.check()
