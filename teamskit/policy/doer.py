"""Writes policies, then assigns them by object id in chunks; one account that the service refuses fails alone."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from teamskit.clock import Clock
from teamskit.errors import PolicyDocumentError, TenantError
from teamskit.plan import Change, Ledgering, Target
from teamskit.plan.change import State
from teamskit.policy.assignments import ASSIGNMENT, Held, standing
from teamskit.policy.definitions import DEFINITION, key_of
from teamskit.tenant import graph, teams_admin
from teamskit.tenant.calls import Task, Wait, said
from teamskit.tenant.models import Policy
from teamskit.tenant.transport import Transport

CHUNK = 100
"""Assignments in one call. Microsoft documents no limit, so chunks stay modest and a refused one is split."""
SHOWN_AFTER_S = (0, 5, 10, 15, 30, 60, 120, 300)
"""A policy just written has an id only after a while: how long to wait before each look."""

Step = Generator[Any, Any, None]


class PoliciesDoer:
    """Carries out changes of policies and assignments; `actual` and `held` were read just before."""

    title = "Policies"
    kinds: Collection[str] = (DEFINITION, ASSIGNMENT)

    def __init__(
        self, transport: Transport, clock: Clock, actual: Mapping[tuple[str, str], Policy], held: Held
    ) -> None:
        """Take the client, the clock, what policies the tenant has, and what accounts hold."""
        self._transport, self._clock, self._actual, self._held = transport, clock, actual, held

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each target's state; an assignment accepted less than 48 hours ago counts as there."""
        return {change.target: self._state(change.target) for change in changes}

    def _state(self, target: Target) -> State:
        if target.kind == DEFINITION:
            found = self._actual.get(key_of(*target.key.split("/", 1)))
            return dict(found.settings) if found else None
        account, _, type_ = target.key.partition("/")
        return standing(self._held, account, type_)

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Write the definitions first, so that nobody is given a policy that is not there; then one task a policy."""
        failed = {
            key_of(*change.target.key.split("/", 1))
            for change in changes
            if change.target.kind == DEFINITION and not self._write(change, ledgering)
        }
        by_policy: dict[tuple[str, str], list[Change]] = {}
        for change in (one for one in changes if one.target.kind == ASSIGNMENT):
            type_ = change.target.key.partition("/")[2]
            by_policy.setdefault((type_, str((change.after or {})["policy"])), []).append(change)
        for (type_, name), mine in by_policy.items():
            if key_of(type_, name) in failed:
                ledgering.failed(mine, f"the policy {name} could not be put right first")
            else:
                yield self._assign_all(type_, name, mine, ledgering)

    def _write(self, change: Change, ledgering: Ledgering) -> bool:
        type_, _, name = change.target.key.partition("/")
        ledgering.intend([change])
        try:
            teams_admin.write_policy(self._transport, type_, name, dict(change.after or {}))
        except PolicyDocumentError as wrong:
            ledgering.failed([change], f"{wrong.what}. {wrong.next_step}")
            return False
        except TenantError as refused:
            ledgering.failed([change], f"{refused.what} (request {refused.request_id or 'unknown'})")
            return False
        ledgering.done([change])
        return True

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
        for start in range(0, len(changes), CHUNK):
            yield from self._assign(type_, policy_id, changes[start : start + CHUNK], ledgering)

    def _assign(self, type_: str, policy_id: str, chunk: Sequence[Change], ledgering: Ledgering) -> Step:
        ledgering.intend(chunk)
        reply = yield graph.assign_policies([(_account(change), type_, policy_id) for change in chunk])
        if reply.ok:
            ledgering.done(chunk, policy_id=policy_id)
        elif reply.status in (400, 404) and len(chunk) > 1:
            middle = len(chunk) // 2
            yield from self._assign(type_, policy_id, chunk[:middle], ledgering)
            yield from self._assign(type_, policy_id, chunk[middle:], ledgering)
        else:
            ledgering.failed(chunk, said(reply))


def _account(change: Change) -> str:
    return change.target.key.partition("/")[0]
