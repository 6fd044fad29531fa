"""What became of each call's recording, in the words of a report: is it there, until when, is a copy kept. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from teamskit.clock import at_school
from teamskit.reports.words import day_words
from teamskit.safeguarding.recorded import Row

COPIES = {
    "none": "none",
    "copied": "not yet checked",
    "verified": "checked",
    "failed": "not as it was stored",
}
_COPY_WORDS = {
    "none": "No copy is kept.",
    "copied": "A copy is kept, and was not checked yet.",
    "verified": "A checked copy is kept.",
    "failed": "The copy is not as it was stored.",
}
_WORST = ("failed", "none", "copied", "verified")


@dataclass(frozen=True)
class RecordingNow:
    """A call's recording: `state` is there, late (there, and found late), gone, in part or not known; `until` its day.

    `copy` is the worst that is known of the copies of its recordings: failed, none, copied or verified.
    """

    state: str
    until: date | None
    copy: str

    @property
    def words(self) -> str:
        """Say it in sentences."""
        until = f", until {day_words(self.until)}" if self.until else ""
        there = {
            "there": f"It is still there{until}.",
            "late": f"It was found late, and is there{until}.",
            "gone": "It is no longer there.",
            "in part": "Some of it is no longer there.",
        }.get(self.state, "It is not known whether it is still there.")
        return f"{there} {_COPY_WORDS[self.copy]}"


def recordings_now(rows: Iterable[Row]) -> Mapping[str, RecordingNow]:
    """Give what became of the recordings of each call, by its id; calls without one are left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.file is not None:
            found.setdefault(row.call.id, []).append(row)
    return {call: _now(of_call) for call, of_call in found.items()}


def _now(rows: list[Row]) -> RecordingNow:
    there = [row for row in rows if row.is_there]
    state = _whole([row for row in rows if row.state in ("deleted", "expired")], there, rows)
    if state == "there" and all(row.state == "late" for row in rows):
        state = "late"
    ends = [row.file.expires_on for row in there if row.file and row.file.expires_on]
    until = at_school(min(ends)).date() if ends else None
    return RecordingNow(state, until, min((row.backup for row in rows), key=_WORST.index))


def _whole(gone: list[Row], there: list[Row], rows: list[Row]) -> str:
    if gone:
        return "gone" if len(gone) == len(rows) else "in part"
    return "there" if len(there) == len(rows) else "not known"
