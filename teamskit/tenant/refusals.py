"""Turns a reply that is no success into the error a technician can act on: ids and shapes, no names."""

from teamskit.errors import PermissionMissing, Refused, TenantError, Throttled, Unreachable
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.redaction import path_shape


def error_of(call: Call, reply: Reply) -> TenantError:
    """Give the error for a reply: Unreachable, PermissionMissing (401, 403), Throttled (429, 503) or Refused."""
    kind, what, next_step = _sentence(call, reply)
    return kind(
        what,
        where=f"{call.method} {path_shape(call.path)}",
        next_step=next_step,
        status_code=reply.status,
        code=reply.error_code,
        request_id=reply.request_id,
    )


def _sentence(call: Call, reply: Reply) -> tuple[type[TenantError], str, str]:
    said = reply.error_message or f"status {reply.status}"
    if reply.status in (0, 502, 504):
        return Unreachable, "Microsoft gave no answer that could be read", "Look at the network and proxy; run again."
    if reply.status in (401, 403):
        return PermissionMissing, f"Microsoft did not allow this call: {said}", f"It needs {call.permission}; consent."
    if reply.status in (429, 503):
        return Throttled, f"Microsoft was busy until the last try: {said}", "Run again later; nothing is done twice."
    return Refused, f"Microsoft turned a request down: {said}", "Keep the request id for Microsoft's support."
