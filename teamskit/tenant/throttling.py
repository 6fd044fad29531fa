"""Microsoft's limits as data, and a pacer that says when a call may be sent without passing one.

Source of every figure: Graph "Microsoft Graph service-specific throttling limits" (2026-02-06), read 2026-11-25.
Members of a batch count one by one; Teams figures hold at about 83 % over a longer window.
"""

import math
import re
import threading
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from teamskit.tenant.calls import Call


@dataclass(frozen=True)
class Limit:
    """At most `count` calls in any `window_s` seconds among those that share `key`."""

    key: str
    count: int
    window_s: float

    @property
    def span_s(self) -> float:
        """Give the window with a margin for the time a request travels."""
        return self.window_s * 1.1 + 0.05


@dataclass(frozen=True)
class _Row:
    """A row of the table: which calls, the figures they share, and those of one team or record (the first group)."""

    methods: str
    path: re.Pattern[str]
    shared: tuple[Limit, ...]
    single: tuple[Limit, ...] = ()


def _teams(key: str, per_s: int) -> tuple[Limit, ...]:
    return Limit(key, per_s, 1), Limit(key, int(per_s * 60 * 0.83), 60)


_RECORDS = Limit("call records", 1500, 20)
_WRITES, _READS = Limit("directory writes", 3000, 150), Limit("directory reads", 3500, 10)
_DIRECTORY = re.compile(
    r"/(?:groups|education|users|directory)(?:/|$)(?!.*/(?:onlineMeetings|drive|calendarView|events)\b)"
)
_ROWS = (
    _Row("POST", re.compile(r"/teams$"), _teams("new teams", 10)),
    _Row("PUT", re.compile(r"/groups/[^/]+/team$"), _teams("teams on groups", 6)),
    _Row("POST", re.compile(r"/teams/([^/]+)/members/add$"), _teams("bulk adds", 10), (Limit("bulk add", 4, 60),)),
    _Row("POST", re.compile(r"/teams/([^/]+)/members$"), _teams("teams writes", 30), (Limit("member add", 4, 60),)),
    _Row("GET", re.compile(r"/teams/([^/]+)/(?:members|channels)$"), _teams("rosters", 60), (Limit("roster", 4, 1),)),
    _Row("GET", re.compile(r"/teams[/(]"), _teams("teams reads", 30)),
    _Row("POST PUT PATCH", re.compile(r"/teams[/(]"), _teams("teams writes", 30)),
    _Row("DELETE", re.compile(r"/teams[/(]"), _teams("teams deletes", 15)),
    _Row("GET", re.compile(r"/communications/callRecords$"), (_RECORDS, Limit("call record list", 40, 20))),
    _Row("GET", re.compile(r"/communications/callRecords/([^/]+)"), (_RECORDS,), (Limit("one record", 40, 20),)),
    _Row("GET", _DIRECTORY, (_READS,)),
    _Row("POST PUT PATCH DELETE", _DIRECTORY, (_WRITES,)),
)


def limits_of(call: Call) -> tuple[Limit, ...]:
    """Give every limit that a call counts against; none for calls without a documented one."""
    return _limits(call.method, call.path.partition("?")[0]) if call.service == "graph" else ()


@lru_cache(maxsize=8192)
def _limits(method: str, path: str) -> tuple[Limit, ...]:
    for row in _ROWS:
        found = row.path.match(path) if method in row.methods.split() else None
        if found:
            return row.shared + tuple(Limit(f"{one.key} {found[1]}", one.count, one.window_s) for one in row.single)
    return ()


def is_scarce(call: Call) -> bool:
    """Say whether a call's shared limit is so low (10 a second or less) that it should go first when it may."""
    return any(limit.window_s <= 1 and limit.count <= 10 and limit.count > 4 for limit in limits_of(call))


class Pacer:
    """Counts what was sent in sliding windows; shared by all threads. Moments are seconds since 1970."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self._sent: dict[Limit, deque[float]] = defaultdict(deque)
        self._slow_until: dict[Limit, float] = {}
        self._lock = threading.Lock()

    def opens_at(self, limit: Limit, now: float, planned: int = 0) -> float:
        """Give when one more call may go beside `planned` ones that go with it: `now`, later, or infinity.

        Infinity means that the planned ones fill the limit by themselves, so that waiting does not help.
        """
        with self._lock:
            slowed = self._slow_until.get(limit, 0) > now
            room = (max(1, limit.count // 2) if slowed else limit.count) - planned
            if room <= 0:
                return math.inf
            sent = self._sent[limit]
            while sent and sent[0] + limit.span_s <= now:
                sent.popleft()
            return now if len(sent) < room else sent[len(sent) - room] + limit.span_s

    def record(self, limits: Sequence[Limit], now: float) -> None:
        """Count a call that is sent at this instant."""
        with self._lock:
            for limit in limits:
                self._sent[limit].append(now)

    def heed(self, call: Call, status: int, headers: Mapping[str, str], now: float) -> None:
        """Halve the pace of a call's limits for a while after a 429 (60 s) or a warning that one is near (10 s).

        Source: `x-ms-throttle-limit-percentage` 0.8 to 1.8, Graph throttling limits, read 2026-11-25.
        """
        slow_s = 60.0 if status == 429 else 10.0 if _share_used(headers) > 0.9 else 0.0
        if slow_s:
            with self._lock:
                for limit in limits_of(call):
                    self._slow_until[limit] = max(self._slow_until.get(limit, 0), now + slow_s)


def _share_used(headers: Mapping[str, str]) -> float:
    try:
        return float(headers.get("x-ms-throttle-limit-percentage", "0"))
    except ValueError:
        return 0.0
