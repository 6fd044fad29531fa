"""Faults on demand: what a real tenant does to a client on a bad day, kept in the store for all processes.

A fault is {"method", "path" (regular expression, searched in path and query below /v1.0), "status", "times" (fires at
most so often), "every" (each k-th match), "after" (not the first m matches), "headers", "body", "commit", "contains"
(text in the request's body, without regard to case), "message" (the words of the error, in place of made-up ones)}.
With "commit" the request is carried out before the status is answered; status 0 cuts the connection.
"""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox.request import Answer, Request

_FIELDS = {"method", "path", "status", "times", "every", "after", "headers", "body", "commit", "contains", "message"}
_MESSAGE = "A fault of the embedded tenant."
_CODES = {
    400: "BadRequest",
    401: "InvalidAuthenticationToken",
    403: "Authorization_RequestDenied",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "serviceNotAvailable",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Hold a fault that fires now."""

    status: int
    body: Any
    headers: dict[str, str]
    commit: bool
    message: str

    def answer(self) -> Answer:
        """Give the answer it puts in place of the real one; a documented error body unless it has its own."""
        if self.body is not None or self.status < 400:
            return Answer(self.status, self.body, self.headers)
        code = _CODES.get(self.status, "UnknownError")
        error = {"code": code, "message": self.message, "innerError": {"status": str(self.status)}}
        return Answer(self.status, {"error": error}, self.headers)


def add_fault(db: sqlite3.Connection, fault: dict[str, Any]) -> None:
    """Keep a fault; raises ValueError for an unknown field or a path that is no regular expression."""
    unknown = set(fault) - _FIELDS
    if unknown or "path" not in fault or "status" not in fault:
        raise ValueError(f"a fault needs path and status and knows no {sorted(unknown)}")
    try:
        re.compile(fault["path"])
    except re.error as error:
        raise ValueError(f"the fault's path is no regular expression: {error}") from error
    if fault.get("message") and (fault["status"] < 400 or fault.get("body") is not None):
        raise ValueError("only an error without a body of its own has a message")
    db.execute("INSERT INTO faults (doc, matched, fired) VALUES (?, 0, 0)", (json.dumps(fault),))


def firing(db: sqlite3.Connection, request: Request) -> Fault | None:
    """Count the request against each fault it matches and give the first that fires."""
    found: Fault | None = None
    for key, text, matched, fired in db.execute("SELECT id, doc, matched, fired FROM faults ORDER BY id").fetchall():
        doc = json.loads(text)
        if not _matches(doc, request):
            continue
        fires = found is None and _is_due(doc, matched + 1, fired)
        db.execute("UPDATE faults SET matched = matched + 1, fired = fired + ? WHERE id = ?", (int(fires), key))
        if fires:
            found = _fault(doc)
    return found


def _fault(doc: dict[str, Any]) -> Fault:
    return Fault(
        status=int(doc["status"]),
        body=doc.get("body"),
        headers=doc.get("headers") or {},
        commit=bool(doc.get("commit")),
        message=doc.get("message") or _MESSAGE,
    )


def _matches(doc: dict[str, Any], request: Request) -> bool:
    if (doc.get("method") or request.method).upper() != request.method:
        return False
    if doc.get("contains") and doc["contains"].casefold() not in _body_text(request):
        return False
    whole = f"{request.path}?{request.raw_query}" if request.raw_query else request.path
    return re.search(doc["path"], whole) is not None


def _body_text(request: Request) -> str:
    return "" if request.body is None else json.dumps(request.body, ensure_ascii=False).casefold()


def _is_due(doc: dict[str, Any], count: int, fired: int) -> bool:
    times, every, after = doc.get("times"), doc.get("every"), doc.get("after") or 0
    if count <= after or (times is not None and fired >= times):
        return False
    return not every or (count - after) % int(every) == 0
