"""What became of recordings: looks for each call's file, whether known ones are there still, and who may open them.

Every drive is listed once a run, and permissions are asked only of files that are there; what a night has settled is
not asked again. What it sees goes to the ledger: `file`, `recording` and `opening` entries, and one `files-looked`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from teamskit.clock import Clock
from teamskit.errors import TenantError
from teamskit.ledger.entries import Entry
from teamskit.ledger.store import Ledger
from teamskit.recordings.files import RecordedFile, entry_of, files_of
from teamskit.recordings.looking import LOOKED, Drives, FilesLook, audit_word, is_silent, look_entry, look_of
from teamskit.recordings.lying import lying_of
from teamskit.recordings.manifest import copies_of
from teamskit.recordings.openings import WAITS, hear
from teamskit.recordings.people import People
from teamskit.recordings.seen import recording_entry, recordings_by_call
from teamskit.recordings.sharing import shared_by
from teamskit.recordings.sought import Sought
from teamskit.recordings.standing import Standing, owners_of
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph import Folder, Owner, fetch_drive_items, fetch_permissions, fetch_recording_folders
from teamskit.tenant.permissions import FILES_READ
from teamskit.tenant.refusals import error_of
from teamskit.tenant.transport import Transport

LATE = timedelta(hours=72)
"""How long after a call's end its file is looked for again each time."""
SOON = timedelta(hours=4)
"""How long a file may take to reach the drive it belongs in, before others' are looked through."""
TOLD_AFTER = timedelta(hours=12)
"""How long the audit log may take to know of a download."""
IN_BIN = timedelta(days=93)
"""How long a deleted file can come back: a SharePoint site's two recycle bins together."""


@dataclass(frozen=True)
class Checked:
    """What a run saw: `look` as written, how many files are new or changed, `unmatched` files that fit no one call.

    `refusal` is what refused everything, where nothing at all could be read; `refused` are the accounts and groups of
    whom some folder could not be read.
    """

    look: FilesLook
    changed: int
    refusal: TenantError | None = None
    refused: tuple[str, ...] = ()


@dataclass
class _Seen:
    """Whose folders were listed in this run, and whose were refused."""

    told: set[Owner] = field(default_factory=set)
    refused: dict[Owner, Reply] = field(default_factory=dict)


def check(
    transport: Transport,
    ledger: Ledger,
    calls: Sequence[Sought],
    people: People,
    *,
    groups: Collection[str] = (),
    again: bool = False,
    waits: bool = True,
    clock: Clock,
) -> Checked:
    """Bring what the ledger knows of recordings' files up to now; safe to repeat.

    `calls` are all calls of the log that may have a recording, `groups` the ids among drive owners that are groups.
    With `again` every call without a file is looked for, however old. The audit log can take ten minutes to answer;
    without `waits` the next run reads what it found.
    """
    return _Check(transport, ledger, calls, people, groups, again, clock).run(WAITS if waits else ())


class _Check:
    """One run."""

    def __init__(
        self,
        transport: Transport,
        ledger: Ledger,
        calls: Sequence[Sought],
        people: People,
        groups: Collection[str],
        again: bool,
        clock: Clock,
    ) -> None:
        self._transport, self._ledger, self._calls, self._people = transport, ledger, calls, people
        self._again, self._now = again, clock.now().replace(microsecond=0)
        looks = ledger.read(LOOKED)
        self._last = look_of(looks[-1]) if looks else None
        files = files_of(ledger)
        # A class whose calls are no longer among those looked for, or whose team another year's replaced.
        self._groups = frozenset(groups) | {file.owner for file in files if file.in_drive_of == "team"}
        self._stand = Standing(files, calls, people, self._groups)
        self._seen, self._untold, self._unclear = _Seen(), set[str](), set[str]()

    def run(self, waits: Sequence[int]) -> Checked:
        """Look, write down, and listen to the audit log last, as it takes longest."""
        known = owners_of(self._stand.files, self._now - IN_BIN)
        open_calls = [call for call in self._calls if self._is_open(call)]
        self._list({self._owner(one) for one in (*known, *(call.meeting.drive_owner for call in open_calls))})
        self._look_wider(open_calls)
        self._ask_after_unseen()
        self._ask_who_may_open()
        changed = self._stand.changed()
        entries = [entry_of(file, self._now) for file in changed]
        self._ledger.append([*entries, *self._recorded()])
        look = self._listen(changed, waits)
        self._ledger.append([look_entry(look)])
        return Checked(look, len(changed), self._refusal(look), tuple(sorted({one.id for one in self._seen.refused})))

    def _is_open(self, call: Sought) -> bool:
        """Say whether a call's file has to be looked for (again)."""
        if any(file.source == "drive" for file in self._stand.of(call.id)):
            return False
        last = self._last
        if last is None or last.seq < call.seq or call.id in last.untold or self._again:
            return True
        return last.at < call.meeting.end + LATE

    def _needs_wider(self, call: Sought) -> bool:
        """Say whether the drives of all who took part are worth a look: not at once, and not once it was due."""
        if self._now < call.meeting.end + SOON or self._stand.of(call.id) or not (call.is_lesson or call.recorded):
            return False
        last = self._last
        is_first = last is None or last.at < call.due_at or last.seq < call.seq or call.id in last.untold
        return is_first or self._again or call.recorded

    def _look_wider(self, open_calls: Iterable[Sought]) -> None:
        """Look where a recording may lie otherwise: the channel, the organiser, other staff, and last the pupils."""
        wide = [call for call in self._calls if self._needs_wider(call)]
        for ring in (_channels, _staff, _pupils):
            left = [call for call in wide if not self._stand.of(call.id)]
            self._list({owner for call in left for owner in ring(call)})
        asked = {call.id: {self._owner(call.meeting.drive_owner)} for call in open_calls}
        for call in wide:
            asked[call.id] = {self._owner(call.meeting.drive_owner), *_channels(call), *_staff(call), *_pupils(call)}
        without = {one: owners for one, owners in asked.items() if not self._stand.of(one)}
        self._untold |= {one for one, owners in without.items() if owners & self._seen.refused.keys()}
        lost = [call for call in wide if call.recorded and call.id in without]
        # A file that is of one of two calls leaves it open of both.
        self._unclear = {call.id for call in lost if any(call.lasted(one.began_at) for one in self._stand.unmatched)}
        self._say_deleted(lost)

    def _say_deleted(self, calls: Sequence[Sought]) -> None:
        """A meeting that tells of a recording which no drive holds tells of one that is gone."""
        half = {file.call for file in self._stand.files if file.temporary and file.state == "found"}
        told = [
            call for call in calls if call.id not in self._untold | self._unclear | half and self._now >= call.due_at
        ]
        ids = recordings_by_call(self._ledger, {call.id for call in told})
        for call in told:
            for recording, started_at in ids.get(call.id, ()):
                self._stand.never_seen(call, recording, started_at)

    def _owner(self, owner: str) -> Owner:
        return Owner("group" if owner in self._groups else "user", owner)

    def _list(self, owners: Collection[Owner]) -> None:
        """List folders that this run has not listed yet, and take what lies in them."""
        asked = sorted(
            set(owners) - self._seen.told - self._seen.refused.keys(), key=lambda one: (one.kind, one.id, one.channel)
        )
        found = fetch_recording_folders(self._transport, asked)
        lying = []
        for owner, folder in found.items():
            if isinstance(folder, Folder):
                self._seen.told.add(owner)
                read = (lying_of(item, owner.id, tells_expiry=folder.tells_expiry) for item in folder.items)
                lying += [one for one in read if one]
            else:
                self._seen.refused[owner] = folder
        self._stand.take(lying)

    def _ask_after_unseen(self) -> None:
        """Ask by id for files that are in no folder: moved or renamed they answer, gone they do not."""
        unseen = self._stand.unseen()
        found = fetch_drive_items(self._transport, [(file.drive, file.item) for file in unseen])
        for file in unseen:
            item = found[file.drive, file.item]
            lying = None if isinstance(item, Reply) else lying_of(item, file.owner)
            if lying:
                self._stand.take([lying])
            elif not isinstance(item, Reply) or item.status == 404:
                self._stand.lost(file, self._now)
            else:
                self._untold.add(file.call)

    def _ask_who_may_open(self) -> None:
        living = self._stand.living()
        found = fetch_permissions(self._transport, [(file.drive, file.item) for file in living])
        for file in living:
            permissions = found[file.drive, file.item]
            if isinstance(permissions, Reply):
                self._untold.add(file.call)
            else:
                self._stand.share(file, shared_by(permissions, self._people, file.owner))

    def _recorded(self) -> list[Entry]:
        return [
            recording_entry(self._now, call.meeting, file.item, file.recorded_at)
            for call, file in self._stand.newly_recorded()
        ]

    def _listen(self, changed: Sequence[RecordedFile], waits: Sequence[int]) -> FilesLook:
        went = [file for file in changed if file.state != "found"]
        files = [file for file in [*self._stand.living(), *went] if file.web_url]
        before = self._last
        heard = None
        if files:
            known_until, pending = (before.heard_until, before.pending) if before else (None, None)
            heard = hear(self._transport, files, self._people, known_until, pending, waits=waits)
            self._ledger.append(list(heard.entries))
        until = heard.until if heard else before.heard_until if before else None
        return FilesLook(
            self._now,
            self._drives(),
            frozenset(self._untold | self._unclear),
            audit_word(heard),
            until,
            heard.pending if heard else before.pending if before else None,
            len(self._stand.unmatched),
            unclear=frozenset(self._unclear - self._untold),
            silent=is_silent(heard, before, must_tell=self._must_tell(files)),
        )

    def _must_tell(self, files: Sequence[RecordedFile]) -> bool:
        """Say whether some of these files were fetched for a copy since the last look, and long enough ago."""
        heard_until = self._last.heard_until if self._last else None
        if heard_until is None:
            return False
        keys = {file.key for file in files}
        copies = (one for one in copies_of(self._ledger).values() if one.key in keys and one.is_stored)
        return any(heard_until < one.at <= self._now - TOLD_AFTER for one in copies)

    def _drives(self) -> Drives:
        if not self._seen.refused:
            return "read"
        return "part" if self._seen.told else "refused"

    def _refusal(self, look: FilesLook) -> TenantError | None:
        if look.drives != "refused":
            return None
        return error_of(Call("GET", "/users/-/drive", FILES_READ), next(iter(self._seen.refused.values())))


def _channels(call: Sought) -> set[Owner]:
    """Give the folder of the channel a call was held in, where the General channel's does not hold it."""
    return {Owner("group", call.meeting.drive_owner, call.channel)} if call.channel and call.in_group else set()


def _staff(call: Sought) -> set[Owner]:
    return {Owner("user", account) for account in {call.meeting.organiser, *call.staff}}


def _pupils(call: Sought) -> set[Owner]:
    return {Owner("user", account) for account in call.pupils}
