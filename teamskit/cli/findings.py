"""`teamskit findings`: what a safeguarding lead should look at. People settle it, the program never accuses."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

import click

from teamskit.cli.context import Here
from teamskit.cli.days import DAY, day_of
from teamskit.cli.findings_notes import COMMANDS
from teamskit.cli.findings_screen import HEADINGS, rows_of, show
from teamskit.cli.output import emit_csv, emit_json, output_option

if TYPE_CHECKING:
    from teamskit.safeguarding import Evidence, Finding
    from teamskit.safeguarding.finding import Severity

STATES = ("open", "agreed", "settled", "closed", "all")
SEVERITIES = ("high", "medium", "low", "not known")
SOMETHING_OPEN = 5


@click.group("findings")
def command() -> None:
    """See what a safeguarding lead should look at in the log of calls."""


@command.command("list")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day (default: all that the log knows).")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day (default: today).")
@click.option("--severity", type=click.Choice(SEVERITIES, case_sensitive=False), help="Only these.")
@click.option(
    "--state", type=click.Choice(STATES, case_sensitive=False), help="Only these (default: open; in JSON all)."
)
@click.option("--person", metavar="ID", help="Only what concerns a person: a roster id, an account id or a whole name.")
@click.option("--exit-code", is_flag=True, help="End with 5 when something is open.")
@output_option
@click.pass_obj
def list_findings(
    here: Here,
    first: datetime | None,
    last: datetime | None,
    severity: str | None,
    state: str | None,
    person: str | None,
    exit_code: bool,
    output: str,
) -> int:
    """List findings, worst first: who was alone with whom, without whom, with whom from outside, and when.

    \b
    teamskit findings list
    teamskit findings list --from 2026-11-23 --to 2026-11-27 --severity high

    Read from the log, the registers and school.toml; Microsoft is not asked. Permissions: none.
    Exit status: 0 done, 2 wrong usage, 5 with --exit-code when something is open. See docs/reference.md.
    """
    from teamskit.cli.evidence import load_evidence
    from teamskit.safeguarding import evaluate
    from teamskit.safeguarding.listing import FindingFilter, as_json

    begin, end = (day_of(given) for given in (first, last))
    _must_be_in_order(begin, end)
    evidence = load_evidence(here, begin, end)
    everything = evaluate(evidence)
    people = None if person is None else _meant(evidence, everything, person)
    wanted = state or ("all" if output == "json" else "open")
    told = [one for one in everything if FindingFilter(cast("Severity | None", severity), None, people).fits(one)]
    chosen = [one for one in told if wanted in ("all", one.state)]
    if output == "json":
        emit_json([as_json(one) for one in chosen])
        _remark(evidence)
    elif output == "csv":
        emit_csv(HEADINGS, rows_of(chosen))
        _remark(evidence)
    else:
        show(chosen, told, evidence)
    return SOMETHING_OPEN if exit_code and any(one.state == "open" for one in told) else 0


def _remark(evidence: Evidence) -> None:
    """Say at a terminal what a document has no place for; in a script a successful run says nothing there."""
    from teamskit.safeguarding.agreements import for_everybody

    if sys.stderr.isatty():
        for remark in (*evidence.remarks, *for_everybody(evidence.agreed, evidence.first, evidence.last)):
            click.echo(remark, err=True)


def _must_be_in_order(first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise click.UsageError("--to is before --from.")


def _meant(evidence: Evidence, findings: Sequence[Finding], person: str) -> set[str]:
    """Give the ids of who has this id, account or whole name; more than one where they share a name.

    Who is not known is refused: an empty list would look like an answer.
    """
    from teamskit.errors import InputError

    known = {(one, "", "") for finding in findings for one in finding.people}
    known |= {(one.id, one.account or "", one.name) for roll in evidence.rolls.classes for one in roll.pupils}
    known |= {(one.id, one.account or "", one.name) for seen in evidence.chats for one in seen.on}
    for call in evidence.calls:
        everybody = [*call.people, *([call.organiser] if call.organiser else [])]
        known |= {(one.id, one.account, one.name) for one in everybody}
    asked = person.strip().casefold()
    meant = {one[0] for one in known if asked and asked in (called.casefold() for called in one)}
    if not meant:
        told = "Give the roster's id, the account's id or the whole name, or other days."
        raise InputError("there is no such person in the calls of these days", next_step=told)
    return meant


for one in COMMANDS:
    command.add_command(one)
