"""Who came to how many of a week's lessons, class by class, for the guidance's weekly check. Pure.

Rolls, calls and coverage come in, rows come out: by class and name, never by how much somebody came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from teamskit.calls.coverage import CoveredDay
from teamskit.calls.model import CallEntry
from teamskit.calls.name_order import name_place
from teamskit.calls.roll import ClassRoll, OnRoll, Rolls
from teamskit.calls.sightings import Sightings, is_pupil
from teamskit.clock import at_school

COVERED = "covered"


@dataclass(frozen=True)
class PupilWeek:
    """A pupil's week in one class, of the lessons held while he was in it.

    `not_known` counts lessons of which Microsoft gave no times, or whose names are no longer kept. `minutes` is the
    time he was in the others, to the nearest. `seen` says whether he was in any call of the school that week, None
    where that is not known, and `why` says why not then.
    """

    pupil: OnRoll
    lessons: int
    came_to: int
    not_known: int
    minutes: int
    seen: bool | None
    why: str = ""


@dataclass(frozen=True)
class ClassWeek:
    """A class's week: how many lessons were held and of how many it cannot be told who came; pupils by name.

    `forgotten` of those that are not known are so because names are no longer kept.
    """

    roll: ClassRoll
    lessons: int
    not_known: int
    forgotten: int
    pupils: tuple[PupilWeek, ...]


@dataclass(frozen=True)
class Week:
    """One week, Monday to Sunday; `missing` are the days until today that the log does not cover whole."""

    first: date
    last: date
    missing: tuple[date, ...]
    classes: tuple[ClassWeek, ...]


@dataclass
class _Row:
    pupil: OnRoll
    lessons: int = 0
    came_to: int = 0
    not_known: int = 0
    time: timedelta = field(default_factory=timedelta)


def week_of(day: date) -> tuple[date, date]:
    """Give Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def attendance(
    rolls: Rolls, calls: Iterable[CallEntry], days: Sequence[CoveredDay], today: date, class_id: str | None = None
) -> Week:
    """Count a week, whose seven days come in order; calls of other weeks are left out.

    A lesson is a call of the class team that staff organised, and belongs to the day it began on.
    """
    first, last = days[0].day, days[-1].day
    missing = tuple(one.day for one in days if one.status != COVERED and one.day < today)
    calls = [call for call in calls if first <= at_school(call.start).date() <= last]
    seen = _Seen(calls, missing)
    standing = {one.day: [roll for roll in rolls.on(one.day) if class_id in (None, roll.id)] for one in days}
    newest = {roll.key: roll for day in standing for roll in standing[day]}
    lessons: dict[str, list[CallEntry]] = {}
    for call in calls:
        for roll in rolls.of_call(call) if call.is_lesson else ():
            lessons.setdefault(roll.key, []).append(call)
    found = [_class_week(roll, lessons.get(key, []), standing, seen) for key, roll in sorted(newest.items())]
    return Week(first, last, missing, tuple(one for one in found if one.pupils or one.lessons))


def _class_week(
    roll: ClassRoll, lessons: Sequence[CallEntry], standing: Mapping[date, Sequence[ClassRoll]], seen: "_Seen"
) -> ClassWeek:
    rows: dict[str, _Row] = {}
    for pupils in _days_of(roll, standing).values():
        for pupil in pupils:
            rows.setdefault(pupil.key, _Row(pupil)).pupil = pupil
    for lesson in lessons:
        for pupil in _days_of(roll, standing).get(at_school(lesson.start).date(), ()):
            _count(rows[pupil.key], lesson)
    ordered = sorted(rows.values(), key=lambda row: (name_place(row.pupil.name), row.pupil.key))
    forgotten = sum(lesson.is_forgotten for lesson in lessons)
    unclear = sum(not _can_tell(lesson) for lesson in lessons)
    return ClassWeek(roll, len(lessons), unclear, forgotten, tuple(_pupil_week(row, seen) for row in ordered))


def _days_of(roll: ClassRoll, standing: Mapping[date, Sequence[ClassRoll]]) -> dict[date, tuple[OnRoll, ...]]:
    return {day: one.pupils for day, rolls in standing.items() for one in rolls if one.key == roll.key}


def _can_tell(lesson: CallEntry) -> bool:
    return lesson.has_times and not lesson.is_forgotten


def _count(row: _Row, lesson: CallEntry) -> None:
    row.lessons += 1
    if not _can_tell(lesson):
        row.not_known += 1
        return
    time = sum((one.present for one in lesson.people if is_pupil(one, row.pupil)), timedelta())
    row.came_to += time > timedelta()
    row.time += time


def _pupil_week(row: _Row, seen: "_Seen") -> PupilWeek:
    minutes = round(row.time.total_seconds() / 60)
    state, why = seen.of(row.pupil)
    return PupilWeek(row.pupil, row.lessons, row.came_to, row.not_known, minutes, state, why)


class _Seen:
    """Who was in any call of the week, and of whom that cannot be told."""

    def __init__(self, calls: Sequence[CallEntry], missing: Sequence[date]) -> None:
        self._sightings, self._missing = Sightings(calls), missing
        self._forgotten = any(call.is_forgotten for call in calls)

    def of(self, pupil: OnRoll) -> tuple[bool | None, str]:
        if self._sightings.days(pupil):
            return True, ""
        if self._sightings.perhaps(pupil):
            return None, "Microsoft gave no times for a call that names this pupil"
        if self._forgotten:
            return None, "names of calls of this week are no longer kept"
        if pupil.account is None:
            return None, "no account is matched"
        return (None, "not every day is covered") if self._missing else (False, "")
