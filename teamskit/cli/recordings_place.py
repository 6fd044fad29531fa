"""The place for copies: whether it is the one that copies were put to, and up to where they are listed there."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.ledger import Ledger
    from teamskit.recordings.manifest import Copy
    from teamskit.recordings.targets import Target

LOOKED_AT = 3
"""So many of the newest copies are looked for, to tell whether the target is the place they were put."""
LISTED = "backup-listed.json"
"""What is known of the target: its address, up to which entry lists of sums go, and since which it is the place."""


def target_of(here: Here) -> Target:
    """Give the place for copies, which must be there."""
    from teamskit.recordings.targets import open_target

    target = open_target(here.school.backup.target, here.folder.root)
    target.look()
    return target


def settled(here: Here, ledger: Ledger) -> dict[str, Copy]:
    """Take another place as the one for copies: look which are there, and give all copies as they stand then.

    Those that are not there count as missing from now on, so that they are copied again while they can be.
    """
    from teamskit.recordings.manifest import copies_of
    from teamskit.recordings.verify import verify

    target, stored = target_of(here), [one for one in copies_of(ledger).values() if one.is_stored]
    found = verify(target, stored, at_once=here.school.backup.parallel)
    if found.stopped:
        raise found.stopped
    ledger.append(found.entries(here.clock.now()))
    _write(here, seq=0, since=max((one.seq for one in stored), default=0))
    return copies_of(ledger)


def not_there(copies: Mapping[str, Copy], copied: Collection[str]) -> list[str]:
    """Give the keys of copies that were missing and were not copied again."""
    return sorted(
        one.key for one in copies.values() if one.is_stored and one.reason == "missing" and one.key not in copied
    )


def must_be_same(here: Here, target: Target, copies: Mapping[str, Copy]) -> None:
    """Raise TargetError when none of the newest copies lies at the target: another disk may be mounted there."""
    from teamskit.errors import TargetError

    since = int(_known(here).get("since") or 0)
    # What was missing when this place was taken for the new one says nothing of it.
    ours = (one for one in copies.values() if one.is_stored and one.path and (one.seq > since or not one.reason))
    newest = sorted(ours, key=_seq)[-LOOKED_AT:]
    if newest and all(target.size(one.path or "") is None for one in newest):
        raise TargetError(
            "none of the copies made last is there; it may be another disk or share",
            where=target.where,
            next_step="Is this the right disk? Connect it. If copies go to a new place from now on, move the old ones "
            "there, or add --new-target: what is still in its drive is copied again.",
            kind="gone",
        )


def unlisted(here: Here, ledger: Ledger) -> list[Copy]:
    """Give the copies that no list at this target names yet, in the order they were made."""
    from teamskit.recordings.manifest import copies_of

    last = int(_known(here).get("seq") or 0)
    fresh = (one for one in copies_of(ledger).values() if one.is_stored and one.seq > last and one.state != "failed")
    return sorted(fresh, key=_seq)


def listed_at(here: Here, ledger: Ledger, target: Target, spool: Path, run: str) -> str:
    """Write the list of sums of this run beside the copies, and give its path; nothing when there is nothing new."""
    from teamskit.recordings.sums import write_sums

    fresh = unlisted(here, ledger)
    if not fresh:
        return ""
    path = write_sums(target, spool, run, fresh)
    _write(here, seq=fresh[-1].seq, since=int(_known(here).get("since") or 0))
    return path


def _seq(copy: Copy) -> int:
    return copy.seq


def _known(here: Here) -> dict[str, Any]:
    """Read what is known of this target; nothing when it is of another, or cannot be read."""
    try:
        known = json.loads(here.folder.state(LISTED).read_text(encoding="utf-8"))
        numbers = {name: int(known.get(name) or 0) for name in ("seq", "since")}
        return numbers if known["target"] == here.school.backup.target else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(here: Here, *, seq: int, since: int) -> None:
    from teamskit.school.folder import write_whole

    known = {"target": here.school.backup.target, "seq": seq, "since": since}
    write_whole(here.folder.state(LISTED), json.dumps(known), private=True)
