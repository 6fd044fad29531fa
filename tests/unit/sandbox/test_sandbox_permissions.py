"""Every endpoint of the embedded tenant asks for permissions, and asks for those that Microsoft documents."""

import pytest

from teamskit.sandbox import downloads
from teamskit.sandbox.endpoints import ROUTES
from teamskit.sandbox.permissions import known_permissions, need_of, refusal_code

_FREE = ("/sandbox/", "/Skype.Policy/", "/Teams.Tenant/", *downloads.PLACES)


def test_every_endpoint_of_graph_is_in_the_table():
    graph = [one for one in ROUTES.every() if not one.template.startswith(_FREE)]
    assert len(graph) > 100
    unknown = [f"{one.method} {one.template}" for one in graph if need_of(one.method, one.template) is None]
    assert unknown == []
    writes = [one for one in graph if one.method != "GET"]
    for route in writes:
        need = need_of(route.method, route.template)
        readers = {name for name in need.application | need.person if ".Read" in name and "ReadWrite" not in name}
        asks = route.template.startswith(("/security/auditLog", "/admin/teams"))
        assert asks or not readers, (route.method, route.template, readers)


@pytest.mark.parametrize(
    ("asked", "application", "person"),
    [
        ("GET /users", {"User.ReadBasic.All", "User.Read.All"}, {"User.ReadBasic.All"}),
        ("POST /education/classes", {"EduRoster.ReadWrite.All"}, set()),
        ("GET /communications/callRecords/{id}/sessions", {"CallRecords.Read.All"}, set()),
        ("POST /teams/{id}/members/remove", {"TeamMember.ReadWrite.All"}, {"TeamMember.ReadWrite.All"}),
        ("PATCH /users/{id}/onlineMeetings/{meeting}", {"OnlineMeetings.ReadWrite.All"}, {"OnlineMeetings.ReadWrite"}),
        ("GET /groups/{id}/calendarView", {"Calendars.ReadBasic"}, {"Group.Read.All"}),
        ("POST /groups/{id}/events", set(), {"Group.ReadWrite.All"}),
        ("GET /drives/{id}/items/{item}/content", {"Files.Read.All"}, {"Files.Read"}),
    ],
)
def test_the_least_permission_is_among_those_that_do(asked, application, person):
    need = need_of(*asked.split(" "))
    assert application <= need.application and person <= need.person
    assert bool(person) == bool(need.person)


def test_what_does_not_do():
    assert "TeamMember.ReadWriteNonOwnerRole.All" not in need_of("POST", "/teams/{id}/members/remove").application
    assert "User.ReadBasic.All" not in need_of("POST", "/users").application
    assert "Directory.Read.All" not in need_of("POST", "/groups/{id}/members/$ref").application
    assert "Everything.All" not in known_permissions()


def test_each_service_says_no_in_its_own_word():
    said = {refusal_code(path) for path in ("/users", "/teams/{id}", "/drives/{id}", "/users/{id}/events")}
    assert said == {"Authorization_RequestDenied", "Forbidden", "accessDenied", "ErrorAccessDenied"}
