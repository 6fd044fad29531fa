"""School days made up for `play --days`: lessons of class teams, and a few things a DSL should notice.

The same classes, days and seed give the same calls. Times of the school day are Europe/London's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from teamskit.sandbox.request import made_id

_LONDON = ZoneInfo("Europe/London")
_LESSONS_A_DAY = 3
_PERIOD = timedelta(minutes=55)
_LENGTH = timedelta(minutes=45)
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Hold one lesson to be played."""

    group: str
    teacher: str
    pupils: tuple[str, ...]
    start: datetime


def school_days(
    classes: Sequence[dict[str, Any]],
    days: Sequence[date],
    *,
    day: tuple[time, time],
    seed: int,
    outside_domain: str = "visitor.example",
) -> list[dict[str, Any]]:
    """Give resolved calls for each day: about three lessons a class within `day`, and what a DSL should notice.

    A class is {"group", "owners": [account ids], "members": [account ids], "name"}; one without an owner or members is
    left out. Nobody is in two lessons at once, so a person with many classes has fewer lessons of each. Each day has
    one lesson not recorded, one whose teacher leaves while pupils stay for 6 minutes, one visitor who did not sign in,
    one call of 12 minutes between one adult and one pupil, and one at 18:20.
    """
    usable = [one for one in classes if one["owners"] and set(one["members"]) - set(one["owners"])]
    calls: list[dict[str, Any]] = []
    for on in days:
        dice = random.Random(f"{seed}|{on.isoformat()}")  # noqa: S311  made-up school days, nothing secret
        lessons = _timetable(usable, _periods(on, day), dice)
        calls.extend(_lesson_calls(lessons, seed, dice, outside_domain))
        if usable:
            calls.extend(_private_calls(usable, on, seed, dice))
    return calls


def _at(on: date, when: time) -> datetime:
    return datetime.combine(on, when, _LONDON).astimezone(UTC)


def _periods(on: date, day: tuple[time, time]) -> list[datetime]:
    begin, end = _at(on, day[0]), _at(on, day[1])
    found = []
    while begin + _LENGTH <= end:
        found.append(begin)
        begin += _PERIOD
    return found


def _timetable(classes: Sequence[dict[str, Any]], periods: list[datetime], dice: random.Random) -> list[_Lesson]:
    busy: dict[datetime, set[str]] = {period: set() for period in periods}
    lessons = []
    for one in classes:
        teacher, pupils = _people(one)
        wanted = {teacher, *pupils}
        free = [period for period in periods if not busy[period] & wanted]
        for period in sorted(dice.sample(free, min(_LESSONS_A_DAY, len(free)))):
            busy[period] |= wanted
            lessons.append(_Lesson(one["group"], teacher, pupils, period))
    return lessons


def _people(one: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return one["owners"][0], tuple(sorted(set(one["members"]) - set(one["owners"])))


def _lesson_calls(lessons: list[_Lesson], seed: int, dice: random.Random, outside_domain: str) -> list[dict[str, Any]]:
    marked = dice.sample(range(len(lessons)), min(3, len(lessons)))
    unrecorded, left_alone, visited = [*marked, *(marked[:1] * 3)][:3] if marked else (-1, -1, -1)
    calls = []
    for number, lesson in enumerate(lessons):
        call = _lesson_call(lesson, seed, dice, teacher_leaves=number == left_alone)
        if number == unrecorded:
            call["recording"] = "none"
        if number == visited:
            call["people"].append(_visitor(lesson, outside_domain))
        calls.append(call)
    return calls


def _lesson_call(lesson: _Lesson, seed: int, dice: random.Random, *, teacher_leaves: bool) -> dict[str, Any]:
    end = lesson.start + _LENGTH
    gone = end - timedelta(minutes=6) if teacher_leaves else end
    people = [_person(lesson.teacher, [(lesson.start, gone)])]
    absent = set(dice.sample(lesson.pupils, int(len(lesson.pupils) * dice.uniform(0.0, 0.15))))
    people += [_person(pupil, _stay(lesson.start, end, dice)) for pupil in lesson.pupils if pupil not in absent]
    key = made_id("lesson", str(seed), lesson.start.isoformat(), lesson.group)
    return _call(key, "groupCall", (lesson.start, end), lesson.teacher, people, group=lesson.group, recorded=True)


def _stay(start: datetime, end: datetime, dice: random.Random) -> list[Interval]:
    is_late, comes_back = dice.random() < 0.08, dice.random() < 0.06
    joined = start + timedelta(seconds=dice.randrange(300, 720) if is_late else dice.randrange(5, 150))
    left = end - timedelta(seconds=dice.randrange(0, 40))
    if not comes_back:
        return [(joined, left)]
    dropped = joined + timedelta(minutes=dice.randrange(8, 20))
    return [(joined, dropped), (dropped + timedelta(seconds=dice.randrange(30, 150)), left)]


def _visitor(lesson: _Lesson, outside_domain: str) -> dict[str, Any]:
    start = lesson.start + timedelta(minutes=9)
    times = [[_text(start), _text(start + timedelta(minutes=14))]]
    return {"anonymous": f"visitor of {outside_domain} {lesson.start.isoformat()}", "intervals": times}


def _private_calls(classes: Sequence[dict[str, Any]], on: date, seed: int, dice: random.Random) -> list[dict[str, Any]]:
    calls = []
    for name, kind, when, minutes, most in (
        ("alone", "peerToPeer", time(16, 5), 12, 1),
        ("evening", "groupCall", time(18, 20), 25, 2),
    ):
        teacher, pupils = _people(dice.choice(classes))
        start = _at(on, when)
        end = start + timedelta(minutes=minutes)
        chosen = dice.sample(pupils, min(most, len(pupils)))
        people = [_person(who, [(start, end)]) for who in (teacher, *chosen)]
        key = made_id(name, str(seed), on.isoformat(), teacher)
        calls.append(_call(key, kind, (start, end), teacher, people, group=None, recorded=False))
    return calls


def _person(account: str, intervals: list[Interval]) -> dict[str, Any]:
    return {"account": account, "intervals": [[_text(begin), _text(until)] for begin, until in intervals]}


def _call(
    key: str,
    kind: str,
    times: Interval,
    organiser: str,
    people: list[dict[str, Any]],
    *,
    group: str | None,
    recorded: bool,
) -> dict[str, Any]:
    return {
        "id": key,
        "type": kind,
        "start": _text(times[0]),
        "end": _text(times[1]),
        "organiser": {"account": organiser},
        "group": group,
        "recording": "kept" if recorded else "none",
        "people": people,
    }


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
