"""A head out of a file that a mail program saved, where its text stands encoded: quoted-printable, base64 or HTML.

An em dash is no ASCII, so that most programs send a head in one of the first two.
"""

import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from html import unescape

from teamskit.ledger.heads import Head, decoded, read_head

_LINE_ENDS = re.compile(r"<(?:br|/p|/div|/tr|/pre|/li)\b[^>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")


def head_of_file(raw: bytes) -> Head:
    """Read a head out of a note, a letter or a saved e-mail; raises ValueError when there is none. Not yet checked."""
    why = ValueError("there is no head in this file")
    for number, text in enumerate(_texts(raw)):
        try:
            return read_head(text)
        except ValueError as wrong:
            why = wrong if number == 0 else why
    raise why


def _texts(raw: bytes) -> Iterator[str]:
    """Give what the file may say, as it stands first."""
    as_it_stands = decoded(raw)
    yield as_it_stands
    for part in message_from_bytes(raw).walk():
        if (said := _payload(part)) is not None:
            yield said
            yield _without_tags(said)
    yield decoded(quopri.decodestring(raw))
    yield _without_tags(as_it_stands)


def _payload(part: Message) -> str | None:
    said = part.get_payload(decode=True)
    return decoded(said) if isinstance(said, bytes) else None


def _without_tags(text: str) -> str:
    return unescape(_TAGS.sub("", _LINE_ENDS.sub("\n", text)))
