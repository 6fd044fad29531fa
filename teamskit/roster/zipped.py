"""Exports that come as a zip file: its files as if they lay in the folder. Nothing is unpacked to disk.

A zip flows in, paths whose content is in memory flow out. What is odd is refused: names that lead out of the zip,
links, encryption, a zip in a zip, more than there can be in an export, one file both in the zip and beside it.
"""

import io
import stat
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from teamskit.errors import RosterError
from teamskit.roster.model import Problem

if sys.platform == "win32":
    from pathlib import WindowsPath as _OnDisk
else:
    from pathlib import PosixPath as _OnDisk

MOST_BYTES = 400 * 1024 * 1024
MOST_FILES = 200
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_LOCKED = "files with a password"
_READ = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xml"})


class PackedFile(_OnDisk):
    """A file of a zip: a path to name it by, and its bytes."""

    content: bytes = b""

    def open(self, *_args: Any, **_more: Any) -> Any:
        """Open the bytes for reading, which is all that is ever done with an export's file."""
        return io.BytesIO(self.content)

    def read_bytes(self) -> bytes:
        """Give the file's bytes, which are in memory."""
        return self.content


def is_zip(path: Path) -> bool:
    """Tell whether a path is a zip file by its name; an Excel workbook is none."""
    return path.suffix.casefold() == ".zip" and path.is_file()


def files_of(path: Path) -> list[Path]:
    """Give the files of an export's folder, and those of the one zip in it; or those of a zip file.

    Raises RosterError for two zips, for a file both in the zip and beside it, and for a zip that is odd or damaged.
    """
    if is_zip(path):
        return _members(path)
    files = [p for p in path.iterdir() if p.is_file()]
    zips = sorted(p for p in files if is_zip(p))
    if not zips:
        return files
    if len(zips) > 1:
        _refuse(zips[1], "zip-twice", f"there are {len(zips)} zip files in the folder", "Leave the latest one there.")
    members = _members(zips[0])
    beside = {p.name.casefold() for p in files}
    twice = next((m.name for m in members if m.name.casefold() in beside), None)
    if twice:
        what = f"{twice} is both in {zips[0].name} and beside it"
        _refuse(zips[0], "file-twice", what, "Leave the newer of the two.")
    return [p for p in files if p not in zips] + members


def _members(path: Path) -> list[Path]:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = _wanted(path, archive.infolist())
            return [_packed(path, archive, info) for info in wanted]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, UnicodeDecodeError) as wrong:
        _refuse(path, "unreadable-zip", f"the zip file cannot be read: {wrong}", "Make the zip file again.")


def _wanted(path: Path, infos: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    files = [i for i in infos if not i.is_dir() and not any(noise in i.filename for noise in _NOISE)]
    for info in files:
        # Older programs of Windows part folders with a backslash, which zipfile mends on Windows only.
        info.filename = info.filename.replace("\\", "/")
        why = _odd(info)
        if why:
            kept = "without a password" if why == _LOCKED else "with the export's files and no more"
            _refuse(path, "odd-zip", f"the zip file holds {why}", f"Make it again, {kept}.")
    if len(files) > MOST_FILES or sum(i.file_size for i in files) > MOST_BYTES:
        limit = f"{MOST_FILES} files or {MOST_BYTES // 1024**2} MB"
        _refuse(path, "odd-zip", f"the zip file holds more than {limit}, which no export does", "Check what it is.")
    files = [i for i in files if PurePosixPath(i.filename).suffix.casefold() in _READ]
    counted = Counter(PurePosixPath(i.filename).name.casefold() for i in files)
    for name in (n for n, times in counted.items() if times > 1):
        _refuse(path, "file-twice", f"the zip file holds {name} twice", "Leave one of them in it.")
    return files


def _odd(info: zipfile.ZipInfo) -> str | None:
    name = info.filename
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or ":" in name:
        return "a file name that leads out of it"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link in place of a file"
    if info.flag_bits & 0x1:
        return _LOCKED
    return "another zip file" if name.casefold().endswith(".zip") else None


def _packed(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Path:
    made = PackedFile(path, PurePosixPath(info.filename).name)
    # The size that the zip states is the most that is ever unpacked; a lie about it fails the checksum.
    made.content = archive.read(info)
    return made


def _refuse(path: Path, check: str, what: str, remedy: str) -> NoReturn:
    problem = Problem(check, "error", f"{what[:1].upper()}{what[1:]}.", remedy, path.name)
    raise RosterError(what, where=str(path), next_step=remedy, problems=[problem])
