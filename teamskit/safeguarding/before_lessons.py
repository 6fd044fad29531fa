"""What a person should know of a lesson before it starts: can it be recorded, may it, and is one pupil alone. Pure.

Sentences name people, for a lead to read; nothing here is logged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from teamskit.calls.model import Presence, Who
from teamskit.clock import at_school
from teamskit.lessons.planned import Party, Sitting
from teamskit.recordings.recorders import Recorder
from teamskit.registers import AgreedRegister, ConsentRegister
from teamskit.registers.agreed import Party as Agreeing
from teamskit.safeguarding.words import capital, listed, named

What = Literal["may-not-record", "no-drive", "drive-full", "no-consent", "one-pupil"]
Recording = Literal["automatic", "by hand", "off", "not known"]
"""Whether a lesson's options record it: by itself, when somebody presses the button, not at all."""
CHOICES: Mapping[str, str] = {
    "without-media": "the pupil joins without camera and microphone",
    "not-recorded": "the lesson is not recorded",
    "consent": "consent is sought, and written into registers/consent.csv",
}
"""What can be done about a pupil without consent, before the lesson."""
_GB = 1024**3


@dataclass(frozen=True)
class Concern:
    """One thing to be settled before a lesson; `pupils` are the roster ids of those whom it is about."""

    what: What
    text: str
    next_step: str
    pupils: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    """One coming meeting, looked at.

    `not_known` says what could not be told of it: pupils, consent, policy, drive, options.
    """

    sitting: Sitting
    recording: Recording
    concerns: tuple[Concern, ...] = ()
    not_known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What coming lessons are judged by: people by account, registers, and who can be recorded from.

    A register that is missing is None; `recorders` by account id, None where nobody asked for them.
    """

    people: Mapping[str, Who]
    recorders: Mapping[str, Recorder] | None = None
    consent: ConsentRegister | None = None
    agreed: AgreedRegister | None = None


def is_looked_at(one: Sitting) -> bool:
    """Say whether a meeting is a lesson, or one of a single pupil with a single adult."""
    return one.kind in ("lesson", "channel") or is_alone(one)


def is_alone(one: Sitting) -> bool:
    """Say whether one pupil and one member of staff are all that are invited."""
    return one.kind != "other" and not (one.staff or one.visitors or one.groups) and _one_pupil(one)


def _one_pupil(one: Sitting) -> bool:
    return one.organiser.role == "staff" and len(one.pupils) == 1


def look(one: Sitting, recording: Recording, around: Around) -> Looked:
    """Judge one coming meeting."""
    concerns, unknown = list[Concern](), list[str]()
    if one.kind in ("lesson", "channel"):
        recorder = (around.recorders or {}).get(one.organiser.account)
        # A meeting made under a policy that does not record has recording off from the start: that is no choice.
        if recording != "off" or (recorder and recorder.may_record is False):
            concerns += _of_recorder(one, recorder, around)
        if recording != "off":
            unknown += _not_known(one, recorder, around)
            concerns += _of_consent(one, around)
        unknown += ["options"] if recording == "not known" else []
        unknown += ["pupils"] if one.groups else []
    if is_alone(one) and not _is_agreed(one, around):
        concerns.append(_alone(one, around))
    return Looked(one, recording, tuple(concerns), tuple(unknown))


def _of_recorder(one: Sitting, recorder: Recorder | None, around: Around) -> list[Concern]:
    if recorder is None:
        return []
    who, found = name_of(one.organiser, around.people), []
    if recorder.may_record is False:
        text = f"The meeting policy of {who}, {recorder.policy}, does not let lessons be recorded: no file will come."
        step = "Give staff a policy that records: teamskit policies plan. Or somebody else organises the lesson."
        found.append(Concern("may-not-record", text, step))
    # A channel's recording goes to the team's own library, whatever the organiser has.
    if recorder.drive == "none" and not one.in_channel:
        text = f"{capital(who)} has no OneDrive, so a recording has nowhere to go."
        step = f"Ask IT to set one up, or let {who} open OneDrive once in a browser."
        found.append(Concern("no-drive", text, step))
    if recorder.drive == "full" and not one.in_channel:
        left = f"{(recorder.left or 0) * 10 // _GB / 10} GB"
        text = f"The OneDrive of {who} has {left} left; a recording needs 1 GB."
        found.append(Concern("drive-full", text, f"Ask {who} to make room, or IT for more."))
    return found


def _not_known(one: Sitting, recorder: Recorder | None, around: Around) -> list[str]:
    unknown = ["consent"] if around.consent is None else []
    if around.recorders is None:
        return unknown
    if recorder is None or recorder.may_record is None:
        unknown.append("policy")
    if not one.in_channel and (recorder is None or recorder.drive is None):
        unknown.append("drive")
    return unknown


def _of_consent(one: Sitting, around: Around) -> list[Concern]:
    if around.consent is None:
        return []
    held = around.consent.holding(at_school(one.start).date())
    without = [pupil for pupil in one.pupils if pupil.id not in held]
    if not without:
        return []
    several = len(without) > 1
    names = listed([name_of(pupil, around.people) for pupil in without], most=40)
    text = f"{names} {'are' if several else 'is'} invited. The register shows no consent to recording on that day."
    return [Concern("no-consent", text, f"Choose: {choices_words()}.", tuple(pupil.id for pupil in without))]


def choices_words() -> str:
    """Put the choices into one sentence."""
    *some, last = CHOICES.values()
    return f"{', '.join(some)}, or {last}"


def _is_agreed(one: Sitting, around: Around) -> bool:
    if around.agreed is None:
        return False
    party = Agreeing(frozenset(pupil.id for pupil in one.pupils), frozenset([one.organiser.id]))
    return around.agreed.covering("one-to-one", at_school(one.start).date(), [party]) is not None


def _alone(one: Sitting, around: Around) -> Concern:
    pupil, staff = name_of(one.pupils[0], around.people), name_of(one.organiser, around.people)
    text = f"{pupil} is the only pupil invited, and {staff} the only adult."
    step = f"Ask {staff} what it is for. If it was agreed, add it to registers/agreed.csv; else a second adult joins."
    return Concern("one-pupil", text, step, (one.pupils[0].id,))


def name_of(one: Party, people: Mapping[str, Who]) -> str:
    """Name a person of the roster as findings do; one who is not in it by his id."""
    who = people.get(one.account)
    if who is None:
        return f"{one.role} {one.id}".strip()
    return named(Presence(one.account, who.id, who.name, who.role, who.year))
