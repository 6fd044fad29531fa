"""Everything that findings rest on, as plain values: what the ledger holds, the registers, and what the school decided.

The same evidence gives the same findings; nothing that was found is stored.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from teamskit.calls.coverage import Reading
from teamskit.calls.model import CallEntry
from teamskit.calls.roll import Rolls
from teamskit.policy.chat import ChatSeen
from teamskit.recordings.known import Known
from teamskit.registers import AgreedRegister, ConsentRegister
from teamskit.safeguarding.finding import Note
from teamskit.school.calendar import Calendar
from teamskit.school.model import FindingMinutes

LEAD = timedelta(days=70)
"""How far back before a period calls are looked at: five weekly lessons and a long holiday."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The evidence of a period, `first` to `last` (school days, both included).

    `calls` is the newest word on each call of the period, by start; `older` what an earlier version of a revised one
    said. `looked_at` says when recordings were looked for, in order; `readings` are all finished runs of reading calls.
    A register that is missing is None. `earlier` are the calls of the `LEAD` before the period, for what began in it;
    `rolls` who was in which class when; `chats` what the service said of chat over time, oldest first; on the days of
    `forgotten` were calls of which no name is kept.
    `remarks` are sentences on what could not be used, for whoever reads the findings; `mended` say what was put right,
    and `for_it` what IT types or writes so that remarks go away.
    """

    now: datetime
    first: date
    last: date
    calls: Sequence[CallEntry]
    older: Sequence[CallEntry] = ()
    looked_at: Sequence[datetime] = ()
    readings: Sequence[Reading] = ()
    agreed: AgreedRegister | None = None
    consent: ConsentRegister | None = None
    calendar: Calendar = field(default_factory=Calendar)
    minutes: FindingMinutes = field(default_factory=FindingMinutes)
    notes: Sequence[Note] = ()
    earlier: Sequence[CallEntry] = ()
    rolls: Rolls = field(default_factory=Rolls)
    chats: Sequence[ChatSeen] = ()
    forgotten: Collection[date] = frozenset()
    recordings: Known = field(default_factory=Known)
    recording_days: int = 90
    held: Collection[str] = frozenset()
    remarks: Sequence[str] = ()
    mended: Sequence[str] = ()
    for_it: Sequence[str] = ()
