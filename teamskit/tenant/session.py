"""Opens a transport: to Microsoft over the network, or to an embedded tenant inside this process.

The embedded tenant arrives as a WSGI callable, so nothing of it is imported here; both ways use the same `requests`
session and the same transport.
"""

import io
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict

from teamskit.clock import Clock
from teamskit.errors import SignInError
from teamskit.tenant.calls import Service
from teamskit.tenant.probing import Prober
from teamskit.tenant.transport import Transport

ROOTS: Mapping[Service, str] = {
    "graph": "https://graph.microsoft.com/v1.0",
    "admin": "https://api.interfaces.records.teams.microsoft.com",
}
WORKERS = 4
"""Requests under way at once; more would only meet the service's limits sooner."""


class Embedded(Protocol):
    """What is needed of an embedded tenant."""

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any], /) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""

    def token(self, service: str, /) -> str:
        """Give the token of whoever is signed in there."""


def open_transport(
    *,
    sandbox: Embedded | None,
    clock: Clock,
    signin: Callable[[Service], str] | None = None,
    latency_s: float = 0,
    workers: int | None = None,
    roots: Mapping[Service, str] = ROOTS,
) -> Transport:
    """Give a transport to the embedded tenant, else to Microsoft, with the token that `signin` gives.

    The embedded tenant has a sign-in of its own. `latency_s` is waited in real time before each request to it
    (benchmarks). In process one request goes at a time unless `workers` says otherwise. Raises SignInError when a
    real tenant has no sign-in.
    """
    session = requests.Session()
    if sandbox is not None:
        session.trust_env = False
        session.mount("https://", SandboxAdapter(sandbox.wsgi, latency_s))
        return Transport(session, clock, token=signin or sandbox.token, root=roots, workers=workers or 1)
    if signin is None:
        raise SignInError("No sign-in is set up for this tenant", where="signin in school.toml")
    session.mount("https://", HTTPAdapter(pool_maxsize=workers or WORKERS))
    return Transport(session, clock, token=signin, root=roots, workers=workers or WORKERS)


def open_prober(*, sandbox: Embedded | None, roots: Mapping[Service, str] = ROOTS) -> Prober:
    """Give what asks the embedded tenant, else Microsoft, once and without repeats; it signs nobody in."""
    session = requests.Session()
    if sandbox is not None:
        session.trust_env = False
        session.mount("https://", SandboxAdapter(sandbox.wsgi))
    return Prober(session, roots)


class SandboxAdapter(BaseAdapter):
    """Carries requests to a WSGI callable in this process."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], latency_s: float = 0) -> None:
        """Take the callable and a pause before each request, in real seconds."""
        super().__init__()
        self._wsgi, self._latency_s = wsgi, latency_s

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Answer a request; a connection that the callable resets is raised as requests does."""
        if self._latency_s:
            time.sleep(self._latency_s)
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            started[:] = [int(status.split()[0]), headers]

        try:
            pieces = self._wsgi(_environ(request), start_response)
        except ConnectionError as cut:
            raise requests.ConnectionError(cut, request=request) from cut
        return _response(request, started[0], started[1], _Pieces(pieces))

    def close(self) -> None:
        """Hold nothing open."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    content = body.encode("utf-8") if isinstance(body, str) else bytes(body)
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(str(parts.path)).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": f"{parts.path}?{parts.query}" if parts.query else parts.path,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or 443),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": str(value) for name, value in request.headers.items()}


class _Pieces(io.RawIOBase):
    """What a WSGI callable sends, read like a socket: one piece is held at a time."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces, self._left = iter(pieces), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def read1(self, size: int = -1, /) -> bytes:
        """Give what one piece has, as a socket's buffer does."""
        return self.read(size) or b""


def _response(
    request: requests.PreparedRequest, status: int, headers: list[tuple[str, str]], content: _Pieces
) -> requests.Response:
    response = requests.Response()
    response.status_code, response.request, response.url = status, request, request.url or ""
    response.headers = CaseInsensitiveDict(headers)
    # As over a network: a body that breaks off, or is shorter than was said, is an error while it is read.
    response.raw = urllib3.HTTPResponse(
        content, dict(headers), status, preload_content=False, request_method=request.method
    )
    response.encoding = "utf-8"
    return response
