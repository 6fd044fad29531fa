"""V09: who may open a file, by the permissions of its item."""

import pytest

from teamskit.recordings.files import Grant, Link, Somebody
from teamskit.recordings.people import People
from teamskit.recordings.sharing import shared_by

PEOPLE = People(
    {"a-reid": "staff", "a-okoro": "staff", "a-leo": "pupil"},
    {"reid@school.example": "a-reid", "leo@school.example": "a-leo", "old@school.example": "a-old"},
    frozenset({"a-guest"}),
    frozenset({"school.example"}),
)


def user(account="", email="", login="", role="read"):
    person = {"user": {"id": account, "email": email, "displayName": "X"}, "siteUser": {"loginName": login}}
    return {"id": "p", "roles": [role], "grantedToV2": person}


def link(scope, *accounts, kind="view"):
    named = [{"user": {"id": one, "displayName": one}} for one in accounts]
    return {"id": "l", "roles": ["read"], "link": {"scope": scope, "type": kind}, "grantedToIdentitiesV2": named}


def grants(*permissions):
    return [(one.to, one.role) for one in shared_by(permissions, PEOPLE, "a-reid").grants]


def test_an_invitation_is_normal():
    pupils = [user("a-leo", "leo@school.example") for _ in range(28)]
    got = shared_by([user("a-reid", role="owner"), user("a-okoro", role="write"), *pupils], PEOPLE, "a-reid")
    assert (got.links, got.grants, got.granted) == ((), (), ())


@pytest.mark.parametrize(
    ("permission", "wanted"),
    [
        (user("a-guest"), [("guest", "read")]),
        (user("a-1", "sam@elsewhere.example", role="write"), [("guest", "write")]),
        (user("a-2", login="i:0#.f|membership|sam_elsewhere.example#ext#@school.example"), [("guest", "read")]),
        (user("a-3", login="i:0#.f|membership|urn%3aspo%3aguest#sam@elsewhere.example"), [("guest", "read")]),
        (user(login="c:0-.f|rolemanager|spo-grid-all-users/1111"), [("everybody", "read")]),
        (user("a-leo", "leo@school.example", role="write"), [("pupil", "write")]),
        (user("a-old", "old@school.example"), []),
        ({"roles": ["write"], "grantedToV2": {"group": {"id": "g"}, "siteGroup": {"loginName": "Members"}}}, []),
        ({"roles": ["read"], "invitation": {"email": "sam@elsewhere.example"}}, [("guest", "read")]),
        ({"roles": ["read"], "invitation": {"email": "leo@school.example"}}, []),
    ],
)
def test_rights_given_directly(permission, wanted):
    assert grants(permission) == wanted


@pytest.mark.parametrize(
    ("permission", "outside"),
    [
        (link("anonymous"), True),
        (link("organization"), True),
        (link("users", "a-reid", "a-okoro"), False),
        (link("users", "a-okoro", "a-leo"), True),
        (link("users", "a-guest"), True),
        (link("existingAccess"), False),
    ],
)
def test_links(permission, outside):
    [got] = shared_by([permission], PEOPLE, "a-reid").links
    assert (got.scope, got.outside) == (permission["link"]["scope"], outside)


def test_the_same_link_twice_is_one_and_the_order_does_not_matter():
    one, two = link("anonymous", kind="edit"), link("organization")
    assert shared_by([two, one, one], PEOPLE, "a-reid").links == (
        Link("anonymous", "edit", True),
        Link("organization", "view", True),
    )
    got = shared_by([user("a-guest"), user("a-1", "sam@elsewhere.example")], PEOPLE, "a-reid")
    assert got.grants == (Grant("guest", "read"),)
    assert got.granted == (Somebody("a-1", "X", "sam@elsewhere.example"), Somebody("a-guest", "X", ""))
