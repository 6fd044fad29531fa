"""What was copied, as the ledger keeps it: entries of kind `backup` a file, and `backup-check` a run of verifying.

Entries are only ever added. A copy is "copied" until its first check, then "verified" or "failed" by its last one; a
file whose copying failed is "failed" too, and has no `path`. Paths and names are in the part that may be forgotten.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from teamskit.clock import iso, parse_iso
from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.store import Ledger

BACKUP, CHECK = "backup", "backup-check"
"""Kinds of ledger entries."""
How = Literal["size", "data"]
State = Literal["copied", "verified", "failed", "deleted"]
FACTS = ("size", "sha256", "stored_size", "stored_sha256", "stored_ends", "quickxor", "encrypted")


@dataclass(frozen=True)
class Facts:
    """The bytes of a copy: those of the recording, and those that lie at the target (others when encrypted).

    `stored_ends` is the SHA-256 of the first and last 64 KiB that lie there, by which a swapped file is seen without
    reading all of it. `quickxor` is the service's hash of the recording; hashes are hexadecimal, `quickxor` base64.
    """

    size: int
    sha256: str
    stored_size: int
    stored_sha256: str
    stored_ends: str
    quickxor: str
    encrypted: bool


@dataclass(frozen=True)
class Checked:
    """The last check of a copy; `why` is empty when it passed, else missing, size, swapped, data or unreadable."""

    at: datetime
    how: How
    why: str = ""


@dataclass(frozen=True)
class Copy:
    """The newest word on the copy of one file; times in UTC, `about` is when its call began.

    `facts` and `path` are there for what was copied. `why` says what stopped a copying that failed. `same_as` is the
    key of the file whose copy holds the same recording. `checked` is the last check since it was copied, `read_at`
    when all its bytes were last read, passed or not.
    """

    key: str
    call: str
    about: datetime
    version: int
    at: datetime
    word: Literal["copied", "failed", "deleted"]
    facts: Facts | None = None
    path: str | None = None
    why: str = ""
    same_as: str = ""
    run: str = ""
    seq: int = 0
    checked: Checked | None = None
    read_at: datetime | None = None

    @property
    def state(self) -> State:
        """Give what a person is told."""
        if self.word != "copied" or self.checked is None:
            return self.word
        return "failed" if self.checked.why else "verified"

    @property
    def is_stored(self) -> bool:
        """Say whether a file of its own should lie at the target."""
        return self.word == "copied" and not self.same_as

    @property
    def reason(self) -> str:
        """Give why its state is "failed", or nothing."""
        return self.why or (self.checked.why if self.checked else "")


def copies_of(ledger: Ledger) -> dict[str, Copy]:
    """Give the newest word on the copy of each file, by the file's key, in the order they came up."""
    found = {entry.key: _copy(entry) for entry in ledger.latest(BACKUP)}
    checks: dict[str, Checked] = {}
    read_at: dict[str, datetime] = {}
    # Checks name every copy each night: only those since the oldest copy that is still kept are read.
    since = min((one.at for one in found.values() if one.word == "copied"), default=None)
    for entry in ledger.read(CHECK, since) if since else ():
        fresh = [key for key in entry.body["checked"] if key in found and found[key].seq < entry.seq]
        failed = {one["key"]: str(one["why"]) for one in entry.body["failed"]}
        for key in fresh:
            checks[key] = _after(checks.get(key), Checked(entry.at, entry.body["how"], failed.get(key, "")))
            if entry.body["how"] == "data":
                read_at[key] = entry.at
    own = {key: replace(one, checked=checks.get(key), read_at=read_at.get(key)) for key, one in found.items()}
    return {key: _like(copy, own.get(copy.same_as)) for key, copy in own.items()}


def _after(before: Checked | None, now: Checked) -> Checked:
    # Bytes that were read and found wrong are not made right by a size that fits.
    if before and before.why == "data" and now.how == "size" and not now.why:
        return before
    return now


def _copy(entry: Entry) -> Copy:
    body, private = entry.body, entry.private or {}
    facts = Facts(**{name: body[name] for name in FACTS}) if body["state"] == "copied" else None
    return Copy(
        key=entry.key,
        call=body["call"],
        about=entry.about or entry.at,
        version=entry.version,
        at=parse_iso(body["at"]),
        word=body["state"],
        facts=facts,
        path=private.get("path"),
        why=body.get("why", ""),
        same_as=body.get("same_as", ""),
        run=body.get("run", ""),
        seq=entry.seq,
    )


def _like(copy: Copy, first: Copy | None) -> Copy:
    """Give a copy that stands for another's file with that one's checks and place."""
    if first is None or copy.word != "copied":
        return copy
    word = first.word if first.word == "deleted" else copy.word
    return replace(copy, word=word, checked=first.checked, read_at=first.read_at, path=first.path)


def copied_entry(
    key: str,
    call: str,
    about: datetime,
    at: datetime,
    version: int,
    facts: Facts,
    *,
    path: str,
    name: str,
    run: str,
    same_as: str = "",
) -> Entry:
    """Make the entry of a copy that is whole at the target; `name` is what the file was called in its drive."""
    body: dict[str, Any] = {"file": key, "call": call, "state": "copied", "at": iso(at), "run": run}
    body |= {each: getattr(facts, each) for each in FACTS}
    if same_as:
        body["same_as"] = same_as
    return Entry(BACKUP, key, version, at, body, about=about, private={"path": path, "name": name})


def failed_entry(key: str, call: str, about: datetime, at: datetime, version: int, why: str) -> Entry:
    """Make the entry of a file that could not be copied; `why` is a word of ours."""
    body = {"file": key, "call": call, "state": "failed", "at": iso(at), "why": why}
    return Entry(BACKUP, key, version, at, body, about=about)


def deleted_entry(copy: Copy, at: datetime, by: str, reason: str = "") -> Entry:
    """Make the entry of a copy that was deleted on purpose: by whom, and why where it was before its time."""
    body: dict[str, Any] = {"file": copy.key, "call": copy.call, "state": "deleted", "at": iso(at)}
    return Entry(
        BACKUP,
        copy.key,
        copy.version + 1,
        at,
        body,
        about=copy.about,
        private={"by": by, **({"reason": reason} if reason else {})},
    )


def check_entry(at: datetime, how: How, checked: Iterable[str], failed: Sequence[Mapping[str, str]]) -> Entry:
    """Make the entry of one run of verifying: the keys of the files looked at, and those not as they were stored."""
    body = {"how": how, "checked": sorted(checked), "failed": sorted(map(dict, failed), key=lambda one: one["key"])}
    digest = hashlib.sha256(canonical(body).encode("utf-8")).hexdigest()[:12]
    return Entry(CHECK, f"{iso(at)}/{digest}", 1, at, body, about=at)
