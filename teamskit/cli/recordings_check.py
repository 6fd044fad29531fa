"""`teamskit recordings check`: what became of each lesson's recording."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.days import DAY, day_of
from teamskit.cli.output import emit_csv, emit_json, output_option, say, working
from teamskit.cli.who import record_files

if TYPE_CHECKING:
    from teamskit.calls import CallEntry
    from teamskit.cli.context import Here
    from teamskit.ledger import Ledger
    from teamskit.recordings.check import Checked
    from teamskit.recordings.sought import Sought
    from teamskit.safeguarding import Evidence
    from teamskit.safeguarding.recorded import Recorded

SOMETHING = 5
OF_REFUSED = 2
YOUNG = timedelta(days=2)
"""How long after a recording had to be there it is asked what may have been the cause."""


@click.command("check")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day (default: all that the log knows).")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day (default: today).")
@click.option("--no-look", is_flag=True, help="Only show what is known; Microsoft is not asked.")
@click.option("--no-wait", is_flag=True, help="Do not wait for the audit log; the next run reads what it found.")
@click.option("-o", "file", metavar="FILE", help="Write it as a CSV file for Excel too.")
@click.option("--exit-code", is_flag=True, help="End with 5 when a recording is missing, gone or open to others.")
@output_option
@click.pass_obj
def check(
    here: Here,
    first: datetime | None,
    last: datetime | None,
    no_look: bool,
    no_wait: bool,
    file: str | None,
    exit_code: bool,
    output: str,
) -> int:
    """See what became of each lesson's recording: where it lies, until when, who may open it, whether a copy is kept.

    \b
    teamskit recordings check
    teamskit recordings check --from 2026-11-23 --to 2026-11-27 --output json

    Safe to repeat, and meant to run every night after `calls sync`. With --from or --to every call of these days is
    looked for again. Permissions, all of the application: Files.Read.All; to say who opened recordings
    AuditLogsQuery-SharePoint.Read.All and AuditLogsQuery-OneDrive.Read.All; those of `calls sync` for recordings.
    Exit status: 0 done, 1 no drive could be read, 2 wrong usage, 3 some could not, 5 with --exit-code.
    """
    from teamskit.cli.evidence import load_evidence
    from teamskit.cli.recordings_screen import show
    from teamskit.safeguarding.recorded import HEADINGS, as_json, as_rows, recorded

    begin, end = day_of(first), day_of(last)
    if begin and end and end < begin:
        raise click.UsageError("--to is before --from.")
    checked = None if no_look else look_for_files(here, begin, end, waits=not no_wait)
    evidence = load_evidence(here, begin, end)
    found = recorded(evidence)
    if file:
        _write(here, Path(file), found, evidence)
    if output == "json":
        emit_json([as_json(row) for row in found.rows])
    elif output == "csv":
        emit_csv(HEADINGS, as_rows(found.rows))
    else:
        show(here, found, evidence, checked)
        if file:
            say(file)
    if checked:
        _must_be_told(checked)
    is_something = any(not row.is_there or row.is_shared for row in found.rows)
    return SOMETHING if exit_code and is_something else 0


def _write(here: Here, file: Path, found: Recorded, evidence: Evidence) -> None:
    from teamskit.safeguarding.recorded import HEADINGS, as_rows

    here.may_write(file)
    period = {"from": evidence.first.isoformat(), "to": evidence.last.isoformat()}
    record_files(here, [file], of="recordings", **period)
    emit_csv(HEADINGS, as_rows(found.rows), file)


def look_for_files(here: Here, first: date | None = None, last: date | None = None, *, waits: bool = True) -> Checked:
    """Look for the files of recordings and write down what is seen; with days, for every call of them again.

    Who opened them is asked of the audit log, which can take ten minutes; without `waits` the next run reads it.
    """
    from teamskit.calls import CallFilter
    from teamskit.calls.listing import load_calls
    from teamskit.cli.class_finding import class_groups
    from teamskit.cli.fetching import search_recordings
    from teamskit.cli.sought_calls import people_of, sought_of
    from teamskit.recordings.check import check as look
    from teamskit.recordings.seen import told_by_meetings

    here.transport.must_be_app("Recordings")
    with here.ledger() as ledger, working("Recordings (the audit log can take ten minutes)" if waits else "Recordings"):
        search_recordings(here, ledger)
        calls = load_calls(ledger, CallFilter(_first_day(here, ledger, first), last))
        groups = class_groups(here) if any(call.class_id for call in calls) else {}
        sought = sought_of(calls, groups, here.school.findings, told_by_meetings(ledger))
        checked = look(
            here.transport,
            ledger,
            sought,
            people_of(here),
            groups=groups.values(),
            again=bool(first or last),
            waits=waits,
            clock=here.clock,
        )
        _ask_who_could_record(here, ledger, sought, calls)
    return checked


def _first_day(here: Here, ledger: Ledger, first: date | None) -> date | None:
    """Give from when calls are looked at: what is asked for; all the first time; later the days that may change."""
    from teamskit.cli.fetching import ASKED_FOR
    from teamskit.clock import at_school
    from teamskit.recordings.looking import LOOKED

    if first or not ledger.held(LOOKED):
        return first
    return at_school(here.clock.now() - ASKED_FOR).date()


def _ask_who_could_record(here: Here, ledger: Ledger, sought: list[Sought], calls: list[CallEntry]) -> None:
    """Keep what may have been the cause where a lesson has no recording; nothing is asked where all have one."""
    from teamskit.errors import TenantError
    from teamskit.recordings.files import files_of
    from teamskit.recordings.recorder_log import RECORDER, could_record, recorder_entry
    from teamskit.recordings.recorders import recorders

    now = here.clock.now()
    have = {file.call for file in files_of(ledger) if not file.temporary}
    staff = {call.id for call in calls if call.organiser and call.organiser.role == "staff"}
    lacking = [one for one in sought if one.is_lesson and one.id in staff and not one.recorded and one.id not in have]
    young = {one.meeting.organiser for one in lacking if one.due_at <= now <= one.due_at + YOUNG}
    if not young:
        return
    try:
        found = recorders(here.transport, young)
    except TenantError:
        # A likely cause is worth having; that it cannot be told must not stop what was found.
        return
    entries = ledger.read(RECORDER)
    ledger.append(recorder_entry(found.values(), could_record(entries), len(entries) + 1, now))


def _must_be_told(checked: Checked) -> None:
    from teamskit.errors import PartlyDone

    if checked.refusal:
        raise checked.refusal
    if is_partly_read(checked):
        more = len(checked.refused) - OF_REFUSED
        ids = ", ".join(checked.refused[:OF_REFUSED]) + (f" and {more:,} more" if more > 0 else "")
        raise PartlyDone(
            "some drives, or who may open what lies in them, could not be read: of some recordings that is not known",
            where=f"accounts or groups {ids}" if ids else "",
            next_step="Run it again later: teamskit recordings check",
        )


def is_partly_read(checked: Checked) -> bool:
    """Say whether something was not to be read. A file that may be of two calls is no reason to look again."""
    return checked.look.drives == "part" or bool(checked.look.unread)
