"""Asks the audit log who opened, downloaded or deleted files. A search is begun, takes its time, and is read later.

Source: Graph v1.0 security auditLogQuery and auditLogRecord (2026-09-18), read 2026-11-25: 200 searches in 24 hours,
50 not finished at once, 1,000,000 records each.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from teamskit.clock import iso
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import FILES_AUDIT_READ
from teamskit.tenant.transport import Transport

_QUERIES = "/security/auditLog/queries"
_RECORD_TYPE = "sharePointFileOperation"
Items = list[dict[str, Any]]


def begin_audit_search(
    transport: Transport, since: datetime, until: datetime, operations: Sequence[str], files: Sequence[str]
) -> Reply:
    """Begin a search for what was done to files (their whole addresses) from `since` to `until`.

    The reply's body holds the search's id. One that is begun twice costs no more than a place among the day's 200.
    """
    body = {
        "displayName": "teamskit: recordings",
        "filterStartDateTime": iso(since),
        "filterEndDateTime": iso(until),
        "recordTypeFilters": [_RECORD_TYPE],
        "operationFilters": list(operations),
        "objectIdFilters": list(files),
    }
    return transport.ask(Call("POST", _QUERIES, FILES_AUDIT_READ, body))


def audit_search_state(transport: Transport, search: str) -> str:
    """Give how far a search is: notStarted, running, succeeded, failed, cancelled; "gone" when it is not known."""
    reply = transport.ask(Call("GET", f"{_QUERIES}/{encoded(search)}", FILES_AUDIT_READ))
    if not reply.ok or not isinstance(reply.body, dict):
        return "gone"
    shown = reply.body.get("value", reply.body)
    shown = shown[0] if isinstance(shown, list) and shown else shown
    return str(shown.get("status") or "gone") if isinstance(shown, dict) else "gone"


def audit_records(transport: Transport, search: str) -> Items | Reply:
    """Give what a search that succeeded has found (`auditLogRecord`), or the reply that refused."""
    return transport.try_pages([Call("GET", f"{_QUERIES}/{encoded(search)}/records", FILES_AUDIT_READ)])[0]
