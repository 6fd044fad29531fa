"""What the log covers, day by day, as a table; and why a day is not in it."""

from collections import Counter

from teamskit.calls.coverage import CoveredDay
from teamskit.clock import at_school
from teamskit.reports.tables import NOT_KNOWN, Cell, Material, Table
from teamskit.reports.words import day_words

WEEKEND = 5


def coverage_table(material: Material) -> Table:
    """Give one row a day: whether there was school, when it was read, calls, covered or not, and why."""
    calls = Counter(at_school(call.start).date() for call in material.calls)
    rows = tuple(_coverage_row(one, calls[one.day], material) for one in material.days)
    headings = ("Day", "School day?", "Read at", "Calls", "Status", "Why")
    return Table("coverage", "What is covered, by day", headings, rows)


def school_day_words(one: CoveredDay, material: Material) -> str:
    """Say whether there was school on a day: yes, why not, or that nobody has told."""
    if one.day in material.closed:
        return material.closed[one.day] or "yes"
    return "weekend" if one.day.weekday() >= WEEKEND else NOT_KNOWN


def _coverage_row(one: CoveredDay, calls: int, material: Material) -> tuple[Cell, ...]:
    is_gap = one.status == "not covered"
    read_at = at_school(one.read_at) if one.read_at else "never"
    counted = NOT_KNOWN if is_gap and not calls else calls
    return one.day, school_day_words(one, material), read_at, counted, one.status, why_words(one, material)


def why_words(one: CoveredDay, material: Material) -> str:
    """Say why a day is not covered whole, and until when it can be put right; empty when it is covered."""
    if one.status == "covered":
        return ""
    if one.day >= at_school(material.made_at).date():
        return "The day was not over when this was made."
    why = "The log was not read for this day." if one.status == "not covered" else "The log was read for part of it."
    if one.fetch_by > material.made_at:
        return f"{why} It can be fetched until {day_words(at_school(one.fetch_by).date())}: ask IT."
    return f"{why} It can no longer be fetched. Keep a note of why."
