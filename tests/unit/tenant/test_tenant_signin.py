from pathlib import Path

import pytest
import requests
import responses

from teamskit.errors import SignInError, Unreachable
from teamskit.tenant.signin import VARIABLE, app_token

TENANT = "11111111-1111-4111-8111-111111111111"
BASE = f"https://login.microsoftonline.com/{TENANT}"


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "s3cret")


def _discovery() -> None:
    found = {
        "authorization_endpoint": f"{BASE}/a",
        "token_endpoint": f"{BASE}/oauth2/v2.0/token",
        "issuer": f"{BASE}/v2.0",
    }
    responses.get("https://login.microsoftonline.com/common/discovery/instance", json={"metadata": []})
    responses.get(f"{BASE}/v2.0/.well-known/openid-configuration", json=found)


def test_without_certificate_and_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(SignInError, match="neither"):
        app_token(TENANT, "app", certificate=None, thumbprint="")
    with pytest.raises(SignInError, match="cannot be read"):
        app_token(TENANT, "app", certificate=tmp_path / "none.pem", thumbprint="AB")


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_token_is_asked_for_once_and_for_the_right_scope() -> None:
    _discovery()
    responses.post(f"{BASE}/oauth2/v2.0/token", json={"access_token": "t1", "expires_in": 3600, "token_type": "Bearer"})
    token = app_token(TENANT, "app", certificate=None, thumbprint="")
    assert (token("graph"), token("graph")) == ("t1", "t1")
    asked = [call.request.body for call in responses.calls if call.request.method == "POST"]
    assert len(asked) == 1
    assert "graph.microsoft.com" in str(asked[0])


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_refusal_names_the_code_and_no_secret() -> None:
    _discovery()
    refusal = {"error": "invalid_client", "error_description": "AADSTS7000215: bad secret s3cret"}
    responses.post(f"{BASE}/oauth2/v2.0/token", status=401, json=refusal)
    with pytest.raises(SignInError) as caught:
        app_token(TENANT, "app", certificate=None, thumbprint="")("graph")
    assert caught.value.code == "invalid_client"
    assert "s3cret" not in str(caught.value)


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_sign_in_address_that_is_blocked() -> None:
    responses.get(f"{BASE}/v2.0/.well-known/openid-configuration", body=requests.ConnectionError("refused"))
    with pytest.raises(Unreachable):
        app_token(TENANT, "app", certificate=None, thumbprint="")("graph")
