"""What made-up calls are made of: the school that is played, its lessons, people and their stays."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from teamskit.sandbox.request import made_id

LENGTH = timedelta(minutes=45)
Call = dict[str, Any]
Interval = tuple[datetime, datetime]
Class = tuple[str, str, tuple[str, ...]]
"""A class on one day: group, teacher, pupils."""
_LONDON = ZoneInfo("Europe/London")
_FORTNIGHT = 14
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Lesson:
    """Hold one lesson to be played."""

    group: str
    teacher: str
    pupils: tuple[str, ...]
    start: datetime


@dataclass(frozen=True)
class School:
    """Hold the school that is played; see `days.school_days`."""

    classes: Sequence[dict[str, Any]]
    day: tuple[time, time]
    seed: int | str
    accounts: tuple[str, ...]
    is_here: Callable[[str, date], bool]
    outside_domain: str

    def dice(self, *marks: object) -> random.Random:
        """Give the dice for one purpose on one day."""
        return random.Random("|".join(str(one) for one in (self.seed, *marks)))  # noqa: S311  nothing secret

    def made_id(self, *marks: str) -> str:
        """Make the id of a call."""
        return made_id(marks[0], str(self.seed), *marks[1:])

    def strangers(self, on: date) -> list[str]:
        """Give the accounts that are on no roll on a day."""
        return [account for account in self.accounts if not self.is_here(account, on)]

    def staff(self, on: date) -> list[str]:
        """Give the teachers of a day, in order."""
        return sorted({owner for one in self.classes for owner in one["owners"] if self.is_here(owner, on)})

    def away(self, on: date) -> set[str]:
        """Give who stays away from all calls: one pupil for a fortnight, and one from Monday to Thursday."""
        away = self._drawn("away", on, _FORTNIGHT)
        return away | self._drawn("some days", on, 7) if on.weekday() < _FRIDAY else away

    def never_ill(self, on: date) -> set[str]:
        """Give who misses no lesson by chance: who is away for some days of this week, the last or the next."""
        weeks = (on + timedelta(days) for days in (-7, 0, 7))
        return {one for day in weeks for one in self._drawn("some days", day, 7)}

    def _drawn(self, purpose: str, on: date, days: int) -> set[str]:
        # Monday 1 January of year 1 is day 1, so that a stretch begins on a Monday.
        stretch = (on.toordinal() - 1) // days
        return {self.dice(purpose, stretch).choice(self._pupils)} if self._pupils else set()

    @cached_property
    def _pupils(self) -> list[str]:
        return sorted({one for each in self.classes for one in set(each["members"]) - set(each["owners"])})


def teaching(school: School, on: date) -> list[Class]:
    """Give the classes that can have a lesson on a day, with who is on roll then."""
    found = []
    for one in school.classes:
        owners = [owner for owner in one["owners"] if school.is_here(owner, on)]
        pupils = sorted({who for who in one["members"] if school.is_here(who, on)} - set(one["owners"]))
        if owners and pupils:
            found.append((one["group"], owners[0], tuple(pupils)))
    return found


def at(on: date, when: time) -> datetime:
    """Give a moment of the school's clock in UTC."""
    return datetime.combine(on, when, _LONDON).astimezone(UTC)


def stay(start: datetime, end: datetime, dice: random.Random) -> list[Interval]:
    """Give a pupil's intervals in a lesson: some come late, some drop out and are back."""
    is_late, comes_back = dice.random() < 0.08, dice.random() < 0.06
    joined = start + timedelta(seconds=dice.randrange(300, 720) if is_late else dice.randrange(5, 150))
    left = end - timedelta(seconds=dice.randrange(0, 40))
    if not comes_back:
        return [(joined, left)]
    dropped = joined + timedelta(minutes=dice.randrange(8, 20))
    return [(joined, dropped), (dropped + timedelta(seconds=dice.randrange(30, 150)), left)]


def person(account: str, intervals: Sequence[Interval]) -> dict[str, Any]:
    """Give a person with an account."""
    return {"account": account, "intervals": texts(intervals)}


def texts(intervals: Sequence[Interval]) -> list[list[str]]:
    """Write intervals as calls hold them."""
    return [[text(begin), text(until)] for begin, until in intervals]


def made_call(
    key: str,
    times: Interval,
    organiser: str,
    people: list[dict[str, Any]],
    *,
    group: str | None = None,
    recording: str = "none",
    kind: str = "groupCall",
    planted: Collection[str] = (),
    innocent: Collection[str] = (),
) -> Call:
    """Give a resolved call."""
    return {
        "id": key,
        "type": kind,
        "start": text(times[0]),
        "end": text(times[1]),
        "organiser": {"account": organiser},
        "group": group,
        "recording": recording,
        "people": people,
        "planted": sorted(planted),
        "innocent": sorted(innocent),
    }


def text(moment: datetime) -> str:
    """Write a moment as records do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
