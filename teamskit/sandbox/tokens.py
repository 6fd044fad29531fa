"""Access tokens of the embedded tenant: of the usual form, with the claims that tell an application from a person.

They are not signed; any other bearer token counts as an application's. Source: Entra "Access token claims reference",
read 2026-11-25.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any


def made_token(tenant_id: str, *, is_person: bool) -> str:
    """Give a token with every permission of its kind."""
    own = {"scp": "User.Read.All Group.ReadWrite.All OnlineMeetings.Read"} if is_person else {"roles": ["All"]}
    claims = {"tid": tenant_id, "aud": "https://graph.microsoft.com", "idtyp": "user" if is_person else "app", **own}
    return ".".join([_part({"typ": "JWT", "alg": "none"}), _part(claims), "unsigned"])


def is_of_person(token: str) -> bool:
    """Say whether a person is signed in with this token."""
    middle = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)) or b"{}")
    except (binascii.Error, ValueError):
        return False
    return isinstance(claims, dict) and "scp" in claims


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode("utf-8")).decode("ascii").rstrip("=")
