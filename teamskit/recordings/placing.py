"""Puts a whole file from the spool to the target, encrypted where that is wanted, and never over another.

What lies there already with the same bytes is recognised, so that a run that was killed after the rename and before the
ledger's entry does no harm.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from teamskit.errors import TargetError
from teamskit.recordings.manifest import Facts
from teamskit.recordings.names import Naming, path_of
from teamskit.recordings.spool import Spooled, ends_of
from teamskit.recordings.targets import PIECE_BYTES, Target

MOST_OF_ONE_NAME = 99


class Room:
    """Keeps several threads from filling a place together: each says what it is about to put there."""

    def __init__(self, where: str, free: int | None, kind: str = "full") -> None:
        """Take the free bytes (None where the place does not tell), and the kind of trouble when they do not do."""
        self._where, self._free, self._kind = where, free, kind
        self._lock = threading.Lock()

    @contextmanager
    def reserved(self, size: int) -> Iterator[None]:
        """Hold room for some bytes; they stay when all went well. Raises TargetError when there is not enough."""
        self._take(size)
        try:
            yield
        except BaseException:
            self._take(-size)
            raise

    @contextmanager
    def borrowed(self, size: int) -> Iterator[None]:
        """Hold room for bytes that are gone afterwards. Raises TargetError when there is not enough."""
        self._take(size)
        try:
            yield
        finally:
            self._take(-size)

    def _take(self, size: int) -> None:
        with self._lock:
            if self._free is None:
                return
            if size > max(0, self._free):
                raise TargetError(
                    f"there is no room for a file of {size:,} bytes: {max(0, self._free):,} are free",
                    where=self._where,
                    next_step="Make room there, then run it again: it goes on where it stopped.",
                    kind=self._kind,
                )
            self._free -= size


def sealed_or_plain(spooled: Spooled, recipients: Sequence[str]) -> tuple[Path, Facts]:
    """Give the file that is to lie at the target, and what there is to know of it; encrypts where that is wanted."""
    item, sha256, size = spooled.item, spooled.sha256, spooled.length
    quickxor = item.quickxor if item and item.quickxor else spooled.quickxor.base64()
    if not recipients:
        ends = ends_of(spooled.part)
        return spooled.part, Facts(size, sha256, size, sha256, ends, quickxor, encrypted=False)
    sealing = spooled.sealing
    if sealing is None or sealing.recipients != tuple(recipients):
        from teamskit.recordings.encryption import encrypt

        spooled.seal(*encrypt(spooled.part, spooled.sealed, recipients), tuple(recipients))
        sealing = spooled.sealing
    if sealing is None:
        raise TargetError("the encrypted file was taken away", where=str(spooled.sealed))
    ends = ends_of(spooled.sealed)
    return spooled.sealed, Facts(size, sha256, sealing.size, sealing.sha256, ends, quickxor, encrypted=True)


def place(target: Target, local: Path, facts: Facts, naming: Naming, spooled: Spooled) -> str:
    """Store a file and give its path at the target; what lies there with the same bytes already is not stored again."""
    for number in range(1, MOST_OF_ONE_NAME + 1):
        path = path_of(naming, encrypted=facts.encrypted, number=number)
        if target.put(local, path, spooled.token):
            if target.size(path) != facts.stored_size:
                raise TargetError("a file just stored has another size than it should", where=target.where)
            return path
        if holds(target, path, facts):
            return path
    raise TargetError(f"{MOST_OF_ONE_NAME} other files have this name", where=target.where)


def holds(target: Target, path: str, facts: Facts) -> bool:
    """Say whether a file at the target is, byte for byte, the one that is to be stored."""
    return target.size(path) == facts.stored_size and sha256_at(target, path) == facts.stored_sha256


def sha256_at(target: Target, path: str) -> str:
    """Read a whole file at the target and give its SHA-256."""
    digest = hashlib.sha256()
    with target.reading(path) as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
