"""What Microsoft's sign-in answers when it refuses: one JSON body, an error word and an AADSTS number in it.

Source: Entra "Microsoft Entra authentication and authorization error codes" and answers of the token endpoint as
printed in public threads, read 2026-11-25. The sentences are ours; numbers, error words and statuses are Entra's.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

_HOST = "https://login.microsoftonline.com"


class SignInRefusal(Exception):
    """Turn a sign-in down; `number` is that of AADSTS, 0 where Entra gives none."""

    def __init__(self, error: str, number: int, words: str, *, status: int = 400, suberror: str = "") -> None:
        """Keep what the body will say."""
        super().__init__(words)
        self.error, self.number, self.words, self.status, self.suberror = error, number, words, status, suberror

    def body(self, correlation_id: str) -> dict[str, Any]:
        """Give the body; ids and the time stand in the description too, as Entra has it."""
        trace, stamp = str(uuid.uuid4()), time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
        start = f"AADSTS{self.number}: {self.words}" if self.number else self.words
        said = f"{start} Trace ID: {trace} Correlation ID: {correlation_id} Timestamp: {stamp}"
        body: dict[str, Any] = {"error": self.error, "error_description": said}
        body |= {"error_codes": [self.number] if self.number else [], "timestamp": stamp}
        body |= {"trace_id": trace, "correlation_id": correlation_id}
        if self.number:
            body["error_uri"] = f"{_HOST}/error?code={self.number}"
        return body | ({"suberror": self.suberror} if self.suberror else {})


def no_tenant(name: str, *, of_discovery: bool = False) -> SignInRefusal:
    """Refuse a tenant that is not this one."""
    error = "invalid_tenant" if of_discovery else "invalid_request"
    return SignInRefusal(error, 90002, f"Tenant '{name}' is not known. Check the tenant's id.")


def no_app(app_id: str, tenant: str) -> SignInRefusal:
    """Refuse an app that is not registered here."""
    words = f"Application '{app_id}' is not registered in the directory '{tenant}'."
    return SignInRefusal("unauthorized_client", 700016, words)


def no_parameter(name: str) -> SignInRefusal:
    """Refuse a form without something it needs."""
    return SignInRefusal("invalid_request", 900144, f"The form must hold the parameter '{name}'.")


def no_proof() -> SignInRefusal:
    """Refuse an app that shows neither secret nor assertion."""
    words = "The form must hold the parameter 'client_assertion' or 'client_secret'."
    return SignInRefusal("invalid_client", 7000218, words, status=401)


def bad_assertion(why: str, number: int = 700027) -> SignInRefusal:
    """Refuse a client assertion."""
    return SignInRefusal("invalid_client", number, f"The client assertion is not accepted: {why}.", status=401)


def bad_grant() -> SignInRefusal:
    """Refuse a code or refresh token that is not ours, or used up."""
    return SignInRefusal("invalid_grant", 70000, "The grant is not valid here, or was used already.")


def access_blocked() -> SignInRefusal:
    """Refuse by conditional access."""
    words = "Conditional access policies of the tenant do not let a token be given here."
    return SignInRefusal("invalid_grant", 53003, words, suberror="message_only")
