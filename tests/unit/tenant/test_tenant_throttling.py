import math

import pytest

from teamskit.tenant import graph
from teamskit.tenant.calls import Call
from teamskit.tenant.redaction import path_shape
from teamskit.tenant.throttling import Limit, Pacer, is_scarce, limits_of


@pytest.mark.parametrize(
    ("call", "figures"),
    [
        (graph.create_team_on_group("g"), [(10, 1), (498, 60)]),
        (graph.add_members("t", []), [(10, 1), (498, 60), (4, 60)]),
        (graph.list_members("t"), [(60, 1), (2988, 60), (4, 1)]),
        (graph.get_team("t"), [(30, 1), (1494, 60)]),
        (graph.operation("/teams('t')/operations('o')"), [(30, 1), (1494, 60)]),
        (graph.add_teacher("c", "u"), [(3000, 150)]),
        (Call("GET", "/communications/callRecords?$filter=x", ""), [(1500, 20), (40, 20)]),
        (Call("GET", "/communications/callRecords/a?$expand=sessions", ""), [(1500, 20), (40, 20)]),
        (Call("GET", "/users/u/onlineMeetings?$filter=x", ""), []),
        (Call("GET", "/teams", "", service="admin"), []),
    ],
)
def test_the_table(call: Call, figures: list[tuple[int, int]]) -> None:
    assert [(limit.count, limit.window_s) for limit in limits_of(call)] == figures


def test_one_teams_limit_is_not_anothers() -> None:
    first, second = limits_of(graph.add_members("a", [])), limits_of(graph.add_members("b", []))
    assert first[:2] == second[:2]
    assert first[2] != second[2]


def test_only_slow_rows_are_scarce() -> None:
    assert is_scarce(graph.create_team_on_group("g"))
    assert is_scarce(graph.add_members("t", []))
    assert not is_scarce(graph.list_members("t"))


def test_a_window_opens_with_a_margin() -> None:
    pacer, limit = Pacer(), Limit("k", 2, 1)
    pacer.record([limit, limit], 100.0)
    assert pacer.opens_at(limit, 100.5) == pytest.approx(101.15)
    assert pacer.opens_at(limit, 101.16) == 101.16
    assert pacer.opens_at(limit, 101.16, planned=2) == math.inf


def test_a_429_and_a_warning_halve_the_pace() -> None:
    call = graph.add_teacher("c", "u")
    (limit,) = limits_of(call)
    for status, headers in ((429, {}), (204, {"x-ms-throttle-limit-percentage": "0.95"})):
        pacer = Pacer()
        pacer.heed(call, status, headers, 0.0)
        assert pacer.opens_at(limit, 1.0, planned=1500) == math.inf
        assert pacer.opens_at(limit, 61.0, planned=1500) == 61.0


def test_a_path_keeps_its_shape_only() -> None:
    shape = path_shape("/users/anna/onlineMeetings?$filter=JoinWebUrl eq 'x'&$top=1")
    assert shape.startswith("/users/~")
    assert shape.endswith("/onlineMeetings?$filter&$top")
    assert "anna" not in shape
    assert "Anna" not in path_shape("/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Tag%3AAnna")
    assert path_shape("/teams('1')/operations('2')").startswith("/teams(~")
