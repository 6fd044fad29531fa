"""How people, numbers and lengths of time are written in findings. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from teamskit.calls.model import Presence
from teamskit.clock import at_school

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_YEARS = {"R": "Reception", "N": "Nursery", "N1": "Nursery", "N2": "Nursery", "E1": "Nursery", "E2": "Nursery"}
_OUTSIDE = {"guest": "guest", "visitor": "not signed in", "phone": "by telephone", "user": "another organisation"}
_SHORT = timedelta(minutes=10)


def number(count: int) -> str:
    """Write a small number as a word, a larger one in digits."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """Write a number with its noun: one pupil, 26 pupils."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """Begin a sentence with it."""
    return text[:1].upper() + text[1:]


def named(person: Presence) -> str:
    """Name a person of the school; a pupil with his year."""
    if person.role != "pupil" or not person.year:
        return person.name
    year = _YEARS.get(person.year) or (f"year {person.year}" if person.year.isdecimal() else "")
    return f"{person.name} ({year})" if year else person.name


def stranger(person: Presence) -> str:
    """Name somebody from outside as the call showed him, and how he came in."""
    return f'"{person.name}", {_OUTSIDE.get(person.joined_as, "a device or service")}'


def listed(names: Sequence[str], most: int = 6) -> str:
    """Join names: A, B and C; of many the first, and how many more."""
    if len(names) > most:
        names = [*names[: most - 1], f"{number(len(names) - most + 1)} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clock(moment: datetime) -> str:
    """Write a moment's time at school: 14:02."""
    return f"{at_school(moment):%H:%M}"


def day(moment: datetime | date) -> str:
    """Write a day: 9 November 2026; of a moment the day at school."""
    there = at_school(moment) if isinstance(moment, datetime) else moment
    return f"{there.day} {there:%B %Y}"


def length(time: timedelta) -> str:
    """Write how long something took: 14 minutes; below ten minutes to the second, as a limit may be near."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    if time >= _SHORT:
        return counted_digits(minutes + (seconds >= 30), "minute")
    parts = [counted_digits(minutes, "minute")] if minutes else []
    parts += [counted_digits(seconds, "second")] if seconds or not minutes else []
    return " ".join(parts)


def counted_digits(count: int, one: str) -> str:
    """Write a number in digits with its noun: 1 minute, 14 minutes."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def day_span(first: date, last: date) -> str:
    """Write from 9 to 13 November 2026, with month and year said once where they are the same."""
    if first == last:
        return f"on {day(first)}"
    if first.year != last.year:
        return f"from {day(first)} to {day(last)}"
    month = "" if first.month == last.month else f" {first:%B}"
    return f"from {first.day}{month} to {day(last)}"
