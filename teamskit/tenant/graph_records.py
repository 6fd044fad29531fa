"""Reads call records, the telephone logs and the `Recordings` folders of drives, as Graph gives them.

Source: Graph v1.0, callRecords (2025-07), getPstnCalls, getDirectRoutingCalls and driveItem, read 2026-11-25.
"""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

from teamskit.clock import iso
from teamskit.tenant.calls import Call, Reply, Task
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import CALL_RECORDS_READ, FILES_READ, TELEPHONE_READ
from teamskit.tenant.refusals import error_of
from teamskit.tenant.transport import Transport

PARTS = ("sessions($expand=segments)", "participants_v2")
Items = list[dict[str, Any]]
_Steps = Generator[Any, Any, Any]


def list_call_records(transport: Transport, since: datetime, until: datetime) -> Items:
    """Give the records of calls that started from `since` to before `until`, without participants and sessions.

    Records are gone 30 days after; one may come up to 60 minutes after the call's end and may be revised later.
    """
    span = f"startDateTime%20ge%20{iso(since)}%20and%20startDateTime%20lt%20{iso(until)}"
    return transport.pages(Call("GET", f"/communications/callRecords?$filter={span}", CALL_RECORDS_READ))


def call_record_detail(transport: Transport, ids: Sequence[str]) -> dict[str, dict[str, Any] | Reply]:
    """Give each record as `record`, `sessions` and `participants`, all pages of both, by batches.

    In place of a record that cannot be read whole (404 when older than 30 days) stands the refusing reply.
    """
    found: dict[str, dict[str, Any] | Reply] = {}

    def one(record_id: str) -> Task:
        found[record_id] = yield from _detail(transport, record_id)

    transport.conduct(one(record_id) for record_id in dict.fromkeys(ids))
    return found


def _detail(transport: Transport, record_id: str) -> _Steps:
    path = f"/communications/callRecords/{encoded(record_id)}"
    calls = [Call("GET", f"{path}?$expand={part}", CALL_RECORDS_READ) for part in PARTS]
    replies: list[Reply] = yield calls
    refused = next((reply for reply in replies if not reply.ok), None)
    if refused:
        return refused
    sessions = yield from _expanded(transport, calls[0], replies[0].body, "sessions")
    people = yield from _expanded(transport, calls[1], replies[1].body, "participants_v2")
    for part in (sessions, people):
        if isinstance(part, Reply):
            return part
    record = {name: value for name, value in replies[0].body.items() if not name.startswith("sessions")}
    return {"record": record, "sessions": sessions, "participants": people}


def _expanded(transport: Transport, call: Call, body: dict[str, Any], name: str) -> _Steps:
    """Follow an expanded collection's own page link to its end."""
    items: Items = list(body.get(name) or ())
    link = body.get(f"{name}@odata.nextLink")
    if not link:
        return items
    rest = yield from transport.page_steps(transport.next_page(call, link))
    return rest if isinstance(rest, Reply) else items + rest


def telephone_rows(transport: Transport, since: datetime, until: datetime) -> dict[str, Items | Reply]:
    """Give the rows of the two telephone logs, `pstn` and `direct`, of calls that began from `since` to `until`.

    In place of a log that was refused stands the reply. A row's id is no call record's id; the `correlationId` of a
    direct routing row is. At most 90 days may be asked for at once.
    """
    span = f"fromDateTime={iso(since)},toDateTime={iso(until)}"
    names = {"pstn": "getPstnCalls", "direct": "getDirectRoutingCalls"}
    calls = [Call("GET", f"/communications/callRecords/{name}({span})", TELEPHONE_READ) for name in names.values()]
    return dict(zip(names, transport.try_pages(calls), strict=True))


def drive_recordings(
    transport: Transport, *, user_ids: Sequence[str] = (), group_ids: Sequence[str] = ()
) -> dict[str, Items]:
    """Give what lies in the `Recordings` folder of each account's drive and of each team's General channel.

    No folder or no drive (404) is an empty list; an account or group whose drive may not be read is left out.
    When none of them could be read, raises what refused the first (PermissionMissing for a 403).
    """
    paths = {one: f"/users/{encoded(one)}/drive/root:/Recordings:/children" for one in user_ids}
    paths |= {one: f"/groups/{encoded(one)}/drive/root:/General/Recordings:/children" for one in group_ids}
    calls = [Call("GET", path, FILES_READ) for path in paths.values()]
    found: dict[str, Items] = {}
    refused: list[tuple[Call, Reply]] = []
    for owner, call, items in zip(paths, calls, transport.try_pages(calls), strict=True):
        if not isinstance(items, Reply):
            found[owner] = items
        elif items.status == 404:
            found[owner] = []
        else:
            refused.append((call, items))
    if refused and not found:
        raise error_of(*refused[0])
    return found
