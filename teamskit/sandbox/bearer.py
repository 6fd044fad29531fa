"""The check of a served tenant: no request passes without a token of its sign-in that carries a fitting permission.

Source of codes and messages: the error bodies of Microsoft Graph as documented and seen in public threads, read
2026-11-25.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import jwt

from teamskit.sandbox.permissions import Need, need_of, refusal_code
from teamskit.sandbox.request import Facts, Refusal, Request
from teamskit.sandbox.signing import signer

GRAPH = frozenset({"https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"})
ADMIN = frozenset({"48ac35b8-9aa8-4d74-927d-1f4a14a0b239"})
_ADMIN_PATHS = ("/skype.policy/", "/teams.tenant/")
_NOT_OF_OWNERS = frozenset({"TeamMember.ReadWriteNonOwnerRole.All"})


@dataclass(frozen=True, slots=True)
class TokenGuard:
    """Check the token of each request against the tenant of `facts`."""

    facts: Facts

    def __call__(self, db: sqlite3.Connection, request: Request, template: str) -> None:
        """Refuse (401, 403) what the token does not carry; an empty template, as of a batch, asks for no permission."""
        is_admin = request.path.lower().startswith(_ADMIN_PATHS)
        claims = self._claims(db, request, ADMIN if is_admin else GRAPH)
        if template.startswith("/sandbox/"):
            raise Refusal(404, "BadRequest", "No resource was found for this path.")
        if template and not is_admin:
            _check_permission(claims, request, template)

    def _claims(self, db: sqlite3.Connection, request: Request, audiences: frozenset[str]) -> dict[str, Any]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _unauthorised("Access token is empty.")
        try:
            claims = signer(db).read(token.strip())
        except jwt.ExpiredSignatureError as over:
            raise _unauthorised("Access token has expired or is not yet valid.") from over
        except jwt.ImmatureSignatureError as early:
            raise _unauthorised("Access token has expired or is not yet valid.") from early
        except jwt.InvalidSignatureError as forged:
            raise _unauthorised("The access token's signature is not one of this tenant's sign-in.") from forged
        except jwt.PyJWTError as wrong:
            raise _unauthorised("The access token cannot be read.") from wrong
        if claims["tid"] != self.facts.tenant_id:
            raise _unauthorised("The access token is of another tenant.")
        if claims["aud"] not in audiences:
            raise _unauthorised("Access token validation failure. Invalid audience.")
        return claims


def _check_permission(claims: dict[str, Any], request: Request, template: str) -> None:
    is_person = "scp" in claims
    held = frozenset(claims["scp"].split()) if is_person else frozenset(claims.get("roles", ()))
    need = need_of(request.method, template) or Need(frozenset(), frozenset())
    wanted = need.person if is_person else need.application
    if _makes_owner(request.body):
        wanted -= _NOT_OF_OWNERS
    if not held & wanted:
        raise _forbidden(template, held, wanted, is_person=is_person)


def _makes_owner(body: Any) -> bool:
    """Say whether somebody in this body is to be an owner of a team, alone or among others."""
    people = body.get("values", [body]) if isinstance(body, dict) else []
    roles = [one.get("roles") for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    return any(isinstance(some, list) and "owner" in some for some in roles)


def _unauthorised(message: str) -> Refusal:
    return Refusal(401, "InvalidAuthenticationToken", message)


def _forbidden(template: str, held: frozenset[str], wanted: frozenset[str], *, is_person: bool) -> Refusal:
    code = refusal_code(template)
    if code != "Forbidden":
        return Refusal(403, code, "Insufficient privileges to complete the operation.")
    kind = ("Scopes", "scope") if is_person else ("Roles", "role")
    asked = f"API requires one of '{', '.join(sorted(wanted))}'." if wanted else "This kind of sign-in cannot do it."
    message = f"Missing {kind[1]} permissions on the request. {asked}"
    return Refusal(403, code, f"{message} {kind[0]} on the request '{', '.join(sorted(held))}'.")
