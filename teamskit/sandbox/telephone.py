"""The two telephone logs: calls over Microsoft's lines, and over the school's own by direct routing.

A row is {"log": "pstn" or "direct", "account", "number", "start", "end", "incoming", "call"}: `call` is the id of the
record that a direct routing row belongs to. Source: Graph v1.0 callrecord-getpstncalls, -getdirectroutingcalls and
their row types, read 2026-11-25: at most 90 days at once, 1,000 rows a page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from teamskit.sandbox.clock import DAY, SECOND, from_text, to_text
from teamskit.sandbox.query import page
from teamskit.sandbox.request import Answer, Facts, Visit, bad_request, made_id
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.users import find_user

_SIZE = 1000
_LONGEST_US = 90 * DAY
_OWN_NUMBER = "+441632960000"


def put_rows(db: sqlite3.Connection, facts: Facts, rows: Sequence[dict[str, Any]]) -> int:
    """Write the rows; raises ValueError, with its number, for one that cannot be."""
    for number, row in enumerate(rows, 1):
        try:
            doc = _pstn(db, row, facts) if row["log"] == "pstn" else _direct(db, row, facts)
            start = from_text(row["start"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"telephone row {number}: {error}") from error
        db.execute(
            "INSERT OR REPLACE INTO telephone VALUES (?, ?, ?, ?)", (doc["id"], row["log"], start, json.dumps(doc))
        )
    return len(rows)


def _common(db: sqlite3.Connection, row: dict[str, Any], facts: Facts) -> dict[str, Any]:
    user = find_user(db, str(row["account"]))
    if user is None:
        raise ValueError(f"account {row['account']} is not in the tenant")
    begin, end = from_text(row["start"]), from_text(row["end"])
    ends = [row["number"], _OWN_NUMBER] if row.get("incoming", True) else [_OWN_NUMBER, row["number"]]
    return {
        "id": made_id("telephone", facts.tenant_id, row["log"], row["start"], str(row["number"])),
        "userId": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
        "startDateTime": to_text(begin),
        "endDateTime": to_text(end),
        "duration": (end - begin) // SECOND,
        "callerNumber": ends[0],
        "calleeNumber": ends[1],
    }


def _pstn(db: sqlite3.Connection, row: dict[str, Any], facts: Facts) -> dict[str, Any]:
    doc = _common(db, row, facts)
    way = "user_in" if row.get("incoming", True) else "user_out"
    return {**doc, "callId": f"{doc['id'][:8]}@192.0.2.1", "callType": way, "charge": 0.0, "currency": "GBP"}


def _direct(db: sqlite3.Connection, row: dict[str, Any], facts: Facts) -> dict[str, Any]:
    doc = _common(db, row, facts)
    way = "ByotIn" if row.get("incoming", True) else "ByotOut"
    joined = str(row.get("call") or made_id("correlation", doc["id"]))
    return {**doc, "correlationId": joined, "callType": way, "successfulCall": True, "finalSipCode": 0}


def _log(name: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        first, last = _span(visit.args[0])
        text = "SELECT doc FROM telephone WHERE log = ? AND start >= ? AND start <= ? AND start <= ? ORDER BY start, id"
        rows = visit.db.execute(text, (name, first, last, visit.now)).fetchall()
        kind = "pstnCallLogRow" if name == "pstn" else "directRoutingLogRow"
        context = f"Collection(microsoft.graph.callRecords.{kind})"
        return page(visit, [json.loads(doc) for (doc,) in rows], context, size=_SIZE)

    return answer


def _span(text: str) -> tuple[int, int]:
    given = dict(part.strip().partition("=")[::2] for part in text.split(","))
    try:
        first, last = from_text(given["fromDateTime"]), from_text(given["toDateTime"])
    except (KeyError, ValueError):
        raise bad_request("fromDateTime and toDateTime are needed.", "BadRequest") from None
    if last - first > _LONGEST_US:
        raise bad_request("At most 90 days can be asked for.", "BadRequest")
    return first, last


ROUTES = [
    Route("GET", "/communications/callRecords/getPstnCalls({span})", _log("pstn"), "calls"),
    Route("GET", "/communications/callRecords/getDirectRoutingCalls({span})", _log("direct"), "calls"),
]
