"""Query options that the documented pages refuse, and those that want an advanced query beside them."""

import pytest

from teamskit.sandbox import EmbeddedTenant


@pytest.fixture
def tenant(tmp_path):
    tenant = EmbeddedTenant.open(tmp_path / "t.sqlite3")
    tenant.seed([{"userPrincipalName": f"u{n}@school.example"} for n in range(3)])
    yield tenant
    tenant.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1.0/users?$skip=1", 400),
        ("/v1.0/users?$filter=endsWith(userPrincipalName,'school.example')", 400),
        ("/v1.0/users?$filter=department ne 'x'", 400),
        ("/v1.0/users?$filter=displayName eq 'not one'", 200),
        ("/v1.0/users?$select=aboutMe", 501),
        ("/v1.0/users?$top=2", 200),
        ("/v1.0/communications/callRecords?$top=5", 400),
        ("/v1.0/communications/callRecords?$expand=sessions", 400),
        ("/v1.0/communications/callRecords?$filter=startDateTime ge 2026-01-01T00:00:00Z", 200),
    ],
)
def test_options(tenant, path, status):
    assert tenant.request("GET", path)[0] == status


def test_an_advanced_query_is_taken_with_its_header(tenant):
    path = "/v1.0/users?$count=true&$filter=endsWith(userPrincipalName,'school.example')"
    status, _, body = tenant.request("GET", path, headers={"ConsistencyLevel": "eventual"})
    assert (status, len(body["value"])) == (200, 3)


def test_accounts_can_be_made_changed_and_deleted(tenant):
    new = {"accountEnabled": True, "displayName": "N", "mailNickname": "n", "userPrincipalName": "n@school.example"}
    assert tenant.request("POST", "/v1.0/users", new)[0] == 201
    assert tenant.request("POST", "/v1.0/users", new)[0] == 400
    assert tenant.request("PATCH", "/v1.0/users/n@school.example", {"userPrincipalName": "m@school.example"})[0] == 204
    assert tenant.request("GET", "/v1.0/users/m@school.example")[0] == 200
    assert tenant.request("DELETE", "/v1.0/users/m@school.example")[0] == 204
    assert tenant.request("GET", "/v1.0/users/m@school.example")[0] == 404
