"""Coming lessons, judged before they start: calendars, options, policies, drives and registers put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from teamskit.cli.coming import Coming, coming
from teamskit.cli.output import count, working
from teamskit.clock import iso

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.lessons.planned import Sitting
    from teamskit.recordings.recorders import Recorder
    from teamskit.safeguarding.before_lessons import Around, Looked, Recording


@dataclass(frozen=True)
class Before:
    """What is coming, and each lesson of it looked at, in order; `around` is what they were judged by."""

    coming: Coming
    looked: tuple[Looked, ...]
    around: Around


def before_lessons(here: Here, first: date | None, last: date | None, *, recorders: bool = True) -> Before:
    """Read and judge; without `recorders` neither policies nor drives are asked for.

    Raises PermissionMissing when no calendar may be read.
    """
    from teamskit.recordings.recorders import recorders as read_recorders
    from teamskit.safeguarding.before_lessons import is_looked_at, look

    with working("Reading calendars"):
        found = coming(here, first, last)
        mine = [one for one in found.sittings if is_looked_at(one)]
        recording = _recording(here, mine)
        organisers = {one.organiser.account for one in mine if one.kind != "one pupil"}
        known = read_recorders(here.transport, organisers) if recorders else None
    around = _around(here, known)
    return Before(
        found, tuple(look(one, recording[one.organiser.account, one.join_url], around) for one in mine), around
    )


def _recording(here: Here, sittings: Sequence[Sitting]) -> dict[tuple[str, str], Recording]:
    from teamskit.tenant import graph

    found = graph.fetch_meetings(here.transport, [(one.organiser.account, one.join_url) for one in sittings])
    return {named: _recorded_how(meeting) for named, meeting in found.items()}


def _recorded_how(meeting: object) -> Recording:
    if not isinstance(meeting, Mapping):
        return "not known"
    if meeting.get("recordAutomatically") is True:
        return "automatic"
    return "off" if meeting.get("allowRecording") is False else "by hand"


def _around(here: Here, recorders: Mapping[str, Recorder] | None) -> Around:
    from teamskit.cli.evidence import registers_of
    from teamskit.safeguarding.before_lessons import Around

    people = here.who()
    of = {role: {who.id for who in people.values() if who.role == role} for role in ("pupil", "staff")}
    registers, _ = registers_of(here).with_zeros(of["pupil"], of["staff"])
    return Around(people, recorders, registers.consent, registers.agreed)


def not_known_lines(before: Before) -> Iterable[str]:
    """Say for people what could not be read; none of it is taken for fine."""
    found = before.coming
    if found.refused:
        yield f"The calendars of these staff could not be read: {', '.join(sorted(found.refused))}. Ask IT."
    if found.without:
        yield f"These staff have no mailbox and so no calendar: {', '.join(found.without)}."
    if found.teams_refused:
        of = count(found.teams, "class team")
        yield f"The calendars of {found.teams_refused} of {of} could not be read: a meeting may stand only there."
    if before.around.consent is None:
        yield "The register of consent to recording is missing or cannot be used (registers/consent.csv): ask IT."
    for what, words in _OF_LESSONS.items():
        number = sum(what in one.not_known for one in before.looked)
        if number:
            yield f"{words} of {count(number, 'lesson')}: not known."


_OF_LESSONS = {
    "pupils": "Who of the invited groups is a pupil",
    "options": "Whether it is set to record (no application access policy, or the meeting is gone)",
    "policy": "Whether the organiser may record",
    "drive": "Whether the organiser's OneDrive has room",
}


def looked_json(one: Looked, before: Before) -> dict[str, Any]:
    """Give the documented JSON of one coming lesson; times in ISO 8601 UTC."""
    from teamskit.safeguarding.before_lessons import name_of

    sitting = one.sitting
    organiser = {"id": sitting.organiser.id, "name": name_of(sitting.organiser, before.around.people)}
    return {
        "start": iso(sitting.start),
        "end": iso(sitting.end),
        "class": sitting.class_id or None,
        "organiser": organiser,
        "channel": sitting.in_channel,
        "pupils": [pupil.id for pupil in sitting.pupils],
        "recording": one.recording,
        "concerns": [
            {"what": each.what, "text": each.text, "next": each.next_step, "pupils": list(each.pupils)}
            for each in one.concerns
        ],
        "not_known": list(one.not_known),
    }


def unread_json(before: Before) -> dict[str, Any]:
    """Give what could not be read, for the documented JSON."""
    found = before.coming
    return {
        "calendars": sorted(found.refused or ()),
        "no_mailbox": list(found.without),
        "class_calendars": found.teams_refused,
        "groups": found.groups_refused,
        "consent": before.around.consent is None,
    }
