"""The plan that makes lessons which staff made themselves safe, and what is told beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from teamskit.cli.coming import Coming, coming
from teamskit.cli.output import count, working
from teamskit.clock import at_school, iso

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.lessons.enforcing import Enforced, Rules
    from teamskit.plan import LeftOut, Plan, Target

ALONE = {
    "staff only": ("meeting of staff", "meetings of staff"),
    "one pupil": ("meeting with one pupil (parents come with one)", "meetings with one pupil (parents come with one)"),
    "with visitors": ("meeting with people from outside", "meetings with people from outside"),
    "other": ("meeting that others organise without pupils", "meetings that others organise without pupils"),
}


def enforce_plan(here: Here, first: date | None, last: date | None, *, records_all: bool = False) -> Plan:
    """Read calendars and meetings and make the plan; with `records_all` recording is turned on wherever it is off.

    Raises PermissionMissing when no calendar may be read.
    """
    from teamskit.cli.planning import settle_open_work
    from teamskit.lessons.enforcing import enforced, lessons_of
    from teamskit.plan import Plan
    from teamskit.tenant import graph

    settle_open_work(here)
    with working("Reading calendars"):
        found = coming(here, first, last)
        meetings = graph.fetch_meetings(here.transport, list(lessons_of(found.sittings)))
    done = enforced(found.sittings, meetings, rules_of(here, records_all=records_all), here.clock.now())
    return Plan(
        here.school.schools[0].name,
        here.tenant_id,
        iso(here.clock.now()),
        # In order of time, as they were found, within each class.
        tuple(sorted(done.by_meeting.values(), key=lambda one: one.group)),
        (*done.left_out, *_calendars(found)),
        unchanged=(("lessons", done.kept),),
        notes=(*_without_consent(here, found, done), *_alone(done), *_not_known(found)),
    )


def rules_of(here: Here, *, records_all: bool) -> Rules:
    """Give what lessons are held to: what pupils may turn on by their cohorts' policies, and who is staff."""
    from teamskit.cli.lesson_planning import media_of
    from teamskit.lessons.enforcing import Rules

    staff = frozenset(account for account, who in here.who().items() if who.role == "staff")
    return Rules(media_of(here), staff, frozenset(_names_refused(here)), records_all)


def _names_refused(here: Here) -> set[Target]:
    from teamskit.lessons.enforce_doer import NAMES_REFUSED
    from teamskit.lessons.enforcing import MEETING

    newest = here.journal.newest()
    return {one for one, record in newest.items() if one.kind == MEETING and record.came_back.get(NAMES_REFUSED)}


def _without_consent(here: Here, found: Coming, done: Enforced) -> Iterator[str]:
    """Say of how many of the lessons that will be recorded the register shows no consent for somebody."""
    from teamskit.cli.evidence import registers_of
    from teamskit.lessons.enforcing import RECORDS

    pupils = {pupil.id for one in found.sittings for pupil in one.pupils}
    consent = registers_of(here).with_zeros(pupils, ())[0].consent
    recorded = {urls for urls, change in done.by_meeting.items() if RECORDS in (change.after or {})}
    number = sum(
        any(not consent.holds(pupil.id, at_school(one.start).date()) for pupil in one.pupils)
        for one in found.sittings
        if consent and (one.organiser.account, one.join_url) in recorded
    )
    if number:
        have = "has" if number == 1 else "have"
        some = count(number, "lesson")
        yield f"{some} that would be recorded {have} pupils without consent: teamskit recordings consent"


def _alone(done: Enforced) -> Iterator[str]:
    alone = [count(number, *ALONE[kind]) for kind, number in sorted(done.left_alone.items())]
    if alone:
        yield f"left alone: {', '.join(alone)}"


def _calendars(found: Coming) -> list[LeftOut]:
    from teamskit.plan import LeftOut
    from teamskit.tenant.calls import said

    remedy = "Its meetings are not known. It needs Calendars.Read; look at the app's limits in Exchange, and run again."
    return [
        LeftOut(f"calendar of staff {one}", f"it could not be read: {said(reply)}", remedy)
        for one, reply in sorted((found.refused or {}).items())
    ]


def _not_known(found: Coming) -> Iterator[str]:
    """Say what was not read; what stands there is not known, and not taken for nothing."""
    if found.without:
        yield f"no mailbox, so no calendar: staff {', '.join(found.without)}"
    if found.teams_refused:
        of = count(found.teams, "class team")
        yield f"not known: the calendars of {found.teams_refused} of {of} (channel meetings may stand only there)"
    if found.groups_refused:
        yield f"not known: who is in {count(found.groups_refused, 'invited group')}"
    hidden = sum(bool(one.groups) and one.kind in ("staff only", "with visitors") for one in found.sittings)
    if hidden:
        yield f"not known: whether pupils are in the groups that {count(hidden, 'meeting')} of staff {_invite(hidden)}"


def _invite(number: int) -> str:
    return "invites" if number == 1 else "invite"
