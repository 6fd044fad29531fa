"""Plans as values, limits, the journal, and the engine with an honest doer of its own."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teamskit.errors import InputError, PlanStale, PlanUnsafe
from teamskit.plan import Action, Change, Journal, Plan, Target, apply_plan, read_plan
from teamskit.plan.plan import bound


class HandClock:
    def __init__(self):
        self.moment = datetime(2026, 11, 23, 7, tzinfo=UTC)

    def now(self):
        return self.moment

    def sleep(self, seconds):
        self.moment += timedelta(seconds=seconds)


class Quiet:
    def start(self, title, total): ...
    def step(self, count=1): ...
    def stop(self): ...


class Shelf:
    """A doer over a dictionary; `breaks_at` cuts the run before that many changes are carried out."""

    title, kinds = "Shelf", ("thing",)

    def __init__(self, shelf, breaks_at=None):
        self.shelf, self.breaks_at, self.sent = shelf, breaks_at, 0

    def look(self, changes):
        return {change.target: self.shelf.get(change.target.key) for change in changes}

    def parts(self, changes):
        return [changes]

    def tasks(self, changes, ledgering):
        for change in changes:
            yield lambda change=change: self._do(change, ledgering)

    def _do(self, change, ledgering):
        ledgering.intend([change])
        if self.breaks_at == self.sent:
            raise KeyboardInterrupt
        self.sent += 1
        self.shelf[change.target.key] = change.after
        ledgering.done([change])


def conduct(tasks):
    for task in tasks:
        task()


def thing(key, after, before=None):
    return Change(Target("thing", key), Action.CREATE, before, after, "because")


def run(tmp_path, plan, shelf, breaks_at=None):
    return apply_plan(plan, [Shelf(shelf, breaks_at)], Journal(tmp_path / "journal"), conduct, HandClock(), Quiet())


def plan_of(*changes):
    return Plan("School", "tenant", "2026-11-23T07:00:00Z", changes)


def test_a_saved_plan_is_read_back_the_same(tmp_path):
    plan = plan_of(thing("a", {"x": 1}), thing("b", {"x": "é"}))
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan.as_json()), encoding="utf-8")
    assert read_plan(path) == plan
    path.write_text(json.dumps(plan.as_json()).replace('"x": 1', '"x": 2'), encoding="utf-8")
    with pytest.raises(InputError, match="changed after it was saved"):
        read_plan(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"changes": 3}'])
def test_what_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no plan of teamskit"):
        read_plan(path)


def test_a_second_apply_sends_nothing(tmp_path):
    shelf, plan = {}, plan_of(thing("a", {"x": 1}), thing("b", {"x": 2}))
    _, first = run(tmp_path, plan, shelf)
    name, second = run(tmp_path, plan, shelf)
    assert [o.result for o in first] == ["done", "done"]
    assert [o.result for o in second] == ["already", "already"]
    assert name == ""


def test_a_tenant_that_moved_on_stops_the_plan_before_anything(tmp_path):
    shelf = {"b": {"x": 9}}
    with pytest.raises(PlanStale) as caught:
        run(tmp_path, plan_of(thing("a", {"x": 1}), thing("b", {"x": 2})), shelf)
    assert caught.value.moved == ("thing b",)
    assert "a" not in shelf


@given(st.integers(0, 6), st.integers(0, 6))
def test_any_cut_resumes_to_the_same_end(tmp_path_factory, first, second):
    tmp_path, shelf = tmp_path_factory.mktemp("cut"), {}
    plan = plan_of(*(thing(str(n), {"x": n}) for n in range(6)))
    for at in (first, second):
        try:
            run(tmp_path, plan, shelf, at)
        except KeyboardInterrupt:
            continue
    run(tmp_path, plan, shelf)
    assert shelf == {str(n): {"x": n} for n in range(6)}


@given(st.integers(0, 400))
def test_a_journal_cut_anywhere_can_be_read(tmp_path_factory, keep):
    tmp_path = tmp_path_factory.mktemp("journal")
    run(tmp_path, plan_of(thing("a", {"x": 1}), thing("b", {"x": 2})), {})
    file = next((tmp_path / "journal").glob("*.jsonl"))
    file.write_bytes(file.read_bytes()[:keep])
    for record in Journal(tmp_path / "journal").newest().values():
        assert record.event in ("intended", "done")


@pytest.mark.parametrize(
    ("value", "out_of", "threshold", "exceeded"),
    [(1, 3, 1, False), (2, 3, 1, True), (96, 157, 51, True), (200, 1000, 200, False), (201, 1000, 200, True)],
)
def test_limits_take_number_and_share_and_guard_small_schools(value, out_of, threshold, exceeded):
    limit = bound("memberships removed", value, out_of, 200, 0.33, "--allow-removals")
    assert (limit.threshold, limit.exceeded) == (threshold, exceeded)


def test_a_limit_is_lifted_by_its_own_number_only():
    plan = Plan("S", "t", "2026-11-23T07:00:00Z", limits=(bound("removed", 96, 157, 200, 0.33, "--allow-removals"),))
    for allowed in ({}, {"--allow-removals": 95}, {"--allow-reassignments": 500}):
        with pytest.raises(PlanUnsafe, match="96 of 157"):
            plan.stop_if_unsafe(allowed)
    plan.stop_if_unsafe({"--allow-removals": 96})
