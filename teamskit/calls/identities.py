"""Who somebody in a call record is: Microsoft's identities become a person of the roster, outside or unknown. Pure.

Source: Graph v1.0 callRecords participant, communicationsIdentitySet, endpoint `associatedIdentity`, read 2026-11-25;
for `teamsvisitor:` ids microsoft-graph-docs issue 8196.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from teamskit.calls.model import Interval, Presence, Role, Who
from teamskit.calls.presence import union

VISITOR = "teamsvisitor:"
NAMELESS = {"guest": "guest", "phone": "telephone", "other": "device or service"}


@dataclass(frozen=True)
class Identity:
    """An identity as a record gives it; `joined_as` is user, guest, visitor, phone or other."""

    account: str
    name: str
    joined_as: str
    tenant: str = ""
    upn: str = ""
    email: str = ""


@dataclass(frozen=True)
class Directory:
    """What is needed to tell people apart: the roster's accounts, our tenant, and its guest accounts."""

    people: Mapping[str, Who]
    own_tenant: str
    guests: Collection[str] = field(default_factory=frozenset)

    def on(self, day: date) -> "Directory":
        """Give the directory of one day: who has left or is not admitted yet on it is nobody of the roster."""
        return replace(self, people={key: who for key, who in self.people.items() if who.is_here(day)})

    def role_of(self, identity: Identity) -> Role:
        """Give the role; a guest account of our own tenant is outside, and a visitor is never a pupil."""
        if identity.joined_as in ("guest", "visitor", "phone"):
            return "outside"
        if identity.tenant and identity.tenant.casefold() != self.own_tenant.casefold():
            return "outside"
        if who := self.people.get(identity.account):
            return who.role
        is_guest = identity.account in self.guests or "#ext#" in identity.upn.casefold()
        return "outside" if is_guest else "unknown"

    def person(self, identity: Identity, intervals: Collection[Interval] = (), visitor: int = 0) -> Presence:
        """Name the person; `visitor` is the number of an anonymous visitor without a name in this call."""
        role = self.role_of(identity)
        who = self.people.get(identity.account) if role in ("pupil", "staff") else None
        return Presence(
            account=identity.account,
            id=who.id if who else identity.account,
            name=who.name if who else _name(identity, visitor),
            role=role,
            year=who.year if who else None,
            joined_as=identity.joined_as,
            intervals=union(intervals),
            address="" if who else identity.email or identity.upn,
        )


def _name(identity: Identity, visitor: int) -> str:
    if identity.name:
        return identity.name
    if identity.joined_as == "visitor":
        return f"visitor {visitor} of this call"
    if identity.joined_as == "phone":
        return identity.account
    return identity.upn or f"{NAMELESS.get(identity.joined_as, 'account')} {identity.account[:8]}"


def of_participant(entry: Mapping[str, Any]) -> Identity | None:
    """Read an entry of `participants_v2`, or `organizer_v2`; None when it names nobody."""
    kinds = entry.get("identity") or {}
    for kind, inner in kinds.items():
        if isinstance(inner, Mapping) and (inner.get("id") or entry.get("id")):
            return _identity(kind, inner, str(inner.get("id") or entry["id"]))
    return _identity("other", {}, str(entry["id"])) if entry.get("id") else None


def of_endpoint(endpoint: Mapping[str, Any] | None) -> Identity | None:
    """Read a session's caller or callee; None for the service's own end."""
    inner = (endpoint or {}).get("associatedIdentity")
    if isinstance(inner, Mapping) and inner.get("id"):
        return _identity(_kind(inner), inner, str(inner["id"]))
    kinds = (endpoint or {}).get("identity")
    return of_participant({"identity": kinds}) if isinstance(kinds, Mapping) else None


def _kind(inner: Mapping[str, Any]) -> str:
    named = str(inner.get("@odata.type", "")).casefold()
    if "guest" in named or (inner.get("email") and not inner.get("tenantId")):
        return "guest"
    return "phone" if str(inner["id"]).startswith("+") or "phone" in named else "user"


def _identity(kind: str, inner: Mapping[str, Any], account: str) -> Identity:
    joined_as = {"user": "user", "guest": "guest", "phone": "phone"}.get(kind, "other")
    if account.casefold().startswith(VISITOR):
        joined_as = "visitor"
    elif kind in ("acsUser", "azureCommunicationServicesUser"):
        joined_as = "guest"
    name = str(inner.get("displayName") or inner.get("email") or "").strip()
    tenant, upn, email = (str(inner.get(key) or "") for key in ("tenantId", "userPrincipalName", "email"))
    return Identity(account, name, joined_as, tenant, upn, email)
