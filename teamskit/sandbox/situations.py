"""Situations planted in made-up school days, and the innocent ones that look like them; the table is in `days`.

Each has dice of its own, so that one more changes nothing in the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from teamskit.sandbox.made_calls import (
    LENGTH,
    Call,
    Class,
    Lesson,
    School,
    at,
    made_call,
    person,
    teaching,
    text,
    texts,
)

_ENOUGH = 4
"""Fewest people of a lesson in which something is planted: the teacher and three pupils."""
_MINUTE = timedelta(minutes=1)


def with_situations(school: School, lessons: Sequence[Lesson], calls: Sequence[Call], on: date) -> Iterator[Call]:
    """Give the calls of a day's lessons, each situation in one of its own; what comes first in the list goes first."""
    dice = school.dice(on, "situations")
    fit = [n for n, call in enumerate(calls) if len(call["people"]) >= _ENOUGH]
    chosen = dice.sample(fit, min(len(_IN_LESSONS), len(fit)))
    changed = dict(zip(chosen, _IN_LESSONS, strict=False))
    for number, call in enumerate(calls):
        if number in changed:
            changed[number](school, lessons[number], call, on)
        yield call


def _unrecorded(_school: School, _lesson: Lesson, call: Call, _on: date) -> None:
    call.update(recording="none", planted=["unrecorded-lesson"])


def _teacher_leaves(_school: School, lesson: Lesson, call: Call, _on: date) -> None:
    end = lesson.start + LENGTH
    call["people"][0] = person(lesson.teacher, [(lesson.start, end - 6 * _MINUTE)])
    for one in call["people"][1:]:
        one["intervals"][-1][1] = text(end)
    call["planted"] = ["pupils-only"]


def _last_pupil_stays(_school: School, lesson: Lesson, call: Call, _on: date) -> None:
    end = lesson.start + LENGTH
    for one in call["people"][2:]:
        one["intervals"] = texts([(lesson.start + _MINUTE, end - timedelta(minutes=6, seconds=40))])
    call["people"][1]["intervals"] = texts([(lesson.start + _MINUTE, end)])
    call["planted"] = ["alone-in-group"]


def _visitor(school: School, lesson: Lesson, call: Call, _on: date) -> None:
    start = lesson.start + 9 * _MINUTE
    name = f"visitor of {school.outside_domain} {lesson.start.isoformat()}"
    call["people"].append({"anonymous": name, "intervals": texts([(start, start + 14 * _MINUTE)])})
    call["planted"] = ["outside-person"]


def _speaker(school: School, lesson: Lesson, call: Call, _on: date) -> None:
    times = texts([(lesson.start + 2 * _MINUTE, lesson.start + LENGTH)])
    call["people"].append({"guest": "Sam Speaker", "email": f"speaker@{school.outside_domain}", "intervals": times})
    call["planted"] = ["outside-person"]


def _stranger(school: School, lesson: Lesson, call: Call, on: date) -> None:
    if strangers := school.strangers(on):
        times = [(lesson.start + 5 * _MINUTE, lesson.start + 30 * _MINUTE)]
        call["people"].append(person(school.dice(on, "stranger").choice(strangers), times))
        call["planted"] = ["unknown-person"]


def _recording_comes(after: timedelta, **named: list[str]) -> Callable[[School, Lesson, Call, date], None]:
    def change(_school: School, lesson: Lesson, call: Call, _on: date) -> None:
        call.update(recording_at=text(lesson.start + LENGTH + after), **named)

    return change


def _first_waits(_school: School, lesson: Lesson, call: Call, _on: date) -> None:
    end = lesson.start + LENGTH
    call["people"][1]["intervals"] = texts([(lesson.start + timedelta(seconds=10), end)])
    for n, one in enumerate(call["people"][2:]):
        one["intervals"] = texts([(lesson.start + timedelta(seconds=310 + n), end)])
    call["innocent"] = ["alone-in-group", "one-to-one"]


def _teacher_drops_out(_school: School, lesson: Lesson, call: Call, _on: date) -> None:
    gone, end = lesson.start + 20 * _MINUTE, lesson.start + LENGTH
    call["people"][0] = person(lesson.teacher, [(lesson.start, gone), (gone + 2 * _MINUTE, end)])
    call["innocent"] = ["pupils-only"]


def _colleague_looks_in(school: School, lesson: Lesson, call: Call, on: date) -> None:
    there = {one.get("account") for one in call["people"]}
    if others := [one for one in school.staff(on) if one not in there]:
        times = [(lesson.start + 10 * _MINUTE, lesson.start + 16 * _MINUTE)]
        call["people"].append(person(school.dice(on, "colleague").choice(others), times))
        call["innocent"] = ["outside-person", "unknown-person"]


_IN_LESSONS: tuple[Callable[[School, Lesson, Call, date], None], ...] = (
    _unrecorded,
    _teacher_leaves,
    _visitor,
    _last_pupil_stays,
    _stranger,
    _recording_comes(timedelta(hours=40), planted=["unrecorded-lesson"]),
    _speaker,
    _first_waits,
    _teacher_drops_out,
    _colleague_looks_in,
    _recording_comes(timedelta(hours=3), innocent=["unrecorded-lesson"]),
)


def other_calls(school: School, busy: Mapping[datetime, set[str]], on: date) -> Iterator[Call]:
    """Give the calls of a day that are no lessons; those in school time are held by people without a lesson then."""
    free = _Free(school, busy, on)
    yield from _of_two(school, free, on)
    yield from _tuition(school, on)
    yield from _of_pupils(school, free, on)
    yield from _after_school(school, on)


class _Free:
    """Draws a teacher and pupils of one class who are free in a period; nobody is drawn twice for the same one."""

    def __init__(self, school: School, busy: Mapping[datetime, set[str]], on: date) -> None:
        """Begin with who has lessons when, and who is away."""
        self._busy = {period: set(there) for period, there in busy.items()}
        self._away = school.away(on)
        self._classes = teaching(school, on)
        self._dice = school.dice(on, "free")

    def drawn(self, pupils: int) -> tuple[datetime, str, list[str]] | None:
        """Give period, teacher and so many pupils; None where nobody is free."""
        for group in self._dice.sample(self._classes, len(self._classes)):
            for period in self._dice.sample(sorted(self._busy), len(self._busy)):
                there = self._busy[period] | self._away
                free = [one for one in group[2] if one not in there]
                if group[1] not in there and len(free) >= pupils:
                    chosen = self._dice.sample(free, pupils)
                    self._busy[period] |= {group[1], *chosen}
                    return period, group[1], chosen
        return None


def _of_two(school: School, free: _Free, on: date) -> Iterator[Call]:
    for name, length, kinds in (("alone", 12 * _MINUTE, ["one-to-one"]), ("short", 2 * _MINUTE, [])):
        if drawn := free.drawn(1):
            start, teacher, pupils = drawn
            both = [person(one, [(start, start + length)]) for one in (teacher, *pupils)]
            key = school.made_id(name, on.isoformat(), teacher)
            made = made_call(key, (start, start + length), teacher, both, kind="peerToPeer", planted=kinds)
            yield made if kinds else {**made, "innocent": ["one-to-one"]}
    staff = school.staff(on)
    if len(staff) > 1:
        start = at(on, time(17, 45))
        two = school.dice(on, "colleagues").sample(staff, 2)
        both = [person(one, [(start, start + 15 * _MINUTE)]) for one in two]
        key = school.made_id("colleagues", on.isoformat(), two[0])
        yield made_call(key, (start, start + 15 * _MINUTE), two[0], both, kind="peerToPeer", innocent=["one-to-one"])


def _tuition(school: School, on: date) -> Iterator[Call]:
    """Give a call between the first and the second lesson, when everybody is free, and its record as it is revised.

    First it names a teacher and one pupil; from the morning after next also a second adult, who was there all the time.
    """
    dice, away = school.dice(on, "tuition"), school.away(on)
    fit = [one for one in teaching(school, on) if set(one[2]) - away]
    if not fit:
        return
    _, teacher, pupils = dice.choice(fit)
    start = at(on, school.day[0]) + LENGTH + _MINUTE
    end = start + 8 * _MINUTE
    there = [person(one, [(start, end)]) for one in (teacher, dice.choice(sorted(set(pupils) - away)))]
    key = school.made_id("tuition", on.isoformat(), teacher)
    yield made_call(key, (start, end), teacher, there, planted=["one-to-one"])
    if others := [one for one in school.staff(on) if one != teacher]:
        there = [*there, person(dice.choice(others), [(start, end)])]
        made = made_call(key, (start, end), teacher, there, innocent=["one-to-one"])
        yield {**made, "revised_at": text(at(on + timedelta(2), time(9)))}


def _of_pupils(school: School, free: _Free, on: date) -> Iterator[Call]:
    if drawn := free.drawn(3):
        start, teacher, pupils = drawn
        end = start + 20 * _MINUTE
        people = [person(one, [(start, end)]) for one in (*pupils, teacher)]
        key = school.made_id("pupils", on.isoformat(), pupils[0])
        yield made_call(key, (start, end), pupils[0], people, planted=["pupil-organised"])
    if drawn := free.drawn(1):
        start, _, pupils = drawn
        alone = [person(pupils[0], [(start, start + 3 * _MINUTE)])]
        key = school.made_id("nobody came", on.isoformat(), pupils[0])
        innocent = ["pupil-organised", "pupils-only"]
        yield made_call(key, (start, start + 3 * _MINUTE), pupils[0], alone, innocent=innocent)


def _after_school(school: School, on: date) -> Iterator[Call]:
    yield from _with_pupils(school, on, "club", at(on, school.day[1]))
    yield from _with_pupils(school, on, "evening", at(on, time(18, 20)))
    start = at(on, time(17))
    staff = school.staff(on)
    if len(staff) > 1:
        there = school.dice(on, "meeting").sample(staff, min(5, len(staff)))
        people = [person(one, [(start, start + 40 * _MINUTE)]) for one in there]
        key = school.made_id("meeting", on.isoformat(), there[0])
        yield made_call(key, (start, start + 40 * _MINUTE), there[0], people, innocent=["out-of-hours"])


def _with_pupils(school: School, on: date, name: str, start: datetime) -> Iterator[Call]:
    dice, end, away = school.dice(on, name), start + 25 * _MINUTE, school.away(on)
    fit: list[Class] = [one for one in teaching(school, on) if len(set(one[2]) - away) > 1]
    if not fit:
        return
    group, teacher, pupils = dice.choice(fit)
    chosen = dice.sample(sorted(set(pupils) - away), 2)
    people: list[dict[str, Any]] = [person(one, [(start, end)]) for one in (teacher, *chosen)]
    key = school.made_id(name, on.isoformat(), teacher)
    made = made_call(key, (start, end), teacher, people, recording="kept")
    yield {
        **made,
        **({"group": group, "innocent": ["out-of-hours"]} if name == "club" else {"planted": ["out-of-hours"]}),
    }
