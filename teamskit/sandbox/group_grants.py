"""Policies given to groups: the grants, and for whom of the members each is in effect from when until when.

A member is held by a grant from some hours after the grant, or after joining, until some hours after leaving or after
the grant's end. Groups inside a group do not count. Ranks of one policy type run 1, 2, 3 … without gaps.
Source: Teams PowerShell New-CsGroupPolicyAssignment and Grant-Cs…Policy -Group; graph.md, 2026-11-25.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from teamskit.sandbox.propagation import OPEN, due_us
from teamskit.sandbox.request import Visit, bad_request, made_id

MOST_GROUPS = 64


@dataclass(frozen=True, slots=True)
class Grant:
    """Hold one policy given to one group; `at` is when, in microseconds."""

    seq: int
    id: str
    gid: str
    type: str
    policy: str
    rank: int
    at: int


_SELECT = "SELECT seq, id, gid, type, policy, rank, at FROM group_grants WHERE ended IS NULL"


def grants(db: sqlite3.Connection) -> list[Grant]:
    """Give the grants that stand, by type and rank."""
    return [Grant(*row) for row in db.execute(_SELECT + " ORDER BY type, rank")]


def give(visit: Visit, gid: str, policy_type: str, policy: str, rank: int | None) -> Grant:
    """Give a group a policy in place of the one it has of this type; without a rank it comes last.

    Raises Refusal (400) when 64 other groups have a policy of this type.
    """
    others = [one for one in grants(visit.db) if one.type == policy_type]
    old = next((one for one in others if one.gid == gid), None)
    if old and old.policy == policy and rank in (None, old.rank):
        return old
    if old is None and len(others) >= MOST_GROUPS:
        raise bad_request(f"A policy type can be assigned to {MOST_GROUPS} groups at most.", "BadRequest")
    if old:
        others.remove(old)
        _end(visit, old)
    count = visit.db.execute("SELECT total(seq) FROM group_grants").fetchone()[0]
    key = made_id("grant", gid, policy_type, str(visit.now), str(count))
    place = len(others) if rank is None else min(rank - 1, len(others))
    seq = visit.db.execute(
        "INSERT INTO group_grants (id, gid, type, policy, rank, at) VALUES (?, ?, ?, ?, ?, ?)",
        (key, gid, policy_type, policy, place + 1, visit.now),
    ).lastrowid
    _number(visit.db, [*(one.seq for one in others[:place]), int(seq or 0), *(one.seq for one in others[place:])])
    members = visit.db.execute("SELECT uid FROM refs WHERE gid = ? AND kind = 'member'", (gid,)).fetchall()
    note_joined(visit.db, gid, [uid for (uid,) in members], visit.now)
    return next(one for one in grants(visit.db) if one.id == key)


def take(visit: Visit, grant: Grant) -> None:
    """Take a grant back; the ranks behind it move up."""
    _end(visit, grant)
    _number(visit.db, [one.seq for one in grants(visit.db) if one.type == grant.type])


def take_all(visit: Visit, gid: str) -> None:
    """Take back all that a group has, as it is deleted."""
    for grant in grants(visit.db):
        if grant.gid == gid:
            take(visit, grant)


def _number(db: sqlite3.Connection, seqs: Sequence[int]) -> None:
    db.executemany("UPDATE group_grants SET rank = ? WHERE seq = ?", [(at + 1, seq) for at, seq in enumerate(seqs)])


def _end(visit: Visit, grant: Grant) -> None:
    visit.db.execute("UPDATE group_grants SET ended = ? WHERE seq = ?", (visit.now, grant.seq))
    text = "SELECT uid FROM group_holds WHERE grant_seq = ? AND over = ?"
    for (uid,) in visit.db.execute(text, (grant.seq, OPEN)).fetchall():
        _let_go(visit.db, grant, uid, visit.now)


def note_joined(db: sqlite3.Connection, gid: str, uids: Iterable[str], now: int) -> None:
    """Have the group's grants reach accounts that are in it now; who was in it already keeps what he has."""
    standing = [one for one in grants(db) if one.gid == gid]
    for uid in uids if standing else ():
        for grant in standing:
            _take_hold(db, grant, uid, now)


def _take_hold(db: sqlite3.Connection, grant: Grant, uid: str, now: int) -> None:
    # Whom a leaving has not reached yet keeps the policy without a gap when he comes back.
    text = "UPDATE group_holds SET over = ? WHERE grant_seq = ? AND uid = ? AND over > ?"
    if db.execute(text, (OPEN, grant.seq, uid, now)).rowcount:
        return
    due = due_us(db, uid, grant.type, now)
    db.execute(
        "INSERT INTO group_holds (grant_seq, uid, effective, over) VALUES (?, ?, ?, ?)", (grant.seq, uid, due, OPEN)
    )


def note_left(db: sqlite3.Connection, gid: str, uid: str, now: int) -> None:
    """Have the group's grants let go of an account that is no longer in it."""
    for grant in grants(db):
        if grant.gid == gid:
            _let_go(db, grant, uid, now)


def _let_go(db: sqlite3.Connection, grant: Grant, uid: str, now: int) -> None:
    db.execute("DELETE FROM group_holds WHERE grant_seq = ? AND uid = ? AND effective > ?", (grant.seq, uid, now))
    db.execute(
        "UPDATE group_holds SET over = ? WHERE grant_seq = ? AND uid = ? AND over = ?",
        (due_us(db, uid, grant.type, now), grant.seq, uid, OPEN),
    )


def held_by_groups(db: sqlite3.Connection, now: int, uid: str | None = None) -> dict[str, dict[str, tuple[str, str]]]:
    """Give per account and type the policy id and group id in effect by groups: of several the lowest rank's."""
    text = (
        "SELECT uid, type, policy, gid FROM group_holds AS holds JOIN group_grants ON group_grants.seq = grant_seq "
        "WHERE effective <= ?1 AND over > ?1 AND (?2 IS NULL OR uid = ?2) ORDER BY rank, holds.seq"
    )
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for who, kind, policy, gid in db.execute(text, (now, uid)):
        found.setdefault(who, {}).setdefault(kind, (policy, gid))
    return found


def is_granted(visit: Visit, policy: str) -> bool:
    """Tell whether a group has a policy, or somebody still has it by a group that had it."""
    text = (
        "SELECT 1 FROM group_grants LEFT JOIN group_holds ON grant_seq = group_grants.seq "
        "WHERE policy = ? AND (ended IS NULL OR over > ?)"
    )
    return visit.db.execute(text, (policy, visit.now)).fetchone() is not None
