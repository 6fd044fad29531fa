"""Accounts and the organisation: `/users`, `/education/users`, `/organization`.

Source: Graph v1.0 user-list and educationroot-list-users, read 2026-11-25.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import Any

from teamskit.sandbox.options import check_directory
from teamskit.sandbox.query import CONTEXT, check_select, kept, page, selected
from teamskit.sandbox.request import Answer, Visit, made_id, no_resource
from teamskit.sandbox.routing import Route
from teamskit.sandbox.schema import GRAPH, members_of, names_of

DEFAULT = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
]
_EDUCATION = [
    "id",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "mailNickname",
    "userPrincipalName",
    "accountEnabled",
    "department",
    "userType",
]
_BY_NAME = re.compile(r"\s*userPrincipalName eq '((?:[^']|'')+)'\s*", re.IGNORECASE)


def find_user(db: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """Give the account with this object id or user principal name."""
    row = db.execute("SELECT doc FROM users WHERE id = ? OR upn = ?", (key.lower(), key.lower())).fetchone()
    return json.loads(row[0]) if row else None


def read_users(db: sqlite3.Connection, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give the accounts among these ids."""
    found = {}
    for uid in ids:
        row = db.execute("SELECT doc FROM users WHERE id = ?", (uid,)).fetchone()
        if row:
            found[uid] = json.loads(row[0])
    return found


def save_users(db: sqlite3.Connection, users: Iterable[dict[str, Any]], created: str) -> int:
    """Put accounts into the directory, in place of those of the same id, `created` now; give how many.

    Raises ValueError for a property that a Graph user does not have, or without userPrincipalName.
    """
    known = members_of(GRAPH + "user")[0]
    count = 0
    for user in users:
        unknown = [name for name in user if name not in known and "@" not in name]
        if unknown or not user.get("userPrincipalName"):
            raise ValueError(f"account {user.get('id')}: needs userPrincipalName; unknown properties: {unknown}")
        doc = {"userType": "Member", "accountEnabled": True, "businessPhones": [], **user}
        doc["id"] = str(user.get("id") or made_id("user", doc["userPrincipalName"].lower())).lower()
        doc.setdefault("displayName", doc["userPrincipalName"])
        doc.setdefault("createdDateTime", created)
        db.execute(
            "INSERT INTO users (id, upn, doc) VALUES (?, ?, ?) "
            "ON CONFLICT(id) DO UPDATE SET upn = excluded.upn, doc = excluded.doc",
            (doc["id"], doc["userPrincipalName"].lower(), json.dumps(doc)),
        )
        count += 1
    return count


def _every(visit: Visit) -> list[dict[str, Any]]:
    named = _BY_NAME.fullmatch(visit.request.query.get("$filter", ""))
    if named:
        user = find_user(visit.db, named.group(1).replace("''", "'"))
        return [user] if user else []
    rows = visit.db.execute("SELECT doc FROM users ORDER BY seq").fetchall()
    return kept(visit, json.loads("[" + ",".join(doc for (doc,) in rows) + "]"), names_of("user"))


def _list(visit: Visit) -> Answer:
    check_directory(visit)
    check_select(visit, names_of("user"))
    return page(visit, _every(visit), _context(visit, "users"), most=999, default=DEFAULT)


def _one(visit: Visit) -> Answer:
    check_select(visit, names_of("user"))
    user = find_user(visit.db, visit.args[0])
    if user is None:
        raise no_resource(visit.args[0])
    shown = selected(user, visit, DEFAULT)
    return Answer(200, {"@odata.context": CONTEXT + _context(visit, "users") + "/$entity", **shown})


def _context(visit: Visit, name: str) -> str:
    chosen = visit.request.query.get("$select")
    return f"{name}({chosen})" if chosen else name


def education_user(user: dict[str, Any]) -> dict[str, Any]:
    """Give an account as an educationUser; no role is made up for it."""
    return {name: user.get(name) for name in _EDUCATION}


def _education_users(visit: Visit) -> Answer:
    shown = [education_user(user) for user in _every(visit)]
    return page(visit, shown, _context(visit, "education/users"), most=999)


def _education_user(visit: Visit) -> Answer:
    user = find_user(visit.db, visit.args[0])
    if user is None:
        raise no_resource(visit.args[0])
    shown = selected(education_user(user), visit)
    return Answer(200, {"@odata.context": CONTEXT + "education/users/$entity", **shown})


def _organization(visit: Visit) -> Answer:
    domains = [
        {"name": name, "isDefault": number == 0, "isInitial": number == 0, "type": "Managed", "capabilities": "Email"}
        for number, name in enumerate(visit.facts.domains)
    ]
    shown = {
        "id": visit.facts.tenant_id,
        "displayName": visit.facts.domains[0].partition(".")[0],
        "countryLetterCode": "GB",
        "tenantType": "AAD",
        "verifiedDomains": domains,
    }
    return page(visit, [shown], "organization")


ROUTES = [
    Route("GET", "/users", _list, "directory"),
    Route("GET", "/users/{id}", _one, "directory"),
    Route("GET", "/education/users", _education_users, "directory"),
    Route("GET", "/education/users/{id}", _education_user, "directory"),
    Route("GET", "/organization", _organization, "directory"),
]
