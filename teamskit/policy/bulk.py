"""Policies for the people of a co-ordinator's own list: what is assigned or taken away, and which rows are left out.

Found people and what accounts hold flow in, changes flow out. What school.toml decides is not asked, only named where
it is otherwise: the next plan would put that back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from teamskit.errors import InputError
from teamskit.plan import Action, Change, LeftOut, Risk
from teamskit.policy.assignments import Held, Member, assignment, assignment_target, is_same, policy_of, standing
from teamskit.policy.decisions import Decisions, Due, decide
from teamskit.policy.documents import GLOBAL, PolicyDocument
from teamskit.roster.model import Role
from teamskit.roster.people_found import Found
from teamskit.school import Cohort, PolicyChoices

LISTED = "(list)"
"""The cohort that stands for a list."""
SHOWN = 5
_OTHERS = {"pupils": "staff", "staff": "pupil"}
_SAID = {"staff": "a member of staff", "pupil": "a pupil"}


@dataclass(frozen=True)
class Wish:
    """Changes, rows left out, notes, and how many assignments need nothing."""

    changes: tuple[Change, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    kept: int = 0


def document_of(known: Mapping[str, PolicyDocument], name: str) -> PolicyDocument:
    """Give the document to assign; raises InputError where there is none, or none that people can be given."""
    if name not in known:
        raise InputError(f'there is no policy document "{name}"', next_step=f"Known: {', '.join(sorted(known))}.")
    document = known[name]
    if not any(_is_assignable(document)):
        raise InputError(
            f"the document {name} is for the tenant only: nobody can be given it",
            where="teamskit policies list",
            next_step="Name it in school.toml: [policies] tenant.",
        )
    return document


def _is_assignable(document: PolicyDocument) -> list[bool]:
    return [document.whom != "tenant" and not one.is_tenant_wide and one.name != GLOBAL for one in document.policies]


def decided_with(
    known: Mapping[str, PolicyDocument], document: PolicyDocument, cohorts: Sequence[Cohort], choices: PolicyChoices
) -> Decisions:
    """Give the document's own definitions, as all that the school has decided leaves them, and what a list is due.

    Raises PolicyDocumentError where it wants something otherwise than what is decided already.
    """
    role: Role = "staff" if document.whom == "staff" else "pupil"
    listed = Cohort(name=LISTED, role=role, policies=(document.id,))
    every = decide(known, [*cohorts, listed], PolicyChoices(tenant=choices.tenant))
    mine = decide(known, [listed], PolicyChoices())
    due = tuple(one for one in every.cohorts[LISTED] if one.name != GLOBAL)
    definitions = {key: one for key, one in every.definitions.items() if key in mine.definitions}
    return Decisions(definitions, {LISTED: due}, mine.needs)


def assign_listed(file: str, people: Sequence[Found], document: PolicyDocument, due: Sequence[Due], held: Held) -> Wish:
    """Give the assignments for the people of a list; who the document is not for is left out."""
    made, left, kept = [], [], 0
    for one in people:
        if one.role and one.role == _OTHERS.get(document.whom):
            left.append(
                LeftOut(
                    f"{file}, row {one.row}: {one.title}",
                    f"{_SAID[str(one.role)]}: the document {document.id} is for {document.whom}",
                    "Take the row out, or choose another document: teamskit policies list",
                )
            )
            continue
        for policy in due:
            stands = standing(held, one.account.id, policy.type)
            if is_same(policy_of(stands), policy.name):
                kept += 1
            else:
                made.append(assignment(one.account.id, policy, stands, f"{file}, row {one.row}", one.title))
    return Wish(tuple(made), tuple(left), (), kept)


def unassign_listed(file: str, people: Sequence[Found], due: Sequence[Due], held: Held) -> Wish:
    """Give the removals for the people of a list: only of these policies, and only where they were given directly."""
    made, left, kept = [], [], 0
    for one in people:
        found = [(policy, _taken_away(file, one, policy, held)) for policy in due]
        mine = [change for _, change in found if isinstance(change, Change)]
        made += mine
        kept += sum(change is None for _, change in found)
        if not mine and all(change is not None for _, change in found):
            left += [change for _, change in found if isinstance(change, LeftOut)]
    notes = []
    if made:
        who = len({change.target.halves[0] for change in made})
        lose = "1 person loses" if who == 1 else f"{who:,} people lose"
        notes.append(f"{lose} a policy: who has no other is on Global, which may let him chat")
    return Wish(tuple(made), tuple(left), tuple(notes), kept)


def _taken_away(file: str, one: Found, policy: Due, held: Held) -> Change | LeftOut | None:
    """Give the removal, or the line that says why there is none; None where it is being taken away already."""
    stands = standing(held, one.account.id, policy.type)
    name, route = policy_of(stands), (stands or {}).get("route")
    row = f"{file}, row {one.row}: {one.title}"
    found = held.effective.get((one.account.id, policy.type))
    if stands is None and found and found.route == "direct" and is_same(found.name, policy.name):
        return None
    if not is_same(name, policy.name):
        return LeftOut(row, f"does not have {policy.name}, has {name}", "Nothing to do, or take the row out.")
    if route == "group":
        return LeftOut(row, f"has {policy.name} by a group", "Take the person out of the group.")
    why, target = f"{file}, row {one.row}, has {name} now", assignment_target(one.account.id, policy.type)
    return Change(target, Action.REMOVE, stands, None, why, Risk.HIGH, f"Global {policy.type}", one.title)


def against_cohorts(
    people: Sequence[Found], members: Sequence[Member], due: Sequence[Due], *, taken: bool
) -> list[str]:
    """Name those whom school.toml decides otherwise for: the next plan would put that back."""
    decided = {member.account: {one.type: one.name for one in member.due} for member in members if member.account}
    notes = []
    for policy in due:
        names = [(one.title, decided.get(one.account.id, {}).get(policy.type)) for one in people]
        unlike = GLOBAL if taken else policy.name
        other = [title for title, name in names if name is not None and not is_same(name, unlike)]
        if other:
            shown = ", ".join(other[:SHOWN]) + (f" and {len(other) - SHOWN} more" if len(other) > SHOWN else "")
            word = "is" if len(other) == 1 else "are"
            what = policy.type if taken else f"{policy.type} other than {policy.name}"
            notes.append(f"{shown} {word} due a {what} by school.toml: the next teamskit plan would put it back")
    return notes
