"""`teamskit findings show`, `note`, `settle` and `reopen`: one finding in full, and what people write about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.context import Here
from teamskit.cli.findings_screen import show_one
from teamskit.cli.output import clean, count, emit_json, emit_table, say, say_folded

if TYPE_CHECKING:
    from teamskit.calls import CallEntry
    from teamskit.ledger import Entry
    from teamskit.safeguarding import Evidence, Finding
    from teamskit.safeguarding.notes import Action

LONGEST, MOST_DAYS = 4000, 60
RECORDED = {
    "seen": "recorded",
    "none": "no recording was seen",
    "not known": "whether it was recorded is not known",
}


@click.command("show")
@click.argument("finding_id", metavar="ID")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How.")
@click.pass_obj
def show(here: Here, finding_id: str, output: str) -> None:
    """Show everything about one finding: what to do next, who was in the call when, notes, the record's versions.

    \b
    teamskit findings show f-0123456789ab

    Names people. Permissions: none. Exit status: 0 done, 2 there is no such finding. See docs/reference.md.
    """
    from teamskit.cli.report_material import class_names_of
    from teamskit.safeguarding.not_seen import days_told

    evidence, finding = found(here, finding_id)
    call = next((one for one in evidence.calls if one.id == finding.call), None)
    versions = _versions(here, finding)
    days = days_told(evidence, finding)
    if output == "json":
        told = [{"day": day.isoformat(), "lessons": lessons, "told": said} for day, lessons, said in days]
        emit_json({**_as_json(finding, call, versions), "days": told})
        return
    show_one(finding)
    if days:
        say()
        emit_table(("Day", "Lessons", "This pupil"), [(f"{day:%a} {day}", *rest) for day, *rest in days[:MOST_DAYS]])
    if call:
        _show_call(call, class_names_of(here) if call.class_id else {})
        _show_timeline(call)
    _show_versions(versions)
    say()
    say_folded(_next(finding), "  ")


def _by_option(command: click.decorators.FC) -> click.decorators.FC:
    return click.option("--by", metavar="NAME", help="Who writes it (default: the user of this computer).")(command)


@click.command("note")
@click.argument("finding_id", metavar="ID")
@click.argument("text")
@_by_option
@click.pass_obj
def note(here: Here, finding_id: str, text: str, by: str | None) -> None:
    """Write a note on a finding. It is kept in the log and cannot be changed later; a second note can follow.

    \b
    teamskit findings note f-0123456789ab "Spoke to the teacher, the call was planned." --by "Mrs Shah"

    Permissions: none. Exit status: 0 done, 2 there is no such finding. See docs/reference.md.
    """
    _write(here, finding_id, text, by, "note")


@click.command("settle")
@click.argument("finding_id", metavar="ID")
@click.argument("text")
@_by_option
@click.pass_obj
def settle(here: Here, finding_id: str, text: str, by: str | None) -> None:
    """Settle a finding with a note that says how. It stays in the log, and is shown as settled.

    \b
    teamskit findings settle f-0123456789ab "Agreed with the SENCO afterwards." --by "Mrs Shah"

    Taken back by: teamskit findings reopen. Permissions: none. Exit status: 0 done, 2 there is no such finding.
    """
    _write(here, finding_id, text, by, "settle")


@click.command("reopen")
@click.argument("finding_id", metavar="ID")
@click.argument("text")
@_by_option
@click.pass_obj
def reopen(here: Here, finding_id: str, text: str, by: str | None) -> None:
    """Open a settled finding again, with a note that says why.

    \b
    teamskit findings reopen f-0123456789ab "There was another call." --by "Mrs Shah"

    Permissions: none. Exit status: 0 done, 2 there is no such finding, or it is not settled.
    """
    _write(here, finding_id, text, by, "reopen")


COMMANDS = (show, note, settle, reopen)


def found(here: Here, finding_id: str) -> tuple[Evidence, Finding]:
    """Give a finding by its id with the evidence of the whole log; raises InputError where there is none."""
    from teamskit.cli.evidence import load_evidence
    from teamskit.errors import InputError
    from teamskit.safeguarding import evaluate

    evidence = load_evidence(here)
    wanted = finding_id.strip().casefold()
    one = next((finding for finding in evaluate(evidence) if finding.id == wanted), None)
    if one is None:
        raise InputError(
            f'there is no finding "{clean(finding_id)[:40]}"',
            next_step="See the ids: teamskit findings list --state all",
        )
    return evidence, one


def _write(here: Here, finding_id: str, text: str, by: str | None, action: Action) -> None:
    from teamskit.errors import InputError
    from teamskit.safeguarding.notes import NOTE, note_entry

    text, author = _said(text), _author(by)
    _, finding = found(here, finding_id)
    if action == "reopen" and finding.state != "settled":
        raise InputError(f"the finding is not settled, it is {finding.state}", next_step="Write a note instead.")
    with here.ledger() as ledger:
        # Somebody else may write at the same moment: the ledger takes one note a number, so the next one is tried.
        appended = False
        while not appended:
            version = len(ledger.versions(NOTE, [finding.id])) + 1
            entry = note_entry(finding, text, author, action, version, here.clock.now())
            appended = bool(ledger.append([entry]))
    done = {"note": "Noted", "settle": "Settled", "reopen": "Opened again"}[action]
    _, after = found(here, finding.id)
    say(f"{done}: {after.id} ({after.finding}), note {version}. It is {after.state} now.")
    if action == "settle" and after.state != "settled":
        say_folded(_why_not_settled(after), "  ")


def _why_not_settled(finding: Finding) -> str:
    if finding.state == "open":
        return "It stays open: something has come up since that a note of now cannot speak for."
    return f"It stays {finding.state}: {clean(finding.why)}"


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise click.UsageError("the note is empty")
    if len(said) > LONGEST:
        raise click.UsageError(f"the note is longer than {LONGEST:,} characters")
    return said


def _author(by: str | None) -> str:
    from getpass import getuser

    if by is not None and not by.strip():
        raise click.UsageError("--by names nobody")
    try:
        return by.strip() if by else getuser()
    except (ImportError, KeyError, OSError):
        raise click.UsageError("this computer does not say who you are: add --by NAME") from None


def _versions(here: Here, finding: Finding) -> list[Entry]:
    from teamskit.calls.model import CALL

    with here.ledger() as ledger:
        return ledger.versions(CALL, [finding.call]) if finding.call else []


def _as_json(finding: Finding, call: CallEntry | None, versions: Sequence[Entry]) -> dict[str, Any]:
    from teamskit.calls.listing import as_json as call_json
    from teamskit.clock import iso
    from teamskit.safeguarding.listing import as_json

    told = [
        {
            "version": one.version,
            "read_at": iso(one.at),
            "detail": one.body["detail"],
            "people": len(one.body["people"]),
        }
        for one in versions
    ]
    return {**as_json(finding), "in_call": call_json(call) if call else None, "versions": told}


def _show_call(call: CallEntry, class_names: Mapping[str, str]) -> None:
    from teamskit.reports.tables import organiser_name
    from teamskit.reports.words import clock_words, moment_words

    recorded = RECORDED[call.recording]
    of_class = f", class {class_names.get(call.class_id, call.class_id)}" if call.class_id else ""
    say()
    say_folded(f"Call {call.id}: {moment_words(call.start)} to {clock_words(call.end)}{clean(of_class)}", "  ")
    say_folded(f"Organised by {clean(organiser_name(call))}; {recorded}.", "  ")


def _show_timeline(call: CallEntry) -> None:
    from teamskit.reports.tables import presence_cells

    rows = [
        (person.name, person.role, person.year or "", *times[:3])
        for person in call.people
        for times in presence_cells(person)
    ]
    say()
    emit_table(("Who", "Role", "Year", "Joined", "Left", "Minutes"), rows)


def _show_versions(versions: Sequence[Entry]) -> None:
    from teamskit.reports.words import moment_words

    if len(versions) > 1:
        say()
        say("Microsoft's record, as it was read:")
    for one in versions if len(versions) > 1 else ():
        people = count(len(one.body["people"]), "person", "people")
        say(f"  version {one.version}, {moment_words(one.at)}: {people}, {one.body['detail']}")


def _next(finding: Finding) -> str:
    if finding.state == "settled":
        return f'Next: teamskit findings reopen {finding.id} "why", should there be more to it'
    return (
        f'Next: teamskit findings note {finding.id} "text", or settle it: teamskit findings settle {finding.id} "how"'
    )
