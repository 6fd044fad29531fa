"""Members of the security groups that carry a cohort's policies: the roster's people in, those of other cohorts out.

The group itself, and what policies are granted to it, are the school's: by `teamskit policies script`. Nobody leaves a
group before what he is due instead is in effect, and who has left the school stays: both would put him on Global.
"""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from teamskit.plan import Action, Change, Ledgering, LeftOut, Risk, Target
from teamskit.plan.change import State
from teamskit.policy.assignments import GROUP_MEMBER, PENDING_H, Held, Member, granted, group_target, in_effect, is_same
from teamskit.tenant import graph
from teamskit.tenant.calls import Task, said
from teamskit.tenant.models import SecurityGroup

Step = Generator[Any, Any, None]
MEMBER: State = {"member": True}


@dataclass(frozen=True)
class KeptGroup:
    """A security group that school.toml names as `name`, and the accounts that are in it."""

    name: str
    group: SecurityGroup
    accounts: frozenset[str]


def member_changes(
    groups: Sequence[KeptGroup], members: Sequence[Member], held: Held
) -> tuple[list[Change], list[LeftOut], int]:
    """Give the memberships to change, what a person has to do, and how many are as they should be."""
    made: list[Change] = []
    kept = 0
    for kept_group in groups:
        due = {str(one.account): one for one in members if one.account and _is_in(one, kept_group.name)}
        there = set(_accounts(kept_group, held))
        kept += len(due.keys() & there)
        made += [_joining(kept_group, due[account]) for account in due if account not in there]
        made += [
            _leaving(kept_group, one)
            for one in members
            if one.account in there and one.account not in due and one.due and _has_all(one, held)
        ]
    fixed = {one.group.id: one for one in groups if one.group.fixed}
    blocked = [change for change in made if change.target.halves[0] in fixed]
    left_out = [_by_hand(change, fixed[change.target.halves[0]]) for change in blocked]
    return [change for change in made if change not in blocked], [*left_out, *_hidden(members, held)], kept


def _accounts(group: KeptGroup, held: Held) -> Iterable[str]:
    """Give the accounts of a group, with what was accepted lately and does not show yet."""
    records = {
        target.halves[1]: record
        for target, record in held.recorded.items()
        if target.kind == GROUP_MEMBER and target.key.startswith(f"{group.group.id}/")
    }
    young = {account: one for account, one in records.items() if one.is_on_its_way(held.now, PENDING_H)}
    yield from (account for account in group.accounts if account not in young or young[account].held)
    yield from (account for account, one in young.items() if one.held and account not in group.accounts)


def _is_in(member: Member, name: str) -> bool:
    return any(due.route == "group" and due.group == name for due in member.due)


def _has_all(member: Member, held: Held) -> bool:
    return all(in_effect(held, str(member.account), due) for due in member.due)


def _joining(group: KeptGroup, member: Member) -> Change:
    why = f"in cohort {member.cohort}, whose policies come by this group"
    return _change(group, member, Action.ADD, None, MEMBER, why, Risk.LOW)


def _leaving(group: KeptGroup, member: Member) -> Change:
    return _change(group, member, Action.REMOVE, MEMBER, None, f"in cohort {member.cohort} now", Risk.MEDIUM)


def _change(
    group: KeptGroup, member: Member, action: Action, before: State, after: State, why: str, risk: Risk
) -> Change:
    target, name = group_target(group.group.id, str(member.account)), group.group.display_name or group.name
    return Change(target, action, before, after, why, risk, f"group {name}", f"{member.role} {member.id}")


def _by_hand(change: Change, group: KeptGroup) -> LeftOut:
    what = "is missing in" if change.action is Action.ADD else "should leave"
    return LeftOut(change.title, f"{what} the group {group.name}: {group.group.fixed}", "Change it where it is kept.")


def _hidden(members: Sequence[Member], held: Held) -> list[LeftOut]:
    """Name who has another policy directly, which hides the one that his group brings."""
    return [
        LeftOut(
            f"{member.role} {member.id}",
            f"{found.name} is assigned directly and hides {due.name} of the group {due.group}",
            "When the group's policy is in effect for others: teamskit policies unassign",
        )
        for member in members
        for due in member.due
        if due.route == "group"
        and (found := held.effective.get((str(member.account), due.type)))
        and found.route == "direct"
        and not is_same(found.name, due.name)
        and not granted(held, due)
    ]


class GroupMembersDoer:
    """Adds to groups and takes out of them; `groups` were read just before."""

    title = "Groups of policies"
    kinds: Collection[str] = (GROUP_MEMBER,)

    def __init__(self, groups: Sequence[KeptGroup], held: Held) -> None:
        """Take the groups with their members, and what the journal has as accepted."""
        self._there = {one.group.id: frozenset(_accounts(one, held)) for one in groups}

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each membership's state; what was accepted and does not show yet counts as there."""
        return {change.target: self._state(change.target) for change in changes}

    def _state(self, target: Target) -> State:
        group, account = target.halves
        return MEMBER if account in self._there.get(group, ()) else None

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Give those who join first."""
        joining = [change for change in changes if change.after is not None]
        leaving = [change for change in changes if change.after is None]
        return [part for part in (joining, leaving) if part]

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Give one task for each group's joiners, and one for each who leaves."""
        joining: dict[str, list[Change]] = {}
        for change in changes:
            group, account = change.target.halves
            if change.after is None:
                yield self._leave(group, account, change, ledgering)
            else:
                joining.setdefault(group, []).append(change)
        for group, mine in joining.items():
            yield self._join_all(group, mine, ledgering)

    def _join_all(self, group: str, changes: Sequence[Change], ledgering: Ledgering) -> Step:
        for start in range(0, len(changes), graph.GROUP_ADDS):
            yield from self._join(group, changes[start : start + graph.GROUP_ADDS], ledgering)

    def _join(self, group: str, chunk: Sequence[Change], ledgering: Ledgering) -> Step:
        """Add a chunk; a refused one is split until the bad one is alone. Who is in the group already is done."""
        ledgering.intend(chunk)
        reply = yield graph.add_group_members(group, [change.target.halves[1] for change in chunk])
        if reply.ok or (len(chunk) == 1 and graph.already_there(reply)):
            ledgering.done(chunk)
        elif reply.status in (400, 404) and len(chunk) > 1:
            middle = len(chunk) // 2
            yield from self._join(group, chunk[:middle], ledgering)
            yield from self._join(group, chunk[middle:], ledgering)
        else:
            ledgering.failed(chunk, said(reply))

    def _leave(self, group: str, account: str, change: Change, ledgering: Ledgering) -> Step:
        ledgering.intend([change])
        reply = yield graph.remove_group_member(group, account)
        if reply.ok or reply.status == 404:
            ledgering.done([change])
        else:
            ledgering.failed([change], said(reply))
