"""A head says in four lines what a ledger held: its name, size and root, signed. Written and read as a signed note.

Source: C2SP tlog-checkpoint and signed-note, read 2026-11-25. What came by e-mail is read too: quote marks, CRLF,
broken lines, and a plain dash where the note has an em dash.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from teamskit.ledger.keys import PublicKey, Signer, plain_bytes
from teamskit.ledger.merkle import HASH_BYTES

DASH = "\u2014"
SIGNATURE_BYTES = 68
_QUOTED = re.compile(r"^(\s*>)+ ?")
# What mail and consoles make of an em dash, the question mark of old code pages included.
_SIGNED = re.compile("^\\s*(\u2014|\u2013|\u2015|--?|\\?|\ufffd)\\s+(?=\\S)")


@dataclass(frozen=True)
class Head:
    """Size and root of a ledger, and the signature (68 bytes) of the key with the name `origin`."""

    origin: str
    size: int
    root: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """Give what is signed."""
        return _text(self.origin, self.size, self.root)

    @property
    def note(self) -> str:
        """Give the signed note, as other programs read it."""
        return self._with(DASH)

    @property
    def plain(self) -> str:
        """Give the signed note in ASCII, for screens; `read_head` reads it as well."""
        return self._with("--")

    def _with(self, dash: str) -> str:
        return f"{self.text}\n{dash} {self.origin} {base64.b64encode(self.signature).decode('ascii')}\n"

    def signed_by(self, keys: Iterable[PublicKey]) -> PublicKey | None:
        """Give the first of some keys that made the signature; None when none did."""
        return next((key for key in keys if key.name == self.origin and key.signed(self.text, self.signature)), None)


def signed_head(signer: Signer, size: int, root: bytes) -> Head:
    """Sign a size and a root."""
    return Head(signer.name, size, root, signer.sign(_text(signer.name, size, root)))


def read_head(text: str) -> Head:
    """Read a head out of a note or an e-mail that holds one; raises ValueError when there is none. Not yet checked."""
    lines = [_QUOTED.sub("", line).strip("\ufeff \t\r") for line in text.splitlines()]
    # Mail programs double line ends, or leave empty lines out; nothing rests on them.
    lines = [line for line in lines if line]
    for at in range(1, len(lines) - 1):
        if re.fullmatch(r"0|[1-9]\d{0,17}", lines[at], re.ASCII) and (root := _root_of(lines[at + 1])):
            return Head(lines[at - 1], int(lines[at]), root, _signature(lines[at + 2 :], lines[at - 1]))
    raise ValueError("there is no head in this text")


def strict_head(note: str) -> Head:
    """Read a note that must be as this program writes it, to the byte; raises ValueError otherwise."""
    head = read_head(note)
    if head.note != note:
        raise ValueError("this head is not as it was written")
    return head


def decoded(raw: bytes) -> str:
    """Decode a file that a shell, an editor or a mail program wrote."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"


def _root_of(line: str) -> bytes | None:
    try:
        root = plain_bytes(line)
    except ValueError:
        return None
    return root if len(root) == HASH_BYTES else None


def _signature(lines: Sequence[str], origin: str) -> bytes:
    for at, line in enumerate(lines):
        if not (dash := _SIGNED.match(line)):
            continue
        name, *rest = " ".join([line[dash.end() :], *lines[at + 1 :]]).split()
        packed = "".join(rest)[: SIGNATURE_BYTES // 3 * 4 + 4]
        if name == origin and len(raw := plain_bytes(packed)) == SIGNATURE_BYTES:
            return raw
    raise ValueError("this head is not signed")
