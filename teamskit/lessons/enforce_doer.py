"""Sets the options of meetings that somebody else made: only what differs, one task an organiser, answers compared.

What a meeting does not take while it is held is left for later, by the organiser's calendar of that very moment: a plan
may be carried out long after it was made.
"""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from teamskit.clock import Clock
from teamskit.lessons.enforcing import MEETING, NAMES, NOT_NOW, WORDS, account_of, organiser_of, state_of
from teamskit.lessons.options import PRESENTERS
from teamskit.plan import Change, Ledgering, Target
from teamskit.plan.change import State
from teamskit.tenant import graph
from teamskit.tenant.calls import Reply, Task, refusal
from teamskit.tenant.permissions import MEETINGS_WRITE
from teamskit.tenant.transport import Transport

NAMES_REFUSED = "names_refused"
"""What comes back with a meeting that does not let names be fixed: a later plan does not ask for it again."""
_MOMENT = timedelta(seconds=1)
_LOBBY = "lobbyBypassSettings"
Body = dict[str, Any]


class MeetingsDoer:
    """Carries out changes of meetings' options; `upns` gives the sign-in name of an account."""

    title = "Lessons"
    kinds: Collection[str] = (MEETING,)

    def __init__(self, transport: Transport, clock: Clock, upns: Mapping[str, str]) -> None:
        """Take the client, the clock and sign-in names; nothing is read yet."""
        self._transport, self._clock, self._upns = transport, clock, upns
        self._meetings: dict[Target, Mapping[str, Any]] = {}

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each meeting's options as they are now; None for one that is gone.

        One that may not be read counts as the plan saw it, so that its own refusal is told and the others are done.
        """
        replies = self._transport.gather([graph.get_meeting(*change.target.halves) for change in changes])
        return {one.target: self._state(one, reply) for one, reply in zip(changes, replies, strict=True)}

    def _state(self, change: Change, reply: Reply) -> State:
        if reply.ok and isinstance(reply.body, Mapping):
            self._meetings[change.target] = reply.body
            return state_of(reply.body)
        return None if reply.status == 404 else change.before

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Give all at once: no meeting waits for another."""
        return [changes]

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Give one task an organiser, in the order of the plan."""
        by_organiser: dict[str, list[Change]] = {}
        for change in changes:
            by_organiser.setdefault(change.target.halves[0], []).append(change)
        for organiser, mine in by_organiser.items():
            yield self._of_organiser(organiser, mine, ledgering)

    def _of_organiser(self, organiser: str, changes: Sequence[Change], ledgering: Ledgering) -> Task:
        held = yield from self._held_now(organiser, changes)
        bodies = {one.target: self._body(one, late=one.target in held) for one in changes}
        going = [one for one in changes if bodies[one.target]]
        ledgering.failed([one for one in changes if not bodies[one.target]], _later(NOT_NOW))
        ledgering.intend(going)
        replies = (
            yield [graph.set_meeting_options(*one.target.halves, bodies[one.target]) for one in going] if going else []
        )
        for change, reply in zip(going, replies, strict=True):
            yield from self._settle(change, bodies[change.target], reply, ledgering, late=change.target in held)

    def _held_now(self, organiser: str, changes: Sequence[Change]) -> Generator[Any, Any, set[Target]]:
        """Give the meetings that are being held, of those that such a meeting would not take in full."""
        asked = [one for one in changes if NOT_NOW & (one.after or {}).keys()]
        if not asked:
            return set()
        now = self._clock.now()
        reply = yield graph.calendar_moment(organiser, now, now + _MOMENT)
        items = reply.body.get("value") if reply.ok and isinstance(reply.body, Mapping) else ()
        urls = {str((one.get("onlineMeeting") or {}).get("joinUrl") or "") for one in items or ()} - {""}
        return {one.target for one in asked if self._meetings.get(one.target, {}).get("joinWebUrl") in urls}

    def _body(self, change: Change, *, late: bool) -> Body:
        """Give what is sent: the plan's options, in the shape that the service takes."""
        meeting = self._meetings.get(change.target, {})
        wanted = {name: value for name, value in (change.after or {}).items() if not (late and name in NOT_NOW)}
        body: Body = {name: value for name, value in wanted.items() if "." not in name and name != PRESENTERS}
        lobby = {name.partition(".")[2]: value for name, value in wanted.items() if name.startswith(_LOBBY)}
        if lobby:
            known = {name: value for name, value in (meeting.get(_LOBBY) or {}).items() if not name.startswith("@")}
            body[_LOBBY] = {**known, **lobby}
        if PRESENTERS in wanted:
            body["participants"] = {"attendees": self._attendees(meeting, wanted[PRESENTERS])}
        return body

    def _attendees(self, meeting: Mapping[str, Any], presenters: Sequence[str]) -> list[dict[str, Any]]:
        """Give the whole list of people, as the service wants it: those invited stay, only staff present."""
        there = {account_of(one): one for one in (meeting.get("participants") or {}).get("attendees") or ()}
        kept = [
            {"upn": one.get("upn"), "role": _role(one, account in presenters), **_identity(account)}
            for account, one in there.items()
            if account and account != organiser_of(meeting)
        ]
        added = [one for one in presenters if one not in there]
        return kept + [{"upn": self._upns.get(one, ""), "role": "presenter", **_identity(one)} for one in added]

    def _settle(self, change: Change, body: Body, reply: Reply, ledgering: Ledgering, *, late: bool) -> Task:
        """Say how one meeting ended; fixed names are given up where the service refuses them."""
        given_up = reply.status == 400 and NAMES in body
        if given_up:
            rest = {name: value for name, value in body.items() if name != NAMES}
            reply = (yield graph.set_meeting_options(*change.target.halves, rest)) if rest else Reply(200)
        if not reply.ok:
            ledgering.failed([change], refusal(reply, MEETINGS_WRITE))
            return
        after = state_of(reply.body) if isinstance(reply.body, Mapping) else {}
        missing = {name for name, value in (change.after or {}).items() if after.get(name, value) not in (value, None)}
        names_refused = given_up or NAMES in missing
        missing -= {NAMES}
        if late:
            ledgering.failed([change], _later(NOT_NOW & (change.after or {}).keys()))
        elif missing:
            what = ", ".join(sorted({WORDS[name] for name in missing}))
            ledgering.failed([change], f"Microsoft took it and left as it was: {what}. Set it in the meeting's options")
        else:
            ledgering.done([change], **({NAMES_REFUSED: True} if names_refused else {}))
            if names_refused:
                ledgering.remark(change, "names cannot be fixed for this meeting: pupils' own policy must do it")


def _later(names: Collection[str]) -> str:
    what = " and ".join(sorted({WORDS[name] for name in names}))
    return f"the lesson is being held: {what} cannot be set before it is over. Run again then"


def _role(one: Mapping[str, Any], presents: bool) -> str:
    if not presents:
        return "attendee"
    return "coorganizer" if one.get("role") == "coorganizer" else "presenter"


def _identity(account: str) -> dict[str, Any]:
    return {"identity": {"user": {"id": account}}}
