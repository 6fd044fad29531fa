"""Write a report's file so that a person can act when it does not work."""

from pathlib import Path

from teamskit.errors import InputError
from teamskit.school.folder import write_whole


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only; raises InputError when it cannot be written."""
    try:
        write_whole(path, text, private=True)
    except OSError as wrong:
        raise InputError(
            f"the file cannot be written: {wrong.strerror or wrong}",
            where=str(path),
            next_step="Close it where it is open, or name another file or folder. Nothing has been written.",
        ) from wrong
