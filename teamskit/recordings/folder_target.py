"""Copies in a folder of this computer, a disk on it, or a share that the system has connected."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from teamskit.errors import TargetError
from teamskit.recordings.targets import PIECE_BYTES, in_words


class FolderTarget:
    """A folder; it must be there, so that a disk that is not connected is never taken for an empty one."""

    def __init__(self, root: Path) -> None:
        """Use a folder; nothing is looked at yet."""
        self.root, self.where = root, str(root)

    def look(self) -> None:
        """Make sure that the folder is there."""
        if not self.root.is_dir():
            raise TargetError(
                "the folder for the copies is not there",
                where=self.where,
                next_step="Connect the disk or share, or make the folder.",
                kind="gone",
            )

    def free_bytes(self) -> int | None:
        """Give the free bytes of the disk for this user."""
        with in_words(self.where):
            return shutil.disk_usage(self.root).free

    def size(self, path: str) -> int | None:
        """Give a file's size; None when there is none. An absent root is no absent file."""
        with in_words(self.where):
            try:
                return (self.root / path).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                self.look()
                return None

    @contextmanager
    def reading(self, path: str, begin: int = 0) -> Iterator[BinaryIO]:
        """Give a file to read from a byte on."""
        with in_words(self.where), (self.root / path).open("rb") as file:
            file.seek(begin)
            yield file

    def put(self, local: Path, path: str, token: str) -> bool:
        """Copy under a temporary name, make sure that it is on the disk, then give it its name if that is free."""
        self.look()
        with in_words(self.where):
            final = self.root / path
            part = final.parent / f".teamskit-{token}.part"
            try:
                # A run killed just after the file got its name leaves the part, which is then the same file.
                if final.exists():
                    return False
                # As open as the folder that the school chose, and no more.
                mode = self.root.stat().st_mode & 0o777
                _make(final.parent, self.root, mode)
                _copy(local, part, mode & 0o666)
                return name_part(part, final)
            finally:
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    def remove(self, path: str) -> bool:
        """Delete a file; False when there was none."""
        self.look()
        with in_words(self.where):
            try:
                (self.root / path).unlink()
            except FileNotFoundError:
                return False
            return True

    def files(self) -> Iterator[tuple[str, int]]:
        """Give every file below the folder; links are not followed."""
        self.look()
        with in_words(self.where):
            for folder, _, names in os.walk(self.root, onerror=_raised):
                for name in names:
                    path = Path(folder, name)
                    yield path.relative_to(self.root).as_posix(), path.lstat().st_size


def _make(folder: Path, root: Path, mode: int) -> None:
    for path in reversed([folder, *folder.parents]):
        if path.is_relative_to(root) and path != root:
            path.mkdir(mode, exist_ok=True)


def _copy(local: Path, part: Path, mode: int) -> None:
    def opened(path: str, flags: int) -> int:
        return os.open(path, flags, mode)

    with local.open("rb") as source, open(part, "wb", opener=opened) as out:
        shutil.copyfileobj(source, out, PIECE_BYTES)
        out.flush()
        os.fsync(out.fileno())


def name_part(part: Path, final: Path) -> bool:
    """Give a part its name; False when that was taken in the meantime."""
    try:
        # A rename would silently take the place of what is there on POSIX; a link never does.
        os.link(part, final)
    except FileExistsError:
        return False
    except OSError:
        # FAT, and shares without links: Windows' own rename refuses a name that is taken.
        if final.exists():
            return False
        try:
            part.rename(final)
        except FileExistsError:
            return False
    _keep_names(final.parent)
    return True


def _keep_names(folder: Path) -> None:
    """Make sure that the name outlives a power cut, where a folder can be asked for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _raised(wrong: OSError) -> None:
    raise wrong
