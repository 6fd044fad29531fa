"""What findings on recordings rest on, out of the ledger, and what is to be said where that is not enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teamskit.ledger import Ledger
    from teamskit.safeguarding import Evidence
    from teamskit.school import School

STALE = timedelta(days=3)
"""A look older than this says so: a nightly run was missed more than once."""
_AUDIT = {"refused": "the audit log may not be read", "silent": "the audit log seems to be switched off"}


def with_recordings(
    evidence: Evidence, ledger: Ledger, school: School, since: datetime | None, until: datetime | None
) -> Evidence:
    """Add what is known of recordings' files, copies and openings, how long they are kept, and what a case keeps."""
    from teamskit.ledger.retention import holds
    from teamskit.recordings.known import known_of

    held = frozenset(call for one in holds(ledger) if not one.ended for call in one.calls)
    days = school.retention.recordings_days
    return replace(evidence, recordings=known_of(ledger, since, until), recording_days=days, held=held)


def files_remarks(evidence: Evidence) -> list[str]:
    """Say once, not of every call, what is not known of recordings; nothing where none was made."""
    from teamskit.safeguarding.words import day

    if not any(call.recorded for call in evidence.calls):
        return []
    look = evidence.recordings.last_look
    if look is None:
        return ["What became of the recordings is not known: nobody has looked. Ask IT."]
    told = []
    if look.drives == "refused":
        told.append("What became of the recordings is not known: the drives may not be read. Ask IT.")
    elif evidence.now - look.at > STALE:
        told.append(f"What became of the recordings was last looked at on {day(look.at)}. Ask IT.")
    else:
        for ids, why in ((look.unread, "a drive could not be read"), (look.unclear, "a file may be another call's")):
            if unknown := sum(call.id in ids for call in evidence.calls):
                whose = "one call's recording" if unknown == 1 else f"the recordings of {unknown:,} calls"
                told.append(f"What became of {whose} is not known: {why}. Ask IT.")
    if unheard := _AUDIT.get("silent" if look.silent else look.audit):
        told.append(f"Who opened recordings is not known: {unheard}. Ask IT.")
    return told
