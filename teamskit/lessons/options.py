"""The options of a lesson that are safe: what is sent to its meeting, and how a meeting that stands differs. Pure.

Source: Graph v1.0 onlineMeeting and its update page, read 2026-11-25. `recordAutomatically` and `participants` have no
effect on a meeting that is under way, the others have.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NAMES_FIXED = {"allowParticipantsToChangeName": False}
"""Is in the type of a meeting and not in the table of what may be updated: sent along, and left out when refused."""
PRESENTERS = "presenters"
_PLAIN = (
    "allowedPresenters",
    "allowMeetingChat",
    "allowAttendeeToEnableCamera",
    "allowAttendeeToEnableMic",
    "allowRecording",
    "recordAutomatically",
)
_LOBBY = ("scope", "isDialInBypassEnabled")


@dataclass(frozen=True)
class Media:
    """Whether pupils may turn on camera and microphone; true where their policy does not say."""

    camera: bool = True
    microphone: bool = True


@dataclass(frozen=True)
class Presenter:
    """A member of staff who presents: account id and sign-in name."""

    account: str
    upn: str


def media_of(settings: Mapping[str, object]) -> Media:
    """Give what a meeting policy with these settings lets a pupil turn on; what it does not name is allowed.

    Source: TeamsMeetingPolicy's parameters AllowIPVideo, IPVideoMode, AllowIPAudio, IPAudioMode, read 2026-11-25.
    """

    def allows(switch: str, mode: str) -> bool:
        return settings.get(switch) is not False and settings.get(mode) != "Disabled"

    return Media(allows("AllowIPVideo", "IPVideoMode"), allows("AllowIPAudio", "IPAudioMode"))


def strictest(of_pupils: Iterable[Media]) -> Media:
    """Give what all pupils of a class may: the strictest of each; all of it when there are none."""
    every = list(of_pupils)
    return Media(all(one.camera for one in every), all(one.microphone for one in every))


def safe_options(staff: Sequence[Presenter], media: Media) -> dict[str, Any]:
    """Give the body that makes a meeting a safe lesson; `staff` are those who give it, the organiser among them.

    Everybody but the organiser waits in the lobby. With one member of staff only the organiser presents, with more
    those named, so that no pupil does. Names are fixed by `NAMES_FIXED`, which the service may refuse.
    """
    body: dict[str, Any] = {
        "lobbyBypassSettings": {"scope": "organizer", "isDialInBypassEnabled": False},
        "allowedPresenters": "roleIsPresenter" if len(staff) > 1 else "organizer",
        "allowMeetingChat": "disabled",
        "allowAttendeeToEnableCamera": media.camera,
        "allowAttendeeToEnableMic": media.microphone,
        "allowRecording": True,
        "recordAutomatically": True,
    }
    if len(staff) > 1:
        named = [
            {"upn": one.upn, "role": "presenter", "identity": {"user": {"id": one.account}}}
            for one in sorted(staff, key=lambda one: one.account)
        ]
        body["participants"] = {"attendees": named}
    return body


def standing(meeting: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options of a meeting, or of a body for one, as flat values that can be compared and shown.

    `presenters` are the account ids of those whom the meeting names as such, and stand only where they decide. What
    the service does not say is None.
    """
    lobby = meeting.get("lobbyBypassSettings") or {}
    found = {f"lobbyBypassSettings.{name}": lobby.get(name) for name in _LOBBY}
    found |= {name: meeting.get(name) for name in _PLAIN}
    if meeting.get("allowedPresenters") == "roleIsPresenter":
        found[PRESENTERS] = sorted(_presenters(meeting))
    return found


def _presenters(meeting: Mapping[str, Any]) -> Iterable[str]:
    people = meeting.get("participants") or {}
    for one in people.get("attendees") or ():
        account = ((one.get("identity") or {}).get("user") or {}).get("id")
        if account and one.get("role") in ("presenter", "coorganizer"):
            yield str(account)


def differences(meeting: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Give each option in which a meeting differs from a body of `safe_options`: as found, as wanted.

    The organiser may stand among the presenters or not: he presents anyway.
    """
    found, asked = standing(meeting), standing(wanted)
    organiser = _organiser(meeting)
    if PRESENTERS in asked:
        for side in (found, asked):
            side[PRESENTERS] = [one for one in side.get(PRESENTERS, []) if one != organiser]
    return {name: (found.get(name), value) for name, value in asked.items() if found.get(name) != value}


def _organiser(meeting: Mapping[str, Any]) -> str:
    organiser = (meeting.get("participants") or {}).get("organizer") or {}
    return str(((organiser.get("identity") or {}).get("user") or {}).get("id") or "")
