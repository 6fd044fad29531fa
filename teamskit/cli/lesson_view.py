"""What `lessons list` shows and `lessons export` writes: each lesson beside what stands of it in the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from teamskit.cli.lesson_choice import Asked
from teamskit.cli.lesson_planning import Seen, see_lessons
from teamskit.clock import at_school, iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from teamskit.cli.context import Here
    from teamskit.lessons.ics import Entry
    from teamskit.lessons.wanted import WantedLesson
    from teamskit.plan import Change, Target

HEADINGS = ("class", "day", "time", "period", "staff", "invited", "state", "why")


def viewed(here: Here, typed: Asked) -> Seen:
    """Read lessons as wanted and as they stand."""
    return see_lessons(here, typed)


def lesson_rows(here: Here, seen: Seen) -> list[dict[str, Any]]:
    """Give one documented row a lesson, in order of time: those of the timetable, and those that stand beside it."""
    changes = {change.target: change for change in seen.changes.changes}
    now = here.clock.now()
    rows = [_row(seen, one, changes, iso(now)) for one in seen.wanted.lessons]
    rows += [_stray(here, seen, target) for target, change in changes.items() if change.after is None]
    return sorted(rows, key=lambda one: (one["starts"], one["class"], one["period"]))


def _row(seen: Seen, one: WantedLesson, changes: Mapping[Target, Change], now: str) -> dict[str, Any]:
    from teamskit.lessons.actual import lesson_target

    target = lesson_target(one.organiser, one.lesson.key)
    event, change = seen.found.events.get(target), changes.get(target)
    state = "made" if event else "not made"
    if change is None and iso(one.lesson.starts) <= now:
        state = "over" if event else "over, never made"
    elif change is not None and event:
        state = "differs"
    return {
        "class": one.lesson.section_id,
        "school": one.lesson.school,
        "period": one.lesson.period,
        "starts": iso(one.lesson.starts),
        "ends": iso(one.lesson.ends),
        "staff": list(one.lesson.staff),
        "organiser": one.staff[0].upn,
        "invited": "class" if one.team in one.guests else "pupils",
        "pupils": one.pupils,
        "state": state,
        "why": change.reason if change else "",
        "join_url": event.join_url if event else "",
    }


def _stray(here: Here, seen: Seen, target: Target) -> dict[str, Any]:
    from teamskit.lessons.dated import parts_of

    event = seen.found.events[target]
    school, _, period, section = parts_of(event.key)
    upn = next((one.upn for one in here.accounts if one.id == event.organiser), "")
    change = next(one for one in seen.changes.changes if one.target == target)
    return {
        "class": section,
        "school": school,
        "period": period,
        "starts": iso(event.starts),
        "ends": iso(event.ends),
        "staff": [],
        "organiser": upn,
        "invited": "class",
        "pupils": 0,
        "state": "not wanted",
        "why": change.reason,
        "join_url": event.join_url,
    }


def shown_row(row: Mapping[str, Any]) -> Sequence[str]:
    """Give a row for people: days and times by the school's clock."""
    from teamskit.clock import parse_iso

    starts, ends = (at_school(parse_iso(row[name])) for name in ("starts", "ends"))
    time = f"{starts:%H:%M} to {ends:%H:%M}"
    staff = ", ".join(row["staff"])
    day = f"{starts:%a} {starts.day} {starts:%b}"
    return row["class"], day, time, row["period"], staff, row["invited"], row["state"], row["why"]


def write_export(here: Here, seen: Seen, path: Path) -> tuple[int, int]:
    """Write the file, whole or not at all; give how many lessons it has, and how many of them a link."""
    from teamskit.errors import InputError
    from teamskit.school.folder import write_whole

    entries = _entries(seen)
    if not entries:
        why = next(iter((*seen.notes, *(one.why for one in seen.left_out))), "the timetable has none on these days")
        raise InputError(f"there is no lesson to write: {why}", next_step="Look at: teamskit lessons list")
    if path.suffix.casefold() == ".ics":
        from teamskit.lessons.ics import ics_bytes

        domain = here.school.domains[0]
        write_whole(path, ics_bytes(_title(here, seen), entries, domain, here.clock.now()))
    else:
        from teamskit.reports.timetable import render_timetable

        school, span = here.school.schools[0].name, (seen.picked.first, seen.picked.last)
        write_whole(path, render_timetable(school, _of(seen), entries, span, here.clock.now()))
    return sum(not one.is_cancelled for one in entries), sum(bool(one.link) for one in entries)


def _entries(seen: Seen) -> list[Entry]:
    from teamskit.lessons.actual import lesson_target
    from teamskit.lessons.ics import Entry

    found = []
    for one in seen.wanted.lessons:
        event = seen.found.events.get(lesson_target(one.organiser, one.lesson.key))
        link = event.join_url if event else ""
        lesson = one.lesson
        found.append(Entry(lesson.key, lesson.section_id, one.subject, lesson.starts, lesson.ends, link))
    return [*found, *_cancelled(seen)]


def _cancelled(seen: Seen) -> Iterable[Entry]:
    from teamskit.lessons.ics import Entry
    from teamskit.lessons.wanted import subject_of

    sections = {(one.school, one.id): one for one in seen.picked.sections}
    for one in seen.cancelled:
        subject = subject_of(sections[one.school, one.section_id], one)
        yield Entry(one.key, one.section_id, subject, one.starts, one.ends, is_cancelled=True)


def _of(seen: Seen) -> str:
    """Name the classes, the few of them; many are not worth a title."""
    names = [one.name for one in seen.picked.sections]
    return ", ".join(names) if len(names) <= 3 else f"{len(names)} classes"


def _title(here: Here, seen: Seen) -> str:
    return f"{here.school.schools[0].name}: online lessons, {_of(seen)}"
