"""Microsoft's sign-in as this tenant has it: discovery, published keys, device codes and tokens. A WSGI app of its own.

Source: Entra "OpenID Connect on the Microsoft identity platform" and the discovery documents that msal asks for, read
2026-11-25.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from teamskit.sandbox.grants import HOST, Wish, give_device_code, give_token, tenants_served
from teamskit.sandbox.request import Facts
from teamskit.sandbox.signin_answers import SignInRefusal, no_tenant
from teamskit.sandbox.signing import signer
from teamskit.sandbox.store import Store

_MOST_BYTES = 100_000
_ALIASES = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")


class SignIn:
    """Answer requests to login.microsoftonline.com."""

    def __init__(self, store: Store, facts: Facts) -> None:
        """Sign in to the tenant of `facts`, kept in `store`."""
        self._store = store
        self._facts = facts

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one HTTP request."""
        correlation = str(environ.get("HTTP_CLIENT_REQUEST_ID") or uuid.uuid4())
        try:
            status, body = 200, self._answer(environ)
        except SignInRefusal as refusal:
            status, body = refusal.status, refusal.body(correlation)
        payload = json.dumps(body).encode("utf-8")
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(payload)))]
        headers += [("Cache-Control", "no-store"), ("client-request-id", correlation)]
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [payload]

    def _answer(self, environ: Mapping[str, Any]) -> dict[str, Any]:
        path = str(environ.get("PATH_INFO", ""))
        method = str(environ["REQUEST_METHOD"]).upper()
        if path.lower() == "/common/discovery/instance":
            return _instances(dict(parse_qsl(str(environ.get("QUERY_STRING", "")))))
        tenant, _, rest = path.strip("/").partition("/")
        asked = f"{method} {rest.lower()}"
        if tenant.lower() not in tenants_served(self._facts):
            raise no_tenant(tenant, of_discovery=asked == "GET v2.0/.well-known/openid-configuration")
        if asked == "GET v2.0/.well-known/openid-configuration":
            return self._configuration(tenant.lower())
        if asked == "GET discovery/v2.0/keys":
            with self._store.transaction() as db:
                return signer(db).jwks()
        if asked == "POST oauth2/v2.0/devicecode":
            return self._granted(environ, give_device_code)
        if asked == "POST oauth2/v2.0/token":
            return self._granted(environ, give_token)
        raise SignInRefusal("not_found", 0, "There is nothing at this address.", status=404)

    def _granted(self, environ: Mapping[str, Any], give: Callable[[Wish], dict[str, Any]]) -> dict[str, Any]:
        form = _form(environ)
        refusal: SignInRefusal | None = None
        with self._store.transaction() as db:
            # Not raised through the transaction: that somebody polled is remembered though the poll is refused.
            try:
                answer = give(Wish(db, self._facts, form, int(time.time())))
            except SignInRefusal as refused:
                refusal = refused
        if refusal:
            raise refusal
        return answer

    def _configuration(self, tenant: str) -> dict[str, Any]:
        is_home = tenant not in ("common", "organizations")
        issuer = self._facts.tenant_id if is_home else "{tenantid}"
        place = f"{HOST}/{self._facts.tenant_id if is_home else tenant}"
        return {
            "issuer": f"{HOST}/{issuer}/v2.0",
            "authorization_endpoint": f"{place}/oauth2/v2.0/authorize",
            "token_endpoint": f"{place}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{place}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{place}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
        }


def _instances(query: Mapping[str, str]) -> dict[str, Any]:
    asked = query.get("authorization_endpoint", "")
    start, _, _ = asked.partition("/oauth2/")
    host = asked.removeprefix("https://").partition("/")[0].lower()
    if host not in _ALIASES:
        raise SignInRefusal("invalid_instance", 50049, "The sign-in host is not known.")
    shown = {"preferred_network": _ALIASES[0], "preferred_cache": _ALIASES[1], "aliases": list(_ALIASES)}
    return {
        "tenant_discovery_endpoint": f"{start}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [shown],
    }


def _form(environ: Mapping[str, Any]) -> dict[str, str]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > _MOST_BYTES:
        raise SignInRefusal("invalid_request", 9002313, "The form is too long.")
    raw = environ["wsgi.input"].read(length) if length else b""
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
