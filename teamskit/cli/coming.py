"""The meetings that stand in the calendars of staff and class teams for some days, and what each of them is.

Every calendar is read once, whatever the number of meetings; then the groups that they invite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from teamskit.clock import SCHOOL_ZONE, at_school

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.lessons.planned import Book, Party, Sitting
    from teamskit.tenant.calls import Reply
    from teamskit.tenant.graph import OnlineEvent

DAYS = 7
NO_MAILBOX = 404


@dataclass(frozen=True)
class Coming:
    """What is coming: meetings in order, and what could not be read.

    `first` and `last` are school days. `refused` gives the reply for each member of staff (roster id) whose calendar
    is not known, `without` those who have no calendar, `teams_refused` how many class teams' calendars of `teams` are
    not known, `groups_refused` how many invited groups.
    """

    first: date
    last: date
    sittings: tuple[Sitting, ...] = ()
    staff: int = 0
    refused: Mapping[str, Reply] | None = None
    without: tuple[str, ...] = ()
    teams: int = 0
    teams_refused: int = 0
    groups_refused: int = 0


def coming(here: Here, first: date | None, last: date | None) -> Coming:
    """Read what is coming from now on, by default for the next seven days.

    Raises InputError when the days asked for are over.
    """
    from teamskit.errors import PermissionMissing
    from teamskit.lessons.planned import gathered, groups_invited, sittings
    from teamskit.tenant import graph
    from teamskit.tenant.calls import Reply, said

    here.transport.must_be_app("Calendars of staff")
    begin, end, days = _span(here, first, last)
    staff = {account: who.id for account, who in here.who().items() if who.role == "staff" and who.is_here(days[0])}
    groups = class_groups_with_mail(here)
    found = graph.fetch_calendars(here.transport, begin, end, users=sorted(staff), groups=sorted(groups))
    read = {owner: events for owner, events in found.items() if not isinstance(events, Reply)}
    closed = {owner: reply for owner, reply in found.items() if isinstance(reply, Reply)}
    refused = {staff[one]: reply for one, reply in closed.items() if one in staff and reply.status != NO_MAILBOX}
    if refused and len(refused) == len(staff):
        why = f"no calendar of staff could be read: {said(next(iter(refused.values())))}"
        raise PermissionMissing(
            why, where="GET /users/{id}/calendarView", next_step="It needs Calendars.Read; consent."
        )
    events = [one for one in gathered(read) if one.end > begin]
    book = _with_lists(here, address_book(here, events), events)
    members = graph.fetch_members_of(here.transport, sorted(groups_invited(events, book, classes=True)))
    known = {group: some for group, some in members.items() if not isinstance(some, Reply)}
    return Coming(
        *days,
        tuple(sittings(events, book.with_members(known))),
        staff=len(staff),
        refused=refused,
        without=tuple(sorted(staff[one] for one in closed if one in staff and staff[one] not in refused)),
        teams=len(groups),
        teams_refused=sum(one in groups for one in closed),
        groups_refused=len(members) - len(known),
    )


def _span(here: Here, first: date | None, last: date | None) -> tuple[datetime, datetime, tuple[date, date]]:
    from teamskit.errors import InputError

    now = here.clock.now()
    today = at_school(now).date()
    begin = max(first or today, today)
    end = last or begin + timedelta(days=DAYS - 1)
    if end < begin:
        raise InputError("these days are over: only what is coming can be set", next_step="Look at --from and --to.")
    midnight = datetime.combine(end + timedelta(days=1), time(0), SCHOOL_ZONE)
    return max(now, datetime.combine(begin, time(0), SCHOOL_ZONE)), midnight, (begin, end)


def _with_lists(here: Here, book: Book, events: Sequence[OnlineEvent]) -> Book:
    """Add the distribution lists and the like that events invite; the list of groups knows only Microsoft 365's own.

    One that may not be looked up keeps its address in place of an id, and so stays a group that nobody could read.
    """
    from teamskit.lessons.planned import unknown_addresses
    from teamskit.tenant import graph

    found = graph.fetch_groups_by_mail(here.transport, sorted(unknown_addresses(events, book)))
    lists = {address: one if isinstance(one, str) else address for address, one in found.items()}
    return replace(book, groups={**book.groups, **lists})


def class_groups_with_mail(here: Here) -> dict[str, str]:
    """Give the class id of each class that has a team, ours or not, by group id."""
    from teamskit.teams.listing import class_of_key

    teamed = {group.id for group in here.tenant_groups if group.has_team}
    classes = [one for one in here.tenant_classes if one.id in teamed]
    return {one.id: class_of_key(one.external_id)[2] if one.is_ours else one.display_name for one in classes}


def address_book(here: Here, events: Sequence[OnlineEvent]) -> Book:
    """Gather who is behind every address that a calendar may name."""
    from teamskit.cli.class_finding import teams_of_threads
    from teamskit.lessons.planned import Book, ClassGroup

    names = class_groups_with_mail(here)
    parties = _parties(here)
    people = {
        address.casefold(): parties[account.id]
        for account in here.accounts
        for address in (account.mail, account.upn)
        if address
    }
    groups = {group.mail.casefold(): group.id for group in here.tenant_groups if group.mail}
    threads = {one.thread for one in events if one.in_channel}
    channels = teams_of_threads(here, threads) if threads else {}
    return Book(
        people=people,
        classes={mail: ClassGroup(group, names[group]) for mail, group in groups.items() if group in names},
        channels={thread: ClassGroup(*both) for thread, both in channels.items()},
        groups={mail: group for mail, group in groups.items() if group not in names},
        parties=parties,
        domains=frozenset(one.casefold() for one in here.school.domains),
    )


def _parties(here: Here) -> dict[str, Party]:
    from teamskit.lessons.planned import Party

    who = here.who()
    found = {}
    for account in here.accounts:
        person = who.get(account.id)
        if person:
            found[account.id] = Party(person.role, person.id, account.id)
        else:
            found[account.id] = Party("outside" if account.kind == "Guest" else "unknown", "", account.id)
    return found
