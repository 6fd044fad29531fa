"""Policy definitions through the Teams admin API: read all, write one (read back and compared), remove one.

The API is *observed* (the Teams admin centre and CIPP-API speak it), not documented; it needs the Teams Administrator
role. So nothing written here counts until it reads back. Source: public code of CIPP-API, read 2026-11-25.
"""

from collections.abc import Mapping
from typing import Any

from teamskit.errors import Refused
from teamskit.tenant import federation
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.graph_policies import without_tag
from teamskit.tenant.models import Policy
from teamskit.tenant.permissions import TEAMS_ADMINISTRATOR
from teamskit.tenant.refusals import error_of
from teamskit.tenant.transport import Transport

READS_BACK, READ_BACK_S = 6, 5
"""How often a written policy is read back, and how far apart, until it shows as written."""
_OWN_NAMES = {"TenantFederationConfiguration": "TenantFederationSettings"}
"""Types that this API calls otherwise than the PowerShell module does."""
_NOT_SETTINGS = frozenset({"Identity", "Key", "ConfigId", "DataSource"})


def fetch_policies(transport: Transport, policy_type: str) -> list[Policy]:
    """Give every policy of a type, Global among them; names without `Tag:`, settings as read."""
    call = Call("GET", f"/Skype.Policy/configurations/{_type(policy_type)}", TEAMS_ADMINISTRATOR, service="admin")
    body = transport.send(call).body
    found = body.get("value", []) if isinstance(body, Mapping) else body
    return [_policy(policy_type, one) for one in found or ()]


def write_policy(transport: Transport, policy_type: str, name: str, settings: Mapping[str, object]) -> Policy:
    """Create a policy, or change only the named settings of one, and give it as it reads back.

    Raises Refused when it does not read back as written within half a minute, and PolicyDocumentError for federation
    settings that do not say clearly who is let in.
    """
    if policy_type in federation.TYPES:
        return _write_federation(transport, policy_type, name, settings)
    settings = wanted_settings(policy_type, settings)
    call = _one(policy_type, name, "GET")
    before = transport.ask(call)
    if not before.ok and before.status != 404:
        raise error_of(call, before)
    kept: dict[str, Any] = {}
    if before.ok and isinstance(before.body, Mapping) and "Key" in before.body:
        kept = {"Identity": before.body["Identity"], "Key": before.body["Key"]}
    transport.send(_one(policy_type, name, "PUT", {**kept, **settings}))
    return _read_back(transport, policy_type, name, settings)


def wanted_settings(policy_type: str, settings: Mapping[str, object]) -> dict[str, object]:
    """Give a document's settings in the forms that reading gives, so that the two can be compared."""
    if policy_type in federation.TYPES:
        return federation.as_wanted(settings)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}


def _write_federation(transport: Transport, policy_type: str, name: str, settings: Mapping[str, object]) -> Policy:
    body = transport.send(_one(policy_type, name, "GET")).body
    for step in federation.steps(body, settings):
        body = _carry_out(transport, policy_type, name, step)
    return _policy(policy_type, body)


def _carry_out(transport: Transport, policy_type: str, name: str, step: federation.Step) -> Mapping[str, Any]:
    for form in step.forms:
        transport.send(_one(policy_type, name, "PUT", form))
        reply = Reply(0)
        for _ in range(READS_BACK):
            reply = transport.ask(_one(policy_type, name, "GET"))
            if reply.ok and step.is_done(reply.body):
                return dict(reply.body)
            transport.clock.sleep(READ_BACK_S)
        if not reply.ok or not step.may_go_on(reply.body):
            break
    raise _not_as_written(policy_type, name, reply)


def _read_back(transport: Transport, policy_type: str, name: str, settings: Mapping[str, object]) -> Policy:
    for _ in range(READS_BACK):
        reply = transport.ask(_one(policy_type, name, "GET"))
        if reply.ok and _holds(reply, settings):
            return _policy(policy_type, reply.body)
        transport.clock.sleep(READ_BACK_S)
    raise _not_as_written(policy_type, name, reply)


def _not_as_written(policy_type: str, name: str, reply: Reply) -> Refused:
    return Refused(
        f"the {policy_type} {name!r} was written but does not read back as written",
        where=f"{policy_type} {name}",
        next_step="Create it by Microsoft's PowerShell module (New-Cs or Set-Cs, the policy's type), then run again.",
        status_code=reply.status,
        request_id=reply.request_id,
    )


def _holds(reply: Reply, settings: Mapping[str, object]) -> bool:
    return all(name in reply.body and reply.body[name] == value for name, value in settings.items())


def delete_policy(transport: Transport, policy_type: str, name: str) -> None:
    """Remove a policy; raises Refused while accounts still have it."""
    transport.send(_one(policy_type, name, "DELETE"))


def _one(policy_type: str, name: str, method: str, body: Any = None) -> Call:
    path = f"/Skype.Policy/configurations/{_type(policy_type)}/configuration/{encoded(_identity(name))}"
    return Call(method, path, TEAMS_ADMINISTRATOR, body, service="admin")


def _type(policy_type: str) -> str:
    return encoded(_OWN_NAMES.get(policy_type, policy_type))


def _identity(name: str) -> str:
    return name if name == "Global" else f"Tag:{name}"


def _policy(policy_type: str, one: Mapping[str, Any]) -> Policy:
    settings = {key: value for key, value in one.items() if key not in _NOT_SETTINGS and not key.startswith("@")}
    if policy_type in federation.TYPES:
        settings = federation.as_read(settings)
    return Policy(policy_type, without_tag(str(one.get("Identity", ""))), settings)
