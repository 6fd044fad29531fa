"""Who may open a file: its owner, the people of its meeting, and whoever was given a right or a link.

The first two are worked out from the call that the file is of; the rest stand in the store. Source: Graph v1.0
driveitem-list-permissions, createLink, invite, permission, read 2026-11-25.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from typing import Any

from teamskit.sandbox.audit_log import APP, note
from teamskit.sandbox.clock import from_text, to_text
from teamskit.sandbox.drive_store import Drive, Item
from teamskit.sandbox.drives import need_item, of_drives
from teamskit.sandbox.group_store import MEMBER, people_of
from teamskit.sandbox.query import CONTEXT, page
from teamskit.sandbox.request import Answer, Facts, Refusal, Visit, bad_request, made_id, no_resource, object_body
from teamskit.sandbox.users import find_user, read_users

_LINK_TYPES, _SCOPES = {"view": "read", "edit": "write"}, ("anonymous", "organization", "users", "existingAccess")
_LINKED = {"anonymous": "AnonymousLinkCreated", "organization": "CompanyLinkCreated"}
_KNOWN_LINK = ("type", "scope", "expirationDateTime", "password", "retainInheritedPermissions")
_KNOWN_INVITE = ("recipients", "requireSignIn", "sendInvitation", "roles", "message", "expirationDateTime", "password")


def link_doc(item: Item, drive: Drive, kind: str, scope: str, expires: str | None = None) -> dict[str, Any]:
    """Give the permission that a link is."""
    key = made_id("link", item.id, kind, scope)
    host = "/".join(drive.web.split("/")[:3])
    share = base64.urlsafe_b64encode(key.encode("ascii")).decode("ascii").rstrip("=")
    doc: dict[str, Any] = {
        "id": key,
        "roles": [_LINK_TYPES[kind]],
        "shareId": "u!" + share,
        "hasPassword": False,
        "link": {"scope": scope, "type": kind, "webUrl": f"{host}/:v:/g/{share}", "preventsDownload": False},
        "grantedToIdentitiesV2": [],
    }
    return doc | ({"expirationDateTime": expires} if expires else {})


def grant_doc(item: Item, role: str, user: dict[str, Any]) -> dict[str, Any]:
    """Give the permission of one person; `user` has id, displayName, email, loginName."""
    shown = {"id": user["id"], "displayName": user["displayName"], "email": user["email"]}
    site = {**shown, "id": str(int(made_id("site user", user["email"])[:6], 16)), "loginName": user["loginName"]}
    return {
        "id": made_id("grant", item.id, user["id"]),
        "roles": [role],
        "grantedToV2": {"user": shown, "siteUser": site},
    }


def outsider(email: str, name: str | None = None) -> dict[str, Any]:
    """Give somebody from outside, who has no account in the directory."""
    key = made_id("outsider", email.lower())
    login = f"i:0#.f|membership|urn%3aspo%3aguest#{email.lower()}"
    return {"id": key, "displayName": name or email, "email": email, "loginName": login}


def _insider(user: dict[str, Any]) -> dict[str, Any]:
    upn = user["userPrincipalName"]
    login = f"i:0#.f|membership|{upn.lower()}"
    return {"id": user["id"], "displayName": user["displayName"], "email": user.get("mail") or upn, "loginName": login}


def put_right(db: sqlite3.Connection, item: Item, at: int, doc: dict[str, Any]) -> None:
    """Give a right or a link from a moment on, in place of the same one."""
    db.execute("DELETE FROM item_rights WHERE id = ?", (doc["id"],))
    text = "INSERT INTO item_rights (id, item, at, ended, doc) VALUES (?, ?, ?, NULL, ?)"
    db.execute(text, (doc["id"], item.id, at, json.dumps(doc)))


def rights_of(visit: Visit, drive: Drive, item: Item) -> list[dict[str, Any]]:
    """Give the permissions of a file now, its owner's first."""
    text = "SELECT id, at, ended, doc FROM item_rights WHERE item = ? ORDER BY seq"
    rows = visit.db.execute(text, (item.id,)).fetchall()
    ended = {key for key, _at, end, _doc in rows if end is not None and end <= visit.now}
    given = [json.loads(doc) for key, at, _end, doc in rows if at <= visit.now and key not in ended]
    given = [doc for doc in given if not _is_over(visit, doc)]
    known = {doc["id"] for doc in given} | ended
    return [*_own(visit, drive, item), *(one for one in _invited(visit, drive, item) if one["id"] not in known), *given]


def _is_over(visit: Visit, doc: dict[str, Any]) -> bool:
    return "expirationDateTime" in doc and from_text(doc["expirationDateTime"]) <= visit.now


def _own(visit: Visit, drive: Drive, item: Item) -> list[dict[str, Any]]:
    if drive.kind == "users":
        user = find_user(visit.db, drive.owner)
        return [grant_doc(item, "owner", _insider(user))] if user else []
    return [
        {
            "id": made_id("site group", drive.id, role),
            "roles": [role],
            "grantedToV2": {
                "group": {"id": drive.owner, "displayName": drive.owner_name},
                "siteGroup": {"id": number, "displayName": f"{drive.owner_name} {word}", "loginName": word},
            },
        }
        for role, number, word in (("owner", "3", "Owners"), ("write", "5", "Members"))
    ]


def _invited(visit: Visit, drive: Drive, item: Item) -> list[dict[str, Any]]:
    """Give the rights of the people of a meeting: each reads it, the organiser may write where it is not his drive.

    A guest has none until somebody gives it to him.
    """
    if drive.kind == "groups" or item.call is None:
        return []
    text = "SELECT participants, doc FROM call_versions WHERE id = ? AND visible <= ? ORDER BY version DESC LIMIT 1"
    row = visit.db.execute(text, (item.call, visit.now)).fetchone()
    people, organiser = (json.loads(row[0]), json.loads(row[1])["organizer_v2"]["id"]) if row else ([], "")
    ids = {(person["identity"].get("user") or {}).get("id") for person in people} | {organiser}
    ids |= set(people_of(visit.db, item.invited, MEMBER)) if item.invited else set()
    users = read_users(visit.db, sorted(str(one) for one in ids if one and one != drive.owner))
    return [
        grant_doc(item, "write" if key == organiser else "read", _insider(user))
        for key, user in users.items()
        if user["userType"] != "Guest"
    ]


def _list(visit: Visit, drive: Drive, key: str) -> Answer:
    item = need_item(visit, drive, key)
    return page(visit, rights_of(visit, drive, item), f"drives('{drive.id}')/items('{item.id}')/permissions", size=200)


def _find(visit: Visit, drive: Drive, item: Item, key: str) -> dict[str, Any]:
    found = next((one for one in rights_of(visit, drive, item) if one["id"] == key), None)
    if found is None:
        raise Refusal(404, "itemNotFound", "The permission was not found.")
    return found


def _one(visit: Visit, drive: Drive, key: str, right: str) -> Answer:
    found = _find(visit, drive, need_item(visit, drive, key), right)
    return Answer(200, {"@odata.context": CONTEXT + "permission/$entity", **found})


def _take(visit: Visit, drive: Drive, key: str, right: str) -> Answer:
    item = need_item(visit, drive, key)
    doc = _find(visit, drive, item, right)
    if doc["roles"] == ["owner"]:
        raise Refusal(403, "accessDenied", "The owner's permission cannot be removed.")
    put_right(visit.db, item, 0, doc)
    visit.db.execute("UPDATE item_rights SET ended = ? WHERE id = ?", (visit.now, right))
    return Answer(204)


def _checked(visit: Visit, known: tuple[str, ...]) -> dict[str, Any]:
    body = object_body(visit)
    unknown = next((name for name in body if name not in known), None)
    if unknown is not None:
        raise bad_request(f"The action has no parameter '{unknown}'.", "invalidRequest")
    return body


def _expiry(body: dict[str, Any]) -> str | None:
    if not body.get("expirationDateTime"):
        return None
    try:
        return to_text(from_text(str(body["expirationDateTime"])))
    except ValueError:
        raise bad_request("expirationDateTime is not a date and time.", "invalidRequest") from None


def _create_link(visit: Visit, drive: Drive, key: str) -> Answer:
    item, body = need_item(visit, drive, key), _checked(visit, _KNOWN_LINK)
    kind, scope = body.get("type", "view"), body.get("scope", "organization")
    if kind not in _LINK_TYPES or scope not in _SCOPES:
        raise bad_request("There is no such type or scope of a link.", "invalidRequest")
    doc = link_doc(item, drive, kind, scope, _expiry(body))
    is_there = any(one["id"] == doc["id"] for one in rights_of(visit, drive, item))
    if not is_there:
        put_right(visit.db, item, visit.now, doc)
        note(visit.db, visit.facts, visit.now, _LINKED.get(scope, "SecureLinkCreated"), drive, item, APP)
    return Answer(200 if is_there else 201, {"@odata.context": CONTEXT + "permission/$entity", **doc})


def _invite(visit: Visit, drive: Drive, key: str) -> Answer:
    item, body = need_item(visit, drive, key), _checked(visit, _KNOWN_INVITE)
    roles, expires = body.get("roles"), _expiry(body)
    if roles not in (["read"], ["write"]) or not isinstance(body.get("recipients"), list):
        raise bad_request("An invitation needs recipients, and read or write as its one role.", "invalidRequest")
    given = []
    for recipient in body["recipients"]:
        who = str(recipient.get("objectId") or recipient.get("email") or recipient.get("alias") or "")
        user = find_user(visit.db, who)
        if user is None and "@" not in who:
            raise no_resource(who)
        doc = grant_doc(item, roles[0], _insider(user) if user else outsider(who))
        doc |= {"expirationDateTime": expires} if expires else {}
        put_right(visit.db, item, visit.now, doc)
        note(visit.db, visit.facts, visit.now, "SharingSet", drive, item, APP)
        given.append(doc)
    return Answer(200, {"@odata.context": CONTEXT + "Collection(permission)", "value": given})


def share_with_anybody(db: sqlite3.Connection, facts: Facts, at: int, drive: Drive, item: Item) -> None:
    """Let anybody with the link see a file from a moment on, by its owner's hand."""
    put_right(db, item, at, link_doc(item, drive, "view", "anonymous"))
    note(db, facts, at, _LINKED["anonymous"], drive, item, _owner_of(db, drive))


def open_from_outside(db: sqlite3.Connection, facts: Facts, at: int, drive: Drive, item: Item, email: str) -> None:
    """Give somebody from outside a right at a moment; he downloads the file a minute later."""
    guest = outsider(email)
    put_right(db, item, at, grant_doc(item, "read", guest))
    note(db, facts, at, "SharingSet", drive, item, _owner_of(db, drive))
    upn = f"urn:spo:guest#{email.lower()}"
    who = {"upn": upn, "id": upn, "type": "guest", "ip": "203.0.113.7"}
    note(db, facts, at + 60_000_000, "FileDownloaded", drive, item, who)


def recycle(db: sqlite3.Connection, facts: Facts, at: int, drive: Drive, item: Item) -> None:
    """Write down that the owner threw a file away."""
    note(db, facts, at, "FileRecycled", drive, item, _owner_of(db, drive))


def _owner_of(db: sqlite3.Connection, drive: Drive) -> dict[str, str]:
    user = find_user(db, drive.owner) if drive.kind == "users" else None
    upn = user["userPrincipalName"] if user else "app@sharepoint"
    return {"upn": upn, "id": upn, "type": "regular" if user else "application", "ip": "198.51.100.4"}


ROUTES = [
    *of_drives("GET", "/items/{item}/permissions", _list),
    *of_drives("GET", "/items/{item}/permissions/{right}", _one),
    *of_drives("DELETE", "/items/{item}/permissions/{right}", _take),
    *of_drives("POST", "/items/{item}/createLink", _create_link),
    *of_drives("POST", "/items/{item}/invite", _invite),
]
