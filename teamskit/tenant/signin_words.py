"""What Microsoft's sign-in answers when it refuses, in words a technician can act on. Pure.

Source: Entra "Authentication and authorization error codes", read 2026-11-25. Its own texts are never shown: they name
accounts and apps.
"""

import re
from collections.abc import Mapping
from typing import Any

from teamskit.errors import SignInError

_CODE = re.compile(r"AADSTS(\d{4,8})")
_PORTAL = "In entra.microsoft.com, App registrations, the app"
_CONDITIONAL = (
    "Sign in on a device that the school manages, have the policy let this app through, or use application sign-in "
    "with a certificate."
)
_AGAIN = "Sign in again: teamskit auth login"
_CERTIFICATE = f"{_PORTAL}, Certificates & secrets: upload the certificate of this file (the part without the key)."

WORDS: Mapping[str, tuple[str, str]] = {
    "50034": ("The account is not one of this tenant's", "Sign in with an account of the school's own tenant."),
    "50020": ("The account is not one of this tenant's", "Sign in with an account of the school's own tenant."),
    "50053": ("The account is locked, or the address it came from is blocked", "See the sign-in log in Entra."),
    "50055": ("The account's password has expired", "Set a new one, then sign in again."),
    "50057": ("The account is disabled", "Sign in with another account, or enable it in Entra."),
    "50076": ("A second factor is asked for", _AGAIN),
    "50079": ("The account must first set up a second factor", "Do so at aka.ms/mfasetup, then sign in again."),
    "50097": ("Conditional access asks for a device that is known to the tenant", _CONDITIONAL),
    "50105": (
        "The account or app is not assigned to this application",
        "In entra.microsoft.com, Enterprise applications, the app, Users and groups: add it.",
    ),
    "50131": ("Conditional access refused the device or the place", _CONDITIONAL),
    "50173": ("The sign-in was ended by a password change or by an administrator", _AGAIN),
    "53000": (
        "Conditional access asks for a device that meets the school's rules, and this one does not",
        _CONDITIONAL,
    ),
    "53001": ("Conditional access asks for a device joined to the school's domain", _CONDITIONAL),
    "53003": (
        "Conditional access refused the sign-in, although the page in the browser may say it worked",
        _CONDITIONAL,
    ),
    "530035": ("The tenant's security defaults refused the sign-in", _CONDITIONAL),
    "65001": (
        "Nobody has consented to the app's permissions in this tenant",
        f"{_PORTAL}, API permissions: Grant admin consent.",
    ),
    "65004": (
        "The person declined to consent to the app",
        "Sign in again and accept, or have an administrator consent.",
    ),
    "90094": ("Only an administrator may consent to the app", f"{_PORTAL}, API permissions: Grant admin consent."),
    "500011": (
        "The tenant does not have the service that a token is asked for",
        f"{_PORTAL}, API permissions: add the Skype and Teams Tenant Admin API, then grant admin consent.",
    ),
    "650057": (
        "The app has no permission of this service in its list",
        f"{_PORTAL}, API permissions: add the service's permissions, then grant admin consent.",
    ),
    "70008": ("The sign-in has expired", _AGAIN),
    "70018": ("The code was not recognised", _AGAIN),
    "70019": ("The code has expired", _AGAIN),
    "70043": ("The sign-in has grown too old for the tenant's sign-in frequency", _AGAIN),
    "700082": ("The sign-in has expired, as it was not used for a long time", _AGAIN),
    "700016": (
        "The tenant does not know the app",
        "Check client_id (Application ID, not Object ID) and tenant_id in school.toml.",
    ),
    "700024": ("The signed assertion is out of its time", "Set this computer's clock right, then run again."),
    "700027": ("The tenant does not know the certificate, or the key is another's", _CERTIFICATE),
    "7000112": ("The app is disabled in this tenant", "In entra.microsoft.com, Enterprise applications: enable it."),
    "7000215": (
        "The client secret is wrong",
        "Set TEAMSKIT_CLIENT_SECRET to the secret's Value (not its Secret ID), or use a certificate.",
    ),
    "7000218": (
        "The app does not allow a person to sign in by a code",
        f"{_PORTAL}, Authentication, Advanced settings: Allow public client flows, Yes.",
    ),
    "7000222": (
        "The client secret has expired",
        f"{_PORTAL}, Certificates & secrets: make a new one, or better use a certificate.",
    ),
    "90002": (
        "Microsoft does not know this tenant",
        "Check tenant_id in school.toml, and cloud where it is a national one.",
    ),
    "90038": ("The tenant is in another of Microsoft's clouds", "Set cloud under [signin] in school.toml."),
}

ERRORS: Mapping[str, tuple[str, str]] = {
    "authorization_declined": ("The sign-in was declined in the browser", f"If that was a mistake: {_AGAIN}"),
    "access_denied": ("The sign-in was declined in the browser", f"If that was a mistake: {_AGAIN}"),
    "expired_token": ("The code expired before anybody signed in with it", _AGAIN),
    "bad_verification_code": ("The code was not recognised", _AGAIN),
    "interaction_required": ("Microsoft wants the person to sign in again", _AGAIN),
}


def code_of(answer: Mapping[str, Any]) -> str:
    """Give the number of the refusal (53003), or nothing where the answer names none."""
    named = _CODE.search(str(answer.get("error_description") or ""))
    if named:
        return named[1]
    numbers = answer.get("error_codes")
    return str(numbers[0]) if isinstance(numbers, list) and numbers else ""


def refused(answer: Mapping[str, Any], what_for: str = "") -> SignInError:
    """Give the error for an answer without a token; `what_for` names the service it was asked for, if any."""
    number, error = code_of(answer), str(answer.get("error") or "")
    code = f"AADSTS{number}" if number else error
    what, next_step = WORDS.get(number) or ERRORS.get(error) or _unknown(number)
    ids = _ids(answer)
    return SignInError(
        " ".join(part for part in (what, f"({code})" if code else "", what_for) if part),
        where="sign-in",
        next_step=f"{next_step} {ids}".strip(),
        code=code,
        request_id=str(answer.get("correlation_id") or answer.get("trace_id") or ""),
    )


def _unknown(number: str) -> tuple[str, str]:
    if number:
        return "Microsoft refused the sign-in", f"What it means: https://login.microsoftonline.com/error?code={number}."
    return "Microsoft refused the sign-in", "Check tenant_id, client_id and method under [signin] in school.toml."


def _ids(answer: Mapping[str, Any]) -> str:
    kept = [f"{name}_id" for name in ("correlation", "trace") if _is_id(answer.get(f"{name}_id"))]
    told = ", ".join(f"{one.replace('_', ' ')} {answer[one]}" for one in kept)
    return f"For a helpdesk: {told}." if told else ""


def _is_id(text: object) -> bool:
    return isinstance(text, str) and bool(re.fullmatch(r"[0-9A-Za-z-]{8,64}", text))
