"""`teamskit policies`: Teams policies, and who is covered by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teamskit.cli.output import clean, count, emit, emit_table, output_option, say
from teamskit.cli.plan import plan_options, show_plan
from teamskit.cli.policy_people import assign, unassign

if TYPE_CHECKING:
    from typing import Any

    from teamskit.cli.context import Here


@click.group("policies")
def command() -> None:
    """Teams policies, and who is covered by them."""


@command.command("plan")
@plan_options
@click.pass_obj
def plan(here: Here, file: str | None, exit_code: bool, detail: bool, summary: bool, output: str) -> int:
    """Show what would be done about policies and who has them. Nothing is changed."""
    return show_plan(here, ("policies",), file, exit_code, detail, summary, output)


@command.command("list")
@output_option
@click.pass_obj
def list_policies(here: Here, output: str) -> None:
    """List the policy documents that are known here."""
    from teamskit.policy import catalogue

    known = catalogue(here.path / "policies").values()
    rows = [(d.id, d.title, one.type, one.name, d.whom, d.clause) for d in known for one in d.policies]
    headings = ("document", "title", "type", "policy", "for", "clause")
    emit(output, [dict(zip(headings, row, strict=True)) for row in rows], headings, rows)


command.add_command(assign)
command.add_command(unassign)


@command.command("coverage")
@click.option("--people", metavar="FILE", help="Only the people of a list (.csv or .xlsx).")
@click.option("--document", metavar="ID", help="With --people: whether they have this document's policies.")
@output_option
@click.pass_obj
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
    show_coverage(listed_coverage(here, people, document) if people else found_coverage(here), output)


def show_coverage(document: dict[str, list[dict[str, Any]]], output: str) -> None:
    """Show the documented coverage in the form asked for."""
    if output == "table":
        _show(document)
        return
    headings = ("id", "role", "cohort", "policy", "route", "assigned", "effective", "reason")
    emit(output, document, headings, [[row[one] for one in headings] for row in document["people"]])


def found_coverage(here: Here) -> dict[str, list[dict[str, Any]]]:
    """Read the tenant and give the documented coverage."""
    from teamskit import policy
    from teamskit.cli.planning import Actual, cohort_members

    others = policy.whom_of(policy.catalogue(here.folder.root / "policies").values())
    return policy.coverage(cohort_members(here), Actual(here).held(), others)


def _show(document: dict[str, list[dict[str, Any]]]) -> None:
    headings = ("cohort", "policy", "people", "in effect", "waiting", "not covered")
    keys = ("cohort", "policy", "people", "effective", "pending", "uncovered")
    emit_table(headings, [[one[key] for key in keys] for one in document["cohorts"]])
    for one in document.get("left_out", ()):
        say(f"  ! {clean(one['what'])}: {clean(one['why'])}")
    missing = [row for row in document["people"] if not row["effective"] and not row["pending"]]
    if missing:
        say("Not covered")
    for row in missing:
        say(f"  {row['role']} {clean(row['id'])}  {clean(row['policy'] or 'no policy')}: {clean(row['reason'])}")
    waiting = sum(row["pending"] for row in document["people"])
    if waiting:
        say(f"Waiting: {count(waiting, 'assignment')}. Microsoft takes up to 24 h or more.")
    for one in (one for one in document["cohorts"] if one["policy"] == "Disable chat"):
        say(f"{one['effective']:,} of {one['people']:,} {one['cohort']} are known to have chat off.")
