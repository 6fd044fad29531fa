"""Access tokens of the embedded tenant: of the usual form, with the claims that tell an application from a person.

They are not signed; any other bearer token counts as an application's. Source: Entra "Access token claims reference",
read 2026-11-25.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection
from typing import Any

_BOTH = (
    "AuditLogsQuery.Read.All",
    "AuditLogsQuery-OneDrive.Read.All",
    "AuditLogsQuery-SharePoint.Read.All",
    "Calendars.Read",
    "Calendars.ReadWrite",
    "Channel.ReadBasic.All",
    "Files.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "OnlineMeetingArtifact.Read.All",
    "OnlineMeetingRecording.Read.All",
    "Team.Create",
    "Team.ReadBasic.All",
    "TeamMember.Read.All",
    "TeamMember.ReadWrite.All",
    "TeamMember.ReadWriteNonOwnerRole.All",
    "TeamSettings.ReadWrite.All",
    "TeamsPolicyUserAssign.ReadWrite.All",
    "TeamsUserConfiguration.Read.All",
    "User.Read.All",
)
ROLES = (
    *_BOTH,
    "CallRecord-PstnCalls.Read.All",
    "CallRecords.Read.All",
    "EduRoster.Read.All",
    "EduRoster.ReadWrite.All",
    "OnlineMeetings.Read.All",
    "OnlineMeetings.ReadWrite.All",
)
"""What an application is granted here unless a test takes it away."""
SCOPES = (*_BOTH, "EduRoster.ReadBasic", "OnlineMeetings.Read", "OnlineMeetings.ReadWrite")
"""What a person has consented to."""


def made_token(tenant_id: str, *, is_person: bool, without: Collection[str] = ()) -> str:
    """Give a token with every permission of its kind that schools use, but those named."""
    granted = [one for one in (SCOPES if is_person else ROLES) if one not in without]
    own: dict[str, Any] = {"scp": " ".join(granted)} if is_person else {"roles": granted}
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
