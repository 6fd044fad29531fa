"""How an app proves to be itself at the token endpoint: by its secret, or by an assertion signed with its certificate.

Source: Entra "Microsoft identity platform application authentication certificate credentials", read 2026-11-25.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from teamskit.sandbox.apps import is_secret
from teamskit.sandbox.signin_answers import SignInRefusal, bad_assertion, no_proof

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LEEWAY_S = 300


def check_proof(app: Mapping[str, Any], form: Mapping[str, str], audiences: Sequence[str]) -> None:
    """Refuse an app that does not prove to be itself; `audiences` are the addresses an assertion may be made for."""
    if form.get("client_assertion"):
        if form.get("client_assertion_type") != ASSERTION:
            raise bad_assertion("its type is not that of a JWT")
        _check_assertion(app, form["client_assertion"], audiences)
    elif form.get("client_secret"):
        if not is_secret(app, form["client_secret"]):
            raise SignInRefusal("invalid_client", 7000215, "The client secret is not right.", status=401)
    else:
        raise no_proof()


def _check_assertion(app: Mapping[str, Any], assertion: str, audiences: Sequence[str]) -> None:
    certificate = _certificate_of(app, assertion)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise bad_assertion("the certificate has no RSA key")
    try:
        claims = jwt.decode(
            assertion,
            key,
            algorithms=["RS256", "PS256"],
            audience=list(audiences),
            options={"require": ["exp", "aud", "iss", "sub"]},
            leeway=_LEEWAY_S,
        )
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as late:
        raise bad_assertion("its time range is not now", 700024) from late
    except jwt.InvalidAudienceError as other:
        raise bad_assertion("it was made for another address", 700023) from other
    except jwt.PyJWTError as wrong:
        raise bad_assertion("its signature or form is not right") from wrong
    if {str(claims["iss"]).lower(), str(claims["sub"]).lower()} != {app["id"]}:
        raise bad_assertion("it is another app's", 700021)


def _certificate_of(app: Mapping[str, Any], assertion: str) -> x509.Certificate:
    """Give the registered certificate whose thumbprint stands in the assertion's header."""
    try:
        header = jwt.get_unverified_header(assertion)
        asked = {_bytes(str(header[name])) for name in ("x5t", "x5t#S256") if name in header}
    except (jwt.PyJWTError, binascii.Error, ValueError) as wrong:
        raise bad_assertion("it cannot be read") from wrong
    for pem in app["certificates"]:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        if asked & _thumbprints(certificate):
            if certificate.not_valid_after_utc < datetime.now(UTC):
                raise bad_assertion("the certificate has expired")
            return certificate
    raise bad_assertion("no certificate of the app has this thumbprint")


def _thumbprints(certificate: x509.Certificate) -> set[bytes]:
    encoded = certificate.public_bytes(Encoding.DER)
    # SHA-1 is what the header x5t means; it names the certificate and proves nothing.
    return {hashlib.sha1(encoded, usedforsecurity=False).digest(), hashlib.sha256(encoded).digest()}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
