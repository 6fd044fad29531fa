"""Files as the ledger has them, brought up to what was just seen of them. Pure.

A file is known again by its id; a new one belongs to the call of a recording with the same hash, else to the call in
whose time it began. Each file is matched once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from teamskit.recordings.files import DriveOf, RecordedFile, key_of
from teamskit.recordings.lying import Lying
from teamskit.recordings.matching import STARTED
from teamskit.recordings.people import People
from teamskit.recordings.sharing import Shared
from teamskit.recordings.sought import Calls, Sought

Where = tuple[str, str]


class Standing:
    """All files of recordings: how they stood by the newest word of the ledger, and how they stand now."""

    def __init__(
        self, known: Iterable[RecordedFile], calls: Iterable[Sought], people: People, groups: Collection[str]
    ) -> None:
        """Take the newest word on every file, the calls that files may be of, and whose drives are groups'."""
        self._before = {file.key: file for file in known}
        self._now = dict(self._before)
        sought = list(calls)
        self._calls, self._by_id = Calls(sought), {one.id: one for one in sought}
        self._people, self._groups = people, groups
        self._keys = {(file.drive, file.item): key for key, file in self._before.items() if file.item}
        self._forgotten = {file.call for file in self._before.values() if file.forgotten}
        self._seen: set[str] = set()
        self.unmatched: list[Lying] = []

    @property
    def files(self) -> list[RecordedFile]:
        """Give every file as it stands now."""
        return list(self._now.values())

    def of(self, call: str) -> list[RecordedFile]:
        """Give the files of a call, half saved ones left out."""
        return [file for file in self._now.values() if file.call == call and not file.temporary]

    def with_files(self) -> set[str]:
        """Give the calls of which a recording is known, whatever became of it."""
        return {file.call for file in self._now.values() if not file.temporary}

    def take(self, listed: Sequence[Lying]) -> None:
        """Take what was seen in a drive; what cannot be matched to one call is kept apart."""
        new = []
        for one in listed:
            key = self._keys.get(one.where)
            if key:
                self._put(one, self._now[key])
            else:
                new.append(one)
        # What carries its time in its name goes first: a copy without one is known by the hash of the first.
        for one in sorted(new, key=lambda lying: STARTED.search(lying.name) is None):
            self._match(one)

    def unseen(self) -> list[RecordedFile]:
        """Give the files that were there and were in no folder that was listed."""
        return [
            file
            for key, file in self._now.items()
            if file.state == "found" and file.item and not file.forgotten and key not in self._seen
        ]

    def lost(self, file: RecordedFile, now: datetime) -> None:
        """Say that a file is gone: expired where its day has come, else deleted; nobody can open it any more."""
        has_expired = file.expires_on is not None and file.expires_on <= now
        state = replace(file, state="expired" if has_expired else "deleted", links=(), grants=(), granted=())
        self._now[file.key] = state

    def never_seen(self, call: Sought, recording: str, started_at: datetime) -> None:
        """Say that a meeting told of a recording that lies in no drive."""
        file = RecordedFile(
            call.id,
            "deleted",
            started_at,
            call.meeting.start,
            source="meeting",
            recording=recording,
            owner=call.meeting.organiser,
        )
        self._now.setdefault(file.key, file)

    def living(self) -> list[RecordedFile]:
        """Give the whole recordings that are there and were seen."""
        return [file for key, file in self._now.items() if file.is_recording and key in self._seen]

    def share(self, file: RecordedFile, shared: Shared) -> None:
        """Say who may open a file."""
        now = self._now[file.key]
        self._now[file.key] = replace(now, links=shared.links, grants=shared.grants, granted=shared.granted)

    def changed(self) -> list[RecordedFile]:
        """Give the files that are new or not as the ledger has them."""
        return [file for key, file in self._now.items() if self._before.get(key) != file]

    def newly_recorded(self) -> list[tuple[Sought, RecordedFile]]:
        """Give the calls of which no recording was known until a file of it was seen, each with that file."""
        found: dict[str, RecordedFile] = {}
        for file in self._now.values():
            if file.is_recording:
                found.setdefault(file.call, file)
        calls = ((self._by_id.get(call), file) for call, file in found.items())
        return [(call, file) for call, file in calls if call and not call.recorded]

    def _match(self, one: Lying) -> None:
        if self._is_forgotten(one):
            return
        call = self._of_hash(one)
        if call is None:
            found = self._calls.of(one)
            call = (found.id, found.meeting.start) if found else None
        if call is None:
            self.unmatched.append(one)
        else:
            self._put(one, RecordedFile(call[0], "found", one.began_at, call[1]))

    def _is_forgotten(self, one: Lying) -> bool:
        """Say whether a file is of a call whose names are no longer kept: then its place is not written down again."""
        keys = (key_of(call, f"{one.drive}/{one.item}") for call in self._forgotten)
        return any(key in self._before for key in keys)

    def _of_hash(self, one: Lying) -> tuple[str, datetime] | None:
        if not one.hash:
            return None
        same = (file for file in self._now.values() if (file.hash, file.size) == (one.hash, one.size))
        file = next(same, None)
        return (file.call, file.about) if file else None

    def _put(self, one: Lying, before: RecordedFile) -> None:
        file = replace(
            before,
            state="found",
            drive=one.drive,
            item=one.item,
            owner=one.owner,
            name=one.name,
            path=one.path,
            web_url=one.web_url,
            size=one.size,
            hash=one.hash,
            expires_on=one.expires_on if one.expiry_known else before.expires_on,
            expiry_known=one.expiry_known,
            in_drive_of=self._in_drive_of(one.owner),
            temporary=one.temporary,
        )
        self._keys[one.where] = file.key
        self._now[file.key] = file
        self._seen.add(file.key)

    def _in_drive_of(self, owner: str) -> DriveOf:
        if owner in self._groups:
            return "team"
        return self._people.roles.get(owner, "other")


def owners_of(files: Iterable[RecordedFile], gone_since: datetime) -> set[str]:
    """Give whose drives hold recordings, or held one until not long ago: it may come back from the recycle bin."""
    return {
        file.owner
        for file in files
        if file.item
        and not file.forgotten
        and (file.state == "found" or (file.learnt_at and file.learnt_at >= gone_since))
    }
