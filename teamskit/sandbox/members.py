"""`/teams/{id}/members`: who is in a team, one by one and in bulk.

Source: Graph v1.0 conversationmembers-add, conversationmember-remove, team-list-members, read 2026-11-25.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from teamskit.sandbox.clock import read_number
from teamskit.sandbox.group_store import bound_key
from teamskit.sandbox.query import CONTEXT, kept, page
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, not_found, object_body
from teamskit.sandbox.routing import Route
from teamskit.sandbox.schema import GRAPH, check_object, check_parameters
from teamskit.sandbox.team_store import drop_member, is_member, need_team, put_members, set_owner
from teamskit.sandbox.users import find_user, read_users

_TYPE = "#microsoft.graph.aadUserConversationMember"
_MOST_ADDED, _MOST_REMOVED = 200, 20
_ROLES: tuple[list[str], ...] = ([], ["owner"], ["guest"])


def _refuse(message: str) -> Refusal:
    return bad_request(message, "BadRequest")


def _view(visit: Visit, tid: str, user: dict[str, Any], owner: bool) -> dict[str, Any]:
    guest = ["guest"] if user.get("userType") == "Guest" else []
    key = base64.b64encode(f"MCMjMSMj##{visit.facts.tenant_id}##{tid}##{user['id']}".encode()).decode()
    return {
        "@odata.type": _TYPE,
        "id": key,
        "roles": ["owner"] if owner else guest,
        "displayName": user["displayName"],
        "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
        "userId": user["id"],
        "email": user.get("mail") or user["userPrincipalName"],
        "tenantId": visit.facts.tenant_id,
    }


def _list(visit: Visit) -> Answer:
    team = need_team(visit, visit.args[0])
    rows = visit.db.execute(
        "SELECT uid, owner FROM team_members WHERE tid = ? AND seen <= ? ORDER BY uid", (team.id, visit.now)
    ).fetchall()
    users = read_users(visit.db, [uid for uid, _owner in rows])
    shown = kept(visit, [_view(visit, team.id, users[uid], owner) for uid, owner in rows if uid in users])
    answer = page(visit, shown, f"teams('{team.id}')/members", most=999)
    context = answer.body.pop("@odata.context")
    return Answer(200, {"@odata.context": context, "@odata.count": len(shown), **answer.body})


def _values(visit: Visit, most: int) -> list[dict[str, Any]]:
    body = object_body(visit)
    check_parameters(body, {"values": f"Collection({GRAPH}conversationMember)"})
    values = body.get("values") or []
    if not 1 <= len(values) <= most:
        raise _refuse(f"The action takes 1 to {most} members.")
    for value in values:
        check_object(value, GRAPH + "aadUserConversationMember", code="BadRequest")
        if "user@odata.bind" not in value:
            raise _refuse("Each member needs user@odata.bind.")
        if (value.get("roles") or []) not in _ROLES:
            raise _refuse("A member's roles are [], ['owner'] or ['guest'].")
    return values


def _results(results: dict[str, str | None], good: Answer) -> Answer:
    if good.status == 204 and not any(results.values()):
        return good
    shown = [
        {
            "@odata.type": "#microsoft.graph.aadUserConversationMemberResult",
            "userId": key,
            "error": {"code": "NotFound", "message": error} if error else None,
        }
        for key, error in results.items()
    ]
    status = 207 if any(results.values()) else good.status
    context = CONTEXT + "Collection(microsoft.graph.aadUserConversationMemberResult)"
    return Answer(status, {"@odata.context": context, "value": shown})


def _add_many(visit: Visit) -> Answer:
    values = _values(visit, _MOST_ADDED)
    team = need_team(visit, visit.args[0])
    people: dict[str, bool] = {}
    results: dict[str, str | None] = {}
    for value in values:
        key = bound_key(value["user@odata.bind"])
        user = find_user(visit.db, key)
        results[user["id"] if user else key] = None if user else "The account was not found."
        if user:
            people[user["id"]] = "owner" in (value.get("roles") or [])
    if len(people) < len(results) and read_number(visit.db, "flag:strict_bulk_add"):
        raise not_found("One of the accounts was not found.")
    put_members(visit, team.id, people)
    return _results(results, Answer(200))


def _remove_many(visit: Visit) -> Answer:
    values = _values(visit, _MOST_REMOVED)
    team = need_team(visit, visit.args[0])
    results: dict[str, str | None] = {}
    for value in values:
        key = bound_key(value["user@odata.bind"])
        user = find_user(visit.db, key)
        if user is None or not is_member(visit.db, team.id, user["id"]):
            results[key] = "The team has no such member."
            continue
        drop_member(visit, team.id, user["id"])
        results[user["id"]] = None
    return _results(results, Answer(204))


def _add_one(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "aadUserConversationMember", code="BadRequest")
    team = need_team(visit, visit.args[0])
    user = find_user(visit.db, bound_key(body.get("user@odata.bind")))
    if user is None:
        raise not_found("The account was not found.")
    owner = "owner" in (body.get("roles") or [])
    put_members(visit, team.id, {user["id"]: owner})
    context = CONTEXT + f"teams('{team.id}')/members/$entity"
    return Answer(201, {"@odata.context": context, **_view(visit, team.id, user, owner)})


def _membership(visit: Visit) -> tuple[str, dict[str, Any]]:
    team = need_team(visit, visit.args[0])
    try:
        uid = base64.b64decode(visit.args[1], validate=True).decode("utf-8").split("##")[-1]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _refuse("The membership id is not valid.") from error
    user = find_user(visit.db, uid)
    if user is None or not is_member(visit.db, team.id, uid):
        raise not_found("The team has no such member.")
    return team.id, user


def _remove_one(visit: Visit) -> Answer:
    tid, user = _membership(visit)
    drop_member(visit, tid, user["id"])
    return Answer(204)


def _show_one(visit: Visit) -> Answer:
    tid, user = _membership(visit)
    row = visit.db.execute("SELECT owner FROM team_members WHERE tid = ? AND uid = ?", (tid, user["id"])).fetchone()
    context = CONTEXT + f"teams('{tid}')/members/$entity"
    return Answer(200, {"@odata.context": context, **_view(visit, tid, user, bool(row[0]))})


def _change_one(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "aadUserConversationMember", code="BadRequest")
    tid, user = _membership(visit)
    set_owner(visit, tid, user["id"], "owner" in (body.get("roles") or []))
    return _show_one(visit)


ROUTES = [
    Route("GET", "/teams/{id}/members", _list, "members-read"),
    Route("POST", "/teams/{id}/members", _add_one, "member-post"),
    Route("POST", "/teams/{id}/members/add", _add_many, "members-add"),
    Route("POST", "/teams/{id}/members/remove", _remove_many, "teams"),
    Route("GET", "/teams/{id}/members/{membership}", _show_one, "teams"),
    Route("DELETE", "/teams/{id}/members/{membership}", _remove_one, "teams"),
    Route("PATCH", "/teams/{id}/members/{membership}", _change_one, "teams"),
]
