"""`POST /$batch`: up to 20 requests in one, each carried out by itself.

Source: Graph concept page on JSON batching, 2026-05.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from teamskit.sandbox.request import Answer, Refusal, Request

_MOST = 20


@dataclass(frozen=True, slots=True)
class Member:
    """Hold one request of a batch; `refused` is set when it lacks what a member needs."""

    key: str
    request: Request
    depends_on: tuple[str, ...]
    refused: Answer | None = None


def members(outer: Request) -> list[Member]:
    """Read a batch; raises Refusal (400) when it is malformed, too long, or an id comes twice."""
    asked = outer.body.get("requests") if isinstance(outer.body, dict) else None
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise _malformed("A batch needs a list of requests.")
    if len(asked) > _MOST:
        raise _malformed(f"A batch holds at most {_MOST} requests.")
    read = [_member(outer, one) for one in asked]
    keys = {member.key.lower() for member in read}
    if len(keys) < len(read):
        raise _malformed("Two requests of the batch have the same id.")
    if any(parent.lower() not in keys for member in read for parent in member.depends_on):
        raise _malformed("A request depends on an id that is not in the batch.")
    return read


def carry_out(asked: list[Member], do: Callable[[Request], Answer]) -> list[tuple[str, Answer]]:
    """Answer the members in their order; a member whose parent failed gets 424. Stops when a connection is cut."""
    statuses: dict[str, int] = {}
    done: list[tuple[str, Answer]] = []
    for member in asked:
        answer = _one(member, statuses, do)
        statuses[member.key.lower()] = answer.status
        done.append((member.key, answer))
        if answer.status == 0:
            break
    return done


def response(key: str, answer: Answer) -> dict[str, Any]:
    """Give a member's entry in the answer; one without body has none."""
    shown: dict[str, Any] = {"id": key, "status": answer.status, "headers": dict(answer.headers)}
    if answer.body is not None:
        shown["headers"]["Content-Type"] = "application/json"
        shown["body"] = answer.body
    return shown


def _one(member: Member, statuses: dict[str, int], do: Callable[[Request], Answer]) -> Answer:
    if member.refused is not None:
        return member.refused
    if any(not 200 <= statuses.get(parent.lower(), 0) < 400 for parent in member.depends_on):
        return Answer(424, {"error": {"code": "FailedDependency", "message": "A request it depends on failed."}})
    return do(member.request)


def _member(outer: Request, asked: dict[str, Any]) -> Member:
    key, method, url = asked.get("id"), asked.get("method"), asked.get("url")
    if isinstance(key, bool) or not isinstance(key, str | int) or not isinstance(method, str):
        raise _malformed("A request of the batch needs an id and a method.")
    if not isinstance(url, str) or "://" in url.partition("?")[0]:
        raise _malformed("A request of the batch needs a relative url.")
    own = {str(name).lower(): str(value) for name, value in (asked.get("headers") or {}).items()}
    path, _, raw = url.partition("?")
    own["authorization"] = outer.headers.get("authorization", "")
    query = dict(parse_qsl(raw, keep_blank_values=True))
    request = Request(
        method.upper(), unquote("/" + path.lstrip("/")), query, own, asked.get("body"), outer.link_root, raw
    )
    refused = None
    if request.body is not None and "content-type" not in own:
        error = {"code": "BadRequest", "message": "A request with a body needs a Content-Type header."}
        refused = Answer(400, {"error": error})
    return Member(str(key), request, tuple(str(parent) for parent in asked.get("dependsOn") or ()), refused)


def _malformed(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)
