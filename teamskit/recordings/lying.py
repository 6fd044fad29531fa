"""What lies in a Recordings folder, read from what the service lists. Pure.

Source: Graph v1.0 driveItem, read 2026-11-25. A recording's file name carries when it began, in UTC. A file that was
saved by half keeps a temporary name (`tmp_Lesson.mp4`, observed) and is no recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from teamskit.clock import parse_iso
from teamskit.recordings.matching import STARTED, is_temporary, is_video

EXPIRES = "_ExpirationDate"


@dataclass(frozen=True)
class Lying:
    """A video in a drive; `owner` is the account or group whose drive it is, `began_at` when the recording began."""

    drive: str
    item: str
    owner: str
    name: str
    path: str
    web_url: str
    size: int
    hash: str
    began_at: datetime
    expires_on: datetime | None
    expiry_known: bool
    temporary: bool

    @property
    def where(self) -> tuple[str, str]:
        """Give drive and item, by which it is known again after it was moved or renamed."""
        return self.drive, self.item


def lying_of(item: Mapping[str, Any], owner: str, *, tells_expiry: bool = True) -> Lying | None:
    """Read a `driveItem`; None when it is no video, or no longer there."""
    if item.get("deleted") is not None or not is_video(item):
        return None
    parent = item.get("parentReference") or {}
    name = str(item["name"])
    return Lying(
        drive=str(parent.get("driveId") or ""),
        item=str(item["id"]),
        owner=owner,
        name=name,
        path=str(parent.get("path") or "").partition("root:")[2] or "/",
        web_url=str(item.get("webUrl") or ""),
        size=int(item.get("size") or 0),
        hash=str(((item.get("file") or {}).get("hashes") or {}).get("quickXorHash") or ""),
        began_at=_began(item, name),
        expires_on=_expires(item),
        expiry_known=tells_expiry,
        temporary=is_temporary(name),
    )


def _began(item: Mapping[str, Any], name: str) -> datetime:
    named = STARTED.search(name)
    if named:
        return datetime.strptime(named[1], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    return parse_iso(item["createdDateTime"])


def _expires(item: Mapping[str, Any]) -> datetime | None:
    """Read when a file expires; a file without the column's value never does."""
    fields = (item.get("listItem") or {}).get("fields") or {}
    value = fields.get(EXPIRES)
    return parse_iso(value) if value else None
