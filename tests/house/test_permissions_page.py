"""Tests that docs/permissions.md says what the commands declare, and that identifiers are of Microsoft's form."""

import re

import permissions_page
import pytest

from teamskit.cli.auth_permissions import NO_PERSON, chosen, manifest, person_of
from teamskit.cli.needs import _OF_KIND, needed_for, needs_of
from teamskit.plan import Action, Change, Risk, Target
from teamskit.tenant.permission_ids import APP_ROLES, SCOPES
from teamskit.tenant.permissions import TABLE

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_the_page_is_as_the_commands_declare():
    text = permissions_page.PAGE.read_text(encoding="utf-8")
    assert text == permissions_page.made(text), "run: python tests/permissions_page.py"


def test_every_declared_permission_is_in_the_table():
    every = chosen(()).of
    assert len(every) > 20
    assert {name for _, needs in every for name in needs.names} <= set(TABLE)
    assert [path for path, needs in every if set(needs.always) & set(needs.sometimes)] == []


def test_identifiers_are_there_for_all_that_can_have_one():
    known = {one for row in TABLE.values() if row.in_token for one in row.application}
    assert known == set(APP_ROLES)
    assert {one for row in TABLE.values() if row.in_token for one in row.delegated} == set(SCOPES)
    both = [*APP_ROLES.values(), *SCOPES.values()]
    assert all(GUID.fullmatch(one) for one in both)
    assert len(set(both)) == len(both)


def test_a_manifest_has_roles_or_scopes_and_names_what_it_cannot_have():
    found = chosen(("calls", "policies plan"))
    document, left = manifest(found, delegated=False)
    (resource,) = document["requiredResourceAccess"]
    assert {one["type"] for one in resource["resourceAccess"]} == {"Role"}
    assert {one["id"] for one in resource["resourceAccess"]} >= {APP_ROLES["CallRecords.Read.All"]}
    assert left == ("the Teams Administrator role",)
    document, left = manifest(found, delegated=True)
    scopes = {one["id"] for one in document["requiredResourceAccess"][0]["resourceAccess"]}
    assert SCOPES["EduRoster.ReadBasic"] in scopes
    assert "CallRecords.Read.All (an application only)" in left


def test_a_row_that_no_person_can_use_says_so():
    assert person_of(TABLE["CallRecords.Read.All"]) == NO_PERSON
    assert person_of(TABLE["OnlineMeetings.Read.All"]) == "OnlineMeetings.Read"


def test_every_kind_of_change_says_what_it_needs():
    from teamskit.lessons.doer import LessonsDoer
    from teamskit.lessons.enforce_doer import MeetingsDoer
    from teamskit.policy import GroupMembersDoer, PoliciesDoer
    from teamskit.teams import TeamsDoer, YearDoer

    doers = (TeamsDoer, YearDoer, PoliciesDoer, GroupMembersDoer, MeetingsDoer, LessonsDoer)
    assert {kind for doer in doers for kind in doer.kinds} == {*_OF_KIND, "membership"}


@pytest.mark.parametrize(
    ("kind", "action", "before", "after", "wanted"),
    [
        ("membership", Action.ADD, None, {"role": "member"}, ("TeamMember.ReadWriteNonOwnerRole.All",)),
        ("membership", Action.ADD, None, {"role": "owner"}, ("EduRoster.ReadWrite.All", "TeamMember.ReadWrite.All")),
        ("membership", Action.REMOVE, {"role": "member"}, None, ("TeamMember.ReadWrite.All",)),
        ("class-team", Action.CREATE, None, {}, ("EduRoster.ReadWrite.All", "Team.Create")),
        ("class-team", Action.RESTORE, None, {}, ("Group.ReadWrite.All",)),
        ("lesson", Action.REMOVE, {}, None, ("Calendars.ReadWrite",)),
        ("lesson", Action.CREATE, None, {}, ("Calendars.ReadWrite", "OnlineMeetings.ReadWrite.All")),
    ],
)
def test_a_change_needs_the_least_that_carries_it_out(kind, action, before, after, wanted):
    change = Change(Target(kind, "x/y"), action, before, after, "why", Risk.LOW, "group")
    assert needed_for([change]) == wanted


def test_a_command_without_a_declaration_needs_nothing():
    assert needs_of(None).names == ()
