"""How long to leave a service alone before a call is sent again. Pure: headers, moment and attempt in, seconds out."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RESENDS = 6
"""How often one call is sent again before its last answer is taken."""
CAP_S = 300.0
"""The longest single wait; a longer `Retry-After` is asked again after this."""
BUSY = frozenset({429, 502, 503, 504})
"""Statuses after which the same call may succeed.
Source: Graph, "Error responses" and "Throttling guidance", read 2026-11-25."""

_SECONDS = re.compile(r"\d+(\.\d+)?|\.\d+")


def retry_after(headers: Mapping[str, str], now: datetime, attempt: int) -> float:
    """Give the seconds to wait after the `attempt`-th failure (from 1): at least the backoff, at most CAP_S.

    `Retry-After` may be whole or decimal seconds or an HTTP date, read against `now`; absent, negative, past or
    unreadable counts as absent. A small constant value still backs off, since 1, 2, 4 … s is the least.
    Source: RFC 9110 10.2.3; Graph "Throttling guidance", read 2026-11-25 (no header: exponential backoff).
    """
    backoff = 2.0 ** min(max(attempt, 1) - 1, 10)
    return min(max(_stated(headers, now), backoff), CAP_S)


def _stated(headers: Mapping[str, str], now: datetime) -> float:
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = str(text).strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return 0.0
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
