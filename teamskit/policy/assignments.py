"""Which accounts need which policy: what is effective, what our journal has as accepted, and the changes between.

Microsoft has no read for an assignment that is not in effect yet, so `assigned` is what our own journal recorded as
accepted and not undone since. Source: Graph v1.0, teamsUserConfiguration, read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from teamskit.plan import Action, Change, Recorded, Risk, Target
from teamskit.plan.change import State
from teamskit.policy.documents import PolicyDocument
from teamskit.tenant.models import EffectivePolicy

ASSIGNMENT = "policy-assignment"
PENDING_H = 48
"""A plan does not repeat an assignment that was accepted less than this many hours ago and is not in effect yet."""


@dataclass(frozen=True)
class Member:
    """A person of a cohort; `account` is None when there is no usable one, and `why` says so."""

    person_key: str
    id: str
    role: str
    cohort: str
    documents: tuple[str, ...]
    account: str | None
    upn: str | None
    why: str = ""


@dataclass(frozen=True)
class Held:
    """What accounts have: effective policies by (account, type), and the journal's newest records.

    `broken` says of documents whose policy is not in the tenant as they say, by id, what is wrong with it.
    """

    effective: Mapping[tuple[str, str], EffectivePolicy]
    recorded: Mapping[Target, Recorded]
    now: datetime
    broken: Mapping[str, str] = field(default_factory=dict)


def assignment_target(account: str, type_: str) -> Target:
    """Give the target of one account's policy of a type: it has at most one directly assigned."""
    return Target(ASSIGNMENT, f"{account}/{type_}")


def assigned_since(held: Held, account: str, document: PolicyDocument) -> datetime | None:
    """Give when the journal recorded this assignment as accepted, if nothing of ours undid it since."""
    record = held.recorded.get(assignment_target(account, document.type))
    return record.held_at if record and _same((record.held or {}).get("policy"), document.name) else None


def is_pending(held: Held, account: str, document: PolicyDocument) -> bool:
    """Say whether an accepted assignment is still on its way: younger than 48 hours and never yet seen in effect."""
    record = held.recorded.get(assignment_target(account, document.type))
    young = record and record.is_young(held.now, PENDING_H) and not record.seen
    return bool(young and assigned_since(held, account, document) and not has_it(held, account, document))


def standing(held: Held, account: str, type_: str) -> State:
    """Give what an account will have of a type: what was accepted and is on its way, else what is in effect."""
    record = held.recorded.get(assignment_target(account, type_))
    if record and record.is_young(held.now, PENDING_H) and not record.seen:
        return record.held
    found = held.effective.get((account, type_))
    return {"policy": found.name, "route": found.route} if found else None


def newly_seen(held: Held) -> list[Recorded]:
    """Give the recorded assignments that the tenant shows in effect for the first time now."""
    shown = {assignment_target(*key): one.name for key, one in held.effective.items()}
    return [
        record
        for target, record in held.recorded.items()
        if record.held and not record.seen and _same(shown.get(target), record.held.get("policy"))
    ]


def has_it(held: Held, account: str, document: PolicyDocument) -> bool:
    """Say whether the tenant shows the document's policy, by name, as the account's, directly or by a group."""
    found = held.effective.get((account, document.type))
    return bool(found and _same(found.name, document.name))


def in_effect(held: Held, account: str, document: PolicyDocument) -> bool:
    """Say whether the account has the document in effect: its policy, and that policy as the document says."""
    return document.id not in held.broken and has_it(held, account, document)


def _same(one: object, other: object) -> bool:
    """Compare policy names as the service does: without regard to case."""
    return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()


def assignment_changes(
    members: Sequence[Member], documents: Mapping[str, PolicyDocument], held: Held
) -> tuple[list[Change], int]:
    """Give the assignments to send and how many need nothing (in effect, or on their way)."""
    made, kept = [], 0
    for member in (one for one in members if one.account):
        for document in (documents[one] for one in member.documents):
            account = str(member.account)
            if _same((standing(held, account, document.type) or {}).get("policy"), document.name):
                kept += 1
            else:
                made.append(_assignment(member, account, document, held))
    return made, kept


def _assignment(member: Member, account: str, document: PolicyDocument, held: Held) -> Change:
    before = standing(held, account, document.type)
    why = f"in cohort {member.cohort}" + (f", has {before['policy']} now" if before else "")
    target, after = assignment_target(account, document.type), {"policy": document.name}
    risk = Risk.MEDIUM if before else Risk.LOW
    return Change(target, Action.ASSIGN, before, after, why, risk, document.name, f"{member.role} {member.id}")
