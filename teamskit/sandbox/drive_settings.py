"""What befalls drives and files, below `/sandbox/`: a drive is full or was never made, a file is put back once more.

`PUT /sandbox/users/{id}/drive` (or groups) takes `{"state": "none" | "full" | "normal"}` or `{"remaining": bytes}`;
`POST /sandbox/drives/{id}/items/{item}/reupload` takes `{"name", "folder"}`, both optional, and stands for somebody who
had downloaded the file and puts it back: a new id, the same bytes, no expiry. `POST …/opened` takes
`{"by": an account, an outsider's address, or null for whoever has the link, "operation", "at"}` and writes it into the
audit log. `PUT /sandbox/audit` takes `{"state": "on" | "off" | "refused"}`, `PUT /sandbox/weather` what downloads meet
with (see `weather`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from teamskit.sandbox.audit_log import APP, OFF, REFUSED, note
from teamskit.sandbox.clock import from_text, write_number
from teamskit.sandbox.drive_store import NONE, find_drive, item_ever, no_item, put_item, set_state
from teamskit.sandbox.drives import file_doc
from teamskit.sandbox.group_store import find_group
from teamskit.sandbox.request import Answer, Visit, bad_request, made_id, no_resource, object_body
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.teams import drive_id
from teamskit.sandbox.users import find_user
from teamskit.sandbox.weather import set_weather

_STATES = {"none": NONE, "full": 0, "normal": None}


def _state(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        owner = find_user(visit.db, visit.args[0]) if kind == "users" else find_group(visit.db, visit.args[0])
        if owner is None:
            raise no_resource(visit.args[0])
        set_state(visit.db, drive_id(kind, owner["id"] if isinstance(owner, dict) else owner.id), _remaining(visit))
        return Answer(204)

    return answer


def _remaining(visit: Visit) -> int | None:
    body = object_body(visit)
    if set(body) == {"state"} and body["state"] in _STATES:
        return _STATES[body["state"]]
    left = body.get("remaining")
    if set(body) == {"remaining"} and isinstance(left, int) and not isinstance(left, bool) and left >= 0:
        return left
    raise bad_request("A drive's state is none, full or normal; or its remaining bytes are given.", "BadRequest")


def _again(visit: Visit) -> Answer:
    body = object_body(visit) if visit.request.body is not None else {}
    drive, item = find_drive(visit.db, visit.facts, visit.args[0]), item_ever(visit.db, visit.args[1])
    if drive is None or item is None:
        raise no_item()
    (count,) = visit.db.execute("SELECT coalesce(max(seq), 0) FROM drive_items").fetchone()
    key = "01" + made_id("again", item.id, str(count)).replace("-", "").upper()
    changes: dict[str, Any] = {"name": body.get("name", item.name), "folder": body.get("folder", item.folder)}
    new = replace(item, id=key, drive=drive.id, call=None, begun=visit.now, modified=visit.now, **changes)
    new = replace(new, visible=visit.now, expires=None, gone=None)
    put_item(visit.db, new)
    note(visit.db, visit.facts, visit.now, "FileUploaded", drive, new, APP)
    return Answer(201, file_doc(visit, drive, new))


def _opened(visit: Visit) -> Answer:
    body = object_body(visit)
    drive, item = find_drive(visit.db, visit.facts, visit.args[0]), item_ever(visit.db, visit.args[1])
    if drive is None or item is None:
        raise no_item()
    operation = str(body.get("operation", "FileAccessed" if body.get("by") else "AnonymousLinkUsed"))
    try:
        at = from_text(str(body["at"])) if "at" in body else visit.now
    except ValueError:
        raise bad_request("'at' is not a date and time.", "BadRequest") from None
    note(visit.db, visit.facts, at, operation, drive, item, _who(visit, body.get("by")))
    return Answer(204)


def _who(visit: Visit, by: Any) -> dict[str, str]:
    if by is None:
        anybody = "urn:spo:anon#" + made_id("anybody", visit.facts.tenant_id).replace("-", "")
        return {"upn": anybody, "id": anybody, "type": "regular", "ip": "203.0.113.9"}
    user = find_user(visit.db, str(by))
    if user is None and "@" not in str(by):
        raise no_resource(str(by))
    upn = user["userPrincipalName"] if user else f"urn:spo:guest#{str(by).lower()}"
    is_guest = user is None or user.get("userType") == "Guest"
    return {"upn": upn, "id": upn, "type": "guest" if is_guest else "regular", "ip": "203.0.113.8"}


def _audit(visit: Visit) -> Answer:
    state = object_body(visit).get("state")
    if state not in ("on", "off", "refused"):
        raise bad_request("The audit log is on, off or refused.", "BadRequest")
    write_number(visit.db, OFF, int(state == "off"))
    write_number(visit.db, REFUSED, int(state == "refused"))
    return Answer(204)


def _weather(visit: Visit) -> Answer:
    set_weather(visit.db, object_body(visit))
    return Answer(204)


ROUTES = [
    *(Route("PUT", f"/sandbox/{kind}/{{id}}/drive", _state(kind)) for kind in ("users", "groups")),
    Route("POST", "/sandbox/drives/{id}/items/{item}/reupload", _again),
    Route("POST", "/sandbox/drives/{id}/items/{item}/opened", _opened),
    Route("PUT", "/sandbox/audit", _audit),
    Route("PUT", "/sandbox/weather", _weather),
]
