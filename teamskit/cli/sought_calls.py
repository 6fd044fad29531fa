"""Calls as the search for their recordings' files needs them, and who is who to the school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teamskit.calls import CallEntry
    from teamskit.calls.model import Interval
    from teamskit.cli.context import Here
    from teamskit.recordings.people import People
    from teamskit.recordings.sought import Sought
    from teamskit.school.model import FindingMinutes


def sought_of(
    calls: Iterable[CallEntry],
    groups: Mapping[str, str],
    minutes: FindingMinutes,
    begun: Mapping[str, Sequence[datetime]],
) -> list[Sought]:
    """Give the calls that may have a recording: meetings that somebody of our tenant organised.

    `groups` gives the group of a class id; `minutes` say what a lesson is, and when its recording has to be there;
    `begun` when the recordings began of which meetings told.
    """
    from teamskit.recordings import Meeting
    from teamskit.recordings.sought import Sought
    from teamskit.safeguarding.by_recording import is_lesson
    from teamskit.safeguarding.case import Case

    found = []
    for call in calls:
        if not (call.join_url and call.organiser and call.organiser.account and call.organiser.role != "outside"):
            continue
        account, case = call.organiser.account, Case(call)
        group, channel = groups.get(call.class_id or ""), channel_of(call)
        drive = group if group and channel else account
        found.append(
            Sought(
                Meeting(call.id, account, call.join_url, call.start, call.end, drive),
                call.end + timedelta(hours=minutes.recording_hours),
                staff=_there(call, "staff"),
                pupils=_there(call, "pupil"),
                channel=channel,
                in_group=drive == group,
                is_lesson=is_lesson(case, minutes),
                recorded=call.recorded,
                begun=begun.get(call.id, ()),
                seq=call.seq,
            )
        )
    return found


def channel_of(call: CallEntry) -> str:
    """Give the thread of the channel a call was held in; empty for a meeting of its own, whoever was invited to it.

    The recording of a meeting in a channel lies with the team, any other with the organiser.
    """
    from teamskit.calls.record import thread_of

    thread = thread_of(call.join_url) or ""
    return thread if thread.endswith(("@thread.tacv2", "@thread.skype")) else ""


def _there(call: CallEntry, role: str) -> dict[str, tuple[Interval, ...]]:
    return {one.account: one.intervals for one in call.people if one.role == role and one.account}


def people_of(here: Here) -> People:
    """Give who is staff, pupil or guest, by account and by address."""
    from teamskit.recordings.people import People

    by_address: dict[str, str] = {}
    for account in here.accounts:
        by_address |= {text.casefold(): account.id for text in (account.mail, account.upn) if text}
    return People(
        {account: who.role for account, who in here.who().items()},
        by_address,
        frozenset(account.id for account in here.accounts if account.kind == "Guest"),
        frozenset(domain.casefold() for domain in here.school.domains),
        {account: who.left_on for account, who in here.who().items() if who.left_on},
    )
