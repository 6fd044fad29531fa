"""Microsoft's sign-in as far as a client sees it: discovery, device code and tokens, answered by `responses`."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
APP = "33333333-3333-4333-8333-333333333333"
PERSON = "44444444-4444-4444-8444-444444444444"
ADMIN = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"
LOGIN = "https://login.microsoftonline.com"
SCOPES = (
    "Calendars.Read Directory.Read.All EduRoster.ReadBasic Files.Read.All Group.Read.All GroupMember.Read.All "
    "OnlineMeetings.Read Sites.Read.All Team.ReadBasic.All TeamMember.Read.All TeamsPolicyUserAssign.ReadWrite.All "
    "TeamsUserConfiguration.Read.All User.Read.All"
)
"""What a person may be granted, so that nothing is refused for want of a scope."""
CORRELATION = "55555555-5555-4555-8555-555555555555"


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def jwt(**claims):
    return f"{part({'typ': 'JWT', 'alg': 'RS256'})}.{part(claims)}.c2lnbmVk"


def app_jwt(tenant=TENANT, *, lasts=3600, **more):
    return jwt(tid=tenant, appid=APP, roles=["User.Read.All"], exp=int(time.time()) + lasts, **more)


def person_jwt(tenant=TENANT, *, lasts=3600, **more):
    claims = {"tid": tenant, "upn": "tech@school.example", "scp": SCOPES, "exp": int(time.time()) + lasts}
    return jwt(**{**claims, **more})


def refusal(number, error="invalid_grant"):
    said = f"AADSTS{number}: somebody@school.example may not. Trace ID: x"
    return {"error": error, "error_description": said, "error_codes": [number], "correlation_id": CORRELATION}


class Microsoft:
    """Answers for a tenant; `answers` are given by the token address one after the other, the last again and again."""

    def __init__(self, *answers, tenant=TENANT, named=TENANT, login=LOGIN):
        self.asked = []
        self.answers = list(answers)
        base = f"{login}/{tenant}"
        found = {
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "issuer": f"{base}/v2.0",
        }
        responses.get(f"{login}/{named}/v2.0/.well-known/openid-configuration", json=found)
        responses.add_callback("POST", f"{base}/oauth2/v2.0/token", self._answer)
        flow = {
            "device_code": "long-device-code",
            "user_code": "ABC123DEF",
            "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900,
            "interval": 5,
        }
        responses.post(f"{base}/oauth2/v2.0/devicecode", json=flow)

    def _answer(self, request):
        self.asked.append({name: value[0] for name, value in parse_qs(request.body).items()})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = answer(self.asked[-1])
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, tuple):
            return answer
        return (400 if "error" in answer else 200, {}, json.dumps(answer))


def app_answer(token=None):
    return {"token_type": "Bearer", "expires_in": 3600, "access_token": token or app_jwt()}


def person_answer(asked, *, lasts=3600, who="tech@school.example", home=PERSON, home_tenant=TENANT):
    """Answer a person's sign-in or refresh with tokens of the scope asked for; a guest has another home."""
    claims = {"oid": PERSON, "tid": TENANT, "preferred_username": who, "sub": "s", "aud": APP}
    times = {"iss": f"{LOGIN}/{TENANT}/v2.0", "iat": int(time.time()), "exp": int(time.time()) + 3600}
    return {
        "token_type": "Bearer",
        "expires_in": lasts,
        "scope": asked.get("scope", "https://graph.microsoft.com/.default"),
        "access_token": person_jwt(lasts=lasts, n=len(str(asked)), upn=who),
        "refresh_token": "refresh-me",
        "id_token": jwt(**claims, **times),
        "client_info": part({"uid": home, "utid": home_tenant}),
    }


FAULT = (503, {}, json.dumps({"error": "temporarily_unavailable"}))
FILTER = (200, {}, "<html>Log in to the school's network</html>")
PENDING = {"error": "authorization_pending", "error_description": "AADSTS70016: pending", "error_codes": [70016]}


class FastClock:
    """A clock whose waits pass at once."""

    def __init__(self):
        self._ahead = timedelta()
        self.slept = []

    def now(self):
        return datetime.now(UTC) + self._ahead

    def sleep(self, seconds):
        self.slept.append(seconds)
        self._ahead += timedelta(seconds=seconds)


def made_certificate(*, begins=-1, ends=365, key=None):
    """Give a key and a certificate for it, signed by itself; `begins` and `ends` are days from now."""
    key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "teamskit")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now + timedelta(days=begins))
    return key, builder.not_valid_after(now + timedelta(days=ends)).sign(key, hashes.SHA256())


def key_pem(key, password=None):
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def pem(key, certificate, password=None):
    return key_pem(key, password) + certificate.public_bytes(serialization.Encoding.PEM)


def pfx(key, certificate, password=None):
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"teamskit", key, certificate, None, lock)
