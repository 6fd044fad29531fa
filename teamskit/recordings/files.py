"""The files of recordings as the ledger knows them: where each lies, whether it still does, who may open it.

Ledger entries of kind `file` come in and go out as plain values; the tenant is not asked here. A new version of a file
is written only when something about it changed. The item's id stays when a file is moved or renamed inside its drive;
a copy that was uploaded again has another id and the same hash, and is the same recording.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from teamskit.clock import iso, parse_iso
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger

FILE = "file"
"""The kind of ledger entry."""
FileState = Literal["found", "deleted", "expired"]
DriveOf = Literal["staff", "pupil", "team", "other"]


@dataclass(frozen=True)
class Link:
    """A sharing link on a file: `scope` is anonymous, organization, users or existingAccess, `type` view or edit.

    `outside` says that it reaches somebody who is not staff of the school.
    """

    scope: str
    type: str
    outside: bool


@dataclass(frozen=True)
class Grant:
    """A right given to somebody directly whom the lesson's invitation does not bring.

    `to` is guest, tenant (another organisation), everybody (all accounts of the school), or pupil where a pupil may do
    more than look; `role` is read, write or owner.
    """

    to: str
    role: str


@dataclass(frozen=True)
class Somebody:
    """Whoever has a right or did something, as the service names him: account id, display name, address."""

    account: str
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class RecordedFile:
    """One file of a recording, as it stood at `learnt_at`; times in UTC.

    `call` is the call it is of and `about` that call's start. `owner` is the account or group whose drive holds it.
    `hash` is the quickXorHash in base64, or nothing where the service gave none; `size` is in bytes. `expires_on` is
    read from the file and None when it never expires, or when `expiry_known` is False. `temporary` is a half saved
    file, which is no recording. `grants` leaves out staff, and pupils who may do no more than look; `granted` says who
    has them. A file of which only the meeting told (`source`) has neither `drive` nor `item`; once what identifies
    people is forgotten, `drive`, `item`, `owner`, `name`, `path` and `web_url` are empty.
    """

    call: str
    state: FileState
    recorded_at: datetime
    about: datetime
    drive: str = ""
    item: str = ""
    owner: str = ""
    name: str = ""
    path: str = ""
    web_url: str = ""
    size: int = 0
    hash: str = ""
    expires_on: datetime | None = None
    links: tuple[Link, ...] = ()
    grants: tuple[Grant, ...] = ()
    in_drive_of: DriveOf = "other"
    temporary: bool = False
    granted: tuple[Somebody, ...] = ()
    expiry_known: bool = True
    source: Literal["drive", "meeting"] = "drive"
    recording: str = ""
    learnt_at: datetime | None = field(default=None, compare=False)
    first_seen_at: datetime | None = field(default=None, compare=False)
    version: int = field(default=0, compare=False)
    forgotten: bool = field(default=False, compare=False)
    named: str = field(default="", compare=False)
    """The key as the ledger has it, which outlives drive and item; see `key`."""

    @property
    def key(self) -> str:
        """Give the name of the file in the ledger, which tells neither drive nor item."""
        return self.named or key_of(self.call, f"{self.drive}/{self.item}" if self.item else self.recording)

    @property
    def is_recording(self) -> bool:
        """Say whether it is a whole recording that lies there now."""
        return self.state == "found" and not self.temporary

    @property
    def is_shared(self) -> bool:
        """Say whether a link, or a right given directly, reaches somebody who is not of the school's staff."""
        return bool(self.grants) or any(link.outside for link in self.links)


def key_of(call: str, what: str) -> str:
    """Make the key of a file: its call, and a digest of what the service calls it (drive id, a slash, item id)."""
    return f"{call}/{hashlib.sha256(what.encode('utf-8')).hexdigest()[:12]}"


def files_of(ledger: Ledger, since: datetime | None = None, until: datetime | None = None) -> list[RecordedFile]:
    """Give the newest word on every file of calls that began in [since, until), in the order they were first seen."""
    histories = histories_of(ledger.read(FILE, since, until))
    return [versions[-1] for versions in histories.values()]


def histories_of(entries: Iterable[Entry]) -> dict[str, list[RecordedFile]]:
    """Give all words on each file by its key, oldest first; `entries` as the ledger gives them."""
    found: dict[str, list[RecordedFile]] = {}
    for entry in entries:
        versions = found.setdefault(entry.key, [])
        versions.append(file_of(entry, versions[0].first_seen_at if versions else entry.at))
    return found


def file_of(entry: Entry, first_seen_at: datetime | None = None) -> RecordedFile:
    """Read a ledger entry; `first_seen_at` is when the first version of it was written."""
    body, private = entry.body, entry.private or {}
    return RecordedFile(
        call=body["call"],
        state=body["state"],
        recorded_at=parse_iso(body["recorded_at"]),
        about=entry.about or parse_iso(body["recorded_at"]),
        size=body["size"],
        hash=body["hash"],
        expires_on=parse_iso(body["expires_on"]) if body["expires_on"] else None,
        links=tuple(Link(**one) for one in body["links"]),
        grants=tuple(Grant(**one) for one in body["grants"]),
        in_drive_of=body["in_drive_of"],
        temporary=body["temporary"],
        granted=tuple(Somebody(**one) for one in private.get("granted", ())),
        expiry_known=body["expiry_known"],
        source=body["source"],
        learnt_at=entry.at,
        first_seen_at=first_seen_at or entry.at,
        version=entry.version,
        forgotten=entry.forgotten,
        named=entry.key,
        **_places(private),
    )


_PLACES = ("drive", "item", "owner", "name", "path", "web_url", "recording")


def _places(private: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(private.get(name, "")) for name in _PLACES}


def entry_of(file: RecordedFile, at: datetime) -> Entry:
    """Give the ledger entry that says how a file stands at a moment: the version after `file.version`."""
    body = {
        "call": file.call,
        "state": file.state,
        "size": file.size,
        "hash": file.hash,
        "recorded_at": iso(file.recorded_at),
        "expires_on": iso(file.expires_on) if file.expires_on else None,
        "links": [{"scope": one.scope, "type": one.type, "outside": one.outside} for one in file.links],
        "grants": [{"to": one.to, "role": one.role} for one in file.grants],
        "in_drive_of": file.in_drive_of,
        "temporary": file.temporary,
        "expiry_known": file.expiry_known,
        "source": file.source,
    }
    granted = [{"account": one.account, "name": one.name, "address": one.address} for one in file.granted]
    private = {**{name: getattr(file, name) for name in _PLACES}, "granted": granted}
    return Entry(FILE, file.key, file.version + 1, at, body, about=file.about, private=private)


def as_one_recording(files: Sequence[RecordedFile]) -> list[list[RecordedFile]]:
    """Gather files that are the same recording of the same call, by hash and size; temporary files are none.

    The file to speak of comes first in each: one that is there, else the one that was last there. What only the
    meeting told of is left out where any file of the call was seen, as it is one of these.
    """
    gathered: dict[tuple[str, str, int], list[RecordedFile]] = {}
    seen = {file.call for file in files if file.source == "drive" and not file.temporary}
    for file in files:
        if not file.temporary and (file.source == "drive" or file.call not in seen):
            named = (file.call, file.hash or file.key, file.size if file.hash else 0)
            gathered.setdefault(named, []).append(file)
    return [sorted(some, key=lambda one: one.state != "found") for some in gathered.values()]
