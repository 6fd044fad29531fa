"""The unified audit log, asked as Microsoft has it asked: a query is left, and its records fetched when it is through.

A record can be found an hour after what it tells. Source: Graph v1.0 security auditLogQuery and auditLogRecord, read
2026-11-25; what is in `auditData` is not documented there, so it has fields of the Office 365 management activity
schema for files (SourceFileName, ListItemUniqueId, SiteUrl).
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any
from urllib.parse import unquote

from teamskit.sandbox.clock import DAY, HOUR, SECOND, from_text, read_number, to_text
from teamskit.sandbox.drive_store import Drive, Item
from teamskit.sandbox.query import CONTEXT, page
from teamskit.sandbox.request import (
    Answer,
    Facts,
    Refusal,
    Visit,
    bad_request,
    made_id,
    not_found,
    object_body,
    unit_share,
)
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.schema import GRAPH, check_object

APP = {"upn": "app@sharepoint", "id": "app@sharepoint", "type": "application", "ip": "192.0.2.10"}
"""Who an application is in the log."""
OFF, REFUSED = "flag:audit_off", "flag:audit_refused"
_LATE_US = HOUR
_STARTS_US = 20 * SECOND
_TYPE = GRAPH + "security.auditLogQuery"
_LISTS = {
    "operationFilters": "operation",
    "recordTypeFilters": "auditLogRecordType",
    "userPrincipalNameFilters": "userPrincipalName",
    "ipAddressFilters": "clientIp",
    "serviceFilters": "service",
}
_MOST = 1_000_000
_A_DAY, _AT_ONCE = 200, 50


def note(
    db: sqlite3.Connection, facts: Facts, at: int, operation: str, drive: Drive, item: Item, who: dict[str, str]
) -> None:
    """Write down what was done to a file at a moment (microseconds), unless auditing is off.

    `who` has upn, id, type (regular, guest, application ...) and ip.
    """
    if read_number(db, OFF):
        return
    place = f"{unquote(drive.web)}/{item.folder}/{item.name}"
    (count,) = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM audit").fetchone()
    doc: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.security.auditLogRecord",
        "id": made_id("audit", facts.tenant_id, str(count), item.id),
        "createdDateTime": to_text(at),
        "auditLogRecordType": "sharePointSharingOperation" if _is_sharing(operation) else "sharePointFileOperation",
        "operation": operation,
        "organizationId": facts.tenant_id,
        "userType": who["type"],
        "userId": who["id"],
        "service": "OneDrive" if drive.kind == "users" else "SharePoint",
        "objectId": place,
        "userPrincipalName": who["upn"],
        "clientIp": who["ip"],
        "administrativeUnits": [],
        "auditData": {
            "@odata.type": "#microsoft.graph.security.sharePointFileOperationAuditRecord",
            "SourceFileName": item.name,
            "ListItemUniqueId": item.guid.lower(),
            "SiteUrl": "/".join(unquote(drive.web).split("/")[:5]) + "/",
        },
    }
    db.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", (count, at, item.id, json.dumps(doc)))


def _is_sharing(operation: str) -> bool:
    return operation.startswith(("AnonymousLink", "Sharing", "AddedTo", "CompanyLink"))


def _allowed(act: Handler) -> Handler:
    def answer(visit: Visit) -> Answer:
        if read_number(visit.db, REFUSED):
            raise Refusal(403, "Forbidden", "The application lacks AuditLogsQuery.Read.All.")
        return act(visit)

    return answer


def _ask(visit: Visit) -> Answer:
    body = object_body(visit)
    asked = {name: value for name, value in body.items() if name != "serviceFilter"}
    check_object(asked, _TYPE, code="BadRequest")
    for name in ("filterStartDateTime", "filterEndDateTime"):
        if name in body:
            _moment(body[name])
    _check_allowance(visit)
    (count,) = visit.db.execute("SELECT count(*) FROM audit_queries").fetchone()
    key = made_id("audit query", visit.facts.tenant_id, str(count))
    doc: dict[str, Any] = {
        "@odata.type": "#microsoft.graph.security.auditLogQuery",
        "id": key,
        "displayName": None,
        "filterStartDateTime": None,
        "filterEndDateTime": None,
        "keywordFilter": None,
        **{name: [] for name in (*_LISTS, "objectIdFilters", "administrativeUnitIdFilters")},
        **asked,
    }
    if body.get("serviceFilter"):
        doc["serviceFilters"] = [body["serviceFilter"]]
    done = visit.now + int((60 + 540 * unit_share(str(visit.facts.seed), key)) * SECOND)
    visit.db.execute("INSERT INTO audit_queries VALUES (?, ?, ?, ?)", (key, visit.now, done, json.dumps(doc)))
    return Answer(201, {"@odata.context": CONTEXT + "security/auditLog/queries/$entity", **_shown(visit, key)})


def _check_allowance(visit: Visit) -> None:
    text = "SELECT count(*), total(done > ?) FROM audit_queries WHERE created > ?"
    day, running = visit.db.execute(text, (visit.now, visit.now - DAY)).fetchone()
    if day >= _A_DAY or running >= _AT_ONCE:
        headers = {"Retry-After": "60"}
        raise Refusal(429, "TooManyRequests", "Too many queries of the audit log.", headers=headers)


def _moment(text: Any) -> int:
    try:
        return from_text(str(text))
    except ValueError:
        raise bad_request("The filter's time is not a date and time.", "BadRequest") from None


def _row(visit: Visit, key: str) -> tuple[int, int, dict[str, Any]]:
    row = visit.db.execute("SELECT created, done, doc FROM audit_queries WHERE id = ?", (key,)).fetchone()
    if row is None:
        raise not_found("There is no such query.")
    return row[0], row[1], json.loads(row[2])


def _shown(visit: Visit, key: str) -> dict[str, Any]:
    created, done, doc = _row(visit, key)
    status = "succeeded" if visit.now >= done else "running" if visit.now >= created + _STARTS_US else "notStarted"
    count = len(_found(visit, done, doc)) if status == "succeeded" else 0
    told = {"recordCountLimit": _MOST, "approximateReturnedRecordCount": count, "isRecordCountLimitExceeded": False}
    return {**doc, "status": status, **told}


def _found(visit: Visit, done: int, query: dict[str, Any]) -> list[dict[str, Any]]:
    start, end = query["filterStartDateTime"], query["filterEndDateTime"]
    first, last = _moment(start) if start else 0, _moment(end) if end else visit.now
    text = "SELECT doc FROM audit WHERE at >= ? AND at < ? AND at <= ? ORDER BY at, seq"
    rows = visit.db.execute(text, (first, last, done - _LATE_US)).fetchall()
    return [doc for doc in (json.loads(text) for (text,) in rows) if _fits(doc, query)]


def _fits(doc: dict[str, Any], query: dict[str, Any]) -> bool:
    for name, field in _LISTS.items():
        if query[name] and str(doc[field]).lower() not in {str(one).lower() for one in query[name]}:
            return False
    places = [str(one).lower() for one in query["objectIdFilters"]]
    if places and not any(doc["objectId"].lower().startswith(one.rstrip("*")) for one in places):
        return False
    word = query["keywordFilter"]
    return not word or str(word).lower() in json.dumps(doc, ensure_ascii=False).lower()


def _list(visit: Visit) -> Answer:
    keys = visit.db.execute("SELECT id FROM audit_queries ORDER BY created, id").fetchall()
    return page(visit, [_shown(visit, key) for (key,) in keys], "security/auditLog/queries")


def _one(visit: Visit) -> Answer:
    place = CONTEXT + "security/auditLog/queries/$entity"
    return Answer(200, {"@odata.context": place, **_shown(visit, visit.args[0])})


def _records(visit: Visit) -> Answer:
    _created, done, doc = _row(visit, visit.args[0])
    found = _found(visit, done, doc) if visit.now >= done else []
    return page(visit, found, f"security/auditLog/queries('{visit.args[0]}')/records", size=150, most=999)


ROUTES = [
    Route("POST", "/security/auditLog/queries", _allowed(_ask)),
    Route("GET", "/security/auditLog/queries", _allowed(_list)),
    Route("GET", "/security/auditLog/queries/{id}", _allowed(_one)),
    Route("GET", "/security/auditLog/queries/{id}/records", _allowed(_records)),
]
