"""Where a person's sign-in is kept between commands: the safe store of the system, memory, or a file by opt-in.

msal-extensions does the work: DPAPI on Windows, Keychain on macOS, libsecret on Linux. Nothing is written unencrypted
unless the school asked for it by name.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msal
import msal_extensions

from teamskit.school.folder import write_whole

FILE = "signin.cache"
_STORES = {
    "FilePersistenceWithDataProtection": "encrypted for this user by Windows (DPAPI)",
    "KeychainPersistence": "in the Keychain of this user",
    "LibsecretPersistence": "in the keyring of this user (libsecret)",
}


@dataclass(frozen=True)
class Kept:
    """A cache for msal, and in words where it is; `lasts` says whether the next command still has it."""

    cache: Any
    where: str
    lasts: bool


def open_cache(wish: str, file: Path) -> Kept:
    """Open the cache that `wish` names (safe, memory, unencrypted-file); without a safe store, one in memory."""
    if wish == "memory":
        return Kept(
            msal.TokenCache(), "in memory only, as school.toml asks, so each command shows a new code", lasts=False
        )
    store = OpenFile(file) if wish == "unencrypted-file" else safe_store(file)
    if store is None:
        why = "in memory only, so each command shows a new code: this computer has no safe store that works"
        return Kept(msal.TokenCache(), why, lasts=False)
    where = _STORES.get(type(store).__name__, f"unencrypted in {file.name}, as school.toml asks")
    return Kept(msal_extensions.PersistedTokenCache(store), where, lasts=True)


def safe_store(file: Path) -> Any:
    """Give the system's safe store, tried out where that can be done, or None."""
    try:
        return msal_extensions.build_encrypted_persistence(str(file))
    except (ImportError, RuntimeError, OSError, ValueError, AttributeError):
        return None


def forget(wish: str, file: Path) -> bool:
    """Take away what was kept of a sign-in, wherever it is; give whether there was anything."""
    there = file.exists() and file.stat().st_size > 0
    store = None if wish != "safe" else safe_store(file)
    if store is not None and type(store).__name__ != "FilePersistenceWithDataProtection":
        there = file.exists()
        store.save("{}")
    for one in (file, file.with_name(f"{file.name}.lockfile")):
        one.unlink(missing_ok=True)
    return there


class OpenFile:
    """A file that only its rights protect, in the form that msal-extensions wants of a store."""

    is_encrypted = False

    def __init__(self, file: Path) -> None:
        """Take the file; nothing is read yet."""
        self._file = file

    def save(self, content: str) -> None:
        """Write the file whole, readable by its owner only."""
        write_whole(self._file, content, private=True)

    def load(self) -> str:
        """Give what was kept; raises PersistenceNotFound when nothing was."""
        content = self._file.read_text(encoding="utf-8") if self._file.exists() else ""
        if not content:
            raise msal_extensions.persistence.PersistenceNotFound(location=str(self._file))
        return content

    def time_last_modified(self) -> float:
        """Give when the file was last written, in seconds since 1970; raises PersistenceNotFound without one."""
        if not self._file.exists() or not self._file.stat().st_size:
            raise msal_extensions.persistence.PersistenceNotFound(location=str(self._file))
        return self._file.stat().st_mtime

    def get_location(self) -> str:
        """Give the path."""
        return str(self._file)
