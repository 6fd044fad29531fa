"""What each day of the log tells of each pupil: seen, missed his lessons, or not known and why. Pure.

A day counts as missed when a class of his held a lesson, the day is covered, and he was in none of the school's calls.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from teamskit.calls.coverage import Reading, settled, span_of
from teamskit.calls.model import CallEntry
from teamskit.calls.roll import OnRoll, Rolls
from teamskit.calls.sightings import Sightings
from teamskit.clock import at_school
from teamskit.safeguarding.evidence import LEAD, Evidence

SEEN, MISSED, UNMATCHED = "seen", "missed", "unmatched"
GAP = "the log does not cover every day"
NO_RECORD = "Microsoft had no record of a lesson"
NO_TIMES = "Microsoft gave no times for a call that names him"


@dataclass(frozen=True)
class Due:
    """A pupil as last known, the lessons of his classes by day, and the days on which he had no account."""

    pupil: OnRoll
    lessons: Mapping[date, Sequence[CallEntry]]
    unmatched: frozenset[date]


@dataclass(frozen=True)
class DaysMissed:
    """The days that bear on a period, in order, from the lead before it to its last one that is over."""

    days: Sequence[date]
    covered: Collection[date]
    unclear: Mapping[date, int]
    due: Mapping[str, Due]
    sightings: Sightings

    @classmethod
    def of(cls, evidence: Evidence, calls: Sequence[CallEntry]) -> "DaysMissed":
        """Gather them from the evidence, with the given word on its calls."""
        yesterday = at_school(evidence.now).date() - timedelta(days=1)
        days = _days(evidence.first - LEAD, min(evidence.last, yesterday))
        lessons: dict[date, list[CallEntry]] = defaultdict(list)
        unclear: dict[date, int] = defaultdict(int)
        for call in calls:
            day = at_school(call.start).date()
            unclear[day] += not call.has_times
            if call.is_lesson:
                lessons[day].append(call)
        covered = _covered(days, evidence.readings) - frozenset(evidence.forgotten)
        return cls(days, covered, unclear, _due(evidence.rolls, lessons), Sightings(calls))

    def told(self, key: str) -> Iterator[tuple[date, str]]:
        """Give, in order, each day that tells something of a pupil: SEEN, MISSED, UNMATCHED, or why it is not known."""
        due = self.due[key]
        seen, perhaps = self.sightings.days(due.pupil), self.sightings.perhaps(due.pupil)
        for day in self.days:
            if day in seen:
                yield day, SEEN
            elif day in perhaps:
                yield day, NO_TIMES
            elif day not in self.covered:
                yield day, GAP
            elif day in due.unmatched:
                yield day, UNMATCHED
            elif day in due.lessons and (said := _of_lessons(due.lessons[day])):
                yield day, said


@lru_cache(maxsize=1)
def days_missed(evidence: Evidence) -> DaysMissed:
    """Gather them with the newest word on each call: once for all that is asked of one evidence."""
    return DaysMissed.of(evidence, [*evidence.earlier, *evidence.calls])


def _of_lessons(lessons: Sequence[CallEntry]) -> str:
    if any(not call.has_times and not call.people for call in lessons):
        return NO_RECORD
    # A lesson without times whose list does not name him says too little to count the day as missed.
    return MISSED if any(call.has_times for call in lessons) else ""


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _covered(days: Sequence[date], readings: Sequence[Reading]) -> frozenset[date]:
    whole = settled(readings)
    spans = {day: span_of(day) for day in days}
    return frozenset(
        day for day, (begin, end) in spans.items() if any(since <= begin and end <= until for since, until in whole)
    )


def _due(rolls: Rolls, lessons: Mapping[date, Sequence[CallEntry]]) -> dict[str, Due]:
    pupils: dict[str, OnRoll] = {}
    due: dict[str, dict[date, list[CallEntry]]] = defaultdict(lambda: defaultdict(list))
    unmatched: dict[str, set[date]] = defaultdict(set)
    for day in sorted(lessons):
        for call in lessons[day]:
            for pupil in {one.key: one for roll in rolls.of_call(call) for one in roll.pupils}.values():
                pupils[pupil.key] = pupil
                due[pupil.key][day].append(call)
                if pupil.account is None:
                    unmatched[pupil.key].add(day)
    return {key: Due(pupil, due[key], frozenset(unmatched[key])) for key, pupil in pupils.items()}
