"""What happened in calls, kept for years: entries are appended and read, never changed. Knows entries, not calls."""

from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.store import Ledger

__all__ = ["Entry", "Ledger", "canonical"]
