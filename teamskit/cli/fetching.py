"""One night's reading of calls: records, recordings, attendance and telephone logs, each asked for no more than needed.

The class teams and their channels are read only when a call is new; a quiet night asks for the list of records, and for
what the snapshots of who is on roll and who may chat need: accounts, effective policies and messaging policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from teamskit.clock import at_school

if TYPE_CHECKING:
    from teamskit.calls import CallEntry, SyncResult
    from teamskit.calls.identities import Directory
    from teamskit.cli.context import Here
    from teamskit.ledger import Ledger
    from teamskit.recordings import Meeting, Outcome

ASKED_FOR = timedelta(days=30)
FRESH = timedelta(hours=1)


def fetch_calls(here: Here, since: date | None = None) -> SyncResult:
    """Bring the log up to now: call records first, then what else is known of the calls."""
    from teamskit.calls.sync import Around, sync
    from teamskit.cli.class_finding import class_finder
    from teamskit.cli.output import TerminalProgress
    from teamskit.cli.snapshots import keep_snapshots

    here.transport.must_be_app("Call records")
    known, choice = directory_of(here), here.school.calls
    finder = class_finder(here, known)
    overlap = timedelta(days=choice.overlap_days)
    with here.ledger() as ledger:
        keep_snapshots(here, ledger)
        result = sync(
            here.transport,
            ledger,
            Around(known, finder),
            clock=here.clock,
            since=since,
            overlap=overlap,
            progress=TerminalProgress().told,
        )
        refused = ["calendar"] if finder.calendar_refused else []
        if choice.telephone:
            result, refused = _with_telephone(here, ledger, known, result, refused)
        is_whole = since is not None or result.since <= result.until - ASKED_FOR
        again = result.since if is_whole else None
        return _with_evidence(here, ledger, known, replace(result, refused=tuple(refused)), again)


def directory_of(here: Here) -> Callable[[], Directory]:
    """Give what reads, once and when it is first asked, who is behind each account."""
    from teamskit.calls.identities import Directory

    @cache
    def read() -> Directory:
        guests = frozenset(account.id for account in here.accounts if account.kind == "Guest")
        return Directory(here.who(), here.tenant_id, guests)

    return read


def _with_telephone(
    here: Here, ledger: Ledger, known: Callable[[], Directory], result: SyncResult, refused: list[str]
) -> tuple[SyncResult, list[str]]:
    from teamskit.calls.telephone import telephone_calls

    rung = telephone_calls(here.transport, ledger, known, since=result.since, until=result.until, clock=here.clock)
    return replace(result, telephone=rung.found), [*refused, *(["telephone"] if rung.refused else [])]


def _with_evidence(
    here: Here, ledger: Ledger, known: Callable[[], Directory], result: SyncResult, again: datetime | None
) -> SyncResult:
    from teamskit.calls import CallFilter
    from teamskit.calls.attendance_reports import attendance_seen
    from teamskit.calls.listing import load_calls

    first = at_school(here.clock.now() - ASKED_FOR).date()
    calls = load_calls(ledger, CallFilter(first=first))
    seen = _recordings(here, ledger, calls, first, again)
    came = attendance_seen(here.transport, ledger, calls, known, clock=here.clock)
    return replace(
        result,
        recordings_seen=seen.found,
        recordings_not_known=seen.not_known,
        attendance_seen=came.found,
        attendance_not_known=came.not_known,
        policy_missing=seen.policy_missing or came.policy_missing,
    )


def search_recordings(here: Here, ledger: Ledger) -> None:
    """Look for recordings of young calls as `calls sync` does, unless that was done within the hour."""
    from teamskit.calls import CallFilter
    from teamskit.calls.listing import load_calls
    from teamskit.calls.looks import Looks

    first = at_school(here.clock.now() - ASKED_FOR).date()
    calls = load_calls(ledger, CallFilter(first=first))
    last = Looks.of(ledger).entries[-1:]
    is_fresh = bool(last) and here.clock.now() - last[0].at <= FRESH
    if not is_fresh or any(call.seq > last[0].seq for call in calls):
        _recordings(here, ledger, calls, first, None)


def _recordings(here: Here, ledger: Ledger, calls: Iterable[CallEntry], first: date, again: datetime | None) -> Outcome:
    """Look for recordings: of what is young or was refused, and of all calls without one that began from `again` on."""
    from teamskit.calls.coverage import span_of
    from teamskit.calls.looks import Looks
    from teamskit.cli.class_finding import class_groups
    from teamskit.recordings import Outcome, recordings_seen

    looks = Looks.of(ledger, span_of(first)[0])
    untold = looks.untold
    asked = [call for call in calls if looks.is_open(call, untold, again)]
    if not asked:
        return Outcome()
    groups = class_groups(here) if any(call.class_id for call in asked) else {}
    return recordings_seen(
        here.transport,
        ledger,
        _meetings(asked, groups),
        known=_meetings((call for call in calls if call.recorded), groups),
        groups=groups.values(),
        untold=untold,
        clock=here.clock,
    )


def _meetings(calls: Iterable[CallEntry], groups: Mapping[str, str]) -> list[Meeting]:
    from teamskit.cli.sought_calls import channel_of
    from teamskit.recordings import Meeting

    found = []
    for call in calls:
        if call.join_url and call.organiser and call.organiser.role != "outside":
            account = call.organiser.account
            drive = groups.get(call.class_id or "", account) if channel_of(call) else account
            found.append(Meeting(call.id, account, call.join_url, call.start, call.end, drive))
    return found
