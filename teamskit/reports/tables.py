"""Every figure and every row of a report, once, as plain tables; the skins only draw them.

Calls, coverage and names come in; nothing is read from a tenant, and nothing is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from teamskit.calls.coverage import CoveredDay, Reading, covered_day, days_between
from teamskit.calls.model import CallEntry, Presence
from teamskit.clock import at_school, iso
from teamskit.errors import InputError
from teamskit.reports.words import clock_words, days_words, minutes, visible, weekday

Cell = str | int
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Table:
    """One table: its caption says what it shows; every row has a cell a heading."""

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Figure:
    """One total; `note` says of what it is."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Material:
    """What a report is made of: the period's days (both ends included), its calls in order, and when it was made.

    `class_names` gives a name for a class id; where it has none the id itself is shown. `log_size` is the number of
    entries in the ledger.
    """

    school: str
    first: date
    last: date
    made_at: datetime
    calls: Sequence[CallEntry]
    days: Sequence[CoveredDay]
    class_names: Mapping[str, str] = field(default_factory=dict)
    log_size: int = 0

    @property
    def missing(self) -> list[date]:
        """Give the days that the log does not cover whole; today, which is not over, counts if it was never read."""
        today = at_school(self.made_at).date()
        return [
            one.day for one in self.days if one.status == "not covered" or (one.status == "part" and one.day < today)
        ]

    def class_name(self, call: CallEntry) -> str:
        """Name the class of a call; empty when it has none."""
        return visible(self.class_names.get(call.class_id, call.class_id)) if call.class_id else ""


def gather(
    school: str,
    calls: Sequence[CallEntry],
    readings: Sequence[Reading],
    made_at: datetime,
    *,
    first: date | None = None,
    last: date | None = None,
    class_names: Mapping[str, str] | None = None,
    log_size: int = 0,
) -> Material:
    """Put a report's material together; the period is what is asked for, else all that the log knows, until today.

    Days to come are left out. Raises InputError when the period lies wholly ahead or ends before it begins.
    """
    today = at_school(made_at).date()
    begin, end = first or _first_day(calls, readings, made_at), min(last or today, today)
    if begin > end:
        raise InputError("the period holds no day up to today", next_step="Look at --from and --to.")
    days = [covered_day(begin + timedelta(days=n), readings) for n in range((end - begin).days + 1)]
    within = [call for call in calls if begin <= at_school(call.start).date() <= end]
    return Material(school, begin, end, made_at, within, days, class_names or {}, log_size)


def _first_day(calls: Sequence[CallEntry], readings: Sequence[Reading], made_at: datetime) -> date:
    read = [day for one in readings for day in days_between(one.since, one.until)]
    whole = (day for day in sorted(set(read)) if covered_day(day, readings).status == "covered")
    known = [at_school(call.start).date() for call in calls]
    return min([*known, next(whole, at_school(made_at).date())])


def figures(material: Material) -> list[Figure]:
    """Give the totals of the first screen; every one is of the days we have."""
    lessons = [call for call in material.calls if call.is_lesson]
    without = sum(call.detail != "complete" for call in material.calls)
    whole = sum(one.status == "covered" for one in material.days)
    return [
        Figure("Days covered", f"{whole} of {len(material.days)}", _missing_words(material)),
        Figure("Calls", f"{len(material.calls):,}", "in the days we have"),
        Figure("Lessons", f"{len(lessons):,}", "calls of a class team that staff organised"),
        Figure("Lessons recorded", _share(lessons, _is_recorded), "a recording has been seen"),
        Figure("Calls recorded", _share(material.calls, _is_recorded), "lessons and other calls"),
        Figure("Calls with somebody from outside", f"{_with(material, 'outside'):,}", "guests, visitors, telephones"),
        Figure("Calls with an unknown account", f"{_with(material, 'unknown'):,}", "of our tenant, not in the roster"),
        Figure("Calls without times", f"{without:,}", "Microsoft gave no details of who was present when"),
    ]


def _is_recorded(call: CallEntry) -> bool:
    return call.recorded


def _share(calls: Sequence[CallEntry], holds: Callable[[CallEntry], bool]) -> str:
    return f"{sum(map(holds, calls)):,} of {len(calls):,}"


def _with(material: Material, role: str) -> int:
    return sum(any(person.role == role for person in call.people) for call in material.calls)


def _missing_words(material: Material) -> str:
    return f"not covered: {days_words(material.missing)}" if material.missing else ""


def calls_table(material: Material) -> Table:
    """Give one row a call: day, times at school, class, organiser, heads by role, recorded, call id."""
    headings = (
        *("Day", "Weekday", "Start", "End", "Minutes", "Class", "Organiser", "Staff", "Pupils", "Outside", "Unknown"),
        *("Recorded", "Kind", "Detail", "Start UTC", "End UTC", "Call id", "Version"),
    )
    return Table("calls", "Calls", headings, tuple(_call_row(call, material) for call in material.calls))


def _call_row(call: CallEntry, material: Material) -> tuple[Cell, ...]:
    heads = (len(call.with_role(role)) for role in ("staff", "pupil", "outside", "unknown"))
    return (
        *_when(call),
        minutes(call.end - call.start),
        material.class_name(call),
        organiser_name(call),
        *heads,
        "yes" if call.recorded else "no",
        *(call.kind, call.detail, iso(call.start), iso(call.end), call.id, call.version),
    )


def _when(call: CallEntry) -> tuple[str, str, str, str]:
    day = at_school(call.start).date()
    return day.isoformat(), weekday(day), clock_words(call.start), clock_words(call.end)


def organiser_name(call: CallEntry) -> str:
    """Name the organiser."""
    return visible(call.organiser.name) if call.organiser else NOT_KNOWN


def participants_table(material: Material) -> Table:
    """Give one row an interval of presence; a person whose times are not known has one row that says so."""
    headings = (
        *("Day", "Weekday", "Call start", "Call end", "Class", "Organiser", "Recorded", "Name", "Role", "Year"),
        *("Joined", "Left", "Minutes", "Joined UTC", "Left UTC", "Person id", "Account", "Call id"),
    )
    rows = tuple(row for call in material.calls for row in _participant_rows(call, material))
    return Table("participants", "Who was in which call", headings, rows)


def _participant_rows(call: CallEntry, material: Material) -> Iterator[tuple[Cell, ...]]:
    recorded = "yes" if call.recorded else "no"
    about = (*_when(call), material.class_name(call), organiser_name(call), recorded)
    for person in call.people:
        for times in presence_cells(person):
            named = (visible(person.name), person.role, person.year or "")
            yield (*about, *named, *times, person.id, person.account, call.id)


def presence_cells(person: Presence) -> list[tuple[Cell, ...]]:
    """Give joined, left, minutes at school and both in UTC, one a stay; "not known" when the record has no times."""
    if not person.intervals:
        return [(NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, "", "")]
    return [
        (clock_words(joined, True), clock_words(left, True), minutes(left - joined), iso(joined), iso(left))
        for joined, left in person.intervals
    ]


def coverage_table(material: Material) -> Table:
    """Give one row a day: covered or not, when it was read, until when it can be fetched, calls."""
    days = [at_school(call.start).date() for call in material.calls]
    rows = tuple(_coverage_row(one, days.count(one.day), material) for one in material.days)
    headings = ("Day", "Weekday", "Status", "Read at", "Can be fetched until", "Calls")
    return Table("coverage", "What is covered, by day", headings, rows)


def _coverage_row(one: CoveredDay, calls: int, material: Material) -> tuple[Cell, ...]:
    read_at = f"{at_school(one.read_at):%Y-%m-%d %H:%M}" if one.read_at else "never"
    is_gap = one.status == "not covered"
    fetch_by = at_school(one.fetch_by).date().isoformat() if one.fetch_by > material.made_at else "too late"
    status = "today, so far" if one.day >= at_school(material.made_at).date() and not is_gap else one.status
    return (
        *(one.day.isoformat(), weekday(one.day), status, read_at),
        "" if one.status == "covered" else fetch_by,
        NOT_KNOWN if is_gap and not calls else calls,
    )
