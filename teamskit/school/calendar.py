"""Which days are school days, and which moments lie in the school day: Europe/London with its clock changes.

Bank holidays are those of England, by the `holidays` library, which is imported when the first of a year is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Literal

from teamskit.clock import at_school
from teamskit.school.model import School, SchoolDay, Term

Outside = Literal["weekend", "bank holiday", "out of term", "before school", "after school"]


@lru_cache(maxsize=32)
def bank_holidays(year: int) -> Mapping[date, str]:
    """Give the bank holidays of England in a year, with their names."""
    from holidays import country_holidays

    return dict(country_holidays("GB", subdiv="ENG", years=[year], language="en_GB"))


@dataclass(frozen=True)
class Calendar:
    """The school's days; without terms it cannot be told what lies out of term, and nothing is said to."""

    hours: SchoolDay = field(default_factory=SchoolDay)
    terms: tuple[Term, ...] = ()

    @classmethod
    def of(cls, school: School) -> "Calendar":
        """Give the calendar of a school file."""
        return cls(school.school_day, school.terms)

    def why_no_school(self, day: date) -> Outside | None:
        """Say why a day is no school day; None when it is one."""
        if day not in self._known:
            self._known[day] = self._why(day)
        return self._known[day]

    @cached_property
    def _known(self) -> dict[date, Outside | None]:
        return {}

    def _why(self, day: date) -> Outside | None:
        if day.weekday() >= 5:
            return "weekend"
        if day in bank_holidays(day.year):
            return "bank holiday"
        if self.terms and not any(term.first <= day <= term.last for term in self.terms):
            return "out of term"
        return None

    def outside(self, moment: datetime) -> Outside | None:
        """Say in what way a moment lies outside the school day; None inside, both ends included to the second."""
        there = at_school(moment)
        why = self.why_no_school(there.date())
        if why:
            return why
        if there.time() < self.hours.start:
            return "before school"
        return "after school" if there.time() > self.hours.end else None
