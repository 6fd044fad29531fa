"""Who ran calls, and when: Microsoft's call records become ledger entries, and ledger entries become calls to show.

`calls.sync` reads the tenant and appends; `calls.listing` reads the ledger; `calls.coverage` knows the gaps. Rosters
and class teams come in as plain mappings.
"""

from teamskit.calls.model import CallEntry, CallFilter, Presence, SyncResult, Who

__all__ = ["CallEntry", "CallFilter", "Presence", "SyncResult", "Who"]
