"""The school folder: school.toml, policies/, registers/, and the program's own state in .teamskit/, owner-only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from teamskit.errors import InputError, SchoolFileError

STATE = ".teamskit"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter; on Windows the profile's own rights do this."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        path.chmod(0o700)
    return path


def private_file(path: Path) -> Path:
    """Make a file that only its owner may read, before anything is written into it; leave one that is there closed.

    An existing database must not be opened and closed beside SQLite: that would drop the locks this process holds.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if os.name == "posix":
        path.chmod(0o600)
    return path


def write_whole(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file whole or not at all: under a temporary name beside it, then renamed. UTF-8, newlines as given.

    A `private` file is readable by its owner only. Raises InputError when it cannot be written.
    """
    with opened_whole(path, private=private) as part:
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def opened_whole(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give the path of a part beside a file to write in pieces; it takes the file's place when nothing went wrong.

    A `private` file is readable by its owner only. Raises InputError when it cannot be written.
    """
    if not path.name or path.is_dir():
        raise InputError("this is a folder, not a file", where=str(path), next_step="Name a file in it.")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        if private:
            private_file(part)
        yield part
        part.replace(path)
    except OSError as wrong:
        raise InputError(
            f"the file cannot be written: {wrong.strerror or wrong}",
            where=str(path),
            next_step="Close it where it is open, or name another file or folder. This file was not written.",
        ) from wrong
    finally:
        _gone(part)


def _gone(part: Path) -> None:
    """Take a part away; a folder that is not there, or may not be written, has none."""
    with suppress(OSError):
        part.unlink(missing_ok=True)


@dataclass(frozen=True)
class SchoolFolder:
    """One school's folder on disk."""

    root: Path

    @property
    def school_file(self) -> Path:
        """Give the path of school.toml."""
        return self.root / "school.toml"

    def existing(self) -> "SchoolFolder":
        """Give the folder itself when it holds a school.toml; raise SchoolFileError when it does not."""
        if not self.school_file.is_file():
            raise SchoolFileError(
                "there is no school.toml in this folder",
                where=str(self.root),
                next_step="Go to the school folder, or name it with -C DIR, or make one: teamskit init DIR",
            )
        return self

    def state(self, *parts: str) -> Path:
        """Give a path inside the state folder, which is made owner-only on first use."""
        return private_folder(self.root / STATE).joinpath(*parts)

    @contextmanager
    def one_run(
        self, lock_name: str = "run.lock", busy: str = "another run is changing this school's tenant now"
    ) -> Iterator[None]:
        """Hold the folder for one changing run at a time, by a lock of the operating system.

        Work of another kind goes on beside it under a lock of its own name; `busy` is said when that is held.
        """
        lock = FileLock(self.state(lock_name), mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError(
                busy,
                where=str(self.root),
                next_step="Wait until it ends, then run the command again.",
            ) from None
        try:
            yield
        finally:
            lock.release()
