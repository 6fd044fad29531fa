"""Which kind of sign-in an access token comes from; it is looked at and never verified: Microsoft does that. Pure.

Source: Entra "Access token claims reference", read 2026-11-25: `scp` stands in the token of a signed-in person only,
`roles` in an application's, and `idtyp` says `app` where the tenant adds it.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["app", "delegated", "unknown"]


def kind_of(token: str) -> Kind:
    """Say whether an application or a person is signed in; unknown for what is no token of the usual form."""
    claims = _claims(token)
    if claims.get("idtyp") == "app":
        return "app"
    if claims.get("scp"):
        return "delegated"
    return "app" if "roles" in claims else "unknown"


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        read = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


@dataclass(frozen=True)
class Claims:
    """What may be told of a token: `who` is an address or an app's id, `permissions` its roles or scopes."""

    kind: Kind
    tenant_id: str
    who: str
    permissions: tuple[str, ...]
    until: datetime | None


def claims_of(token: str) -> Claims:
    """Give what a token says of itself; everything is empty for what is no token of the usual form."""
    read = _claims(token)
    roles, scopes, ends = read.get("roles"), read.get("scp"), read.get("exp")
    permissions = [str(one) for one in roles] if isinstance(roles, list) else []
    permissions += scopes.split() if isinstance(scopes, str) else []
    named = ("upn", "unique_name", "preferred_username", "appid", "azp")
    return Claims(
        kind_of(token),
        str(read.get("tid") or "").lower(),
        next((str(read[name]) for name in named if read.get(name)), ""),
        tuple(sorted(permissions)),
        datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) else None,
    )
