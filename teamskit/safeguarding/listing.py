"""Findings as they are handed out: chosen, and as the documented JSON. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from teamskit.clock import iso
from teamskit.safeguarding.finding import Finding, Note, Severity, State
from teamskit.safeguarding.words import counted_digits

SINGLY = 5
"""Up to so many findings that say the same are shown one by one."""


@dataclass(frozen=True)
class FindingFilter:
    """Which findings to show; None means any. `people` are ids as findings have them: one of them is enough."""

    severity: Severity | None = None
    state: State | None = None
    people: Collection[str] | None = None

    def fits(self, finding: Finding) -> bool:
        """Say whether a finding is wanted."""
        return (
            self.severity in (None, finding.severity)
            and self.state in (None, finding.state)
            and (self.people is None or any(one in self.people for one in finding.people))
        )


def as_json(finding: Finding) -> dict[str, Any]:
    """Give the documented JSON of one finding; times in ISO 8601 UTC."""
    return {
        "id": finding.id,
        "finding": finding.finding,
        "severity": finding.severity,
        "call": finding.call,
        "pupil": finding.pupil,
        "people": list(finding.people),
        "state": finding.state,
        "text": finding.text,
        "next": finding.next_step,
        "at": iso(finding.at),
        "span": [iso(moment) for moment in finding.span] if finding.span else None,
        "why": finding.why,
        "notes": [_note(note) for note in finding.notes],
        "not_known": list(finding.unknowns),
    }


def gathered(findings: Iterable[Finding]) -> tuple[list[Finding], dict[str, int]]:
    """Keep apart what could not be told of many calls for one and the same reason: gives the rest, and calls a reason.

    One such call stays what it is; of several a line is enough.
    """
    every = list(findings)
    calls: dict[str, int] = {}
    for one in every:
        if len(one.unknowns) == 1 and one.state == "open":
            calls[one.unknowns[0]] = calls.get(one.unknowns[0], 0) + 1
    many = {reason: number for reason, number in calls.items() if number > 1}
    return [one for one in every if not (len(one.unknowns) == 1 and one.unknowns[0] in many)], many


@dataclass(frozen=True)
class Alike:
    """Open findings that say the same of several pupils; `together` is the first of them with a text on all."""

    together: Finding
    every: tuple[Finding, ...]


def alike(findings: Iterable[Finding]) -> list[Alike]:
    """Put more than five open findings together that differ only in the pupil, at the place of the first.

    Any other stands alone; so does one with notes, which must not be lost in a crowd.
    """
    listed = list(findings)
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for one in listed:
        groups.setdefault(_said(one), []).append(one)
    found = []
    for one in listed:
        same = groups[_said(one)]
        if not one.alike or len(same) <= SINGLY:
            found.append(Alike(one, (one,)))
        elif one is same[0]:
            found.append(_together(same))
    return found


def _said(one: Finding) -> tuple[str, ...]:
    if not one.alike or one.notes or one.state != "open":
        return (one.id,)
    return one.finding, one.alike, one.next_step


def _together(every: Sequence[Finding]) -> Alike:
    text = f"Chat is on for {counted_digits(len(every), 'pupil')}{every[0].alike}"
    return Alike(replace(every[0], text=text), tuple(every))


def _note(note: Note) -> dict[str, Any]:
    return {
        "text": note.text,
        "author": note.author,
        "at": iso(note.at),
        "settles": note.settles,
        "reopens": note.reopens,
    }
