"""The report's page as files: one, or one a month with an index where one would be too large to open well."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from teamskit.clock import at_school
from teamskit.reports.call_pages import month_of
from teamskit.reports.html import Part, render_report
from teamskit.reports.tables import Material
from teamskit.reports.words import MONTHS
from teamskit.school.folder import write_whole

CALLS, SIZE = 3000, 6_000_000
"""Calls and bytes that one file may hold. With more, browsers take seconds and a phone gives up (measured 2026-11)."""


def write_report(path: Path, material: Material) -> list[Path]:
    """Write the report, each file whole or not at all, readable by its owner only; gives the paths, `path` last.

    Above 3,000 calls or 6 MB `path` is an index, and each month a file beside it: report-2026-11.html.
    """
    written = []
    for target, text in report_pages(path, material):
        write_whole(target, text, private=True)
        written.append(target)
    return written


def report_pages(path: Path, material: Material) -> Iterator[tuple[Path, str]]:
    """Give the files of a report with their text, the page that one opens last."""
    text = render_report(material) if len(material.calls) <= CALLS else ""
    months = list(by_month(material))
    if text and (len(text.encode("utf-8")) <= SIZE or len(months) < 2):
        yield path, text
        return
    parts = tuple(_part(path, one) for one in months)
    for part, one in zip(parts, months, strict=True):
        yield path.with_name(part.file), render_report(one, index=path.name)
    yield path, render_report(material, parts=parts)


def by_month(material: Material) -> Iterator[Material]:
    """Cut a report into the calendar months of its period; what is about a pupil goes where it begins."""
    for month, days in groupby(material.days, key=lambda one: month_of(one.day)):
        of_month = list(days)
        calls = [call for call in material.calls if month_of(at_school(call.start).date()) == month]
        ids = {call.id for call in calls}
        first, last = of_month[0].day, of_month[-1].day
        found = [
            one for one in material.findings if one.call in ids or (one.pupil and _belongs(one.at, month, material))
        ]
        yield replace(material, first=first, last=last, days=of_month, calls=calls, findings=found)


def _belongs(moment: datetime, month: str, material: Material) -> bool:
    day = max(material.first, min(material.last, at_school(moment).date()))
    return month_of(day) == month


def _part(path: Path, one: Material) -> Part:
    month = month_of(one.first)
    waiting = sum(finding.state == "open" for finding in one.findings)
    title = f"{MONTHS[one.first.month - 1]} {one.first.year}"
    return Part(month, f"{path.stem}-{month}{path.suffix}", title, len(one.calls), waiting)
