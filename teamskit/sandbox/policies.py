"""Policies over HTTP: definitions by the Teams admin API, ids, assignments and their effect by Graph.

Source: Graph v1.0 teamsAdministration pages (2025-12, unassign 2026-03); the admin API as observed, graph.md 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from teamskit.sandbox.clock import SECOND
from teamskit.sandbox.policy_store import (
    GLOBAL,
    Policy,
    drop_policy,
    effective_policies,
    find_policy,
    is_tenant_wide,
    policies_of,
    policy_types,
    set_assignment,
    write_policy,
)
from teamskit.sandbox.query import CONTEXT, kept, page, selected
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, not_found, object_body
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.schema import GRAPH, check_parameters
from teamskit.sandbox.users import find_user

_ID_AFTER_US = 5 * SECOND
_MOST = 1000
_ITEM = GRAPH + "teamsAdministration.teamsPolicyUserAssignment"
_MANAGED = ("Identity", "Key", "ConfigId")
_ALIASES = {"TenantFederationConfiguration": "TenantFederationSettings"}


def _refuse(message: str) -> Refusal:
    return bad_request(message, "BadRequest")


def _type(name: str) -> str:
    actual = _ALIASES.get(name, name)
    if actual not in policy_types():
        raise not_found(f"There is no policy type '{name}'.")
    return actual


def _admin_view(policy: Policy) -> dict[str, Any]:
    is_global = policy.name == GLOBAL
    shown = {"Identity": GLOBAL if is_global else "Tag:" + policy.name, **policy.settings}
    if policy.type == "TenantFederationSettings":
        return shown
    return {"Key": {"ScopeClass": GLOBAL if is_global else "Tag", "SchemaId": {"XName": policy.type}}, **shown}


def _check_correlation(visit: Visit) -> None:
    if not visit.request.headers.get("x-ms-correlation-id"):
        raise _refuse("The header x-ms-correlation-id is missing.")


def _name(identity: str) -> str:
    return identity[4:] if identity.lower().startswith("tag:") else identity


def _read_all(visit: Visit) -> Answer:
    _check_correlation(visit)
    return Answer(200, [_admin_view(policy) for policy in policies_of(visit.db, _type(visit.args[0]))])


def _read_one(visit: Visit) -> Answer:
    _check_correlation(visit)
    policy = find_policy(visit.db, _type(visit.args[0]), _name(visit.args[1]))
    if policy is None:
        raise not_found("There is no policy of this identity.")
    return Answer(200, _admin_view(policy))


def _write(visit: Visit) -> Answer:
    _check_correlation(visit)
    body = object_body(visit)
    policy_type, identity = _type(visit.args[0]), visit.args[1]
    if str(body.get("Identity", identity)).casefold() != identity.casefold():
        raise _refuse("The Identity in the body is not the one in the path.")
    name = _name(identity)
    if name.casefold() == GLOBAL.casefold():
        name = GLOBAL
    elif is_tenant_wide(policy_type):
        raise _refuse(f"{policy_type} has only a Global.")
    changes = {setting: value for setting, value in body.items() if setting not in _MANAGED}
    return Answer(200, _admin_view(write_policy(visit, policy_type, name, changes)))


def _remove(visit: Visit) -> Answer:
    _check_correlation(visit)
    policy = find_policy(visit.db, _type(visit.args[0]), _name(visit.args[1]))
    if policy is None:
        raise not_found("There is no policy of this identity.")
    if policy.name == GLOBAL:
        raise _refuse("Global cannot be removed.")
    drop_policy(visit, policy)
    return Answer(204)


def _tenants(visit: Visit) -> Answer:
    host = "https://api.interfaces.records.teams.microsoft.com"
    discovery = {"Endpoints": {"ConfigApiEndpoint": host}, "Headers": {"X-MS-Forest": "sandbox"}}
    return Answer(200, {"tenantId": visit.facts.tenant_id, "serviceDiscovery": discovery})


def _policy_id(visit: Visit) -> Answer:
    policy_type, name = visit.args
    if policy_type not in policy_types():
        raise _refuse(f"There is no policy type '{policy_type}'.")
    policy = find_policy(visit.db, policy_type, name.replace("''", "'"))
    found = []
    if policy is not None and visit.now >= policy.created + _ID_AFTER_US:
        shown = policy.name if policy.name == GLOBAL else "Tag:" + policy.name
        detail = "#microsoft.graph.teamsAdministration.policyIdentifierDetail"
        found = [{"@odata.type": detail, "name": shown, "policyId": policy.id}]
    context = CONTEXT + "Collection(microsoft.graph.teamsAdministration.policyIdentifierDetail)"
    return Answer(200, {"@odata.context": context, "value": found})


def _items(visit: Visit, *, with_policy: bool) -> list[dict[str, Any]]:
    body = object_body(visit)
    check_parameters(body, {"value": f"Collection({_ITEM})"})
    items = body.get("value") or []
    if not 1 <= len(items) <= _MOST:
        raise _refuse(f"The action takes 1 to {_MOST} assignments.")
    for item in items:
        if item.get("policyType") not in policy_types() or is_tenant_wide(item["policyType"]):
            raise _refuse(f"There is no policy type '{item.get('policyType')}' to assign.")
        if with_policy != bool(item.get("policyId")):
            raise _refuse("An assignment needs a policyId, taking one away has none.")
    return items


def _assign(with_policy: bool) -> Handler:
    def answer(visit: Visit) -> Answer:
        items = _items(visit, with_policy=with_policy)
        known = set(visit.db.execute("SELECT type, id FROM policies WHERE name <> ?", (GLOBAL,)).fetchall())
        for item in items:
            if with_policy and (item["policyType"], item["policyId"]) not in known:
                raise _refuse(f"There is no {item['policyType']} with the id '{item['policyId']}'.")
            uid = str(item.get("userId")).lower()
            if not visit.db.execute("SELECT 1 FROM users WHERE id = ?", (uid,)).fetchone():
                raise _refuse(f"There is no user '{item.get('userId')}'.")
            set_assignment(visit, uid, item["policyType"], item.get("policyId"))
        return Answer(204)

    return answer


def _configuration(
    visit: Visit, user: dict[str, Any], assigned: Mapping[str, tuple[str, str | None]], names: dict[str, str]
) -> dict[str, Any]:
    created = user["createdDateTime"]
    policies = [
        {
            "policyType": kind,
            "policyAssignment": {
                "displayName": names.get(key),
                "assignmentType": "group" if gid else "direct",
                "policyId": key,
                "groupId": gid,
            },
        }
        for kind, (key, gid) in sorted(assigned.items())
    ]
    return {
        "id": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "tenantId": visit.facts.tenant_id,
        "accountType": "guest" if user.get("userType") == "Guest" else "user",
        "isEnterpriseVoiceEnabled": False,
        "featureTypes": ["Teams"],
        "telephoneNumbers": [],
        "createdDateTime": created,
        "modifiedDateTime": created,
        "effectivePolicyAssignments": policies,
    }


def _names(visit: Visit) -> dict[str, str]:
    return dict(visit.db.execute("SELECT id, name FROM policies").fetchall())


def _configurations(visit: Visit) -> Answer:
    names, effective = _names(visit), effective_policies(visit.db, visit.now)
    rows = visit.db.execute("SELECT doc FROM users ORDER BY seq").fetchall()
    users = json.loads("[" + ",".join(doc for (doc,) in rows) + "]")
    shown = [_configuration(visit, user, effective.get(user["id"], {}), names) for user in users]
    return page(visit, kept(visit, shown), "admin/teams/userConfigurations", most=999)


def _one_configuration(visit: Visit) -> Answer:
    user = find_user(visit.db, visit.args[0])
    if user is None:
        raise not_found("The user was not found.")
    effective = effective_policies(visit.db, visit.now, user["id"]).get(user["id"], {})
    shown = selected(_configuration(visit, user, effective, _names(visit)), visit)
    return Answer(200, {"@odata.context": CONTEXT + "admin/teams/userConfigurations/$entity", **shown})


_ONE = "/Skype.Policy/configurations/{type}/configuration/{identity*}"
ROUTES = [
    Route("GET", "/Skype.Policy/configurations/{type}", _read_all),
    Route("GET", _ONE, _read_one),
    Route("PUT", _ONE, _write),
    Route("DELETE", _ONE, _remove),
    Route("GET", "/Teams.Tenant/tenants", _tenants),
    Route("GET", "/admin/teams/policy/getPolicyId(type='{type}',name='{name*}')", _policy_id),
    Route("POST", "/admin/teams/policy/userAssignments/assign", _assign(True)),
    Route("POST", "/admin/teams/policy/userAssignments/unassign", _assign(False)),
    Route("GET", "/admin/teams/userConfigurations", _configurations),
    Route("GET", "/admin/teams/userConfigurations/{id}", _one_configuration),
]
