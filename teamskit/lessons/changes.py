"""What must change so that lessons stand as wanted. Only what we made is touched, and nothing that has begun. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from teamskit.lessons.actual import AROUND, Standing, invited_by_us, lesson_target, state_of
from teamskit.lessons.dated import parts_of
from teamskit.lessons.options import PRESENTERS, standing
from teamskit.lessons.wanted import WantedLesson
from teamskit.plan import Action, Change, Recorded, Risk, Target
from teamskit.plan.engine import is_so
from teamskit.tenant.graph import LessonEvent

NOON = time(12)
RECORDING, AUTOMATIC = "allowRecording", "recordAutomatically"
_STRICTER = ("allowAttendeeToEnableCamera", "allowAttendeeToEnableMic")
GONE, COVERED, ASKED = "not in the timetable any more", "somebody else teaches it", "asked for"
CANCELLED = "cancelled in the list of cover"


@dataclass
class LessonChanges:
    """The changes, how many stand already, how many are over, and how many stay open to the whole class.

    `unrecorded` are those whose recording somebody has switched off, which stay so.
    """

    changes: list[Change] = field(default_factory=list)
    kept: int = 0
    past: int = 0
    wider: int = 0
    unrecorded: int = 0


@dataclass(frozen=True)
class Reach:
    """What a plan is about: `is_meant` of events, from now on; `undecided` keys are left as they are.

    `every` are ids of schools of which any class is meant, also one without lessons now; `reasons` say by key why a
    lesson is not to stand, where it is more than not being in the timetable.
    """

    classes: Collection[tuple[str, str]]
    first: datetime
    last: datetime
    now: datetime
    undecided: Collection[str] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    every: Collection[str] = ()

    def is_meant(self, event: LessonEvent) -> bool:
        """Say whether an event is one of these classes and days, and has not begun."""
        day = self._day_of(event)
        if day is None or event.starts <= self.now:
            return False
        # One moved here from a day to come outside this stretch is left to the plan of that day, which moves it back.
        return self._has(day) or (self._has(event.starts) and day < self.now)

    def is_here(self, event: LessonEvent) -> bool:
        """Say whether an event of these classes, not begun, is of these days by the timetable or stands in them."""
        day = self._day_of(event)
        return day is not None and event.starts > self.now and (self._has(day) or self._has(event.starts))

    def _has(self, moment: datetime) -> bool:
        return self.first <= moment < self.last

    def _day_of(self, event: LessonEvent) -> datetime | None:
        """Give the noon of the day that a lesson of these classes has by the timetable; None for any other event.

        One that stands farther away than is looked for is none: nothing could be carried out on it.
        """
        try:
            school, day, _, section = parts_of(event.key)
        except ValueError:
            return None
        noon = datetime.combine(day, NOON, UTC)
        is_mine = school in self.every or (school, section) in self.classes
        return noon if is_mine and abs(event.starts - noon) < AROUND else None


def lesson_changes(
    wanted: Sequence[WantedLesson], found: Standing, recorded: Mapping[Target, Recorded], reach: Reach
) -> LessonChanges:
    """Compare; a lesson that another account organises than is wanted is cancelled there and made here."""
    made = LessonChanges()
    targets = {}
    for one in wanted:
        target = lesson_target(one.organiser, one.lesson.key)
        targets[target] = one
        event = found.events.get(target)
        if one.lesson.starts <= reach.now or (event and event.starts <= reach.now):
            made.past += 1
            continue
        one = _as_wide(one, event, found, made)
        after = _as_chosen(one.state(), found.meetings.get(event.id) if event else None, recorded.get(target))
        made.unrecorded += RECORDING not in after
        change = _change(one, after, target, event, found, recorded.get(target))
        if change:
            made.changes.append(change)
        else:
            made.kept += 1
    why = {**reach.reasons, **dict.fromkeys((one.lesson.key for one in wanted), COVERED)}
    for target, event in found.events.items():
        if target not in targets and reach.is_meant(event) and event.key not in reach.undecided:
            made.changes.append(cancelling(event, found, why.get(event.key, GONE)))
    return made


def _as_wide(one: WantedLesson, event: LessonEvent | None, found: Standing, made: LessonChanges) -> WantedLesson:
    """Leave a lesson open to the whole class when its team is invited already: nobody is uninvited by a list."""
    if one.team in one.guests or not is_open_to_class(one, event, found):
        return one
    made.wider += 1
    return one.for_class()


def is_open_to_class(one: WantedLesson, event: LessonEvent | None, found: Standing) -> bool:
    """Say whether the event of a lesson invites the team of its class."""
    if event is None or not one.team:
        return False
    return found.addresses.get(one.team, "").casefold() in event.addresses


def _as_chosen(after: dict[str, Any], meeting: Mapping[str, Any] | None, record: Recorded | None) -> dict[str, Any]:
    """Leave out what somebody has chosen more strictly since: cameras and microphones off, recording switched off.

    What our own last change has put so is no choice of anybody's, what it left out as chosen stays so. Where no change
    of ours is known of a meeting that is otherwise not as wanted, recording is no choice either: it may begin switched
    off, as the organiser's policy has it.
    """
    if meeting is None:
        return after
    held, found = (record.held if record else None) or {}, standing(meeting)
    chosen = {name for name in _STRICTER if found[name] is False and after[name] and held.get(name) is not False}
    rest = {
        name: after[name]
        for name in found
        if name in after and name not in (*_STRICTER, RECORDING, AUTOMATIC, PRESENTERS)
    }
    was_settled = held.get(RECORDING, True) is True if held else is_so(found, rest)
    if found[RECORDING] is False and was_settled:
        chosen |= {RECORDING, AUTOMATIC}
    return {name: value for name, value in after.items() if name not in chosen}


def _change(
    one: WantedLesson,
    after: dict[str, Any],
    target: Target,
    event: LessonEvent | None,
    found: Standing,
    record: Recorded | None,
) -> Change | None:
    meeting = found.meetings.get(event.id) if event else None
    before = state_of(event, meeting, after, invited_by_us(record), found.addresses)
    if is_so(before, after):
        return None
    risk = Risk.MEDIUM if one.is_one_to_one else Risk.LOW
    words = one.lesson.section_id, f"{one.lesson.label.partition(', ')[2]}, staff {', '.join(one.lesson.staff)}"
    if before is None:
        reason = "was made, and is gone from the calendar" if record and record.stands else _why_made(one)
        return Change(target, Action.CREATE, None, after, reason, risk, *words)
    return Change(target, Action.UPDATE, before, after, _why_changed(before, after), risk, *words)


def _why_made(one: WantedLesson) -> str:
    return "in the list of cover" if one.lesson.is_covered else "in the timetable"


def _why_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return ", ".join(dict.fromkeys(_differing(before, after)))


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, value in after.items():
        if before.get(name) != value:
            yield {"starts": "time", "ends": "time", "invited": "who is invited"}.get(
                name, "options"
            ) + " not as wanted"


def cancelling(event: LessonEvent, found: Standing, reason: str) -> Change:
    """Give the change that cancels a lesson of ours."""
    school, day, period, section = parts_of(event.key)
    before = state_of(event, None, {}, (), found.addresses)
    words = section, f"{day.day} {day:%B}, {period}"
    return Change(lesson_target(event.organiser, event.key), Action.REMOVE, before, None, reason, Risk.MEDIUM, *words)


def cancel_changes(found: Standing, reach: Reach) -> list[Change]:
    """Give the changes that cancel every lesson of ours that is meant; nothing else is touched."""
    return [cancelling(one, found, ASKED) for one in found.events.values() if reach.is_here(one)]
