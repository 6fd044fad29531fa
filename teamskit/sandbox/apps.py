"""Apps registered in the tenant: their secrets and certificates, what was granted to them, how device code ends.

An app is one JSON document: {"id", "name", "oid", "secrets", "certificates", "roles", "scopes", "lifetime", "device",
"person"}. Secrets are kept as scrypt hashes, certificates as PEM text without their keys.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from teamskit.sandbox.permissions import known_permissions
from teamskit.sandbox.request import made_id
from teamskit.sandbox.users import find_user

DEVICE_STATES = ("refused", "wait", "approve", "decline", "expire", "conditional-access")
LIFETIME_S = 3600
_SETTINGS = {"name", "secret", "certificate", "roles", "scopes", "lifetime", "device", "person"}


def find_app(db: sqlite3.Connection, app_id: str) -> dict[str, Any] | None:
    """Give the app with this client id."""
    row = db.execute("SELECT doc FROM apps WHERE id = ?", (app_id.lower(),)).fetchone()
    return json.loads(row[0]) if row else None


def register_app(db: sqlite3.Connection, app_id: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Register an app, or change what `settings` names of one that is there; give its document.

    `settings` may hold name, secret (text), certificate (PEM text), roles and scopes (lists, each in place of what was
    granted), lifetime (seconds of an access token), device (one of DEVICE_STATES) and person (who approves: address
    or id). Raises ValueError for what is not known.
    """
    unknown = set(settings) - _SETTINGS
    if unknown:
        raise ValueError(f"an app has no {sorted(unknown)}")
    doc = find_app(db, app_id) or _fresh(app_id)
    for key in ("name", "lifetime", "roles", "scopes", "device", "person"):
        if key in settings:
            doc[key] = settings[key]
    if "secret" in settings:
        doc["secrets"] = [_hashed(str(settings["secret"]))]
    if "certificate" in settings:
        doc["certificates"] = [_certificate(str(settings["certificate"]))]
    _check(db, doc)
    db.execute(
        "INSERT INTO apps VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET doc = excluded.doc", (doc["id"], json.dumps(doc))
    )
    return doc


def _fresh(app_id: str) -> dict[str, Any]:
    doc: dict[str, Any] = {"id": app_id.lower(), "name": app_id, "oid": made_id("service principal", app_id.lower())}
    doc |= {"secrets": [], "certificates": [], "roles": [], "scopes": []}
    return doc | {"lifetime": LIFETIME_S, "device": "refused", "person": ""}


def _check(db: sqlite3.Connection, doc: dict[str, Any]) -> None:
    _check_names(doc["roles"])
    _check_names(doc["scopes"])
    if doc["device"] not in DEVICE_STATES:
        raise ValueError(f"device code is one of {', '.join(DEVICE_STATES)}")
    if doc["device"] == "approve" and not find_user(db, doc["person"]):
        raise ValueError("the person who approves has no account in this tenant")


def _check_names(names: Iterable[str]) -> None:
    wrong = sorted(set(names) - known_permissions())
    if wrong:
        raise ValueError(f"no request of this tenant asks for the permission {', '.join(wrong)}")


def is_secret(app: Mapping[str, Any], secret: str) -> bool:
    """Say whether this is a secret of the app."""
    return any(hmac.compare_digest(_hashed(secret, one["salt"])["hash"], one["hash"]) for one in app["secrets"])


def _hashed(secret: str, salt: str | None = None) -> dict[str, str]:
    salt = salt or secrets.token_hex(16)
    made = hashlib.scrypt(secret.encode("utf-8"), salt=bytes.fromhex(salt), n=2**13, r=8, p=1)
    return {"salt": salt, "hash": made.hex()}


def _certificate(pem: str) -> str:
    """Give the certificate alone: a file may hold its key beside it, which is nobody's business here."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        return x509.load_pem_x509_certificate(pem.encode("utf-8")).public_bytes(Encoding.PEM).decode("ascii")
    except ValueError as wrong:
        raise ValueError("the file holds no certificate in PEM") from wrong
