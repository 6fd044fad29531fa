"""How a meeting is named in plans and lists: who, which class, when. No names, no subject: role and roster id. Pure."""

from collections.abc import Sequence

from teamskit.clock import at_school
from teamskit.lessons.planned import Party, Sitting

_OTHERS = {"outside": "somebody from outside the school", "unknown": "an account that is nobody's in the export"}


def party_words(one: Party) -> str:
    """Name a person by role and roster id."""
    return f"{one.role} {one.id}" if one.role in ("pupil", "staff") else _OTHERS[one.role]


def day_words(one: Sitting) -> str:
    """Say when one meeting is, on the school's clock: "30 November 2026, 09:00"."""
    there = at_school(one.start)
    return f"{there.day} {there:%B %Y, %H:%M}"


def when_words(some: Sequence[Sitting]) -> str:
    """Say when a meeting is that comes once or as a series; `some` are its days in order."""
    more = f" and {len(some) - 1} more until {_last(some[-1])}" if len(some) > 1 else ""
    return f"{day_words(some[0])}{more}"


def title_words(some: Sequence[Sitting]) -> str:
    """Name a meeting by organiser and time."""
    return f"{party_words(some[0].organiser)}, {when_words(some)}"


def class_words(one: Sitting) -> str:
    """Name the classes that are invited, or say that pupils are invited one by one."""
    return one.class_id or "pupils invited by name"


def _last(one: Sitting) -> str:
    there = at_school(one.start)
    return f"{there.day} {there:%B %Y}"
