"""How recordings look at a terminal: totals, then what to do first, worst first, then what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from teamskit.cli.output import clean, count, say, say_folded

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.recordings.check import Checked
    from teamskit.safeguarding import Evidence
    from teamskit.safeguarding.recorded import Recorded, Row

SOON = timedelta(days=7)
"""A recording without a copy that expires this soon is named first."""
NEVER = datetime.max.replace(tzinfo=UTC)
LISTED = 20
"""So many rows of one kind are listed; the rest are counted."""


def show(here: Here, found: Recorded, evidence: Evidence, checked: Checked | None) -> None:
    """Print the recordings of a period."""
    from teamskit.cli.report_material import class_names_of
    from teamskit.reports.words import span_words

    say(f"Recordings, {span_words(evidence.first, evidence.last)}")
    say_folded(_totals(found), "  ")
    names = class_names_of(here) if found.rows else {}
    for title, rows in parts(found.rows, evidence, here.clock.now()):
        say()
        say(f"{title}: {len(rows):,}")
        for row in rows[:LISTED]:
            say_folded(f"  {_line(row, names)}", "    ")
        if len(rows) > LISTED:
            say(f"  and {len(rows) - LISTED:,} more: --output csv has all")
    say()
    for line in _rest(found, evidence, checked):
        say_folded(line, "  ")
    say(f"Next: {_next(found.rows, evidence)}")


def parts(rows: Sequence[Row], evidence: Evidence, now: datetime) -> list[tuple[str, list[Row]]]:
    """Give what to do something about, the most pressing first; a recording stands in each part that it belongs to."""
    soon = [row for row in rows if _lacks_copy(row, evidence) and _expires(row) <= now + SOON]
    gone = [row for row in rows if row.state in ("deleted", "expired") and row.backup != "verified"]
    listed = [
        ("Expire within a week, no copy", sorted(soon, key=_expires)),
        ("Gone, no checked copy", gone),
        ("Open to others than staff", [row for row in rows if row.is_shared]),
        ("Copy not as it was stored", [row for row in rows if row.backup == "failed"]),
        ("No recording found", [row for row in rows if row.state == "missing"]),
        ("Not known", [row for row in rows if row.state == "not known"]),
    ]
    return [(title, found) for title, found in listed if found]


def _lacks_copy(row: Row, evidence: Evidence) -> bool:
    """Say whether a recording should have a copy and has none: not where its time is past, as the school decided."""
    days = evidence.recording_days
    is_past = bool(days) and row.call.start < evidence.now - timedelta(days=days) and row.call.id not in evidence.held
    return row.is_there and row.backup in ("none", "failed") and not is_past


def _expires(row: Row) -> datetime:
    return (row.file.expires_on if row.file else None) or NEVER


def _totals(found: Recorded) -> str:
    from teamskit.safeguarding.recorded import STATES

    lessons = len({row.call.id for row in found.rows if row.is_lesson})
    others = len({row.call.id for row in found.rows if not row.is_lesson})
    states = Counter(row.state for row in found.rows)
    told = ", ".join(f"{states[state]:,} {state}" for state in STATES if states[state])
    copies = Counter(row.backup for row in found.rows if row.file)
    kept = f" Copies: {copies['verified']:,} checked, {copies['copied']:,} not yet checked." if found.rows else ""
    also = f" and {count(others, 'other call')}" if others else ""
    return f"{count(lessons, 'lesson')}{also}: {told or 'nothing to tell'}.{kept}"


def _line(row: Row, names: Mapping[str, str]) -> str:
    from teamskit.clock import at_school

    call, there = row.call, at_school(row.call.start)
    what = names.get(call.class_id or "", call.class_id or "")
    organiser = call.organiser.name if call.organiser else "organiser not known"
    told = ", ".join(one for one in (clean(what), clean(organiser), *_told(row)) if one)
    return f"{there:%Y-%m-%d %H:%M}  {told}"


def _told(row: Row) -> Iterator[str]:
    from teamskit.reports.words import moment_words

    file = row.file
    if row.state in ("deleted", "expired", "late"):
        yield row.state
    if file and row.is_there:
        yield f"expires {moment_words(file.expires_on)}" if file.expires_on else ""
        yield f"in the drive of a pupil ({clean(row.owner)})" if file.in_drive_of == "pupil" else ""
        yield from (f"link for {_SCOPES.get(one.scope, one.scope)}" for one in file.links if one.outside)
        yield from (f"right given to {_GRANTED.get(one.to, one.to)}" for one in file.grants)
    if file and file.expires_on and row.state == "not known":
        yield f"was to expire {moment_words(file.expires_on)}, and nobody has looked since"
    if row.opened:
        yield f"opened {count(row.opened, 'time')} from outside"
    if row.half_saved:
        yield "a half saved file lies in the drive"
    if file:
        yield _COPIES[row.backup]


_SCOPES = {"anonymous": "anybody", "organization": "the whole school", "users": "people beyond staff"}
_GRANTED = {"guest": "somebody from outside", "everybody": "the whole school", "pupil": "a pupil, to change it"}
_COPIES = {
    "none": "no copy",
    "copied": "copy not yet checked",
    "verified": "copy checked",
    "failed": "copy not as it was stored",
}


def _rest(found: Recorded, evidence: Evidence, checked: Checked | None) -> Iterator[str]:
    """Say what is not in the rows: lessons still to come, files of no call, what could not be asked."""
    if found.waiting:
        verb = "is" if found.waiting == 1 else "are"
        hours = evidence.minutes.recording_hours
        yield f"{count(found.waiting, 'call')} {verb} left out: a recording may take {hours} h to come."
    look = checked.look if checked else evidence.recordings.last_look
    if look is None:
        yield "Nobody has looked for recordings yet: teamskit recordings check"
        return
    if look.unmatched:
        yield f"{count(look.unmatched, 'video')} in Recordings folders fit no one call of the log."
    if look.audit == "refused":
        yield "Who opened recordings is not known: the audit log may not be read."
    if look.silent:
        yield "Who opened recordings is not known: the audit log tells nothing, not even of our own downloads."
        yield "Look in Microsoft Purview whether auditing is switched on."
    if look.audit == "waiting":
        yield "Who opened recordings is still being searched: the next run reads it."


def _next(rows: Sequence[Row], evidence: Evidence) -> str:
    if not evidence.calls:
        return "teamskit calls sync"
    if any(_lacks_copy(row, evidence) for row in rows):
        return "teamskit recordings backup"
    if any(row.backup == "copied" for row in rows):
        return "teamskit recordings verify"
    return "teamskit findings list" if evidence.recordings.looks else "teamskit recordings check"
