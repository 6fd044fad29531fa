"""What a finding says, and what to do next, in a report without names. Pure."""

from collections.abc import Sequence

from teamskit.reports.words import clock_words
from teamskit.safeguarding.finding import Finding

MOST = 12
"""So many codes stand in a sentence; the rest are counted."""
ASK_STAFF = "Ask the member of staff what the call was for. If it was agreed, add it to the register."
PLAIN = {
    "one-to-one": ("One member of staff and one pupil were the only people in this call.", ASK_STAFF),
    "alone-in-group": (
        "One member of staff and one pupil were alone for a time in a call of several people.",
        "Ask the member of staff why the call went on after the others left.",
    ),
    "pupils-only": (
        "Two or more pupils were in the call and nobody from staff was.",
        "Find out who had left and whether the call could be ended.",
    ),
    "no-consent": (
        "A pupil was in a recorded call. The register shows no consent to recording on that day.",
        "Check with the office; decide about the recording.",
    ),
    "chat-on": ("Chat is on for a pupil. This school decided that it is off.", "Ask IT to run the plan."),
    "recording-gone": (
        "The recording of this call was there and is not now. There is no checked copy.",
        "Ask IT today: deleted files can often be brought back for a time.",
    ),
    "recording-opened": (
        "Someone who is not staff of the school opened this recording, or can: by a link, a right, or a drive.",
        "Ask IT to remove the link or the right, and who opened it.",
    ),
    "backup-failed": (
        "The copy of the recording of this call is not as it was stored.",
        "Ask IT to make a new copy while the recording is there.",
    ),
    "pupil-organised": (
        "A pupil started this call, and at least one other person was in it.",
        'Check that pupils cannot start calls: see "Pupil meetings" in the settings.',
    ),
    "outside-person": (
        "Someone from outside the school was in the call.",
        "Ask the organiser who this was. If a visitor was agreed, add the name and day to the register.",
    ),
    "unknown-person": (
        "An account of the school that is not in the roster was in the call.",
        "Ask IT whose account it is; it may be a leaver's or a test account.",
    ),
    "out-of-hours": (
        "This call was outside the school's hours or days, and a pupil was in it.",
        "Ask the organiser whether it was planned.",
    ),
    "unrecorded-lesson": (
        "Staff held this call with pupils. No recording had been found in the time that the school allows.",
        "Ask the teacher whether it was recorded; IT can look for the file.",
    ),
    "not-seen": (
        "A pupil was in none of the lessons of five days running.",
        "Check attendance and call home. Absence from calls proves nothing.",
    ),
    "not-known": (
        "This could not be checked: the log does not hold enough about it.",
        "Ask the organiser. It counts neither as fine nor as wrong.",
    ),
}
OTHER = ("Something a person should look at.", "Ask the school: the report with names says more.")


def plain_words(one: Finding, people: Sequence[str]) -> str:
    """Say what happened, when, and whom it concerns, by codes."""
    when = f" From {clock_words(one.span[0])} to {clock_words(one.span[1])}." if one.span else ""
    named = ", ".join(people[:MOST]) + (f" and {len(people) - MOST} more" if len(people) > MOST else "")
    return PLAIN.get(one.finding, OTHER)[0] + when + (f" Concerned: {named}." if named else "")


def next_words(one: Finding) -> str:
    """Say what to do next."""
    return PLAIN.get(one.finding, OTHER)[1]


def alike_words(one: Finding) -> str:
    """Say what follows the number of pupils where many can be said together: nothing of what the school named."""
    return ". This school decided that it is off." if one.alike and one.finding == "chat-on" else ""
