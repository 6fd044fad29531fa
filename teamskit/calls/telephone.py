"""Telephone calls: the rows of Microsoft's two telephone logs that no call record of ours stands for.

A row's own id is no call record's id. A direct routing row is joined to its record by the correlation id; a row of the
other log by who was on the telephone, the number and when it began. What cannot be joined becomes a call of the kind
"telephone", with what the row itself says and no more. Source: Graph v1.0 callRecords pstnCallLogRow and
directRoutingLogRow, read 2026-11-25.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from teamskit.calls.identities import Directory, Identity
from teamskit.calls.listing import load_calls
from teamskit.calls.model import CallEntry, CallFilter
from teamskit.calls.record import as_body, entry_of
from teamskit.clock import Clock, at_school, iso, parse_iso
from teamskit.ledger.store import Ledger
from teamskit.tenant.calls import Reply
from teamskit.tenant.graph import telephone_rows
from teamskit.tenant.transport import Transport

KIND = "telephone"
NEAR = timedelta(minutes=2)
"""How far a row's start may be from its record's."""
COMES_IN = re.compile(r"\w+_in|byotin", re.IGNORECASE)
"""How the kind of an incoming call begins: user_in, ucap_in; ByotIn and its like in direct routing."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rung:
    """How many telephone calls were newly written down; `refused` says that a log was not to be read."""

    found: int = 0
    refused: bool = False


def telephone_calls(
    transport: Transport,
    ledger: Ledger,
    directory: Callable[[], Directory],
    *,
    since: datetime,
    until: datetime,
    clock: Clock,
) -> Rung:
    """Read both telephone logs from `since` to `until`, and append the calls that the log does not hold yet."""
    answers = telephone_rows(transport, since, until)
    refused = any(isinstance(rows, Reply) for rows in answers.values())
    rows = [row for found in answers.values() if not isinstance(found, Reply) for row in found]
    taken = [row for row in rows if row.get("id") and row.get("startDateTime") and row.get("endDateTime")]
    if not taken:
        return Rung(0, refused)
    first = at_school(min(parse_iso(row["startDateTime"]) for row in taken) - NEAR).date()
    held = [call for call in load_calls(ledger, CallFilter(first=first)) if call.kind != KIND]
    entries = [entry_of(_body(row, directory()), clock.now()) for row in _unknown(taken, held)]
    return Rung(ledger.append(entries), refused)


def _unknown(rows: Iterable[Row], held: Sequence[CallEntry]) -> Iterator[Row]:
    ids = {call.id for call in held}
    for row in rows:
        if str(row.get("correlationId")) not in ids and not any(_is_of(row, call) for call in held):
            yield row


def _is_of(row: Row, call: CallEntry) -> bool:
    if abs(call.start - parse_iso(row["startDateTime"])) > NEAR:
        return False
    there = {person.account for person in call.people}
    return str(row.get("userId")) in there and _number(row) in there


def _number(row: Row) -> str:
    """Give the number at the other end: who rang where the call came in, who was rung where it went out."""
    comes_in = COMES_IN.match(str(row.get("callType") or "")) is not None
    return str(row.get("callerNumber" if comes_in else "calleeNumber") or "")


def _body(row: Row, directory: Directory) -> dict[str, Any]:
    start, end = parse_iso(row["startDateTime"]), parse_iso(row["endDateTime"])
    here = directory.on(at_school(start).date())
    user = Identity(str(row.get("userId") or ""), str(row.get("userDisplayName") or ""), "user")
    upn = str(row.get("userPrincipalName") or "")
    ends = [replace(user, tenant=directory.own_tenant, upn=upn)] if user.account else []
    ends += [Identity(_number(row), "", "phone")] if _number(row) else []
    people = [here.person(one, [(start, end)]) for one in ends]
    return {
        "id": str(row.get("correlationId") or row["id"]),
        "version": 0,
        "listed_version": 0,
        "revised_at": None,
        "start": iso(start),
        "end": iso(end),
        "kind": KIND,
        "modalities": ["audio"],
        "join_url": None,
        "meeting": False,
        "viewers_unknown": False,
        "organiser": as_body(people[0]) if user.account else None,
        "class": None,
        "detail": "not available",
        "people": [as_body(person) for person in people],
    }
