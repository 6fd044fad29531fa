"""Federation settings: the forms read and written, and the order of steps, whatever a service makes of them."""

import itertools

import pytest

from teamskit.errors import PolicyDocumentError
from teamskit.tenant import federation

ALL = "AllowAllKnownDomains"


def tenant(switch=True, allowed=None, **other):
    return {"AllowFederatedUsers": switch, "AllowedDomains": {} if allowed is None else allowed, **other}


def listed(*names):
    return {"AllowedDomain": [{"Domain": name} for name in names]}


@pytest.mark.parametrize(
    ("switch", "allowed", "read"),
    [
        (True, {}, ALL),
        (True, None, ALL),
        (True, [], ALL),
        (True, {"AllowAllKnownDomains": {}}, ALL),
        (True, listed(), []),
        (True, listed("B.example", "a.example"), ["a.example", "b.example"]),
        (True, {"AllowedDomain": ["a.example"]}, ["a.example"]),
        (True, {"AllowedDomain": {"Domain": "a.example"}}, ["a.example"]),
        (False, {}, []),
        (False, listed("a.example"), []),
    ],
)
def test_what_is_read_says_who_is_let_in(switch, allowed, read):
    assert federation.as_read({"AllowFederatedUsers": switch, "AllowedDomains": allowed})["AllowedDomains"] == read


def test_blocked_domains_and_other_settings_are_read():
    found = federation.as_read(tenant(BlockedDomains=[{"Domain": "Z.example"}, "y.example"], AllowTeamsConsumer=False))
    assert (found["BlockedDomains"], found["AllowTeamsConsumer"]) == (["y.example", "z.example"], False)
    assert "BlockedDomains" not in federation.as_read(tenant())


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"AllowFederatedUsers": True, "AllowedDomains": []}, "lets nobody in"),
        ({"AllowedDomains": []}, "lets nobody in"),
        ({"AllowFederatedUsers": False, "AllowedDomains": ["a.example"]}, "lets somebody in"),
        ({"AllowFederatedUsers": False, "AllowedDomains": ALL}, "lets somebody in"),
        ({"AllowedDomains": ["a.example"]}, "lets somebody in"),
        ({"AllowFederatedUsers": True}, "does not say who"),
        ({"AllowFederatedUsers": True, "AllowedDomains": "a.example"}, "list of domains"),
        ({"AllowFederatedUsers": True, "AllowedDomains": ["*"]}, "no domain"),
        ({"AllowFederatedUsers": True, "AllowedDomains": [ALL]}, "no domain"),
        ({"AllowFederatedUsers": True, "AllowedDomains": ["a.example\n"]}, "no domain"),
        ({"BlockedDomains": ALL}, "list of domains"),
        ({"AllowedDomainsAsAList": ["a.example"]}, "another way"),
    ],
)
def test_a_document_that_does_not_say_clearly_who_is_let_in_is_refused(settings, named):
    with pytest.raises(PolicyDocumentError, match=named) as caught:
        federation.check_document(settings)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "settings",
    [
        {"AllowFederatedUsers": False},
        {"AllowFederatedUsers": False, "AllowedDomains": []},
        {"AllowFederatedUsers": True, "AllowedDomains": ("a.example", "b.a.example")},
        {"AllowFederatedUsers": True, "AllowedDomains": ALL, "BlockedDomains": ["b.example"]},
        {"AllowTeamsConsumer": False},
        {"BlockedDomains": []},
    ],
)
def test_a_clear_document_is_taken(settings):
    federation.check_document(settings)


def test_a_documents_list_compares_with_what_is_read():
    wanted = federation.as_wanted({"AllowFederatedUsers": True, "AllowedDomains": ("B.example", "a.example")})
    assert wanted == federation.as_read(tenant(allowed=listed("a.example", "b.example")))


@pytest.mark.parametrize(
    ("found", "settings", "sent"),
    [
        (tenant(), {"AllowFederatedUsers": False, "AllowedDomains": []}, [{"AllowFederatedUsers": False}]),
        (tenant(False), {"AllowedDomains": []}, []),
        (
            tenant(False, listed("a.example")),
            {"AllowFederatedUsers": True, "AllowedDomains": ["a.example"]},
            [{"AllowFederatedUsers": True}],
        ),
        (
            tenant(),
            {"AllowedDomains": ["a.example"], "AllowTeamsConsumer": False},
            [
                {"AllowTeamsConsumer": False},
                {"AllowFederatedUsers": False},
                {"AllowedDomains": {"AllowList": ["a.example"]}},
                {"AllowFederatedUsers": True},
            ],
        ),
        (
            tenant(False, listed()),
            {"AllowFederatedUsers": True, "AllowedDomains": ALL, "BlockedDomains": ["b.example"]},
            [{"BlockedDomains": [{"Domain": "b.example"}]}, {"AllowedDomains": {}}, {"AllowFederatedUsers": True}],
        ),
    ],
)
def test_the_steps_open_last_and_never_with_an_empty_list(found, settings, sent):
    assert [dict(step.forms[0]) for step in federation.steps(found, settings)] == sent


@pytest.mark.parametrize(
    ("found", "settings"),
    [
        (tenant(), {"AllowedDomains": []}),
        (tenant(False), {"AllowedDomains": ["a.example"]}),
        (tenant(False), {"AllowedDomains": ALL}),
        (tenant(False), {"AllowFederatedUsers": True}),
        (tenant(), {"AllowFederatedUsers": False, "AllowedDomains": ["a.example"]}),
    ],
)
def test_what_does_not_fit_the_tenant_is_refused_before_anything_is_sent(found, settings):
    with pytest.raises(PolicyDocumentError):
        federation.steps(found, settings)


STATES = [{}, listed(), listed("a.example"), listed("b.example")]


@pytest.mark.parametrize("before", list(itertools.product([True, False], STATES)), ids=str)
@pytest.mark.parametrize("coerced", list(itertools.product(STATES, STATES)), ids=str)
def test_no_step_opens_federation_whatever_the_service_makes_of_a_form(before, coerced):
    """A service that turns the two list forms into any state at all, stopped after any step."""
    state = tenant(*before)
    openest = before[0] and before[1] == {}
    had = set(federation.as_read(state)["AllowedDomains"]) if not openest else set()
    settings = {"AllowFederatedUsers": True, "AllowedDomains": ["a.example"]}
    for step in federation.steps(state, settings):
        for form, result in zip(step.forms, coerced, strict=False):
            state |= {"AllowedDomains": result} if "AllowedDomains" in form else form
            let_in = federation.as_read(state)["AllowedDomains"]
            assert openest or (let_in != ALL and set(let_in) <= had | {"a.example"})
            if step.is_done(state) or not step.may_go_on(state):
                break
        if not step.is_done(state):
            assert state["AllowFederatedUsers"] is False
            break
    else:
        assert federation.as_read(state)["AllowedDomains"] == ["a.example"]
