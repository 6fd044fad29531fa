"""What a school folder remembers of the last roster and the last look for drift: sizes, account ties, moments.

No names, no addresses: counts, school numbers, account ids and digests, in `.teamskit/`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from teamskit.school.folder import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from teamskit.school import SchoolFolder

LINKS, LAST, DRIFT = "links.json", "last-roster.json", "last-drift.json"


def last_links(folder: SchoolFolder) -> Mapping[str, Sequence[str]]:
    """Give account id and digest of each person who was matched by address or login last time."""
    return {key: pair for key, pair in _read(folder.state(LINKS)).items() if isinstance(pair, list) and len(pair) == 2}


def keep_links(folder: SchoolFolder, links: Mapping[str, Sequence[str]]) -> None:
    """Remember links; those of people who are matched otherwise now are forgotten."""
    if links or folder.state(LINKS).exists():
        _write(folder.state(LINKS), links)


def last_roster(folder: SchoolFolder) -> Mapping[str, Any]:
    """Give what is kept of the last applied roster: sizes by school, its year, a digest of each class."""
    return _read(folder.state(LAST))


def keep_roster(folder: SchoolFolder, kept: Mapping[str, Any]) -> None:
    """Remember an applied roster by what its plan kept of it."""
    if kept:
        _write(folder.state(LAST), kept)


def last_drift(folder: SchoolFolder) -> Mapping[str, Any]:
    """Give when drift was last looked for, and for what stood then since when."""
    return _read(folder.state(DRIFT))


def keep_drift(folder: SchoolFolder, found: Mapping[str, Any]) -> None:
    """Remember a look for drift."""
    _write(folder.state(DRIFT), found)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, document: Mapping[str, Any]) -> None:
    write_whole(path, json.dumps(document, indent=1, sort_keys=True) + "\n", private=True)
