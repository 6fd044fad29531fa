"""Which calls have a recording: seen in the tenant, told to the ledger. Expiry, links and bytes are not looked at.

Calls come in as plain values; whatever becomes of a recording later, a call of which one was seen stays recorded.
"""

from teamskit.recordings.matching import Meeting, Seen
from teamskit.recordings.seen import Outcome, recordings_seen

__all__ = ["Meeting", "Outcome", "Seen", "recordings_seen"]
