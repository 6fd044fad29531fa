"""The people of a call in the order in which they are read, and what their roles are called. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from teamskit.calls.model import Presence
from teamskit.reports.words import count, visible

_DIGITS = re.compile(r"([0-9]+)")
ROLES = ("staff", "pupil", "outside", "unknown")
_PLACES = {role: place for place, role in enumerate(ROLES)}
GROUPS = {"staff": "Staff", "pupil": "Pupils", "outside": "From outside", "unknown": "Unknown accounts"}


def by_role(people: Sequence[Presence]) -> list[Presence]:
    """Put staff first, then pupils by year, outside and unknown; each by name."""
    return sorted(people, key=_place)


def _place(person: Presence) -> tuple[object, ...]:
    return _PLACES[person.role], person.year or "", name_place(person.name), person.id


@lru_cache(maxsize=4096)
def name_place(name: str) -> tuple[tuple[str, int, str], ...]:
    """Give the place of a name among others: without case, and numbers in it by size, so that 2 stands before 10."""
    # A term shows the same thousand people a quarter of a million times, in several orders.
    parts = _DIGITS.split(visible(name).casefold())
    numbers = [digits.lstrip("0") for digits in (*parts[1::2], "")]
    return tuple((text, len(digits), digits) for text, digits in zip(parts[::2], numbers, strict=True))


def shown_apart(people: Iterable[Presence], concerned: Iterable[str]) -> tuple[list[Presence], list[Presence]]:
    """Give who is shown by name, and the pupils who are shown together; both in the order they come."""
    named = set(concerned)
    apart: list[Presence] = []
    others: list[Presence] = []
    for one in people:
        (apart if one.role != "pupil" or one.id in named else others).append(one)
    return apart, others


def role_words(person: Presence) -> str:
    """Write a person's role with the year, where there is one."""
    role = {"unknown": "unknown account"}.get(person.role, person.role)
    return f"{role}, year {person.year}" if person.year else role


def group_words(person: Presence) -> str:
    """Write the heading over people of one role, and of one year for pupils."""
    return f"Pupils, year {person.year}" if person.year else GROUPS[person.role]


def others_words(others: Sequence[Presence], apart: Sequence[Presence]) -> str:
    """Write how many pupils are shown together: 27 other pupils, where some are shown apart."""
    is_rest = any(person.role == "pupil" for person in apart)
    return count(len(others), "other pupil" if is_rest else "pupil")
