"""What can be checked of one account that the service refuses: is it there, enabled, licensed for Teams, new?

Source: Graph v1.0 user resource (accountEnabled, assignedPlans, createdDateTime), and the service plan "TeamspaceAPI"
of Microsoft's list of licence names, read 2026-11-25.
"""

from datetime import datetime, timedelta

from teamskit.clock import parse_iso
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import USERS_READ

TEAMS_PLAN = "teamspaceapi"
NEW_H = 72
"""An account younger than this may not be known to Teams yet."""


def account_state(account_id: str) -> Call:
    """Ask for what tells whether Teams can know an account; 404 when it is gone."""
    chosen = "id,accountEnabled,createdDateTime,assignedPlans"
    return Call("GET", f"/users/{encoded(account_id)}?$select={chosen}", USERS_READ)


def told_state(reply: Reply, now: datetime) -> str:
    """Put the answer into words for a technician, the likely reasons first; no names."""
    if reply.status == 404:
        return "the account is gone"
    if not reply.ok or not isinstance(reply.body, dict):
        return "the account could not be checked"
    body = reply.body
    said = [] if body.get("accountEnabled") else ["the account is disabled"]
    created = body.get("createdDateTime")
    if created and now - parse_iso(created) < timedelta(hours=NEW_H):
        said.append("it was made less than 72 hours ago: try again tomorrow")
    plans = body.get("assignedPlans")
    if plans is not None and not any(_is_teams(one) for one in plans):
        said.append("it has no licence with Teams")
    return "; ".join(said) or "the account is enabled, licensed and older than 72 hours: try again tomorrow"


def _is_teams(plan: dict[str, object]) -> bool:
    on = str(plan.get("capabilityStatus") or "").casefold() in ("enabled", "warning")
    return on and str(plan.get("service") or "").casefold() == TEAMS_PLAN
