"""One call record becomes the body of one ledger entry, with everything that is known at that time. Pure.

Source: Graph v1.0 callRecord, session, participant, read 2026-11-25. In a meeting the caller of each session is the
person and the callee the service; in a peer-to-peer call both ends are people (call records API FAQ).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from teamskit.calls.identities import Directory, Identity, of_endpoint, of_participant
from teamskit.calls.media import in_order, used_by
from teamskit.calls.model import CALL, Interval, Presence
from teamskit.clock import iso, parse_iso
from teamskit.ledger.entries import Entry

ROLES = ("staff", "pupil", "outside", "unknown")
NEVER = datetime.max.replace(tzinfo=UTC)
FORGOTTEN = "name no longer kept"
_NOBODY: Mapping[str, Any] = {"account": "", "id": "", "name": FORGOTTEN, "year": None}
fromisoformat = datetime.fromisoformat
JSON = dict[str, Any]


def thread_of(join_url: str | None) -> str | None:
    """Give the thread id that stands percent-encoded in a meeting's join URL."""
    found = re.search(r"/l/meetup-join/([^/?#]+)", join_url or "")
    return unquote(found[1]) if found else None


def is_broadcast(join_url: str | None) -> bool:
    """Say whether a join URL is of a town hall or live event, whose streaming viewers are in no record.

    *Observed*: its context says `"IsBroadcastMeeting":true`.
    """
    return '"isbroadcastmeeting":true' in unquote(join_url or "").casefold().replace(" ", "")


def body_of(record: JSON, detail: JSON | None, directory: Directory, class_id: str | None) -> JSON:
    """Give what is known of a record, for `entry_of`; `detail` is None when only the list knew of it.

    `version` 0 stands for that, so that the record itself, when it comes, is a later word.
    """
    full = {**record, **(detail or {}).get("record", {})}
    organiser = of_participant(full.get("organizer_v2") or {})
    people = _people(full, detail or {}, directory)
    return {
        "id": full["id"],
        "version": version_of(full) if detail else 0,
        "listed_version": version_of(record),
        "revised_at": full.get("lastModifiedDateTime"),
        "start": iso(parse_iso(full["startDateTime"])),
        "end": iso(parse_iso(full.get("endDateTime") or full["startDateTime"])),
        "kind": full.get("type") or "unknown",
        "modalities": list(full.get("modalities") or []),
        "join_url": full.get("joinWebUrl"),
        "meeting": bool(full.get("joinWebUrl")),
        "viewers_unknown": is_broadcast(full.get("joinWebUrl")),
        "organiser": as_body(directory.person(organiser, visitor=1)) if organiser else None,
        "class": class_id,
        "detail": _detail(detail),
        "people": [as_body(person) for person in people],
    }


def version_of(record: JSON) -> int:
    """Give a record's version, counted from 1."""
    return max(1, int(record.get("version") or 1))


def entry_of(body: JSON, at: datetime) -> Entry:
    """Make the ledger entry of what `body_of` gave; all that identifies people is kept apart from the rest."""
    organiser, people = body["organiser"], body["people"]
    shown = {**body, "organiser": _shown(organiser), "people": [_shown(one) for one in people]}
    del shown["join_url"]
    private = {
        "join_url": body["join_url"],
        "organiser": _named_part(organiser),
        "people": [_named_part(one) for one in people],
    }
    return Entry(CALL, body["id"], body["version"], at, shown, about=parse_iso(body["start"]), private=private)


def as_body(person: Presence) -> JSON:
    """Give a person as the ledger keeps one."""
    return {
        "account": person.account,
        "id": person.id,
        "name": person.name,
        "address": person.address,
        "role": person.role,
        "year": person.year,
        "joined_as": person.joined_as,
        "used": list(person.used),
        "intervals": [[iso(joined), iso(left)] for joined, left in person.intervals],
    }


def of_body(shown: JSON, named: JSON | None) -> Presence:
    """Read a person back from the two parts of an entry; one whose name was forgotten has neither name nor id."""
    known = named or _NOBODY
    # A term holds a quarter of a million of these: no keywords, and moments as `iso` wrote them need no mending.
    return Presence(
        known["account"],
        known["id"],
        known["name"],
        shown["role"],
        known["year"],
        shown["joined_as"],
        tuple([(fromisoformat(joined), fromisoformat(left)) for joined, left in shown["intervals"]]),
        tuple(shown["used"]),
        known.get("address", ""),
    )


def entry_parts(people: Sequence[Presence]) -> tuple[list[JSON | None], list[JSON | None]]:
    """Give people as the two parts of an entry hold them: what stays, and what identifies them."""
    bodies = [as_body(person) for person in people]
    return [_shown(one) for one in bodies], [_named_part(one) for one in bodies]


def _shown(person: JSON | None) -> JSON | None:
    return {key: person[key] for key in ("role", "joined_as", "intervals", "used")} if person else None


def _named_part(person: JSON | None) -> JSON | None:
    return {key: person[key] for key in ("account", "id", "name", "year", "address")} if person else None


def _detail(detail: JSON | None) -> str:
    if detail is None:
        return "not available"
    return "complete" if detail.get("sessions") else "no sessions"


def _people(record: JSON, detail: JSON, directory: Directory) -> list[Presence]:
    known: dict[str, Identity] = {}
    alias: dict[str, str] = {}
    for entry in detail.get("participants") or []:
        if identity := of_participant(entry):
            known.setdefault(identity.account, identity)
            alias[str(entry.get("id") or identity.account)] = identity.account
    spans: dict[str, list[Interval]] = defaultdict(list)
    used: dict[str, set[str]] = defaultdict(set)
    for identity, span, things in _ends(record, detail.get("sessions") or []):
        account = alias.get(identity.account, identity.account)
        known.setdefault(account, identity)
        spans[account].append(span)
        used[account] |= things
    return [replace(one, used=in_order(used[one.account])) for one in _named(known, spans, directory)]


def _ends(record: JSON, sessions: Sequence[JSON]) -> Iterator[tuple[Identity, Interval, set[str]]]:
    both = record.get("type") == "peerToPeer"
    for session in sessions:
        joined = parse_iso(session.get("startDateTime") or record["startDateTime"])
        left = parse_iso(session.get("endDateTime") or record.get("endDateTime") or record["startDateTime"])
        for end in ("caller", "callee") if both else ("caller",):
            if identity := of_endpoint(session.get(end)):
                yield identity, (joined, left), used_by(end, session)


def _named(known: Mapping[str, Identity], spans: Mapping[str, list[Interval]], directory: Directory) -> list[Presence]:
    # Visitors are numbered as they came in, so that a label stays the same however the pages were cut.
    def arrival(account: str) -> tuple[datetime, str]:
        return min((joined for joined, _ in spans.get(account, ())), default=NEVER), account

    people, visitors = [], 0
    for account in sorted(known, key=arrival):
        visitors += known[account].joined_as == "visitor" and not known[account].name
        people.append(directory.person(known[account], spans.get(account, ()), visitors))
    return sorted(people, key=listed_order)


def listed_order(person: Presence) -> tuple[int, str, str]:
    """Say where somebody stands among the people of a call: staff first, then by name."""
    return ROLES.index(person.role), person.name.casefold(), person.account
