"""Copies recordings to the target: fetched once, checked, placed whole, then written into the ledger.

What is to be copied comes in as plain values; what became of each goes out. Several files are under way at once, those
first that expire first. Stopped at any moment, the next run goes on with the bytes that are there.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from teamskit.clock import Clock
from teamskit.errors import PermissionMissing, SignInError, TargetError, TeamskitError, TenantError, Unreachable
from teamskit.ledger.store import Ledger
from teamskit.recordings.manifest import Copy, Facts, copied_entry, failed_entry
from teamskit.recordings.names import Naming
from teamskit.recordings.placing import Room, place, sealed_or_plain
from teamskit.recordings.spool import Spooled, spooled
from teamskit.recordings.targets import FULL, Target
from teamskit.tenant.bandwidth import Bandwidth, WindowClosed
from teamskit.tenant.downloads import Downloads

SPOOL_FULL, NOT_WHOLE = "spool-full", "not-whole"
TRIES = 3
"""How often a file is fetched whose bytes are not what the service's hash says."""
LATER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """A file to be copied; `size` in bytes and `quickxor` as last seen, `expires_on` None for never.

    `class_name` and `meeting` are for its name at the target, free of pupils' names; `name` is what its drive calls it.
    """

    key: str
    call: str
    about: datetime
    drive: str
    item: str
    size: int
    quickxor: str
    recorded_at: datetime
    expires_on: datetime | None = None
    name: str = ""
    class_name: str = ""
    meeting: str = ""

    @property
    def same_bytes(self) -> tuple[str, int, str]:
        """Give what two files of one recording share; without a hash nothing is shared."""
        return self.call, self.size, self.quickxor or self.key


@dataclass(frozen=True)
class Failed:
    """A file that could not be copied; `why` is a word for programs, `words` a sentence for people."""

    key: str
    why: str
    words: str


@dataclass
class Outcome:
    """What a run did: files copied (and their bytes), found to be copied already under another id, failed, and left.

    `stopped` says why some were left: "window", "target" or "tenant", and `fetched` counts bytes that came over the
    line in this run, `restarts` and `cuts` what went wrong on the way.
    """

    run: str
    copied: list[str] = field(default_factory=list)
    copied_bytes: int = 0
    same: list[str] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    left_bytes: int = 0
    stopped: str = ""
    stopped_words: str = ""
    fetched: int = 0
    restarts: int = 0
    cuts: int = 0


class Told(Protocol):
    """What a run tells of itself."""

    def begin(self, files: int, size: int) -> None:
        """Say how much there is to do."""

    def came(self, count: int) -> None:
        """Say that some bytes came, or were there already; may be called from any thread."""

    def file(self) -> None:
        """Say that a file is done with."""

    def end(self) -> None:
        """Say that it is over."""


@dataclass(frozen=True)
class Place:
    """Where copies go: the target, the folder for what is not whole yet, public keys, and files at once."""

    target: Target
    spool: Path
    spool_free: int | None
    recipients: Sequence[str] = ()
    parallel: int = 3


@dataclass(frozen=True)
class _Stored:
    facts: Facts
    path: str


class Backup:
    """One run; `carry_out` may be called once."""

    def __init__(
        self,
        ledger: Ledger,
        copies: Mapping[str, Copy],
        place: Place,
        downloads: Downloads,
        bandwidth: Bandwidth,
        clock: Clock,
        run: str,
        told: Told,
    ) -> None:
        """Take the ledger with what it knows of copies, where they go, the way to the tenant, and the run's name."""
        self._ledger, self._copies, self._place, self._run = ledger, copies, place, run
        self._downloads, self._bandwidth, self._clock, self._told = downloads, bandwidth, clock, told
        self._room = Room(place.target.where, place.target.free_bytes())
        self._spool_room = Room(str(place.spool), place.spool_free, SPOOL_FULL)
        self._lock = threading.Lock()
        self._stored = dict(_by_bytes(copies.values()))
        self.outcome = Outcome(run)

    def carry_out(self, wanted: Sequence[Wanted]) -> Outcome:
        """Copy what is wanted. Troubles with one file leave the others; those of the target or tenant end the run."""
        fresh = [one for one in wanted if not self._is_same(one)]
        firsts, others = _once_each(sorted(fresh, key=lambda one: (one.expires_on or LATER, one.recorded_at, one.key)))
        self._told.begin(len(firsts), sum(one.size for one in firsts))
        try:
            self._all(firsts)
            self._all([one for one in others if not self._is_same(one)])
        finally:
            self._told.end()
        counts = self._downloads.counts
        self.outcome.fetched, self.outcome.cuts = counts.bytes, counts.cuts
        self.outcome.restarts += counts.restarts
        return self.outcome

    def _all(self, wanted: Sequence[Wanted]) -> None:
        waiting = iter(wanted)
        with ThreadPoolExecutor(self._place.parallel, thread_name_prefix="backup") as pool:
            running: dict[Future[None], Wanted] = {}
            try:
                while True:
                    self._fill(pool, running, waiting)
                    if not running:
                        break
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for one in done:
                        del running[one]
                        one.result()
            except BaseException:
                # A person's Ctrl-C, or a fault of ours: those under way stop at their next piece.
                self._bandwidth.close()
                raise
        self._leave(waiting)

    def _fill(self, pool: ThreadPoolExecutor, running: dict[Future[None], Wanted], waiting: Iterator[Wanted]) -> None:
        while len(running) < self._place.parallel and not self.outcome.stopped:
            one = next(waiting, None)
            if one is None:
                return
            running[pool.submit(self._one, one)] = one

    def _one(self, wanted: Wanted) -> None:
        try:
            with spooled(self._place.spool, wanted.key) as spool:
                spool.look()
                with self._spool_room.borrowed(self._needed(wanted, spool)):
                    self._fetch(wanted, spool)
                    stored = self._put(wanted, spool)
                self._keep(wanted, stored)
                spool.remove()
        except WindowClosed:
            self._stop("window", "the hours for fetching are over", wanted)
        except TargetError as trouble:
            self._fail(wanted, trouble.kind if trouble.kind == SPOOL_FULL else f"target-{trouble.kind}", trouble)
            if trouble.kind in ("gone", "denied"):
                self._stop("target", trouble.what)
        except TenantError as refused:
            self._fail(wanted, _why(refused), refused)
            if isinstance(refused, Unreachable | SignInError):
                self._stop("tenant", refused.what)
        except (TeamskitError, OSError) as wrong:
            self._fail(wanted, SPOOL_FULL if getattr(wrong, "errno", 0) in FULL else "spool", wrong)

    def _needed(self, wanted: Wanted, spool: Spooled) -> int:
        """Give the bytes that the spool has yet to take."""
        missing = 0 if spool.is_whole else max(0, wanted.size - spool.length)
        return missing + (wanted.size if self._place.recipients and not spool.sealing else 0)

    def _fetch(self, wanted: Wanted, spool: Spooled) -> None:
        self._told.came(spool.length)
        before = self._copies.get(wanted.key)
        # What was never right yet would else be fetched thrice each night.
        for _ in range(1 if before and before.why == NOT_WHOLE else TRIES):
            if not spool.is_whole:
                self._downloads.fetch(wanted.drive, wanted.item, spool, self._told.came)
            if spool.is_whole:
                break
            with self._lock:
                self.outcome.restarts += 1
            spool.restart()
        else:
            raise _NotWholeError("the bytes that came are not those that Microsoft's hash is of")
        spool.close()

    def _put(self, wanted: Wanted, spool: Spooled) -> _Stored:
        local, facts = sealed_or_plain(spool, self._place.recipients)
        naming = Naming(wanted.key, wanted.recorded_at, wanted.class_name, wanted.meeting)
        with self._room.reserved(facts.stored_size):
            return _Stored(facts, place(self._place.target, local, facts, naming, spool))

    def _keep(self, wanted: Wanted, stored: _Stored, same_as: str = "") -> None:
        before = self._copies.get(wanted.key)
        entry = copied_entry(
            wanted.key,
            wanted.call,
            wanted.about,
            self._clock.now(),
            before.version + 1 if before else 1,
            stored.facts,
            path=stored.path,
            name=wanted.name,
            run=self._run,
            same_as=same_as,
        )
        with self._lock:
            self._ledger.append([entry])
            if same_as:
                self.outcome.same.append(wanted.key)
                return
            self._stored[wanted.same_bytes] = (wanted.key, stored)
            self.outcome.copied.append(wanted.key)
            self.outcome.copied_bytes += stored.facts.size
        self._told.file()

    def _is_same(self, wanted: Wanted) -> bool:
        """Note a file whose recording is at the target under another id; False when it is not."""
        found = self._stored.get(wanted.same_bytes)
        if found is None:
            return False
        self._keep(wanted, found[1], same_as=found[0])
        return True

    def _fail(self, wanted: Wanted, why: str, wrong: BaseException) -> None:
        words = wrong.what if isinstance(wrong, TeamskitError) else getattr(wrong, "strerror", None) or str(wrong)
        why = NOT_WHOLE if isinstance(wrong, _NotWholeError) else why
        before = self._copies.get(wanted.key)
        with self._lock:
            self.outcome.failed.append(Failed(wanted.key, why, words))
            # A copy that is there, if only a damaged one, is not forgotten over a try that failed.
            if before is None or (before.word == "failed" and before.why != why):
                version = before.version + 1 if before else 1
                self._ledger.append(
                    [failed_entry(wanted.key, wanted.call, wanted.about, self._clock.now(), version, why)]
                )
        self._told.file()

    def _stop(self, why: str, words: str, wanted: Wanted | None = None) -> None:
        with self._lock:
            if not self.outcome.stopped:
                self.outcome.stopped, self.outcome.stopped_words = why, words
            if wanted:
                self.outcome.left.append(wanted.key)
                self.outcome.left_bytes += wanted.size
        self._bandwidth.close()

    def _leave(self, waiting: Iterator[Wanted]) -> None:
        for one in waiting:
            self.outcome.left.append(one.key)
            self.outcome.left_bytes += one.size


class _NotWholeError(TeamskitError):
    """The bytes are not what the service says they are, however often they are fetched."""


def _why(refused: TenantError) -> str:
    if refused.status_code == 404:
        return "gone"
    return "denied" if isinstance(refused, PermissionMissing) else "tenant"


def _once_each(wanted: Sequence[Wanted]) -> tuple[list[Wanted], list[Wanted]]:
    """Part the files into the first of each recording and the others of it."""
    seen: dict[tuple[str, int, str], Wanted] = {}
    for one in wanted:
        seen.setdefault(one.same_bytes, one)
    firsts = list(seen.values())
    keys = {one.key for one in firsts}
    return firsts, [one for one in wanted if one.key not in keys]


def _by_bytes(copies: Iterable[Copy]) -> Iterator[tuple[tuple[str, int, str], tuple[str, _Stored]]]:
    """Give what is stored and not known to be damaged, by call, size and hash."""
    for copy in copies:
        facts = copy.facts
        if copy.is_stored and copy.state != "failed" and copy.path and facts:
            yield (copy.call, facts.size, facts.quickxor), (copy.key, _Stored(facts, copy.path))
