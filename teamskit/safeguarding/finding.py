"""One thing to look at, as a plain value, and how its id is made. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from teamskit.calls.model import Interval

Severity = Literal["high", "medium", "low", "not known"]
State = Literal["open", "agreed", "settled", "closed"]

SEVERITY: dict[str, Severity] = {
    "one-to-one": "high",
    "alone-in-group": "high",
    "pupils-only": "high",
    "no-consent": "high",
    "recording-gone": "high",
    "recording-opened": "high",
    "backup-failed": "high",
    "chat-on": "high",
    "pupil-organised": "medium",
    "outside-person": "medium",
    "unknown-person": "medium",
    "out-of-hours": "medium",
    "unrecorded-lesson": "medium",
    "not-seen": "low",
    "not-known": "not known",
}
"""Each kind of finding, worst first. `not-known` counts neither as fine nor as wrong."""


@dataclass(frozen=True)
class Noted:
    """What a finding said when a note was written on it: enough to show it when it can no longer be derived."""

    kind: str
    at: datetime
    call: str | None = None
    pupil: str | None = None
    people: tuple[str, ...] = ()
    text: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class Note:
    """What a person wrote about a finding; never overwritten.

    `settles` is true for a note that settled it, `reopens` for one that took this back: the last of both counts.
    """

    finding: str
    text: str
    author: str
    at: datetime
    settles: bool = False
    reopens: bool = False
    on: Noted | None = None


@dataclass(frozen=True)
class Finding:
    """Something a person should look at; the program never accuses.

    Exactly one of `call` (the record's id) and `pupil` (the admission number) is set. `people` are the ids of everybody
    concerned (roster ids, else account ids). `text` and `next_step` are sentences with names. `at` is when it begins
    (UTC) and `span` the stretch of the call that it rests on, where it rests on one. `why` says who agreed it and why,
    or what closed it. `alike` is what `text` says after the name, where many pupils can be said together.
    """

    id: str
    finding: str
    call: str | None
    pupil: str | None
    people: tuple[str, ...]
    state: State
    text: str
    next_step: str
    at: datetime
    span: Interval | None = None
    why: str = ""
    notes: tuple[Note, ...] = ()
    unknowns: tuple[str, ...] = ()
    settles_from: datetime | None = None
    alike: str = ""

    @property
    def severity(self) -> Severity:
        """Give how much it matters."""
        return SEVERITY[self.finding]


def finding_id(kind: str, subject: str, people: Iterable[str]) -> str:
    """Make the id from what the finding rests on: its kind, the call's or pupil's id, and the people, in any order."""
    rests_on = "|".join([kind, subject, *sorted(set(people))])
    return "f-" + hashlib.sha256(rests_on.encode("utf-8")).hexdigest()[:12]
