"""Drives and their files as kept in the store; no file's bytes are.

What time does to a file (it comes, it expires, somebody threw it away) stands in the row as moments and is worked out
from the clock. Folders are those in which a file ever lay, and those made by hand. Times in microseconds.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.content import quick_hash
from teamskit.sandbox.group_store import find_group
from teamskit.sandbox.request import Facts, Refusal, Visit, made_id
from teamskit.sandbox.teams import GENERAL, drive_id, drive_owner
from teamskit.sandbox.users import find_user

NONE = -1
"""The state of a drive that is not there."""
_TOTAL = {"users": 1 << 40, "groups": 25 << 40}
_COLUMNS = (
    "seq, id, drive, folder, name, size, content, hash, call, begun, modified, visible, expires, gone, author, invited"
)
_LIVE = "visible <= :now AND (gone IS NULL OR gone > :now) AND (expires IS NULL OR expires > :now)"
_SELECT = f"SELECT {_COLUMNS} FROM drive_items "  # noqa: S608  names of our own


@dataclass(frozen=True, slots=True)
class Drive:
    """Hold one drive: whose it is, and where it stands on the web."""

    id: str
    kind: str
    owner: str
    owner_name: str
    web: str

    @property
    def type(self) -> str:
        """Give its driveType."""
        return "business" if self.kind == "users" else "documentLibrary"


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one file; `content` is the key of its bytes, `author` an identity as shown, `invited` the group
    that its meeting invited; times that are None never come."""

    seq: int
    id: str
    drive: str
    folder: str
    name: str
    size: int
    content: str
    hash: str | None
    call: str | None
    begun: int
    modified: int
    visible: int
    expires: int | None
    gone: int | None
    author: str
    invited: str | None = None

    def ended(self) -> int | None:
        """Give when it leaves its folder: by expiring, or thrown away."""
        moments = [moment for moment in (self.expires, self.gone) if moment is not None]
        return min(moments) if moments else None

    @property
    def guid(self) -> str:
        """Give its unique id in SharePoint."""
        return made_id("item", self.id).upper()


def no_item(what: str = "The resource could not be found.") -> Refusal:
    """Give the 404 of drives."""
    return Refusal(404, "itemNotFound", what)


def find_drive(db: sqlite3.Connection, facts: Facts, drive: str) -> Drive | None:
    """Give a drive by its id; None when its owner is not in the tenant, or has none."""
    kind, key = drive_owner(drive)
    tenant = facts.domains[0].partition(".")[0]
    if kind == "users":
        user = find_user(db, key)
        name = user["displayName"] if user else None
        place = "-my.sharepoint.com/personal/" + _flat(user["userPrincipalName"]) + "/Documents" if user else ""
    else:
        group = find_group(db, key) if kind else None
        # A security group has no site, so no drive.
        group = None if group is None or group.is_security else group
        name = group.doc["displayName"] if group else None
        place = f".sharepoint.com/sites/{group.doc['mailNickname']}/Shared%20Documents" if group else ""
    if name is None or state_of(db, drive) == NONE:
        return None
    return Drive(drive, kind, key, name, f"https://{tenant}{place}")


def _flat(upn: str) -> str:
    return upn.lower().replace("@", "_").replace(".", "_")


def need_drive(visit: Visit, kind: str) -> Drive:
    """Give the drive of the path's first argument, a drive's id or its owner's; refuses (404) what is not there."""
    key = visit.args[0]
    if kind == "users":
        user = find_user(visit.db, key)
        key = drive_id(kind, user["id"]) if user else ""
    elif kind == "groups":
        key = drive_id(kind, key)
    found = find_drive(visit.db, visit.facts, key)
    if found is None:
        raise no_item("The drive was not found: this account has no OneDrive, or there is no such account.")
    return found


def state_of(db: sqlite3.Connection, drive: str) -> int | None:
    """Give the bytes that were set to be left on a drive, NONE for a drive that is not there, None for nothing set."""
    row = db.execute("SELECT remaining FROM drive_states WHERE drive = ?", (drive,)).fetchone()
    return int(row[0]) if row else None


def set_state(db: sqlite3.Connection, drive: str, remaining: int | None) -> None:
    """Set the bytes left on a drive (0: full), NONE: there is no drive, None: as drives are."""
    db.execute("DELETE FROM drive_states WHERE drive = ?", (drive,))
    if remaining is not None:
        db.execute("INSERT INTO drive_states VALUES (?, ?)", (drive, remaining))


def quota_of(visit: Visit, drive: Drive) -> dict[str, Any]:
    """Give a drive's quota facet, bytes."""
    text = "SELECT total(size) FROM drive_items WHERE drive = :drive AND "
    used = int(visit.db.execute(text + _LIVE, {"drive": drive.id, "now": visit.now}).fetchone()[0])
    total, left = _TOTAL[drive.kind], state_of(visit.db, drive.id)
    remaining = max(0, total - used) if left is None else left
    share = remaining / total
    state = "exceeded" if not remaining else "critical" if share < 0.01 else "nearing" if share < 0.1 else "normal"
    used = used if left is None else total - remaining
    return {"deleted": 0, "remaining": remaining, "state": state, "total": total, "used": used}


def put_item(db: sqlite3.Connection, item: Item) -> None:
    """Write a new file; its seq is given to it."""
    db.execute(
        f"INSERT OR REPLACE INTO drive_items ({_COLUMNS}) "  # noqa: S608  names of our own
        "VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM drive_items), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(item.id, item.drive, item.folder, item.name, item.size, item.content, item.hash, item.call),
            *(item.begun, item.modified, item.visible, item.expires, item.gone, item.author, item.invited),
        ),
    )


def change_item(visit: Visit, item: Item, **changes: Any) -> Item:
    """Write other values (by column) into a file, and have the next delta name it; give it as it then is."""
    names = [*changes, "modified"]
    text = ", ".join(f"{name} = ?" for name in names)
    visit.db.execute(
        f"UPDATE drive_items SET {text}, seq = (SELECT max(seq) + 1 FROM drive_items) WHERE id = ?",  # noqa: S608
        (*changes.values(), visit.now, item.id),
    )
    return Item(*visit.db.execute(_SELECT + "WHERE id = ?", (item.id,)).fetchone())


def find_item(visit: Visit, key: str, drive: str | None = None) -> Item | None:
    """Give a file that is there now, of one drive or of any."""
    row = visit.db.execute(
        _SELECT + "WHERE id = :id AND (:drive IS NULL OR drive = :drive) AND " + _LIVE,
        {"id": key, "drive": drive, "now": visit.now},
    ).fetchone()
    return Item(*row) if row else None


def find_of_call(visit: Visit, call: str) -> Item | None:
    """Give the file of a call while it is there."""
    text = _SELECT + "WHERE call = :call AND " + _LIVE
    row = visit.db.execute(text, {"call": call, "now": visit.now}).fetchone()
    return Item(*row) if row else None


def item_ever(db: sqlite3.Connection, key: str) -> Item | None:
    """Give a file whether it is there or not any more."""
    row = db.execute(_SELECT + "WHERE id = ?", (key,)).fetchone()
    return Item(*row) if row else None


def items_in(visit: Visit, drive: Drive, path: str) -> list[Item]:
    """Give the files that are in a folder now, the oldest first."""
    rows = visit.db.execute(
        _SELECT + "WHERE drive = :drive AND folder = :path COLLATE NOCASE AND " + _LIVE + " ORDER BY visible, id",
        {"drive": drive.id, "path": path, "now": visit.now},
    ).fetchall()
    return [Item(*row) for row in rows]


def items_of(visit: Visit, drive: Drive) -> list[Item]:
    """Give all files that ever were in a drive, those not yet come too, in order of when they came or changed."""
    return [Item(*row) for row in visit.db.execute(_SELECT + "WHERE drive = ? ORDER BY seq", (drive.id,)).fetchall()]


def folders_of(visit: Visit, drive: Drive) -> list[str]:
    """Give the paths of a drive's folders, the root ("") first, parents before children."""
    text = (
        "SELECT DISTINCT folder FROM drive_items WHERE drive = ?1 AND visible <= ?2 "
        "UNION SELECT path FROM drive_folders WHERE drive = ?1"
    )
    found = {"": "", **({GENERAL.lower(): GENERAL} if drive.kind == "groups" else {})}
    for (path,) in visit.db.execute(text, (drive.id, visit.now)).fetchall():
        steps = path.split("/")
        for count in range(1, len(steps) + 1):
            parent = "/".join(steps[:count])
            found.setdefault(parent.lower(), parent)
    return sorted(found.values(), key=lambda path: (path.count("/") if path else -1, path))


def hash_of(visit: Visit, item: Item) -> str:
    """Give a file's quickXorHash, base64; worked out when first asked for, and kept."""
    if item.hash is not None:
        return item.hash
    known = quick_hash(item.content, item.size)
    visit.db.execute("UPDATE drive_items SET hash = ? WHERE id = ?", (known, item.id))
    return known


def author_of(item: Item) -> dict[str, Any]:
    """Give the identity of who made a file."""
    shown: dict[str, Any] = json.loads(item.author)
    return shown
