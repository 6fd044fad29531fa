"""Who took part in a call, in the shapes that call records have for each kind of person.

A resolved person is {"account": object id}, {"guest": name, "email"}, {"anonymous": name}, {"phone": number} or
{"name", "tenant"} (a user of another tenant). Source: Graph v1.0 callrecords participants_v2, read 2026-11-25.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.request import Facts, made_id
from teamskit.sandbox.users import find_user

_KINDS = [
    "application",
    "applicationInstance",
    "assertedIdentity",
    "azureCommunicationServicesUser",
    "device",
    "encrypted",
    "guest",
    "onPremises",
    "phone",
    "user",
]


@dataclass(frozen=True, slots=True)
class Identity:
    """Hold a person's identity: `kind` is its property in an identity set, `shown` its value there."""

    kind: str
    id: str
    shown: dict[str, Any]

    def participant(self) -> dict[str, Any]:
        """Give the entry of participants_v2 and of organizer_v2."""
        identity = {kind: self.shown if kind == self.kind else None for kind in _KINDS}
        return {"id": self.id, "identity": identity, "administrativeUnitInfos": []}

    def endpoint(self) -> dict[str, Any]:
        """Give the person's end of a session."""
        agent = {
            "@odata.type": "#microsoft.graph.callRecords.clientUserAgent",
            "headerValue": None,
            "applicationVersion": None,
            "platform": "windows" if self.kind == "user" else "unknown",
            "productFamily": "teams",
        }
        return {
            "@odata.type": "#microsoft.graph.callRecords.participantEndpoint",
            "name": None,
            "userAgent": agent,
            "associatedIdentity": self.shown,
            "cpuName": None,
            "cpuCoresCount": None,
            "cpuProcessorSpeedInMhz": None,
            "feedback": None,
        }


def identity_of(db: sqlite3.Connection, facts: Facts, person: dict[str, Any]) -> Identity:
    """Give a resolved person's identity; raises ValueError, naming the id, when an account is not in the tenant."""
    if "account" in person:
        return _account(db, facts, str(person["account"]))
    if "guest" in person:
        key = made_id("guest", str(person["guest"]), str(person.get("email")))
        shown: dict[str, Any] = {"@odata.type": "#microsoft.graph.communicationsGuestIdentity", "id": key}
        return Identity("guest", key, {**shown, "displayName": person["guest"], "email": person.get("email")})
    if "anonymous" in person:
        key = "teamsvisitor:" + made_id("visitor", str(person["anonymous"])).replace("-", "")
        return Identity("user", key, _user(key, None, None, None))
    if "phone" in person:
        number = str(person["phone"])
        shown = {"@odata.type": "#microsoft.graph.identity", "id": number, "displayName": None, "tenantId": None}
        return Identity("phone", number, shown)
    return _stranger(person)


def _stranger(person: dict[str, Any]) -> Identity:
    if "name" not in person or "tenant" not in person:
        raise ValueError(f"a person of a call is none of the known kinds: {sorted(person)}")
    key = made_id("stranger", str(person["tenant"]), str(person["name"]))
    return Identity("user", key, _user(key, person["name"], str(person["tenant"]), None))


def _account(db: sqlite3.Connection, facts: Facts, uid: str) -> Identity:
    user = find_user(db, uid)
    if user is None:
        raise ValueError(f"account {uid} of a call is not in the tenant")
    return Identity(
        "user", user["id"], _user(user["id"], user["displayName"], facts.tenant_id, user["userPrincipalName"])
    )


def _user(key: str, name: str | None, tenant: str | None, upn: str | None) -> dict[str, Any]:
    shown = {"@odata.type": "#microsoft.graph.userIdentity", "id": key, "displayName": name, "tenantId": tenant}
    return shown | ({"userPrincipalName": upn} if upn else {})
