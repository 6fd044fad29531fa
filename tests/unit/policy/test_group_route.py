"""What a group gives is neither taken away person by person nor given back as if it had been given directly."""

from datetime import UTC, datetime

import pytest

from teamskit.plan import Action, Noted, Target
from teamskit.policy import Due, Held, Standing, assign_listed, catalogue, unassign_listed, undo
from teamskit.roster.people_found import Found
from teamskit.tenant.models import Account, EffectivePolicy, Policy

TYPE = "TeamsMessagingPolicy"
DUE = (Due("disable-chat", TYPE, "Disable chat", "pupils"),)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
ANN = Found(2, Account("a1", "a@school.example", "", "", "", "Member", True), "pupil")


def held(route, name="Disable chat"):
    return Held({("a1", TYPE): EffectivePolicy("a1", TYPE, name, route)}, {}, NOW)


def test_who_has_it_by_a_group_keeps_it_and_is_listed():
    wish = unassign_listed("l.csv", [ANN], DUE, held("group"))
    assert not wish.changes
    assert [(one.what, one.why) for one in wish.left_out] == [
        ("l.csv, row 2: account a1", "has Disable chat by a group")
    ]


def test_who_has_it_by_a_group_needs_nothing():
    wish = assign_listed("l.csv", [ANN], catalogue()["disable-chat"], DUE, held("group", "DISABLE CHAT"))
    assert (wish.changes, wish.kept) == ((), 1)


def noted(before, after, event="done"):
    return Noted(Target("policy-assignment", f"a1/{TYPE}"), "assign", before, after, event)


def standing(route, name, *known):
    return Standing({(TYPE, one.casefold()): Policy(TYPE, one) for one in known}, held(route, name))


def test_a_groups_policy_comes_back_by_taking_the_direct_one_away():
    one = noted({"policy": "Disable chat", "route": "group"}, {"policy": "Other"})
    (change,) = undo("r", [one], standing("direct", "Other", "Disable chat", "Other")).changes
    assert (change.action, change.before, change.after) == (Action.REMOVE, {"policy": "Other", "route": "direct"}, None)
    back = undo("r", [one], standing("group", "Disable chat"))
    assert (back.changes, back.left_out, back.assignments_kept) == ((), (), 1)


@pytest.mark.parametrize("event", ["done", "intended", "failed"])
def test_a_direct_policy_is_given_again_over_a_groups(event):
    one = noted({"policy": "Mine", "route": "direct"}, None, event)
    (change,) = undo("r", [one], standing("group", "Disable chat", "Mine", "Disable chat")).changes
    assert (change.action, change.before, change.after) == (
        Action.ASSIGN,
        {"policy": "Disable chat", "route": "group"},
        {"policy": "Mine"},
    )
