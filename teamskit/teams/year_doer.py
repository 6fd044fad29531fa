"""Ends last year's class teams and carries on those of two-year courses, by documented calls.

Archiving is asynchronous: 202 with an operation, which is asked after until it has succeeded or failed.
"""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from teamskit.clock import Clock
from teamskit.plan import Change, Ledgering, Target
from teamskit.plan.change import State
from teamskit.teams.creation import POLL_S, UNSURE, Stuck, followed
from teamskit.teams.rollover import ARCHIVE, CONTINUATION
from teamskit.tenant import graph
from teamskit.tenant.calls import Task, Wait, said
from teamskit.tenant.models import ClassTeam

Step = Generator[Any, Any, None]


class YearDoer:
    """Carries out what the new academic year changes about standing teams; `actual` is what was read just before."""

    title = "Academic year"
    kinds: Collection[str] = (CONTINUATION, ARCHIVE)

    def __init__(self, actual: Sequence[ClassTeam], names: Mapping[str, str], clock: Clock) -> None:
        """Take what the tenant has and the class name of each key."""
        self._by_key, self._by_id = {team.key: team for team in actual}, {team.id: team for team in actual}
        self._names, self._clock = names, clock

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each target's state; None for a team that is not there."""
        return {change.target: self._state(change.target) for change in changes}

    def _state(self, target: Target) -> State:
        if target.kind == CONTINUATION:
            team = self._by_id.get(target.key)
            return {"key": team.key, "display_name": team.display_name} if team else None
        team = self._by_key.get(target.key)
        return {"archived": team.archived, "display_name": team.display_name} if team and team.has_team else None

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Give all at once: tasks wait for each other where they must."""
        return [changes]

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Give one task a team."""
        for change in changes:
            yield self._task(change, ledgering)

    def _task(self, change: Change, ledgering: Ledgering) -> Task:
        ledgering.intend([change])
        try:
            if change.target.kind == CONTINUATION:
                yield from self._carry_on(change, ledgering)
            else:
                yield from self._archive(change, ledgering)
        except Stuck as stuck:
            ledgering.failed([change], stuck.why)

    def _carry_on(self, change: Change, ledgering: Ledgering) -> Step:
        before, after = change.before or {}, change.after or {}
        key, name = str(after["key"]), str(after["display_name"])
        external_name = self._names.get(key, "") or name
        reply = yield graph.change_class(
            change.target.key, display_name=name, external_id=key, external_name=external_name
        )
        if not reply.ok:
            raise Stuck(said(reply))
        ledgering.done([change], **{"from": before["key"], "group": change.target.key})

    def _archive(self, change: Change, ledgering: Ledgering) -> Step:
        """Rename first: an archived team is read only."""
        team, name = self._by_key[change.target.key], str((change.after or {})["display_name"])
        if team.display_name != name:
            reply = yield graph.rename_group(team.id, name)
            if not reply.ok:
                raise Stuck(said(reply))
        reply = yield graph.archive_team(team.id)
        if reply.ok:
            yield from followed(reply, self._clock, "archive the team")
        elif not (reply.status in UNSURE and (yield from self._is_archived(team.id))):
            raise Stuck(said(reply))
        ledgering.done([change], group=team.id)

    def _is_archived(self, team: str) -> Generator[Any, Any, bool]:
        yield Wait(self._clock.now() + timedelta(seconds=POLL_S))
        reply = yield graph.get_team(team)
        return bool(reply.ok and reply.body.get("isArchived"))
