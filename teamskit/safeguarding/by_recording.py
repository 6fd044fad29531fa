"""Rules that rest on whether a call was recorded: lessons without a recording, pupils without consent. Pure."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

from teamskit.calls.model import Presence
from teamskit.safeguarding.case import Case, Raised, ids
from teamskit.safeguarding.causes import causes
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.words import capital, clock, counted, day, listed, named
from teamskit.school.model import FindingMinutes

_NEVER = datetime.max.replace(tzinfo=UTC)


def is_lesson(case: Case, minutes: FindingMinutes) -> bool:
    """Say whether staff organised it and two pupils were there at once for long enough in all."""
    organiser, line = case.call.organiser, case.line
    if organiser is None or organiser.role != "staff" or line.pupils.bit_count() < 2:
        return False
    return line.pupils_together >= timedelta(minutes=minutes.lesson)


def due(case: Case, evidence: Evidence) -> datetime:
    """Give the moment until which a recording may take to appear."""
    return case.call.end + timedelta(hours=evidence.minutes.recording_hours)


def unrecorded_lesson(case: Case, evidence: Evidence) -> Raised | None:
    """No recording of a lesson had been found when it was looked for after the time it may take to appear.

    One that was found later closes it, if somebody had looked before in vain.
    """
    closed, half = "", only_half_saved(case, evidence)
    if half and evidence.now < due(case, evidence):
        return None
    if case.call.recorded and not half:
        closed = found_late(case, evidence)
        if not closed:
            return None
    elif not half and (evidence.now < due(case, evidence) or recording_not_known(case, evidence)):
        return None
    if not is_lesson(case, evidence.minutes):
        return None
    pupils = case.of_role("pupil")
    hours = counted(evidence.minutes.recording_hours, "hour")
    what = "lesson" if case.call.class_id else "call"
    cause, step = ("", "") if closed else causes(case, evidence)
    text = f"This {what} had {counted(len(pupils), 'pupil')}. No recording had been found {hours} after it ended."
    return Raised(
        people=case.with_organiser(pupils),
        text=f"{text} {cause}".strip(),
        next_step=f"Ask {_teacher(case)} whether it was recorded; IT can look for the file. {step}".strip(),
        at=case.call.start,
        parties=case.by_pupil(pupils),
        closed=closed,
    )


def only_half_saved(case: Case, evidence: Evidence) -> bool:
    """Say whether all that lies in a drive of a call's recording is a file that was saved by half."""
    files = evidence.recordings.newest(case.call.id)
    return any(file.temporary and file.state == "found" for file in files) and all(file.temporary for file in files)


def found_late(case: Case, evidence: Evidence) -> str:
    """Say when a recording was found for which somebody had looked in vain after it had to be there; else nothing."""
    found_at, until = case.call.recorded_at, due(case, evidence)
    if found_at is None or not _first_look(evidence, until) < found_at:
        return ""
    return f"A recording was found on {day(found_at)} at {clock(found_at)}."


def recording_not_known(case: Case, evidence: Evidence) -> bool:
    """Say whether it cannot be told if a call was recorded: nobody looked since one had to be there, or was refused.

    Before that time nothing is missing yet, and a call of two has no meeting whose recording could be found.
    """
    call, until = case.call, due(case, evidence)
    if call.recorded or evidence.now < until or call.kind == "peerToPeer":
        return False
    return call.recording == "not known" or _first_look(evidence, until) == _NEVER


def no_consent(case: Case, evidence: Evidence) -> Raised | None:
    """Pupils were in a recorded call for whom the register shows no consent on that day."""
    if evidence.consent is None or not case.call.recorded:
        return None
    without = without_consent(case, evidence)
    if not without:
        return None
    one = len(without) == 1
    return Raised(
        people=ids(without),
        text=f"{capital(listed([named(pupil) for pupil in without]))} {'was' if one else 'were'} in a recorded call."
        f" The register shows no consent to recording {'' if one else 'for them '}on that day.{_kept(case, evidence)}",
        next_step="Check with the office; decide about the recording.",
        at=case.call.start,
        parties=case.by_pupil(without),
    )


def _kept(case: Case, evidence: Evidence) -> str:
    """Say where the recording is now, where its files are known."""
    known = evidence.recordings
    files = [file for file in known.newest(case.call.id) if not file.temporary]
    if not files:
        return ""
    has_copy = any(file.key in known.copies and known.copies[file.key].word == "copied" for file in files)
    if any(file.is_recording for file in files):
        return f" The recording is still there{', and a copy of it is kept' if has_copy else ''}."
    return " A copy of the recording is kept." if has_copy else " The recording is no longer there."


def without_consent(case: Case, evidence: Evidence) -> list[Presence]:
    """Give the pupils in a call for whom the register shows no consent on its day; all of them without a register."""
    pupils = case.of_role("pupil")
    held = evidence.consent.holding(case.day) if evidence.consent else ()
    return [pupil for pupil in pupils if pupil.id not in held]


def _first_look(evidence: Evidence, since: datetime) -> datetime:
    """Give the first look for recordings from a moment on; a log of many years has thousands, in order."""
    place = bisect_left(evidence.looked_at, since)
    return evidence.looked_at[place] if place < len(evidence.looked_at) else _NEVER


def _teacher(case: Case) -> str:
    return named(case.call.organiser) if case.call.organiser else "the organiser"
