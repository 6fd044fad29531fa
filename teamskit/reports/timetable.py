"""A timetable of online lessons for parents, as one HTML page for a phone or a sheet of A4. It names no pupil.

The page asks nothing of any network and has no script; its own style is all that may run. A lesson's link opens Teams.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from teamskit.clock import at_school
from teamskit.lessons.ics import CANCELLED, HOW, Entry
from teamskit.reports import words
from teamskit.reports.html import digest, environment, own_file

FRIDAY = 4


@dataclass(frozen=True)
class Day:
    """One day with its lessons in order of time; a school day without lessons has none."""

    day: date
    lessons: tuple[Entry, ...]


@dataclass(frozen=True)
class Week:
    """One week: what it is called, and its days from Monday to Friday, and weekend days that have lessons."""

    title: str
    days: tuple[Day, ...]


def render_timetable(school: str, of: str, entries: Sequence[Entry], span: tuple[date, date], made_at: datetime) -> str:
    """Give the page; `of` names the classes. Lessons without a link say that it comes."""
    style = own_file("timetable.css")
    page = environment().get_template("timetable.html.j2")
    return page.render(
        csp=f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'",
        style=style,
        school=words.visible(school),
        of=words.visible(of),
        period=words.span_words(*span),
        weeks=weeks_of(entries),
        how=HOW,
        cancelled=CANCELLED,
        linked=any(one.link for one in entries),
        unlinked=any(not (one.link or one.is_cancelled) for one in entries),
        made=words.moment_words(made_at),
    )


def weeks_of(entries: Sequence[Entry]) -> list[Week]:
    """Gather lessons by week and day of the school's clock."""
    by_day = {
        day: tuple(some)
        for day, some in groupby(sorted(entries, key=lambda one: (one.starts, one.section)), key=_day_of)
    }
    mondays = sorted({day - timedelta(days=day.weekday()) for day in by_day})
    return [_week(monday, by_day) for monday in mondays]


def _day_of(one: Entry) -> date:
    return at_school(one.starts).date()


def _week(monday: date, by_day: dict[date, tuple[Entry, ...]]) -> Week:
    days = [monday + timedelta(days=n) for n in range(7)]
    shown = [Day(day, by_day.get(day, ())) for day in days if day.weekday() <= FRIDAY or day in by_day]
    return Week(words.span_words(monday, monday + timedelta(days=FRIDAY)), tuple(shown))
