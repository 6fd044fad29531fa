"""Looks at what lies at the target: is each copy there, whole, and the one that was put there?

Copies and a target go in, what was found comes out; the ledger's entries are made of it, one a run. Sizes and the two
ends of a file show what was removed, cut or swapped; only reading all of it shows a single altered byte.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from teamskit.errors import TargetError
from teamskit.ledger.entries import Entry
from teamskit.recordings.manifest import Copy, How, check_entry
from teamskit.recordings.names import short_key
from teamskit.recordings.placing import sha256_at
from teamskit.recordings.spool import ENDS_BYTES, ends_digest
from teamskit.recordings.targets import MANIFESTS, PART, Target

Why = Literal["missing", "size", "swapped", "data", "unreadable"]
WORDS: Mapping[str, str] = {
    "missing": "is not there",
    "size": "has another size than what was stored",
    "swapped": "is another file than what was stored",
    "data": "holds other bytes than what was stored",
    "unreadable": "cannot be read",
}
NEVER = datetime.min.replace(tzinfo=UTC)
_NUMBERED = re.compile(r" \((\d+)\)(?:\.mp4)?(?:\.age)?$")


@dataclass
class Found:
    """What a run found: keys looked at, of these the ones read whole, and why some are not as they were stored.

    `strangers` counts files that no copy is of, `earlier` copies that failed before and have another in their place,
    `unfinished` parts of files, `stopped` says what ended it early.
    """

    looked: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    failed: dict[str, Why] = field(default_factory=dict)
    strangers: int = 0
    earlier: int = 0
    unfinished: int = 0
    stopped: TargetError | None = None

    def entries(self, at: datetime) -> list[Entry]:
        """Give the ledger entries of this run: one for what was read whole, one for the others."""
        parts: tuple[tuple[How, list[str]], ...] = (
            ("data", self.read),
            ("size", sorted(set(self.looked) - set(self.read))),
        )
        return [
            check_entry(at, how, keys, [{"key": key, "why": self.failed[key]} for key in keys if key in self.failed])
            for how, keys in parts
            if keys
        ]


def paths_at(copies: Iterable[Copy], files: Iterable[str]) -> dict[str, str]:
    """Give the path of each copy: the one kept, or where that was forgotten, the file whose name ends in its key."""
    # Of several files of one key the last that was put there counts: it has the highest number.
    by_end = {_ending(path): path for path in sorted(files, key=_number)}
    found = {}
    for copy in copies:
        path = copy.path or by_end.get(short_key(copy.key))
        if path:
            found[copy.key] = path
    return found


def earlier_at(copies: Iterable[Copy], files: Iterable[str], paths: Mapping[str, str]) -> dict[str, list[str]]:
    """Give what lies at the target under the key of a copy beside the file that counts, as `paths` says, by key.

    Such a file failed a check, and another was put beside it: it may show the lesson all the same.
    """
    keys, ours = {short_key(copy.key): copy.key for copy in copies}, set(paths.values())
    found: dict[str, list[str]] = {}
    for path in files:
        key = keys.get(_ending(path))
        if key and path not in ours:
            found.setdefault(key, []).append(path)
    return found


def _ending(path: str) -> str:
    """Give the end of a file's key, in which the name of its copy ends, or its number when the name was taken."""
    stem = _NUMBERED.sub("", path.rpartition("/")[2]).removesuffix(".age").removesuffix(".mp4")
    return stem.rpartition(" ")[2]


def _number(path: str) -> int:
    found = _NUMBERED.search(path)
    return int(found[1]) if found else 1


def oldest_read(copies: Sequence[Copy], sample: int | None) -> list[Copy]:
    """Give the copies to read whole: those never read first, then those read longest ago; None gives all."""
    ordered = sorted(copies, key=lambda one: (one.read_at or NEVER, one.at, one.key))
    return ordered if sample is None else ordered[:sample]


def verify(target: Target, copies: Sequence[Copy], to_read: Sequence[Copy] = (), *, at_once: int = 1) -> Found:
    """Look at all copies, and read some of them whole.

    A file that cannot be read fails by itself; when the target as a whole is away, what was looked at until then stands
    and `stopped` says so.
    """
    found, whole = Found(), {copy.key for copy in to_read}
    try:
        files = dict(target.files())
    except TargetError as trouble:
        found.stopped = trouble
        return found
    paths = paths_at(copies, files)
    _count_others(found, copies, files, paths)
    with ThreadPoolExecutor(at_once, thread_name_prefix="verify") as pool:

        def one(copy: Copy) -> tuple[Copy, Why | None | TargetError]:
            return copy, _why(target, copy, paths.get(copy.key), files, is_whole=copy.key in whole)

        for copy, why in pool.map(one, copies):
            _note(found, copy, why, is_whole=copy.key in whole)
    return found


def _note(found: Found, copy: Copy, why: "Why | None | TargetError", *, is_whole: bool) -> None:
    if isinstance(why, TargetError):
        found.stopped = found.stopped or why
        return
    found.looked.append(copy.key)
    if is_whole:
        found.read.append(copy.key)
    if why:
        found.failed[copy.key] = why


def _why(
    target: Target, copy: Copy, path: str | None, files: Mapping[str, int], *, is_whole: bool
) -> "Why | None | TargetError":
    """Say what is wrong with a copy; None when nothing is, the trouble when the target itself is away."""
    facts = copy.facts
    if facts is None or path is None or path not in files:
        return "missing"
    if files[path] != facts.stored_size:
        return "size"
    try:
        if is_whole:
            return None if sha256_at(target, path) == facts.stored_sha256 else "data"
        return None if ends_at(target, path, facts.stored_size) == facts.stored_ends else "swapped"
    except TargetError:
        return _away(target) or "unreadable"


def ends_at(target: Target, path: str, size: int) -> str:
    """Read the two ends of a file at the target and give their SHA-256."""
    with target.reading(path) as file:
        first = file.read(ENDS_BYTES)
    if size <= ENDS_BYTES:
        return ends_digest(first, first)
    with target.reading(path, size - ENDS_BYTES) as file:
        return ends_digest(first, file.read(ENDS_BYTES))


def _away(target: Target) -> TargetError | None:
    try:
        target.look()
    except TargetError as trouble:
        return trouble
    return None


def came_back(target: Target, copies: Iterable[Copy]) -> list[str]:
    """Give the keys of copies that failed for not being there, or not as stored, and now look right again.

    As when another disk was connected while it was looked at. What was read and found wrong stays so.
    """
    found = []
    for copy in copies:
        if copy.is_stored and copy.state == "failed" and copy.reason != "data" and copy.path:
            size = target.size(copy.path)
            files = {copy.path: size} if size is not None else {}
            if _why(target, copy, copy.path, files, is_whole=False) is None:
                found.append(copy.key)
    return found


def _count_others(found: Found, copies: Iterable[Copy], files: Iterable[str], paths: Mapping[str, str]) -> None:
    ours = set(paths.values())
    others = [path for path in files if path not in ours and not path.startswith(f"{MANIFESTS}/")]
    found.unfinished = sum(bool(PART.search(path)) for path in others)
    found.earlier = sum(map(len, earlier_at(copies, others, paths).values()))
    found.strangers = len(others) - found.unfinished - found.earlier
