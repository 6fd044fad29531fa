import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from teamskit.tenant.session import ROOTS, SandboxAdapter
from teamskit.tenant.transport import Transport

Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, Any], Answer]


class HandClock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 8, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


class FakeGraph:
    """Answers single requests and batches by one function; counts what came."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.handler: Handler = lambda method, path, body: (200, {}, {"value": []})
        self.seen: list[tuple[float, str, str]] = []
        self.batches: list[int] = []
        self.whole: list[int] = []

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any], /) -> Iterable[bytes]:
        path = environ["REQUEST_URI"].removeprefix("/v1.0")
        body = json.loads(environ["wsgi.input"].read() or b"null")
        status, headers, answer = (
            self._batch(body) if path == "/$batch" else self._one(environ["REQUEST_METHOD"], path, body)
        )
        if status == 0:
            raise ConnectionResetError
        start_response(f"{status} x", [("Content-Type", "application/json"), *headers.items()])
        return [b"" if answer is None else json.dumps(answer).encode("utf-8")]

    def _one(self, method: str, path: str, body: Any) -> Answer:
        self.seen.append((self.clock.now().timestamp(), method, path))
        return self.handler(method, path, body)

    def _batch(self, body: Any) -> Answer:
        self.batches.append(len(body["requests"]))
        if self.whole:
            return self.whole.pop(0), {}, {"error": {"code": "x"}}
        members = []
        for one in reversed(body["requests"]):
            status, headers, answer = self._one(one["method"], one["url"], one.get("body"))
            members.append({"id": one["id"], "status": status, "headers": headers, "body": answer})
        return 200, {}, {"responses": members}

    def times(self) -> Counter[str]:
        return Counter(path for _, _, path in self.seen)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def service(clock: HandClock) -> FakeGraph:
    return FakeGraph(clock)


@pytest.fixture
def transport(clock: HandClock, service: FakeGraph) -> Transport:
    session = requests.Session()
    session.mount("https://", SandboxAdapter(service.wsgi))
    return Transport(session, clock, token=lambda _: "t", root=ROOTS, workers=1)
