"""The WSGI app (PEP 3333): reads a request, finds its endpoint, answers it inside one transaction.

`/v1.0/…` is Microsoft Graph whatever the host, `/Skype.Policy/…` and `/Teams.Tenant/…` the Teams admin API,
`/personal/…` and `/sites/…` downloads, which need no token, and `/sandbox/…` what only this tenant has. Any bearer
token will do, unless a guard checks it. What each request came to is counted for `show`.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from teamskit.sandbox import batch, downloads, faults, throttle, weather
from teamskit.sandbox.clock import TenantClock, to_datetime
from teamskit.sandbox.endpoints import ROUTES
from teamskit.sandbox.request import GRAPH_ROOT, Answer, Facts, Refusal, Request, Visit, bad_request
from teamskit.sandbox.routing import Route
from teamskit.sandbox.store import Store
from teamskit.sandbox.streaming import pieces
from teamskit.sandbox.tokens import is_of_person

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_APP_ONLY = ("/communications/callRecords",)
Guard = Callable[[sqlite3.Connection, Request, str], None]
_OTHERS = ("/skype.policy/", "/teams.tenant/", "/sandbox/", *downloads.PLACES)


class App:
    """Answer requests on one store."""

    def __init__(self, store: Store, clock: TenantClock, facts: Facts, guard: Guard | None = None) -> None:
        """Serve the tenant of `facts`, kept in `store`, on `clock`; `guard` refuses by token, request and template."""
        self._guard = guard or _any_token
        self._store = store
        self._clock = clock
        self._facts = facts

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one HTTP request; raises ConnectionResetError when a fault cuts the connection."""
        headers = _headers(environ)
        ids = {"request-id": str(uuid.uuid4())}
        ids["client-request-id"] = headers.get("client-request-id", ids["request-id"])
        answer = self._guarded(environ, headers, ids)
        if answer.status == 0:
            raise ConnectionResetError("the embedded tenant cut the connection")
        payload = b"" if answer.body is None else json.dumps(answer.body, separators=(",", ":")).encode("utf-8")
        length = answer.stretch.stop - answer.stretch.start if answer.stretch else len(payload)
        sent = {"Content-Type": "application/json", "Content-Length": str(length), "OData-Version": "4.0"}
        start_response(
            f"{answer.status} {_REASONS.get(answer.status, 'Status')}",
            list((sent | ids | dict(answer.headers)).items()),
        )
        return pieces(self._store, self._clock, answer.stretch) if answer.stretch else [payload]

    def _guarded(self, environ: Mapping[str, Any], headers: Mapping[str, str], ids: Mapping[str, str]) -> Answer:
        try:
            request = _request(environ, headers)
        except Refusal as refusal:
            return refusal.answer(self._inner(ids))
        if request.path == "/$batch" and request.method == "POST":
            return self._batch(request, ids)
        return self._one(request, ids, is_trip=True)

    def _one(self, request: Request, ids: Mapping[str, str], *, is_trip: bool, instant: int | None = None) -> Answer:
        with self._store.transaction() as db:
            now = self._clock.now(db) if instant is None else instant
            template, answer = self._fulfil(db, now, request, ids)
            _count(db, request.method, template, answer.status, is_trip=is_trip)
        # As Microsoft's answers do, by which a client can tell how far off its own clock is.
        date = {"Date": format_datetime(to_datetime(now), usegmt=True)} if is_trip else {}
        return replace(answer, headers={**date, **answer.headers})

    def _fulfil(self, db: sqlite3.Connection, now: int, request: Request, ids: Mapping[str, str]) -> tuple[str, Answer]:
        fault = faults.firing(db, request)
        template = "(unknown)"
        try:
            route, args = self._found(db, request)
            template = route.template
            if fault is not None and not fault.commit:
                return template, fault.answer()
            visit = Visit(db, now, self._facts, request, args)
            if route in downloads.ROUTES:
                met = weather.met_with(db)
                answer = met.over(lambda: _handled(route, visit))
            else:
                self._guard(db, request, template)
                answer = _handled(route, visit)
        except Refusal as refusal:
            return template, refusal.answer(_inner_error(now, ids))
        return template, answer if fault is None else fault.answer()

    def _found(self, db: sqlite3.Connection, request: Request) -> tuple[Route, tuple[str, ...]]:
        """Find the endpoint; whoever shows no token is not told which there are."""
        try:
            return ROUTES.find(request.method, request.path)
        except Refusal:
            self._guard(db, request, "")
            raise

    def _batch(self, request: Request, ids: Mapping[str, str]) -> Answer:
        with self._store.transaction() as db:
            now = self._clock.now(db)
            opened = self._open_batch(db, request, _inner_error(now, ids))
            status = opened.status if isinstance(opened, Answer) else 200
            _count(db, "POST", "/$batch", status, is_trip=True)
        if isinstance(opened, Answer):
            return opened
        answers = batch.carry_out(opened, lambda member: self._one(member, ids, is_trip=False, instant=now))
        if any(answer.status == 0 for _key, answer in answers):
            return Answer(0)
        shown = sorted(answers, key=lambda pair: zlib.crc32(pair[0].encode("utf-8")))
        return Answer(200, {"responses": [batch.response(key, answer) for key, answer in shown]})

    def _open_batch(
        self, db: sqlite3.Connection, request: Request, inner: Mapping[str, str]
    ) -> list[batch.Member] | Answer:
        fault = faults.firing(db, request)
        if fault is not None and not fault.commit:
            return fault.answer()
        try:
            self._guard(db, request, "")
            return batch.members(request)
        except Refusal as refusal:
            return refusal.answer(inner)

    def _inner(self, ids: Mapping[str, str]) -> dict[str, str]:
        with self._store.transaction() as db:
            now = self._clock.now(db)
            _count(db, "ANY", "(unknown)", 400, is_trip=True)
        return _inner_error(now, ids)


def _handled(route: Route, visit: Visit) -> Answer:
    headers = throttle.count_request(visit, route.family)
    # What a refused request had written is undone, but it has counted against the limits.
    visit.db.execute("SAVEPOINT answering")
    try:
        answer = route.handler(visit)
    except Refusal:
        visit.db.execute("ROLLBACK TO answering")
        raise
    return replace(answer, headers={**headers, **answer.headers})


def _inner_error(now: int, ids: Mapping[str, str]) -> dict[str, str]:
    return {"date": to_datetime(now).strftime("%Y-%m-%dT%H:%M:%S"), **ids}


def _any_token(_db: sqlite3.Connection, request: Request, template: str) -> None:
    """Take any bearer token, and refuse to one of a person what Microsoft shows to applications only."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, "InvalidAuthenticationToken", "The access token is empty.")
    if template.startswith(_APP_ONLY) and is_of_person(token.strip()):
        raise Refusal(403, "Forbidden", "Insufficient privileges: this needs an application permission.")


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {key[5:].replace("_", "-").lower(): str(value) for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        found["content-type"] = str(environ["CONTENT_TYPE"])
    return found


def _request(environ: Mapping[str, Any], headers: Mapping[str, str]) -> Request:
    path = str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")
    host = str(environ.get("HTTP_HOST") or environ.get("SERVER_NAME", ""))
    root = f"{environ.get('wsgi.url_scheme', 'https')}://{host}/v1.0" if host else GRAPH_ROOT
    if path.lower().startswith("/v1.0/"):
        path = path[5:]
    elif not path.lower().startswith(_OTHERS):
        raise bad_request("The path belongs to no service of this tenant.", "BadRequest")
    raw = str(environ.get("QUERY_STRING", ""))
    method = str(environ["REQUEST_METHOD"]).upper()
    return Request(method, path, _query(raw), headers, _body(environ), root, raw)


def _query(raw: str) -> dict[str, str]:
    return dict(parse_qsl(raw, keep_blank_values=True))


def _body(environ: Mapping[str, Any]) -> Any:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not length:
        return None
    try:
        return json.loads(environ["wsgi.input"].read(length))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise bad_request("The body is not JSON.", "BadRequest") from error


def _count(db: sqlite3.Connection, method: str, template: str, status: int, *, is_trip: bool) -> None:
    keys = [f"{method} {template} {status}"]
    if is_trip:
        keys.append("round_trips")
    if status == 429:
        keys.append("throttled")
    if method in ("POST", "PUT", "PATCH", "DELETE") and template != "/$batch" and 200 <= status < 300:
        keys.append("writes_accepted")
    db.executemany(
        "INSERT INTO counts VALUES (?, 1) ON CONFLICT(key) DO UPDATE SET n = n + 1", [(key,) for key in keys]
    )
