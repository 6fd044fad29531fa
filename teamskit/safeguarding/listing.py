"""Findings as they are handed out: chosen, and as the documented JSON. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from teamskit.clock import iso
from teamskit.safeguarding.finding import Finding, Note, Severity, State


@dataclass(frozen=True)
class FindingFilter:
    """Which findings to show; None means any. `person` is a roster id or an account id, without case."""

    severity: Severity | None = None
    state: State | None = None
    person: str | None = None

    def fits(self, finding: Finding) -> bool:
        """Say whether a finding is wanted."""
        return (
            self.severity in (None, finding.severity)
            and self.state in (None, finding.state)
            and (self.person is None or self.person.casefold() in (one.casefold() for one in finding.people))
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


def _note(note: Note) -> dict[str, Any]:
    return {
        "text": note.text,
        "author": note.author,
        "at": iso(note.at),
        "settles": note.settles,
        "reopens": note.reopens,
    }
