"""What somebody used in a call: audio, video, screen. Pure.

A segment's media says which streams ran, each from caller to callee or back, so that who sent a picture can be told
from who saw it. Where no segment says anything, what Microsoft says of the whole session stands in for it.
Source: Graph v1.0 callRecords session, segment, media, mediaStream, read 2026-11-25; the labels are *observed*.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

USED = ("audio", "video", "screen")
_BY_LABEL = {"main-audio": "audio", "main-video": "video", "applicationsharing-video": "screen"}
_BY_MODALITY = {"audio": "audio", "video": "video", "videoBasedScreenSharing": "screen", "screenSharing": "screen"}
_SENT = {"caller": "callerToCallee", "callee": "calleeToCaller"}


def used_by(end: str, session: Mapping[str, Any]) -> set[str]:
    """Give what the caller or the callee of a session used."""
    media = [one for segment in session.get("segments") or () for one in segment.get("media") or ()]
    if not any(str(one.get("label")) in _BY_LABEL for one in media):
        return {_BY_MODALITY[one] for one in session.get("modalities") or () if one in _BY_MODALITY}
    return set(_sent(media, _SENT[end]))


def in_order(used: Iterable[str]) -> tuple[str, ...]:
    """Give what was used in the order in which it is always shown."""
    known = set(used)
    return tuple(one for one in USED if one in known)


def _sent(media: Iterable[Mapping[str, Any]], direction: str) -> Iterator[str]:
    for one in media:
        thing = _BY_LABEL.get(str(one.get("label")))
        if thing and any(stream.get("streamDirection") == direction for stream in one.get("streams") or ()):
            yield thing
