"""Microsoft's own sign-in library against the sign-in that the embedded tenant serves: every flow, every refusal."""

import json
import time

import jwt
import msal
import pytest
from served_over_tls import APP, TO_ADMIN, TO_GRAPH, certificate, served

from teamskit.sandbox import EmbeddedTenant

SECRET = "only-for-this-test"
FOX = "j.fox@school.example"
SCOPES = ["https://graph.microsoft.com/User.Read.All"]


@pytest.fixture
def over_tls(tmp_path):
    tenant = EmbeddedTenant.open(tmp_path / "tenant.sqlite3", realtime=True)
    tenant.seed([{"userPrincipalName": FOX, "displayName": "J Fox"}])
    with served(tenant, tmp_path) as found:
        yield found
    tenant.close()


@pytest.fixture(scope="module")
def own():
    return certificate()


def _claims(answer):
    assert "access_token" in answer, answer
    return jwt.decode(answer["access_token"], options={"verify_signature": False})


def test_an_app_with_its_secret_gets_a_token_that_says_who_and_what(over_tls):
    over_tls.tenant.register_app(
        APP, {"name": "Set-up", "secret": SECRET, "roles": ["User.Read.All", "CallRecords.Read.All"]}
    )
    answer = over_tls.app(SECRET).acquire_token_for_client(TO_GRAPH)
    claims = _claims(answer)
    assert claims["aud"] == "https://graph.microsoft.com"
    assert claims["tid"] == over_tls.tenant.tenant_id
    assert claims["appid"] == APP and claims["app_displayname"] == "Set-up"
    assert claims["roles"] == ["CallRecords.Read.All", "User.Read.All"] and "scp" not in claims
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3600


def test_the_token_is_signed_by_the_key_that_is_published(over_tls):
    over_tls.tenant.register_app(APP, {"secret": SECRET, "roles": ["User.Read.All"]})
    token = over_tls.app(SECRET).acquire_token_for_client(TO_GRAPH)["access_token"]
    place = over_tls.authority() + "/v2.0/.well-known/openid-configuration"
    keys = over_tls.session.get(over_tls.session.get(place, timeout=20).json()["jwks_uri"], timeout=20).json()["keys"]
    key = next(one for one in keys if one["kid"] == jwt.get_unverified_header(token)["kid"])
    read = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["RS256"], audience="https://graph.microsoft.com")
    assert read["iss"] == f"https://sts.windows.net/{over_tls.tenant.tenant_id}/"


def test_one_sign_in_gives_a_token_for_the_admin_address_too(over_tls):
    over_tls.tenant.register_app(APP, {"secret": SECRET, "roles": ["User.Read.All"]})
    claims = _claims(over_tls.app(SECRET).acquire_token_for_client(TO_ADMIN))
    assert claims["aud"] == "48ac35b8-9aa8-4d74-927d-1f4a14a0b239" and "roles" not in claims


@pytest.mark.parametrize("form", ["credential", "old_credential"])
def test_an_app_with_its_certificate(over_tls, own, form):
    over_tls.tenant.register_app(APP, {"certificate": own.pem + own.key, "roles": ["User.Read.All"]})
    assert _claims(over_tls.app(getattr(own, form)).acquire_token_for_client(TO_GRAPH))["appid"] == APP


@pytest.mark.parametrize(
    ("what", "number", "error"),
    [
        ("secret", 7000215, "invalid_client"),
        ("app", 700016, "unauthorized_client"),
        ("certificate", 700027, "invalid_client"),
        ("forged", 700027, "invalid_client"),
        ("expired", 700027, "invalid_client"),
    ],
)
def test_a_wrong_proof_is_refused_by_its_number(over_tls, own, what, number, error):
    other, old = certificate(), certificate(days=-1)
    kept = old if what == "expired" else own
    over_tls.tenant.register_app(APP, {"secret": SECRET, "certificate": kept.pem, "roles": []})
    shown = {
        "secret": "another",
        "app": SECRET,
        "certificate": other.credential,
        "forged": {"private_key": other.key, "thumbprint": own.thumbprint},
        "expired": old.credential,
    }[what]
    app_id = "99999999-1111-2222-3333-444455556666" if what == "app" else APP
    answer = over_tls.app(shown, app_id).acquire_token_for_client(TO_GRAPH)
    assert (answer["error"], answer["error_codes"]) == (error, [number])
    assert answer["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id"} <= set(answer)


@pytest.mark.parametrize(
    ("claim", "value", "number"),
    [
        ("aud", "https://login.microsoftonline.com/other/oauth2/v2.0/token", 700023),
        ("exp", 1_700_000_000, 700024),
        ("iss", "99999999-1111-2222-3333-444455556666", 700021),
    ],
)
def test_an_assertion_for_somebody_else_or_another_time_is_refused(over_tls, own, claim, value, number):
    over_tls.tenant.register_app(APP, {"certificate": own.pem})
    place = over_tls.authority() + "/oauth2/v2.0/token"
    claims = {"aud": place, "iss": APP, "sub": APP, "exp": int(time.time()) + 300, claim: value}
    made = jwt.encode(claims, own.key, "RS256", headers={"x5t": _x5t(own.thumbprint)})
    form = {"client_id": APP, "grant_type": "client_credentials", "scope": TO_GRAPH[0], "client_assertion": made}
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    answer = over_tls.session.post(place, data=form, timeout=20)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [number])


def _x5t(thumbprint):
    import base64

    return base64.urlsafe_b64encode(bytes.fromhex(thumbprint)).decode().rstrip("=")


def test_another_tenant_is_not_known(over_tls):
    other = "12345678-1111-2222-3333-444455556666"
    with pytest.raises(ValueError, match="AADSTS90002|tenant"):
        over_tls.app(SECRET, tenant=other)
    body = over_tls.session.get(over_tls.authority(other) + "/v2.0/.well-known/openid-configuration", timeout=20)
    assert (body.status_code, body.json()["error"], body.json()["error_codes"]) == (400, "invalid_tenant", [90002])


def test_a_form_that_lacks_something_or_asks_for_what_is_not_there(over_tls):
    over_tls.tenant.register_app(APP, {"secret": SECRET})
    place = over_tls.authority() + "/oauth2/v2.0/token"
    good = {"client_id": APP, "client_secret": SECRET, "grant_type": "client_credentials", "scope": TO_GRAPH[0]}
    wrong = [
        ({"grant_type": ""}, 900144),
        ({"grant_type": "password"}, 70003),
        ({"client_secret": ""}, 7000218),
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, 1002012),
        ({"scope": "https://vault.example/.default"}, 500011),
        ({"scope": "openid"}, 70011),
    ]
    for change, number in wrong:
        answer = over_tls.session.post(place, data={**good, **change}, timeout=20).json()
        assert answer["error_codes"] == [number], change


def _flow(over_tls, client, scopes=SCOPES):
    flow = client.initiate_device_flow(scopes)
    assert "user_code" in flow, flow
    return flow


def _poll(client, flow):
    return client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)


@pytest.mark.filterwarnings("ignore:Attempted too soon")
def test_device_code_pending_then_too_soon_then_approved(over_tls):
    over_tls.tenant.register_app(APP, {"device": "wait", "scopes": ["User.Read.All", "Team.ReadBasic.All"]})
    client = over_tls.person()
    flow = _flow(over_tls, client)
    assert flow["verification_uri"] == "https://microsoft.com/devicelogin" and flow["user_code"] in flow["message"]
    pending = _poll(client, flow)
    assert (pending["error"], pending["error_codes"]) == ("authorization_pending", [70016])
    assert _poll(client, flow)["error"] == "slow_down"
    over_tls.tenant.register_app(APP, {"device": "approve", "person": FOX})
    time.sleep(flow["interval"])
    claims = _claims(_poll(client, flow))
    assert claims["upn"] == FOX and claims["scp"] == "Team.ReadBasic.All User.Read.All" and "roles" not in claims
    assert client.get_accounts()[0]["username"] == FOX
    assert _poll(client, flow)["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("device", "error", "number"),
    [
        ("decline", "authorization_declined", 65004),
        ("expire", "expired_token", 70019),
        ("conditional-access", "invalid_grant", 53003),
        ("refused", "invalid_client", 7000218),
    ],
)
def test_device_code_that_ends_badly(over_tls, device, error, number):
    over_tls.tenant.register_app(APP, {"device": device, "scopes": ["User.Read.All"]})
    client = over_tls.person()
    answer = _poll(client, _flow(over_tls, client))
    assert (answer["error"], answer["error_codes"]) == (error, [number])


def test_a_permission_nobody_consented_to(over_tls):
    over_tls.tenant.register_app(APP, {"device": "wait", "scopes": ["User.Read.All"]})
    answer = over_tls.person().initiate_device_flow(["https://graph.microsoft.com/Group.ReadWrite.All"])
    assert answer["error_codes"] == [65001]


def _signed_in(over_tls, **settings):
    over_tls.tenant.register_app(
        APP, {"device": "approve", "person": FOX, "scopes": ["User.Read.All"], "lifetime": 5, **settings}
    )
    client = over_tls.person()
    return client, _poll(client, _flow(over_tls, client))


def test_a_token_is_refreshed_silently_and_for_another_resource(over_tls):
    client, first = _signed_in(over_tls)
    account = client.get_accounts()[0]
    # msal renews what has less than five minutes left.
    second = client.acquire_token_silent_with_error(SCOPES, account)
    assert _claims(second)["upn"] == FOX and second["access_token"] != first["access_token"]
    admin = client.acquire_token_silent_with_error(TO_ADMIN, account)
    assert _claims(admin)["aud"] == TO_ADMIN[0].partition("/")[0]


def test_conditional_access_can_end_a_sign_in_that_was_good(over_tls):
    client, _ = _signed_in(over_tls)
    over_tls.tenant.register_app(APP, {"device": "conditional-access"})
    answer = client.acquire_token_silent_with_error(SCOPES, client.get_accounts()[0])
    assert (answer["error"], answer["error_codes"], answer["suberror"]) == ("invalid_grant", [53003], "message_only")


def test_a_refresh_token_of_another_tenant_is_nothing_here(over_tls, tmp_path):
    cache = msal.SerializableTokenCache()
    _signed_in(over_tls)
    client = over_tls.person(cache=cache)
    _poll(client, _flow(over_tls, client))
    kept = next(iter(json.loads(cache.serialize())["RefreshToken"].values()))["secret"]
    other = EmbeddedTenant.open(tmp_path / "other.sqlite3", domains=["elsewhere.example"], realtime=True)
    other.seed([{"userPrincipalName": "a@elsewhere.example"}])
    other.register_app(APP, {"device": "approve", "person": "a@elsewhere.example", "scopes": ["User.Read.All"]})
    with served(other, tmp_path) as elsewhere:
        form = {"client_id": APP, "grant_type": "refresh_token", "refresh_token": kept, "scope": SCOPES[0]}
        answer = elsewhere.session.post(elsewhere.authority() + "/oauth2/v2.0/token", data=form, timeout=20).json()
    assert (answer["error"], answer["error_codes"]) == ("invalid_grant", [70000])
    other.close()


def test_nothing_that_could_be_used_lies_in_the_file_in_clear(over_tls, tmp_path):
    over_tls.tenant.register_app(APP, {"secret": SECRET})
    _, answer = _signed_in(over_tls)
    raw = b"".join(file.read_bytes() for file in tmp_path.glob("tenant.sqlite3*"))
    assert SECRET.encode() not in raw and answer["access_token"].encode() not in raw
