"""Members into and out of a team in as few calls as documented; one bad account fails alone."""

from collections.abc import Generator, Sequence
from typing import Any

from teamskit.plan import Action, Change, Ledgering
from teamskit.teams.changes import team_of
from teamskit.teams.creation import said
from teamskit.tenant import graph

ADD_AT_MOST, REMOVE_AT_MOST = 200, 20
"""Source: Graph v1.0, conversationMember "add in bulk" (200) and "remove in bulk" (20), read 2026-11-25."""

Step = Generator[Any, Any, None]


def add_all(group: str, changes: Sequence[Change], ledgering: Ledgering) -> Step:
    """Add people in chunks of 200 and make owners of plain members."""
    ledgering.intend(changes)
    yield from _promote(group, [change for change in changes if change.action is Action.UPDATE], ledgering)
    additions = [change for change in changes if change.action is Action.ADD]
    for start in range(0, len(additions), ADD_AT_MOST):
        yield from _add(group, additions[start : start + ADD_AT_MOST], ledgering)


def _add(group: str, chunk: Sequence[Change], ledgering: Ledgering) -> Step:
    """Send one chunk; a call refused as a whole is split until the bad account stands alone."""
    people = [(team_of(change.target)[1], (change.after or {})["role"] == "owner") for change in chunk]
    reply = yield graph.add_members(group, people)
    if reply.ok:
        bad = graph.failed_members(reply)
        ledgering.done([change for change in chunk if team_of(change.target)[1] not in bad])
        for change in (one for one in chunk if team_of(one.target)[1] in bad):
            ledgering.failed([change], bad[team_of(change.target)[1]])
    elif reply.status in (400, 404) and len(chunk) > 1:
        middle = len(chunk) // 2
        yield from _add(group, chunk[:middle], ledgering)
        yield from _add(group, chunk[middle:], ledgering)
    else:
        ledgering.failed(chunk, said(reply))


def _promote(group: str, changes: Sequence[Change], ledgering: Ledgering) -> Step:
    if not changes:
        return
    listed = yield graph.list_members(group)
    ids = {one["userId"]: one["id"] for one in listed.body["value"]} if listed.ok else {}
    for change in changes:
        account = team_of(change.target)[1]
        if account not in ids:
            ledgering.failed([change], "the team does not show this member now")
            continue
        reply = yield graph.make_owner(group, ids[account])
        if reply.ok:
            ledgering.done([change])
        else:
            ledgering.failed([change], said(reply))


def remove_all(group: str, changes: Sequence[Change], ledgering: Ledgering) -> Step:
    """Take people out, 20 a call."""
    ledgering.intend(changes)
    for start in range(0, len(changes), REMOVE_AT_MOST):
        chunk = changes[start : start + REMOVE_AT_MOST]
        reply = yield graph.remove_members(group, [team_of(change.target)[1] for change in chunk])
        bad = graph.failed_members(reply) if reply.ok else {}
        if not reply.ok:
            ledgering.failed(chunk, said(reply))
            continue
        ledgering.done([change for change in chunk if team_of(change.target)[1] not in bad])
        for change in (one for one in chunk if team_of(one.target)[1] in bad):
            ledgering.failed([change], bad[team_of(change.target)[1]])
