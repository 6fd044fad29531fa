"""Academic years. An academic year runs from 1 September to 31 August and is written by the year it starts in."""

from datetime import date


def academic_year_of(day: date) -> int:
    """Give the academic year a day falls in: 2026 for 1 September 2026 to 31 August 2027."""
    return day.year if day.month >= 9 else day.year - 1


def year_label(year: int) -> str:
    """Write an academic year as schools do: 2026/27."""
    return f"{year}/{(year + 1) % 100:02d}"
