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
        self.pupils, self.staff, self.others = (
            sum(1 << n for n, person in enumerate(self.people) if person.role in roles)
            for roles in (("pupil",), ("staff",), ("outside", "unknown"))
        )

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
    found: dict[str, Presence] = {}
    for person in people:
        before = found.get(person.account)
        both = replace(before, intervals=union([*before.intervals, *person.intervals])) if before else person
        found[person.account] = both
    return tuple(found.values())
