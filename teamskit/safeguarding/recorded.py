"""What became of each lesson's recording, and of every other call's that has one: one row a recording. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from teamskit.calls.model import CallEntry
from teamskit.clock import at_school, iso
from teamskit.recordings.files import RecordedFile, as_one_recording
from teamskit.recordings.known import Known
from teamskit.recordings.openings import OPENED
from teamskit.safeguarding.by_recording import due, found_late, is_lesson, only_half_saved, recording_not_known
from teamskit.safeguarding.case import Case
from teamskit.safeguarding.evidence import Evidence

State = Literal["found", "late", "missing", "expired", "deleted", "not known"]
Backup = Literal["none", "copied", "verified", "failed"]
STATES: tuple[State, ...] = ("found", "late", "missing", "expired", "deleted", "not known")
_BEST: tuple[Backup, ...] = ("verified", "copied", "failed")


@dataclass(frozen=True)
class Row:
    """One recording, or a lesson without one (`file` is None then).

    `owner` is in whose drive it lies: the roster's id of a person, a class id for a class team, else an account or
    group id; None where it is in no drive that is known. `opened` counts openings by others than staff.
    """

    call: CallEntry
    state: State
    is_lesson: bool
    owner: str | None = None
    file: RecordedFile | None = None
    backup: Backup = "none"
    opened: int = 0
    half_saved: bool = False

    @property
    def is_there(self) -> bool:
        """Say whether the recording lies in a drive."""
        return self.state in ("found", "late") and self.file is not None

    @property
    def is_shared(self) -> bool:
        """Say whether others than staff may open it, did, or hold it."""
        held = self.file is not None and self.is_there and (self.file.is_shared or self.file.in_drive_of == "pupil")
        return held or self.opened > 0


@dataclass(frozen=True)
class Recorded:
    """All rows of a period by the call's start, and how many lessons are not due yet, whose rows are still to come."""

    rows: tuple[Row, ...]
    waiting: int


def recorded(evidence: Evidence) -> Recorded:
    """Give what is known of the recordings of a period."""
    rows: list[Row] = []
    waiting = 0
    for call in evidence.calls:
        case = Case(call)
        found = list(_of_files(case, evidence)) or _without(case, evidence)
        waiting += found is None
        rows += found or ()
    return Recorded(tuple(rows), waiting)


def _of_files(case: Case, evidence: Evidence) -> Iterator[Row]:
    known = evidence.recordings
    files = known.newest(case.call.id)
    lesson = is_lesson(case, evidence.minutes)
    opened = sum(
        one.operation in OPENED and one.role not in ("staff", "pupil") for one in known.openings.get(case.call.id, ())
    )
    for same in as_one_recording(files):
        file = same[0]
        state: State = file.state
        if state == "found" and _has_run_out_unseen(file, evidence):
            state = "not known"
        elif state == "found" and found_late(case, evidence):
            state = "late"
        yield Row(
            case.call, state, lesson, _owner(file, case), file, backup_of((one.key for one in same), known), opened
        )


def _has_run_out_unseen(file: RecordedFile, evidence: Evidence) -> bool:
    """Say whether a file's own day to expire has come since it was last seen."""
    last = evidence.recordings.last_look
    if file.expires_on is None or last is None or file.expires_on > evidence.now:
        return False
    return last.at < file.expires_on or file.call in last.untold


def _without(case: Case, evidence: Evidence) -> list[Row] | None:
    """Give the row of a lesson without a file; none for other calls, None for what is not due yet."""
    lesson = is_lesson(case, evidence.minutes)
    if not lesson and not case.call.recorded:
        return []
    half = only_half_saved(case, evidence)
    if evidence.now < due(case, evidence):
        return None
    not_known = not half and (case.call.recorded or recording_not_known(case, evidence))
    return [Row(case.call, "not known" if not_known else "missing", lesson, half_saved=half)]


def backup_of(keys: Iterable[str], known: Known) -> Backup:
    """Say how a recording is kept elsewhere: the best that is known of its copies."""
    states = {known.copies[key].state for key in keys if key in known.copies}
    return next((state for state in _BEST if state in states), "none")


def _owner(file: RecordedFile, case: Case) -> str | None:
    if not file.owner or file.source == "meeting":
        return None
    if file.in_drive_of == "team" and case.call.class_id:
        return case.call.class_id
    organiser = case.call.organiser
    everybody = (*case.call.people, *([organiser] if organiser else ()))
    return next((one.id for one in everybody if one.account == file.owner), file.owner)


def as_json(row: Row) -> dict[str, Any]:
    """Give the documented JSON of one row; moments in ISO 8601 UTC."""
    file, call = row.file, row.call
    return {
        "call": call.id,
        "state": row.state,
        "owner": row.owner,
        "file": f"{file.path.rstrip('/')}/{file.name}" if file and file.name else None,
        "size_bytes": file.size if file and file.item else None,
        "expires_on": _iso(file.expires_on) if file else None,
        "links": [{"scope": one.scope, "type": one.type, "outside": one.outside} for one in file.links] if file else [],
        "backup": row.backup,
        "grants": [{"to": one.to, "role": one.role} for one in file.grants] if file else [],
        "opened": row.opened,
        "in_drive_of": file.in_drive_of if file and row.owner else None,
        "hash": file.hash or None if file else None,
        "key": file.key if file else None,
        "recorded_at": _iso(file.recorded_at) if file else None,
        "half_saved": row.half_saved,
        "lesson": row.is_lesson,
        "class": call.class_id,
        "organiser": call.organiser.id if call.organiser else None,
        "start": iso(call.start),
        "end": iso(call.end),
    }


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


HEADINGS = (
    *("day", "start", "class", "organiser", "state", "owner", "file", "size_bytes", "expires_on"),
    *("links", "grants", "opened", "backup", "lesson", "call", "key"),
)


def as_rows(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    """Give the same as cells, for CSV; times at school."""
    found = []
    for row in rows:
        shown, there = as_json(row), at_school(row.call.start)
        told = {
            **shown,
            "day": f"{there:%Y-%m-%d}",
            "start": f"{there:%H:%M}",
            "organiser": row.call.organiser.name if row.call.organiser else "",
            "links": " ".join(f"{one['scope']}:{one['type']}" for one in shown["links"]),
            "grants": " ".join(f"{one['to']}:{one['role']}" for one in shown["grants"]),
        }
        found.append(tuple("" if told[name] is None else told[name] for name in HEADINGS))
    return found
