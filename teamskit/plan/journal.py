"""The journal: what *we* did. Each change is written as intended before its first request, and as done or failed after.

One file of JSON lines a run, owner-only, only ever appended to. A line cut by a crash is left out when reading; what
was intended and has no end is what `apply` asks the tenant about.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from teamskit.clock import iso, parse_iso
from teamskit.plan.change import Action, Change, Target
from teamskit.school.folder import private_file, private_folder


@dataclass(frozen=True)
class Recorded:
    """What the journal knows of a target.

    `event` is the newest line's: intended, done or failed; `after` the state it wanted. `held` is the state that the
    last accepted change put there, at `held_at`: a later change that failed or was cut takes nothing from it. `seen`
    says that the tenant has shown it in effect since, first at `seen_at`.
    """

    target: Target
    event: str
    action: str
    at: datetime
    after: dict[str, Any] | None
    came_back: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] | None = None
    held_at: datetime | None = None
    seen: bool = False
    seen_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Say whether an accepted change of ours put something there and none took it away."""
        return self.held is not None

    def is_young(self, now: datetime, hours: int) -> bool:
        """Say whether what we put there was accepted less than so many hours ago."""
        return self.held_at is not None and self.stands and now - self.held_at < timedelta(hours=hours)

    def is_on_its_way(self, now: datetime, hours: int) -> bool:
        """Say whether what we put there, or took away, was accepted less than so many hours ago and never seen yet."""
        return self.held_at is not None and not self.seen and now - self.held_at < timedelta(hours=hours)


class Journal:
    """All runs of one school folder; `begin` starts a run, which one process writes at a time."""

    def __init__(self, folder: Path) -> None:
        """Use a folder of journal files, made owner-only."""
        self.folder = private_folder(folder)
        self._file: IO[str] | None = None

    def begin(self, fingerprint: str, now: datetime) -> str:
        """Start a run and give its name, which is the moment it began."""
        stem = now.strftime("%Y-%m-%d-%H%M%S")
        taken = {path.stem for path in self.folder.glob("*.jsonl")}
        run = next(name for n in range(len(taken) + 1) if (name := f"{stem}-{n:02d}" if n else stem) not in taken)
        self._file = private_file(self.folder / f"{run}.jsonl").open("a", encoding="utf-8", newline="\n")
        self._write({"event": "begin", "at": iso(now), "plan": fingerprint})
        return run

    def write(self, event: str, change: Change, now: datetime, came_back: dict[str, Any] | None = None) -> None:
        """Append one line on a change: intended, done or failed."""
        line = {
            "event": event,
            "at": iso(now),
            "kind": change.target.kind,
            "key": change.target.key,
            "action": str(change.action),
            "after": dict(change.after) if change.after is not None else None,
        }
        if event == "intended":
            line["before"] = dict(change.before) if change.before is not None else None
        if came_back:
            line["came_back"] = came_back
        self._write(line)

    def settle(self, found: Sequence[tuple[Recorded, dict[str, Any]]], now: datetime) -> None:
        """Write as done what an earlier run had begun and the tenant shows; with what came back of it."""
        if not found:
            return
        self.begin("settled", now)
        for record, came_back in found:
            change = Change(record.target, Action(record.action), None, record.after, "begun by an earlier run")
            self.write("done", change, now, came_back)
        self.end(now)

    def sync(self) -> None:
        """Make sure that what was written outlives a power cut; called once for each group of requests."""
        if self._file:
            os.fsync(self._file.fileno())

    def end(self, now: datetime) -> None:
        """Close the run."""
        self._write({"event": "end", "at": iso(now)})
        if self._file:
            self._file.close()
        self._file = None

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            raise ValueError("no run was begun")
        self._file.write(json.dumps(line, sort_keys=True) + "\n")
        self._file.flush()

    def mark_seen(self, records: Iterable[Recorded], now: datetime) -> None:
        """Note that the tenant shows these as we wanted them: from now on their absence is drift, not delay."""
        lines = [
            {"event": "seen", "at": iso(now), "kind": one.target.kind, "key": one.target.key, "after": one.held}
            for one in records
        ]
        if lines:
            with private_file(self.folder / "seen.jsonl").open("a", encoding="utf-8", newline="\n") as file:
                file.write("".join(json.dumps(line, sort_keys=True) + "\n" for line in lines))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give every whole line of every run, oldest first, then those on what was seen."""
        for path in sorted(self.folder.glob("*.jsonl"), key=lambda path: path.stem):
            for text in path.read_text(encoding="utf-8").splitlines():
                try:
                    yield json.loads(text)
                except ValueError:
                    continue

    def newest(self) -> dict[Target, Recorded]:
        """Give what is known of every target."""
        found: dict[Target, Recorded] = {}
        for line in (one for one in self.lines() if "kind" in one):
            target, at = Target(line["kind"], line["key"]), parse_iso(line["at"])
            before = found.get(target)
            if line["event"] == "seen":
                if before and before.held == line["after"] and before.held_at and at >= before.held_at:
                    found[target] = replace(before, seen=True, seen_at=before.seen_at or at)
                continue
            found[target] = _followed(before, line, target, at)
        return found


def _followed(before: Recorded | None, line: dict[str, Any], target: Target, at: datetime) -> Recorded:
    """Give what is known of a target after one more line: only an accepted change alters what stands there."""
    record = Recorded(target, line["event"], line["action"], at, line["after"], line.get("came_back", {}))
    if line["event"] == "done":
        return replace(record, held=line["after"], held_at=at)
    if before is None:
        return record
    kept = record.came_back or before.came_back
    return replace(record, **_kept(before), came_back=kept)


def _kept(before: Recorded) -> dict[str, Any]:
    return {"held": before.held, "held_at": before.held_at, "seen": before.seen, "seen_at": before.seen_at}
