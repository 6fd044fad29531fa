from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from teamskit.errors import Refused
from teamskit.tenant import graph
from teamskit.tenant.calls import Call, Reply, Task, Wait
from teamskit.tenant.session import ROOTS, SandboxAdapter
from teamskit.tenant.transport import Transport


def _reads(count: int) -> list[Call]:
    return [Call("GET", f"/users/{number}", "User.Read.All") for number in range(count)]


def _echo(service: Any, failing: dict[str, Iterator[tuple[int, dict[str, str]]]]) -> None:
    def handler(method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        status, headers = next(failing.get(path, iter(())), (200, {}))
        return status, headers, {"path": path}

    service.handler = handler


def test_gather_keeps_the_order_and_packs_by_twenty(transport: Transport, service: Any) -> None:
    _echo(service, {})
    replies = transport.gather(_reads(45))
    assert [reply.body["path"] for reply in replies] == [f"/users/{number}" for number in range(45)]
    assert service.batches == [20, 20, 5]
    assert transport.gather([]) == []


def test_only_failed_members_go_again_after_the_longest_wait(transport: Transport, service: Any, clock: Any) -> None:
    _echo(service, {"/users/3": iter([(429, {"Retry-After": "7"})]), "/users/5": iter([(503, {"Retry-After": "2"})])})
    replies = transport.gather(_reads(10))
    assert [reply.status for reply in replies] == [200] * 10
    assert service.batches == [10, 2]
    assert sum(clock.slept) == pytest.approx(7, abs=0.1)
    assert {path for path, n in service.times().items() if n == 2} == {"/users/3", "/users/5"}


def test_a_create_comes_back_after_a_5xx_but_a_429_is_sent_again(transport: Transport, service: Any) -> None:
    calls = [Call("POST", f"/education/classes/{n}", "x", {}, repeatable=False) for n in range(2)]
    _echo(service, {"/education/classes/0": iter([(504, {})]), "/education/classes/1": iter([(429, {})])})
    assert [reply.status for reply in transport.gather(calls)] == [504, 200]


def test_after_six_repeats_the_last_reply_is_handed_over(transport: Transport, service: Any) -> None:
    _echo(service, {"/users/0": iter([(429, {})] * 99)})
    assert [reply.status for reply in transport.gather(_reads(2))] == [429, 200]
    assert service.times()["/users/0"] == 7


def test_a_cut_batch_repeats_what_may_be_repeated(transport: Transport, service: Any) -> None:
    _echo(service, {})
    service.whole = [0]
    create = Call("POST", "/education/classes", "x", {}, repeatable=False)
    assert [reply.status for reply in transport.gather([*_reads(1), create])] == [200, 0]
    assert service.batches == [2, 1]


def test_a_batch_refused_as_a_whole_ends_the_run(transport: Transport, service: Any) -> None:
    service.whole = [400]
    with pytest.raises(Refused):
        transport.gather(_reads(3))


def test_a_task_gets_reply_replies_and_time(transport: Transport, service: Any, clock: Any) -> None:
    _echo(service, {})
    got: list[Any] = []

    def task() -> Task:
        got.append((yield _reads(1)[0]))
        got.append((yield _reads(2)))
        got.append((yield []))
        began = clock.now()
        got.append((yield Wait(began + timedelta(seconds=31))))
        got.append((clock.now() - began).total_seconds())

    transport.conduct([task()])
    assert isinstance(got[0], Reply)
    assert [len(got[1]), got[2], got[3]] == [2, [], None]
    assert got[4] == pytest.approx(35, abs=0.01)


def test_admin_calls_go_alone(transport: Transport, service: Any) -> None:
    _echo(service, {})
    admin = Call("GET", "/Skype.Policy/configurations/TeamsMeetingPolicy", "x", service="admin")
    assert [reply.status for reply in transport.gather([*_reads(3), admin, admin])] == [200] * 5
    assert service.batches == [3]


class _Teams:
    """Enough of the service for 300 new classes: replication, operations, and the limits, counted at each instant."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.made: dict[str, float] = {}
        self.asked: dict[str, float] = {}
        self.sent: dict[str, list[float]] = defaultdict(list)
        self.throttled = 0

    def __call__(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        now = self.clock.now().timestamp()
        row = "teams" if path == "/teams" else "add" if path.endswith("/members/add") else ""
        if row:
            recent = [at for at in self.sent[row] if at > now - 1]
            self.sent[row].append(now)
            if len(recent) >= 10:
                self.throttled += 1
                return 429, {"Retry-After": "1"}, {}
        if path == "/education/classes":
            self.made[body["mailNickname"]] = now
            return 201, {}, {"id": body["mailNickname"]}
        if path == "/teams":
            key = body["group@odata.bind"].split("'")[1]
            if now < self.made[key] + 4 + int(key) * 7 % 17:
                return 404, {}, {}
            self.asked[key] = now
            return 202, {"Location": f"/teams('{key}')/operations('0')"}, None
        if "/operations" in path:
            key = path.split("'")[1]
            ready = now > self.asked[key] + 8 + int(key) % 20
            return 200, {}, {"status": "succeeded" if ready else "inProgress"}
        return 200, {}, {"value": []}


def _new_team(number: int, clock: Any, done: list[int]) -> Task:
    key = str(number)
    yield graph.create_class(display_name=key, mail_nickname=key, external_id=key)
    yield [graph.add_teacher(key, "t"), graph.add_class_member(key, "t")]
    yield Wait(clock.now() + timedelta(seconds=10))
    while True:
        reply = yield graph.create_team_on_group(key)
        if reply.ok:
            break
        yield Wait(clock.now() + timedelta(seconds=10))
    status = ""
    while status != "succeeded":
        yield Wait(clock.now() + timedelta(seconds=31))
        status = (yield graph.operation(reply.headers["location"])).body["status"]
    yield graph.add_members(key, [("p", False)])
    yield graph.list_members(key)
    done.append(number)


def test_half_a_round_trip_a_team_and_no_429_of_our_own(transport: Transport, service: Any, clock: Any) -> None:
    service.handler = _Teams(clock)
    done: list[int] = []
    transport.conduct(_new_team(number, clock, done) for number in range(300))
    assert sorted(done) == list(range(300))
    assert service.handler.throttled == 0
    assert transport.round_trips <= 150, Counter(service.batches)


def test_more_workers_do_the_same(service: Any, clock: Any) -> None:
    _echo(service, {})
    session = requests.Session()
    session.mount("https://", SandboxAdapter(service.wsgi))
    transport = Transport(session, clock, token=lambda _: "t", root=ROOTS, workers=4)
    replies = transport.gather(_reads(200))
    assert [reply.body["path"] for reply in replies] == [f"/users/{number}" for number in range(200)]
    assert transport.round_trips == 10
