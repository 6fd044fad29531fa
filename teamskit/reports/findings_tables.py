"""What a safeguarding lead should look at, what was agreed beforehand, and the report's totals, as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence

from teamskit.calls.model import CallEntry
from teamskit.clock import at_school
from teamskit.reports.kinds import kind_words
from teamskit.reports.tables import Agreement, Cell, Material, Table
from teamskit.reports.words import count, day_words, days_words, moment_words, span_words, visible
from teamskit.safeguarding.agreements import sweeping
from teamskit.safeguarding.finding import SEVERITY, Finding, Severity

STATES = ("open", "agreed", "settled", "closed")
WORST_FIRST: tuple[Severity, ...] = ("high", "medium", "low", "not known")


def findings_table(material: Material) -> Table:
    """Give one row a finding: open before the rest, worst first; the last three columns are for the school to fill."""
    headings = (
        *("People", "Day", "Start", "What happened", "What to do next", "Severity", "Status", "Class"),
        *("Last note", "By", "On", "Kind", "Finding id", "Call id", "Our action", "By", "Date"),
    )
    calls = {call.id: call for call in material.calls}
    rows = tuple(_finding_row(one, calls, material) for one in in_order(material))
    return Table("findings", "To look at", headings, rows)


def in_order(material: Material) -> list[Finding]:
    """Give the findings as they are shown: open, agreed, settled, closed; each worst first, then by time."""
    place = {state: n for n, state in enumerate(STATES)}
    weight = {severity: n for n, severity in enumerate(WORST_FIRST)}
    return sorted(material.findings, key=lambda one: (place[one.state], weight[one.severity], one.at, one.id))


def _finding_row(one: Finding, calls: Mapping[str, CallEntry], material: Material) -> tuple[Cell, ...]:
    call = calls.get(one.call or "")
    note = max(one.notes, key=lambda written: written.at, default=None)
    at = at_school(one.at)
    said = f"{one.text} {one.why}" if one.why else one.text
    return (
        *(people_words(one, call, material), at.date(), at.time() if one.call else None),
        *(visible(said), visible(one.next_step), one.severity, one.state),
        material.class_name(call) if call else "",
        *((visible(note.text), visible(note.author), at_school(note.at).date()) if note else ("", "", None)),
        *(one.finding, one.id, one.call or "", "", "", ""),
    )


def people_words(one: Finding, call: CallEntry | None, material: Material) -> str:
    """Name everybody whom a finding concerns; an id stands where no name is known."""
    names = dict(material.names)
    if call:
        everybody = [*call.people, *([call.organiser] if call.organiser else [])]
        names |= {person.id: person.name for person in everybody}
    return ", ".join(visible(names.get(person, person)) for person in one.people)


def agreed_table(material: Material) -> Table:
    """Give one row an agreed exception that was in force in the period, and for how many calls it was needed."""
    headings = ("What", "Who", "Day or until", "Agreed by", "Reason", "Calls")
    rows = tuple(_agreed_row(one, material) for one in material.agreements)
    return Table("agreed", "Agreed beforehand", headings, rows)


def for_everybody(material: Material) -> list[str]:
    """Give a sentence for each agreed exception that names nobody, so that none is overlooked."""
    return [sweeping(one.finding, one.until, one.row) for one in material.agreements if not one.who]


def _agreed_row(one: Agreement, material: Material) -> tuple[Cell, ...]:
    who = ", ".join(visible(material.names.get(person, person)) for person in one.who) or "everybody"
    return one.finding, who, _until_words(one), visible(one.agreed_by), visible(one.reason), one.calls


def _until_words(one: Agreement) -> str:
    if one.first and one.first == one.until:
        return day_words(one.first)
    since = f"from {day_words(one.first)} " if one.first else ""
    return f"{since}until {day_words(one.until)}" if one.until else f"{since}without an end"


def summary_table(material: Material) -> Table:
    """Give the report's totals, each with what it is of."""
    return Table(
        "summary", "Summary", ("What", "Number", "Note"), (*_period_rows(material), *_finding_totals(material))
    )


def _period_rows(material: Material) -> list[tuple[Cell, ...]]:
    lessons = [call for call in material.calls if call.is_lesson]
    whole = sum(one.status == "covered" for one in material.days)
    missing = material.missing
    is_whole = whole == len(material.days)
    of_days = "every day is covered" if is_whole else f"in the {count(whole, 'day')} we have"
    so_far = "" if whole + len(missing) == len(material.days) else "the last day is not over, and covered so far"
    return [
        ("School", None, visible(material.school)),
        ("Days in the period", len(material.days), span_words(material.first, material.last)),
        ("Days covered", whole, so_far),
        ("Days not covered", len(missing), days_words(missing)),
        ("Calls", len(material.calls), of_days),
        ("Lessons", len(lessons), "calls of a class team that staff organised"),
        ("Lessons recorded", sum(call.recorded for call in lessons), _recorded_words(lessons)),
        ("Calls recorded", sum(call.recorded for call in material.calls), "lessons and other calls"),
        *_copies_rows(material),
        *(("Not checked", None, visible(one)) for one in material.unchecked),
    ]


def _copies_rows(material: Material) -> list[tuple[Cell, ...]]:
    """Give how many calls have a checked copy of their recording; nothing where nobody looked for recordings."""
    if not material.recordings:
        return []
    checked = sum(one.copy == "verified" for one in material.recordings.values())
    gone = sum(one.state == "gone" for one in material.recordings.values())
    of_known = f"of {count(len(material.recordings), 'call')} of which a recording is known"
    return [("Recordings gone", gone, of_known), ("Recordings with a checked copy", checked, of_known)]


def _recorded_words(lessons: Sequence[CallEntry]) -> str:
    open_ones = sum(not call.recorded and call.recording == "not known" for call in lessons)
    return "a recording has been seen" + (f"; not known of {open_ones:,}" if open_ones else "")


def _finding_totals(material: Material) -> list[tuple[Cell, ...]]:
    found = Counter((one.state, one.severity) for one in material.findings)
    states = Counter(one.state for one in material.findings)
    waiting = [(f"To look at: {one}", found["open", one], _kinds_words(material, one)) for one in WORST_FIRST[:3]]
    without = sum(not call.has_times for call in material.calls)
    no_times = f"{without} of the calls came without times" if without else ""
    return [
        *waiting,
        ("Agreed beforehand", states["agreed"], "shown on their own sheet, and not hidden"),
        ("Settled", states["settled"], "by a note of the school"),
        ("No longer borne out", states["closed"], "what Microsoft said later does not show it any more"),
        ("Could not be checked", found["open", "not known"], no_times),
        ("Made on", None, f"{moment_words(material.made_at)} (Europe/London)"),
        *_log_check(material),
        ("Log entries", material.log_size, material.log_mark),
        *(("Log head, signed", None, line) for line in material.log_note.splitlines() if line),
    ]


def _log_check(material: Material) -> list[tuple[Cell, ...]]:
    if material.log_holds is None:
        return []
    said = "passed" if material.log_holds else "failed: do not rely on this report, and ask IT to verify the log"
    return [("Log check", None, said)]


def _kinds_words(material: Material, severity: str) -> str:
    open_ones = Counter(one.finding for one in material.findings if one.state == "open" and one.severity == severity)
    return "; ".join(f"{kind_words(kind)}: {open_ones[kind]}" for kind in SEVERITY if open_ones[kind])
