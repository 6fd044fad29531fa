"""What people wrote about findings: how the ledger keeps it, and what it does to a finding's state. Pure.

A note is appended and never changed; settling and taking that back are notes too. Text and author are in the private
part of an entry, as is everything of the finding that names somebody.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from teamskit.clock import at_school, iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import Finding, Note, Noted
from teamskit.safeguarding.words import day

NOTE = "note"
Action = Literal["note", "settle", "reopen"]
FORGOTTEN = "no longer kept"
_GONE = "It can no longer be derived from what the log, the registers and school.toml say now."
_MORE = "More is known now than when this was written: see the other finding of this kind on the same call."


def note_entry(finding: Finding, text: str, author: str, action: Action, version: int, now: datetime) -> Entry:
    """Give the ledger entry of a note; `version` counts the notes on one finding from 1."""
    body = {"finding": finding.id, "kind": finding.finding, "call": finding.call, "action": action}
    private = {
        "text": text,
        "author": author,
        "pupil": finding.pupil,
        "people": list(finding.people),
        "said": finding.text,
        "next_step": finding.next_step,
    }
    return Entry(NOTE, finding.id, version, now, {**body, "begins": iso(finding.at)}, about=finding.at, private=private)


def note_of(entry: Entry) -> Note:
    """Read a note back; one whose text was forgotten says so."""
    body, private = entry.body, entry.private or {}
    return Note(
        finding=body["finding"],
        text=private.get("text", FORGOTTEN),
        author=private.get("author", FORGOTTEN),
        at=entry.at,
        settles=body["action"] == "settle",
        reopens=body["action"] == "reopen",
        on=_noted(body, private),
    )


def with_notes(findings: Iterable[Finding], evidence: Evidence) -> list[Finding]:
    """Give the findings with their notes, and those of the period that only notes tell of any more, as closed.

    An open finding is settled while the last word of its notes settles it. What is agreed stays agreed.
    """
    by_finding: dict[str, list[Note]] = defaultdict(list)
    for note in sorted(evidence.notes, key=lambda one: one.at):
        by_finding[note.finding].append(note)
    found = [_with(one, by_finding.pop(one.id, [])) for one in findings]
    on_calls = {(one.finding, one.call) for one in found if one.call}
    lost = [_lost(on, notes, on_calls) for notes in by_finding.values() if (on := notes[-1].on)]
    return found + [one for one in lost if evidence.first <= at_school(one.at).date() <= evidence.last]


def _with(finding: Finding, notes: Sequence[Note]) -> Finding:
    if not notes:
        return finding
    said = next((note for note in reversed(notes) if note.settles or note.reopens), None)
    holds = said is not None and said.settles and (finding.settles_from is None or said.at >= finding.settles_from)
    if said and holds and finding.state == "open":
        why = f"Settled by {said.author} on {day(said.at)}."
        return replace(finding, notes=tuple(notes), state="settled", why=why)
    return replace(finding, notes=tuple(notes))


def _lost(on: Noted, notes: Sequence[Note], on_calls: Set[tuple[str, str]]) -> Finding:
    return Finding(
        id=notes[-1].finding,
        finding=on.kind,
        call=on.call,
        pupil=on.pupil,
        people=on.people,
        state="closed",
        text=on.text,
        next_step=on.next_step,
        at=on.at,
        why=_MORE if (on.kind, on.call) in on_calls else _GONE,
        notes=tuple(notes),
    )


def _noted(body: Mapping[str, Any], private: Mapping[str, Any]) -> Noted:
    return Noted(
        kind=body["kind"],
        at=parse_iso(body["begins"]),
        call=body["call"],
        pupil=None if body["call"] else private.get("pupil", FORGOTTEN),
        people=tuple(private.get("people", ())),
        text=private.get("said", f"What was found is {FORGOTTEN}."),
        next_step=private.get("next_step", ""),
    )
