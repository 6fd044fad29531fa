"""Encryption of copies for those who hold a key of age (age-encryption.org), so that the target sees no lesson.

Files go in and out in pieces. Only public keys are needed to encrypt; a secret one is read from a file when restoring.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage

from teamskit.errors import InputError, TeamskitError
from teamskit.school.folder import private_file


class _Out:
    """A file that is written through, hashed; it remembers what went wrong, which pyrage gives as words only."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha256, self.size = file, hashlib.sha256(), 0
        self.wrong: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except OSError as wrong:
            self.wrong = wrong
            raise
        self.sha256.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


def encrypt(source: Path, sealed: Path, recipients: Sequence[str]) -> tuple[int, str]:
    """Encrypt a file for some public keys; give size and SHA-256 of what was written.

    Raises InputError for a key that is none, OSError when the file cannot be written.
    """
    keys = [_recipient(one) for one in recipients]
    with source.open("rb") as plain, _written(sealed) as out:
        pyrage.encrypt_io(plain, out, keys)
    return out.size, out.sha256.hexdigest()


def decrypt(sealed: IO[bytes], plain: Path, identities: Sequence[Any]) -> tuple[int, str]:
    """Decrypt what is read into a new file; give size and SHA-256 of it.

    Raises TeamskitError when no key fits or the bytes are not as they were written, OSError when it cannot be written.
    """
    out: _Out | None = None
    try:
        with _written(plain) as out:
            pyrage.decrypt_io(sealed, out, list(identities))
    except pyrage.DecryptError as wrong:
        raise TeamskitError(
            "the copy cannot be decrypted with this key",
            where="--identity",
            next_step="Give the file with the secret key that belongs to one of [backup] recipients.",
        ) from wrong
    except OSError as wrong:
        if out is None or wrong.errno:
            raise
        raise TeamskitError("the copy is not as it was written: it cannot be decrypted", where=str(plain)) from wrong
    return out.size, out.sha256.hexdigest()


def read_identities(file: Path) -> list[Any]:
    """Give the secret keys of an age key file. Raises InputError when there is none in it."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise InputError(f"the key file cannot be read: {wrong}", where=str(file)) from None
    found = []
    for line in lines:
        if line.strip().upper().startswith("AGE-SECRET-KEY-"):
            try:
                found.append(pyrage.x25519.Identity.from_str(line.strip()))
            except pyrage.IdentityError:
                raise InputError("a line of the key file is cut or mistyped", where=str(file)) from None
    if not found and lines and "PRIVATE KEY" in lines[0]:
        return [_ssh_key(file)]
    if not found:
        raise InputError(
            "there is no secret key in this file", where=str(file), next_step="It has a line AGE-SECRET-KEY-1..."
        )
    return found


def _ssh_key(file: Path) -> Any:
    try:
        return pyrage.ssh.Identity.from_buffer(file.read_bytes())
    except pyrage.IdentityError:
        raise InputError("this SSH key cannot be used (has it a passphrase?)", where=str(file)) from None


def _recipient(text: str) -> Any:
    try:
        return (
            pyrage.ssh.Recipient.from_str(text) if text.startswith("ssh-") else pyrage.x25519.Recipient.from_str(text)
        )
    except pyrage.RecipientError:
        raise InputError(
            "this is no public key of age, or it is mistyped",
            where=f'school.toml, [backup] recipients, "{text[:16]}..."',
            next_step="Copy it again: age1 and 58 letters.",
        ) from None


def new_identity() -> tuple[str, str]:
    """Make a pair of keys; give the public one, and the text of the key file with the secret one."""
    made = pyrage.x25519.Identity.generate()
    return str(made.to_public()), f"# public key: {made.to_public()}\n{made}\n"


def check_recipients(recipients: Sequence[str]) -> None:
    """Raise InputError when one of the public keys is none."""
    for one in recipients:
        _recipient(one)


@contextmanager
def _written(path: Path) -> Iterator[_Out]:
    with private_file(path).open("wb") as file:
        out = _Out(file)
        try:
            yield out
        except (pyrage.EncryptError, OSError) as wrong:
            if out.wrong:
                raise out.wrong from wrong
            raise
