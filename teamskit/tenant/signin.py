"""Who is signed in to the tenant, for both services, by whichever way school.toml names; and for that tenant only.

A token for another tenant is refused here, before a request can carry it.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from teamskit.clock import Clock
from teamskit.errors import SignInError
from teamskit.school.folder import SchoolFolder
from teamskit.school.signin import Method, SignIn
from teamskit.tenant.calls import Service
from teamskit.tenant.certificates import read_credential
from teamskit.tenant.clouds import Cloud, cloud_of
from teamskit.tenant.signin_app import VARIABLE, AppAsker, IdentityAsker, assertion_by, secret_of_environment
from teamskit.tenant.signin_person import PersonAsker
from teamskit.tenant.signin_words import refused
from teamskit.tenant.token_cache import FILE, open_cache
from teamskit.tenant.tokens import Claims, claims_of

EARLY = timedelta(minutes=5)
"""How long before its end a token is no longer used: a request may take minutes."""
SERVICES: Mapping[Service, str] = {"graph": "Microsoft Graph", "admin": "the Teams admin API"}


class Asker(Protocol):
    """One way to sign in."""

    @property
    def kept(self) -> str:
        """Say in words where the sign-in is kept."""

    def ask(self, service: Service) -> Mapping[str, Any]:
        """Give an answer with a token, or with a refusal."""

    def tenant(self) -> str:
        """Give the id of the tenant that tokens must be for."""


class SignedIn:
    """A sign-in: a token for each service, checked to be the tenant's and used until shortly before it ends."""

    def __init__(self, method: Method, cloud: Cloud, asker: Asker, clock: Clock, ends: datetime | None = None) -> None:
        """Take the way in; `ends` is when its certificate ends."""
        self.method, self.cloud, self.asker, self.certificate_until = method, cloud, asker, ends
        self._clock = clock
        self._tokens: dict[Service, tuple[str, datetime]] = {}
        self._tenant = ""

    def __call__(self, service: Service) -> str:
        """Give a token for one service; raises SignInError, or Unreachable."""
        token, until = self._tokens.get(service, ("", self._clock.now()))
        if until - EARLY > self._clock.now():
            return token
        answer = self.asker.ask(service)
        if "access_token" not in answer:
            raise refused(answer, f"for {SERVICES[service]}")
        token = str(answer["access_token"])
        claims = self._pinned(claims_of(token))
        self._tokens[service] = (token, claims.until or self._clock.now())
        return token

    def claims(self, service: Service) -> Claims:
        """Give what the token for a service says of itself; raises like a call."""
        return claims_of(self(service))

    def _pinned(self, claims: Claims) -> Claims:
        self._tenant = self._tenant or self.asker.tenant()
        if claims.tenant_id == self._tenant:
            return claims
        other = f"is for another tenant ({claims.tenant_id})" if claims.tenant_id else "does not say for which tenant"
        raise SignInError(
            f"The sign-in {other}, and school.toml names {self._tenant}; nothing was sent with it",
            where="school.toml, [signin] tenant_id",
            next_step="Sign in with an account or app of the school's tenant, or correct tenant_id.",
        )


def method_of(settings: SignIn) -> Method:
    """Give the way in: the one named, else the one that what is there stands for; raises SignInError for none."""
    if settings.method:
        return settings.method
    if settings.certificate:
        return "certificate"
    if settings.assertion_command:
        return "assertion-command"
    if os.environ.get(VARIABLE):
        return "secret"
    raise SignInError(
        "There is neither a certificate nor a secret to sign in with, and no other way is named",
        where="school.toml, [signin]",
        next_step='Set certificate there, or method = "device-code" for a person. See docs/signing-in.md.',
    )


def open_signin(
    settings: SignIn, *, tenant: str, folder: SchoolFolder, clock: Clock, show: Callable[[str], None] | None = None
) -> SignedIn:
    """Open the sign-in of a school; `tenant` is its domain where [signin] names none. Nothing is sent yet.

    `show` shows a person the code to sign in with. Raises SignInError for a certificate that cannot be used.
    """
    method, cloud = method_of(settings), cloud_of(settings.cloud, settings.addresses)
    named, app = settings.tenant_id or tenant, settings.client_id
    if method == "device-code":
        kept = open_cache(settings.cache, folder.state(FILE))
        return SignedIn(method, cloud, PersonAsker(cloud, named, app, kept, clock, show), clock)
    if method == "managed-identity":
        return SignedIn(method, cloud, IdentityAsker(cloud, named, app), clock)
    ends: datetime | None = None
    if method == "certificate":
        read = read_credential(settings.certificate, folder.root, settings.thumbprint, clock.now())
        credential, ends = read.for_msal(), read.until
    elif method == "assertion-command":
        audience = f"{cloud.authority(named)}/oauth2/v2.0/token"
        run = assertion_by(settings.assertion_command, folder.root, audience, app)
        credential = {"client_assertion": run}
    else:
        return SignedIn(method, cloud, AppAsker(cloud, named, app, secret_of_environment()), clock)
    return SignedIn(method, cloud, AppAsker(cloud, named, app, credential), clock, ends)
