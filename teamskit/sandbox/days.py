"""School days made up for `play --days`: lessons of class teams, and what a DSL should notice among them.

The same classes, days and seed give the same calls, whether days are played one by one or together. Times of the school
day are Europe/London's. Every situation is planted once a day beside an innocent look-alike, as far as the school has
lessons and free people for it (`situations` has them; the lessons' own come first):

| finding | planted | look-alikes |
|---|---|---|
| one-to-one | an adult and a pupil, 12 min | exactly 2 min; two adults; one whose revised record shows a second adult |
| alone-in-group | the last pupil stays with the teacher for 6 min 40 s | the first waits with him for exactly 5 min |
| pupils-only | the teacher leaves 6 min before the end | drops out for exactly 2 min |
| pupil-organised | a pupil's call with others and a teacher | a pupil's call to which nobody comes |
| outside-person | a visitor without a name; a guest, speaker@ the visitors' domain, whom a register can agree | |
| unknown-person | an account that is on no roll, where there is one | another of the staff looks in |
| out-of-hours | a call with pupils at 18:20 | staff at 17:00; a lesson that begins exactly at the day's end |
| unrecorded-lesson | no recording; one that comes after 40 hours | one that comes after 3 hours |
| not-seen | a pupil away for a fortnight | one away from Monday to Thursday |
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from teamskit.sandbox.made_calls import LENGTH, Call, Lesson, School, at, made_call, person, stay, teaching
from teamskit.sandbox.situations import other_calls, with_situations

OTHER_CALLS = 9
"""Calls a day that are no lessons."""
_LESSONS_A_DAY = 3
_PERIOD = timedelta(minutes=55)
_ABSENT = 0.15


@dataclass
class _Timetable:
    """Hold a day's lessons and who is busy when."""

    busy: dict[datetime, set[str]]
    lessons: list[Lesson] = field(default_factory=list)


def _everybody(_account: str, _on: date) -> bool:
    return True


def school_days(
    classes: Sequence[dict[str, Any]],
    days: Sequence[date],
    *,
    day: tuple[time, time],
    seed: int | str,
    most: int = 75,
    accounts: Sequence[str] = (),
    is_here: Callable[[str, date], bool] = _everybody,
    outside_domain: str = "visitor.example",
) -> Iterator[Call]:
    """Give resolved calls for each day, one after the other: up to three lessons a class, and what a DSL should notice.

    A class is {"group", "owners": [account ids], "members": [account ids], "name"}; one without an owner or members is
    left out. Nobody is in two lessons at once, so a person with many classes has fewer lessons of each; a day has at
    most about `most` calls, one of them with a record that is revised later. `is_here` says who is on roll on a day:
    the others of `accounts` are strangers then. `planted` and `innocent` of a call name the findings it is meant to
    raise and the ones it only resembles.
    """
    school = School(classes, day, seed, tuple(accounts), is_here, outside_domain)
    for on in days:
        if teaching(school, on):
            yield from _day(school, on, most)


def _day(school: School, on: date, most: int) -> Iterator[Call]:
    dice = school.dice(on, "lessons")
    timetable = _timetable(school, on, max(0, most - OTHER_CALLS), dice)
    calls = [_lesson_call(school, lesson, on, dice) for lesson in timetable.lessons]
    yield from with_situations(school, timetable.lessons, calls, on)
    yield from other_calls(school, timetable.busy, on)


def _periods(on: date, day: tuple[time, time]) -> list[datetime]:
    begin, end = at(on, day[0]), at(on, day[1])
    found = []
    while begin + LENGTH <= end:
        found.append(begin)
        begin += _PERIOD
    return found


def _timetable(school: School, on: date, most: int, dice: random.Random) -> _Timetable:
    """Give each class a lesson in turn, then a second and a third, until the day is full or everybody is busy."""
    made = _Timetable({period: set() for period in _periods(on, school.day)})
    classes = teaching(school, on)
    turn = dice.sample(classes, len(classes))
    for _ in range(_LESSONS_A_DAY):
        for group, teacher, pupils in turn:
            wanted = {teacher, *pupils}
            free = [period for period, there in made.busy.items() if not there & wanted]
            if free and len(made.lessons) < most:
                period = dice.choice(free)
                made.busy[period] |= wanted
                made.lessons.append(Lesson(group, teacher, pupils, period))
    return made


def _lesson_call(school: School, lesson: Lesson, on: date, dice: random.Random) -> Call:
    end = lesson.start + LENGTH
    absent = set(dice.sample(lesson.pupils, int(len(lesson.pupils) * dice.uniform(0.0, _ABSENT))))
    absent = (absent - school.never_ill(on)) | school.away(on)
    people = [person(lesson.teacher, [(lesson.start, end)])]
    people += [person(one, stay(lesson.start, end, dice)) for one in lesson.pupils if one not in absent]
    key = school.made_id("lesson", lesson.start.isoformat(), lesson.group)
    return made_call(key, (lesson.start, end), lesson.teacher, people, group=lesson.group, recording="kept")
