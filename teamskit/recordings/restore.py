"""Brings a copy back from the target into a folder: whole, checked against the manifest, and never over another."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teamskit.errors import InputError, TeamskitError
from teamskit.recordings.folder_target import name_part
from teamskit.recordings.manifest import Copy, Facts
from teamskit.recordings.spool import pieces
from teamskit.recordings.targets import PIECE_BYTES, Target
from teamskit.school.folder import private_file

SEALED = ".age"
MOST_OF_ONE_NAME = 99


@dataclass(frozen=True)
class Restored:
    """A file that was brought back; `is_sealed` says that it is still encrypted, `is_new` that it was not there yet."""

    path: Path
    size: int
    is_sealed: bool
    is_new: bool


class NotAsStoredError(TeamskitError):
    """The bytes that lie at the target are not those that were stored, so nothing was restored."""


def restore(target: Target, copy: Copy, path: str, folder: Path, identities: Sequence[Any] = ()) -> Restored:
    """Fetch a copy, check it, decrypt it where it is encrypted and a key is given, and give it a name that is free.

    Raises NotAsStoredError when the bytes are not those that were stored, TeamskitError when no key fits; InputError
    when the folder cannot be written. Nothing is left behind then.
    """
    facts = copy.facts
    if facts is None:
        raise InputError("there is no copy of this recording", where=copy.key)
    # Named for the copy, so that what a killed run left, the lesson in clear perhaps, goes with the next one.
    token = hashlib.sha256(copy.key.encode("utf-8")).hexdigest()[:12]
    part, opened = (folder / f".teamskit-{token}{end}" for end in (".part", ".open"))
    try:
        _cleared(part, opened)
        _fetch(target, path, part, facts)
        whole, sha256 = part, facts.stored_sha256
        if facts.encrypted and identities:
            _open(part, opened, facts, identities)
            whole, sha256 = opened, facts.sha256
        is_sealed = facts.encrypted and not identities
        name = path.rpartition("/")[2]
        final, is_new = _named(whole, folder, name if is_sealed else name.removesuffix(SEALED), sha256)
        return Restored(final, facts.stored_size if is_sealed else facts.size, is_sealed, is_new)
    except OSError as wrong:
        raise InputError(f"the folder cannot be written: {wrong.strerror or wrong}", where=str(folder)) from wrong
    finally:
        with suppress(OSError):
            _cleared(part, opened)


def _cleared(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _fetch(target: Target, path: str, part: Path, facts: Facts) -> None:
    digest = hashlib.sha256()
    with target.reading(path) as file, private_file(part).open("wb") as out:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != facts.stored_sha256:
        raise NotAsStoredError(
            "the copy is not as it was stored, and was not restored",
            where=path,
            next_step="Run: teamskit recordings verify --read-data, then look for an older copy of that disk or share.",
        )


def _open(part: Path, opened: Path, facts: Facts, identities: Sequence[Any]) -> None:
    from teamskit.recordings.encryption import decrypt

    with part.open("rb") as sealed:
        _, sha256 = decrypt(sealed, opened, identities)
    if sha256 != facts.sha256:
        raise TeamskitError("what was decrypted is not the recording that was copied", where=str(part))


def _named(whole: Path, folder: Path, name: str, sha256: str) -> tuple[Path, bool]:
    stem, dot, end = name.partition(".mp4")
    for number in range(1, MOST_OF_ONE_NAME + 1):
        final = folder / (f"{stem} ({number}){dot}{end}" if number > 1 else name)
        if final.is_file() and final.stat().st_size == whole.stat().st_size and _sha256(final) == sha256:
            return final, False
        if name_part(whole, final):
            return final, True
    raise InputError(f"{MOST_OF_ONE_NAME} other files have this name", where=str(folder))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for piece in pieces(path):
        digest.update(piece)
    return digest.hexdigest()
