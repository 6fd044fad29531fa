"""All that the ledger knows of recordings, as what findings rest on. The tenant is not asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from teamskit.ledger.store import Ledger
from teamskit.recordings.files import FILE, RecordedFile, histories_of
from teamskit.recordings.looking import LOOKED, FilesLook, look_of
from teamskit.recordings.manifest import CHECK, Copy, copies_of
from teamskit.recordings.openings import OPENING, Opening, openings_of
from teamskit.recordings.recorder_log import RECORDER, CouldRecord, could_record

Words = Sequence[RecordedFile]
"""All words on one file, oldest first."""


@dataclass(frozen=True)
class CopyCheck:
    """One check of a copy; `why` is empty when it passed."""

    at: datetime
    why: str


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the recordings of a period.

    `files` has the words on each file and `openings` who did what, both by call; `copies` and `checks` are by the key
    of the file, checks oldest first; `looks` are all runs that looked for files, `organisers` what was known of who
    could record, oldest first.
    """

    files: Mapping[str, Sequence[Words]] = field(default_factory=dict)
    openings: Mapping[str, Sequence[Opening]] = field(default_factory=dict)
    copies: Mapping[str, Copy] = field(default_factory=dict)
    checks: Mapping[str, Sequence[CopyCheck]] = field(default_factory=dict)
    looks: Sequence[FilesLook] = ()
    organisers: Sequence[CouldRecord] = ()

    @property
    def last_look(self) -> FilesLook | None:
        """Give the last run that looked for files."""
        return self.looks[-1] if self.looks else None

    def newest(self, call: str) -> list[RecordedFile]:
        """Give the newest word on every file of a call."""
        return [words[-1] for words in self.files.get(call, ())]

    def of_organiser(self, account: str, end: datetime) -> CouldRecord | None:
        """Give what was known of an organiser when a call had ended: the first word after, else the last before."""
        mine = [one for one in self.organisers if one.account == account]
        after = [one for one in mine if one.at >= end]
        return after[0] if after else mine[-1] if mine else None


def known_of(ledger: Ledger, since: datetime | None = None, until: datetime | None = None) -> Known:
    """Read what the ledger knows of the recordings of calls that began in [since, until)."""
    histories = histories_of(ledger.read(FILE, since, until))
    return Known(
        files=_by_call(histories.values()),
        openings=_openings(openings_of(ledger.read(OPENING, since, until))),
        copies=copies_of(ledger),
        checks=_checks(ledger),
        looks=[look_of(entry) for entry in ledger.read(LOOKED)],
        organisers=could_record(ledger.read(RECORDER)),
    )


def _by_call(histories: Iterable[Words]) -> Mapping[str, Sequence[Words]]:
    found: dict[str, list[Words]] = defaultdict(list)
    for words in histories:
        found[words[-1].call].append(words)
    return dict(found)


def _openings(openings: Iterable[Opening]) -> Mapping[str, Sequence[Opening]]:
    found: dict[str, list[Opening]] = defaultdict(list)
    for one in sorted(openings, key=lambda opening: (opening.at, opening.id)):
        found[one.call].append(one)
    return dict(found)


def _checks(ledger: Ledger) -> Mapping[str, Sequence[CopyCheck]]:
    found: dict[str, list[CopyCheck]] = defaultdict(list)
    for entry in ledger.read(CHECK):
        failed = {one["key"]: str(one["why"]) for one in entry.body["failed"]}
        for key in entry.body["checked"]:
            found[key].append(CopyCheck(entry.at, failed.get(key, "")))
    return dict(found)
