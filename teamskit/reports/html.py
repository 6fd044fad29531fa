"""The report as one HTML file: no script, no outside request, a strict content security policy.

Names are escaped by the template engine; the only trusted text is our own style sheet, whose hash the policy names.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from teamskit.calls.model import CallEntry
from teamskit.clock import at_school, iso
from teamskit.reports import tables, words
from teamskit.reports.coverage_tables import coverage_table
from teamskit.reports.tables import Material
from teamskit.school.folder import write_whole

OPEN_UP_TO = 60
ROLES = {"staff": "staff", "pupil": "pupil", "outside": "outside", "unknown": "unknown account"}


@dataclass(frozen=True)
class Line:
    """One stay of one person in a call, as shown; minutes are "not known" where the times are."""

    name: str
    role: str
    joined: str
    left: str
    minutes: str
    joined_utc: str
    left_utc: str


def render_report(material: Material) -> str:
    """Give the report as text."""
    style = files("teamskit.reports").joinpath("templates", "report.css").read_text(encoding="utf-8")
    template = _environment().get_template("report.html.j2")
    return template.render(
        csp=policy(style),
        style=style,
        material=material,
        title=tables.title_of(material),
        figures=tables.figures(material),
        gap=_gap(material),
        days=list(_by_day(material)),
        lines={call.id: lines_of(call) for call in material.calls},
        coverage=coverage_table(material),
        is_open=len(material.calls) <= OPEN_UP_TO,
    )


def write_report(path: Path, material: Material) -> None:
    """Write the report to a file, whole or not at all, readable by its owner only."""
    write_whole(path, render_report(material), private=True)


def policy(style: str) -> str:
    """Give the content security policy for a page whose only active part is this style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def lines_of(call: CallEntry) -> list[Line]:
    """Give one line a stay, staff first."""
    found = []
    for person in call.people:
        role = ROLES[person.role] + (f", year {person.year}" if person.year else "")
        for joined, left, length, joined_utc, left_utc in tables.presence_cells(person):
            cells = (str(cell) for cell in (joined, left, length, joined_utc, left_utc))
            found.append(Line(words.visible(person.name), role, *cells))
    return found


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("teamskit.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("day_words", "weekday", "clock_words", "moment_words", "minutes", "count", "cell_words"):
        environment.filters[name] = getattr(words, name)
    environment.filters["iso"] = iso
    environment.filters["organiser"] = tables.organiser_name
    return environment


def _by_day(material: Material) -> Iterator[tuple[date, list[CallEntry]]]:
    for day, calls in groupby(material.calls, key=lambda call: at_school(call.start).date()):
        yield day, list(calls)


def _gap(material: Material) -> dict[str, Any] | None:
    missing = material.missing
    if not missing:
        return None
    fetchable = [one for one in material.days if one.day in missing and one.fetch_by > material.made_at]
    until = words.day_words(at_school(min(one.fetch_by for one in fetchable)).date()) if fetchable else ""
    of_days = f"{len(missing)} of {words.count(len(material.days), 'day')}"
    return {"of_days": of_days, "days": words.days_words(missing), "fetch_until": until, "one": len(missing) == 1}
