"""A list of sums for each run, beside the copies, so that they can be checked without teamskit: sha256sum -c."""

from collections.abc import Sequence
from pathlib import Path

from teamskit.errors import TargetError
from teamskit.recordings.manifest import Copy
from teamskit.recordings.targets import MANIFESTS, Target
from teamskit.school.folder import private_file

MOST_OF_ONE_NAME = 99
PART_NAME = "5075"


def sums_text(copies: Sequence[Copy]) -> str:
    """Write the SHA-256 of what lies at the target and its path, one a line, as sha256sum reads it."""
    lines = (f"{one.facts.stored_sha256}  {one.path}\n" for one in copies if one.facts and one.path)
    return "".join(lines)


def write_sums(target: Target, spool: Path, run: str, copies: Sequence[Copy]) -> str:
    """Store the list of a run under a name that is free, and give its path."""
    local = private_file(spool / f"{run}.sha256")
    try:
        local.write_text(sums_text(copies), encoding="utf-8", newline="\n")
        for number in range(1, MOST_OF_ONE_NAME + 1):
            path = f"{MANIFESTS}/{run}{f'-{number:02d}' if number > 1 else ''}.sha256"
            if target.put(local, path, PART_NAME):
                return path
    finally:
        local.unlink(missing_ok=True)
    raise TargetError("there are too many lists of this name", where=f"{target.where}/{MANIFESTS}")
