"""Members into and out of a team in as few calls as documented; one bad account fails alone."""

from collections.abc import Generator, Sequence
from datetime import timedelta
from typing import Any

from teamskit.clock import Clock
from teamskit.plan import Action, Change, Ledgering
from teamskit.teams.changes import MEMBERSHIP, team_of
from teamskit.tenant import graph
from teamskit.tenant.calls import Wait, said

ADD_AT_MOST, REMOVE_AT_MOST = 200, 20
"""Source: Graph v1.0, conversationMember "add in bulk" (200) and "remove in bulk" (20), read 2026-11-25."""

SHOWN_AFTER_S = (4, 20)
"""A member who was just added shows in the team after some seconds: how long to wait before each look."""

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


def late_owners(group: str, owners: Sequence[Change], ledgering: Ledgering) -> Step:
    """Put new owners into the class's two collections as well; Office treats them right only then."""
    ledgering.intend(owners)
    for change in owners:
        account = team_of(change.target)[1]
        replies = yield [graph.add_teacher(group, account), graph.add_class_member(group, account)]
        bad = next((reply for reply in replies if not (reply.ok or graph.already_there(reply))), None)
        if bad:
            ledgering.failed([change], said(bad))


def read_back(group: str, changes: Sequence[Change], clock: Clock, ledgering: Ledgering) -> Step:
    """Ask the team itself who is in it, and as what: what was accepted and does not show yet is pending, not done."""
    sent = [c for c in changes if c.target.kind == MEMBERSHIP and c.after is not None]
    sent = [c for c in sent if (o := ledgering.outcomes.get(c.target)) and o.result == "done"]
    shown: dict[str, str] = {}
    for pause in SHOWN_AFTER_S if sent else ():
        yield Wait(clock.now() + timedelta(seconds=pause))
        reply = yield graph.list_members(group)
        shown = _roles(reply.body["value"]) if reply.ok else shown
        if all(_shows(change, shown) for change in sent):
            break
    for change in sent:
        if not _shows(change, shown):
            ledgering.pending(change, "accepted, not shown by the team yet")


def _roles(members: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {one["userId"]: "owner" if "owner" in (one.get("roles") or ()) else "member" for one in members}


def _shows(change: Change, shown: dict[str, str]) -> bool:
    role = shown.get(team_of(change.target)[1])
    return role is not None and ((change.after or {})["role"] == "member" or role == "owner")
