"""Which recordings a withdrawn consent touches, and what is left of them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from teamskit.calls.model import CallEntry, Presence
from teamskit.clock import at_school
from teamskit.recordings.files import RecordedFile
from teamskit.recordings.manifest import Copy
from teamskit.registers import ConsentRegister

FileLeft = Literal["there", "deleted", "expired", "not known"]
CopyLeft = Literal["none", "copied", "verified", "failed", "deleted"]
_BEST: tuple[CopyLeft, ...] = ("verified", "copied", "failed", "deleted")
DECIDE = "Decide with whoever looks after data protection: delete it, or keep it and write down why."
NOTHING = "Nothing is left of it: nothing to do."


@dataclass(frozen=True)
class Touched:
    """A recorded call in which a pupil was whose consent held then and has been withdrawn since.

    `file` says what became of the recording, not known where nobody has looked for its file; `copy` of our copies.
    """

    call: CallEntry
    pupil: Presence
    withdrawn_on: date
    file: FileLeft
    copy: CopyLeft

    @property
    def is_gone(self) -> bool:
        """Say whether neither the recording nor a copy is left."""
        return self.file in ("deleted", "expired") and self.copy in ("none", "deleted")

    @property
    def next_step(self) -> str:
        """Say what a person can do."""
        if self.is_gone:
            return NOTHING
        purge = f' The copy goes with: teamskit recordings purge --call {self.call.id} --reason "consent withdrawn"'
        if self.file in ("deleted", "expired"):
            return f"The file is gone, the copy is not. {DECIDE}{purge}"
        look = "IT looks for its file first: teamskit recordings check. " if self.file == "not known" else ""
        both = purge if self.copy in ("copied", "verified", "failed") else ""
        return f"{look}{DECIDE}{both}"


def touched(
    calls: Iterable[CallEntry],
    consent: ConsentRegister,
    today: date,
    files: Iterable[RecordedFile] = (),
    copies: Iterable[Copy] = (),
) -> list[Touched]:
    """Give the recordings that withdrawn consents touch, by pupil and call, in the order of the calls.

    A pupil of whom the record says no more than that he took part counts as present.
    """
    left, kept = _files_left(files), _copies_left(copies)
    found = []
    for call in calls:
        if not call.recorded:
            continue
        day = at_school(call.start).date()
        for pupil in call.with_role("pupil"):
            ended = consent.ended(pupil.id, day, today)
            if ended:
                found.append(Touched(call, pupil, ended, left.get(call.id, "not known"), kept.get(call.id, "none")))
    return sorted(found, key=lambda one: (one.pupil.id, one.call.start))


def _files_left(files: Iterable[RecordedFile]) -> Mapping[str, FileLeft]:
    """Give by call what became of its recording: one file that is there outweighs others that are gone."""
    found: dict[str, FileLeft] = {}
    for one in files:
        if one.state == "found":
            found[one.call] = "there"
        elif found.get(one.call) != "there":
            found[one.call] = one.state
    return found


def _copies_left(copies: Iterable[Copy]) -> Mapping[str, CopyLeft]:
    found: dict[str, CopyLeft] = {}
    # Where a copying failed nothing lies at the target; where a check failed something does.
    for one in (each for each in copies if each.word != "failed"):
        state: CopyLeft = one.state
        known = found.get(one.call)
        if known is None or _BEST.index(state) < _BEST.index(known):
            found[one.call] = state
    return found
