"""Calls whose recording is looked for, and which of them a file is of. Pure.

A file lies with the organiser, in the class team's channel, or with whoever pressed the button, so that those who took
part count too. What a file says of itself is when the recording began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from teamskit.recordings.lying import Lying
from teamskit.recordings.matching import Meeting

Interval = tuple[datetime, datetime]
NEAR = timedelta(minutes=1)
"""The meeting and the file's name may differ by this on when a recording began."""


@dataclass(frozen=True)
class Sought:
    """A call with those of the school's staff and pupils who took part, by account, and when each was there.

    `due_at` is when its recording must have appeared, `channel` the thread of the channel it was held in. Where it is
    not known who was there when, the intervals are empty. `recorded` says that a recording of it has been seen, `begun`
    when those began of which its meeting told; `seq` is the place of the newest word on the call in the ledger.
    """

    meeting: Meeting
    due_at: datetime
    staff: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    pupils: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    channel: str = ""
    in_group: bool = False
    is_lesson: bool = False
    recorded: bool = False
    begun: Sequence[datetime] = ()
    seq: int = 0

    @property
    def id(self) -> str:
        """Give the call's id."""
        return self.meeting.call_id

    def lasted(self, moment: datetime) -> bool:
        """Say whether a moment lies in the call."""
        return self.meeting.start <= moment < self.meeting.end

    def told_of(self, moment: datetime) -> bool:
        """Say whether its meeting told of a recording that began then."""
        return any(abs(begun - moment) <= NEAR for begun in self.begun)

    def had(self, account: str, moment: datetime) -> bool:
        """Say whether somebody was there at a moment, or may have been."""
        for people in (self.staff, self.pupils):
            if account in people:
                intervals = people[account]
                return self.lasted(moment) and (not intervals or any(a <= moment < b for a, b in intervals))
        return False


class Calls:
    """All calls that a file may be of, by whose drive would hold it."""

    def __init__(self, calls: Iterable[Sought]) -> None:
        """Go through the calls once."""
        self._led: dict[str, list[Sought]] = {}
        self._joined: dict[str, list[Sought]] = {}
        for one in calls:
            for owner in {one.meeting.drive_owner, one.meeting.organiser}:
                self._led.setdefault(owner, []).append(one)
            for account in {*one.staff, *one.pupils}:
                self._joined.setdefault(account, []).append(one)

    def of(self, file: Lying) -> Sought | None:
        """Give the call a file is of: the one that its drive's owner led, else the one that he was in, just then.

        Of two such calls it is the one whose meeting told of a recording that began then; otherwise, and where there is
        none, None: a file is never guessed to be of one of two.
        """
        led = [one for one in self._led.get(file.owner, ()) if one.lasted(file.began_at)]
        led = [one for one in led if one.meeting.drive_owner == file.owner] or led
        joined = [one for one in self._joined.get(file.owner, ()) if one.had(file.owner, file.began_at)]
        return _only(led or joined, file.began_at)


def _only(calls: Sequence[Sought], began_at: datetime) -> Sought | None:
    if len(calls) > 1:
        calls = [one for one in calls if one.told_of(began_at)]
    return calls[0] if len(calls) == 1 else None
