"""Which copies are past their time, and their deletion as a plan: journalled before and after, told to the ledger.

Knows the ledger's holds: what a case keeps is never due. The journal is one of its own, beside that of the tenant.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from teamskit.clock import Clock, iso
from teamskit.errors import TargetError
from teamskit.ledger.retention import holds
from teamskit.ledger.store import Ledger
from teamskit.plan.change import Action, Change, Risk, State, Target
from teamskit.plan.engine import Ledgering
from teamskit.recordings.manifest import Copy, deleted_entry
from teamskit.recordings.targets import Target as Place

KIND = "copy of a recording"
JOURNAL = "copies-journal"
"""The folder of the journal, in the school's state."""


@dataclass(frozen=True)
class Due:
    """Copies to delete, oldest first; `held` counts those that only a case keeps.

    `before` is the first moment that is kept, or None where somebody has named a call and given his `reason`.
    """

    before: datetime | None
    copies: tuple[Copy, ...]
    held: int
    reason: str = ""

    @property
    def size(self) -> int:
        """Give the bytes at the target."""
        return sum(copy.facts.stored_size for copy in self.copies if copy.facts)


def held_calls(ledger: Ledger) -> frozenset[str]:
    """Give the calls that some case keeps."""
    return frozenset(call for one in holds(ledger) if not one.ended for call in one.calls)


def due_copies(copies: Iterable[Copy], held: frozenset[str], now: datetime, days: int) -> Due:
    """Give what is past its time; nothing when `days` is 0. Days are counted from the beginning of the lesson."""
    before = now - timedelta(days=days)
    past = [copy for copy in copies if days and copy.is_stored and copy.about < before]
    going = sorted((copy for copy in past if copy.call not in held), key=lambda one: (one.about, one.key))
    return Due(before, tuple(going), len(past) - len(going))


def copies_of_call(copies: Iterable[Copy], held: frozenset[str], call: str, reason: str) -> Due:
    """Give the copies of one call, which somebody wants gone before their time: a consent was withdrawn, say."""
    mine = [copy for copy in copies if copy.is_stored and copy.call == call]
    going = () if call in held else tuple(sorted(mine, key=lambda one: one.key))
    return Due(None, going, len(mine) - len(going), reason)


def changes_of(due: Due, paths: Mapping[str, str], earlier: Mapping[str, Sequence[str]]) -> tuple[Change, ...]:
    """Give the deletions as changes; what lies there is what `paths` says. They name no pupil.

    `earlier` are files of the same copies that failed a check before: they go with them.
    """
    return tuple(
        _change(copy, paths.get(copy.key), earlier.get(copy.key, ()), is_past=due.before is not None)
        for copy in due.copies
    )


def _change(copy: Copy, path: str | None, earlier: Sequence[str], *, is_past: bool) -> Change:
    before: dict[str, Any] = {"path": path or "", "sha256": copy.facts.stored_sha256 if copy.facts else ""}
    if earlier:
        before["earlier"] = sorted(earlier)
    why = "is past the time that copies are kept" if is_past else "was named by a person"
    reason = f"the lesson of {iso(copy.about)} {why}"
    return Change(Target(KIND, copy.key), Action.REMOVE, before, None, reason, Risk.HIGH, title=path or copy.key)


class Deleter:
    """Carries the deletions out: a doer of plans."""

    title = "Copies"
    kinds: Collection[str] = (KIND,)

    def __init__(self, place: Place, ledger: Ledger, due: Due, clock: Clock, by: str) -> None:
        """Take where the copies lie, where it is told, what is to go and why, and who does this."""
        self._place, self._ledger, self._reason = place, ledger, due.reason
        self._copies = {copy.key: copy for copy in due.copies}
        self._clock, self._by = clock, by

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each copy as the plan saw it while a file lies there, whatever became of it; None when none does."""
        return {one.target: one.before if self._is_there(one) else None for one in changes}

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Give all in one part: none depends on another."""
        return [changes]

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterator[Iterator[None]]:
        """Delete one after the other."""
        for change in changes:
            yield self._one(change, ledgering)

    def _one(self, change: Change, ledgering: Ledgering) -> Iterator[None]:
        ledgering.intend([change])
        try:
            for path in _paths(change):
                self._place.remove(path)
        except TargetError as trouble:
            ledgering.failed([change], trouble.what)
            return
        self.note(change)
        ledgering.done([change])
        yield

    def note(self, change: Change) -> None:
        """Tell the ledger that a copy is gone on purpose."""
        self._ledger.append([deleted_entry(self._copies[change.target.key], self._clock.now(), self._by, self._reason)])

    def _is_there(self, change: Change) -> bool:
        return any(self._place.size(path) is not None for path in _paths(change))


def _paths(change: Change) -> list[str]:
    before = change.before or {}
    return [str(path) for path in (before.get("path"), *before.get("earlier", ())) if path]


def conduct(tasks: Iterable[Iterator[None]]) -> None:
    """Run deletions one by one."""
    for task in tasks:
        for _ in task:
            pass
