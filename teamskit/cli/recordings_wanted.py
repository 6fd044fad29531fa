"""What is to be copied: the files the ledger knows, without those that are copied, given names free of pupils."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.ledger import Ledger
    from teamskit.recordings.backup import Wanted
    from teamskit.recordings.files import RecordedFile
    from teamskit.recordings.manifest import Copy
    from teamskit.recordings.names import Pupils


@dataclass(frozen=True)
class ToCopy:
    """Files to be copied, keys of those that are done with, and how many are past the time that copies are kept."""

    wanted: list[Wanted]
    done: frozenset[str]
    past: int


def spool_of(here: Here) -> Path:
    """Give the folder for files that are not whole yet, made its owner's only."""
    from teamskit.recordings.spool import open_spool

    named = here.school.backup.spool
    return open_spool(here.folder.root / named if named else here.folder.state("spool"))


def to_copy(here: Here, ledger: Ledger, copies: Mapping[str, Copy], spool: Path) -> ToCopy:
    """Choose among all files the ledger knows; asks neither the tenant nor the target.

    A file that is no longer in its drive counts as long as its bytes are whole in the spool.
    """
    from teamskit.recordings.files import files_of
    from teamskit.recordings.spool import holds_whole

    files = [one for one in files_of(ledger) if one.drive and not one.temporary]
    done = {one.key for one in files if _is_done(copies.get(one.key))}
    there = [one for one in files if one.key not in done and (one.is_recording or holds_whole(spool, one.key))]
    first = kept_since(here, here.clock.now())
    kept = [one for one in there if first is None or one.about >= first]
    return ToCopy(_named(here, ledger, kept), frozenset(done), len(there) - len(kept))


def kept_since(here: Here, now: datetime) -> datetime | None:
    """Give from when on copies are kept; None when all are."""
    days = here.school.retention.recordings_days
    return now - timedelta(days=days) if days else None


def _is_done(copy: Copy | None) -> bool:
    """Say whether nothing is to be done: copied and not damaged, or deleted on purpose."""
    return copy is not None and (copy.word == "deleted" or (copy.word == "copied" and copy.state != "failed"))


def _named(here: Here, ledger: Ledger, files: Sequence[RecordedFile]) -> list[Wanted]:
    from teamskit.recordings.backup import Wanted
    from teamskit.recordings.names import meeting_of

    if not files:
        return []
    classes, pupils = _classes(ledger, files), _pupils(here)
    found = []
    for one in files:
        meeting = meeting_of(one.name)
        found.append(
            Wanted(
                key=one.key,
                call=one.call,
                about=one.about,
                drive=one.drive,
                item=one.item,
                size=one.size,
                quickxor=one.hash,
                recorded_at=one.recorded_at,
                expires_on=one.expires_on,
                name=one.name,
                class_name=classes.get(one.call, ""),
                meeting=meeting if pupils is not None and not pupils.named_in(meeting) else "",
            )
        )
    return found


def _classes(ledger: Ledger, files: Sequence[RecordedFile]) -> dict[str, str]:
    from teamskit.calls.model import CALL

    calls = ledger.versions(CALL, sorted({one.call for one in files}))
    return {entry.key: str(entry.body.get("class") or "") for entry in calls}


def _pupils(here: Here) -> Pupils | None:
    """Give the pupils' names to look for; None when the export cannot be read, so that no meeting's name is used."""
    from teamskit.errors import InputError
    from teamskit.recordings.names import Pupils

    try:
        people = here.roster.people
    except InputError:
        return None
    pupils = [one for one in people if one.role == "pupil"]
    names = (f"{one.forename} {one.surname} {one.name}" for one in pupils)
    return Pupils(names, (sign for one in pupils for sign in (one.id, one.email, one.username)))
