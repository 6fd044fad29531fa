"""One call and one finding as the report shows them: words, picture and rows. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import groupby

from markupsafe import Markup

from teamskit.calls.model import CallEntry, Presence
from teamskit.calls.name_order import name_place
from teamskit.calls.presence import union
from teamskit.clock import at_school
from teamskit.reports import bars
from teamskit.reports.bars import Picture
from teamskit.reports.findings_order import apart, by_call, in_order
from teamskit.reports.kinds import SEVERITIES, kind_words, many_words, whom
from teamskit.reports.people_order import by_role, group_words, others_words, role_words, shown_apart
from teamskit.reports.ready import cells_of, rows_of
from teamskit.reports.rests_on import rests_on
from teamskit.reports.tables import NOT_KNOWN, Material, organiser_name, recorded_words
from teamskit.reports.timescale import scale_of
from teamskit.reports.words import clock_within, clock_words, minutes, short_day, visible
from teamskit.safeguarding.finding import Finding
from teamskit.safeguarding.listing import alike

NO_PICTURE = ("no-consent", "unrecorded-lesson", "not-known", "recording-gone", "recording-opened", "backup-failed")
"""Kinds that rest on no time of presence: their cards lead to the call, where its bars are."""
WITHOUT = {
    "not available": "We could not see who was in this call: Microsoft gave no details. Ask the organiser.",
    "no sessions": "Microsoft named the people in this call, but not when each was present. Ask the organiser.",
}
VIEWERS = "This was a town hall or live event: people who only watched the stream are not in the record."
NOT_CHECKED = "not checked"
OPEN = 250
"""With more calls that have findings, all are closed: their findings stand above, in the open."""
CROWDED = 50_000
"""With more people in all, pupils share a band in the calls without findings: the page stays below 6 MB."""


@dataclass(frozen=True)
class Row:
    """One stay of one person as shown; minutes are "not known" where the times are."""

    name: str
    role: str
    joined: str
    left: str
    minutes: str


@dataclass(frozen=True)
class Opened:
    """A call that is shown in full: a bar and a row for everybody."""

    picture: Picture | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Closed:
    """A call that opens when it is pressed; `groups` are headings, each with rows of names and all their times."""

    picture: Picture | None
    groups: tuple[tuple[str, Markup], ...]


ELSEWHERE = Closed(None, ())
"""A call of which the file holds no more than the way to it."""


@dataclass(frozen=True)
class CallPage:
    """One call; `anchor` is unique in its file, `href` leads to it. `without` is what Microsoft did not tell."""

    anchor: str
    href: str
    call: CallEntry
    what: str
    organiser: str
    findings: tuple[Finding, ...]
    shown: Opened | Closed
    without: str

    @property
    def is_open(self) -> bool:
        """Say whether the call is shown in full."""
        return isinstance(self.shown, Opened)

    @cached_property
    def times(self) -> tuple[str, str]:
        """Give its first and last minute: 14:02 and 15:01."""
        return clock_words(self.call.start), clock_words(self.call.end)

    @property
    def words(self) -> str:
        """Name it where its day is known: 14:02 to 15:01, 8B/Hi1, Ms Khan."""
        return f"{self.times[0]} to {self.times[1]}, {self.what}, {self.organiser}"

    @cached_property
    def began(self) -> str:
        """Write 9 Nov 14:02."""
        return f"{short_day(self.call.start)[4:]} {self.times[0]}"

    @property
    def cells(self) -> Markup:
        """Give what stands in the table of all calls beside its day."""
        roles = Counter(person.role for person in self.call.people)
        numbers = [str(one) for one in (roles["staff"], roles["pupil"], roles["outside"] + roles["unknown"])]
        heads = numbers if roles else [NOT_KNOWN] * len(numbers)
        recorded, waiting = recorded_words(self.call), NOT_CHECKED if self.call.is_forgotten else str(self.waiting)
        return cells_of([*self.times, self.what, self.organiser, *heads, recorded, waiting])

    @property
    def waiting(self) -> int:
        """Give how many of its findings wait for somebody."""
        return sum(one.state == "open" for one in self.findings)


@dataclass(frozen=True)
class Card:
    """One finding; `page` is the call's, None for a finding about a pupil. `every` are all that say the same."""

    finding: Finding
    kind: str
    severity: str
    page: CallPage | None
    picture: Picture | None
    rows: tuple[Row, ...]
    every: tuple[Finding, ...] = ()

    @property
    def number(self) -> int:
        """Give how many findings it shows."""
        return len(self.every) or 1

    @property
    def pupils(self) -> list[tuple[str, str]]:
        """Give whom each of `every` is about, by name, with its id."""
        return sorted(((visible(whom(one)), one.id) for one in self.every), key=lambda row: name_place(row[0]))


def call_pages(material: Material, file_of: Mapping[str, str] | None = None) -> list[CallPage]:
    """Give every call of the report, in order.

    `file_of` names the file of each month where they stand in others; then none is drawn.
    """
    found = by_call(apart(material.findings)[0])
    is_long = len(found) > OPEN
    is_crowded = sum(len(call.people) for call in material.calls) > CROWDED
    numbers: Counter[str] = Counter()
    pages = []
    for call in material.calls:
        file = (file_of or {}).get(month_of(at_school(call.start).date()), "")
        numbers[file] += 1
        anchor, of_call = f"c{numbers[file]}", tuple(found.get(call.id, ()))
        shown: Opened | Closed = ELSEWHERE
        if not file_of:
            shown = _opened(call, of_call) if of_call and not is_long else _closed(call, is_crowded)
        about = material.class_name(call) or "no class", organiser_name(call)
        pages.append(CallPage(anchor, f"{file}#{anchor}", call, *about, of_call, shown, _said_of(call)))
    return pages


def month_of(day: date) -> str:
    """Write a month as 2026-11."""
    return f"{day:%Y-%m}"


def by_day(pages: Iterable[CallPage]) -> Iterator[tuple[date, list[CallPage]]]:
    """Gather calls by the school's day on which they began."""
    for day, of_day in groupby(pages, key=lambda page: at_school(page.call.start).date()):
        yield day, list(of_day)


def cards(findings: Iterable[Finding], pages: Sequence[CallPage]) -> list[Card]:
    """Give the findings as cards, in order; one card where many say the same."""
    known = {page.call.id: page for page in pages}
    shown = []
    for one in alike(in_order(findings)):
        card = _card(one.together, known)
        shown.append(replace(card, kind=many_words(one), every=one.every) if len(one.every) > 1 else card)
    return shown


def _card(finding: Finding, known: Mapping[str, CallPage]) -> Card:
    page = known.get(finding.call or "")
    names = kind_words(finding.finding), SEVERITIES[finding.severity][0]
    if page is None or finding.finding in NO_PICTURE:
        return Card(finding, *names, page, None, ())
    picture = bars.brief(page.call, finding.people, rests_on(finding, page.call))
    return Card(finding, *names, page, picture, tuple(_brief_rows(page.call, finding.people)) if picture else ())


def _said_of(call: CallEntry) -> str:
    return WITHOUT.get(call.detail, "") or (VIEWERS if call.viewers_unknown else "")


def _opened(call: CallEntry, found: Sequence[Finding]) -> Opened:
    concerned = {person for one in found for person in one.people}
    rows = tuple(row for person in by_role(call.people) for row in _rows(person))
    return Opened(bars.full(call, concerned), rows)


def _closed(call: CallEntry, is_crowded: bool) -> Closed:
    people, scale = by_role(call.people), scale_of(call, *bars.NARROW)
    if scale is None:
        return Closed(None, tuple(_groups(people, clock_words)))
    clock = clock_within(scale.first, scale.last)
    return Closed(bars.small(scale, people, is_crowded), tuple(_groups(people, clock)))


def _groups(people: Iterable[Presence], clock: Callable[[datetime], str]) -> Iterator[tuple[str, Markup]]:
    for role, of_role in groupby(people, key=group_words):
        yield role, rows_of((visible(person.name), _stays_words(person, clock)) for person in of_role)


def _stays_words(person: Presence, clock: Callable[[datetime], str]) -> str:
    if len(person.intervals) == 1:
        joined, left = person.intervals[0]
        return f"{clock(joined)}-{clock(left)}"
    return ", ".join(f"{clock(joined)}-{clock(left)}" for joined, left in person.intervals) or NOT_KNOWN


def _rows(person: Presence) -> Iterator[Row]:
    named = visible(person.name), role_words(person)
    if not person.intervals:
        yield Row(*named, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN)
    for joined, left in person.intervals:
        yield _row(named, joined, left)


def _row(named: tuple[str, str], joined: datetime, left: datetime) -> Row:
    return Row(*named, clock_words(joined, True), clock_words(left, True), f"{minutes(left - joined)}")


def _brief_rows(call: CallEntry, concerned: Iterable[str]) -> Iterator[Row]:
    apart, others = shown_apart(by_role(call.people), concerned)
    for person in apart:
        yield from _rows(person)
    stays = union(stay for person in others for stay in person.intervals)
    for joined, left in stays:
        yield _row((others_words(others, apart), "pupil"), joined, left)
