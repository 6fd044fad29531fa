"""Writes policies, then assigns them by object id in chunks; one account that the service refuses fails alone."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from teamskit.clock import Clock
from teamskit.errors import PolicyDocumentError, TenantError
from teamskit.plan import Action, Change, Ledgering, Target
from teamskit.plan.change import State
from teamskit.policy.assignments import ASSIGNMENT, Held, policy_of, standing
from teamskit.policy.decisions import PolicyKey
from teamskit.policy.definitions import DEFINITION, policy_key
from teamskit.policy.documents import GLOBAL
from teamskit.tenant import graph, teams_admin
from teamskit.tenant.account_checks import account_state, told_state
from teamskit.tenant.calls import Task, Wait, said
from teamskit.tenant.models import Policy
from teamskit.tenant.transport import Transport

CHUNK = 100
"""Assignments in one call. Microsoft documents no limit, so chunks stay modest and a refused one is split."""
SHOWN_AFTER_S = (0, 5, 10, 15, 30, 60, 120, 300)
"""A policy just written has an id only after a while: how long to wait before each look."""

Step = Generator[Any, Any, None]


class PoliciesDoer:
    """Carries out changes of policies and assignments; `actual` and `held` were read just before.

    `needs` names for a policy the tenant-wide ones without which it would be looser than meant.
    """

    title = "Policies"
    kinds: Collection[str] = (DEFINITION, ASSIGNMENT)

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        actual: Mapping[PolicyKey, Policy],
        held: Held,
        needs: Mapping[PolicyKey, Collection[PolicyKey]] | None = None,
    ) -> None:
        """Take the client, the clock, what policies the tenant has, and what accounts hold."""
        self._transport, self._clock, self._actual, self._held = transport, clock, actual, held
        self._needs = needs or {}
        self._failed: dict[PolicyKey, str] = {}

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each target's state; an assignment accepted less than 48 hours ago counts as there."""
        return {change.target: self._state(change.target) for change in changes}

    def _state(self, target: Target) -> State:
        if target.kind == DEFINITION:
            found = self._actual.get(policy_key(target))
            return dict(found.settings) if found else None
        account, type_ = target.halves
        return standing(self._held, account, type_)

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Order the work so that nobody is looser in between than before.

        What the whole tenant keeps, then named policies, then who has them, then Global, and last who falls back on
        Global, and policies that are taken away.
        """
        for _, part in groupby(sorted(changes, key=_part), key=_part):
            yield list(part)

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Write policies one by one; assignments as one task a policy, none of a policy that could not be put right."""
        by_policy: dict[PolicyKey, list[Change]] = {}
        for change in changes:
            if change.target.kind == DEFINITION:
                self._write(change, ledgering)
            else:
                by_policy.setdefault(self._given(change), []).append(change)
        for (type_, name), mine in by_policy.items():
            missing = self._lacking((type_, name.casefold()))
            if missing:
                ledgering.failed(mine, f"the policy {missing} could not be put right first")
            elif mine[0].action is Action.REMOVE:
                yield self._in_chunks(type_, None, mine, ledgering)
            else:
                yield self._assign_all(type_, name, mine, ledgering)

    def _given(self, change: Change) -> PolicyKey:
        return change.target.halves[1], policy_of(change.after)

    def _lacking(self, key: PolicyKey) -> str:
        """Name a policy that failed in this run and without which this one must not reach anybody."""
        lacking = [one for one in (key, *self._needs.get(key, ())) if one in self._failed]
        return f"{lacking[0][0]} {self._failed[lacking[0]]}" if lacking else ""

    def _write(self, change: Change, ledgering: Ledgering) -> None:
        type_, name = change.target.halves
        key = policy_key(change.target)
        missing = self._lacking(key)
        if missing:
            self._failed[key] = name
            ledgering.failed([change], f"the policy {missing} could not be put right first")
            return
        ledgering.intend([change])
        try:
            if change.after is None:
                teams_admin.delete_policy(self._transport, type_, name)
            else:
                teams_admin.write_policy(self._transport, type_, name, dict(change.after))
        except PolicyDocumentError as wrong:
            self._failed[key] = name
            ledgering.failed([change], f"{wrong.what}. {wrong.next_step}")
            return
        except TenantError as refused:
            self._failed[key] = name
            ledgering.failed([change], f"{refused.what} (request {refused.request_id or 'unknown'})")
            return
        ledgering.done([change])

    def _assign_all(self, type_: str, name: str, changes: Sequence[Change], ledgering: Ledgering) -> Step:
        policy_id = None
        for pause in SHOWN_AFTER_S:
            if pause:
                yield Wait(self._clock.now() + timedelta(seconds=pause))
            reply = yield graph.policy_id(type_, name)
            if not reply.ok and reply.status != 404:
                ledgering.failed(changes, said(reply))
                return
            policy_id = graph.policy_id_in(reply, name)
            if policy_id:
                break
        else:
            ledgering.failed(changes, f"the tenant does not show the policy {name} yet; run again in a few minutes")
            return
        yield from self._in_chunks(type_, policy_id, changes, ledgering)

    def _in_chunks(self, type_: str, policy_id: str | None, changes: Sequence[Change], ledgering: Ledgering) -> Step:
        for start in range(0, len(changes), CHUNK):
            yield from self._send(type_, policy_id, changes[start : start + CHUNK], ledgering)

    def _send(self, type_: str, policy_id: str | None, chunk: Sequence[Change], ledgering: Ledgering) -> Step:
        """Assign a chunk, or take away where there is no policy; a refused one is split until the bad one is alone."""
        ledgering.intend(chunk)
        accounts = [_account(change) for change in chunk]
        reply = yield (
            graph.assign_policies([(account, type_, policy_id) for account in accounts])
            if policy_id
            else graph.unassign_policies([(account, type_) for account in accounts])
        )
        if reply.ok:
            ledgering.done(chunk, **({"policy_id": policy_id} if policy_id else {}))
        elif reply.status in (400, 404) and len(chunk) > 1:
            middle = len(chunk) // 2
            yield from self._send(type_, policy_id, chunk[:middle], ledgering)
            yield from self._send(type_, policy_id, chunk[middle:], ledgering)
        elif reply.status in (400, 404):
            checked = yield account_state(accounts[0])
            ledgering.failed(chunk, f"{said(reply)}; {told_state(checked, self._clock.now())}")
        else:
            ledgering.failed(chunk, said(reply))


def _part(change: Change) -> int:
    """Give the place of a change in the order that never leaves anybody looser."""
    if change.target.kind == ASSIGNMENT:
        return 4 if change.after is None else 2
    type_, name = change.target.halves
    if change.after is None:
        return 5
    if not type_.endswith("Policy"):
        return 0
    return 3 if name.casefold() == GLOBAL.casefold() else 1


def _account(change: Change) -> str:
    return change.target.halves[0]
