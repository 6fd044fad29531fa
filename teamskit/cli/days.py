"""A day as it is typed after an option, and what is said of one that is not understood."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
OTHERWISE = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%Y%m%d")
"""Ways in which people write a day; they are proposed in the one form that cannot be mistaken, never taken."""


YEARS = range(1990, 2100)
"""Further away is a slip of the pen, and stretches counted from it would leave the calendar."""


class Day(click.DateTime):
    """A day written 2026-11-23; gives its midnight without a zone. Anything else is refused with what to write."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read a day; fails in words of ours, with the day that was probably meant."""
        if isinstance(value, datetime):
            return value
        typed = str(value).strip()
        found = _read(typed, "%Y-%m-%d")
        if found is None:
            self.fail(f"'{typed[:40]}' is no day: write {_meant(typed)}", param, ctx)
        if found.year not in YEARS:
            self.fail(f"'{typed[:40]}' is no day of a school's life: look at the year", param, ctx)
        return found


DAY = Day()


def coming_days_options(function: F) -> F:
    """Add --from and --to of a command that looks ahead: a week from today where they are left out."""
    last = click.option("--to", "last", type=DAY, metavar="DATE", help="Last day (default: six days after the first).")
    first = click.option("--from", "first", type=DAY, metavar="DATE", help="First day (default: today).")
    return first(last(function))


def day_of(given: datetime | None) -> date | None:
    """Give the day that was typed, None where the option was left out."""
    return given.date() if given else None


def _meant(typed: str) -> str:
    found = next((day for form in OTHERWISE if (day := _read(typed, form))), None)
    return f"{found:%Y-%m-%d}" if found else "year, month and day, as 2026-11-23"


def _read(typed: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(typed, form)
    except ValueError:
        return None
