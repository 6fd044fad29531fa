"""The report as one HTML file that asks nothing of any network; its own style and script are all that may run.

Names are escaped by the template engine; the only trusted text is our own style sheet and script, whose hashes the
page's content security policy names.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from teamskit import __version__
from teamskit.clock import at_school, iso
from teamskit.reports import words
from teamskit.reports.calendar import calendar
from teamskit.reports.call_pages import Card, by_day, call_pages, cards
from teamskit.reports.coverage_tables import coverage_table
from teamskit.reports.findings_order import apart
from teamskit.reports.findings_tables import agreed_table, for_everybody
from teamskit.reports.groups import class_groups, staff_groups
from teamskit.reports.kinds import KINDS, kind_words, setting_words
from teamskit.reports.overview import overview
from teamskit.reports.ready import texts_of
from teamskit.reports.tables import Material, recorded_words, title_of
from teamskit.safeguarding.finding import SEVERITY

STATES = {
    "agreed": ("Agreed beforehand", "The register of agreed exceptions names these. They are shown and not hidden."),
    "settled": ("Settled", "Somebody has looked at these and written what came of it."),
    "closed": ("No longer borne out", "What we read later does not show these any more."),
}

RECORDINGS = {
    "yes": ("", "A recording has been seen."),
    "no": (", not recorded", "No recording has been seen."),
    "not known": (", not known if recorded", "It is not known whether it was recorded."),
}
"""What is said of a call beside its time, and in full."""


@dataclass(frozen=True)
class Part:
    """Another file of a report that is kept month by month: its month (2026-11), file name and what it holds."""

    month: str
    file: str
    title: str
    calls: int
    findings: int


def render_report(material: Material, *, parts: tuple[Part, ...] = (), index: str = "") -> str:
    """Give the report as text.

    With `parts` it is the index of a report by months: its calls stand in those files. A month names its `index`.
    """
    style, script = own_file("report.css") + _paper(material), own_file("report.js")
    pages = call_pages(material, {part.month: part.file for part in parts})
    single, many = apart(material.findings)
    shown = cards(single, pages)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            csp=policy(style, script),
            style=style,
            script=script,
            version=__version__,
            material=material,
            title=title_of(material),
            school=words.visible(material.school),
            period=words.span_words(material.first, material.last),
            overview=overview(material),
            many=many,
            forgotten=sum(call.is_forgotten for call in material.calls),
            settings=[setting_words(*one) for one in material.minutes.items()],
            recordings=RECORDINGS,
            waiting=[(word, list(of)) for word, of in groupby(shown, key=_waiting) if word],
            cards={state: [one for one in shown if one.finding.state == state] for state in STATES},
            states=STATES,
            calendar=calendar(material),
            pages=pages,
            days=() if parts else list(by_day(pages)),
            staff=() if parts else staff_groups(pages),
            classes=() if parts else class_groups(pages),
            coverage=coverage_table(material),
            agreed=agreed_table(material),
            for_everybody=for_everybody(material),
            kinds=[(KINDS[kind], SEVERITY[kind]) for kind in KINDS if kind in SEVERITY],
            parts=parts,
            index=index,
        )
    )


def _waiting(card: Card) -> str:
    return card.severity if card.finding.state == "open" else ""


def policy(style: str, script: str) -> str:
    """Give the content security policy for a page whose only active parts are this style sheet and this script."""
    return (
        f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _paper(material: Material) -> str:
    """Give the style of a sheet of paper, which says on each page whose it is and whose names are on it."""
    names = "Names replaced by codes." if material.is_anonymous else "Contains pupils' names."
    left, right = _css_text(f"{title_of(material)}. {names}"), 'counter(page) " of " counter(pages)'
    small = "font:8pt sans-serif;color:#505a5f"
    boxes = f"@bottom-left{{content:{left};{small};width:85%}}@bottom-right{{content:{right};{small}}}"
    return f"@page{{size:A4;margin:14mm 15mm 18mm;{boxes}}}\n"


def _css_text(text: str) -> str:
    """Write text as a string of CSS in which no sign can mean anything else: all but letters and digits by number."""
    return '"' + "".join(sign if sign.isascii() and sign.isalnum() else f"\\{ord(sign):x} " for sign in text) + '"'


def digest(text: str) -> str:
    """Give the hash of a style or a script as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def own_file(name: str) -> str:
    """Give the text of a file beside the templates."""
    return files("teamskit.reports").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Give the engine that draws our pages: what is not there is an error, and everything is escaped."""
    engine = Environment(
        loader=PackageLoader("teamskit.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("day_words", "weekday", "clock_words", "moment_words", "count", "visible", "cell_words"):
        engine.filters[name] = getattr(words, name)
    engine.filters |= {"iso": iso, "kind": kind_words, "day_of": _day_of, "short": words.short_day}
    engine.filters |= {"recorded": recorded_words, "texts": texts_of}
    return engine


def _day_of(moment: datetime) -> date:
    return at_school(moment).date()
