"""A certificate with its key, from a PEM or PFX file or from Windows' own store, looked at before anything is sent.

The key stays in memory. A password is read from TEAMSKIT_CERTIFICATE_PASSWORD only.
"""

import base64
import binascii
import os
import re
import secrets
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12

from teamskit.errors import SignInError

VARIABLE = "TEAMSKIT_CERTIFICATE_PASSWORD"
STORE = "store:"
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
EXPORT = (
    "$p = $env:TEAMSKIT_EXPORT_PASSWORD; $t = $env:TEAMSKIT_EXPORT_THUMBPRINT; "
    "$c = Get-ChildItem -Path @('Cert:\\CurrentUser\\My', 'Cert:\\LocalMachine\\My') | "
    "Where-Object { $_.Thumbprint -eq $t } | Select-Object -First 1; if (-not $c) { exit 3 }; "
    "try { [Convert]::ToBase64String($c.Export('Pfx', $p)) } catch { exit 4 }"
)
_EXPORT_TIMEOUT_S = 60


@dataclass(frozen=True)
class Credential:
    """A key as PEM without a password, and its certificate; `thumbprint` is SHA-1, `until` the last moment it holds.

    Without a certificate (a file with a key only) `until` is None and the thumbprint is the one the school wrote.
    """

    key: str = field(repr=False)
    certificate: str
    thumbprint: str
    until: datetime | None

    def for_msal(self) -> dict[str, str]:
        """Give what msal takes; with a certificate it signs with PS256 and names the SHA-256 thumbprint."""
        if self.certificate:
            return {"private_key": self.key, "public_certificate": self.certificate}
        return {"private_key": self.key, "thumbprint": self.thumbprint}


def read_credential(named: str, folder: Path, thumbprint: str, now: datetime) -> Credential:
    """Read a certificate and its key, from a file below `folder` or from the store of Windows, and look at both.

    Raises SignInError for a file or password that cannot be used, a key that is another certificate's, one that has
    ended or not begun at `now`, and a `thumbprint` (upper case, may be empty) that is not the certificate's.
    """
    if named.lower().startswith(STORE):
        where, password = "the certificate store of Windows", secrets.token_urlsafe(24)
        content = _from_store(named[len(STORE) :], password)
    else:
        where, password = str(folder / named), os.environ.get(VARIABLE, "")
        content = _content(folder / named)
    key, certificate = _opened(content, password.encode("utf-8") or None, where)
    if not isinstance(key, RSAPrivateKey):
        raise _wrong("The key of the certificate is no RSA key, and Microsoft takes no other here", where, _MAKE)
    if certificate is None:
        return _key_alone(key, thumbprint, where)
    _stop_if_unusable(certificate, thumbprint, now, where)
    text = certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
    return Credential(_pem(key), text, _sha1(certificate), certificate.not_valid_after_utc)


_MAKE = "docs/signing-in.md says how to make one."


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as gone:
        raise _wrong(
            f"The certificate file cannot be read: {gone.strerror or 'no file'}",
            str(file),
            "Check certificate under [signin] in school.toml, and that this user may read the file.",
        ) from gone


def _opened(content: bytes, password: bytes | None, where: str) -> tuple[Any, x509.Certificate | None]:
    """Give key and certificate of a PEM or PFX; of several certificates the one that is the key's."""
    try:
        if b"-----BEGIN " in content:
            return _from_pem(content, password, where)
        key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, TypeError) as wrong:
        raise _wrong(
            "The certificate file cannot be opened: it is no PEM or PFX file, or its password is another",
            where,
            f"Set the variable {VARIABLE} to the file's password; without one, take the variable away.",
        ) from wrong
    if key is None:
        raise _wrong("The certificate file holds no key", where, "Export it again, with its private key.")
    if certificate is None and others:
        raise _wrong("The key in the file is none of its certificates'", where, _MAKE)
    return key, certificate


def _from_pem(content: bytes, password: bytes | None, where: str) -> tuple[Any, x509.Certificate | None]:
    blocks = [(found[1], found[0]) for found in _BLOCK.finditer(content)]
    keys = [text for name, text in blocks if name.endswith(b"PRIVATE KEY")]
    if not keys:
        raise _wrong("The certificate file holds no key", where, "A PEM file needs the key and the certificate.")
    is_locked = b"ENCRYPTED" in keys[0]
    key = serialization.load_pem_private_key(keys[0], password if is_locked else None)
    found = [x509.load_pem_x509_certificate(text) for name, text in blocks if name == b"CERTIFICATE"]
    own = next((one for one in found if _spki(one.public_key()) == _spki(key.public_key())), None)
    if found and own is None:
        raise _wrong(
            "The key in the file is another certificate's", where, "Put the key and its own certificate in it."
        )
    return key, own


def _spki(key: Any) -> bytes:
    encoded: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return encoded


def _key_alone(key: RSAPrivateKey, thumbprint: str, where: str) -> Credential:
    if not thumbprint:
        raise _wrong(
            "The file holds a key and no certificate",
            where,
            "Add the certificate to the file, or write its thumbprint under [signin] in school.toml.",
        )
    return Credential(_pem(key), "", thumbprint, None)


def _stop_if_unusable(certificate: x509.Certificate, thumbprint: str, now: datetime, where: str) -> None:
    if thumbprint and thumbprint != _sha1(certificate):
        raise _wrong(
            f"The thumbprint in school.toml is not that of this certificate ({_sha1(certificate)})",
            where,
            "Correct it, or take it out: it is worked out from the file.",
        )
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > ends:
        raise _wrong(
            f"The certificate ended on {ends:%d %B %Y}",
            where,
            f"Make a new one and upload it to the app registration. {_MAKE}",
        )
    if now < begins:
        raise _wrong(
            f"The certificate only begins on {begins:%d %B %Y}", where, "Wait, or set this computer's clock right."
        )


def _from_store(thumbprint: str, password: str) -> bytes:
    """Have Windows export a certificate with its key as PFX, under a password made for this once."""
    shell, bare = _powershell(), re.sub(r"[\s:]", "", thumbprint).upper()
    if not re.fullmatch(r"[0-9A-F]{40}", bare):
        raise _wrong(
            "The certificate store is asked by a thumbprint of 40 digits",
            "school.toml",
            'certificate = "store:0A1B..."',
        )
    if shell is None:
        raise _wrong(
            "There is no certificate store of Windows on this computer",
            "school.toml",
            "Name a PEM or PFX file instead.",
        )
    asked = {"TEAMSKIT_EXPORT_PASSWORD": password, "TEAMSKIT_EXPORT_THUMBPRINT": bare}
    words = [shell, "-NoProfile", "-NonInteractive", "-Command", EXPORT]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            words,
            env=os.environ | asked,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_EXPORT_TIMEOUT_S,
            check=False,
        )
        if done.returncode == 0:
            return base64.b64decode(done.stdout, validate=False)
        status = done.returncode
    except (OSError, subprocess.TimeoutExpired, binascii.Error):
        status = 1
    raise _not_exported(status)


def _powershell() -> str | None:
    """Give Windows' own PowerShell: never one that lies in the folder this is run in, or on a path anybody set."""
    root = os.environ.get("SYSTEMROOT", "")
    shell = Path(root, "System32", "WindowsPowerShell", "v1.0", "powershell.exe")
    return str(shell) if root and shell.is_file() else None


def _not_exported(status: int) -> SignInError:
    where = "the certificate store of Windows"
    if status == 3:
        return _wrong("No certificate has this thumbprint", where, "See it with certmgr.msc, under Personal.")
    return _wrong(
        "The certificate's key cannot be exported",
        where,
        "Use assertion_command, which leaves the key where it is, or a certificate whose key may be exported.",
    )


def _sha1(certificate: x509.Certificate) -> str:
    # The name Microsoft shows for a certificate; nothing is protected by it.
    der = certificate.public_bytes(serialization.Encoding.DER)
    return sha1(der, usedforsecurity=False).hexdigest().upper()


def _pem(key: RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode("ascii")


def _wrong(what: str, where: str, next_step: str) -> SignInError:
    return SignInError(what, where=where, next_step=next_step)
