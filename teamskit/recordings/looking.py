"""What a look at the recordings' files could tell; ledger entries of kind `files-looked`, one a run. Pure.

Without it nobody could say whether a file that the ledger knows is there still, or was only not looked for.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from teamskit.clock import iso, parse_iso
from teamskit.ledger.entries import Entry, canonical
from teamskit.recordings.openings import Heard, Searches

LOOKED = "files-looked"
Drives = Literal["read", "part", "refused"]


@dataclass(frozen=True)
class FilesLook:
    """One run: whether drives could be read, of which calls it could not tell, up to when the audit log is known.

    `unclear` are those of them of which everything was read: a file lies there that may as well be another call's.
    `audit` is read, waiting (a search had not ended), refused, or none when there was nothing to ask for.
    `silent` says that it does not even know of downloads of our own: auditing is off, as far as anybody can see.
    """

    at: datetime
    drives: Drives
    untold: frozenset[str] = frozenset()
    audit: str = "none"
    heard_until: datetime | None = None
    pending: Searches | None = None
    unmatched: int = 0
    seq: int = 0
    unclear: frozenset[str] = frozenset()
    silent: bool = False

    @property
    def unread(self) -> frozenset[str]:
        """Give the calls of which it could not be told because something was not to be read."""
        return self.untold - self.unclear


def look_entry(look: FilesLook) -> Entry:
    """Give the ledger entry of a look."""
    body = {
        "drives": look.drives,
        "untold": sorted(look.untold),
        "unclear": sorted(look.unclear),
        "silent": look.silent,
        "audit": look.audit,
        "heard_until": iso(look.heard_until) if look.heard_until else None,
        "pending": {"ids": list(look.pending.ids), "until": iso(look.pending.until)} if look.pending else None,
        "unmatched": look.unmatched,
    }
    # The embedded tenant's clock may stand still between two runs, of which each has its say.
    digest = hashlib.sha256(canonical(body).encode("utf-8")).hexdigest()[:12]
    return Entry(LOOKED, f"{iso(look.at)}/{digest}", 1, look.at, body, about=look.at)


def look_of(entry: Entry) -> FilesLook:
    """Read a ledger entry."""
    body: Mapping[str, Any] = entry.body
    pending = body["pending"]
    return FilesLook(
        at=entry.at,
        drives=body["drives"],
        untold=frozenset(body["untold"]),
        audit=body["audit"],
        heard_until=parse_iso(body["heard_until"]) if body["heard_until"] else None,
        pending=Searches(tuple(pending["ids"]), parse_iso(pending["until"])) if pending else None,
        unmatched=body["unmatched"],
        unclear=frozenset(body.get("unclear", ())),
        silent=bool(body.get("silent")),
        seq=entry.seq,
    )


def audit_word(heard: Heard | None) -> str:
    """Say in a word what became of asking the audit log."""
    if heard is None:
        return "none"
    return "refused" if heard.refused else "waiting" if heard.pending else "read"


def is_silent(heard: Heard | None, before: FilesLook | None, *, must_tell: bool) -> bool:
    """Say whether the audit log tells nothing; `must_tell` when it should know by now of downloads of our own.

    Once it was silent it stays so until it tells something.
    """
    if heard and heard.records:
        return False
    was_silent = before is not None and before.silent
    return was_silent or (must_tell and audit_word(heard) == "read")
