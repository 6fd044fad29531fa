"""Runs many tasks together: their calls are packed into batches of 20, inside every limit, over a few threads.

One thread decides; worker threads only carry a batch there and back. A batch leaves when it is full, or when nothing
that would fill it can come soon. Waits end on a grid of 5 s, so that polls of many tasks share batches.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from teamskit.clock import Clock
from teamskit.tenant.batching import AT_MOST, batch_of, replies_of
from teamskit.tenant.calls import Call, Reply, Task, Wait
from teamskit.tenant.refusals import error_of
from teamskit.tenant.retry import BUSY, RESENDS, retry_after
from teamskit.tenant.throttling import Limit, Pacer, is_scarce, limits_of
from teamskit.tenant.wire import Wire

GRID_S = 5
"""Waits are rounded up to whole multiples of this."""
SOON_S = 1.2
"""A batch that is not full waits for what comes within this: the next window of the limits that count by second."""
NOT_FOR_US = (400, 401, 403)
"""A batch that comes back so will never be taken: the run ends. Anything else is each member's own answer."""
UNSURE = (0, 500, *BUSY)
"""After these a call that may be repeated is sent again."""
HOLD_S = 1.5
"""And no longer than this in all."""


@dataclass
class _Job:
    """A task and what its last step still waits for."""

    task: Task
    many: bool = False
    open: int = 0
    replies: list[Any] = field(default_factory=list)


@dataclass
class _Item:
    """One call of a job, and how often it has failed."""

    call: Call
    job: _Job
    slot: int
    limits: tuple[Limit, ...]
    failures: int = 0


@dataclass(frozen=True)
class _Landed:
    """What a batch brought back: the answer as a whole, and each member's reply."""

    answer: Reply
    replies: list[Reply]


class Conductor:
    """Runs tasks to their end; made anew for each run."""

    def __init__(self, wire: Wire, pacer: Pacer, clock: Clock, workers: int) -> None:
        """Take what sends, what keeps the limits, the clock, and how many batches may be under way at once."""
        self._wire, self._pacer, self._clock, self._workers = wire, pacer, clock, workers
        self._scarce: list[_Item] = []
        self._plenty: list[_Item] = []
        self._later: list[tuple[float, int, _Job | _Item]] = []
        self._flying: dict[Future[_Landed], list[_Item]] = {}
        self._order = count()
        self._held_since: float | None = None

    def run(self, tasks: Iterable[Task]) -> None:
        """Run all tasks; what a task raises, and a refusal of a batch as a whole, ends the run."""
        for task in tasks:
            self._resume(_Job(task), None)
        with self._crew() as crew:
            while self._scarce or self._plenty or self._later or self._flying:
                self._turn(crew)

    @contextmanager
    def _crew(self) -> Iterator[Executor | None]:
        with ThreadPoolExecutor(self._workers) if self._workers > 1 else nullcontext() as crew:
            yield crew

    def _turn(self, crew: Executor | None) -> None:
        now = self._clock.now().timestamp()
        self._wake(now)
        batch, opens = self._pack(now) if len(self._flying) < self._workers else ([], math.inf)
        soonest = min(opens, self._later[0][0] if self._later else math.inf)
        if batch and self._is_time(batch, soonest, now):
            self._send(batch, now, crew)
            return
        if batch:
            soonest = min(soonest, (self._held_since or now) + HOLD_S)
        if self._flying:
            self._collect(min(max(soonest - now, 0.005), 1.0))
        elif soonest < math.inf:
            self._clock.sleep(max(soonest - now, 0.001))

    def _wake(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            _, _, one = heapq.heappop(self._later)
            if isinstance(one, _Job):
                self._resume(one, None)
            else:
                self._queue(one)

    def _queue(self, item: _Item) -> None:
        (self._scarce if is_scarce(item.call) else self._plenty).append(item)

    def _pack(self, now: float) -> tuple[list[_Item], float]:
        """Choose what may go now, scarce calls first; give it and when the next one that may not could join."""
        batch: list[_Item] = []
        planned: Counter[Limit] = Counter()
        shut: dict[Limit, float] = {}
        for item in chain(self._scarce, self._plenty):
            if item.call.service != "graph":
                if not batch:
                    return [item], math.inf
            elif self._fits(item, now, planned, shut):
                batch.append(item)
                planned.update(item.limits)
            if len(batch) == AT_MOST:
                break
        return batch, min(shut.values(), default=math.inf)

    def _fits(self, item: _Item, now: float, planned: Counter[Limit], shut: dict[Limit, float]) -> bool:
        if any(limit in shut for limit in item.limits):
            return False
        for limit in item.limits:
            opens = self._pacer.opens_at(limit, now, planned[limit])
            if opens > now:
                shut[limit] = opens
                return False
        return True

    def _is_time(self, batch: Sequence[_Item], soonest: float, now: float) -> bool:
        if len(batch) == AT_MOST or batch[0].call.service != "graph":
            return True
        if not self._flying and soonest - now > SOON_S:
            return True
        if self._held_since is None:
            self._held_since = now
        return now - self._held_since >= HOLD_S

    def _send(self, batch: list[_Item], now: float, crew: Executor | None) -> None:
        self._held_since = None
        chosen = {id(item) for item in batch}
        self._scarce = [item for item in self._scarce if id(item) not in chosen]
        self._plenty = [item for item in self._plenty if id(item) not in chosen]
        for item in batch:
            self._pacer.record(item.limits, now)
        calls = [item.call for item in batch]
        if crew:
            self._flying[crew.submit(self._carry, calls)] = batch
        else:
            self._land(batch, self._carry(calls))

    def _carry(self, calls: Sequence[Call]) -> _Landed:
        if calls[0].service != "graph":
            alone = self._wire.exchange(calls[0])
            return _Landed(Reply(200), [alone])
        answer = self._wire.exchange(batch_of(calls))
        replies = replies_of(calls, answer)
        for call, reply in zip(calls, replies, strict=True):
            self._wire.note(call, reply, 0, "in the batch")
        return _Landed(answer, replies)

    def _collect(self, timeout_s: float) -> None:
        landed, _ = wait(self._flying, timeout=timeout_s, return_when=FIRST_COMPLETED)
        for future in landed:
            self._land(self._flying.pop(future), future.result())

    def _land(self, batch: Sequence[_Item], landed: _Landed) -> None:
        if landed.answer.status in NOT_FOR_US:
            raise error_of(batch_of([item.call for item in batch]), landed.answer)
        now = self._clock.now()
        again: list[_Item] = []
        wait_s = 0.0
        for item, reply in zip(batch, landed.replies, strict=True):
            self._pacer.heed(item.call, reply.status, reply.headers, now.timestamp())
            if _may_go_again(item, reply):
                item.failures += 1
                again.append(item)
                wait_s = max(wait_s, retry_after(reply.headers, now, item.failures))
            else:
                self._deliver(item, reply)
        for item in again:
            heapq.heappush(self._later, (now.timestamp() + wait_s, next(self._order), item))

    def _deliver(self, item: _Item, reply: Reply) -> None:
        job = item.job
        job.replies[item.slot] = reply
        job.open -= 1
        if not job.open:
            self._resume(job, job.replies if job.many else reply)

    def _resume(self, job: _Job, value: Any) -> None:
        try:
            step = job.task.send(value)
            while not isinstance(step, Call | Wait) and not step:
                step = job.task.send([])
        except StopIteration:
            return
        if isinstance(step, Wait):
            when = math.ceil(step.until.timestamp() / GRID_S) * GRID_S
            heapq.heappush(self._later, (when, next(self._order), job))
            return
        job.many = not isinstance(step, Call)
        calls = [step] if isinstance(step, Call) else list(step)
        job.open, job.replies = len(calls), [None] * len(calls)
        for slot, call in enumerate(calls):
            self._queue(_Item(call, job, slot, limits_of(call)))


def _may_go_again(item: _Item, reply: Reply) -> bool:
    if item.failures >= RESENDS:
        return False
    return reply.status == 429 or (item.call.repeatable and reply.status in UNSURE)
