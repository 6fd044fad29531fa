"""The place where copies are kept: what any of them can do, which one an address names, and its troubles in words.

An address comes from school.toml and never holds a secret; user and password come from the environment, or from
where the library that speaks to the store keeps them itself. Nothing stored is ever written over.
"""

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from teamskit.errors import InputError, TargetError
from teamskit.school.backup import holds_secret

MANIFESTS = "manifests"
"""The folder of the target that holds a list of sums for each run."""
PART = re.compile(r"(^|/)\.teamskit-[0-9a-f]+\.part$")
"""Names of files that are not whole yet."""
PIECE_BYTES = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_UNC = re.compile(r"(\\\\|//)(?P<server>[^\\/]+)[\\/]+(?P<share>[^\\/]+)(?P<path>.*)")


class Target(Protocol):
    """Where copies are kept; every method raises TargetError when the place cannot be used.

    Paths are relative, with slashes. `where` is for people.
    """

    where: str

    def look(self) -> None:
        """Make sure that the place is there."""

    def free_bytes(self) -> int | None:
        """Give how many bytes still fit; None where the place does not tell."""

    def size(self, path: str) -> int | None:
        """Give a file's size in bytes; None when there is no such file."""

    def reading(self, path: str, begin: int = 0) -> AbstractContextManager[BinaryIO]:
        """Give a file to read from a byte on."""

    def put(self, local: Path, path: str, token: str) -> bool:
        """Store a file from this computer whole or not at all; False, and nothing done, when the name is taken.

        `token` (hexadecimal) names the part while it is not whole; the same token takes up the same part's place.
        """

    def remove(self, path: str) -> bool:
        """Delete a file; False when there was none."""

    def files(self) -> Iterator[tuple[str, int]]:
        """Give path and size of every file below the place, parts and manifests among them."""


def open_target(address: str, root: Path, environ: Mapping[str, str] = os.environ) -> Target:
    """Give the target that an address of school.toml names: a folder (relative to `root`), a UNC path or a URL.

    Raises InputError for an address that cannot be used, TargetError when the place cannot be reached.
    """
    if not address:
        raise InputError(
            "no place for the copies is named",
            where="school.toml, [backup] target",
            next_step="Write a folder, a share or an address there: see docs/how-to-back-up-recordings.md.",
        )
    if holds_secret(address):
        raise InputError(
            "the address holds a password or a key",
            where="school.toml, [backup] target",
            next_step="Take it out there; it is read from the environment: docs/how-to-back-up-recordings.md.",
        )
    address = _share_of(address)
    if "://" not in address or address.startswith("file://"):
        from teamskit.recordings.folder_target import FolderTarget

        return FolderTarget(root / address.removeprefix("file://"))
    from teamskit.recordings.store_target import open_store

    return open_store(address, environ)


def _share_of(address: str) -> str:
    """Turn a UNC path into an smb:// address where the system itself knows no such paths."""
    unc = _UNC.fullmatch(address)
    if unc is None or os.name == "nt":
        return address
    return f"smb://{unc['server']}/{unc['share']}{unc['path']}".replace("\\", "/")


def bare(address: str) -> str:
    """Give an address as it may be shown: without user or query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def kind_of(wrong: BaseException) -> str:
    """Sort what a file system or a client raised: full, denied, gone or broken."""
    number = getattr(wrong, "errno", None)
    words = f"{type(wrong).__name__} {wrong}".casefold()
    if number in FULL or "disk_full" in words or "diskfull" in words or "quota" in words:
        return "full"
    denied = ("logonfailure", "accessdenied", "access denied", "credentials", "authentication", "forbidden")
    if number in _DENIED or isinstance(wrong, PermissionError) or any(word in words for word in denied):
        return "denied"
    away = ("connect", "endpoint", "timed out", "timeout", "unreachable", "nosuchbucket", "containernotfound")
    if is_missing(wrong) or isinstance(wrong, ConnectionError | TimeoutError) or any(word in words for word in away):
        return "gone"
    return "gone" if number in (errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO, errno.EHOSTDOWN) else "broken"


def is_missing(wrong: BaseException) -> bool:
    """Say whether there is no such file; smbprotocol's own kind of error tells it by its number only."""
    return isinstance(wrong, FileNotFoundError) or getattr(wrong, "errno", None) == errno.ENOENT


SENTENCES = {
    "full": ("the place for the copies is full", "Make room there, then run it again: it goes on where it stopped."),
    "denied": ("the place for the copies does not let this be done", "Give this user the right to write there."),
    "gone": ("the place for the copies cannot be reached", "Connect the disk or share, then run it again."),
    "broken": ("the place for the copies failed", "Look at the disk or share, then run it again."),
}

SIGN_IN = "Give them in the environment: docs/how-to-back-up-recordings.md says in which variables."


def trouble(wrong: BaseException, where: str) -> TargetError:
    """Put a trouble of a target into words. What a client said is kept to its kind: it may quote addresses."""
    kind = kind_of(wrong)
    what, next_step = SENTENCES[kind]
    words = f"{type(wrong).__name__} {wrong}".casefold()
    if any(word in words for word in ("logonfailure", "credentials", "authentication")):
        what, next_step = "the place for the copies does not know this user or password", SIGN_IN
    said = getattr(wrong, "strerror", None)
    return TargetError(f"{what}: {said}" if said else what, where=where, next_step=next_step, kind=kind)


@contextmanager
def in_words(where: str, *kinds: type[BaseException]) -> Iterator[None]:
    """Raise the troubles of a file system, and of the given kinds, as TargetError."""
    caught: tuple[type[BaseException], ...] = (OSError, *kinds)
    try:
        yield
    except TargetError:
        raise
    except caught as wrong:
        raise trouble(wrong, where) from wrong
