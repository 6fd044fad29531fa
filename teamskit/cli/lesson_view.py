"""What `lessons list` shows: each lesson beside what stands of it in the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from teamskit.cli.lesson_choice import Asked
from teamskit.cli.lesson_planning import Seen, see_lessons
from teamskit.clock import at_school, iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from teamskit.cli.context import Here
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
