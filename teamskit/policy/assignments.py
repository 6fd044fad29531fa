"""Which accounts need which policy: what is effective, what our journal has as accepted, and the changes between.

Microsoft has no read for an assignment that is not in effect yet, so `assigned` is what our own journal recorded as
accepted and not undone since. Source: Graph v1.0, teamsUserConfiguration, read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from teamskit.plan import Action, Change, Recorded, Risk, Target
from teamskit.plan.change import State
from teamskit.policy.decisions import Due, PolicyKey
from teamskit.policy.documents import GLOBAL
from teamskit.tenant.models import EffectivePolicy

ASSIGNMENT, GROUP_MEMBER = "policy-assignment", "policy-group-member"
PENDING_H = 48
"""A plan does not repeat an assignment that was accepted less than this many hours ago and is not in effect yet."""


@dataclass(frozen=True)
class Member:
    """A person of a cohort; `account` is None when there is no usable one, and `why` says so.

    `because` says what put the person into the cohort.
    """

    person_key: str
    id: str
    role: str
    cohort: str
    due: tuple[Due, ...]
    account: str | None
    upn: str | None
    why: str = ""
    because: str = ""


@dataclass(frozen=True)
class Held:
    """What accounts have: effective policies by (account, type), and the journal's newest records.

    `broken` says of policies that are not in the tenant as decided, by key, what is wrong with them; `groups` gives the
    object id of each security group by the name that school.toml has for it.
    """

    effective: Mapping[tuple[str, str], EffectivePolicy]
    recorded: Mapping[Target, Recorded]
    now: datetime
    broken: Mapping[PolicyKey, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


def assignment_target(account: str, type_: str) -> Target:
    """Give the target of one account's policy of a type: it has at most one directly assigned."""
    return Target(ASSIGNMENT, f"{account}/{type_}")


def group_target(group: str, account: str) -> Target:
    """Give the target of an account's membership of a security group."""
    return Target(GROUP_MEMBER, f"{group}/{account}")


def record_of(held: Held, account: str, due: Due) -> Recorded | None:
    """Give what the journal knows of an account's assignment, if what it last accepted is what is due."""
    if due.route == "group":
        joined = held.recorded.get(group_target(held.groups.get(due.group, ""), account))
        return joined if joined and joined.held else None
    record = held.recorded.get(assignment_target(account, due.type))
    name = policy_of(record.held) if record and record.held_at else None
    return record if is_same(name, due.name) else None


def is_pending(held: Held, account: str, due: Due) -> bool:
    """Say whether an accepted assignment is still on its way: younger than 48 hours and never yet seen in effect."""
    record = record_of(held, account, due)
    return bool(record and record.is_on_its_way(held.now, PENDING_H) and not has_it(held, account, due))


def standing(held: Held, account: str, type_: str) -> State:
    """Give what an account will have of a type: what was accepted and is on its way, else what is in effect."""
    record = held.recorded.get(assignment_target(account, type_))
    if record and record.is_on_its_way(held.now, PENDING_H):
        return record.held
    found = held.effective.get((account, type_))
    return {"policy": found.name, "route": found.route} if found else None


def newly_seen(held: Held) -> list[Recorded]:
    """Give the recorded assignments that the tenant shows in effect for the first time now."""
    shown = {assignment_target(*key): one for key, one in held.effective.items()}
    return [
        record
        for target, record in held.recorded.items()
        if target.kind == ASSIGNMENT and record.held_at and not record.seen and _shows(shown.get(target), record.held)
    ]


def _shows(found: EffectivePolicy | None, wanted: State) -> bool:
    if wanted is None:
        return found is None or found.route != "direct"
    return bool(found and is_same(found.name, wanted.get("policy")))


def has_it(held: Held, account: str, due: Due) -> bool:
    """Say whether the tenant shows the policy, by name, as the account's: directly, by a group, or as Global."""
    found = held.effective.get((account, due.type))
    return is_same(found.name if found else GLOBAL, due.name)


def in_effect(held: Held, account: str, due: Due) -> bool:
    """Say whether the account has what is due in effect: the policy, and that policy as its documents say."""
    return due.key not in held.broken and has_it(held, account, due)


def policy_of(state: State) -> str:
    """Name the policy in an assignment's state: Global where there is none."""
    return str(state["policy"]) if state else GLOBAL


def is_same(one: object, other: object) -> bool:
    """Compare policy names as the service does: without regard to case."""
    return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()


def assignment_changes(members: Sequence[Member], held: Held) -> tuple[list[Change], int]:
    """Give the assignments to send and how many need nothing (in effect, or on their way).

    Who is due Global and has something of his own loses that; who is due a group's policy is given nothing directly.
    """
    made, kept = [], 0
    for member in (one for one in members if one.account):
        for due in member.due:
            account = str(member.account)
            stands = standing(held, account, due.type)
            if is_same(policy_of(stands), due.name):
                kept += 1
            elif due.route == "group":
                made += _uncovered_by_group(member, due, stands, held)
            else:
                made.append(
                    assignment(account, due, stands, f"in cohort {member.cohort}", f"{member.role} {member.id}")
                )
    return made, kept


def granted(held: Held, due: Due) -> bool:
    """Say whether the tenant shows somebody who has the policy by the group: then the grant is in effect."""
    group = held.groups.get(due.group, "")
    return any(
        one.route == "group" and one.group_id == group and one.type == due.type and is_same(one.name, due.name)
        for one in held.effective.values()
    )


def _uncovered_by_group(member: Member, due: Due, stands: State, held: Held) -> list[Change]:
    """Take away what hides the group's policy, once the tenant shows that the group's policy reaches people."""
    if not stands or stands.get("route") == "group" or not granted(held, due):
        return []
    why = f"hides {due.name} of the group {due.group}, has {stands['policy']} now"
    target = assignment_target(str(member.account), due.type)
    return [Change(target, Action.REMOVE, stands, None, why, Risk.MEDIUM, due.name, f"{member.role} {member.id}")]


def assignment(account: str, due: Due, stands: State, why: str, title: str) -> Change:
    """Give the change that puts an account on a policy of its own, or on none where Global is due."""
    target, before = assignment_target(account, due.type), stands
    why += f", has {before['policy']} now" if before else ""
    if due.name == GLOBAL:
        return Change(target, Action.REMOVE, before, None, why, Risk.MEDIUM, f"Global {due.type}", title)
    risk = Risk.MEDIUM if before else Risk.LOW
    return Change(target, Action.ASSIGN, before, {"policy": due.name}, why, risk, due.name, title)
