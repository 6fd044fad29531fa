"""Whether something new has to be said: what is appended only when it changed is compared here with its newest word."""

from collections.abc import Sequence

from teamskit.ledger.entries import Entry, canonical


def next_version(newest: Entry | None) -> int:
    """Give the version of the next word on a thing."""
    return newest.version + 1 if newest else 1


def without_known(entries: Sequence[Entry], newest: Sequence[Entry]) -> list[Entry]:
    """Leave out the entries that say what the newest word on the same thing says.

    A word whose private part was forgotten is said again.
    """
    held = {(one.kind, one.key): one for one in newest}
    return [entry for entry in entries if not _says_the_same(held.get((entry.kind, entry.key)), entry)]


def _says_the_same(before: Entry | None, entry: Entry) -> bool:
    if before is None or before.forgotten or canonical(before.body) != canonical(entry.body):
        return False
    return canonical(before.private or {}) == canonical(entry.private or {})
