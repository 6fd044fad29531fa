"""The times of a call that a finding rests on, for its picture and its first line. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from teamskit.calls.model import CallEntry, Interval
from teamskit.safeguarding.finding import Finding


def rests_on(finding: Finding, call: CallEntry) -> list[Interval]:
    """Give the stretches that a finding rests on, in order; none when it rests on no time.

    One adult and one pupil alone over the whole call may have met more than once: all of it counts.
    """
    if finding.finding == "one-to-one" and (together := list(_together(call))):
        return together
    return [finding.span] if finding.span else []


def length_of(finding: Finding, call: CallEntry) -> timedelta:
    """Give how long these stretches are in all."""
    return sum((left - joined for joined, left in rests_on(finding, call)), timedelta())


def _together(call: CallEntry) -> Iterator[Interval]:
    there = [person.intervals for person in call.people if person.intervals]
    if len(there) != 2:
        return
    for joined, left in there[0]:
        for other_joined, other_left in there[1]:
            begin, end = max(joined, other_joined), min(left, other_left)
            if begin < end:
                yield begin, end
