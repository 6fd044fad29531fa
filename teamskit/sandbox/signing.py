"""The tenant's signing key, and what is signed with it: access tokens and id tokens, and reading them back.

The key is made on first use and stays in the tenant's file, which only its owner may read. Source: Entra "Access token
claims reference" and "OpenID Connect on the Microsoft identity platform", read 2026-11-25.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

_KEY = "signing_key"


@dataclass(frozen=True, slots=True)
class Signer:
    """Hold the tenant's RSA key and the name under which its public half is published."""

    key: rsa.RSAPrivateKey
    kid: str

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Give the claims as a compact JWT signed by RS256."""
        return jwt.encode(dict(claims), self.key, algorithm="RS256", headers={"kid": self.kid, "x5t": self.kid})

    def jwks(self) -> dict[str, Any]:
        """Give the public half as a JSON Web Key Set."""
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        shown = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "x5t": self.kid}
        return {"keys": [{**shown, "n": public["n"], "e": public["e"]}]}

    def read(self, token: str) -> dict[str, Any]:
        """Give the claims of a token that this key has signed and whose time is now; nothing else is looked at.

        Raises jwt.ExpiredSignatureError, jwt.ImmatureSignatureError, or another jwt.PyJWTError when it is not ours.
        """
        public = self.key.public_key()
        return dict(
            jwt.decode(
                token,
                public,
                algorithms=["RS256"],
                options={"verify_aud": False, "require": ["exp", "tid", "aud"]},
                leeway=5,
            )
        )


def signer(db: sqlite3.Connection) -> Signer:
    """Give the tenant's key, making it on first use; needs the transaction."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    if row:
        return _loaded(str(row[0]))
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    text = made.private_bytes(*form).decode("ascii")
    db.execute("INSERT INTO meta VALUES (?, ?)", (_KEY, text))
    return _loaded(text)


@lru_cache(maxsize=4)
def _loaded(text: str) -> Signer:
    key = serialization.load_pem_private_key(text.encode("ascii"), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the tenant's signing key is not an RSA key")
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    kid = base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:20]).decode("ascii").rstrip("=")
    return Signer(key, kid)
