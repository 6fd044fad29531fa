"""The only reader of time outside the embedded tenant.

Every room is handed a `Clock`; on a real tenant it is the computer's, on the embedded one the tenant's own, whose
`sleep` moves its clock instead of waiting.
"""

import time
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SCHOOL_ZONE = ZoneInfo("Europe/London")


class Clock(Protocol):
    """What everything that reads time or waits is given."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Come back when `seconds` have passed since the call."""


class ComputerClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; nothing for zero or less."""
        if seconds > 0:
            time.sleep(seconds)


def iso(moment: datetime) -> str:
    """Write a moment as ISO 8601 UTC with Z, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> datetime:
    """Read an ISO 8601 moment; fractions of a second are dropped, as the log counts in seconds."""
    moment = datetime.fromisoformat(text)
    # The ledger's own moments are in UTC and whole; a report reads a million of them.
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.replace(microsecond=0) if moment.microsecond else moment


def at_school(moment: datetime) -> datetime:
    """Give the same moment on a school's clock (Europe/London)."""
    return moment.astimezone(SCHOOL_ZONE)
