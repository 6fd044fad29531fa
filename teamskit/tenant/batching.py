"""Packs up to 20 Graph calls into one `$batch` and takes its answer apart again. Pure, but for the values' types.

Source: Graph "Combine multiple HTTP requests using JSON batching" (2026-05), read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from requests.structures import CaseInsensitiveDict

from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.permissions import OF_EACH_MEMBER

AT_MOST = 20
"""The most members of one batch."""


def batch_of(calls: Sequence[Call]) -> Call:
    """Give the call that carries `calls`; each member's id is its place."""
    members = [_member(str(place), call) for place, call in enumerate(calls)]
    return Call("POST", "/$batch", OF_EACH_MEMBER, {"requests": members})


def _member(place: str, call: Call) -> dict[str, Any]:
    headers = dict(call.headers)
    member: dict[str, Any] = {"id": place, "method": call.method, "url": call.path}
    if call.body is not None:
        member["body"] = call.body
        headers["Content-Type"] = "application/json"
    return member | ({"headers": headers} if headers else {})


def replies_of(calls: Sequence[Call], answer: Reply) -> list[Reply]:
    """Give each member's reply in the order of `calls`.

    Members may be answered in any order; one without an answer gets status 0. When the batch as a whole was not
    carried out (not 200), every member gets the batch's status, headers and body.
    """
    if answer.status != 200 or not isinstance(answer.body, Mapping):
        return [Reply(0 if answer.ok else answer.status, answer.body, answer.headers) for _ in calls]
    found = {str(one.get("id")): one for one in answer.body.get("responses", ())}
    return [_reply(found.get(str(place))) for place in range(len(calls))]


def _reply(one: Mapping[str, Any] | None) -> Reply:
    if one is None:
        return Reply(0, None, CaseInsensitiveDict())
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict({k: str(v) for k, v in (one.get("headers") or {}).items()})
    return Reply(int(one.get("status") or 0), one.get("body"), headers)
