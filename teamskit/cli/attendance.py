"""`teamskit calls attendance`: who came to how many of a week's lessons, and who has not been seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.days import DAY, day_of
from teamskit.cli.output import clean, count, emit, emit_csv, emit_table, output_option, say, say_folded
from teamskit.cli.who import record_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import Any

    from teamskit.calls.attendance import ClassWeek, PupilWeek, Week
    from teamskit.cli.context import Here

HEADINGS = ("Class", "Id", "Name", "Year", "Lessons", "Came to", "Not known", "Minutes", "In any call", "Why not known")
ON_SCREEN = ("Class", "Id", "Name", "Came to", "Minutes", "In a call")
SEEN = {True: "yes", False: "no", None: "not known"}


@click.command("attendance")
@click.option(
    "--week",
    type=DAY,
    metavar="DATE",
    help="The week of this day, Monday to Sunday (default: this week).",
)
@click.option("--class", "class_id", metavar="ID", help="One class only.")
@click.option("-o", "file", metavar="FILE", help="Write it as a CSV file for Excel too.")
@output_option
@click.pass_obj
def attendance(here: Here, week: datetime | None, class_id: str | None, file: str | None, output: str) -> None:
    """Show who came to how many of a week's lessons, class by class, and who was in no call.

    \b
    teamskit calls attendance --week 2026-11-16
    teamskit calls attendance --week 2026-11-16 --class 7x/Ma1 -o week.csv

    A lesson is a call of the class team that staff organised. Pupils stand by name; absence from calls proves nothing.
    """
    found = week_found(here, day_of(week), class_id)
    told = [(one, pupil) for one in _shown(found, class_id) for pupil in one.pupils]
    rows = [_row(*both) for both in told]
    if file:
        here.may_write(Path(file))
        period = {"from": found.first.isoformat(), "to": found.last.isoformat()}
        record_files(here, [Path(file)], of="attendance", **period)
        emit_csv(HEADINGS, rows, Path(file))
    if output == "table":
        if told:
            emit_table(ON_SCREEN, [_narrow_row(*both) for both in told])
            say()
        _say_rest(found, here.clock.now(), class_id)
        if file:
            say(file)
    else:
        emit(output, _as_json(found), HEADINGS, rows)


def week_found(here: Here, day: date | None = None, class_id: str | None = None) -> Week:
    """Count the week of a day (this week where none is given) from what the ledger holds; no tenant is asked."""
    from teamskit.calls import CallFilter
    from teamskit.calls.attendance import attendance as counted
    from teamskit.calls.attendance import week_of
    from teamskit.calls.coverage import covered_day
    from teamskit.calls.listing import load_calls, readings_of
    from teamskit.calls.roll import ROLL, rolls_of
    from teamskit.clock import at_school

    today = at_school(here.clock.now()).date()
    first, last = week_of(day or today)
    with here.ledger() as ledger:
        rolls = rolls_of(ledger.read(ROLL))
        calls = load_calls(ledger, CallFilter(first, last))
        readings = readings_of(ledger)
    _must_be_known([roll.id for roll in rolls.classes], class_id)
    days = [covered_day(first + timedelta(days=n), readings) for n in range(7)]
    return counted(rolls, calls, days, today, class_id)


def _must_be_known(known: Sequence[str], class_id: str | None) -> None:
    from teamskit.errors import InputError

    if not known:
        raise InputError("the log does not know yet who is in which class", next_step="Run: teamskit calls sync")
    if class_id is not None and class_id not in known:
        raise InputError(f"there is no class {class_id}", next_step="See the classes: teamskit roster show")


def _shown(week: Week, class_id: str | None) -> list[ClassWeek]:
    return [one for one in week.classes if one.lessons or class_id]


def _row(one: ClassWeek, pupil: PupilWeek) -> tuple[object, ...]:
    who = pupil.pupil
    counts = (pupil.lessons, pupil.came_to, pupil.not_known, pupil.minutes)
    return (one.roll.name, who.id, who.name, who.year or "", *counts, SEEN[pupil.seen], pupil.why)


def _narrow_row(one: ClassWeek, pupil: PupilWeek) -> tuple[object, ...]:
    """Give the same in as many columns as 80 signs have room for."""
    came = f"{pupil.came_to} of {pupil.lessons}" + (f", {pupil.not_known} not known" if pupil.not_known else "")
    seen = SEEN[pupil.seen] + (f": {pupil.why}" if pupil.why else "")
    return (one.roll.name, pupil.pupil.id, pupil.pupil.name, came, pupil.minutes, seen)


def _as_json(week: Week) -> dict[str, Any]:
    return {
        "from": week.first.isoformat(),
        "to": week.last.isoformat(),
        "not_covered": [day.isoformat() for day in week.missing],
        "classes": [
            {
                "class": one.roll.id,
                "school": one.roll.school,
                "name": one.roll.name,
                "lessons": one.lessons,
                "not_known": one.not_known,
                "pupils": [_pupil_json(pupil) for pupil in one.pupils],
            }
            for one in week.classes
        ],
    }


def _pupil_json(one: PupilWeek) -> dict[str, Any]:
    return {
        "id": one.pupil.id,
        "name": one.pupil.name,
        "year": one.pupil.year,
        "lessons": one.lessons,
        "came_to": one.came_to,
        "not_known": one.not_known,
        "minutes": one.minutes,
        "seen": one.seen,
        "why": one.why,
    }


def _say_rest(week: Week, now: datetime, class_id: str | None) -> None:
    """Say what the table cannot: the days that are missing, what could not be told, who was in no call."""
    from teamskit.clock import at_school
    from teamskit.reports.words import days_words, span_words

    shown, today = _shown(week, class_id), at_school(now).date()
    lessons = sum(one.lessons for one in shown)
    say(f"{span_words(week.first, week.last)}: {count(lessons, 'lesson')} in {count(len(shown), 'class', 'classes')}.")
    if week.last >= today:
        say("The week has not begun." if week.first > today else "The week is not over.")
    if week.missing:
        say(f"Not covered: {days_words(week.missing)}. Lessons of these days are not counted.")
    _say_unknown(shown)
    if without := len(week.classes) - len(shown):
        say(f"{count(without, 'class', 'classes')} held no lesson that the log knows of.")
    if lessons:
        _say_absent(shown)
    else:
        say("Without a lesson there is nobody to look for.")


def _say_unknown(shown: Sequence[ClassWeek]) -> None:
    no_names = sum(one.forgotten for one in shown)
    if no_times := sum(one.not_known for one in shown) - no_names:
        say(f"Who came to {count(no_times, 'lesson')} is not known: Microsoft gave no times.")
    if no_names:
        say(f"Who came to {count(no_names, 'lesson')} is not known any more: names were purged.")


def _say_absent(shown: Sequence[ClassWeek]) -> None:
    pupils = {one.pupil.key: one for part in shown for one in part.pupils}
    absent = [one for one in pupils.values() if one.seen is False]
    unclear = sum(one.seen is None for one in pupils.values())
    say(f"In no call of the school: {count(len(absent), 'pupil')}. Not known of {unclear:,}.")
    for one in sorted(absent, key=lambda pupil: pupil.pupil.name.casefold()):
        say_folded(f"  {clean(one.pupil.name)}, {one.pupil.id}", "    ")
    if absent:
        say("Absence from calls proves nothing: check attendance, and call home.")
