"""`teamskit policies`: Teams policies, and who is covered by them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from teamskit.cli.coverage_screen import show_coverage
from teamskit.cli.drift import drift
from teamskit.cli.needs import POLICIES_READING, needs
from teamskit.cli.output import emit, emit_table, output_option, say
from teamskit.cli.plan import plan_options, show_plan
from teamskit.cli.policy_documents import COMMANDS
from teamskit.cli.policy_people import assign, unassign
from teamskit.cli.policy_script import script
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from typing import Any

    from teamskit.cli.context import Here
    from teamskit.policy import Member


UNREAD = (
    "The policies' own settings could not be read (no Teams Administrator role):\n"
    "in effect means here that people have a policy of this name."
)


@click.group("policies")
def command() -> None:
    """Teams policies, and who is covered by them."""


@command.command("plan")
@plan_options
@click.pass_obj
@needs(
    *POLICIES_READING,
    sometimes={
        p.GROUPS_READ: "documents given to a security group",
    },
)
def plan(here: Here, file: str | None, exit_code: bool, detail: bool, summary: bool, output: str) -> int:
    """Show what would be done about policies and who has them. Nothing is changed."""
    return show_plan(here, ("policies",), file, exit_code, detail, summary, output)


@command.command("coverage")
@click.option("--people", metavar="FILE", help="Only the people of a list (.csv or .xlsx).")
@click.option("--document", metavar="ID", help="With --people: whether they have this document's policies.")
@output_option
@click.pass_obj
@needs(
    *POLICIES_READING,
    sometimes={
        p.GROUPS_READ: "documents given to a security group",
    },
)
def coverage(here: Here, people: str | None, document: str | None, output: str) -> None:
    """Show who is covered, by what the tenant says is in effect, and who is not and why.

    \b
    teamskit policies coverage
    teamskit policies coverage --output json
    teamskit policies coverage --people list.csv --document disable-chat
    """
    from teamskit.cli.policy_people import listed_coverage

    if document and not people:
        raise click.UsageError("--document goes with --people FILE")
    found = listed_coverage(here, people, document) if people else found_coverage(here)
    if output == "table":
        show_coverage(found, here.clock.now())
        return
    headings = ("id", "role", "cohort", "policy", "route", "assigned", "effective", "effective_since", "reason")
    emit(output, found, headings, [[row[one] for one in headings] for row in found["people"]])


def found_coverage(here: Here) -> dict[str, list[dict[str, Any]]]:
    """Read the tenant and give the documented coverage.

    Where the policies themselves may not be read it goes by their names, and says so on stderr.
    """
    from teamskit import policy
    from teamskit.cli.planning import Actual, cohort_members
    from teamskit.errors import PermissionMissing

    others = policy.whom_of(here.documents.values())
    try:
        held = Actual(here).held()
    except PermissionMissing:
        held = Actual(here, reads_policies=False).held()
        click.echo(UNREAD, err=True)
    return policy.coverage(cohort_members(here), held, others)


@command.command("cohorts")
@output_option
@click.pass_obj
@needs(p.USERS_READ)
def cohorts(here: Here, output: str) -> None:
    """Show in which cohort each person fell, why, and what is due there.

    \b
    teamskit policies cohorts
    teamskit policies cohorts --output csv
    """
    from teamskit.cli.planning import cohort_members

    headings = ("id", "role", "cohort", "because", "policies", "route", "account")
    rows = [
        (m.id, m.role, m.cohort, m.because, ", ".join(d.name for d in m.due), _routes(m), bool(m.account))
        for m in cohort_members(here)
    ]
    if output == "table":
        totals = Counter((row[2], row[4], row[5]) for row in rows)
        emit_table(("cohort", "people", "policies", "route"), [(c, n, p, r) for (c, p, r), n in totals.items()])
        say()
    emit(output, [dict(zip(headings, row, strict=True)) for row in rows], headings, rows)


def _routes(member: Member) -> str:
    return ", ".join(dict.fromkeys(due.route for due in member.due))


for one in (assign, unassign, drift, script, *COMMANDS):
    command.add_command(one)
