"""`teamskit lessons check`: what has to be settled before lessons start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from teamskit.cli.before_lessons import Before, before_lessons, looked_json, not_known_lines, unread_json
from teamskit.cli.days import coming_days_options, day_of
from teamskit.cli.needs import LESSONS_READING, needs
from teamskit.cli.output import clean, count, emit, output_option, say, say_folded
from teamskit.clock import at_school, iso
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.lessons.planned import Sitting
    from teamskit.safeguarding.before_lessons import Concern, Looked

HEADINGS = ("start", "end", "class", "organiser", "recording", "what", "text", "next")
SECTIONS = {
    "may-not-record": "Cannot be recorded",
    "no-drive": "Cannot be recorded",
    "drive-full": "May not be recorded whole",
    "no-consent": "Pupils without consent to recording",
    "one-pupil": "One adult and one pupil alone",
}
LISTED = 12
"""So many of a concern's lessons are named on the screen; all are in JSON and CSV."""


@click.command("check")
@coming_days_options
@click.option("--exit-code", is_flag=True, help="Leave with 5 when something has to be settled.")
@output_option
@click.pass_obj
@needs(
    *LESSONS_READING,
    sometimes={
        p.MEETINGS_READ: "options of the meetings",
        p.POLICIES_IN_EFFECT_READ: "policies of organisers",
        p.TEAMS_ADMINISTRATOR: "policies of organisers",
        p.FILES_READ: "room in their drives",
        p.CHANNELS_READ: "meetings in a class team's channel",
    },
)
def check(here: Here, first: datetime | None, last: datetime | None, exit_code: bool, output: str) -> int:
    """Say what has to be settled before the coming lessons start. It shows pupils' names.

    \b
    teamskit lessons check
    teamskit lessons check --from 2026-11-30 --to 2026-12-04 --exit-code

    Organisers who may not record, or have no OneDrive or a full one; pupils without
    consent to recording; one pupil alone with one adult. Nothing is changed.

    Permissions: Calendars.Read, GroupMember.Read.All, OnlineMeetings.Read.All,
    TeamsUserConfiguration.Read.All, Files.Read.All, the Teams Administrator role.
    Exit status: 0 done, 1 no calendar could be read, 3 some could not, 5 with --exit-code
    and something to settle. See docs/reference.md.
    """
    before = before_lessons(here, day_of(first), day_of(last))
    if output == "table":
        _show(before)
    else:
        emit(output, _document(here, before), HEADINGS, list(_rows(before)))
    if exit_code and any(one.concerns for one in before.looked):
        return 5
    return 3 if before.coming.refused else 0


def _document(here: Here, before: Before) -> dict[str, object]:
    return {
        "from": before.coming.first.isoformat(),
        "to": before.coming.last.isoformat(),
        "checked_at": iso(here.clock.now()),
        "lessons": [looked_json(one, before) for one in before.looked],
        "not_known": unread_json(before),
    }


def _rows(before: Before) -> Iterable[Sequence[object]]:
    for one in before.looked:
        told = looked_json(one, before)
        of = (told["start"], told["end"], told["class"], told["organiser"]["id"], told["recording"])
        for concern in one.concerns:
            yield (*of, concern.what, concern.text, concern.next_step)
        for what in one.not_known:
            yield (*of, "not-known", what, "")


def _show(before: Before) -> None:
    lessons = [one for one in before.looked if one.sitting.kind != "one pupil"]
    wrong = sum(bool(one.concerns) for one in before.looked)
    first, last = before.coming.first, before.coming.last
    days = f"{first.day} {first:%B} to {last.day} {last:%B %Y}" if first != last else f"{first.day} {first:%B %Y}"
    say(f"{days}: {count(len(lessons), 'lesson')} in the calendars that could be read.")
    if wrong:
        say(f"{count(wrong, 'meeting has', 'meetings have')} something to settle before {_they(wrong)}.")
    elif lessons:
        say("Nothing to settle was found in them.")
    for head in dict.fromkeys(SECTIONS.values()):
        _show_section(head, before.looked)
    unset = sum(one.recording == "by hand" for one in lessons)
    if unset:
        say("")
        _be = "is" if unset == 1 else "are"
        say(f"{count(unset, 'lesson')} {_be} not set to record: teamskit recordings enforce")
    lines = list(not_known_lines(before))
    if lines:
        say("")
        say("Not known")
    for line in lines:
        say_folded(f"  {clean(line)}", "    ")


def _they(number: int) -> str:
    return "it starts" if number == 1 else "they start"


def _show_section(head: str, looked: Sequence[Looked]) -> None:
    together: dict[Concern, list[Sitting]] = {}
    for one in looked:
        for concern in one.concerns:
            if SECTIONS[concern.what] == head:
                together.setdefault(concern, []).append(one.sitting)
    if together:
        say("")
        say(head)
    for concern, sittings in together.items():
        say_folded(f"  {clean(concern.text)}", "  ")
        say_folded(f"    What to do: {clean(concern.next_step)}", "    ")
        named = [when_and_what(one) for one in sittings[:LISTED]]
        more = [f"and {len(sittings) - LISTED} more"] if len(sittings) > LISTED else []
        say_folded(f"    Lessons: {clean('; '.join([*named, *more]))}", "    ")


def when_and_what(one: Sitting) -> str:
    """Name a lesson on a screen: day, time, class, organiser."""
    start, end = at_school(one.start), at_school(one.end)
    whose = f"{one.class_id}, " if one.class_id else ""
    return f"{start.day} {start:%B, %H:%M} to {end:%H:%M} ({whose}{one.organiser.id})"
