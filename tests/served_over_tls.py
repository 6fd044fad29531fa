"""The embedded tenant served over TLS in a thread, and a requests session that finds it under Microsoft's host names.

Nothing of the machine is changed: the session connects to 127.0.0.1 where a name of Microsoft's is asked for.
"""

import contextlib
import datetime
import threading
from dataclasses import dataclass

import msal
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from requests.adapters import HTTPAdapter

from teamskit.sandbox import EmbeddedTenant
from teamskit.sandbox.hosts import HOSTS, SIGN_IN
from teamskit.sandbox.serve import serve_tls

APP = "0a0b0c0d-1111-2222-3333-444455556666"
GRAPH = "https://graph.microsoft.com/v1.0"
TO_GRAPH = ["https://graph.microsoft.com/.default"]
TO_ADMIN = ["48ac35b8-9aa8-4d74-927d-1f4a14a0b239/.default"]


class _Here(HTTPAdapter):
    """Sends what goes to one host name to a port of this computer, and checks the certificate for the name."""

    def __init__(self, host, port):
        self._host, self._port = host, port
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs, server_hostname=self._host, assert_hostname=self._host)

    def send(self, request, **kwargs):
        request.url = request.url.replace(f"https://{self._host}", f"https://127.0.0.1:{self._port}", 1)
        request.headers["Host"] = self._host
        return super().send(request, **kwargs)


@dataclass
class Served:
    tenant: EmbeddedTenant
    port: int
    session: requests.Session

    def authority(self, tenant=""):
        return f"https://{SIGN_IN}/{tenant or self.tenant.tenant_id}"

    def app(self, credential, app_id=APP, tenant=""):
        """A confidential client of msal itself."""
        return msal.ConfidentialClientApplication(
            app_id, client_credential=credential, authority=self.authority(tenant), http_client=self.session
        )

    def person(self, app_id=APP, cache=None):
        """A public client of msal itself."""
        return msal.PublicClientApplication(
            app_id, authority=self.authority(), http_client=self.session, token_cache=cache
        )

    def ask(self, path, token, method="GET", root=GRAPH, **more):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.session.request(method, root + path, headers=headers, timeout=20, **more)


@contextlib.contextmanager
def served(tenant, folder):
    made = serve_tls(tenant, 0)
    file = folder / "authority.pem"
    file.write_bytes(made.authority)
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    session = requests.Session()
    session.trust_env = False
    session.verify = str(file)
    for host in HOSTS:
        session.mount(f"https://{host}", _Here(host, made.server.server_port))
    try:
        yield Served(tenant, made.server.server_port, session)
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join(timeout=10)


@dataclass
class Certificate:
    """A self-signed certificate: its PEM, its key's PEM, and what msal wants to be told."""

    pem: str
    key: str
    thumbprint: str

    @property
    def credential(self):
        return {"private_key": self.key, "thumbprint": self.thumbprint, "public_certificate": self.pem}

    @property
    def old_credential(self):
        """By SHA-1 and RS256, as msal signs when it is not given the certificate itself."""
        return {"private_key": self.key, "thumbprint": self.thumbprint}


def certificate(days=30):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "teamskit test app")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=60))
    made = made.not_valid_after(now + datetime.timedelta(days=days)).sign(key, hashes.SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    return Certificate(pem, key.private_bytes(*form).decode(), made.fingerprint(hashes.SHA1()).hex().upper())
