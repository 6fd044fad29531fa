"""Why a lesson may have no recording, by what was known of its organiser and of half saved files. Pure.

Source: Microsoft's pages on Teams meeting recording, read 2026-11-25: without a OneDrive, or with a full one, a
recording waits 21 days where only the organiser sees it; recording needs the permission of the organiser's policy.
"""

from collections.abc import Iterator
from datetime import timedelta

from teamskit.safeguarding.case import Case
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.words import day

WAITS = timedelta(days=21)
_DRIVES = {"none": "has no OneDrive", "full": "has no room left in OneDrive"}


def causes(case: Case, evidence: Evidence) -> tuple[str, str]:
    """Give what is likely to be the cause, and what to do about it; nothing where nothing is known."""
    found = list(_found(case, evidence))
    return " ".join(text for text, _ in found), " ".join(step for _, step in found)


def _found(case: Case, evidence: Evidence) -> Iterator[tuple[str, str]]:
    organiser, known = case.call.organiser, evidence.recordings
    if any(file.temporary and file.state == "found" for file in known.newest(case.call.id)):
        yield "A file that was saved by half lies in the drive.", "Ask IT to look at the half saved file."
    could = known.of_organiser(organiser.account, case.call.end) if organiser and organiser.account else None
    if organiser is None or could is None:
        return
    if could.may_record is False:
        yield (
            f"Likely cause: the meeting policy of {organiser.name} does not allow recording.",
            "Ask IT to give the policy for staff.",
        )
    if could.drive in _DRIVES:
        until = case.call.end + WAITS
        yield _waiting(organiser.name, _DRIVES[could.drive], day(until), is_over=evidence.now >= until)


def _waiting(name: str, drive: str, until: str, *, is_over: bool) -> tuple[str, str]:
    text = f"Likely cause: {name} {drive}."
    if is_over:
        return f"{text} What waited for it in a temporary place was deleted on {until}.", "Ask IT to make room."
    return (
        f"{text} The recording may wait in a temporary place, which only {name} sees, until {until}.",
        f"It can be saved from there until {until}: ask today, and IT to make room.",
    )
