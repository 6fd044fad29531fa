"""teamskit itself, as a technician runs it, against Microsoft's sign-in as the embedded tenant serves it over TLS.

Nothing of the client is changed: Microsoft's host names lead to this computer, and the authority is trusted by the
variable that a school behind a filter uses.
"""

import logging

import click
import pytest
import urllib3.util.connection
from keyboard import Desk
from sign_in_scenes import SCOPES, made_certificate, pem

from teamskit.sandbox import EmbeddedTenant
from teamskit.tenant.signin_app import VARIABLE as SECRET

over_tls = pytest.importorskip("served_over_tls", reason="needs the tenant that serves Microsoft's sign-in")

APP = over_tls.APP
FOX = "j.fox@school.example"
CERTIFICATE = made_certificate()
ROLES = [
    "User.Read.All",
    "TeamsUserConfiguration.Read.All",
    "TeamsPolicyUserAssign.ReadWrite.All",
    "EduRoster.Read.All",
]


@pytest.fixture
def tenant(tmp_path):
    opened = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", realtime=True)
    opened.seed([{"userPrincipalName": FOX, "displayName": "J Fox"}])
    yield opened
    opened.close()


@pytest.fixture
def school(tmp_path, made, tenant, monkeypatch):
    """A school folder that signs in to the served tenant by a certificate."""
    made.folder.mkdir()
    made.fill(2, 4)
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "school.example", "--domain", "school.example", "--roster", made.folder)
    desk.run("init", desk.folder, *words, "--effective", "2026-11-23")
    (desk.folder / "app.pem").write_bytes(pem(*CERTIFICATE))
    desk.decide(signin={"tenant_id": tenant.tenant_id, "client_id": APP, "certificate": "app.pem"})
    tenant.register_app(
        APP, {"certificate": pem(*CERTIFICATE).decode(), "roles": ROLES, "person": FOX, "scopes": SCOPES.split()}
    )
    with over_tls.served(tenant, tmp_path) as served:
        connect = urllib3.util.connection.create_connection

        def here(address, *words, **more):
            known = address[0] in over_tls.HOSTS and address[1] == 443
            return connect(("127.0.0.1", served.port) if known else address, *words, **more)

        monkeypatch.setattr(urllib3.util.connection, "create_connection", here)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
        for proxy in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", SECRET):
            monkeypatch.delenv(proxy, raising=False)
        yield desk


def by_code(school, tenant, device):
    tenant.register_app(APP, {"device": device})
    own = {"client_id": APP, "method": "device-code", "cache": "unencrypted-file", "tenant_id": tenant.tenant_id}
    school.decide(signin=own)


@pytest.fixture
def at_a_terminal(monkeypatch):
    monkeypatch.setattr(
        click.testing._NamedTextIOWrapper, "isatty", lambda self: self.name == "<stderr>", raising=False
    )


def test_a_certificate_signs_in_for_both_services_and_reads(school, tenant):
    found = school.json("auth", "status")
    assert (found["signed_in"], found["kind"], found["who"]) == (True, "app", APP)
    assert found["services"][0]["permissions"] == sorted(ROLES)
    assert [one["status"] for one in school.run("roster", "match", "--output", "json").json]


def test_a_tenant_named_by_its_domain(school, tenant):
    school.decide(signin={"client_id": APP, "certificate": "app.pem"})
    assert school.json("auth", "status")["tenant_id"] == tenant.tenant_id


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"certificate": "other.pem"}, "AADSTS700027"),
        ({"method": "secret"}, "AADSTS7000215"),
        ({"client_id": "99999999-1111-2222-3333-444455556666"}, "AADSTS700016"),
        ({"tenant_id": "99999999-1111-2222-3333-444455556666"}, "AADSTS90002"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_asked_of_graph(school, tenant, monkeypatch, settings, code):
    (school.folder / "other.pem").write_bytes(pem(*made_certificate()))
    monkeypatch.setenv(SECRET, "not-this")
    tenant.register_app(APP, {"secret": "but-this"})
    usual = {"tenant_id": tenant.tenant_id, "client_id": APP, "certificate": "app.pem"}
    school.decide(signin={**usual, **settings})
    refused = school.run("policies", "plan", ok=(1,))
    assert code in refused.err
    assert "correlation id" in refused.err
    assert "not-this" not in refused.err


@pytest.mark.usefixtures("at_a_terminal")
def test_a_person_by_a_code_reads_and_is_stopped_where_an_application_is_needed(school, tenant):
    by_code(school, tenant, "approve")
    shown = school.run("auth", "login")
    assert "https://microsoft.com/devicelogin" in shown.err
    assert FOX in shown.out
    found = school.json("auth", "status")
    assert (found["signed_in"], found["kind"]) == (True, "delegated")
    assert "application's own sign-in" in school.run("teams", "plan", ok=(1,)).err
    assert "application's own sign-in" in school.run("calls", "sync", ok=(1,)).err
    school.run("policies", "coverage")
    # What was good can be ended by conditional access, and then no old token is used.
    tenant.register_app(APP, {"device": "conditional-access", "lifetime": 5})
    school.run("auth", "logout")
    assert "AADSTS53003" in school.run("auth", "login", ok=(1,)).err


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(
    ("device", "said"),
    [("decline", "declin"), ("expire", "expired"), ("conditional-access", "AADSTS53003"), ("refused", "AADSTS7000218")],
)
def test_a_code_that_ends_badly(school, tenant, device, said):
    by_code(school, tenant, device)
    refused = school.run("auth", "login", ok=(1,))
    assert said in refused.err
    assert not (school.folder / ".teamskit" / "signin.cache").exists()


def test_tokens_that_end_in_the_middle_are_renewed(school, tenant, caplog):
    """A token of less than five minutes is renewed for each request, as one is that ends in a long run."""
    tenant.register_app(APP, {"lifetime": 60})
    with caplog.at_level(logging.DEBUG, "urllib3"):
        school.run("policies", "plan")
    sent = [record.getMessage() for record in caplog.records]
    tokens = sum("login.microsoftonline.com" in one and "/oauth2/v2.0/token" in one for one in sent)
    asked = sum("graph.microsoft.com" in one and "HTTP/1.1" in one for one in sent)
    assert tokens > 1
    assert tokens >= asked
