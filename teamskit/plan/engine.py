"""Carries a plan out: asks what really stands, refuses a stale plan, hands each kind to its doer, journals and sums up.

It knows doers and the function that runs their tasks, not Teams: `cli` hands both in.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from teamskit.clock import Clock, parse_iso
from teamskit.errors import PlanStale, TenantError
from teamskit.plan.change import Action, Change, State, Target
from teamskit.plan.journal import Journal, Recorded
from teamskit.plan.plan import Plan


@dataclass(frozen=True)
class Outcome:
    """How one change ended: done, already (it stood so before), pending (accepted, not seen yet) or failed with why."""

    change: Change
    result: str
    why: str = ""


class Progress(Protocol):
    """What a run tells of itself; a terminal shows it, tests count through it."""

    def start(self, title: str, total: int) -> None:
        """Begin a part of the work."""

    def step(self, count: int = 1) -> None:
        """Say that some more of it is done."""

    def stop(self) -> None:
        """End."""


class Doer(Protocol):
    """Carries out the changes of some kinds. `look` gives what stands in the tenant now; `tasks` the work to run."""

    title: str
    kinds: Collection[str]

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give the state of each change's target as the tenant has it now (None: not there).

        What was accepted as the change wants it, and does not show yet, counts as there.
        """

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Split the changes where some must be over before the next begin."""

    def tasks(self, changes: Sequence[Change], ledgering: "Ledgering") -> Iterable[Any]:
        """Give tasks for the transport; each tells `ledgering` of every change it begins and ends."""


class Ledgering:
    """What a doer tells while it works: each change before its first request and after its last."""

    def __init__(self, journal: Journal, clock: Clock, progress: Progress) -> None:
        """Write to a begun journal and tell a progress."""
        self._journal, self._clock, self._progress = journal, clock, progress
        self._began: set[Target] = set()
        self.outcomes: dict[Target, Outcome] = {}

    def intend(self, changes: Iterable[Change]) -> None:
        """Write changes as intended; once each."""
        fresh = [change for change in changes if change.target not in self._began]
        for change in fresh:
            self._began.add(change.target)
            self._journal.write("intended", change, self._clock.now())
        if fresh:
            self._journal.sync()

    def done(self, changes: Iterable[Change], **came_back: Any) -> None:
        """Write changes as done, with what came back (ids, never names)."""
        for change in changes:
            self._journal.write("done", change, self._clock.now(), came_back)
            self._settle(Outcome(change, "done"))
        self._journal.sync()

    def failed(self, changes: Iterable[Change], why: str) -> None:
        """Write changes as failed and keep the service's reason."""
        for change in changes:
            self._journal.write("failed", change, self._clock.now(), {"why": why})
            self._settle(Outcome(change, "failed", why))

    def remark(self, change: Change, words: str) -> None:
        """Add words for a person to a change that was done."""
        self.outcomes[change.target] = Outcome(change, self.outcomes[change.target].result, words)

    def pending(self, change: Change, why: str) -> None:
        """Note that an accepted change does not show yet; it stays done in the journal."""
        self.outcomes[change.target] = Outcome(change, "pending", why)

    def _settle(self, outcome: Outcome) -> None:
        self.outcomes[outcome.change.target] = outcome
        self._progress.step()


def apply_plan(
    plan: Plan,
    doers: Sequence[Doer],
    journal: Journal,
    conduct: Callable[[Iterable[Any]], None],
    clock: Clock,
    progress: Progress,
) -> tuple[str, list[Outcome]]:
    """Carry out a plan and give the run's name and how each change ended, in the plan's order.

    What the tenant already has as wanted is not sent again. Raises PlanStale, before any request that changes
    something, when a target is neither as the plan saw it nor as it wants it and no run of ours was interrupted there.
    """
    newest = journal.newest()
    open_work, already = _sorted_out(plan, doers, newest)
    outcomes = {change.target: Outcome(change, "already") for change in already}
    run = ""
    if open_work:
        run = journal.begin(plan.fingerprint, clock.now())
        outcomes |= _carry_out(open_work, doers, Ledgering(journal, clock, progress), conduct, progress)
        journal.end(clock.now())
    missing = [change for change in open_work if change.target not in outcomes]
    outcomes |= {change.target: Outcome(change, "failed", "it was not reached") for change in missing}
    return run, [outcomes[change.target] for change in plan.changes]


def _carry_out(
    work: Sequence[Change],
    doers: Sequence[Doer],
    ledgering: Ledgering,
    conduct: Callable[[Iterable[Any]], None],
    progress: Progress,
) -> dict[Target, Outcome]:
    for doer in doers:
        mine = [change for change in work if change.target.kind in doer.kinds]
        if not mine:
            continue
        progress.start(doer.title, len(mine))
        try:
            for part in doer.parts(mine):
                conduct(doer.tasks(part, ledgering))
        except TenantError as refused:
            why = f"{refused.what} (request {refused.request_id or 'unknown'})"
            ledgering.failed([change for change in mine if change.target not in ledgering.outcomes], why)
        finally:
            progress.stop()
    return ledgering.outcomes


def _sorted_out(
    plan: Plan, doers: Sequence[Doer], newest: Mapping[Target, Recorded]
) -> tuple[list[Change], list[Change]]:
    stands = _looked(doers, plan.changes)
    to_do = [change for change in plan.changes if not is_so(stands.get(change.target), change.after)]
    moved = [change.target for change in to_do if _moved(change, stands.get(change.target), newest, plan)]
    if moved:
        raise _stale(moved)
    todo = {change.target for change in to_do}
    return to_do, [change for change in plan.changes if change.target not in todo]


def _looked(doers: Sequence[Doer], changes: Sequence[Change]) -> dict[Target, State]:
    stands: dict[Target, State] = {}
    for doer in doers:
        mine = [change for change in changes if change.target.kind in doer.kinds]
        stands |= doer.look(mine) if mine else {}
    return stands


def settle(doers: Sequence[Doer], journal: Journal, clock: Clock) -> None:
    """Close what stopped runs left open: what was begun and stands in the tenant as wanted is written as done.

    So that what we put there stays known as ours, whenever the run was killed.
    """
    begun = [one for one in journal.newest().values() if one.event == "intended"]
    changes = [Change(one.target, Action(one.action), None, one.after, "") for one in begun]
    stands = _looked(doers, changes)
    known = {kind for doer in doers for kind in doer.kinds}
    there = [one for one in begun if one.target.kind in known and is_so(stands.get(one.target), one.after)]
    came_back = [{k: v for k, v in (stands.get(one.target) or {}).items() if k == "group"} for one in there]
    journal.settle(list(zip(there, came_back, strict=True)), clock.now())


def is_so(found: State, wanted: State) -> bool:
    """Say whether a target stands as wanted: every wanted key has its value; more keys do no harm."""
    if found is None or wanted is None:
        return found is None and wanted is None
    return all(found.get(key) == value for key, value in wanted.items())


def _moved(change: Change, found: State, newest: Mapping[Target, Recorded], plan: Plan) -> bool:
    """Say whether a target is not as the plan saw it, but for a run of ours that began just this and was stopped."""
    ours = newest.get(change.target)
    same = bool(ours and ours.after == change.after)
    if is_so(found, change.before):
        return bool(ours and ours.event == "done" and ours.at > parse_iso(plan.made_at) and not same)
    return not (ours and same and ours.event in ("intended", "failed"))


_MADE_BY = {"lesson": "lessons plan", "meeting": "recordings enforce"}
"""Which command plans changes of a kind, where it is not `plan`."""


def _stale(moved: Sequence[Target]) -> PlanStale:
    kinds = ", ".join(f"{count} of kind {kind}" for kind, count in Counter(one.kind for one in moved).items())
    again = _MADE_BY.get(moved[0].kind, "plan")
    shown = "; ".join(str(target) for target in moved[:5]) + ("; ..." if len(moved) > 5 else "")
    return PlanStale(
        f"the tenant has moved on since this plan was made: {kinds}",
        where=shown,
        next_step=f"Make a new plan and read it: teamskit {again}. Nothing has been changed.",
        moved=[str(target) for target in moved],
    )
