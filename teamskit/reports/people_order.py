"""The people of a call in the order in which they are read, and what their roles are called. Pure."""

from collections.abc import Iterable, Sequence

from teamskit.calls.model import Presence
from teamskit.calls.name_order import name_place
from teamskit.reports.words import count, visible

ROLES = ("staff", "pupil", "outside", "unknown")
_PLACES = {role: place for place, role in enumerate(ROLES)}
OTHERS = {
    "staff": ("member of staff", "members of staff"),
    "pupil": ("pupil", "pupils"),
    "outside": ("person from outside", "people from outside"),
    "unknown": ("unknown account", "unknown accounts"),
}
GROUPS = {"staff": "Staff", "pupil": "Pupils", "outside": "From outside", "unknown": "Unknown accounts"}


def by_role(people: Sequence[Presence]) -> list[Presence]:
    """Put staff first, then pupils by year, outside and unknown; each by name."""
    return sorted(people, key=_place)


def _place(person: Presence) -> tuple[object, ...]:
    return _PLACES[person.role], person.year or "", name_place(visible(person.name)), person.id


def shown_apart(people: Iterable[Presence], concerned: Iterable[str]) -> tuple[list[Presence], list[Presence]]:
    """Give who is shown by name, and the pupils who are shown together; both in the order they come."""
    named = set(concerned)
    apart: list[Presence] = []
    others: list[Presence] = []
    for one in people:
        (apart if one.role != "pupil" or one.id in named else others).append(one)
    return apart, others


def with_bars(apart: Sequence[Presence], concerned: Iterable[str], most: int) -> tuple[list[Presence], list[Presence]]:
    """Give at most so many who have a bar each, staff and those concerned first, and the rest; each in order."""
    named = set(concerned)
    first = sorted(range(len(apart)), key=lambda n: (apart[n].role != "staff", apart[n].id not in named))[:most]
    kept = set(first)
    return [apart[n] for n in sorted(kept)], [one for n, one in enumerate(apart) if n not in kept]


def role_words(person: Presence) -> str:
    """Write a person's role with the year, where there is one."""
    role = {"unknown": "unknown account"}.get(person.role, person.role)
    return f"{role}, year {person.year}" if person.year else role


def group_words(person: Presence) -> str:
    """Write the heading over people of one role, and of one year for pupils."""
    return f"Pupils, year {person.year}" if person.year else GROUPS[person.role]


def others_words(others: Sequence[Presence], apart: Sequence[Presence]) -> str:
    """Write how many of one role are shown together: 27 other pupils, where some are shown apart."""
    one, many = OTHERS[others[0].role]
    is_rest = any(person.role == others[0].role for person in apart)
    return count(len(others), f"other {one}", f"other {many}") if is_rest else count(len(others), one, many)
