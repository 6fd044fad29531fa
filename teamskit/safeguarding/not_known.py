"""What could not be told of a call: it counts neither as fine nor as wrong. Pure."""

from teamskit.safeguarding.by_recording import (
    is_lesson,
    recording_not_known,
    without_consent,
)
from teamskit.safeguarding.case import Case, Raised
from teamskit.safeguarding.evidence import Evidence

_SAID = {
    "record": "We could not check this call: Microsoft had no record of it beyond its beginning and end.",
    "times": "We could not check this call: Microsoft gave no details of who was present when.",
    "recording": "It could not be found out whether this call was recorded.",
    "consent": "This call was recorded, and there is no register of consent to check it against.",
}
_NEXT = {
    "record": "Ask the organiser. It counts neither as fine nor as wrong.",
    "times": "Ask the organiser. It counts neither as fine nor as wrong.",
    "recording": "Ask IT to read the calls again, and what kept the log from looking for the recording.",
    "consent": "Ask the office for the register of consent; IT can put it in place.",
}
GATHERED = {
    "record": "no record of them beyond beginning and end",
    "times": "no details of who was present when",
    "recording": "not known whether they were recorded",
    "consent": "recorded, and no register of consent",
}
"""What could not be told of several calls, for one line on all of them."""


def not_known(case: Case, evidence: Evidence) -> Raised | None:
    """Gather what could not be told of a call."""
    found = list(_unknowns(case, evidence))
    if not found:
        return None
    return Raised(
        people=case.with_organiser(case.there),
        text=" ".join(_SAID[one] for one in found),
        next_step=" ".join(dict.fromkeys(_NEXT[one] for one in found)),
        at=case.call.start,
        unknowns=tuple(found),
    )


def _unknowns(case: Case, evidence: Evidence) -> list[str]:
    found = []
    if not case.is_timed:
        found.append("times" if case.call.people else "record")
    if recording_not_known(case, evidence) and _asks_for_recording(case, evidence):
        found.append("recording")
    if evidence.consent is None and case.call.recorded and case.pupil_ids:
        found.append("consent")
    return found


def _asks_for_recording(case: Case, evidence: Evidence) -> bool:
    """Say whether it matters if the call was recorded."""
    return is_lesson(case, evidence.minutes) or bool(without_consent(case, evidence))
