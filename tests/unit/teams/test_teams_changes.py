"""The changes between the teams wanted and the teams there: a pure function, told by tables."""

from datetime import UTC, datetime, timedelta

import pytest

from teamskit.plan import Action, Recorded
from teamskit.teams import WantedTeam, changes
from teamskit.teams.changes import member_target
from teamskit.tenant.models import ClassTeam, TeamMember

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
KEY = "s/2026/7x/Ma1"
WANTED = WantedTeam(
    KEY,
    "s",
    "7x/Ma1",
    "7x/Ma1",
    "7x/Ma1 2026/27",
    "s-2627-7x-Ma1",
    "s-2627-7x-Ma1",
    {"t": "staff JFO"},
    {"p": "pupil 1"},
)


def there(*members, has_team=True, archived=False):
    people = tuple(TeamMember(name, f"{name}@school.example", owner) for name, owner in members)
    return ClassTeam("gid", KEY, "s-2627-7x-Ma1", "7x/Ma1", has_team, archived, people)


def recorded(account, hours_ago, event="done", after="member"):
    target = member_target(KEY, account)
    state, at = {"role": after} if after else None, NOW - timedelta(hours=hours_ago)
    held = (state, at) if event == "done" else (None, None)
    return {target: Recorded(target, event, "add", at, state, {}, *held)}


def short(found):
    return [(change.action, change.target.key.rpartition("|")[2], change.before, change.after) for change in found]


MEMBER, OWNER = {"role": "member"}, {"role": "owner"}


@pytest.mark.parametrize(
    ("actual", "journal", "expected"),
    [
        ([there(("t", True), ("p", False))], {}, []),
        ([there(("t", True))], {}, [(Action.ADD, "p", None, MEMBER)]),
        ([there(("t", True))], recorded("p", 23), []),
        ([there(("t", True))], recorded("p", 25), [(Action.ADD, "p", None, MEMBER)]),
        ([there(("t", True))], recorded("p", 1, "failed"), [(Action.ADD, "p", None, MEMBER)]),
        ([there(("t", False), ("p", False))], {}, [(Action.UPDATE, "t", MEMBER, OWNER)]),
        ([there(("t", True), ("p", False), ("x", False))], {}, []),
        ([there(("t", True), ("p", False), ("x", False))], recorded("x", 900), [(Action.REMOVE, "x", MEMBER, None)]),
        ([there(("t", True), ("p", False), ("x", False))], recorded("x", 900, after=None), []),
        ([there(("t", True), archived=True)], {}, []),
    ],
)
def test_members(actual, journal, expected):
    assert short(changes([WANTED], actual, journal, NOW)[0]) == expected


@pytest.mark.parametrize(("actual", "before"), [([], None), ([there(has_team=False)], {"team": False})])
def test_a_team_is_made_with_everybody_in_it(actual, before):
    found, _, _ = changes([WANTED], actual, {}, NOW)
    assert [(change.action, change.before) for change in found][0] == (Action.CREATE, before)
    assert short(found)[1:] == [(Action.ADD, "t", None, OWNER), (Action.ADD, "p", None, MEMBER)]


def test_an_archived_team_is_left_out_and_said():
    found, left_out, _ = changes([WANTED], [there(("t", True), archived=True)], {}, NOW)
    assert found == []
    assert [(item.what, item.why) for item in left_out] == [("7x/Ma1", "its team is archived")]


def test_what_needs_nothing_is_counted():
    assert changes([WANTED], [there(("t", True), ("p", False))], {}, NOW)[2] == 2
    assert changes([WANTED], [there(("t", True))], {}, NOW)[2] == 1
