"""Calls as plain values. Knows neither the tenant nor the ledger.

Roles, in the guidance's terms: pupil and staff are people of the roster; outside is a guest, an anonymous visitor, a
telephone or another tenant; unknown is an account of the school's own tenant that the roster does not name.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

CALL, COVERAGE, RECORDING = "call", "coverage", "recording"
"""Kinds of ledger entries: a call, a finished run of reading calls, a recording that was seen."""
LOOKED, ATTENDANCE = "looked", "attendance"
"""A search for recordings and what it could not tell; who came by the attendance report of a call without sessions."""

RecordingState = Literal["seen", "none", "not known"]
Role = Literal["pupil", "staff", "outside", "unknown"]
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Who:
    """A person of the roster, as calls need him; `year` is None for staff, `on_roll` true on the roster's date."""

    id: str
    name: str
    role: Literal["pupil", "staff"]
    year: str | None = None
    on_roll: bool = True
    joined_on: date | None = None
    left_on: date | None = None

    def is_here(self, day: date) -> bool:
        """Say whether he is on roll on a day: by his dates where the export has any, else as on the roster's date."""
        if self.joined_on is None and self.left_on is None:
            return self.on_roll
        return (self.joined_on is None or self.joined_on <= day) and (self.left_on is None or day < self.left_on)


@dataclass(frozen=True)
class Presence:
    """One person in one call.

    `id` is the roster id of pupils and staff, else the account's; `account` is what Microsoft calls the person (an
    object id, a visitor id, a telephone number). `joined_as` is user, guest, visitor, phone or other. Intervals are
    [joined, left) in UTC, merged over devices and rejoins, in order; none when the record says no more than that the
    person took part. `used` is what Microsoft says the person used: audio, video, screen.
    """

    account: str
    id: str
    name: str
    role: Role
    year: str | None = None
    joined_as: str = "user"
    intervals: tuple[Interval, ...] = ()
    used: tuple[str, ...] = ()
    address: str = ""

    @property
    def present(self) -> timedelta:
        """Give the time the person was there, all intervals together."""
        return sum((left - joined for joined, left in self.intervals), timedelta())


@dataclass(frozen=True)
class CallEntry:
    """The newest word of the ledger on one call; times in UTC.

    `version` is the source record's (0 when only the list knew of it). `detail` is "complete", "attendance" (the times
    are the attendance report's, as the record has none), "no sessions" (who was there, but not when) or "not
    available" (the record itself was not to be had). `recording` is "not known" when none was seen and it was not
    looked for, or the tenant would not tell; `recorded_at` is when one was first seen. `viewers_unknown` marks an event
    whose streaming viewers are not in the record.
    """

    id: str
    version: int
    start: datetime
    end: datetime
    kind: str
    organiser: Presence | None
    class_id: str | None
    recorded: bool
    detail: str
    people: tuple[Presence, ...] = ()
    modalities: tuple[str, ...] = ()
    join_url: str | None = None
    seq: int = 0
    recorded_at: datetime | None = None
    recording: RecordingState = "not known"
    viewers_unknown: bool = False

    def with_role(self, role: Role) -> tuple[Presence, ...]:
        """Give the people of one role."""
        return tuple(person for person in self.people if person.role == role)

    @property
    def has_times(self) -> bool:
        """Say whether it is known who was there when: by the record, or by a report that leaves nobody out."""
        from_report = self.detail == "attendance" and all(person.intervals for person in self.people)
        return self.detail == "complete" or from_report

    @property
    def is_forgotten(self) -> bool:
        """Say whether the names of the call are no longer kept."""
        people = [*self.people, *([self.organiser] if self.organiser else [])]
        return any(not person.account and not person.id for person in people)

    @property
    def is_lesson(self) -> bool:
        """Say whether it was a call of a class team that staff organised."""
        return self.class_id is not None and self.organiser is not None and self.organiser.role == "staff"


@dataclass(frozen=True)
class CallFilter:
    """Which calls to show; None means any. Days are the school's, both included.

    `person` is a roster id, an account id or a whole name (without case).
    """

    first: date | None = None
    last: date | None = None
    person: str | None = None
    class_id: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class SyncResult:
    """What one run of `sync` brought.

    `days` are the school days of the run's window that are now covered whole; `without_detail` counts calls of which
    only the list knew, `failed` those that could not be read for another reason and are asked for again next time.
    `gaps` are the days of the whole log that were not read and cannot be any more. Each word of `refused` names
    something that the tenant would not tell: calendar, telephone. What follows is filled in by who asks for
    recordings and attendance too.
    """

    since: datetime
    until: datetime
    new: int
    revised: int
    days: tuple[date, ...]
    without_detail: int = 0
    failed: int = 0
    gaps: tuple[date, ...] = ()
    refused: tuple[str, ...] = ()
    telephone: int = 0
    recordings_seen: int = 0
    recordings_not_known: int = 0
    attendance_seen: int = 0
    attendance_not_known: int = 0
    policy_missing: bool = False
