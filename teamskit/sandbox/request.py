"""What comes in and what goes out of the embedded tenant, as plain values.

A request arrives here already decoded (path, query and JSON body); an answer leaves as status, headers and JSON.
Nothing here knows the store or any endpoint.
"""

from __future__ import annotations

import sqlite3
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GRAPH_ROOT = "https://graph.microsoft.com/v1.0"


@dataclass(frozen=True, slots=True)
class Request:
    """Hold one request: `path` below the service root and decoded, `query` decoded exactly once, header names lower."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    link_root: str
    raw_query: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold which bytes of which made-up file are sent: from `start` up to `stop` of those of `key` (see `content`).

    The connection is cut after `cut` bytes, and no more than `rate` bytes go out in a second, where these are set.
    """

    key: str
    size: int
    start: int
    stop: int
    cut: int | None = None
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one answer; `body` None means that none is sent, `stretch` is sent in place of one, piece by piece."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stretch: Stretch | None = None


class Refusal(Exception):
    """Turn a request down with a documented status and error code; whatever it had written is undone."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        details: list[dict[str, str]] | None = None,
        inner: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the error body will say."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.details = details
        self.inner = dict(inner or {})

    def answer(self, inner: Mapping[str, str]) -> Answer:
        """Give the documented error body: one property `error`; `inner` is the date and the request's ids."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = self.details
        error["innerError"] = {**self.inner, **inner}
        return Answer(self.status, {"error": error}, self.headers)


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what never changes in a tenant: its id, its domains and the seed of its made-up delays."""

    tenant_id: str
    domains: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Visit:
    """Hold one request being answered: an open transaction, the instant in microseconds, the path's arguments."""

    db: sqlite3.Connection
    now: int
    facts: Facts
    request: Request
    args: tuple[str, ...] = ()


def bad_request(message: str, code: str = "Request_BadRequest") -> Refusal:
    """Give a 400; the directory says Request_BadRequest, Teams says BadRequest."""
    return Refusal(400, code, message)


def no_resource(what: str) -> Refusal:
    """Give the directory's 404."""
    return Refusal(404, "Request_ResourceNotFound", f"The directory has no object '{what}'.")


def not_found(message: str) -> Refusal:
    """Give the 404 of Teams, of call records and of members."""
    return Refusal(404, "NotFound", message)


def made_id(*parts: str) -> str:
    """Give the GUID that these parts always make."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "teamskit-sandbox:" + "|".join(parts)))


def unit_share(*parts: str) -> float:
    """Give a number from 0 to 1 that these parts always make."""
    return zlib.crc32("|".join(parts).encode("utf-8")) / 0x1_0000_0000


def object_body(visit: Visit) -> dict[str, Any]:
    """Give the request's body as an object; a missing or other body is a 400."""
    body = visit.request.body
    if not isinstance(body, dict):
        raise bad_request("The request needs a JSON object as its body.")
    return body
