"""What the searches for recordings could tell, and of which calls they have to be asked again. Reads the ledger only.

A search writes down only what changed: calls of which it could not tell, and calls of which an earlier one could not
and it could. All other calls that were in the log by then, and no older than 30 days, were looked for and told.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from teamskit.calls.coverage import KEPT
from teamskit.calls.model import LOOKED, CallEntry, RecordingState
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger

LATE = timedelta(hours=72)
"""How long after a call's end its recording is looked for again each time: one that came after the 24 hours of the
definition, when a lesson already stood as unrecorded, still closes that."""


@dataclass(frozen=True)
class Looks:
    """The searches of a stretch of time, oldest first."""

    entries: Sequence[Entry] = ()

    @classmethod
    def of(cls, ledger: Ledger, since: datetime | None = None, until: datetime | None = None) -> "Looks":
        """Read the searches that may have been for calls which began in [since, until)."""
        return cls(ledger.read(LOOKED, since, until + KEPT if until else None))

    @property
    def untold(self) -> frozenset[str]:
        """Give the ids of the calls of which the last search could not tell."""
        found: set[str] = set()
        for entry in self.entries:
            found |= set(entry.body["untold"])
            found -= set(entry.body["told"])
        return frozenset(found)

    @property
    def events(self) -> frozenset[str]:
        """Give the ids of the calls that their meeting says are events with streaming viewers."""
        return frozenset(call for entry in self.entries for call in entry.body["events"])

    def searched(self, call: CallEntry) -> bool:
        """Say whether a search was made while the call was in the log and young enough to be asked for."""
        first = bisect_right(self.entries, call.seq, key=lambda look: look.seq)
        return first < len(self.entries) and self.entries[first].at - KEPT <= call.start

    def is_open(self, call: CallEntry, untold: frozenset[str], again: datetime | None = None) -> bool:
        """Say whether a recording has to be looked for (again); from `again` on it is for every call without one."""
        if call.recorded:
            return False
        last = self.entries[-1] if self.entries else None
        if last is None or last.seq < call.seq or call.id in untold:
            return True
        return last.at < call.end + LATE or (again is not None and again <= call.start)


def state_of(call: CallEntry, was_meeting: bool, looks: Looks, untold: Iterable[str]) -> RecordingState:
    """Say what is known of a call's recording."""
    if call.recorded:
        return "seen"
    could_be_told = was_meeting and call.organiser is not None and call.organiser.role != "outside"
    if not could_be_told or call.id in untold or not looks.searched(call):
        return "not known"
    return "none"
