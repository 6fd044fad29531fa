"""Makes, changes and cancels lessons by documented calls: event, its meeting by join URL, the meeting's options.

Lessons of one organiser run in four lanes: Exchange takes four requests at once for one mailbox. Source: Graph
"Outlook service limits" (throttling-limits), read 2026-11-25.
"""

import uuid
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from teamskit.clock import Clock, parse_iso
from teamskit.lessons.actual import LESSON, NO_POLICY, Standing, day_span, invited_by_us, state_of, wide_span
from teamskit.lessons.dated import parts_of
from teamskit.lessons.options import NAMES_FIXED, PRESENTERS, Media, Presenter, safe_options, standing
from teamskit.plan import Action, Change, Ledgering, Recorded, Target
from teamskit.plan.change import State
from teamskit.tenant import graph
from teamskit.tenant.calls import Reply, Task, Wait, refusal
from teamskit.tenant.graph import LessonEvent
from teamskit.tenant.permissions import CALENDARS_WRITE, MEETINGS_WRITE

Step = Generator[Any, Any, Any]
LANES = 4
UNSURE = (0, 409, 500, 502, 503, 504)
"""After these it is not known whether the service made the event: its calendar is looked at before anything else."""
USED = 409
"""The transaction was used for an event that is not there any more: the journal was lost after it was cancelled.
Source: ErrorDuplicateTransactionId, observed (github alcionai/corso issue 2490), read 2026-11-25."""
LATER_S, LOOKS = 5, 6
"""How long between looks for what the service makes in the background, a meeting's address and the meeting, and how
often: half a minute in all (observed: seconds)."""
TEXT = (
    "An online lesson, made by the school. Open it in Teams at the time of the lesson and wait in the lobby until the"
    " teacher lets you in. The lesson is recorded."
)
OURS = uuid.UUID("6e5b1d0c-9d5e-4d0b-8f3c-7a1f2c9b4e11")
POLICY_WORDS = (
    "the event is made, its options are not set: no application access policy. In Teams PowerShell, once:"
    ' New-CsApplicationAccessPolicy -Identity teamskit -AppIds "{app}" -Description "Lessons and recordings";'
    " Grant-CsApplicationAccessPolicy -PolicyName teamskit -Global. Run this again after 30 minutes"
)
NO_MEETING = (
    "the event is made, and its meeting cannot be found; run this again, and if it stays so, take the lesson back"
    " (teamskit lessons cancel) and make it anew"
)
NAMES_REFUSED = (
    "Microsoft does not let names be fixed here: whether pupils may change theirs is as the meeting policy says"
)


class Stuck(Exception):
    """This lesson cannot go on; `why` says so in one sentence."""

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why


class LessonsDoer:
    """Carries out changes of lessons; `found` is what was read just before, `upns` the sign-in names of staff by id."""

    title = "Online lessons"
    kinds: Collection[str] = (LESSON,)

    def __init__(
        self,
        found: Standing,
        recorded: Mapping[Target, Recorded],
        clock: Clock,
        upns: Mapping[str, str],
        app: str = "<client_id>",
    ) -> None:
        """Take what stands, what the journal recorded, and the app's id for the words on what is missing."""
        self._found, self._recorded, self._clock = found, recorded, clock
        self._upns, self._app = upns, app

    def look(self, changes: Sequence[Change]) -> Mapping[Target, State]:
        """Give each lesson's state, in the keys that its change speaks of."""
        return {change.target: self._state(change) for change in changes}

    def _state(self, change: Change) -> State:
        event = self._found.events.get(change.target)
        meeting = self._found.meetings.get(event.id) if event else None
        ours = invited_by_us(self._recorded.get(change.target))
        return state_of(event, meeting, change.after or {}, ours if change.after else (), self._found.addresses)

    def parts(self, changes: Sequence[Change]) -> Iterable[Sequence[Change]]:
        """Give what is cancelled first, so that no class is invited twice to one lesson."""
        gone = [one for one in changes if one.action is Action.REMOVE]
        return [part for part in (gone, [one for one in changes if one.action is not Action.REMOVE]) if part]

    def tasks(self, changes: Sequence[Change], ledgering: Ledgering) -> Iterable[Task]:
        """Give four tasks an organiser, taking turns, so that batches hold lessons of many mailboxes."""
        lanes: dict[tuple[int, str], list[Change]] = {}
        numbers: dict[str, int] = {}
        for change in changes:
            organiser = change.target.halves[0]
            numbers[organiser] = number = numbers.get(organiser, -1) + 1
            lanes.setdefault((number % LANES, organiser), []).append(change)
        for _, mine in sorted(lanes.items(), key=lambda one: one[0]):
            yield self._lane(mine, ledgering)

    def _lane(self, changes: Sequence[Change], ledgering: Ledgering) -> Task:
        for change in changes:
            ledgering.intend([change])
            try:
                yield from self._one(change, ledgering)
            except Stuck as stuck:
                ledgering.failed([change], stuck.why)
            except (KeyError, TypeError, AttributeError, IndexError, ValueError) as garbled:
                why = f"Microsoft gave an answer that cannot be read (lacks {garbled})"
                ledgering.failed([change], why)

    def _one(self, change: Change, ledgering: Ledgering) -> Step:
        event = self._found.events.get(change.target)
        if parse_iso((change.after or change.before or {})["starts"]) <= self._clock.now():
            raise Stuck("the lesson has begun: it is left as it is")
        if change.after is None:
            yield from self._cancel(event, change)
            ledgering.done([change])
            return
        if event is None:
            event = yield from self._make(change)
        else:
            yield from self._alter(event, change)
        refused = yield from self._set_options(event, change)
        ledgering.done([change])
        if refused:
            ledgering.remark(change, NAMES_REFUSED)

    def _cancel(self, event: LessonEvent | None, change: Change) -> Step:
        if event is None:
            return
        reply = yield graph.cancel_lesson(event.organiser, event.id)
        if not reply.ok and reply.status != 404:
            raise Stuck(refusal(reply, CALENDARS_WRITE))

    def _make(self, change: Change) -> Generator[Any, Any, LessonEvent]:
        account, key = change.target.halves
        after = change.after or {}
        body = graph.event_body(
            subject=str(after["subject"]),
            starts=parse_iso(after["starts"]),
            ends=parse_iso(after["ends"]),
            attendees=[graph.attendee(self._address(one)) for one in after["invited"]],
        )
        reply = yield graph.create_lesson(account, key, self._transaction(change), body, TEXT)
        found = _made(account, key, reply)
        if reply.status in UNSURE:
            found = yield from self._looked_up(change)
        if found is None and reply.status == USED:
            again = self._transaction(change, str(self._clock.now()))
            reply = yield graph.create_lesson(account, key, again, body, TEXT)
            found = _made(account, key, reply)
        if found is None:
            raise Stuck(refusal(reply, CALENDARS_WRITE))
        return found

    def _transaction(self, change: Change, salt: str = "") -> str:
        """Give the key under which the service makes an event once: the same until one was made and cancelled."""
        record = self._recorded.get(change.target)
        since = record.held_at.isoformat() if record and record.held_at else ""
        return str(uuid.uuid5(OURS, f"{change.target.key} {since}{salt}"))

    def _looked_up(self, change: Change) -> Generator[Any, Any, LessonEvent | None]:
        account, key = change.target.halves
        day = parts_of(key)[1]
        yield Wait(self._clock.now() + timedelta(seconds=LATER_S))
        reply = yield graph.list_lessons(account, *day_span(day, day))
        items = reply.body.get("value") if reply.ok else ()
        return next((one for one in graph.lessons_among(account, items or ()) if one.key == key), None)

    def _address(self, one: str) -> str:
        if not self._found.addresses.get(one):
            raise Stuck("somebody who is to be invited has no address any more; make a new plan")
        return self._found.addresses[one]

    def _alter(self, event: LessonEvent, change: Change) -> Step:
        after, now = change.after or {}, self._state(change) or {}
        body = graph.event_body(
            subject=event.subject,
            starts=parse_iso(after["starts"]),
            ends=parse_iso(after["ends"]),
            attendees=self._attendees(event, after, now),
        )
        names = {"starts": ("start", "end"), "ends": ("start", "end"), "invited": ("attendees",)}
        differing = [names[name] for name in names if now.get(name) != after[name]]
        if not differing:
            return
        wanted = {name: body[name] for name in dict.fromkeys(chain(*differing))}
        reply = yield graph.change_lesson(event.organiser, event.id, wanted)
        if not reply.ok:
            raise Stuck(refusal(reply, CALENDARS_WRITE))

    def _attendees(
        self, event: LessonEvent, after: Mapping[str, Any], now: Mapping[str, Any]
    ) -> list[Mapping[str, Any]]:
        """Give the whole list: those whom somebody else invited stay, ours who are not wanted any more go."""
        gone = {self._found.addresses.get(one, "").casefold() for one in set(now["invited"]) - set(after["invited"])}
        stay = [one for one in event.attendees if _address_of(one) not in gone]
        there = {_address_of(one) for one in stay}
        missing = [address for one in after["invited"] if (address := self._address(one)).casefold() not in there]
        return [*stay, *(graph.attendee(one) for one in missing)]

    def _set_options(self, event: LessonEvent, change: Change) -> Generator[Any, Any, bool]:
        """Set the options where they are not as wanted; say whether names could not be fixed."""
        after = change.after or {}
        event = yield from self._with_address(event)
        meeting = yield from self._meeting(event)
        wanted = {name: value for name, value in after.items() if name in standing({}) or name == PRESENTERS}
        known = _found_options(meeting, event.organiser)
        if all(known.get(name) == value for name, value in wanted.items()):
            return False
        options = self._body(event.organiser, after)
        reply = yield graph.set_meeting_options(event.organiser, meeting["id"], {**options, **NAMES_FIXED})
        if reply.status != 400:
            self._must_be_ok(reply)
            return False
        reply = yield graph.set_meeting_options(event.organiser, meeting["id"], options)
        self._must_be_ok(reply)
        return True

    def _body(self, organiser: str, after: Mapping[str, Any]) -> dict[str, Any]:
        staff = [Presenter(one, self._upns[one]) for one in (organiser, *after.get(PRESENTERS, ()))]
        media = Media(bool(after.get("allowAttendeeToEnableCamera")), bool(after.get("allowAttendeeToEnableMic")))
        body = safe_options(staff, media)
        # What a change does not speak of was chosen by somebody more strictly.
        return {name: value for name, value in body.items() if name in after or name not in standing({})}

    def _with_address(self, event: LessonEvent) -> Generator[Any, Any, LessonEvent]:
        """Give the event when the service has put the address of its meeting in."""
        for _ in range(LOOKS):
            if event.join_url:
                return event
            yield Wait(self._clock.now() + timedelta(seconds=LATER_S))
            reply = yield graph.list_lessons(event.organiser, event.starts, event.ends)
            items = (reply.body.get("value") if reply.ok else None) or ()
            event = next((one for one in graph.lessons_among(event.organiser, items) if one.id == event.id), event)
        raise Stuck("the event is made, and Microsoft has not made its meeting yet; run this again")

    def _meeting(self, event: LessonEvent) -> Generator[Any, Any, Mapping[str, Any]]:
        known = self._found.meetings.get(event.id)
        if known:
            return known
        for look in range(LOOKS):
            if look:
                yield Wait(self._clock.now() + timedelta(seconds=LATER_S))
            reply: Reply = yield graph.find_meeting(event.organiser, event.join_url)
            self._must_be_ok(reply)
            if reply.body["value"]:
                meeting: Mapping[str, Any] = reply.body["value"][0]
                return meeting
        raise Stuck(NO_MEETING)

    def _must_be_ok(self, reply: Reply) -> None:
        if reply.status == 403 and NO_POLICY in reply.error_message.casefold():
            raise Stuck(POLICY_WORDS.format(app=self._app))
        if not reply.ok:
            raise Stuck(f"the event is made, its options are not set: {refusal(reply, MEETINGS_WRITE)}")


def _made(account: str, key: str, reply: Reply) -> LessonEvent | None:
    """Read the event that a POST made; its answer leaves the extended property out."""
    held = {"singleValueExtendedProperties": [{"id": graph.LESSON_KEY, "value": key}]}
    return graph.lesson_of(account, {**reply.body, **held}) if reply.ok else None


def _address_of(attendee: Mapping[str, Any]) -> str:
    return str((attendee.get("emailAddress") or {}).get("address") or "").casefold()


def _found_options(meeting: Mapping[str, Any], organiser: str) -> dict[str, Any]:
    found = standing(meeting)
    if PRESENTERS in found:
        found[PRESENTERS] = [one for one in found[PRESENTERS] if one != organiser]
    return found


def spans_of(targets: Iterable[Target]) -> dict[str, tuple[Any, Any]]:
    """Give for each account among targets of lessons the stretch of days they lie in."""
    days: dict[str, list[Any]] = {}
    for target in targets:
        if target.kind == LESSON:
            account, key = target.halves
            days.setdefault(account, []).append(parts_of(key)[1])
    return {account: wide_span(min(some), max(some)) for account, some in days.items()}
