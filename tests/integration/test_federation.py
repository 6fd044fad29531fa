"""Federation through the client against the embedded tenant: read, compared, written, and opened by no mistake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from teamskit.errors import PermissionMissing, PolicyDocumentError, Refused
from teamskit.policy import PolicyDocument, decide, definition_changes
from teamskit.sandbox import EmbeddedTenant
from teamskit.school import PolicyChoices
from teamskit.tenant import teams_admin
from teamskit.tenant.models import Policy
from teamskit.tenant.session import open_transport
from teamskit.tenant.transport import Transport

TYPE, ALL = "TenantFederationConfiguration", "AllowAllKnownDomains"
PATH = "/Skype.Policy/configurations/TenantFederationSettings/configuration/Global"
LIST = {"AllowFederatedUsers": True, "AllowedDomains": ["Trust.example", "council.example"]}
NOBODY = {"AllowFederatedUsers": False, "AllowedDomains": []}


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[EmbeddedTenant]:
    opened = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", domains=("school.example",))
    yield opened
    opened.close()


@pytest.fixture
def transport(tenant: EmbeddedTenant) -> Transport:
    return open_transport(sandbox=tenant, clock=tenant)


def read(transport: Transport) -> Policy:
    (found,) = teams_admin.fetch_policies(transport, TYPE)
    return found


def write(transport: Transport, settings: dict[str, object]) -> Policy:
    return teams_admin.write_policy(transport, TYPE, "Global", settings)


def raw(tenant: EmbeddedTenant) -> dict[str, object]:
    return dict(tenant.request("GET", PATH)[2])


def puts(tenant: EmbeddedTenant) -> int:
    by = tenant.show()["requests"]["by"]
    return sum(number for name, number in by.items() if name.startswith("PUT ") and name.endswith(" 200"))


def changes(transport: Transport, **settings: object) -> list[tuple[object, object]]:
    words = dict.fromkeys(("id", "title", "clause"), "x")
    document = PolicyDocument.model_validate(
        {**words, "type": TYPE, "name": "Global", "for": "tenant", "settings": settings}
    )
    decided = decide({"x": document}, [], PolicyChoices(tenant=("x",)))
    found = definition_changes(decided.definitions.values(), {(TYPE, "global"): read(transport)})
    return [(one.before, one.after) for one in found]


def test_a_new_tenant_is_open_and_reads_in_a_documents_forms(tenant: EmbeddedTenant, transport: Transport) -> None:
    found = read(transport).settings
    assert raw(tenant)["AllowedDomains"] == {}
    assert (found["AllowFederatedUsers"], found["AllowedDomains"], found["BlockedDomains"]) == (True, ALL, [])


@pytest.mark.parametrize("empties", [False, True])
def test_a_list_is_written_whatever_the_service_makes_of_it(
    tenant: EmbeddedTenant, transport: Transport, empties: bool
) -> None:
    tenant.set_flag("federation_empties", empties)
    assert changes(transport, **LIST) == [
        ({"AllowedDomains": ALL}, {"AllowedDomains": ["council.example", "trust.example"]})
    ]
    write(transport, LIST)
    domains = [{"Domain": "council.example"}, {"Domain": "trust.example"}]
    assert (raw(tenant)["AllowFederatedUsers"], raw(tenant)["AllowedDomains"]) == (True, {"AllowedDomain": domains})
    assert puts(tenant) == (4 if empties else 3)
    assert changes(transport, **LIST) == []
    write(transport, LIST)
    assert puts(tenant) == (4 if empties else 3)


@pytest.mark.parametrize("empties", [False, True])
def test_nobody_is_the_switch_alone(tenant: EmbeddedTenant, transport: Transport, empties: bool) -> None:
    tenant.set_flag("federation_empties", empties)
    write(transport, NOBODY)
    assert puts(tenant) == 1
    assert (raw(tenant)["AllowFederatedUsers"], raw(tenant)["AllowedDomains"]) == (False, {})
    assert read(transport).settings["AllowedDomains"] == []
    assert changes(transport, **NOBODY) == []
    write(transport, LIST)
    write(transport, NOBODY)
    assert changes(transport, **NOBODY) == []


@pytest.mark.parametrize("empties", [False, True])
def test_everybody_only_where_a_document_says_so(tenant: EmbeddedTenant, transport: Transport, empties: bool) -> None:
    tenant.set_flag("federation_empties", empties)
    write(transport, LIST)
    wanted = {"AllowFederatedUsers": True, "AllowedDomains": ALL, "BlockedDomains": ("Bad.example",)}
    write(transport, wanted)
    assert (raw(tenant)["AllowedDomains"], raw(tenant)["BlockedDomains"]) == ({}, [{"Domain": "bad.example"}])
    assert changes(transport, **wanted) == []


def test_what_somebody_opened_behind_us_is_a_difference(tenant: EmbeddedTenant, transport: Transport) -> None:
    write(transport, NOBODY)
    tenant.request("PUT", PATH, {"AllowFederatedUsers": True})
    assert changes(transport, **NOBODY) == [({"AllowFederatedUsers": True, "AllowedDomains": ALL}, NOBODY)]


def test_a_refused_document_sends_nothing(tenant: EmbeddedTenant, transport: Transport) -> None:
    for settings in ({"AllowedDomains": []}, {"AllowFederatedUsers": False, "AllowedDomains": ["a.example"]}):
        with pytest.raises(PolicyDocumentError):
            write(transport, settings)
    assert puts(tenant) == 0


@pytest.mark.parametrize("cut", range(3))
def test_a_run_that_breaks_off_leaves_federation_no_wider(
    tenant: EmbeddedTenant, transport: Transport, cut: int
) -> None:
    write(transport, {"AllowFederatedUsers": True, "AllowedDomains": ["old.example"]})
    tenant.add_fault({"method": "PUT", "path": "TenantFederation", "status": 403, "after": cut})
    with pytest.raises(PermissionMissing, match="did not allow"):
        write(transport, {"AllowedDomains": ["new.example"]})
    assert read(transport).settings["AllowedDomains"] == (["old.example"] if cut == 0 else [])
    tenant.clear_faults()
    write(transport, {"AllowFederatedUsers": True, "AllowedDomains": ["new.example"]})
    assert read(transport).settings["AllowedDomains"] == ["new.example"]


def test_a_list_that_never_reads_back_leaves_federation_off(tenant: EmbeddedTenant, transport: Transport) -> None:
    # The service says yes to the domains and keeps all; a person is told, and nobody is let in meanwhile.
    tenant.add_fault({"method": "PUT", "path": "Federation", "contains": '"AllowedDomains"', "status": 200})
    with pytest.raises(Refused, match="does not read back"):
        write(transport, LIST)
    assert (raw(tenant)["AllowFederatedUsers"], raw(tenant)["AllowedDomains"]) == (False, {})


def test_the_embedded_tenant_takes_no_other_form(tenant: EmbeddedTenant) -> None:
    for value in (True, "all", {"Other": []}, {"AllowList": [1]}, ["a.example"]):
        assert tenant.request("PUT", PATH, {"AllowedDomains": value})[0] == 400
    assert tenant.request("PUT", PATH, {"BlockedDomains": "a.example"})[0] == 400
