"""Groups as kept in the store: made, found, their people; what `/groups`, classes and teams share.

A group's document holds the properties of group and of educationClass together, so a change shows in both views; one
without a kind of group is a Microsoft 365 group. A class made through education, and any group made by `/groups`, is
seen by other services only after a made-up delay (replication).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.clock import DAY, SECOND, to_text
from teamskit.sandbox.group_grants import note_joined, note_left
from teamskit.sandbox.request import Refusal, Visit, bad_request, made_id, no_resource, unit_share
from teamskit.sandbox.users import find_user, read_users

OWNER, MEMBER = "owner", "member"
KEPT_DELETED_US = 30 * DAY
_NICKNAME = re.compile(r"[!-~]{1,64}")
_FORBIDDEN = set('@()\\[]";:<>,')


@dataclass(frozen=True, slots=True)
class Group:
    """Hold one group; `visible` is when other services see it, in microseconds."""

    id: str
    doc: dict[str, Any]
    is_class: bool
    created: int
    visible: int
    deleted: int | None

    @property
    def is_security(self) -> bool:
        """Tell whether it is a security group; all others here are Microsoft 365 groups."""
        return self.doc.get("groupTypes") == []


def replication_us(seed: int, nickname: str) -> int:
    """Give the delay after which other services see a new group: mostly 4 to 20 s, for 3 in 100 up to 5 minutes."""
    how_slow, share = (unit_share(str(seed), word, nickname.lower()) for word in ("slow", "delay"))
    seconds = 20 + 280 * share if how_slow < 0.03 else 4 + 16 * share
    return int(seconds * SECOND)


def _group(row: tuple[Any, ...]) -> Group:
    return Group(row[0], json.loads(row[1]), bool(row[2]), row[3], row[4], row[5])


_SELECT = "SELECT id, doc, class, created, visible, deleted FROM groups "


def find_group(db: sqlite3.Connection, gid: str) -> Group | None:
    """Give a group that is not deleted."""
    row = db.execute(_SELECT + "WHERE id = ? AND deleted IS NULL", (gid.lower(),)).fetchone()
    return _group(row) if row else None


def need_group(visit: Visit, gid: str, *, is_class: bool = False) -> Group:
    """Give a group, or raise the directory's 404."""
    group = find_group(visit.db, gid)
    if group is None or (is_class and not group.is_class):
        raise no_resource(gid)
    return group


def seen_groups(visit: Visit, where: str = "", values: tuple[Any, ...] = ()) -> list[Group]:
    """Give the groups that lists and filters see now, oldest first; `where` is a condition written in this package."""
    text = _SELECT + "WHERE deleted IS NULL AND visible <= ?" + where + " ORDER BY seq"
    return [_group(row) for row in visit.db.execute(text, (visit.now, *values))]


def deleted_groups(db: sqlite3.Connection) -> list[Group]:
    """Give the soft-deleted groups, oldest first."""
    return [_group(row) for row in db.execute(_SELECT + "WHERE deleted IS NOT NULL ORDER BY seq")]


def find_deleted(db: sqlite3.Connection, gid: str) -> Group | None:
    """Give a soft-deleted group."""
    row = db.execute(_SELECT + "WHERE id = ? AND deleted IS NOT NULL", (gid.lower(),)).fetchone()
    return _group(row) if row else None


def check_nickname(visit: Visit, nickname: str, but: str = "") -> None:
    """Refuse (400) a nickname that is not legal, or that a group has, a soft-deleted one included.

    Source: group resource: at most 64 ASCII characters, without ``@ ( ) \\ [ ] " ; : < > ,`` and space.
    """
    if not _NICKNAME.fullmatch(nickname) or _FORBIDDEN & set(nickname):
        raise bad_request("Invalid value specified for property 'mailNickname' of resource 'Group'.")
    text = "SELECT 1 FROM groups WHERE nick = ? AND id <> ? AND (deleted IS NULL OR deleted > ?)"
    row = visit.db.execute(text, (nickname.lower(), but, visit.now - KEPT_DELETED_US)).fetchone()
    if row:
        message = "Another object with the same value for property mailNickname already exists."
        details = [{"code": "ObjectConflict", "target": "mailNickname", "message": message}]
        raise Refusal(400, "Request_BadRequest", message, details=details)


def check_name(name: Any) -> None:
    """Refuse (400) a display name that is empty or longer than 256 characters."""
    if not isinstance(name, str) or not name.strip() or len(name) > 256:
        raise bad_request("The property 'displayName' needs 1 to 256 characters.")


def make_group(visit: Visit, doc: dict[str, Any], *, is_class: bool, visible: int | None = None) -> Group:
    """Keep a new group with a legal, free nickname; give it with its id."""
    nickname = str(doc.get("mailNickname") or "")
    check_name(doc.get("displayName"))
    check_nickname(visit, nickname)
    count = visit.db.execute("SELECT count(*) FROM groups").fetchone()[0]
    gid = made_id("group", nickname.lower(), str(visit.now), str(count))
    seen = visit.now + replication_us(visit.facts.seed, nickname) if visible is None else visible
    kept = {"createdDateTime": to_text(visit.now), **doc, "id": gid}
    visit.db.execute(
        "INSERT INTO groups (id, nick, doc, class, created, visible) VALUES (?, ?, ?, ?, ?, ?)",
        (gid, nickname.lower(), json.dumps(kept), int(is_class), visit.now, seen),
    )
    return Group(gid, kept, is_class, visit.now, seen, None)


def change_group(visit: Visit, group: Group, changes: dict[str, Any]) -> Group:
    """Change a group's document; name and nickname are checked as for a new one."""
    if "displayName" in changes:
        check_name(changes["displayName"])
    doc = {**group.doc, **changes}
    nickname = str(doc["mailNickname"])
    check_nickname(visit, nickname, group.id)
    visit.db.execute("UPDATE groups SET doc = ?, nick = ? WHERE id = ?", (json.dumps(doc), nickname.lower(), group.id))
    return Group(group.id, doc, group.is_class, group.created, group.visible, group.deleted)


def people_of(db: sqlite3.Connection, gid: str, kind: str) -> list[str]:
    """Give the account ids of a group's owners (a class's teachers) or members."""
    return [uid for (uid,) in db.execute("SELECT uid FROM refs WHERE gid = ? AND kind = ?", (gid, kind))]


def accounts_of(db: sqlite3.Connection, gid: str, kind: str) -> list[dict[str, Any]]:
    """Give the accounts of a group's owners or members."""
    return list(read_users(db, people_of(db, gid, kind)).values())


def groups_in(db: sqlite3.Connection, gid: str) -> list[Group]:
    """Give the security groups that are members of a group."""
    text = "SELECT uid FROM refs JOIN groups ON groups.id = uid WHERE gid = ? AND kind = ? AND deleted IS NULL"
    ids = db.execute(text, (gid, MEMBER)).fetchall()
    return [group for (key,) in ids if (group := find_group(db, key))]


def add_reference(visit: Visit, gid: str, kind: str, key: str) -> None:
    """Make an account an owner or member of a group; one that is there already or does not exist is refused (400, 404).

    A security group may have security groups as members. Source: Graph v1.0 group-post-members; public logs of Graph:
    adding a reference twice is a 400.
    """
    uid = _referred(visit, gid, kind, key)
    if visit.db.execute("SELECT 1 FROM refs WHERE gid = ? AND kind = ? AND uid = ?", (gid, kind, uid)).fetchone():
        raise bad_request(
            "One or more added object references already exist for the following modified properties: "
            f"'{'owners' if kind == OWNER else 'members'}'."
        )
    put_references(visit.db, gid, kind, [uid], visit.now)


def _referred(visit: Visit, gid: str, kind: str, key: str) -> str:
    user = find_user(visit.db, key)
    if user is not None:
        return str(user["id"])
    nested, group = find_group(visit.db, key), find_group(visit.db, gid)
    if nested is None or group is None:
        raise no_resource(key)
    if kind == OWNER or not (nested.is_security and group.is_security) or nested.id == group.id:
        raise bad_request("Only a security group can be a member of a group, and only of a security group.")
    return nested.id


def put_references(db: sqlite3.Connection, gid: str, kind: str, uids: Iterable[str], at: int) -> None:
    """Write references that may be there already."""
    uids = list(uids)
    db.executemany("INSERT OR IGNORE INTO refs VALUES (?, ?, ?, ?)", [(gid, kind, uid, at) for uid in uids])
    db.executemany("DELETE FROM refs_gone WHERE gid = ? AND uid = ?", [(gid, uid) for uid in uids])
    if kind == MEMBER:
        note_joined(db, gid, uids, at)


def drop_reference(visit: Visit, gid: str, kind: str, key: str) -> None:
    """Take a reference away; one that is not there is a 404, the last owner of a group a 400."""
    user = find_user(visit.db, key)
    uid = user["id"] if user else key.lower()
    uids = people_of(visit.db, gid, kind)
    if uid not in uids:
        raise no_resource(key)
    if kind == OWNER and len(uids) == 1:
        raise bad_request("A group has to keep at least one owner.")
    visit.db.execute("DELETE FROM refs WHERE gid = ? AND kind = ? AND uid = ?", (gid, kind, uid))
    visit.db.execute("INSERT OR REPLACE INTO refs_gone VALUES (?, ?, ?)", (gid, uid, visit.now))
    if kind == MEMBER:
        note_left(visit.db, gid, uid, visit.now)


def bound_key(value: Any) -> str:
    """Give the id or user principal name at the end of a reference such as `…/users/<id>` or `…/users('<id>')`."""
    found = re.search(r"(?:/|\(')([^/()']+)(?:'\))?$", str(value))
    if found is None:
        raise bad_request("The reference is not the address of an object.")
    return found.group(1)
