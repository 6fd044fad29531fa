"""The key that signs the ledger's heads: Ed25519, in a file that only its owner may read, in the form Go's notes use.

Source: C2SP signed-note, key names, key ids and Ed25519 signatures; golang.org/x/mod/sumdb/note for the way keys are
written (`name+id+base64`, and `PRIVATE+KEY+` before it); read 2026-11-25.
"""

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from teamskit.errors import LedgerBroken
from teamskit.school.folder import write_whole

KEY_FILE = "ledger.key"
ED25519 = b"\x01"
_PUBLIC = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class PublicKey:
    """Whom a head can be signed by: the ledger's own name (its origin) and 32 bytes; `text` is how it is printed."""

    name: str
    raw: bytes

    @classmethod
    def of_text(cls, text: str) -> "PublicKey":
        """Read `name+id+base64`; raises ValueError when it is no such thing or its id is not its own."""
        found = _PUBLIC.fullmatch(text.strip())
        if not found:
            raise ValueError("this is not a public key")
        raw = plain_bytes(found[3])
        key = cls(found[1], raw[1:])
        if raw[:1] != ED25519 or len(raw) != 33 or key.id.hex() != found[2]:
            raise ValueError("this public key is not whole")
        return key

    @cached_property
    def id(self) -> bytes:
        """The first four bytes of the hash that C2SP gives a key."""
        return hashlib.sha256(self.name.encode("utf-8") + b"\n" + ED25519 + self.raw).digest()[:4]

    @property
    def text(self) -> str:
        """Give the key as it is printed and handed round."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.raw).decode('ascii')}"

    def signed(self, text: str, signature: bytes) -> bool:
        """Say whether the key made a signature (68 bytes: its id, then 64) over a text."""
        if signature[:4] != self.id:
            return False
        try:
            self._key.verify(signature[4:], text.encode("utf-8"))
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True)
class Signer:
    """The private key with its name."""

    name: str
    seed: bytes

    @cached_property
    def public(self) -> PublicKey:
        """The key that others check with."""
        return PublicKey(self.name, self._key.public_key().public_bytes_raw())

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, text: str) -> bytes:
        """Give the 68 bytes of a signature line: the key's id, then the signature."""
        return self.public.id + self._key.sign(text.encode("utf-8"))


def plain_bytes(text: str) -> bytes:
    """Decode base64 as it is written one way only; raises ValueError for any other writing of the same bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError("this is not base64") from wrong
    if base64.b64encode(raw).decode("ascii") != text:
        raise ValueError("this is not base64 as it is written")
    return raw


def new_name(owner: str) -> str:
    """Give a ledger a name of its own: the school's domain and twelve random digits."""
    return f"{owner}/ledger/{secrets.token_hex(6)}"


def make_key(path: Path, name: str) -> Signer:
    """Make a key and write it to a file that only its owner may read."""
    signer = Signer(name, secrets.token_bytes(32))
    packed = base64.b64encode(ED25519 + signer.seed).decode("ascii")
    write_whole(path, f"{_PRIVATE}{name}+{signer.public.id.hex()}+{packed}\n", private=True)
    return signer


def read_key(path: Path) -> Signer | None:
    """Read a key's file; None when there is none. Raises LedgerBroken for one that is no key or cannot be read."""
    if not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as wrong:
        raise LedgerBroken(
            f"the ledger's key cannot be read: {wrong.strerror or wrong}",
            where=str(path),
            next_step="Run this as the account that owns the school folder.",
        ) from None
    found = _PUBLIC.fullmatch(text.strip().removeprefix(_PRIVATE))
    try:
        packed = plain_bytes(found[3]) if found else b""
    except ValueError:
        packed = b""
    if not found or packed[:1] != ED25519 or len(packed) != 33:
        raise LedgerBroken(
            "this is not the ledger's key",
            where=str(path),
            next_step="Put the file back from a copy of this folder. If there is none, move it away and run:"
            " teamskit ledger new-key",
        )
    return Signer(found[1], packed[1:])
