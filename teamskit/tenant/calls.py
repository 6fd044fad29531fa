"""The plain values that go to and come from the transport: a call, its reply, a wait, and a task that yields them.

Nothing here speaks HTTP; builders of calls, doers and tests share these.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Service = Literal["graph", "admin"]

_ADDRESS = re.compile(r"[^\s'\"<>(]+@[^\s'\"<>)]+")


@dataclass(frozen=True)
class Call:
    """One call below a service's root.

    `path` holds the query, already percent-encoded. `permission` is the least application permission, for the
    sentence of a 403. `repeatable` False (creates): a cut or a 5xx comes back to the caller, who looks before sending
    again; a 429 is always sent again, since nothing was done.
    """

    method: str
    path: str
    permission: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    service: Service = "graph"


@dataclass(frozen=True)
class Reply:
    """What came back: `status` 0 means that no answer came, or none that could be read. Headers ignore case."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Say whether the service did what was asked (2xx; a 207 may still hold failed members)."""
        return 200 <= self.status < 300

    @property
    def error_code(self) -> str:
        """Give the service's `error.code`, or nothing."""
        return str(self._error.get("code") or "")

    @property
    def error_message(self) -> str:
        """Give the service's words, without any e-mail address they may quote (it would name a pupil)."""
        return _ADDRESS.sub("(an address)", str(self._error.get("message") or ""))

    @property
    def request_id(self) -> str:
        """Give the id that Microsoft's support asks for."""
        inner = self._error.get("innerError") or self._error.get("innererror") or {}
        found = self.headers.get("request-id") or (inner.get("request-id") if isinstance(inner, Mapping) else "")
        return str(found or "")

    @property
    def _error(self) -> Mapping[str, Any]:
        error = self.body.get("error") if isinstance(self.body, Mapping) else None
        return error if isinstance(error, Mapping) else {}


@dataclass(frozen=True)
class Wait:
    """A task's wish not to be resumed before `until`."""

    until: datetime


Task = Generator["Call | Wait | Sequence[Call]", Any, None]
"""Work in steps: yield a Call and get its Reply, several Calls and get their Replies in order, a Wait and get None."""


def said(reply: Reply) -> str:
    """Put a refusal into a sentence: the service's words, status and request id."""
    words = reply.error_message or "no answer came"
    return f"{words} (Microsoft, {reply.status}, request {reply.request_id or 'unknown'})"


def refusal(reply: Reply, permission: str) -> str:
    """Put a refusal into a sentence, with the permission that is missing where it is one of rights."""
    if reply.status not in (401, 403):
        return said(reply)
    return f"{said(reply)}. It needs the application permission {permission}, consented to, for this account too"
