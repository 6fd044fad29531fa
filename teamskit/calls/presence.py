"""Presence: the union of a person's intervals. Pure."""

from collections.abc import Iterable

from teamskit.calls.model import Interval


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Merge half-open intervals [joined, left) that overlap or touch; empty ones are left out. In order."""
    merged: list[Interval] = []
    for joined, left in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and joined <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], left))
        else:
            merged.append((joined, left))
    return tuple(merged)
