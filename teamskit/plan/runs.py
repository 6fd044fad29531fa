"""The journal run by run: what each one began, how it stood before, and how it ended. What `undo` starts from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from teamskit.clock import parse_iso
from teamskit.plan.change import State, Target
from teamskit.plan.journal import SETTLED, Journal


@dataclass(frozen=True)
class Noted:
    """One change that a run began: the target's state before it and as wanted, and the newest event on it.

    `event` is intended while nobody knows how it ended, done, or failed.
    """

    target: Target
    action: str
    before: State
    after: State
    event: str = "intended"


@dataclass(frozen=True)
class Run:
    """One run: its name, when it began, and by target what it began. What it never sent is not in it."""

    name: str
    at: datetime
    changes: dict[Target, Noted] = field(default_factory=dict)


def runs_of(journal: Journal) -> list[Run]:
    """Give every run, oldest first. What a later one closed of a stopped run counts as that run's own."""
    runs: dict[str, Run] = {}
    closing: set[str] = set()
    for name, line in journal.named_lines():
        if line["event"] == "begin":
            runs[name] = Run(name, parse_iso(line["at"]))
            closing |= {name} if line["plan"] == SETTLED else set()
        elif "kind" in line and name in runs:
            target = Target(line["kind"], line["key"])
            run = _who_began(target, list(runs.values())) if name in closing else runs[name]
            if run and line["event"] == "intended":
                run.changes[target] = Noted(target, line["action"], line.get("before"), line["after"])
            elif run and target in run.changes:
                run.changes[target] = replace(run.changes[target], event=line["event"])
    return [run for name, run in runs.items() if name not in closing]


def _who_began(target: Target, runs: Sequence[Run]) -> Run | None:
    return next((run for run in reversed(runs) if target in run.changes), None)


def touched_since(runs: Sequence[Run], name: str) -> dict[Target, str]:
    """Give the targets that later runs changed, with the name of the newest. What was only begun changed nothing."""
    later = (run for run in runs if run.name > name)
    return {
        one.target: run.name
        for run in sorted(later, key=lambda run: run.name)
        for one in run.changes.values()
        if one.event == "done"
    }
