"""`teamskit policies assign` and `unassign`: a document's policies for the people of a co-ordinator's own list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options, reassignment_bound
from teamskit.cli.needs import POLICIES_READING, needs
from teamskit.cli.output import clean, output_option, working
from teamskit.cli.reviewed import carry_through, review_options
from teamskit.clock import iso
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from typing import Any

    from teamskit.cli.context import Here
    from teamskit.plan import Change, LeftOut, Plan
    from teamskit.policy import Decisions, Held, Member, PolicyDocument, Wish
    from teamskit.roster.people_found import Found

NO_ROW = "no row of the list can be used"
NO_ROSTER = "no roster is named in school.toml: pupils and staff are told apart by their accounts' job and department"


def _people_options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--people", required=True, metavar="FILE", help="The list: .csv or .xlsx, one person a row."),
        click.argument("document"),
    ):
        command = option(command)
    return command


@click.command("assign")
@_people_options
@review_options
@allow_options
@output_option
@click.pass_obj
@needs(*POLICIES_READING, p.POLICIES_ASSIGN)
def assign(here: Here, document: str, people: str, file: str | None, yes: bool, detail: bool, output: str) -> int:
    """Give the people of a list the policies of a DOCUMENT.

    \b
    teamskit policies assign disable-chat --people list.csv -o p.json    then: teamskit apply p.json
    teamskit policies assign disable-chat --people list.xlsx             shows what it would do, and asks

    A row holds an address, an admission number, a staff code or an object id. Rows that cannot be used are listed.
    Exit status: 0 done, 1 none or stale, 2 no row can be used, 3 some failed, 4 stopped by a limit.
    """
    words = _words("assign", document, people)
    make = partial(listed_plan, here, document, people)
    return carry_through(here, make, words, file, yes, detail, output, nothing=NO_ROW)


@click.command("unassign")
@_people_options
@review_options
@allow_options
@output_option
@click.pass_obj
@needs(*POLICIES_READING, p.POLICIES_ASSIGN)
def unassign(here: Here, document: str, people: str, file: str | None, yes: bool, detail: bool, output: str) -> int:
    """Take the policies of a DOCUMENT away from the people of a list who were given them directly.

    \b
    teamskit policies unassign disable-chat --people list.csv -o p.json    then: teamskit apply p.json

    Who has no other policy then is on Global, which may let him chat.
    Exit status: 0 done, 1 none or stale, 2 no row can be used, 3 some failed, 4 stopped by a limit.
    """
    words = _words("unassign", document, people)
    make = partial(listed_plan, here, document, people, taken=True)
    return carry_through(here, make, words, file, yes, detail, output, nothing=NO_ROW)


def _words(verb: str, document: str, people: str) -> str:
    """Give what a person types for it, as every shell takes it."""
    return f"policies {verb} {document} --people " + (f'"{people}"' if " " in people else people)


def listed_plan(here: Here, name: str, file: str, *, taken: bool = False) -> Plan:
    """Make the plan for the people of a list.

    Raises InputError when there is no such document, nobody can be given it, or the file cannot be read.
    """
    from teamskit.cli.planning import Actual, settle_open_work
    from teamskit.policy import assign_listed, unassign_listed
    from teamskit.policy.bulk import LISTED, against_cohorts

    document, decided = _decided(here, name)
    settle_open_work(here)
    with working("Reading the tenant"):
        people, lines, notes = _people(here, file)
        actual = Actual(here)
        held, due = actual.held(), decided.cohorts[LISTED]
        short = Path(file).name
        wish = unassign_listed(short, people, due, held) if taken else assign_listed(short, people, document, due, held)
        definitions = [] if taken else _definitions(decided, actual)
    notes += against_cohorts(_touched(wish, people), _members(here), due, taken=taken)
    wish = replace(wish, left_out=(*lines, *wish.left_out), notes=(*notes, *wish.notes))
    return _plan(here, wish, definitions, held)


def _decided(here: Here, name: str) -> tuple[PolicyDocument, Decisions]:
    from teamskit.policy.bulk import decided_with, document_of

    document = document_of(here.documents, name)
    return document, decided_with(here.documents, document, here.school.cohorts, here.school.policies)


def _definitions(decided: Decisions, actual: Any) -> list[Change]:
    from teamskit.policy import definition_changes

    return definition_changes(decided.definitions.values(), actual.policies(decided.types))


def _people(here: Here, file: str) -> tuple[list[Found], list[LeftOut], list[str]]:
    """Read the list and find its people; the rows that name nobody usable come as lines, the rest as notes."""
    from teamskit.plan import LeftOut
    from teamskit.roster.people_found import Finder, lines_of
    from teamskit.roster.people_list import read_people

    listed = read_people(Path(file))
    roster = here.roster if here.school.roster.path else None
    finder = Finder(here.accounts, here.school.domains, roster, here.matches if roster else ())
    found, lost = finder.find(listed)
    lines = [LeftOut(f"{listed.file}, row {one.row}", one.why, one.remedy) for one in lost]
    return found, lines, [*([] if roster else [NO_ROSTER]), *lines_of(listed, found)]


def _members(here: Here) -> list[Member]:
    from teamskit.cli.planning import cohort_members

    return cohort_members(here) if here.school.roster.path else []


def _touched(wish: Wish, people: Sequence[Found]) -> list[Found]:
    accounts = {change.target.halves[0] for change in wish.changes}
    return [one for one in people if one.account.id in accounts]


def _plan(here: Here, wish: Wish, definitions: Sequence[Change], held: Held) -> Plan:
    from teamskit.plan import Plan
    from teamskit.plan.plan import in_order

    wanted = in_order(definitions) if wish.changes or wish.kept else ()
    return Plan(
        here.school.schools[0].name,
        here.tenant_id,
        iso(here.clock.now()),
        (*wanted, *in_order(wish.changes)),
        wish.left_out,
        (reassignment_bound(here, wish.changes, held),),
        (("policy assignments", wish.kept),),
        wish.notes,
    )


def listed_coverage(here: Here, file: str, name: str | None) -> dict[str, list[dict[str, Any]]]:
    """Give the documented coverage of the people of a list, with the rows left out.

    With a document: whether they have its policies; else what their cohorts are due.
    """
    from teamskit import policy
    from teamskit.cli.planning import Actual
    from teamskit.policy.bulk import LISTED

    people, lines, _ = _people(here, file)
    of_account = {member.account: member for member in _members(here) if member.account}
    members = [of_account.get(one.account.id) or _member(one) for one in people]
    actual = Actual(here)
    held = actual.held()
    if name:
        decided = _decided(here, name)[1]
        members = [replace(one, due=decided.cohorts[LISTED], cohort=clean(Path(file).name)) for one in members]
        broken = policy.broken_definitions(decided, actual.policies(decided.types))
        held = replace(held, broken={**held.broken, **broken})
    others = policy.whom_of(here.documents.values())
    told = policy.coverage(members, held, others)
    return {**told, "left_out": [line.as_json() for line in lines]}


def _member(one: Found) -> Member:
    from teamskit.policy import Member
    from teamskit.policy.cohorts import NO_COHORT

    account, role = one.account, one.role or "unknown"
    if one.person:
        return Member(one.person.key, one.person.id, role, NO_COHORT, (), account.id, account.upn)
    return Member(account.id, account.id, role, NO_COHORT, (), account.id, account.upn)
