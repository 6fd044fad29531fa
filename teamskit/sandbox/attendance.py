"""Attendance reports of the meetings that were played.

One report a meeting held; a channel's meeting answers those of its own only. Source: Graph v1.0
meetingattendancereport-list and -get, attendanceRecord, read 2026-11-25.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from teamskit.sandbox.clock import SECOND, to_text
from teamskit.sandbox.identities import Identity
from teamskit.sandbox.query import CONTEXT, page
from teamskit.sandbox.recordings import need_meeting
from teamskit.sandbox.request import Answer, Visit, made_id, not_found
from teamskit.sandbox.routing import Route

_NEWEST = 50
_AFTER_US = 300 * SECOND
_PLACE = "/users/{id}/onlineMeetings/{meeting}/attendanceReports"
Came = tuple[Identity, str, Sequence[tuple[int, int]]]


def put_attendance(
    db: sqlite3.Connection, call: str, meeting: str, span: tuple[int, int], people: Sequence[Came]
) -> None:
    """Write the report of a meeting: who came, in what role, and from when to when (microseconds)."""
    report = {
        "id": made_id("attendance", call),
        "totalParticipantCount": len(people),
        "meetingStartDateTime": to_text(span[0]),
        "meetingEndDateTime": to_text(span[1]),
        "attendanceRecords": [_record(*one) for one in people],
    }
    row = (call, meeting, span[1] + _AFTER_US, json.dumps(report, separators=(",", ":")))
    db.execute("INSERT OR REPLACE INTO attendance VALUES (?, ?, ?, ?)", row)


def _record(identity: Identity, role: str, intervals: Sequence[tuple[int, int]]) -> dict[str, Any]:
    lengths = [(left - joined) // SECOND for joined, left in intervals]
    shown = identity.shown
    return {
        "id": identity.id,
        "emailAddress": shown.get("userPrincipalName") or shown.get("email"),
        "totalAttendanceInSeconds": sum(lengths),
        "role": role,
        "registrationId": None,
        "identity": {"id": identity.id, "displayName": shown.get("displayName"), "tenantId": shown.get("tenantId")},
        "attendanceIntervals": [
            {"joinDateTime": to_text(joined), "leaveDateTime": to_text(left), "durationInSeconds": length}
            for (joined, left), length in zip(intervals, lengths, strict=True)
        ],
    }


def _reports(visit: Visit) -> list[dict[str, Any]]:
    _uid, meeting = need_meeting(visit)
    text = "SELECT doc FROM attendance WHERE meeting = ? AND visible <= ? ORDER BY visible DESC LIMIT ?"
    rows = visit.db.execute(text, (meeting["id"], visit.now, _NEWEST)).fetchall()
    return [json.loads(doc) for (doc,) in rows]


def _list(visit: Visit) -> Answer:
    shown = [{**report, "attendanceRecords": []} for report in _reports(visit)]
    return page(visit, shown, "Collection(meetingAttendanceReport)")


def _need_report(visit: Visit) -> dict[str, Any]:
    found = next((report for report in _reports(visit) if report["id"] == visit.args[2]), None)
    if found is None:
        raise not_found("The attendance report was not found.")
    return found


def _one(visit: Visit) -> Answer:
    report = _need_report(visit)
    if visit.request.query.get("$expand") != "attendanceRecords":
        report = {**report, "attendanceRecords": []}
    return Answer(200, {"@odata.context": CONTEXT + "meetingAttendanceReport/$entity", **report})


def _records(visit: Visit) -> Answer:
    return page(visit, _need_report(visit)["attendanceRecords"], "Collection(attendanceRecord)")


ROUTES = [
    Route("GET", _PLACE, _list),
    Route("GET", _PLACE + "/{report}", _one),
    Route("GET", _PLACE + "/{report}/attendanceRecords", _records),
]
