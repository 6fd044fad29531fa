"""Stretches: the longest runs of time in which the same set of people is present in a call. Pure.

A set of people is a number with a bit a person, so that a call of thirty is swept in one pass over its joins and
leaves. Times are half-open, [joined, left): who leaves at the second in which another joins was not there with him.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from teamskit.calls.model import Interval, Presence, Role
from teamskit.calls.presence import union


class Stretch(NamedTuple):
    """A run of time with the people `mask` present, or a run of such runs with everybody who was there in them."""

    begin: datetime
    end: datetime
    mask: int

    @property
    def length(self) -> timedelta:
        """Give how long it lasts."""
        return self.end - self.begin

    @property
    def span(self) -> Interval:
        """Give begin and end."""
        return self.begin, self.end


class Timeline:
    """Who was present when in one call: everybody who was there at some time, once over all devices of his account."""

    def __init__(self, people: Iterable[Presence]) -> None:
        """Take the people of a call; those without a moment of presence are left out."""
        self.people = _each_once(person for person in people if person.intervals)
        masks: dict[Role, int] = {"pupil": 0, "staff": 0, "outside": 0, "unknown": 0}
        for n, person in enumerate(self.people):
            masks[person.role] |= 1 << n
        self.pupils, self.staff = masks["pupil"], masks["staff"]
        self.others = masks["outside"] | masks["unknown"]

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Give the stretches in order; none for time in which nobody was there."""
        changes: dict[datetime, int] = {}
        for n, person in enumerate(self.people):
            bit = 1 << n
            for joined, left in person.intervals:
                changes[joined] = changes.get(joined, 0) ^ bit
                changes[left] = changes.get(left, 0) ^ bit
        moments = sorted(moment for moment, change in changes.items() if change)
        found, mask = [], 0
        for begin, end in zip(moments, moments[1:], strict=False):
            mask ^= changes[begin]
            if mask:
                found.append(Stretch(begin, end, mask))
        return found

    @cached_property
    def _ends(self) -> Interval:
        """Give when the first came and the last left; the intervals of a person are in order."""
        return min(one.intervals[0][0] for one in self.people), max(one.intervals[-1][1] for one in self.people)

    def has_steady(self, number: int, mask: int, slack: timedelta) -> bool:
        """Say whether `number` of a set were there unbroken, but for `slack` after the first came and before the end.

        Then no time longer than `slack` is without so many of them, and an ordinary lesson need not be swept. False
        tells nothing.
        """
        if not mask:
            return False
        begin, end = self._ends[0] + slack, self._ends[1] - slack
        found = 0
        for n, person in enumerate(self.people):
            if mask >> n & 1 and any(joined <= begin < end <= left for joined, left in person.intervals):
                found += 1
                if found == number:
                    return True
        return False

    def those(self, mask: int) -> tuple[Presence, ...]:
        """Give the people of a set."""
        return tuple(person for n, person in enumerate(self.people) if mask >> n & 1)

    def with_role(self, role: Role) -> tuple[Presence, ...]:
        """Give the people of one role who were there at some time."""
        return tuple(person for person in self.people if person.role == role)

    def while_(self, holds: Callable[[int], bool]) -> Iterator[Stretch]:
        """Give the unbroken times in which something holds of the people present, each with all who were there."""
        run: Stretch | None = None
        for one in self.stretches:
            is_so = holds(one.mask)
            if run and (not is_so or one.begin != run.end):
                yield run
                run = None
            if is_so:
                run = Stretch(run.begin, one.end, run.mask | one.mask) if run else one
        if run:
            yield run

    @cached_property
    def pupils_together(self) -> timedelta:
        """Give for how long two or more pupils were there at once, in all."""
        pupils = self.pupils
        long = (one.length for one in self.stretches if (one.mask & pupils).bit_count() > 1)
        return sum(long, timedelta()) if pupils.bit_count() > 1 else timedelta()


def _each_once(people: Iterable[Presence]) -> tuple[Presence, ...]:
    """Take each account once: two pupils of two schools of one tenant may have one admission number."""
    people = tuple(people)
    if len({person.account for person in people}) == len(people):
        return people
    found: dict[str, Presence] = {}
    for person in people:
        before = found.get(person.account)
        both = replace(before, intervals=union([*before.intervals, *person.intervals])) if before else person
        found[person.account] = both
    return tuple(found.values())
