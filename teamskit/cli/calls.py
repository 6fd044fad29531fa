"""`teamskit calls`: read the call records into the log, list calls, make a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.context import Here
from teamskit.cli.output import TerminalProgress, count, emit, output_option, say

if TYPE_CHECKING:
    from teamskit.calls import CallEntry, SyncResult
    from teamskit.recordings import Meeting

LONGEST = timedelta(days=3 * 366)
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(path_type=Path)


@click.group("calls")
def command() -> None:
    """Keep a log of who ran which video call and when."""


@command.command()
@click.option(
    "--since", type=DAY, metavar="DATE", help="Read from this day on, as far back as Microsoft keeps records (30 days)."
)
@click.pass_obj
def sync(here: Here, since: datetime | None) -> None:
    """Read new and revised call records into the log.

    \b
    teamskit calls sync
    teamskit calls sync --since 2026-11-01

    Safe to repeat. Permissions: CallRecords.Read.All, OnlineMeetings.Read.All, OnlineMeetingRecording.Read.All.
    """
    from teamskit.errors import PartlyDone

    result = fetch_calls(here, since)
    say(
        f"{count(result.new, 'new call')}, {result.revised} revised, {result.without_detail} without details."
        f" {count(result.recordings_seen, 'call')} newly seen to be recorded."
    )
    if result.recordings_not_known:
        say(f"Not known of {count(result.recordings_not_known, 'call')} whether it was recorded: access was refused.")
    say(_covered_words(result))
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
@click.option("--kind", type=click.Choice(["groupCall", "peerToPeer", "unknown"]), help="Microsoft's type of the call.")
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
    from teamskit.calls.listing import as_json, load_calls

    _in_order(first, last)
    with here.ledger() as ledger:
        calls = load_calls(ledger, CallFilter(_day(first), _day(last), person, class_id, kind))
    if not calls:
        _must_be_known(here, person, class_id)
    headings, rows = _rows(calls)
    if output == "table":
        headings = ("Day", "Time", "Class", "Organiser", "Staff", "Pupils", "Others", "Rec.")
        rows = [(row[0], f"{row[1]}-{row[2]}", *row[3:-1]) for row in rows]
    emit(output, [as_json(call) for call in calls], headings, rows)


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
    """
    from teamskit.cli.anonymising import without_names
    from teamskit.cli.report_files import Wanted, write_report_files
    from teamskit.cli.reporting import report_material

    _in_order(first, last)
    wanted = Wanted(out, xlsx, csv)
    wanted.check(here)
    material = report_material(here, _day(first), _day(last))
    if anonymise:
        material, key = without_names(here, material)
        say(f"Who is who stands in {key}. Never send it along.")
    written = write_report_files(wanted, material)
    say(f"{count(len(material.calls), 'call')} in the report, {count(len(material.missing), 'day')} not fully covered.")
    for path in written:
        say(str(path))


def _must_be_known(here: Here, person: str | None, class_id: str | None) -> None:
    """Refuse a person or class that neither a call nor the roster knows: an empty list would look like an answer."""
    from teamskit.errors import InputError

    if class_id is not None and class_id not in {section.id for section in here.roster.sections}:
        raise InputError(f"there is no class {class_id}", next_step="See the classes: teamskit roster show")
    if person is not None and person not in {known for one in here.roster.people for known in (one.id, one.name)}:
        raise InputError("there is no such person in the roster or the log", next_step="Give the roster's id.")


def fetch_calls(here: Here, since: datetime | None = None) -> SyncResult:
    """Bring the log up to now: call records first, then which of the calls have a recording."""
    from teamskit.calls.listing import load_calls
    from teamskit.calls.sync import sync as sync_calls
    from teamskit.recordings import recordings_seen

    with here.ledger() as ledger:
        result = sync_calls(
            here.transport,
            ledger,
            people=here.who(),
            class_of_thread=here.class_threads(),
            own_tenant=here.tenant_id,
            clock=here.clock,
            since=_day(since),
            progress=TerminalProgress().told,
            guests=[account.id for account in here.accounts if account.kind == "Guest"],
        )
        groups = _groups(here)
        calls = [(call.recorded, one) for call in load_calls(ledger) if (one := _meeting(call, groups))]
        seen = recordings_seen(
            here.transport,
            ledger,
            [meeting for recorded, meeting in calls if not recorded],
            known=[meeting for recorded, meeting in calls if recorded],
            groups=groups.values(),
            clock=here.clock,
        )
    return replace(result, recordings_seen=seen.found, recordings_not_known=seen.not_known)


def _groups(here: Here) -> dict[str, str]:
    from teamskit.teams.listing import class_of_key

    newest_last = sorted(here.class_teams, key=lambda team: class_of_key(team.key)[1])
    return {class_of_key(team.key)[2]: team.id for team in newest_last if team.has_team}


def _meeting(call: CallEntry, groups: Mapping[str, str]) -> Meeting | None:
    from teamskit.recordings import Meeting

    if not call.join_url or not call.organiser or call.organiser.role == "outside":
        return None
    organiser = call.organiser.account
    owner = groups.get(call.class_id or "", organiser)
    return Meeting(call.id, organiser, call.join_url, call.start, call.end, owner)


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
        recorded = "yes" if call.recorded else "no"
        heads = (staff, pupils, outside + unknown)
        rows.append((*times, call.class_id or "", organiser_name(call), *heads, recorded, call.id))
    return headings, rows


def _covered_words(result: SyncResult) -> str:
    from teamskit.reports.words import days_words, moment_words

    until = f"Read up to {moment_words(result.until)}."
    if not result.days:
        return f"No whole day is covered yet. {until}"
    return f"Covered: {days_words(result.days)} ({count(len(result.days), 'day')}). {until}"


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _in_order(first: datetime | None, last: datetime | None) -> None:
    if any(day and not 2000 <= day.year <= 2100 for day in (first, last)):
        raise click.UsageError("the days are not of this age")
    if first and last and last - first > LONGEST:
        raise click.UsageError("a report or list spans at most three years: give --from and --to nearer together")
    if first and last and last < first:
        raise click.UsageError("--to is before --from.")
