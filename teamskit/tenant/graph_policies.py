"""Reads what Graph tells of Teams policies: what each account has in effect, and a policy's id.

Source: Graph v1.0, Teams administration (pages of 2025-12), read 2026-11-25.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import literal
from teamskit.tenant.models import EffectivePolicy
from teamskit.tenant.permissions import POLICIES_ASSIGN, POLICIES_IN_EFFECT_READ
from teamskit.tenant.transport import Transport

GLOBAL = "Global"


def without_tag(name: str) -> str:
    """Give a policy's name without the `Tag:` that the service puts before it."""
    return name.removeprefix("Tag:")


def fetch_effective_policies(transport: Transport) -> list[EffectivePolicy]:
    """Give each account's policies in effect that are not Global's, direct or by a group.

    Only what has propagated shows here; whoever has neither route for a type is on Global.
    """
    return [found for _, some in _configurations(transport) for found in some]


def fetch_effective_of(transport: Transport, policy_type: str) -> dict[str, tuple[str, str]]:
    """Give policy and route (direct, group or Global) of one type for every account that the service lists.

    An account that is not listed has no Teams settings that can be read: nothing is known of it.
    """
    return {
        account: next(((one.name, one.route) for one in some if one.type == policy_type), (GLOBAL, GLOBAL))
        for account, some in _configurations(transport)
    }


def _configurations(transport: Transport) -> Iterator[tuple[str, list[EffectivePolicy]]]:
    path = "/admin/teams/userConfigurations?$select=id,effectivePolicyAssignments&$top=999"
    for one in transport.pages(Call("GET", path, POLICIES_IN_EFFECT_READ)):
        yield one["id"], [_effective(one["id"], held) for held in one.get("effectivePolicyAssignments") or ()]


def _effective(account: str, held: Mapping[str, Any]) -> EffectivePolicy:
    given = held["policyAssignment"]
    return EffectivePolicy(
        account_id=account,
        type=held["policyType"],
        name=without_tag(given.get("displayName") or ""),
        route=given.get("assignmentType") or "",
        group_id=given.get("groupId") or "",
    )


def policy_id(policy_type: str, name: str) -> Call:
    """Ask for the id that assigning wants for a policy; a 404 or an empty answer means that it does not show (yet)."""
    return Call(
        "GET", f"/admin/teams/policy/getPolicyId(type={literal(policy_type)},name={literal(name)})", POLICIES_ASSIGN
    )


def policy_id_in(reply: Reply, name: str) -> str | None:
    """Read the id out of the answer; names are compared without regard to case, as the service does."""
    found = reply.body.get("value") if reply.ok and isinstance(reply.body, dict) else None
    ids = [one["policyId"] for one in found or () if _is_named(str(one.get("name") or name), name)]
    return str(ids[0]) if ids else None


def _is_named(found: str, name: str) -> bool:
    return without_tag(found).casefold() == name.casefold()
