"""Accounts made, changed and deleted, as an administrator does: `POST`, `PATCH` and `DELETE` on `/users`.

Source: Graph v1.0 user-post-users, user-update and user-delete, read 2026-11-25.
"""

from __future__ import annotations

import json
from typing import Any

from teamskit.sandbox.clock import to_text
from teamskit.sandbox.request import Answer, Visit, bad_request, no_resource, object_body
from teamskit.sandbox.routing import Route
from teamskit.sandbox.schema import GRAPH, check_object
from teamskit.sandbox.users import find_user, save_users

_NEEDED = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName")


def _create(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "user")
    missing = [name for name in _NEEDED if name not in body]
    if missing:
        raise bad_request(f"A value is required for property '{missing[0]}' of resource 'User'.")
    if find_user(visit.db, body["userPrincipalName"]):
        raise bad_request("Another object with the same value for property userPrincipalName already exists.")
    body.pop("passwordProfile", None)
    save_users(visit.db, [body], to_text(visit.now))
    return Answer(201, find_user(visit.db, body["userPrincipalName"]))


def _change(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "user")
    user = _need(visit)
    changed = {**user, **body, "id": user["id"]}
    upn = changed["userPrincipalName"].lower()
    visit.db.execute("UPDATE users SET upn = ?, doc = ? WHERE id = ?", (upn, json.dumps(changed), user["id"]))
    return Answer(204)


def _delete(visit: Visit) -> Answer:
    """Take an account away with everything that hangs on it."""
    uid = _need(visit)["id"]
    for table in ("refs", "team_members", "assignments", "group_holds"):
        visit.db.execute(f"DELETE FROM {table} WHERE uid = ?", (uid,))  # noqa: S608 - names from the line above
    visit.db.execute("DELETE FROM users WHERE id = ?", (uid,))
    return Answer(204)


def _need(visit: Visit) -> dict[str, Any]:
    user = find_user(visit.db, visit.args[0])
    if user is None:
        raise no_resource(visit.args[0])
    return user


ROUTES = [
    Route("POST", "/users", _create, "directory"),
    Route("PATCH", "/users/{id}", _change, "directory"),
    Route("DELETE", "/users/{id}", _delete, "directory"),
]
