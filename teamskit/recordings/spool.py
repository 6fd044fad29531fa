"""A file on its way from the drive to the target: what came of it, and what was already worked out of it.

Beside the bytes lies a small file that says of which item they are, so that a run that was killed at any point goes on
where it stopped. Both are readable by their owner only, and go when the ledger knows the copy.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from teamskit.recordings.quickxor import QuickXor
from teamskit.school.folder import private_file, private_folder, write_whole
from teamskit.tenant.downloads import Item

PART, SEALED, FACTS, LIST = ".part", ".age", ".json", ".sha256"
READ_BYTES = 1 << 20
ENDS_BYTES = 64 << 10
FORGOTTEN_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Sealed:
    """The encrypted form that lies beside the part: its size and SHA-256, and for whom it is."""

    size: int
    sha256: str
    recipients: tuple[str, ...]


class Spooled:
    """The bytes of one file that came so far; a sink for downloads. Used by one thread."""

    def __init__(self, folder: Path, key: str) -> None:
        """Use the spool's folder for the file of a key; what an earlier run left is taken up."""
        name = key.replace("/", "-")
        self._folder = folder
        self.part, self.sealed = folder / f"{name}{PART}", folder / f"{name}{SEALED}"
        self._facts_file = folder / f"{name}{FACTS}"
        self._known = self._read()
        self._out: IO[bytes] | None = None
        self._begin_hashing()

    @property
    def token(self) -> str:
        """Give the name under which this computer's part of the file lies at the target; the same after a crash."""
        return str(self._known["token"])

    @property
    def item(self) -> Item | None:
        """Give the item whose bytes these are; None before the first."""
        return Item(**self._known["item"]) if self._known.get("item") else None

    @property
    def sealing(self) -> Sealed | None:
        """Give what is known of the encrypted form, when it is whole."""
        found = self._known.get("sealed")
        if not found or not self.sealed.is_file() or self.sealed.stat().st_size != found["size"]:
            return None
        return Sealed(found["size"], found["sha256"], tuple(found["recipients"]))

    @property
    def length(self) -> int:
        """Give how many bytes are there."""
        return self.quickxor.length

    @property
    def is_whole(self) -> bool:
        """Say whether all bytes are there, and are what the service's hash says; without a hash the size counts."""
        item = self.item
        return (
            item is not None
            and self.length == item.size
            and (not item.quickxor or item.quickxor == self.quickxor.base64())
        )

    @property
    def sha256(self) -> str:
        """Give the SHA-256 of what is there."""
        return self._sha256.hexdigest()

    def begin(self, item: Item) -> int:
        """Give how many bytes of just this item are there; of another, or too many, they are thrown away."""
        before = self.item
        if before is None or not before.has_bytes_of(item) or self.length > item.size:
            self.restart()
        self._keep(item=asdict(item))
        self._hash_what_is_there()
        return self.length

    def write(self, data: bytes) -> None:
        """Append bytes; they are with the system, though not yet on the disk, when this comes back."""
        if self._out is None:
            self._out = private_file(self.part).open("ab", buffering=0)
        view = memoryview(data)
        while view:
            view = view[self._out.write(view) :]
        self.quickxor.update(data)
        self._sha256.update(data)

    def restart(self) -> None:
        """Throw away what is there."""
        self.close()
        self.part.unlink(missing_ok=True)
        self.sealed.unlink(missing_ok=True)
        self._keep(item=None, sealed=None)
        self._begin_hashing()

    def look(self) -> None:
        """Read what an earlier run left, so that `is_whole` can tell."""
        self._hash_what_is_there()

    def seal(self, size: int, sha256: str, recipients: tuple[str, ...]) -> None:
        """Note that the encrypted form is whole."""
        self._keep(sealed={"size": size, "sha256": sha256, "recipients": list(recipients)})

    def close(self) -> None:
        """Close the part."""
        if self._out is not None:
            self._out.close()
        self._out = None

    def remove(self) -> None:
        """Take everything away, the small file last: without it nothing left over would be understood."""
        self.close()
        for path in (self.part, self.sealed, self._facts_file):
            path.unlink(missing_ok=True)

    def _begin_hashing(self) -> None:
        self.quickxor, self._sha256 = QuickXor(), hashlib.sha256()

    def _hash_what_is_there(self) -> None:
        if not self.part.is_file() or self.length == self.part.stat().st_size:
            return
        self.close()
        self._begin_hashing()
        for piece in pieces(self.part):
            self.quickxor.update(piece)
            self._sha256.update(piece)

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self._facts_file.read_text(encoding="utf-8"))
            Item(**known["item"]) if known["item"] else None
            return dict(known) if known["token"] else {"token": secrets.token_hex(8), "item": None}
        except (OSError, ValueError, KeyError, TypeError):
            # Bytes that nobody can say the origin of are of no use.
            self.part.unlink(missing_ok=True)
            self.sealed.unlink(missing_ok=True)
            return {"token": secrets.token_hex(8), "item": None}

    def _keep(self, **facts: Any) -> None:
        if any(self._known.get(name) != value for name, value in facts.items()):
            self._known |= facts
            write_whole(self._facts_file, json.dumps(self._known), private=True)


def open_spool(folder: Path) -> Path:
    """Make the folder for files that are not whole yet, its owner's only."""
    return private_folder(folder)


def holds_whole(folder: Path, key: str) -> bool:
    """Say whether all bytes of a file lie in the spool, by their number; nothing is read or made."""
    name = key.replace("/", "-")
    try:
        known = json.loads((folder / f"{name}{FACTS}").read_text(encoding="utf-8"))
        return bool(known["item"]["size"] == (folder / f"{name}{PART}").stat().st_size)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def sweep(folder: Path, *, done: Iterable[str], now: datetime) -> None:
    """Take away what belongs to copies that the ledger knows, and what nobody went on with for a month."""
    names = {key.replace("/", "-") for key in done}
    for path in folder.iterdir():
        is_ours = path.suffix in (PART, SEALED, FACTS, LIST)
        if is_ours and (path.stem in names or _was_cut(path) or _is_old(path, now)):
            path.unlink(missing_ok=True)


def _was_cut(path: Path) -> bool:
    """Say whether a kill left a small file that was just being written: nobody else writes here now."""
    return path.suffix == LIST or (path.suffix == PART and FACTS in path.stem)


def _is_old(path: Path, now: datetime) -> bool:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return now - changed > FORGOTTEN_AFTER


def pieces(path: Path) -> Iterator[bytes]:
    """Give a file's bytes in pieces of 1 MiB."""
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece


def ends_of(path: Path) -> str:
    """Give the SHA-256 of a file's first and last 64 KiB, hexadecimal."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(ENDS_BYTES)
        file.seek(max(0, size - ENDS_BYTES))
        return ends_digest(first, file.read(ENDS_BYTES))


def ends_digest(first: bytes, last: bytes) -> str:
    """Give the SHA-256 of the two ends of a file."""
    return hashlib.sha256(first + last).hexdigest()


@contextmanager
def spooled(folder: Path, key: str) -> Iterator[Spooled]:
    """Give a file's place in the spool, closed at the end."""
    found = Spooled(folder, key)
    try:
        yield found
    finally:
        found.close()
