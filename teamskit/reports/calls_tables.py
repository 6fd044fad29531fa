"""The calls of a report and who was in them, as tables: one row a call, and one row a stay of a person."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, time

from teamskit.calls.model import CallEntry, Presence
from teamskit.clock import at_school
from teamskit.reports.recordings_now import COPIES, RecordingNow
from teamskit.reports.tables import NOT_KNOWN, Cell, Material, Table, organiser_name, recorded_words
from teamskit.reports.words import minutes, visible, weekday

USES = ("audio", "video", "screen")


def calls_table(material: Material) -> Table:
    """Give one row a call: day and times at school, class, organiser, heads by role, what was found, ids."""
    headings = (
        *("Day", "Weekday", "Start", "End", "Minutes", "Class", "Organiser", "Staff", "Pupils", "Outside", "Unknown"),
        *("Recorded", "Findings", "Kind", "Start UTC", "Call id", "Source version"),
        *("Recording now", "There until", "Copy"),
    )
    found = Counter(one.call for one in material.findings if one.call)
    rows = tuple(_call_row(call, found[call.id], material) for call in material.calls)
    return Table("calls", "Calls", headings, rows)


def _call_row(call: CallEntry, found: int, material: Material) -> tuple[Cell, ...]:
    start = at_school(call.start)
    heads: list[Cell] = [len(call.with_role(role)) for role in ("staff", "pupil", "outside", "unknown")]
    return (
        *(
            start.date(),
            weekday(start.date()),
            start.time(),
            at_school(call.end).time(),
            minutes(call.end - call.start),
        ),
        material.class_name(call),
        organiser_name(call),
        *(heads if call.people else [NOT_KNOWN] * len(heads)),
        recorded_words(call),
        found,
        *(call.kind, call.start.astimezone(UTC), call.id, call.version),
        *_recording_cells(material.recordings.get(call.id)),
    )


def _recording_cells(now: RecordingNow | None) -> tuple[Cell, ...]:
    """Say what became of a recording; empty where nothing is known of a file."""
    return (now.state, now.until, COPIES[now.copy]) if now else ("", None, "")


def participants_table(material: Material) -> Table:
    """Give one row an interval of presence; a person whose times are not known has one row that says so."""
    headings = (
        *("Name", "Day", "Role", "Year", "Joined", "Left", "Minutes", "Class"),
        *("Audio", "Video", "Screen", "Call id"),
    )
    rows = tuple(row for call in material.calls for row in _participant_rows(call, material))
    return Table("participants", "Who was in which call", headings, rows)


def _participant_rows(call: CallEntry, material: Material) -> Iterator[tuple[Cell, ...]]:
    call_day, class_name = at_school(call.start).date(), material.class_name(call)
    for person in call.people:
        about = (visible(person.name), person.role, person.year or "")
        used = _used(person)
        for day, *times in _stays(person, call_day):
            yield (about[0], day, *about[1:], *times, class_name, *used, call.id)


def _stays(person: Presence, call_day: date) -> list[tuple[date, time | str, time | str, int | str]]:
    if not person.intervals:
        return [(call_day, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN)]
    stays = ((at_school(joined), at_school(left), left - joined) for joined, left in person.intervals)
    return [(joined.date(), joined.time(), left.time(), minutes(length)) for joined, left, length in stays]


def _used(person: Presence) -> tuple[str, ...]:
    """Say what somebody used; a record that names nothing at all leaves it open."""
    if not person.used:
        return (NOT_KNOWN,) * len(USES)
    return tuple("yes" if one in person.used else "no" for one in USES)
