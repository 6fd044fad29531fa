"""Turns a reply that is no success into the error a technician can act on: ids and shapes, no names."""

from collections.abc import Iterable

from teamskit.errors import PermissionMissing, Refused, SignInError, TenantError, Throttled, Unreachable
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


def not_granted(names: Iterable[str], *, person: bool) -> PermissionMissing:
    """Give the error for a token that lacks permissions, told before anything is asked."""
    missing = list(dict.fromkeys(names))
    whose = "the signed-in person's consent" if person else "the application"
    return PermissionMissing(
        f"{whose} lacks {', '.join(missing)}; nothing has been asked or changed",
        where="the sign-in's token",
        next_step="Add it to the app registration and have an administrator consent: teamskit auth permissions.",
    )


def only_for_apps(names: Iterable[str]) -> SignInError:
    """Give the error for a person signed in where Microsoft lets only an application in."""
    asked = ", ".join(dict.fromkeys(names))
    return SignInError(
        f"this needs {asked}, with the application's own sign-in, and a person is signed in",
        where="signin in school.toml",
        next_step="Use application sign-in: set signin.client_id with a certificate or secret.",
    )
