"""The one way to Microsoft: single calls, whole lists, many calls together; repeats, limits and batches are kept here.

Calls and tasks flow in, replies flow out. It knows no roster, team or policy.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import requests
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

from teamskit.clock import Clock
from teamskit.errors import Refused, SignInError
from teamskit.tenant.calls import Call, Reply, Service, Task
from teamskit.tenant.conductor import Conductor
from teamskit.tenant.refusals import error_of
from teamskit.tenant.retry import BUSY, RESENDS, retry_after
from teamskit.tenant.throttling import Pacer, limits_of
from teamskit.tenant.tokens import kind_of
from teamskit.tenant.wire import Wire

EXPIRED_PAGE = "Directory_ExpiredPageToken"
RESTARTS = 2
"""How often a list whose page link expired is read again from its first page."""


class Transport:
    """Speaks to one tenant as one app. `clock` is the tenant's, `round_trips` the number of HTTP requests so far."""

    def __init__(
        self,
        session: requests.Session,
        clock: Clock,
        *,
        token: Callable[[Service], str],
        root: Mapping[Service, str],
        workers: int = 4,
        log: logging.Logger | None = None,
    ) -> None:
        """Take a session, a clock, a token and a root address for each service, and how many requests go at once."""
        self.clock = clock
        self._root, self._workers, self._pacer, self._token = root, workers, Pacer(), token
        self._wire = Wire(session, token, root, log or logging.getLogger("teamskit.tenant"))

    @property
    def round_trips(self) -> int:
        """Give how many HTTP requests have been sent; a batch is one."""
        return self._wire.round_trips

    def must_be_app(self, what: str) -> None:
        """Raise SignInError when a person is signed in instead of an application; sends nothing to Graph itself."""
        if kind_of(self._token("graph")) == "delegated":
            raise SignInError(
                f"{what} need the application's own sign-in, and a person is signed in",
                where="school.toml, [signin]",
                next_step="Use application sign-in: set certificate there, and leave method out (docs/signing-in.md).",
            )

    def send(self, call: Call) -> Reply:
        """Send one call and give its reply (2xx), after up to 6 repeats.

        Repeated: 429 always; 502, 503, 504 and a cut connection when the call is repeatable. Then raises Throttled,
        Unreachable, PermissionMissing (401, 403) or Refused (anything else, 404 too).
        """
        reply = self.ask(call)
        if not reply.ok:
            raise error_of(call, reply)
        return reply

    def ask(self, call: Call) -> Reply:
        """Send one call like `send`, but give whatever reply was the last instead of raising."""

        def may_go_again(reply: Reply) -> bool:
            return reply.status == 429 or (call.repeatable and (reply.status in BUSY or reply.status == 0))

        retrying = Retrying(
            retry=retry_if_result(may_go_again),
            wait=self._wait,
            stop=stop_after_attempt(RESENDS + 1),
            sleep=self.clock.sleep,
            retry_error_callback=_last_reply,
        )
        reply: Reply = retrying(self._paced, call)
        return reply

    def _wait(self, state: RetryCallState) -> float:
        return retry_after(_last_reply(state).headers, self.clock.now(), state.attempt_number)

    def _paced(self, call: Call) -> Reply:
        limits = limits_of(call)
        now = self.clock.now().timestamp()
        opens = max((self._pacer.opens_at(limit, now) for limit in limits), default=now)
        if opens > now:
            self.clock.sleep(opens - now)
            now = max(opens, self.clock.now().timestamp())
        self._pacer.record(limits, now)
        reply = self._wire.exchange(call)
        self._pacer.heed(call, reply.status, reply.headers, self.clock.now().timestamp())
        return reply

    def stream(self, url: str, headers: Mapping[str, str]) -> AbstractContextManager[requests.Response]:
        """Open a link that carries its own permission; no token goes with it. Raises as requests does."""
        return self._wire.stream(url, headers)

    def conduct(self, tasks: Iterable[Task]) -> None:
        """Run all tasks together, their calls packed into batches inside the limits, to the end of the last one."""
        Conductor(self._wire, self._pacer, self.clock, self._workers).run(tasks)

    def gather(self, calls: Sequence[Call]) -> list[Reply]:
        """Give the replies to any number of calls, in order, refusals among them; only failed members are resent."""
        replies: list[Reply] = [Reply(0)] * len(calls)

        def one(place: int, call: Call) -> Task:
            replies[place] = yield call

        self.conduct(one(place, call) for place, call in enumerate(calls))
        return replies

    def pages(self, call: Call) -> list[dict[str, Any]]:
        """Give every item of a list, following its page links; raises like `send` and never gives part of a list.

        A list whose page link expired is read again from its first page, at most twice.
        """
        steps = self.page_steps(call)
        try:
            asked = next(steps)
            while True:
                asked = steps.send(self.ask(asked))
        except StopIteration as end:
            return whole(call, end.value)

    def many_pages(self, calls: Sequence[Call]) -> list[list[dict[str, Any]]]:
        """Give the items of several lists, each followed to its end, by batches; raises when any list is not whole."""
        return [whole(call, found) for call, found in zip(calls, self.try_pages(calls), strict=True)]

    def try_pages(self, calls: Sequence[Call]) -> list[list[dict[str, Any]] | Reply]:
        """Give several lists like `many_pages`, but the refusing reply in place of a list that could not be read."""
        found: list[list[dict[str, Any]] | Reply] = [Reply(0)] * len(calls)

        def one(place: int, call: Call) -> Task:
            found[place] = yield from self.page_steps(call)

        self.conduct(one(place, call) for place, call in enumerate(calls))
        return found

    def page_steps(self, call: Call) -> Generator[Call, Reply, list[dict[str, Any]] | Reply]:
        """Yield the calls that read one list to its end; return its items, or the reply that refused.

        Source: Graph "Paging" (2026-05), read 2026-11-25: a link is used whole, a page may be empty.
        """
        restarts, items, asked = 0, list[dict[str, Any]](), call
        while True:
            reply = yield asked
            if not reply.ok:
                if reply.error_code != EXPIRED_PAGE or restarts == RESTARTS:
                    return reply
                restarts, items, asked = restarts + 1, [], call
                continue
            body = reply.body
            if not isinstance(body, Mapping) or not isinstance(body.get("value"), list):
                return Reply(0, None, reply.headers)
            items += body["value"]
            if "@odata.nextLink" not in body:
                return items
            asked = self.next_page(call, body["@odata.nextLink"])

    def next_page(self, call: Call, link: str) -> Call:
        """Give the call for a page link, always below our own root, so that no token leaves for another host."""
        root = self._root[call.service]
        path = link[len(root) :] if link.startswith(root) else link.partition("/v1.0")[2]
        if not path.startswith("/"):
            raise Refused(
                "Microsoft gave a page link to another place", where="@odata.nextLink", next_step="Run again."
            )
        return Call(call.method, path, call.permission, headers=call.headers, service=call.service)


def whole(call: Call, found: list[dict[str, Any]] | Reply) -> list[dict[str, Any]]:
    """Give a list that was read to its end; raise what refused it otherwise."""
    if isinstance(found, Reply):
        raise error_of(call, found)
    return found


def _last_reply(state: RetryCallState) -> Reply:
    reply: Reply = state.outcome.result() if state.outcome else Reply(0)
    return reply
