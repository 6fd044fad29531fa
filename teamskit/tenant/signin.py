"""App-only sign-in by msal: a certificate, or a secret from the environment, in; a token for each service out.

Source: Entra "OAuth 2.0 client credentials flow", read 2026-11-25. Tokens stay in memory.
"""

import os
from collections.abc import Callable
from pathlib import Path

import msal
import requests

from teamskit.errors import SignInError, Unreachable

SCOPES = {
    "graph": "https://graph.microsoft.com/.default",
    "admin": "48ac35b8-9aa8-4d74-927d-1f4a14a0b239/.default",
}
HOST = "login.microsoftonline.com"
VARIABLE = "TEAMSKIT_CLIENT_SECRET"


def app_token(tenant_id: str, client_id: str, *, certificate: Path | None, thumbprint: str) -> Callable[[str], str]:
    """Give the function that gives a token for `graph` or `admin`; nothing is sent before it is first called.

    `certificate` is a PEM file with key and certificate; without one the secret is read from TEAMSKIT_CLIENT_SECRET.
    The function raises SignInError when the tenant refuses, Unreachable when the sign-in address cannot be reached.
    """
    credential = _credential(certificate, thumbprint)
    app: list[msal.ConfidentialClientApplication] = []

    def token(service: str) -> str:
        """Give a token for one service; raises SignInError or Unreachable."""
        try:
            if not app:
                authority = f"https://{HOST}/{tenant_id}"
                app.append(msal.ConfidentialClientApplication(client_id, credential, authority=authority))
            answer = app[0].acquire_token_for_client([SCOPES[service]]) or {}
        except requests.RequestException as cut:
            raise Unreachable("The sign-in address cannot be reached", where=HOST) from cut
        except ValueError as wrong:
            raise SignInError("Microsoft does not know this tenant", where="signin.tenant_id") from wrong
        if "access_token" not in answer:
            raise _refused(answer)
        return str(answer["access_token"])

    return token


def _credential(certificate: Path | None, thumbprint: str) -> str | dict[str, str]:
    if certificate:
        try:
            return {"private_key": certificate.read_text(encoding="utf-8"), "thumbprint": thumbprint}
        except OSError as gone:
            raise SignInError("The certificate file cannot be read", where=str(certificate)) from gone
    secret = os.environ.get(VARIABLE, "")
    if not secret:
        raise SignInError(
            "There is neither a certificate nor a secret to sign in with",
            where="signin in school.toml",
            next_step=f"Set signin.certificate and signin.thumbprint, or the variable {VARIABLE}.",
        )
    return secret


def _refused(answer: dict[str, object]) -> SignInError:
    code = str(answer.get("error") or "")
    return SignInError(
        f"Microsoft did not sign the app in: {code or 'no reason given'}",
        where="signin in school.toml",
        next_step="Check tenant_id, client_id and the certificate or secret; see the code in Microsoft's documents.",
        code=code,
        request_id=str(answer.get("correlation_id") or ""),
    )
