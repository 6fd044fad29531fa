"""`teamskit recordings consent`: lessons to come with pupils without consent, and what withdrawn consents touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.before_lessons import Before, before_lessons, not_known_lines, unread_json
from teamskit.cli.days import DAY, day_of
from teamskit.cli.lessons_check import when_and_what
from teamskit.cli.needs import LESSONS_READING, needs
from teamskit.cli.output import clean, count, emit, output_option, say, say_folded
from teamskit.clock import at_school, iso
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.safeguarding.before_lessons import Concern, Looked
    from teamskit.safeguarding.withdrawn import Touched

HEADINGS = ("what", "start", "class", "organiser", "call", "pupil", "withdrawn_on", "file", "copy", "next")
FILES = {"there": "recording is there", "deleted": "recording deleted", "expired": "recording expired"}
COPIES = {"none": "no copy", "copied": "copy not checked", "verified": "checked copy", "failed": "damaged copy"}


@dataclass(frozen=True)
class Found:
    """What the command tells; `before` is None where no calendar could be read, and `why_not` says why.

    `unnamed` counts recorded calls whose names are no longer kept.
    """

    before: Before | None
    why_not: str
    touched: Sequence[Touched]
    unnamed: int
    has_register: bool


@click.command("consent")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day of coming lessons (default: today).")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day (default: six days after the first).")
@click.option("--exit-code", is_flag=True, help="Leave with 5 when there is something to decide.")
@output_option
@click.pass_obj
@needs(
    *LESSONS_READING,
    sometimes={
        p.MEETINGS_READ: "whether a lesson records",
    },
)
def consent(here: Here, first: datetime | None, last: datetime | None, exit_code: bool, output: str) -> int:
    """List coming lessons with pupils without consent, and recordings whose consent was withdrawn since.

    \b
    teamskit recordings consent
    teamskit recordings consent --to 2026-12-18 --output json

    It shows pupils' names. Recordings of the whole log are looked through. Nothing is changed.

    Permissions: Calendars.Read, GroupMember.Read.All, OnlineMeetings.Read.All. Exit status: 0 done,
    2 without a register, 3 calendars could not be read, 5 with --exit-code and something to decide.
    """
    found = _found(here, first, last)
    if output == "table":
        _show(found)
    else:
        emit(output, _document(here, found), HEADINGS, _rows(found))
    if exit_code and (_coming(found) or any(not one.is_gone for one in found.touched)):
        return 5
    return 3 if found.before is None or found.before.coming.refused else 0


def _found(here: Here, first: datetime | None, last: datetime | None) -> Found:
    from teamskit.errors import InputError, TenantError

    touched, unnamed, has_register = _touched(here)
    if not has_register:
        raise InputError(
            "the register of consent to recording is missing or cannot be used",
            where="registers/consent.csv",
            next_step="teamskit registers template writes its headings; teamskit registers check says what is wrong.",
        )
    try:
        before, why_not = before_lessons(here, day_of(first), day_of(last), recorders=False), ""
    except TenantError as refused:
        # What the log says of withdrawn consents does not need the tenant.
        before, why_not = None, f"{refused.what.rstrip('.')}. {refused.next_step}"
    return Found(before, why_not, touched, unnamed, has_register)


def _touched(here: Here) -> tuple[list[Touched], int, bool]:
    from teamskit.calls import CallFilter
    from teamskit.calls.listing import load_calls
    from teamskit.cli.evidence import registers_of
    from teamskit.recordings.files import files_of
    from teamskit.recordings.manifest import copies_of
    from teamskit.safeguarding.withdrawn import touched

    with here.ledger() as ledger:
        calls = [one for one in load_calls(ledger, CallFilter()) if one.recorded]
        files, copies = files_of(ledger), copies_of(ledger)
    pupils = {one.id for call in calls for one in call.with_role("pupil")}
    registers, _ = registers_of(here).with_zeros(pupils, ())
    if registers.consent is None:
        return [], 0, False
    named = [one for one in calls if not one.is_forgotten]
    today = at_school(here.clock.now()).date()
    return touched(named, registers.consent, today, files, copies.values()), len(calls) - len(named), True


def _coming(found: Found) -> list[tuple[Looked, Concern]]:
    looked = found.before.looked if found.before else ()
    return [(one, concern) for one in looked for concern in one.concerns if concern.what == "no-consent"]


def _document(here: Here, found: Found) -> dict[str, Any]:
    from teamskit.safeguarding.before_lessons import CHOICES

    return {
        "checked_at": iso(here.clock.now()),
        "coming": [_coming_json(one, concern, found) for one, concern in _coming(found)],
        "choices": [{"id": name, "text": text} for name, text in CHOICES.items()],
        "withdrawn": [_touched_json(one) for one in found.touched],
        "not_known": {**_unread(found), "names_purged": found.unnamed},
    }


def _unread(found: Found) -> dict[str, Any]:
    if found.before is None:
        return {"coming": found.why_not}
    return {"coming": None, **unread_json(found.before)}


def _coming_json(one: Looked, concern: Concern, found: Found) -> dict[str, Any]:
    people = found.before.around.people if found.before else {}
    sitting = one.sitting
    named = [people[pupil.account] for pupil in sitting.pupils if pupil.id in concern.pupils]
    return {
        "start": iso(sitting.start),
        "end": iso(sitting.end),
        "class": sitting.class_id or None,
        "organiser": sitting.organiser.id,
        "recording": one.recording,
        "pupils": [{"id": pupil.id, "name": pupil.name, "year": pupil.year} for pupil in named],
    }


def _touched_json(one: Touched) -> dict[str, Any]:
    call = one.call
    return {
        "call": call.id,
        "start": iso(call.start),
        "class": call.class_id,
        "organiser": call.organiser.id if call.organiser else None,
        "pupil": {"id": one.pupil.id, "name": one.pupil.name, "year": one.pupil.year},
        "withdrawn_on": one.withdrawn_on.isoformat(),
        "file": one.file,
        "copy": one.copy,
        "next": one.next_step,
    }


def _rows(found: Found) -> list[Sequence[object]]:
    from teamskit.safeguarding.before_lessons import choices_words

    rows: list[Sequence[object]] = []
    for one, concern in _coming(found):
        told = _coming_json(one, concern, found)
        of = ("coming", told["start"], told["class"], told["organiser"])
        rows += [(*of, "", each["id"], "", "", "", choices_words()) for each in told["pupils"]]
    for each in map(_touched_json, found.touched):
        of = ("withdrawn", each["start"], each["class"], each["organiser"])
        call = (each["call"], each["pupil"]["id"], each["withdrawn_on"], each["file"], each["copy"], each["next"])
        rows.append((*of, *call))
    return rows


def _show(found: Found) -> None:
    from teamskit.safeguarding.before_lessons import choices_words

    coming = _coming(found)
    if found.before:
        say(f"Coming lessons that are to be recorded, with pupils without consent: {len(coming):,}")
    for one, concern in coming:
        say_folded(f"  {clean(when_and_what(one.sitting))}", "    ")
        say_folded(f"    {clean(concern.text)}", "    ")
    if coming:
        say_folded(f"  Choose for each, before it starts: {choices_words()}.", "  ")
        say("")
    say(f"Recordings whose consent was withdrawn since: {len({one.call.id for one in found.touched}):,}")
    _show_touched(found.touched)
    _show_unknown(found)


def _show_touched(touched: Sequence[Touched]) -> None:
    from teamskit.safeguarding.words import day, named

    last = ""
    for one in touched:
        head = f"{named(one.pupil)}, withdrawn on {day(one.withdrawn_on)}"
        if head != last:
            say_folded(f"  {clean(head)}", "    ")
        last = head
        start = at_school(one.call.start)
        whose = f"{one.call.class_id}, " if one.call.class_id else ""
        state = f"{FILES.get(one.file, 'its file is not known')}, {COPIES.get(one.copy, 'copy deleted')}"
        say_folded(f"    {day(one.call.start)}, {start:%H:%M} ({clean(whose)}call {one.call.id}): {state}.", "      ")
        say_folded(f"      {one.next_step}", "      ")


def _show_unknown(found: Found) -> None:
    lines = list(not_known_lines(found.before)) if found.before else [f"What is coming: {found.why_not}"]
    if found.unnamed:
        lines.append(f"Who was in {count(found.unnamed, 'recorded call')}: the names are no longer kept.")
    if lines:
        say("")
        say("Not known")
    for line in lines:
        say_folded(f"  {clean(line)}", "    ")
