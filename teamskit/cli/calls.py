"""`teamskit calls`: read the call records into the log, list calls, make a report."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.attendance import attendance
from teamskit.cli.context import Here
from teamskit.cli.days import DAY, day_of
from teamskit.cli.needs import needs
from teamskit.cli.output import count, emit, output_option, say, say_folded
from teamskit.cli.snapshots import chat_words
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.calls import CallEntry
    from teamskit.cli.report_files import Wanted
    from teamskit.reports import Material

LONGEST = timedelta(days=3 * 366)
RECORDED = {"seen": "yes", "none": "no", "not known": "not known"}
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(path_type=Path)


@click.group("calls")
def command() -> None:
    """Keep a log of who ran which video call and when."""


command.add_command(attendance)


@command.command()
@click.option(
    "--since", type=DAY, metavar="DATE", help="Read from this day on, as far back as Microsoft keeps records (30 days)."
)
@click.pass_obj
@needs(
    p.CALL_RECORDS_READ,
    p.USERS_READ,
    p.CLASSES_READ,
    p.GROUPS_READ,
    p.CHANNELS_READ,
    sometimes={
        p.CALENDARS_READ: "the class of other meetings",
        p.MEETINGS_READ: "recordings",
        p.RECORDINGS_READ: "recordings",
        p.FILES_READ: "recordings",
        p.ATTENDANCE_READ: "calls without times",
        p.TELEPHONE_READ: "[calls] telephone = true",
        p.POLICIES_IN_EFFECT_READ: "which pupils may chat",
        p.TEAMS_ADMINISTRATOR: "which pupils may chat",
    },
)
def sync(here: Here, since: datetime | None) -> None:
    """Read new and revised call records into the log.

    \b
    teamskit calls sync
    teamskit calls sync --since 2026-11-01

    Safe to repeat, and meant to run every night. Permissions, all of the application: CallRecords.Read.All,
    User.Read.All, GroupMember.Read.All, EduRoster.Read.All, Channel.ReadBasic.All; for recordings
    OnlineMeetings.Read.All, OnlineMeetingRecording.Read.All and Files.Read.All; for the class of a meeting outside a
    channel Calendars.Read; for calls without times OnlineMeetingArtifact.Read.All; to say which pupils may chat,
    TeamsUserConfiguration.Read.All and the Teams Administrator role too.
    """
    from teamskit.cli.fetching import fetch_calls
    from teamskit.cli.sync_words import sync_words
    from teamskit.errors import PartlyDone

    _must_have_begun(here, since)
    result = fetch_calls(here, day_of(since))
    for line in sync_words(here, result):
        say(line)
    for line in chat_words(here):
        say_folded(line, "  ")
    if result.failed:
        raise PartlyDone(
            f"{count(result.failed, 'call record')} could not be read",
            next_step="Run it again later: teamskit calls sync. These days do not count as covered until then.",
        )


@command.command("list")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day (at school).")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day.")
@click.option("--person", help="A roster id, an account id or a whole name.")
@click.option("--class", "class_id", metavar="ID", help="A class id.")
@click.option(
    "--kind",
    type=click.Choice(["groupCall", "peerToPeer", "telephone", "unknown"]),
    help="Microsoft's type of the call.",
)
@output_option
@click.pass_obj
def list_calls(
    here: Here,
    first: datetime | None,
    last: datetime | None,
    person: str | None,
    class_id: str | None,
    kind: str | None,
    output: str,
) -> None:
    """List the calls of the log, by day, person, class or kind.

    \b
    teamskit calls list --from 2026-11-23 --to 2026-11-27
    teamskit calls list --person 004711 --output json
    """
    from teamskit.calls import CallFilter
    from teamskit.calls.listing import as_json, load_calls, readings_of
    from teamskit.cli.report_material import class_names_of
    from teamskit.cli.sync_words import attendance_words, cover_words, viewers_words

    _in_order(first, last)
    with here.ledger() as ledger:
        calls = load_calls(ledger, CallFilter(day_of(first), day_of(last), person, class_id, kind))
        readings = readings_of(ledger)
    if not calls:
        _must_be_known(here, person, class_id)
    headings, rows = _rows(calls)
    if output == "table":
        headings = ("Day", "Time", "Class", "Organiser", "Staff", "Pupils", "Others", "Rec.")
        names = class_names_of(here) if any(call.class_id for call in calls) else {}
        rows = [(row[0], f"{row[1]}-{row[2]}", names.get(str(row[3]), row[3]), *row[4:-1]) for row in rows]
    emit(output, (as_json(call) for call in calls), headings, rows)
    if output == "table":
        lacking = sum(call.detail == "no sessions" for call in calls)
        words = [] if calls else ["The log holds no such call."]
        words += [*attendance_words(lacking), *viewers_words(sum(call.viewers_unknown for call in calls))]
        for line in [*words, *cover_words(readings, here.clock.now(), day_of(first), day_of(last))]:
            say_folded(line, "  ")


@command.command()
@click.option("--out", type=FILE, help="The HTML file to write.")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day (default: all that the log knows).")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day (default: today).")
@click.option("--xlsx", type=FILE, help="The same tables as an Excel workbook.")
@click.option("--csv", type=FOLDER, help="As CSV: FILE.csv holds who was in which call, a folder all tables.")
@click.option("--anonymise", is_flag=True, help="Put codes for names, for sharing; the key to them stays here.")
@click.pass_obj
def report(
    here: Here,
    out: Path | None,
    first: datetime | None,
    last: datetime | None,
    xlsx: Path | None,
    csv: Path | None,
    anonymise: bool,
) -> None:
    """Write the report for the safeguarding lead: one file that opens in any browser, or in Excel.

    \b
    teamskit calls report --out report.html
    teamskit calls report --out november.html --xlsx november.xlsx --from 2026-11-01 --to 2026-11-30
    teamskit calls report --out governors.html --anonymise

    Looks whether what it rests on stands in the log as it was signed, and says so on the first screen; 1 when not.
    """
    from teamskit.cli.anonymising import without_names
    from teamskit.cli.report_files import Wanted, write_report_files
    from teamskit.cli.report_material import report_material
    from teamskit.errors import LedgerBroken
    from teamskit.roster.pause import collector_paused

    _in_order(first, last)
    wanted = Wanted(out, xlsx, csv)
    wanted.check(here)
    with collector_paused():
        material = report_material(here, day_of(first), day_of(last))
        if anonymise:
            material, key = without_names(here, material)
            say(f"Who is who stands in {key}. Never send it along.")
        else:
            _record(here, wanted, material)
        written = write_report_files(wanted, material)
    say(f"{count(len(material.calls), 'call')} in the report, {count(len(material.missing), 'day')} not fully covered.")
    for path in written:
        say(str(path))
    if material.log_holds is False:
        raise LedgerBroken(
            "the log is not as it was written in what this report rests on",
            next_step="The report was written and says so. See what is wrong: teamskit ledger verify",
        )


def _record(here: Here, wanted: Wanted, material: Material) -> None:
    """Keep a word on names that leave the log. One that cannot be written to is still worth reading: a note says so."""
    from teamskit.cli.who import record_files
    from teamskit.errors import LedgerBroken

    period = {"from": material.first.isoformat(), "to": material.last.isoformat()}
    try:
        record_files(here, wanted.paths, of="report", calls=len(material.calls), **period)
    except LedgerBroken as wrong:
        say(f"Note: the log could not keep a word on this report: {wrong.what}.")


def _must_be_known(here: Here, person: str | None, class_id: str | None) -> None:
    """Refuse a person or class that neither a call nor the roster knows: an empty list would look like an answer."""
    from teamskit.errors import InputError

    if class_id is not None and class_id not in {section.id for section in here.roster.sections}:
        raise InputError(f"there is no class {class_id}", next_step="See the classes: teamskit roster show")
    if person is not None and person not in {known for one in here.roster.people for known in (one.id, one.name)}:
        raise InputError("there is no such person in the roster or the log", next_step="Give the roster's id.")


def _rows(calls: list[CallEntry]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    from teamskit.clock import at_school
    from teamskit.reports.tables import organiser_name
    from teamskit.reports.words import clock_words

    headings = ("Day", "Start", "End", "Class", "Organiser", "Staff", "Pupils", "Others", "Recorded", "Id")
    rows: list[tuple[object, ...]] = []
    for call in calls:
        staff, pupils, outside, unknown = (
            len(call.with_role(role)) for role in ("staff", "pupil", "outside", "unknown")
        )
        times = (at_school(call.start).date().isoformat(), clock_words(call.start), clock_words(call.end))
        recorded = RECORDED[call.recording]
        heads = (staff, pupils, outside + unknown) if call.people else ("not known",) * 3
        rows.append((*times, call.class_id or "", organiser_name(call), *heads, recorded, call.id))
    return headings, rows


def _must_have_begun(here: Here, since: datetime | None) -> None:
    from teamskit.clock import at_school

    if since and since.date() > at_school(here.clock.now()).date():
        raise click.UsageError("--since is after today: there is nothing to read yet")


def _in_order(first: datetime | None, last: datetime | None) -> None:
    if first and last and last - first > LONGEST:
        raise click.UsageError("a report or list spans at most three years: give --from and --to nearer together")
    if first and last and last < first:
        raise click.UsageError("--to is before --from.")
