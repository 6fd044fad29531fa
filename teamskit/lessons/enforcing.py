"""Changes that make lessons which staff made themselves as safe as planned ones. Pure: compares, sends nothing.

Nothing is ever loosened: where a teacher has chosen more strictly than the safe options, that stays. A meeting whose
recording somebody switched off keeps that too, and is named.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from teamskit.lessons.options import NAMES_FIXED, PRESENTERS, Media, differences, safe_options, standing, strictest
from teamskit.lessons.options import Presenter as Teacher
from teamskit.lessons.planned import LEFT_ALONE, Kind, Sitting
from teamskit.lessons.sitting_words import class_words, party_words, title_words, when_words
from teamskit.plan import Action, Change, LeftOut, Target
from teamskit.tenant.calls import Reply, said

MEETING = "meeting"
"""The kind of target: a meeting that somebody else made, by organiser's account and meeting id."""
RECORDS, ALLOWED, WHO = "recordAutomatically", "allowRecording", "allowedPresenters"
NAMES = next(iter(NAMES_FIXED))
NOT_NOW = frozenset({RECORDS, PRESENTERS, WHO})
"""What a meeting that is being held does not take: recording, and who presents (it needs the list of people)."""
WORDS = {
    "lobbyBypassSettings.scope": "lobby",
    "lobbyBypassSettings.isDialInBypassEnabled": "telephones in the lobby",
    "allowedPresenters": "presenters",
    PRESENTERS: "presenters",
    "allowMeetingChat": "chat",
    "allowAttendeeToEnableCamera": "cameras",
    "allowAttendeeToEnableMic": "microphones",
    "allowRecording": "recording",
    RECORDS: "recording",
    NAMES: "names",
}
Named = tuple[str, str]
Answer = Mapping[str, Any] | Reply | None
Options = dict[str, Any]


@dataclass(frozen=True)
class Enforced:
    """What is to be changed, what a person must do, how many lessons are right, and how many meetings are left alone.

    `by_meeting` gives the change of each meeting by organiser's account and join URL; `left_alone` counts meetings by
    kind, a series once.
    """

    by_meeting: Mapping[Named, Change] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    kept: int = 0
    left_alone: Mapping[Kind, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """What lessons are held to: what each pupil may turn on and who is staff, by account id.

    `names_refused` are meetings that did not take fixed names before. `records_all` asks for recording also where it is
    switched off for a lesson.
    """

    media: Mapping[str, Media] = field(default_factory=dict)
    staff: Collection[str] = ()
    names_refused: Collection[Target] = ()
    records_all: bool = False

    def media_for(self, some: Sequence[Sitting]) -> Media:
        """Give what all pupils of a lesson may turn on."""
        accounts = {pupil.account for one in some for pupil in one.pupils}
        return strictest(self.media[one] for one in accounts if one in self.media)


def lessons_of(sittings: Iterable[Sitting]) -> dict[Named, list[Sitting]]:
    """Gather lessons by organiser's account and join URL: a series is one meeting."""
    return _series(one for one in sittings if one.kind == "lesson")


def state_of(meeting: Mapping[str, Any]) -> Options:
    """Give the options of a meeting as a plan compares them, with whoever presents beside the organiser."""
    return {**standing(meeting), PRESENTERS: _presenting(meeting), NAMES: meeting.get(NAMES)}


def _presenting(meeting: Mapping[str, Any]) -> list[str]:
    """Give the account ids of those who present by their role: co-organisers always, presenters where it counts."""
    roles = {"presenter", "coorganizer"} if meeting.get("allowedPresenters") == "roleIsPresenter" else {"coorganizer"}
    people = (meeting.get("participants") or {}).get("attendees") or ()
    accounts = {account_of(one) for one in people if one.get("role") in roles}
    return sorted(accounts - {"", organiser_of(meeting)})


def organiser_of(meeting: Mapping[str, Any]) -> str:
    """Give the account id of a meeting's organiser, or nothing."""
    return account_of((meeting.get("participants") or {}).get("organizer") or {})


def account_of(participant: Mapping[str, Any]) -> str:
    """Give the account id of somebody in a meeting; empty for one who has none."""
    return str(((participant.get("identity") or {}).get("user") or {}).get("id") or "")


def enforced(sittings: Sequence[Sitting], meetings: Mapping[Named, Answer], rules: Rules, now: datetime) -> Enforced:
    """Compare the lessons among sittings with the safe options."""
    changes: dict[Named, Change] = {}
    left_out = [*_channels(sittings), *_organised_by_others(sittings)]
    kept = 0
    for named, some in lessons_of(sittings).items():
        found = meetings.get(named)
        if not isinstance(found, Mapping):
            left_out.append(_not_found(some, found))
            continue
        wanted, remarks = _wanted(found, some, rules, now)
        target = Target(MEETING, f"{named[0]}/{found['id']}")
        if target in rules.names_refused:
            wanted.pop(NAMES, None)
        left_out += remarks
        kept += not wanted
        if wanted:
            changes[named] = _change(target, some, wanted)
    alone = Counter(some[0].kind for some in _series(one for one in sittings if one.kind in LEFT_ALONE).values())
    return Enforced(changes, tuple(left_out), kept, dict(alone))


def _wanted(
    meeting: Mapping[str, Any], some: Sequence[Sitting], rules: Rules, now: datetime
) -> tuple[dict[str, tuple[Any, Any]], list[LeftOut]]:
    """Give what is to be changed, as found and as wanted, and what is left for a person or for later."""
    organiser = some[0].organiser
    staff = {one for sitting in some for one in sitting.staff if one.account} - {organiser}
    wanted = differences(meeting, safe_options([Teacher(organiser.account, "")], rules.media_for(some)))
    if meeting.get(NAMES) is True:
        wanted[NAMES] = (True, False)
    for name in (WHO, PRESENTERS):
        wanted.pop(name, None)
    wanted |= _presenters(meeting, {one.account for one in staff}, rules.staff)
    # An option that would be let loose was chosen more strictly by somebody; recording is the one that must be on.
    turned_on = {RECORDS, ALLOWED} if rules.records_all else {RECORDS}
    wanted = {name: pair for name, pair in wanted.items() if name in turned_on or pair[1] is not True}
    remarks = []
    if meeting.get(ALLOWED) is False and RECORDS in wanted and not rules.records_all:
        del wanted[RECORDS]
        remarks.append(_switched_off(some))
    if any(one.is_on(now) for one in some) and NOT_NOW & wanted.keys():
        late = sorted({WORDS[name] for name in NOT_NOW & wanted.keys()})
        wanted = {name: pair for name, pair in wanted.items() if name not in NOT_NOW}
        remarks.append(_running(some, late))
    return wanted, remarks


def _presenters(
    meeting: Mapping[str, Any], teaching: Collection[str], staff: Collection[str]
) -> dict[str, tuple[Any, Any]]:
    """Give what is to be changed so that nobody but staff presents; whoever of them does already goes on.

    `teaching` are the staff invited, `staff` all of the school. Where everybody may present, those who teach do, by
    name; where all of these are co-organisers, no name is needed.
    """
    mode, now = meeting.get(WHO), _presenting(meeting)
    kept = [one for one in now if one in staff]
    if mode == "organizer" or (mode == "roleIsPresenter" and (kept or not now)):
        who, names = mode, kept
    elif mode == "roleIsPresenter" or set(teaching) <= set(kept):
        who, names = "organizer", kept
    else:
        who, names = "roleIsPresenter", sorted({*teaching, *kept})
    pairs = {WHO: (mode, who), PRESENTERS: (now, names)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _change(target: Target, some: Sequence[Sitting], wanted: Mapping[str, tuple[Any, Any]]) -> Change:
    what = ", ".join(dict.fromkeys(WORDS[name] for name in wanted))
    return Change(
        target,
        Action.UPDATE,
        {name: pair[0] for name, pair in wanted.items()},
        {name: pair[1] for name, pair in wanted.items()},
        f"not as a lesson's options must be: {what}",
        group=class_words(some[0]),
        title=title_words(some),
    )


def _series(sittings: Iterable[Sitting]) -> dict[Named, list[Sitting]]:
    found: dict[Named, list[Sitting]] = {}
    for one in sittings:
        found.setdefault((one.organiser.account, one.join_url), []).append(one)
    return found


def _channels(sittings: Sequence[Sitting]) -> list[LeftOut]:
    return [
        LeftOut(
            f"{title_words(some)}: lesson in a channel of {class_words(some[0])}",
            "the options of a channel meeting cannot be set from outside Teams",
            "Set them in Teams, in its options: lobby for all but the organiser, staff present, chat off, record"
            " automatically. Or hold the lesson as a meeting to which the class team is invited.",
        )
        for some in _series(one for one in sittings if one.kind == "channel").values()
    ]


def _organised_by_others(sittings: Sequence[Sitting]) -> list[LeftOut]:
    found = []
    for some in _series(one for one in sittings if one.kind == "by a pupil").values():
        remedy = (
            "Ask the pupil's tutor; the policies pupil-meetings and pupil-calling keep pupils from making meetings."
        )
        found.append(LeftOut(title_words(some), "a pupil organises this meeting", remedy))
    for some in _series(one for one in sittings if one.kind == "by somebody else").values():
        staff = ", ".join(party_words(one) for one in some[0].staff)
        who = f"{party_words(some[0].organiser)} invites {_guests(some[0])}"
        remedy = "Ask the staff invited what it is for: nobody of the school can set its options or record it."
        invited = f"staff invited: {staff}" if staff else "no staff invited"
        found.append(LeftOut(f"meeting on {when_words(some)}", f"{who} ({invited})", remedy))
    return found


def _guests(one: Sitting) -> str:
    return f"the class {one.class_id}" if one.classes else ", ".join(party_words(pupil) for pupil in one.pupils)


def _not_found(some: Sequence[Sitting], reply: Reply | None) -> LeftOut:
    what = f"{title_words(some)}: lesson of {class_words(some[0])}"
    if reply is None:
        remedy = "Run again in an hour; if it stays so, ask the organiser to make the meeting anew."
        return LeftOut(what, "its organiser has no meeting of that link (yet)", remedy)
    if reply.status == 403 and "application access policy" in reply.error_message.casefold():
        remedy = "Grant the application access policy to all staff: New- and Grant-CsApplicationAccessPolicy, once."
        return LeftOut(what, "its options are not known: no application access policy for the organiser", remedy)
    return LeftOut(what, f"its options are not known: {said(reply)}", "Run again; it needs OnlineMeetings.Read.All.")


def _switched_off(some: Sequence[Sitting]) -> LeftOut:
    return LeftOut(
        f"{title_words(some)}: lesson of {class_words(some[0])}",
        "recording is switched off for this lesson, by somebody or by the organiser's policy when it was made",
        "It was left so. See teamskit lessons check; to turn it on: teamskit recordings enforce --switched-off-too",
    )


def _running(some: Sequence[Sitting], late: Sequence[str]) -> LeftOut:
    return LeftOut(
        f"{title_words(some)}: lesson of {class_words(some[0])}",
        f"it is being held: Microsoft takes {' and '.join(late)} only before or after",
        "Record it by hand now, and run again when it is over.",
    )
