"""Whether lessons could be recorded, as the ledger keeps it: entries of kind `recorder`, one a look with news.

Asked only of who organised lessons without a recording: it is there to say what may have been the cause.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from teamskit.ledger.entries import Entry
from teamskit.recordings.recorders import DriveState, Recorder

RECORDER = "recorder"
NAME = "organisers"


@dataclass(frozen=True)
class CouldRecord:
    """What was known of an organiser at `at`; None stands for what is not known."""

    account: str
    at: datetime
    may_record: bool | None
    drive: DriveState | None


def recorder_entry(found: Iterable[Recorder], known: Sequence[CouldRecord], version: int, at: datetime) -> list[Entry]:
    """Give the entry of a look; none when all is as the newest word on each account has it."""
    newest = {one.account: (one.may_record, one.drive) for one in known}
    people = sorted(found, key=lambda one: one.account)
    if all(newest.get(one.account) == (one.may_record, one.drive) for one in people):
        return []
    body = {
        "people": len(people),
        "may_not": sum(one.may_record is False for one in people),
        "no_drive": sum(one.drive == "none" for one in people),
        "full": sum(one.drive == "full" for one in people),
    }
    told = [{"account": one.account, "may_record": one.may_record, "drive": one.drive} for one in people]
    return [Entry(RECORDER, NAME, version, at, body, private={"organisers": told})]


def could_record(entries: Iterable[Entry]) -> list[CouldRecord]:
    """Read ledger entries, oldest first."""
    return [
        CouldRecord(one["account"], entry.at, one["may_record"], one["drive"])
        for entry in entries
        for one in (entry.private or {}).get("organisers", ())
    ]
