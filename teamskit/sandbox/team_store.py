"""Teams as kept in the store: when they are ready, whether archived, who is in them.

People written to the group only reach its team a day later; people written through the team are seen after 2 s.
Source: graph.md on members of the group and of the team, 2026-11-25.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.clock import DAY, SECOND, to_text
from teamskit.sandbox.group_grants import note_joined, note_left
from teamskit.sandbox.group_store import Group, find_group
from teamskit.sandbox.request import Visit, made_id, not_found, unit_share

SEEN_AFTER_US = 2 * SECOND
STARTS_AFTER_US = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Team:
    """Hold a team that is ready, with its group."""

    id: str
    group: Group
    doc: dict[str, Any]
    is_archived: bool

    @property
    def thread(self) -> str:
        """Give the id of the General channel, which is its thread's."""
        return thread_of(self.id)


def thread_of(tid: str) -> str:
    """Give the General channel's id of a team."""
    return f"19:{made_id('thread', tid).replace('-', '')}@thread.tacv2"


def creation_us(visit: Visit, tid: str) -> int:
    """Give how long the making of this team takes: 8 to 28 s."""
    return int((8 + 20 * unit_share(str(visit.facts.seed), "team", tid)) * SECOND)


def has_team(db: sqlite3.Connection, gid: str) -> bool:
    """Tell whether a group has a team or one being made."""
    return db.execute("SELECT 1 FROM teams WHERE id = ?", (gid,)).fetchone() is not None


def make_team(visit: Visit, group: Group, settings: dict[str, Any], ready: int) -> None:
    """Keep a new team on a group; its owners and members of now are the team's once it is ready."""
    visit.db.execute("INSERT INTO teams VALUES (?, ?, ?, 0, 0)", (group.id, ready, json.dumps(settings)))


def start_operation(visit: Visit, tid: str, kind: str, lasts_us: int) -> str:
    """Keep an operation that succeeds after this time and give its id."""
    count = visit.db.execute("SELECT count(*) FROM operations").fetchone()[0]
    key = made_id("operation", tid, kind, str(visit.now), str(count))
    visit.db.execute("INSERT INTO operations VALUES (?, ?, ?, ?, ?)", (key, tid, kind, visit.now, visit.now + lasts_us))
    return key


def operation(visit: Visit, tid: str, key: str) -> dict[str, Any]:
    """Give an operation as it stands now; raises Refusal (404) when the team has none of this id."""
    text = "SELECT type, created, done FROM operations WHERE id = ? AND tid = ?"
    row = visit.db.execute(text, (key, tid)).fetchone()
    if row is None:
        raise not_found("The operation does not exist.")
    kind, created, done = row
    starts = min(created + STARTS_AFTER_US, done)
    status = "succeeded" if visit.now >= done else "inProgress" if visit.now >= starts else "notStarted"
    return {
        "id": key,
        "operationType": kind,
        "createdDateTime": to_text(created),
        "status": status,
        "lastActionDateTime": to_text(min(visit.now, done)),
        "attemptsCount": 1,
        "targetResourceId": tid,
        "targetResourceLocation": f"/teams('{tid}')",
        "error": None,
    }


def need_team(visit: Visit, tid: str) -> Team:
    """Give a ready team with its people brought up to date; raises Refusal (404) before it is ready."""
    text = "SELECT ready, doc, archived, archived_at FROM teams WHERE id = ? AND ready <= ?"
    row = visit.db.execute(text, (tid.lower(), visit.now)).fetchone()
    group = find_group(visit.db, tid) if row else None
    if row is None or group is None:
        raise not_found("No team was found with this id.")
    ready, doc, archived, archived_at = row
    _catch_up(visit, group.id, ready)
    is_archived = bool(archived) if visit.now >= archived_at else not archived
    return Team(group.id, group, json.loads(doc), is_archived)


def set_archived(visit: Visit, tid: str, archived: bool, at: int) -> None:
    """Have a team archived or not from `at` on."""
    visit.db.execute("UPDATE teams SET archived = ?, archived_at = ? WHERE id = ?", (int(archived), at, tid))


def _catch_up(visit: Visit, tid: str, ready: int) -> None:
    day_ago = visit.now - DAY
    visit.db.execute(
        "INSERT INTO team_members SELECT gid, uid, max(kind = 'owner'), ? FROM refs "
        "WHERE gid = ? AND (at <= ? OR at <= ?) GROUP BY uid "
        "ON CONFLICT(tid, uid) DO UPDATE SET owner = 1 WHERE excluded.owner > owner",
        (ready, tid, ready, day_ago),
    )
    visit.db.execute(
        "DELETE FROM team_members WHERE tid = ? AND uid IN (SELECT uid FROM refs_gone WHERE gid = ? AND at <= ?) "
        "AND uid NOT IN (SELECT uid FROM refs WHERE gid = ?)",
        (tid, tid, day_ago, tid),
    )


def count_members(db: sqlite3.Connection, now: int) -> int:
    """Give how many memberships the ready teams have; what reached them from their groups meanwhile included."""
    text = (
        "SELECT count(*) FROM (SELECT tid, uid FROM team_members JOIN teams ON teams.id = tid WHERE ready <= ?1 "
        "UNION SELECT gid, uid FROM refs JOIN teams ON teams.id = gid WHERE ready <= ?1 AND (at <= ready OR at <= ?2)) "
        "AS known JOIN groups ON groups.id = known.tid WHERE deleted IS NULL"
    )
    return int(db.execute(text, (now, now - DAY)).fetchone()[0])


def put_members(visit: Visit, tid: str, people: dict[str, bool]) -> None:
    """Add accounts (id: whether owner) to a team and its group; who is there already keeps or gains the role."""
    visit.db.executemany(
        "INSERT INTO team_members VALUES (?, ?, ?, ?) "
        "ON CONFLICT(tid, uid) DO UPDATE SET owner = max(owner, excluded.owner)",
        [(tid, uid, int(owner), visit.now + SEEN_AFTER_US) for uid, owner in people.items()],
    )
    rows = [(tid, kind, uid, visit.now) for uid, owner in people.items() for kind in _kinds(owner)]
    visit.db.executemany("INSERT OR IGNORE INTO refs VALUES (?, ?, ?, ?)", rows)
    visit.db.executemany("DELETE FROM refs_gone WHERE gid = ? AND uid = ?", [(tid, uid) for uid in people])
    note_joined(visit.db, tid, people, visit.now)


def _kinds(owner: bool) -> tuple[str, ...]:
    return ("owner", "member") if owner else ("member",)


def is_member(db: sqlite3.Connection, tid: str, uid: str) -> bool:
    """Tell whether the team has this account, seen yet or not."""
    return db.execute("SELECT 1 FROM team_members WHERE tid = ? AND uid = ?", (tid, uid)).fetchone() is not None


def drop_member(visit: Visit, tid: str, uid: str) -> None:
    """Take an account out of a team and its group."""
    visit.db.execute("DELETE FROM team_members WHERE tid = ? AND uid = ?", (tid, uid))
    visit.db.execute("DELETE FROM refs WHERE gid = ? AND uid = ?", (tid, uid))
    note_left(visit.db, tid, uid, visit.now)


def set_owner(visit: Visit, tid: str, uid: str, owner: bool) -> None:
    """Give or take the owner's role."""
    visit.db.execute("UPDATE team_members SET owner = ? WHERE tid = ? AND uid = ?", (int(owner), tid, uid))
    if owner:
        visit.db.execute("INSERT OR IGNORE INTO refs VALUES (?, 'owner', ?, ?)", (tid, uid, visit.now))
    else:
        visit.db.execute("DELETE FROM refs WHERE gid = ? AND kind = 'owner' AND uid = ?", (tid, uid))
