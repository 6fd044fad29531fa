"""The documented limits, as sliding windows on the tenant's own clock.

Every member of a batch counts by itself, at the instant the batch arrived.
Source: Microsoft Graph throttling limits, page of 2026-02-06; Teams figures sustained at about 83 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from teamskit.sandbox.clock import SECOND
from teamskit.sandbox.request import Refusal, Visit


@dataclass(frozen=True, slots=True)
class Limit:
    """Hold one window: at most `count` requests of `bucket` in `window_s` seconds."""

    bucket: str
    count: int
    window_s: float


def _teams(method: str, _target: str) -> list[Limit]:
    if method == "DELETE":
        return [Limit("teams-delete", 15, 1)]
    return [Limit("teams-read", 30, 1)] if method == "GET" else [Limit("teams-write", 30, 1)]


def _team_create(_method: str, _target: str) -> list[Limit]:
    return [Limit("team-create", 10, 1), Limit("team-create-sustained", 498, 60)]


def _team_put(_method: str, _target: str) -> list[Limit]:
    return [Limit("team-put", 6, 1)]


def _members_add(_method: str, target: str) -> list[Limit]:
    return [
        Limit("members-add", 10, 1),
        Limit("members-add-sustained", 498, 60),
        Limit("members-add/" + target, 4, 60),
    ]


def _member_post(_method: str, target: str) -> list[Limit]:
    return [Limit("member-post", 30, 1), Limit("member-post/" + target, 4, 60)]


def _members_read(_method: str, target: str) -> list[Limit]:
    return [Limit("members-read", 60, 1), Limit("members-read/" + target, 4, 1)]


def _directory(method: str, _target: str) -> list[Limit]:
    return [Limit("directory-read", 8000, 10)] if method == "GET" else [Limit("directory-write", 3000, 150)]


def _calls(_method: str, _target: str) -> list[Limit]:
    return [Limit("calls", 1500, 20), Limit("calls-list", 40, 20)]


def _call(_method: str, target: str) -> list[Limit]:
    return [Limit("calls", 1500, 20), Limit("call/" + target, 40, 20)]


_FAMILIES: dict[str, Callable[[str, str], list[Limit]]] = {
    "teams": _teams,
    "team-create": _team_create,
    "team-put": _team_put,
    "members-add": _members_add,
    "member-post": _member_post,
    "members-read": _members_read,
    "directory": _directory,
    "calls": _calls,
    "call": _call,
}


def count_request(visit: Visit, family: str) -> Mapping[str, str]:
    """Count the request against its family's limits and give the headers that go with the answer.

    Raises Refusal (429 with Retry-After, whole seconds, at least 1), and does not count it, when one is used up.
    """
    limits_of = _FAMILIES.get(family)
    if limits_of is None:
        return {}
    limits = limits_of(visit.request.method, visit.args[0] if visit.args else "")
    used = [_used(visit, limit) for limit in limits]
    waits = [_wait_us(visit, limit) for limit, n in zip(limits, used, strict=True) if n >= limit.count]
    if waits:
        raise _too_many(visit, family, max(waits))
    visit.db.executemany(
        "INSERT INTO hits VALUES (?, ?, 1) ON CONFLICT(bucket, at) DO UPDATE SET n = n + 1",
        [(limit.bucket, visit.now) for limit in limits],
    )
    return _unit_headers(used[0] + 1, limits[0]) if family == "directory" else {}


def _used(visit: Visit, limit: Limit) -> int:
    since = visit.now - int(limit.window_s * SECOND)
    visit.db.execute("DELETE FROM hits WHERE bucket = ? AND at <= ?", (limit.bucket, since))
    return int(visit.db.execute("SELECT total(n) FROM hits WHERE bucket = ?", (limit.bucket,)).fetchone()[0])


def _wait_us(visit: Visit, limit: Limit) -> int:
    window = int(limit.window_s * SECOND)
    rows = visit.db.execute("SELECT at, n FROM hits WHERE bucket = ? ORDER BY at", (limit.bucket,)).fetchall()
    left = sum(n for _at, n in rows)
    for at, n in rows:
        left -= n
        if left < limit.count:
            return int(at) + window - visit.now
    return window


def _too_many(visit: Visit, family: str, wait_us: int) -> Refusal:
    headers = {"Retry-After": str(max(1, math.ceil(wait_us / SECOND)))}
    if family == "directory":
        scope = f"Tenant_Application/ReadWrite/00000000-0000-0000-0000-000000000000/{visit.facts.tenant_id}"
        headers |= {"x-ms-throttle-scope": scope, "x-ms-throttle-information": "ResourceUnitLimitExceeded"}
    inner = {"code": "429", "message": "Please retry after", "status": "429"}
    return Refusal(429, "TooManyRequests", "Please retry again later.", headers=headers, inner=inner)


def _unit_headers(used: int, limit: Limit) -> dict[str, str]:
    headers = {"x-ms-resource-unit": "1"}
    share = used / limit.count
    if share > 0.8:
        headers["x-ms-throttle-limit-percentage"] = f"{share:.2f}"
    return headers
