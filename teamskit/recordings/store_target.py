"""Copies behind an address that fsspec knows: an SMB share, S3 and what speaks like it, Azure Blob, SFTP and others.

Stores with folders get a temporary name and a rename; object stores get the whole object at once, only where none is.
"""

import errno
import importlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from teamskit.errors import InputError, TargetError
from teamskit.recordings.targets import PIECE_BYTES, bare, in_words, is_missing

SMB_USER, SMB_PASSWORD = "TEAMSKIT_SMB_USER", "TEAMSKIT_SMB_PASSWORD"
UPLOAD_BYTES, UPLOADS = 8 << 20, 3
"""Size and number of the pieces that are on their way to S3 at once; held in memory, for each file under way."""
_OBJECTS = ("s3", "s3a", "az", "abfs", "abfss", "gs", "gcs", "oci")
_EXTRAS = {"s3": "s3", "s3a": "s3", "az": "azure", "abfs": "azure", "abfss": "azure"}
_ERRORS = {
    "s3": ("botocore.exceptions", ("BotoCoreError", "ClientError")),
    "s3a": ("botocore.exceptions", ("BotoCoreError", "ClientError")),
    "az": ("azure.core.exceptions", ("AzureError",)),
    "abfs": ("azure.core.exceptions", ("AzureError",)),
    "abfss": ("azure.core.exceptions", ("AzureError",)),
    "smb": ("smbprotocol.exceptions", ("SMBException",)),
    "sftp": ("paramiko", ("SSHException",)),
}
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "BlobAlreadyExists")
_NOT_KNOWN = ("NotImplemented", "InvalidArgument", "501")


def open_store(address: str, environ: Mapping[str, str]) -> "StoreTarget":
    """Give the store of an address. Raises InputError when its library is missing, TargetError when it is away."""
    import fsspec

    scheme = urlsplit(address).scheme.lower()
    options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    if scheme == "smb":
        options |= _smb_user(address, environ)
    try:
        kinds = (*_kinds(scheme), ValueError)
        with in_words(bare(address), *kinds):
            system, root = fsspec.core.url_to_fs(address, **options)
    except ImportError as wrong:
        raise _unusable(scheme, "its library is not installed") from wrong
    except TargetError as wrong:
        if scheme not in fsspec.available_protocols():
            raise _unusable(scheme, "there is no such kind of place") from wrong
        raise
    return StoreTarget(system, root.rstrip("/"), bare(address), scheme, kinds)


def _unusable(scheme: str, why: str) -> InputError:
    extra = _EXTRAS.get(scheme)
    return InputError(
        f"{scheme}:// cannot be used: {why}",
        where="school.toml, [backup] target",
        next_step=f'Run: pip install "teamskit[{extra}]"' if extra else "Use a folder, smb://, s3:// or az://.",
    )


def _kinds(scheme: str) -> tuple[type[BaseException], ...]:
    """Give what the scheme's library raises beside OSError."""
    module, names = _ERRORS.get(scheme, ("", ()))
    return tuple(getattr(importlib.import_module(module), name) for name in names)


def _smb_user(address: str, environ: Mapping[str, str]) -> dict[str, str]:
    user = environ.get(SMB_USER) or urlsplit(address).username or ""
    password = environ.get(SMB_PASSWORD, "")
    return {name: value for name, value in (("username", user), ("password", password)) if value}


class StoreTarget:
    """A file system of fsspec, used below one path."""

    def __init__(
        self, system: Any, root: str, where: str, scheme: str, kinds: tuple[type[BaseException], ...] = ()
    ) -> None:
        """Take the file system, the path in it, its address for people, and what its library raises."""
        self._system, self._root, self.where = system, root, where
        self._scheme, self._kinds = scheme, kinds
        self._caught: tuple[type[BaseException], ...] = (OSError, *kinds)

    def look(self) -> None:
        """Make sure that the share, bucket or container is there; what lies below may be made."""
        with in_words(self.where, *self._kinds):
            if self._scheme in _OBJECTS:
                self._system.ls(self._root.split("/")[0], detail=False)
            elif not self._system.exists(self._root):
                raise TargetError(
                    "the folder for the copies is not there",
                    where=self.where,
                    next_step="Look at the address, or make the folder on the share.",
                    kind="gone",
                )

    def free_bytes(self) -> int | None:
        """Give the free bytes of an SMB share; None for what cannot be asked."""
        if self._scheme != "smb":
            return None
        import smbclient

        with in_words(self.where, *self._kinds):
            unc = f"\\\\{self._system.host}{self._root}".replace("/", "\\")
            volume = smbclient.stat_volume(unc, port=self._system.port or 445)
            return int(volume.caller_available_size)

    def size(self, path: str) -> int | None:
        """Give a file's size; None when there is none."""
        with in_words(self.where, *self._kinds):
            try:
                found = self._system.info(self._at(path))
            except OSError as wrong:
                if is_missing(wrong):
                    return None
                raise
            return int(found["size"]) if found["type"] == "file" else None

    @contextmanager
    def reading(self, path: str, begin: int = 0) -> Iterator[BinaryIO]:
        """Give a file to read from a byte on; read ahead in pieces, none kept."""
        options = {} if self._scheme == "smb" else {"block_size": 4 * PIECE_BYTES, "cache_type": "readahead"}
        with in_words(self.where, *self._kinds), self._system.open(self._at(path), "rb", **options) as file:
            file.seek(begin)
            yield cast(BinaryIO, file)

    def put(self, local: Path, path: str, token: str) -> bool:
        """Store a file under a name that is free; False when it is taken."""
        with in_words(self.where, *self._kinds):
            if self.size(path) is not None:
                return False
            if self._scheme in _OBJECTS:
                return self._create(local, self._at(path))
            return self._rename_into(local, self._at(path), token)

    def _create(self, local: Path, final: str) -> bool:
        """Put a whole object where none is; the store itself refuses where one came in the meantime."""
        sizes: dict[str, Any] = {"max_concurrency": UPLOADS}
        if self._scheme.startswith("s3"):
            sizes["chunksize"] = UPLOAD_BYTES
        try:
            self._system.put_file(str(local), final, mode="create", **sizes)
        except FileExistsError:
            return False
        except self._caught as wrong:
            if any(word in str(wrong) for word in _TAKEN):
                return False
            if not any(word in str(wrong) for word in _NOT_KNOWN):
                raise
            # A store that does not know "only if none is there": it was looked at just before.
            self._system.put_file(str(local), final, **sizes)
        return True

    def _rename_into(self, local: Path, final: str, token: str) -> bool:
        folder = final.rpartition("/")[0]
        self._system.makedirs(folder, exist_ok=True)
        part = f"{folder}/.teamskit-{token}.part"
        try:
            with local.open("rb") as source, self._system.open(part, "wb") as out:
                while piece := source.read(PIECE_BYTES):
                    _written(out, piece)
            if self._system.exists(final):
                return False
            self._system.mv(part, final)
        except OSError as wrong:
            # smbprotocol's own kind of error tells by its number only that the name is taken.
            if isinstance(wrong, FileExistsError) or wrong.errno == errno.EEXIST:
                return False
            raise
        finally:
            with suppress(*self._caught):
                if self._system.exists(part):
                    self._system.rm_file(part)
        return True

    def remove(self, path: str) -> bool:
        """Delete a file; False when there was none."""
        with in_words(self.where, *self._kinds):
            if self.size(path) is None:
                return False
            self._system.rm_file(self._at(path))
            return True

    def files(self) -> Iterator[tuple[str, int]]:
        """Give every file below the path."""
        with in_words(self.where, *self._kinds):
            found: dict[str, Any] = self._system.find(self._root, detail=True)
        begin = len(self._root) + 1
        for path, facts in sorted(found.items()):
            yield path[begin:], int(facts["size"] or 0)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


def _written(out: io.RawIOBase, piece: bytes) -> None:
    """Write a whole piece: a share may take only part of what it is given."""
    view = memoryview(piece)
    while view:
        taken = out.write(view)
        if not taken:
            raise OSError(errno.EIO, "the share took no bytes")
        view = view[taken:]
