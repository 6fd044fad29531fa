"""Makes class teams by documented calls: class, teacher into both collections, team, operation, pupils in chunks.

Each class is one task (a generator of calls): the transport runs them together, packs their calls into batches and
keeps the limits, so that a group that has not replicated yet holds up nobody else.
"""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from teamskit.clock import Clock
from teamskit.plan import Action, Change, Ledgering, Recorded, Target
from teamskit.plan.change import State
from teamskit.teams.changes import MEMBERSHIP, TEAM, accepted, team_of
from teamskit.teams.creation import Creation, Stuck, said
from teamskit.teams.members import add_all, remove_all
from teamskit.tenant import graph
from teamskit.tenant.calls import Task, Wait
from teamskit.tenant.models import ClassTeam, TeamMember

SHOWN_AFTER_S = (4, 20)
"""A member who was just added shows in the team after some seconds: how long to wait before each look."""


class TeamsDoer:
    """Carries out changes of class teams and their members; `actual` is what was read just before."""

    title = "Class teams"
    kinds: Collection[str] = (TEAM, MEMBERSHIP)

    def __init__(
        self,
        actual: Sequence[ClassTeam],
        recorded: Mapping[Target, Recorded],
        clock: Clock,
        class_names: Mapping[str, str],
    ) -> None:
        """Take what the tenant has, what the journal recorded, and the class name of each key."""
        self._teams = {team.key: team for team in actual}
        self._recorded, self._clock, self._names = recorded, clock, class_names

    def look(self, targets: Sequence[Target]) -> Mapping[Target, State]:
        """Give each target's state; a membership accepted less than 24 hours ago counts as there."""
        return {target: self._state(target, self._clock.now()) for target in targets}

    def _state(self, target: Target, now: datetime) -> State:
        if target.kind == TEAM:
            team = self._teams.get(target.key)
            if team is None or not team.has_team:
                return {"team": False} if team else None
            return {"team": True, "display_name": team.display_name, "mail_nickname": team.mail_nickname}
        key, account = team_of(target)
        found = self._teams.get(key)
        member = next((m for m in (found.members if found else ()) if m.account_id == account), None)
        if member:
            return {"role": "owner" if member.owner else "member"}
        return self._recorded[target].after if accepted(self._recorded, target, now) else None

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Give one task a class, in the order of the plan."""
        by_class: dict[str, list[Change]] = {}
        for change in changes:
            key = change.target.key if change.target.kind == TEAM else team_of(change.target)[0]
            by_class.setdefault(key, []).append(change)
        for key, mine in by_class.items():
            yield self._class_task(key, mine, ledgering)

    def _class_task(self, key: str, changes: Sequence[Change], ledgering: Ledgering) -> Task:
        try:
            yield from self._do_class(key, changes, ledgering)
        except Stuck as stuck:
            ledgering.failed([c for c in changes if c.target not in ledgering.outcomes], stuck.why)

    def _do_class(self, key: str, changes: Sequence[Change], ledgering: Ledgering) -> Task:
        team = self._teams.get(key)
        making = next((c for c in changes if c.target.kind == TEAM), None)
        additions = [c for c in changes if c.target.kind == MEMBERSHIP and c.action is not Action.REMOVE]
        owners = [c for c in additions if (c.after or {})["role"] == "owner"]
        if making and making.action is Action.RESTORE:
            yield from _restore(making, ledgering)
            return
        group = team.id if team else ""
        if making:
            creation = Creation(key, making, owners, self._names.get(key, ""), group, self._clock, ledgering)
            group = yield from creation.run()
        else:
            yield from _late_owners(group, owners, ledgering)
        rest = [c for c in additions if c.target not in ledgering.outcomes]
        yield from add_all(group, rest, ledgering)
        leaving = [c for c in changes if c.action is Action.REMOVE]
        kept = _last_owners(leaving, owners, team.members if team else (), ledgering)
        ledgering.failed(kept, "no other owner stands in the team yet; the old one was kept")
        yield from remove_all(group, [c for c in leaving if c not in kept], ledgering)
        yield from _read_back(group, changes, self._clock, ledgering)


def _last_owners(
    leaving: Sequence[Change], coming: Sequence[Change], present: Sequence[TeamMember], ledgering: Ledgering
) -> list[Change]:
    """Give the owners who must not go, because nobody else owns the team: no new one got in and no other is there."""
    going = [change for change in leaving if (change.before or {}).get("role") == "owner"]
    accounts = {team_of(change.target)[1] for change in going}
    new = any((o := ledgering.outcomes.get(c.target)) and o.result == "done" for c in coming)
    return [] if new or any(m.owner and m.account_id not in accounts for m in present) else going


def _restore(change: Change, ledgering: Ledgering) -> Generator[Any, Any, None]:
    ledgering.intend([change])
    reply = yield graph.restore_group(str((change.after or {})["group"]))
    if reply.ok:
        ledgering.done([change], group=(change.after or {})["group"])
    else:
        ledgering.failed([change], said(reply))


def _late_owners(group: str, owners: Sequence[Change], ledgering: Ledgering) -> Task:
    """Put a new owner into the class's two collections as well; Office treats him right only then."""
    ledgering.intend(owners)
    ids = [team_of(change.target)[1] for change in owners]
    calls = [make(group, one) for one in ids for make in (graph.add_teacher, graph.add_class_member)]
    if calls:
        yield calls


def _read_back(group: str, changes: Sequence[Change], clock: Clock, ledgering: Ledgering) -> Generator[Any, Any, None]:
    """Ask the team itself who is in it: what was accepted and does not show yet is pending, not done."""
    sent = [c for c in changes if c.target.kind == MEMBERSHIP and c.after is not None]
    sent = [c for c in sent if (o := ledgering.outcomes.get(c.target)) and o.result == "done"]
    if not sent:
        return
    shown: set[str] = set()
    for pause in SHOWN_AFTER_S:
        yield Wait(clock.now() + timedelta(seconds=pause))
        reply = yield graph.list_members(group)
        shown = {one.get("userId") for one in reply.body["value"]} if reply.ok else shown
        if all(team_of(change.target)[1] in shown for change in sent):
            break
    for change in sent:
        if team_of(change.target)[1] not in shown:
            ledgering.pending(change, "accepted, not shown by the team yet")
