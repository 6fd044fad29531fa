"""What no API of Microsoft's offers, below `/sandbox/`: policies given to groups, and delays set by hand.

`POST /sandbox/groupPolicyAssignments {groupId, policyType, policyName, rank}` stands in for the PowerShell cmdlet
`Grant-Cs…Policy -Group`, which only a person or a script of his runs; the client never calls it.
"""

from __future__ import annotations

from typing import Any

from teamskit.sandbox.clock import HOUR, to_text
from teamskit.sandbox.group_grants import Grant, give, grants, take
from teamskit.sandbox.group_store import need_group
from teamskit.sandbox.policy_store import GLOBAL, find_policy, is_tenant_wide, policy_types
from teamskit.sandbox.propagation import clear_delays, set_delay
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, no_resource, not_found, object_body
from teamskit.sandbox.routing import Route
from teamskit.sandbox.users import find_user


def _refuse(message: str) -> Refusal:
    return bad_request(message, "BadRequest")


def _fields(visit: Visit, *known: str) -> dict[str, Any]:
    body = object_body(visit)
    for name in body:
        if name not in known:
            raise _refuse(f"There is no '{name}' here; there are {', '.join(known)}.")
    return body


def _assignable(name: object) -> str:
    if name not in policy_types() or is_tenant_wide(str(name)):
        raise _refuse(f"There is no policy type '{name}' to assign.")
    return str(name)


def _view(visit: Visit, grant: Grant) -> dict[str, Any]:
    (name,) = visit.db.execute("SELECT name FROM policies WHERE id = ?", (grant.policy,)).fetchone()
    return {
        "id": grant.id,
        "groupId": grant.gid,
        "policyType": grant.type,
        "policyName": name,
        "policyId": grant.policy,
        "rank": grant.rank,
        "createdDateTime": to_text(grant.at),
    }


def _list(visit: Visit) -> Answer:
    return Answer(200, {"value": [_view(visit, grant) for grant in grants(visit.db)]})


def _give(visit: Visit) -> Answer:
    body = _fields(visit, "groupId", "policyType", "policyName", "rank")
    kind, rank = _assignable(body.get("policyType")), body.get("rank")
    if rank is not None and (not isinstance(rank, int) or isinstance(rank, bool) or rank < 1):
        raise _refuse("The rank is a whole number from 1.")
    group = need_group(visit, str(body.get("groupId")))
    policy = find_policy(visit.db, kind, str(body.get("policyName")))
    if policy is None or policy.name == GLOBAL:
        raise not_found(f"There is no {kind} '{body.get('policyName')}' to assign.")
    return Answer(201, _view(visit, give(visit, group.id, kind, policy.id, rank)))


def _take(visit: Visit) -> Answer:
    grant = next((one for one in grants(visit.db) if one.id == visit.args[0].lower()), None)
    if grant is None:
        raise not_found("There is no such assignment to a group.")
    take(visit, grant)
    return Answer(204)


def _delay(visit: Visit) -> Answer:
    body = _fields(visit, "userIds", "policyType", "hours")
    hours, uids = body.get("hours"), body.get("userIds")
    if hours is not None and (not isinstance(hours, int | float) or isinstance(hours, bool) or hours < 0):
        raise _refuse("The hours are a number from 0, or null for never.")
    if not isinstance(uids, list) or not uids:
        raise _refuse("The userIds are a list of accounts.")
    kind = _assignable(body["policyType"]) if body.get("policyType") else ""
    for key in uids:
        user = find_user(visit.db, str(key))
        if user is None:
            raise no_resource(str(key))
        set_delay(visit.db, user["id"], kind, None if hours is None else int(hours * HOUR))
    return Answer(204)


def _no_delay(visit: Visit) -> Answer:
    clear_delays(visit.db, visit.now)
    return Answer(204)


_PATH = "/sandbox/groupPolicyAssignments"
ROUTES = [
    Route("GET", _PATH, _list),
    Route("POST", _PATH, _give),
    Route("DELETE", _PATH + "/{id}", _take),
    Route("POST", "/sandbox/policyDelays", _delay),
    Route("DELETE", "/sandbox/policyDelays", _no_delay),
]
