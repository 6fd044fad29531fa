"""The four ways to a token: an app by itself, a device code asked for, one redeemed, and a refresh token.

Source: Entra "OAuth 2.0 client credentials flow", "OAuth 2.0 device authorization grant" and "Refresh tokens", read
2026-11-25. Sign-in goes by the computer's clock and not by the tenant's: clients compare with theirs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.apps import find_app
from teamskit.sandbox.proofs import check_proof
from teamskit.sandbox.request import Facts
from teamskit.sandbox.scopes import Asked, asked_scopes
from teamskit.sandbox.signin_answers import (
    SignInRefusal,
    access_blocked,
    bad_grant,
    no_app,
    no_parameter,
    no_proof,
)
from teamskit.sandbox.signing import signer
from teamskit.sandbox.users import find_user

HOST = "https://login.microsoftonline.com"
CODE_S = 900
INTERVAL_S = 5
REFRESH_S = 90 * 86400
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold one form sent to the sign-in: an open transaction, the tenant's facts, the computer's now in seconds."""

    db: sqlite3.Connection
    facts: Facts
    form: Mapping[str, str]
    now: int

    def need(self, name: str) -> str:
        """Give a field of the form; refuses (900144) where it is not."""
        if not self.form.get(name):
            raise no_parameter(name)
        return self.form[name]

    def app(self) -> dict[str, Any]:
        """Give the app that asks; refuses (700016) one that is not registered."""
        app_id = self.need("client_id")
        app = find_app(self.db, app_id)
        if app is None:
            raise no_app(app_id, self.facts.tenant_id)
        return app

    def check_proof(self, app: Mapping[str, Any]) -> None:
        """Refuse an app that does not prove to be itself."""
        names = [self.facts.tenant_id, *self.facts.domains, "common", "organizations"]
        places = [f"{HOST}/{name}{end}" for name in names for end in ("/oauth2/v2.0/token", "/v2.0", "/")]
        check_proof(app, self.form, places)


def give_device_code(wish: Wish) -> dict[str, Any]:
    """Answer `/devicecode`: a code for the app to poll with and one for the person to type."""
    app = wish.app()
    asked_scopes(wish.need("scope"), app["scopes"])
    code, typed = secrets.token_urlsafe(48), "".join(secrets.choice(_ALPHABET) for _ in range(9))
    doc = {"app": app["id"], "scope": wish.form["scope"], "until": wish.now + CODE_S, "polled": 0}
    wish.db.execute("INSERT INTO signin_grants VALUES (?, 'device', ?)", (_digest(code), json.dumps(doc)))
    page = "https://microsoft.com/devicelogin"
    return {
        "user_code": typed,
        "device_code": code,
        "verification_uri": page,
        "expires_in": CODE_S,
        "interval": INTERVAL_S,
        "message": f"Open {page} in a browser and type the code {typed} to sign in.",
    }


def give_token(wish: Wish) -> dict[str, Any]:
    """Answer `/token` by its grant type."""
    grant = wish.need("grant_type")
    if grant not in _GRANTS:
        raise SignInRefusal("unsupported_grant_type", 70003, f"The grant type '{grant}' is not known here.")
    return _GRANTS[grant](wish)


def _by_app(wish: Wish) -> dict[str, Any]:
    app = wish.app()
    wish.check_proof(app)
    asked = asked_scopes(wish.need("scope"), (), is_app=True)
    roles = sorted(app["roles"]) if asked.is_graph else []
    own: dict[str, Any] = {"idtyp": "app", "oid": app["oid"], "sub": app["oid"]}
    return _token(wish, app, asked, own | ({"roles": roles} if roles else {}))


def _by_device(wish: Wish) -> dict[str, Any]:
    app = wish.app()
    # Older clients call it code, which RFC 8628 does not know.
    key = _digest(wish.form.get("device_code") or wish.need("code"))
    doc = _grant(wish, key, "device")
    if doc is None or doc["app"] != app["id"]:
        raise bad_grant()
    is_early = wish.now - doc["polled"] < INTERVAL_S - 1
    _keep(wish, key, {**doc, "polled": wish.now})
    _check_device(app, is_over=wish.now >= doc["until"], is_early=is_early)
    person = _person(wish, app["person"])
    wish.db.execute("DELETE FROM signin_grants WHERE id = ?", (key,))
    return _for_person(wish, app, person, asked_scopes(doc["scope"], app["scopes"]))


def _check_device(app: Mapping[str, Any], *, is_over: bool, is_early: bool) -> None:
    state = app["device"]
    if state == "refused":
        raise no_proof()
    if state == "expire" or is_over:
        raise SignInRefusal("expired_token", 70019, "The device code has expired. Begin again.")
    if is_early:
        raise SignInRefusal("slow_down", 0, "Polled sooner than the interval allows.")
    if state == "wait":
        raise SignInRefusal("authorization_pending", 70016, "Nobody has signed in with the code yet. Go on polling.")
    if state == "decline":
        raise SignInRefusal("authorization_declined", 65004, "The person declined to sign in.")
    if state == "conditional-access":
        raise access_blocked()


def _by_refresh(wish: Wish) -> dict[str, Any]:
    app = wish.app()
    is_public = app["device"] != "refused"
    if not is_public or "client_secret" in wish.form or "client_assertion" in wish.form:
        wish.check_proof(app)
    doc = _grant(wish, _digest(wish.need("refresh_token")), "refresh")
    if doc is None or doc["app"] != app["id"]:
        raise bad_grant()
    if wish.now >= doc["until"]:
        raise SignInRefusal("invalid_grant", 700082, "The refresh token has expired. Sign in again.")
    if app["device"] == "conditional-access":
        raise access_blocked()
    asked = asked_scopes(wish.form.get("scope") or doc["scope"], app["scopes"])
    return _for_person(wish, app, _person(wish, doc["person"]), asked)


_GRANTS: dict[str, Callable[[Wish], dict[str, Any]]] = {
    "client_credentials": _by_app,
    _DEVICE: _by_device,
    "device_code": _by_device,
    "refresh_token": _by_refresh,
}


def _for_person(wish: Wish, app: Mapping[str, Any], person: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    names = {"oid": person["id"], "name": person["displayName"]}
    own = {"idtyp": "user", "sub": person["id"], "upn": person["userPrincipalName"]}
    own["unique_name"] = person["userPrincipalName"]
    answer = _token(wish, app, asked, {**own, **names, "scp": " ".join(asked.names)})
    answer["scope"] = " ".join(f"{asked.resource}/{name}" for name in asked.names)
    answer["client_info"] = _part({"uid": person["id"], "utid": wish.facts.tenant_id})
    if asked.wants_refresh:
        token = secrets.token_urlsafe(64)
        doc = {"app": app["id"], "person": person["id"], "scope": wish.form.get("scope") or " ".join(asked.names)}
        _keep(wish, _digest(token), {**doc, "until": wish.now + REFRESH_S}, "refresh")
        answer["refresh_token"] = token
    if asked.wants_id:
        claims = {"aud": app["id"], "iss": f"{HOST}/{wish.facts.tenant_id}/v2.0", "ver": "2.0", **names}
        claims |= {"tid": wish.facts.tenant_id, "sub": person["id"], "preferred_username": own["upn"]}
        claims |= {"iat": wish.now, "nbf": wish.now, "exp": wish.now + 3600}
        answer["id_token"] = signer(wish.db).sign(claims)
    return answer


def _token(wish: Wish, app: Mapping[str, Any], asked: Asked, own: Mapping[str, Any]) -> dict[str, Any]:
    lasts = int(app["lifetime"])
    claims = {
        "aud": asked.resource,
        "iss": f"https://sts.windows.net/{wish.facts.tenant_id}/",
        "iat": wish.now,
        "nbf": wish.now,
        "exp": wish.now + lasts,
        "appid": app["id"],
        "app_displayname": app["name"],
        "tid": wish.facts.tenant_id,
        "uti": uuid.uuid4().hex,
        "ver": "1.0",
        **own,
    }
    token = signer(wish.db).sign(claims)
    return {"token_type": "Bearer", "expires_in": lasts, "ext_expires_in": lasts, "access_token": token}


def _person(wish: Wish, key: str) -> dict[str, Any]:
    person = find_user(wish.db, key)
    if person is None:
        raise SignInRefusal("invalid_grant", 50034, "The account is not in this directory.")
    if not person.get("accountEnabled", True):
        raise SignInRefusal("invalid_grant", 50057, "The account is disabled.")
    return person


def _grant(wish: Wish, key: str, kind: str) -> dict[str, Any] | None:
    row = wish.db.execute("SELECT doc FROM signin_grants WHERE id = ? AND kind = ?", (key, kind)).fetchone()
    return json.loads(row[0]) if row else None


def _keep(wish: Wish, key: str, doc: Mapping[str, Any], kind: str = "device") -> None:
    wish.db.execute("INSERT OR REPLACE INTO signin_grants VALUES (?, ?, ?)", (key, kind, json.dumps(doc)))


def _digest(token: str) -> str:
    """Give the name under which a code or refresh token is kept, so that the file holds none that could be used."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def _part(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode("utf-8")).decode("ascii").rstrip("=")


def tenants_served(facts: Facts) -> Sequence[str]:
    """Give the names under which this tenant's sign-in is reached."""
    return [facts.tenant_id, *(name.lower() for name in facts.domains), "common", "organizations"]
