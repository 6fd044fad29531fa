"""Asks a service once, with short waits and no repeats, and keeps why no answer came: for checks, never for work."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import requests

from teamskit.tenant.calls import Call, Reply, Service

WAIT_S = (5, 10)
"""How long to wait for a connection, and for an answer."""
Trouble = Literal["", "name", "refused", "slow", "certificate", "bundle", "proxy", "page"]
PROXY_ASKS, PORTAL_ASKS = 407, 511


@dataclass(frozen=True)
class Met:
    """What one try met; without a `trouble` the service itself answered, whatever it said.

    name: the host is not known here; refused: no connection, or it was cut; slow: no answer in time; certificate: not
    trusted by this computer; bundle: the file of trusted certificates cannot be read; proxy: the proxy did not let it
    pass; page: a page for people came instead, as a filter or a portal gives. `said_at` is the answer's own time.
    """

    trouble: Trouble
    reply: Reply = Reply(0)
    said_at: datetime | None = None


class Prober:
    """Asks one tenant's services, one try each."""

    def __init__(self, session: requests.Session, roots: Mapping[Service, str]) -> None:
        """Take a session that repeats nothing, and the address of each service."""
        self._session, self._roots = session, roots

    def host(self, service: Service) -> str:
        """Give the name of a service's host."""
        return urlsplit(self._roots[service]).hostname or ""

    def reach(self, service: Service, path: str) -> Met:
        """Ask without a token: what refuses it has been reached."""
        return self.look(self._roots[service] + path)

    def look(self, address: str) -> Met:
        """Ask any address without a token."""
        # Without an auth of its own, requests would look for one in the user's .netrc.
        return self._exchange("GET", address, {"Accept": "application/json"}, auth=lambda request: request)

    def ask(self, call: Call, token: str) -> Met:
        """Send a call with a token."""
        correlation = str(uuid.uuid4())
        own = {"client-request-id": correlation, "Accept": "application/json", "Authorization": f"Bearer {token}"}
        if call.service == "admin":
            own |= {"x-ms-correlation-id": correlation, "x-authz-scope": "tenant"}
        return self._exchange(call.method, self._roots[call.service] + call.path, own | dict(call.headers), call.body)

    def _exchange(self, method: str, address: str, headers: Mapping[str, str], body: Any = None, **more: Any) -> Met:
        options: dict[str, Any] = {"timeout": WAIT_S, "allow_redirects": False, **more}
        try:
            response = self._session.request(method, address, headers=dict(headers), json=body, **options)
        except OSError as wrong:
            # requests' own errors are OSErrors too; a missing file of certificates comes as a plain one.
            return Met(trouble_of(wrong))
        if response.status_code == PROXY_ASKS:
            return Met("proxy")
        return Met("page") if _is_page(response, address) else Met("", _reply(response), _time_of(response))


def trouble_of(wrong: OSError) -> Trouble:
    """Sort what a request raised."""
    kinds: tuple[tuple[type[OSError], Trouble], ...] = (
        (requests.exceptions.ProxyError, "proxy"),
        (requests.exceptions.SSLError, "certificate"),
        (requests.exceptions.Timeout, "slow"),
    )
    for kind, trouble in kinds:
        if isinstance(wrong, kind):
            return trouble
    if not isinstance(wrong, requests.RequestException):
        return "bundle"
    words = str(wrong)
    return "name" if "NameResolutionError" in words or "getaddrinfo" in words else "refused"


def _is_page(response: requests.Response, address: str) -> bool:
    if response.status_code == PORTAL_ASKS:
        return True
    if response.is_redirect:
        return urlsplit(response.headers["Location"]).hostname not in (None, urlsplit(address).hostname)
    return response.ok and response.headers.get("Content-Type", "").startswith("text/html")


def _reply(response: requests.Response) -> Reply:
    try:
        body = response.json() if response.content else None
    except requests.JSONDecodeError:
        body = None
    return Reply(response.status_code, body, response.headers)


def _time_of(response: requests.Response) -> datetime | None:
    try:
        said = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
