"""Which accounts need which policy: what is effective, what our journal has as accepted, and the changes between.

Microsoft has no read for an assignment that is not in effect yet, so `assigned` is what our own journal recorded as
accepted and not undone since. Source: Graph v1.0, teamsUserConfiguration, read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from teamskit.plan import Action, Change, Recorded, Risk, Target
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
    """What accounts have: effective policies by (account, type), and the journal's newest records."""

    effective: Mapping[tuple[str, str], EffectivePolicy]
    recorded: Mapping[Target, Recorded]
    now: datetime


def assignment_target(account: str, type_: str) -> Target:
    """Give the target of one account's policy of a type: it has at most one directly assigned."""
    return Target(ASSIGNMENT, f"{account}/{type_}")


def assigned_since(held: Held, account: str, document: PolicyDocument) -> datetime | None:
    """Give when the journal recorded this assignment as accepted, if nothing of ours undid it since."""
    record = held.recorded.get(assignment_target(account, document.type))
    return record.at if record and record.stands and (record.after or {}).get("policy") == document.name else None


def is_pending(held: Held, account: str, document: PolicyDocument) -> bool:
    """Say whether an accepted assignment is still on its way: younger than 48 hours and never yet seen in effect."""
    since = assigned_since(held, account, document)
    record = held.recorded.get(assignment_target(account, document.type))
    young = since and held.now - since < timedelta(hours=PENDING_H)
    return bool(young and record and not record.seen and not in_effect(held, account, document))


def newly_seen(held: Held) -> list[Target]:
    """Give the recorded assignments that the tenant shows in effect for the first time now."""
    shown = {assignment_target(*key): one.name for key, one in held.effective.items()}
    return [
        target
        for target, record in held.recorded.items()
        if record.stands and not record.seen and shown.get(target) == (record.after or {}).get("policy", "")
    ]


def in_effect(held: Held, account: str, document: PolicyDocument) -> bool:
    """Say whether the account has the document's policy in effect now, directly or by a group."""
    found = held.effective.get((account, document.type))
    return bool(found and found.name == document.name)


def assignment_changes(
    members: Sequence[Member], documents: Mapping[str, PolicyDocument], held: Held
) -> tuple[list[Change], int]:
    """Give the assignments to send and how many need nothing (in effect, or on their way)."""
    made, kept = [], 0
    for member in (one for one in members if one.account):
        for document in (documents[one] for one in member.documents):
            account = str(member.account)
            if in_effect(held, account, document) or is_pending(held, account, document):
                kept += 1
            else:
                made.append(_assignment(member, account, document, held))
    return made, kept


def _assignment(member: Member, account: str, document: PolicyDocument, held: Held) -> Change:
    found = held.effective.get((account, document.type))
    before = {"policy": found.name, "route": found.route} if found else None
    why = f"in cohort {member.cohort}" + (f", has {found.name} now" if found else "")
    target, after = assignment_target(account, document.type), {"policy": document.name}
    risk = Risk.MEDIUM if found else Risk.LOW
    return Change(target, Action.ASSIGN, before, after, why, risk, document.name, f"{member.role} {member.id}")
