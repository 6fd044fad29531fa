"""One HTTP exchange: a call goes out with its token and correlation id, a reply comes back, one line goes to the log.

It repeats nothing, paces nothing and raises nothing for what the service answers.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from teamskit.tenant.calls import Call, Reply, Service
from teamskit.tenant.redaction import path_shape

TIMEOUT_S = (10, 120)
"""How long to wait for a connection, and for an answer."""


class Wire:
    """Sends single calls over one session; safe to use from several threads."""

    def __init__(
        self,
        session: requests.Session,
        token: Callable[[Service], str],
        root: Mapping[Service, str],
        log: logging.Logger,
    ) -> None:
        """Take the session, a token for each service, the root of each service, and where to log."""
        self._session, self._token, self._root, self._log = session, token, root, log
        self._lock = threading.Lock()
        self.round_trips = 0

    def exchange(self, call: Call) -> Reply:
        """Send a call once and give its reply; status 0 when no answer came or none that could be read."""
        headers = self._headers(call)
        with self._lock:
            self.round_trips += 1
        began = time.monotonic()
        try:
            response = self._session.request(
                call.method,
                self._root[call.service] + call.path,
                json=call.body,
                headers=headers,
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
            reply = _reply(response)
        except requests.RequestException:
            reply = Reply(0, None, CaseInsensitiveDict())
        self.note(call, reply, 1000 * (time.monotonic() - began), headers["client-request-id"])
        return reply

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        """Open a link that needs no token, to be read piece by piece; the link itself is not logged."""
        with self._lock:
            self.round_trips += 1
        # Without an auth of its own, requests would look for one in the user's .netrc.
        options: dict[str, Any] = {"stream": True, "timeout": TIMEOUT_S, "auth": lambda request: request}
        with self._session.get(url, headers=dict(headers), **options) as response:
            yield response

    def note(self, call: Call, reply: Reply, took_ms: float, correlation: str) -> None:
        """Log one call without bodies, tokens, names or ids."""
        if self._log.isEnabledFor(logging.DEBUG):
            shape = path_shape(call.path)
            text = "%s %s %s -> %d in %.0f ms, request %s, ours %s"
            told = (call.service, call.method, shape, reply.status, took_ms, reply.request_id, correlation)
            self._log.debug(text, *told, extra={"permission": call.permission})

    def _headers(self, call: Call) -> dict[str, str]:
        correlation = str(uuid.uuid4())
        own = {"client-request-id": correlation, "Accept": "application/json"}
        if call.service == "admin":
            own |= {"x-ms-correlation-id": correlation, "x-authz-scope": "tenant"}
        with self._lock:
            own["Authorization"] = f"Bearer {self._token(call.service)}"
        return own | dict(call.headers)


def _reply(response: requests.Response) -> Reply:
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(response.headers)
    body: Any = None
    if response.content:
        try:
            body = response.json()
        except requests.JSONDecodeError:
            # A sign-in page of a proxy is no answer of the service's, whatever its status says.
            return Reply(0 if response.ok else response.status_code, None, headers)
    return Reply(response.status_code, body, headers)
