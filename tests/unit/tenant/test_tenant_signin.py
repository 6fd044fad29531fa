import base64
import json
import os
import sys
from hashlib import sha256
from pathlib import Path

import msal_extensions
import pytest
import requests
import responses
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from sign_in_scenes import (
    ADMIN,
    APP,
    CORRELATION,
    FAULT,
    FILTER,
    LOGIN,
    OTHER,
    PENDING,
    TENANT,
    FastClock,
    Microsoft,
    app_answer,
    app_jwt,
    key_pem,
    made_certificate,
    pem,
    person_answer,
    person_jwt,
    pfx,
    refusal,
)

from teamskit.errors import SignInError, Unreachable
from teamskit.school.folder import SchoolFolder
from teamskit.school.signin import SignIn
from teamskit.tenant.certificates import VARIABLE as PASSWORD
from teamskit.tenant.certificates import read_credential
from teamskit.tenant.signin import open_signin
from teamskit.tenant.signin_app import VARIABLE as SECRET
from teamskit.tenant.signin_words import WORDS
from teamskit.tenant.token_cache import forget
from teamskit.tenant.tokens import claims_of

# A clock whose waits pass at once is too fast for msal's own.
pytestmark = pytest.mark.filterwarnings("ignore:Attempted too soon")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in (SECRET, PASSWORD, "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(tmp_path):
    """Open a sign-in in a school folder; `shown` gathers what a person would read."""

    def open_it(clock=None, show=None, tenant="school.example", **settings):
        own = SignIn(**{"tenant_id": TENANT, "client_id": APP, **settings})
        return open_signin(own, tenant=tenant, folder=SchoolFolder(tmp_path), clock=clock or FastClock(), show=show)

    return open_it


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv(SECRET, "s3cret")


def refused_by(signed_in, service="graph"):
    with pytest.raises(SignInError) as caught:
        signed_in(service)
    return caught.value


# Applications


def test_without_any_way_to_sign_in(opened):
    with pytest.raises(SignInError, match="neither") as caught:
        opened()
    assert "device-code" in caught.value.next_step


@responses.activate
@pytest.mark.usefixtures("secret")
def test_one_sign_in_gives_a_token_for_each_service_and_asks_once_for_each(opened):
    microsoft = Microsoft(app_answer(), app_answer())
    signed_in = opened()
    assert signed_in("graph") == signed_in("graph")
    signed_in("admin")
    signed_in("admin")
    assert [one["scope"] for one in microsoft.asked] == ["https://graph.microsoft.com/.default", f"{ADMIN}/.default"]


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_token_is_asked_for_anew_before_it_ends(opened):
    microsoft = Microsoft(
        {**app_answer(app_jwt(lasts=600)), "expires_in": 200}, {**app_answer(app_jwt(n=2)), "expires_in": 3600}
    )
    clock = FastClock()
    signed_in = opened(clock=clock)
    first = signed_in("graph")
    clock.sleep(200)
    assert signed_in("graph") == first
    clock.sleep(200)
    assert signed_in("graph") != first
    assert len(microsoft.asked) == 2


@responses.activate
@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("token", [app_jwt(OTHER), "opaque", app_jwt("")])
def test_a_token_of_another_tenant_or_of_none_is_refused(opened, token):
    Microsoft(app_answer(token))
    error = refused_by(opened())
    assert TENANT in error.what
    assert token not in str(error)


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_tenant_named_by_its_domain_is_looked_up(opened):
    Microsoft(app_answer(), app_answer(app_jwt(OTHER)), named="school.example")
    signed_in = opened(tenant_id="", tenant="school.example")
    assert claims_of(signed_in("graph")).tenant_id == TENANT
    assert OTHER in refused_by(signed_in, "admin").what


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_tenant_that_microsoft_does_not_know(opened):
    at = f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration"
    responses.get(at, status=400, json=refusal(90002, "invalid_tenant"))
    error = refused_by(opened())
    assert error.code == "AADSTS90002"
    assert "does not know this tenant" in error.what


@responses.activate
@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    "cut", [requests.ConnectionError("no"), requests.exceptions.SSLError("no"), requests.ReadTimeout("no")]
)
def test_a_sign_in_address_that_is_blocked(opened, cut):
    responses.get(f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration", body=cut)
    with pytest.raises(Unreachable) as caught:
        opened()("graph")
    wanted = "REQUESTS_CA_BUNDLE" if isinstance(cut, requests.exceptions.SSLError) else "HTTPS_PROXY"
    assert wanted in caught.value.next_step


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_page_of_a_filter_in_place_of_microsoft(opened):
    responses.get(f"{LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration", body="<html>Log in to the filter</html>")
    with pytest.raises(Unreachable):
        opened()("graph")


@responses.activate
@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(("answer", "said"), [(FAULT, "fault of its own"), (FILTER, "in place of Microsoft")])
@pytest.mark.parametrize("method", ["secret", "device-code"])
def test_a_fault_of_microsofts_and_a_page_of_a_filter_for_a_token(opened, method, answer, said):
    microsoft = Microsoft(answer)
    with pytest.raises(Unreachable, match=said):
        opened(method=method, cache="memory", show=[].append)("graph")
    assert len(microsoft.asked) <= 3


@responses.activate
@pytest.mark.parametrize(("answer", "said"), [(FAULT, "fault of its own"), (FILTER, "in place of Microsoft")])
def test_a_fault_while_a_persons_sign_in_is_renewed(opened, answer, said):
    Microsoft(person_answer, answer)
    signed_in = opened(method="device-code", cache="unencrypted-file", show=[].append)
    signed_in("graph")
    with pytest.raises(Unreachable, match=said):
        signed_in("admin")


@responses.activate
@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("number", sorted(WORDS))
def test_every_refusal_that_is_known_says_what_to_do_and_keeps_the_id(opened, number):
    Microsoft(refusal(int(number)))
    error = refused_by(opened())
    assert (error.code, error.request_id) == (f"AADSTS{number}", CORRELATION)
    assert WORDS[number][0] in error.what
    assert WORDS[number][1] in error.next_step
    assert CORRELATION in error.next_step
    assert "somebody@" not in error.what + error.next_step
    assert "s3cret" not in error.what + error.next_step


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_refusal_that_is_not_known_leads_to_microsofts_page(opened):
    Microsoft(refusal(999111))
    error = refused_by(opened())
    assert error.code == "AADSTS999111"
    assert "error?code=999111" in error.next_step


# Certificates


def assertion_of(asked):
    head, claims, _ = (
        json.loads(base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))) if n < 2 else one
        for n, one in enumerate(asked["client_assertion"].split("."))
    )
    return head, claims


def signed_by(asked, certificate):
    signed, _, signature = asked["client_assertion"].rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    certificate.public_key().verify(raw, signed.encode(), pss, hashes.SHA256())


@responses.activate
@pytest.mark.parametrize("form", ["pem", "pem with password", "pfx", "pfx with password", "chain"])
def test_a_certificate_signs_the_app_in_without_its_thumbprint(opened, tmp_path, monkeypatch, form):
    key, certificate = made_certificate()
    password = b"w0rd" if "password" in form else None
    content = (pfx if form.startswith("pfx") else pem)(key, certificate, password)
    if form == "chain":
        other = made_certificate()[1].public_bytes(serialization.Encoding.PEM)
        content = other + content
    (tmp_path / "app.cert").write_bytes(content)
    if password:
        monkeypatch.setenv(PASSWORD, password.decode())
    microsoft = Microsoft(app_answer())
    signed_in = opened(certificate="app.cert")
    signed_in("graph")
    head, claims = assertion_of(microsoft.asked[0])
    assert claims["aud"] == f"{LOGIN}/{TENANT}/oauth2/v2.0/token"
    assert (claims["iss"], claims["sub"]) == (APP, APP)
    der = certificate.public_bytes(serialization.Encoding.DER)
    assert head["x5t#S256"].rstrip("=") == base64.urlsafe_b64encode(sha256(der).digest()).decode().rstrip("=")
    signed_by(microsoft.asked[0], certificate)
    assert signed_in.certificate_until == certificate.not_valid_after_utc
    assert "client_secret" not in microsoft.asked[0]


@responses.activate
def test_a_key_without_a_certificate_still_goes_with_a_thumbprint(opened, tmp_path):
    key, certificate = made_certificate()
    (tmp_path / "app.pem").write_bytes(key_pem(key))
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex(":")
    microsoft = Microsoft(app_answer())
    opened(certificate="app.pem", thumbprint=thumbprint)("graph")
    x5t = base64.urlsafe_b64decode(assertion_of(microsoft.asked[0])[0]["x5t"])
    assert x5t == certificate.fingerprint(hashes.SHA1())


def test_a_key_is_not_shown_by_what_holds_it(tmp_path):
    (tmp_path / "app.pem").write_bytes(pem(*made_certificate()))
    read = read_credential("app.pem", tmp_path, "", FastClock().now())
    assert "PRIVATE KEY" in read.key
    assert "PRIVATE KEY" not in repr(read)


def _expired():
    return pem(*made_certificate(begins=-400, ends=-2))


def _to_come():
    return pem(*made_certificate(begins=2, ends=400))


def _anothers_key():
    return key_pem(made_certificate()[0]) + made_certificate()[1].public_bytes(serialization.Encoding.PEM)


def _ec():
    return key_pem(ec.generate_private_key(ec.SECP256R1()))


@responses.activate
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_expired, "ended on"),
        (_to_come, "only begins"),
        (_anothers_key, "another certificate"),
        (_ec, "no RSA key"),
        (lambda: key_pem(made_certificate()[0]), "no certificate"),
        (lambda: made_certificate()[1].public_bytes(serialization.Encoding.PEM), "holds no key"),
        (lambda: pem(*made_certificate(), b"w0rd"), "cannot be opened"),
        (lambda: pfx(*made_certificate(), b"w0rd"), "cannot be opened"),
        (lambda: b"not at all", "cannot be opened"),
        (lambda: b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n", "cannot be opened"),
    ],
)
def test_a_certificate_that_cannot_do_is_told_before_anything_is_sent(opened, tmp_path, content, said):
    (tmp_path / "app.cert").write_bytes(content())
    with pytest.raises(SignInError, match=said) as caught:
        opened(certificate="app.cert")
    assert caught.value.where.endswith("app.cert")
    assert caught.value.next_step
    assert len(responses.calls) == 0


def test_a_certificate_file_that_is_not_there_and_a_thumbprint_of_another(opened, tmp_path):
    with pytest.raises(SignInError, match="cannot be read"):
        opened(certificate="none.pem")
    (tmp_path / "app.pem").write_bytes(pem(*made_certificate()))
    with pytest.raises(SignInError, match="thumbprint"):
        opened(certificate="app.pem", thumbprint="AB" * 20)


POWERSHELL = """#!{python}
import base64, os, sys
if os.environ["TEAMSKIT_EXPORT_THUMBPRINT"] != {thumbprint!r}:
    sys.exit(3)
if {locked}:
    sys.exit(4)
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from cryptography.x509 import load_pem_x509_certificate
text = open({file!r}, "rb").read()
lock = BestAvailableEncryption(os.environ["TEAMSKIT_EXPORT_PASSWORD"].encode())
key, certificate = load_pem_private_key(text, None), load_pem_x509_certificate(text)
out = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, lock)
sys.stdout.write(base64.b64encode(out).decode() + "\\r\\n")
"""


@pytest.mark.skipif(os.name != "posix", reason="stands in for PowerShell by a script with a #! line")
@pytest.mark.parametrize("locked", [False, True])
@responses.activate
def test_a_certificate_of_the_windows_store(opened, tmp_path, monkeypatch, locked):
    key, certificate = made_certificate()
    (tmp_path / "stored.pem").write_bytes(pem(key, certificate))
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()
    shell = tmp_path / "System32" / "WindowsPowerShell" / "v1.0" / "powershell.exe"
    shell.parent.mkdir(parents=True)
    kept = {"python": sys.executable, "thumbprint": thumbprint, "locked": locked, "file": str(tmp_path / "stored.pem")}
    shell.write_text(POWERSHELL.format(**kept), encoding="utf-8")
    shell.chmod(0o755)
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    with pytest.raises(SignInError, match="No certificate has this thumbprint"):
        opened(certificate="store:" + "AB" * 20)
    if locked:
        with pytest.raises(SignInError, match="cannot be exported") as caught:
            opened(certificate=f"store:{thumbprint}")
        assert "assertion_command" in caught.value.next_step
        return
    microsoft = Microsoft(app_answer())
    opened(certificate=f"store:{thumbprint.lower()}")("graph")
    signed_by(microsoft.asked[0], certificate)


def test_a_store_where_there_is_none(opened, monkeypatch, tmp_path):
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    with pytest.raises(SignInError, match="no certificate store"):
        opened(certificate="store:" + "AB" * 20)
    with pytest.raises(SignInError, match="40 digits"):
        opened(certificate="store:me")


# The school's own command


@responses.activate
def test_the_schools_own_command_signs_and_is_told_for_whom(opened, tmp_path):
    (tmp_path / "sign.py").write_text(
        "import os\n"
        "print('a', os.environ['TEAMSKIT_ASSERTION_CLIENT_ID'].replace('-', ''), 'c', sep='.')\n"
        "open('audience.txt', 'w', encoding='utf-8').write(os.environ['TEAMSKIT_ASSERTION_AUDIENCE'])\n",
        encoding="utf-8",
    )
    microsoft = Microsoft(app_answer())
    opened(assertion_command=(sys.executable, "sign.py"))("graph")
    assert microsoft.asked[0]["client_assertion"] == f"a.{APP.replace('-', '')}.c"
    assert microsoft.asked[0]["client_assertion_type"].endswith("jwt-bearer")
    assert (tmp_path / "audience.txt").read_text("utf-8") == f"{LOGIN}/{TENANT}/oauth2/v2.0/token"


@responses.activate
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((sys.executable, "-c", "import sys; print('s3cret'); sys.exit('s3cret')"), "failed with status 1"),
        ((sys.executable, "-c", "print('s3cret and more')"), "no signed assertion"),
        ((sys.executable, "-c", "pass"), "no signed assertion"),
        (("no-such-program-at-all",), "cannot be started"),
        (("echo a.b.c; echo $HOME",), "cannot be started"),
    ],
)
def test_a_command_that_fails_is_told_without_what_it_wrote(opened, words, said):
    microsoft = Microsoft(app_answer())
    error = refused_by(opened(assertion_command=words))
    assert said in error.what
    assert "s3cret" not in error.what + error.next_step
    assert microsoft.asked == []


# Managed identity


@responses.activate
@pytest.mark.parametrize("app", ["", APP])
def test_a_managed_identity(opened, monkeypatch, app):
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:41/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    answer = {"access_token": app_jwt(), "expires_on": "4102444800", "resource": "x", "token_type": "Bearer"}
    responses.get("http://127.0.0.1:41/msi/token", json=answer)
    signed_in = opened(method="managed-identity", client_id=app)
    assert claims_of(signed_in("graph")).tenant_id == TENANT
    signed_in("admin")
    asked = [call.request.params for call in responses.calls]
    assert [one["resource"] for one in asked] == ["https://graph.microsoft.com", ADMIN]
    assert [one.get("client_id", "") for one in asked] == [app, app]


@responses.activate
def test_a_managed_identity_of_another_tenant_and_none_at_all(opened, monkeypatch):
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:41/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    one = responses.get(
        "http://127.0.0.1:41/msi/token", json={"access_token": app_jwt(OTHER), "expires_on": "4102444800"}
    )
    assert OTHER in refused_by(opened(method="managed-identity")).what
    responses.remove(one)
    responses.get("http://127.0.0.1:41/msi/token", body=requests.ConnectionError("no"))
    with pytest.raises(Unreachable, match="No managed identity"):
        opened(method="managed-identity")("graph")


# A person


@responses.activate
def test_a_person_signs_in_once_for_both_services(opened):
    microsoft = Microsoft(PENDING, {**PENDING, "error": "slow_down"}, PENDING, person_answer)
    said, clock = [], FastClock()
    signed_in = opened(clock=clock, show=said.append, method="device-code", cache="memory")
    claims = claims_of(signed_in("graph"))
    signed_in("admin")
    assert (claims.kind, claims.who) == ("delegated", "tech@school.example")
    assert len(said) == 1
    assert "ABC123DEF" in said[0]
    assert "https://microsoft.com/devicelogin" in said[0]
    assert clock.slept == [5, 5, 10, 10], "slow_down is heeded"
    kinds = [one["grant_type"].rpartition(":")[2] for one in microsoft.asked]
    assert kinds == ["device_code"] * 4 + ["refresh_token"]
    assert ADMIN in microsoft.asked[-1]["scope"]


@responses.activate
@pytest.mark.parametrize("number", [53003, 53000, 50097])
def test_x03_conditional_access_ends_the_waiting_in_a_sentence(opened, number):
    microsoft = Microsoft(PENDING, refusal(number))
    error = refused_by(opened(show=[].append, method="device-code", cache="memory"))
    assert error.code == f"AADSTS{number}"
    assert "onditional access" in error.what
    assert "certificate" in error.next_step
    assert len(microsoft.asked) == 2


@responses.activate
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "authorization_declined"}, "declined"),
        ({"error": "expired_token"}, "expired"),
        (refusal(7000218, "invalid_client"), "does not allow a person"),
        (refusal(65001), "consented"),
    ],
)
def test_a_sign_in_that_is_refused(opened, answer, said):
    microsoft = Microsoft(PENDING, answer)
    assert said in refused_by(opened(show=[].append, method="device-code", cache="memory")).what
    assert len(microsoft.asked) == 2


@responses.activate
def test_waiting_ends_with_the_code_though_microsoft_says_pending_for_ever(opened):
    microsoft = Microsoft(PENDING)
    clock = FastClock()
    error = refused_by(opened(clock=clock, show=[].append, method="device-code", cache="memory"))
    assert "expired" in error.what
    assert sum(clock.slept) <= 905
    assert len(microsoft.asked) <= 180


@responses.activate
def test_a_line_that_is_cut_while_a_person_is_at_the_browser(opened):
    cut = requests.ConnectionError("cut")
    Microsoft(PENDING, cut, cut, person_answer)
    assert opened(show=[].append, method="device-code", cache="memory")("graph")
    responses.reset()
    Microsoft(PENDING, cut)
    with pytest.raises(Unreachable):
        opened(show=[].append, method="device-code", cache="memory")("graph")


@responses.activate
def test_nobody_signed_in_and_nobody_to_show_a_code_to(opened):
    microsoft = Microsoft(person_answer)
    error = refused_by(opened(method="device-code", cache="memory"))
    assert "teamskit auth login" in error.next_step
    assert microsoft.asked == []


@responses.activate
@pytest.mark.parametrize(("answer", "code"), [(refusal(70043), "AADSTS70043"), (refusal(50173), "AADSTS50173")])
def test_x03_a_renewal_that_is_refused_asks_for_a_new_sign_in(opened, answer, code):
    Microsoft(lambda asked: person_answer(asked, lasts=60), answer)
    clock = FastClock()
    signed_in = opened(clock=clock, show=[].append, method="device-code", cache="memory")
    signed_in.asker.login()
    error = refused_by(signed_in, "admin")
    assert error.code == code
    assert "teamskit auth login" in error.next_step


@responses.activate
def test_a_persons_token_of_another_tenant_is_refused(opened):
    Microsoft(lambda asked: {**person_answer(asked), "access_token": person_jwt(OTHER)})
    assert OTHER in refused_by(opened(show=[].append, method="device-code", cache="memory")).what


@responses.activate
def test_what_is_kept_by_opt_in_serves_the_next_command_and_is_the_owners_alone(opened, tmp_path):
    microsoft = Microsoft(person_answer)
    settings = {"method": "device-code", "cache": "unencrypted-file"}
    token = opened(show=[].append, **settings)("graph")
    file = Path(tmp_path, ".teamskit", "signin.cache")
    assert "refresh-me" in file.read_text("utf-8")
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
    asked = len(microsoft.asked)
    assert opened(**settings)("graph") == token
    assert len(microsoft.asked) == asked
    file.write_text("{broken", encoding="utf-8")
    assert "auth logout" in refused_by(opened(**settings)).next_step


@responses.activate
def test_another_person_takes_the_place_of_the_first_a_guest_too(opened):
    guest = {"who": "it@provider.example", "home": OTHER, "home_tenant": OTHER}
    Microsoft(person_answer, person_answer, lambda asked: person_answer(asked, **guest))
    settings = {"method": "device-code", "cache": "unencrypted-file", "show": [].append}
    for _ in range(2):
        assert [one["username"] for one in opened(**settings).asker.login()] == ["tech@school.example"]
    assert [one["username"] for one in opened(**settings).asker.login()] == ["it@provider.example"]
    assert claims_of(opened(**settings)("graph")).who == "it@provider.example"


class Locked(msal_extensions.FilePersistence):
    """A store as Windows' is: what lies in the file is no text, and an empty file cannot be opened."""

    is_encrypted = True

    def save(self, content):
        Path(self._location).write_bytes(content.encode()[::-1])

    def load(self):
        content = Path(self._location).read_bytes()
        if not content:
            raise OSError("the data is invalid")
        return content[::-1].decode()


@responses.activate
def test_the_safe_store_of_the_system_is_used_where_it_works(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(msal_extensions, "build_encrypted_persistence", Locked)
    microsoft = Microsoft(person_answer)
    token = opened(show=[].append, method="device-code")("graph")
    asked = len(microsoft.asked)
    assert opened(method="device-code")("graph") == token
    assert len(microsoft.asked) == asked
    assert not [one for one in tmp_path.rglob("*") if one.is_file() and b"refresh-me" in one.read_bytes()]
    assert forget("safe", tmp_path / ".teamskit" / "signin.cache")
    assert "auth login" in refused_by(opened(method="device-code")).next_step


@responses.activate
def test_without_a_safe_store_nothing_is_written(opened, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "gi", None)
    if sys.platform != "linux":
        pytest.skip("another system has a safe store of its own")
    Microsoft(person_answer)
    signed_in = opened(show=[].append, method="device-code")
    signed_in("graph")
    assert "no safe store" in signed_in.asker.kept
    texts = [one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()]
    assert not [one for one in texts if b"refresh-me" in one]


# Clouds


@responses.activate
@pytest.mark.usefixtures("secret")
def test_a_national_cloud_and_addresses_of_ones_own(opened):
    microsoft = Microsoft(app_answer(), login="https://login.microsoftonline.us")
    signed_in = opened(cloud="us-government")
    signed_in("graph")
    assert microsoft.asked[0]["scope"] == "https://graph.microsoft.us/.default"
    assert signed_in.cloud.roots["graph"] == "https://graph.microsoft.us/v1.0"
    assert "signin.addresses" in refused_by(signed_in, "admin").where
    own = {"sign_in": "https://sign-in.example", "admin": "https://admin.example/"}
    other = Microsoft(app_answer(), login="https://sign-in.example")
    signed_in = opened(cloud="us-government-dod", addresses=own)
    signed_in("admin")
    assert other.asked[0]["scope"] == f"{ADMIN}/.default"
    assert signed_in.cloud.roots == {"graph": "https://dod-graph.microsoft.us/v1.0", "admin": "https://admin.example"}
