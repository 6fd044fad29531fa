"""Makes class teams by documented calls: class, teacher into both collections, team, operation, pupils in chunks.

Each class is one task (a generator of calls): the transport runs them together, packs their calls into batches and
keeps the limits, so that a group that has not replicated yet holds up nobody else.
"""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from teamskit.clock import Clock
from teamskit.plan import Action, Change, Ledgering, Recorded, Target
from teamskit.plan.change import State
from teamskit.teams.changes import MEMBERSHIP, TEAM, accepted, team_of
from teamskit.teams.creation import Creation, Stuck
from teamskit.teams.members import add_all, late_owners, read_back, remove_all
from teamskit.tenant import graph
from teamskit.tenant.calls import Task, said
from teamskit.tenant.models import ClassTeam


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

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each target's state; a membership accepted less than 24 hours ago counts as there.

        A team that stands is as wanted whatever its name: its owner may have given it another.
        """
        return {change.target: self._state(change, self._clock.now()) for change in changes}

    def _state(self, change: Change, now: datetime) -> State:
        target = change.target
        if target.kind == TEAM:
            team = self._teams.get(target.key)
            if team is None or not team.has_team:
                return {"team": False} if team else None
            return {**(change.after or {}), "team": True, "group": team.id}
        key, account = team_of(target)
        found = self._teams.get(key)
        if found and found.archived:
            return {"archived": True}
        member = next((m for m in (found.members if found else ()) if m.account_id == account), None)
        if member:
            return {"role": "owner" if member.owner else "member"}
        return self._recorded[target].held if accepted(self._recorded, target, now) else None

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Give all at once: tasks wait for each other where they must."""
        return [changes]

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
        except (KeyError, TypeError, AttributeError, IndexError) as garbled:
            why = f"Microsoft gave an answer that cannot be read (lacks {garbled})"
            ledgering.failed([c for c in changes if c.target not in ledgering.outcomes], why)

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
            yield from late_owners(group, owners, ledgering)
        rest = [c for c in additions if c.target not in ledgering.outcomes]
        yield from add_all(group, rest, ledgering)
        leaving = [c for c in changes if c.action is Action.REMOVE]
        yield from remove_all(group, self._that_may_go(key, leaving, owners, ledgering), ledgering)
        yield from read_back(group, changes, self._clock, ledgering)

    def _that_may_go(
        self, key: str, leaving: Sequence[Change], owners: Sequence[Change], ledgering: Ledgering
    ) -> Sequence[Change]:
        """Hold back the removal of owners when none would be left: a team must not lose its last one."""
        going = {team_of(c.target)[1] for c in leaving if (c.before or {})["role"] == "owner"}
        team = self._teams.get(key)
        stays = [m for m in (team.members if team else ()) if m.owner and m.account_id not in going]
        came = [c for c in owners if (o := ledgering.outcomes.get(c.target)) and o.result == "done"]
        if stays or came or not going:
            return leaving
        held = [c for c in leaving if team_of(c.target)[1] in going]
        ledgering.failed(held, "no other owner stands in the team, so this one stays")
        return [c for c in leaving if c not in held]


def _restore(change: Change, ledgering: Ledgering) -> Generator[Any, Any, None]:
    ledgering.intend([change])
    reply = yield graph.restore_group(str((change.after or {})["group"]))
    if reply.ok:
        ledgering.done([change], group=(change.after or {})["group"])
    else:
        ledgering.failed([change], said(reply))
