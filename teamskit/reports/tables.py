"""What a report is made of, and its totals; the tables stand in `calls_tables`, `findings_tables`, `coverage_tables`.

Calls, findings, coverage and names come in; nothing is read from a tenant, and nothing is written. Skins only draw.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from teamskit.calls.coverage import CoveredDay, Reading, covered_day, days_between
from teamskit.calls.model import CallEntry, Presence
from teamskit.clock import at_school, iso
from teamskit.errors import InputError
from teamskit.reports.recordings_now import RecordingNow
from teamskit.reports.words import clock_words, days_words, minutes, span_words, visible
from teamskit.safeguarding.finding import Finding

Cell = str | int | float | date | time | datetime | None
"""What a skin draws: text, numbers, days, times of the school's clock to the second; None is an empty cell.

A moment (`datetime`) is aware and written in its own zone, which the heading names.
"""
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
class Agreement:
    """One row of the register of agreed exceptions, as shown; `until` is None where it has no end.

    `who` are ids of the roster, or what the register says of somebody from outside; `finding` is the kind it covers,
    `calls` how many calls of the period it was needed for, `row` where it stands in the register.
    """

    finding: str
    who: tuple[str, ...]
    first: date | None
    until: date | None
    agreed_by: str
    reason: str
    calls: int = 0
    row: int = 0


@dataclass(frozen=True)
class Material:
    """What a report is made of: the period's days (both ends included), its calls in order, and when it was made.

    `class_names` gives a name for a class id; where it has none the id itself is shown. `names` gives one for the
    roster id of somebody who was in no call. `log_size` is the number of entries in the ledger, `log_mark` its head in
    a line, `log_note` the head as the signed note that `ledger verify --against` reads. `closed` says of each day that
    is known whether there was school: empty when there was, else why not ("weekend", "bank holiday"); `minutes` are
    the school's own of `[findings]`, by name. `log_holds` says whether what the period rests on stands in the log as it
    was signed, None where nobody looked. `unchecked` are sentences on what could not be checked for the period.
    `recordings` says by call what became of its recording, where that is known.
    """

    school: str
    first: date
    last: date
    made_at: datetime
    calls: Sequence[CallEntry]
    days: Sequence[CoveredDay]
    class_names: Mapping[str, str] = field(default_factory=dict)
    log_size: int = 0
    findings: Sequence[Finding] = ()
    agreements: Sequence[Agreement] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    closed: Mapping[date, str] = field(default_factory=dict)
    minutes: Mapping[str, int] = field(default_factory=dict)
    log_mark: str = ""
    log_note: str = ""
    log_holds: bool | None = None
    unchecked: Sequence[str] = ()
    recordings: Mapping[str, RecordingNow] = field(default_factory=dict)
    is_anonymous: bool = False

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
    names: Mapping[str, str] | None = None,
    log_size: int = 0,
) -> Material:
    """Put a report's material together; the period is what is asked for, else all that the log knows, until today.

    Days to come are left out. Raises InputError when the period lies wholly ahead or ends before it begins.
    """
    today = at_school(made_at).date()
    begin, end = first or first_day(calls, readings, made_at), min(last or today, today)
    if begin > end:
        raise InputError("the period holds no day up to today", next_step="Look at --from and --to.")
    days = [covered_day(begin + timedelta(days=n), readings) for n in range((end - begin).days + 1)]
    within = [call for call in calls if begin <= at_school(call.start).date() <= end]
    return Material(
        *(school, begin, end, made_at, within, days),
        class_names=class_names or {},
        names=names or {},
        log_size=log_size,
    )


def first_day(calls: Sequence[CallEntry], readings: Sequence[Reading], made_at: datetime) -> date:
    """Give the first day that the log knows: of a call, or the first that is covered whole; else today."""
    read = [day for one in readings for day in days_between(one.since, one.until)]
    whole = (day for day in sorted(set(read)) if covered_day(day, readings).status == "covered")
    known = [at_school(call.start).date() for call in calls]
    return min([*known, next(whole, at_school(made_at).date())])


def figures(material: Material) -> list[Figure]:
    """Give the totals of the first screen; every one is of the days we have."""
    lessons = [call for call in material.calls if call.is_lesson]
    roles = Counter(role for call in material.calls for role in {person.role for person in call.people})
    without = sum(not call.has_times for call in material.calls)
    whole = sum(one.status == "covered" for one in material.days)
    return [
        Figure("Days covered", f"{whole} of {len(material.days)}", _missing_words(material)),
        Figure("Calls", f"{len(material.calls):,}", "in the days we have"),
        Figure("Lessons", f"{len(lessons):,}", "calls of a class team that staff organised"),
        Figure("Lessons recorded", _share(lessons, _is_recorded), "a recording has been seen"),
        Figure("Calls recorded", _share(material.calls, _is_recorded), "lessons and other calls"),
        Figure("Calls with somebody from outside", f"{roles['outside']:,}", "guests, visitors, telephones"),
        Figure("Calls with an unknown account", f"{roles['unknown']:,}", "of our tenant, not in the roster"),
        Figure("Calls without times", f"{without:,}", "Microsoft gave no details of who was present when"),
    ]


def _is_recorded(call: CallEntry) -> bool:
    return call.recorded


def _share(calls: Sequence[CallEntry], holds: Callable[[CallEntry], bool]) -> str:
    return f"{sum(map(holds, calls)):,} of {len(calls):,}"


def _missing_words(material: Material) -> str:
    return f"not covered: {days_words(material.missing)}" if material.missing else ""


def title_of(material: Material) -> str:
    """Name the report: the school and the days."""
    return f"{visible(material.school)}: video calls, {span_words(material.first, material.last)}"


def recorded_words(call: CallEntry) -> str:
    """Say whether a call was recorded: yes, no, or not known."""
    return "yes" if call.recorded else "no" if call.recording == "none" else NOT_KNOWN


def organiser_name(call: CallEntry) -> str:
    """Name the organiser."""
    return visible(call.organiser.name) if call.organiser else NOT_KNOWN


def presence_cells(person: Presence) -> list[tuple[Cell, ...]]:
    """Give joined, left, minutes at school and both in UTC, one a stay; "not known" when the record has no times."""
    if not person.intervals:
        return [(NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, "", "")]
    return [
        (clock_words(joined, True), clock_words(left, True), minutes(left - joined), iso(joined), iso(left))
        for joined, left in person.intervals
    ]
