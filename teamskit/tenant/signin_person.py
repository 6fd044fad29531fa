"""Sign-in of a person by a device code: a code on the terminal, a browser anywhere, then tokens for both services.

Source: Entra "OAuth 2.0 device authorization grant", read 2026-11-25: what ends the waiting, and what does not.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msal
import requests

from teamskit.clock import Clock
from teamskit.errors import SignInError, Unreachable
from teamskit.tenant.calls import Service
from teamskit.tenant.clouds import Cloud
from teamskit.tenant.sign_in_address import reaching, resolved
from teamskit.tenant.signin_app import made_app
from teamskit.tenant.signin_words import refused
from teamskit.tenant.token_cache import Kept

WAITING = ("authorization_pending", "slow_down")
CUTS = 3
"""How many answers in a row may fail to come while a person is at the browser."""


class PersonAsker:
    """Asks for the tokens of the person who signed in; the refresh token of one service serves the other."""

    def __init__(
        self, cloud: Cloud, tenant: str, client_id: str, kept: Kept, clock: Clock, show: Callable[[str], None] | None
    ) -> None:
        """Take the cache and how to show a sentence; without `show` (nobody is there) no sign-in is begun."""
        self._cloud, self._tenant, self._client_id, self._cache = cloud, tenant, client_id, kept
        self._clock, self._show = clock, show
        self._made: msal.PublicClientApplication | None = None

    @property
    def kept(self) -> str:
        """Say in words where the sign-in is kept."""
        return self._cache.where

    def ask(self, service: Service) -> Mapping[str, Any]:
        """Give a token from the cache or by its refresh token; where nobody is signed in, begin a sign-in.

        Raises SignInError, or Unreachable.
        """
        scope = self._cloud.scope(service)
        with reaching(self._cloud.login), _readable():
            accounts = self._app().get_accounts()
        if not accounts:
            accounts = self.login()
        with reaching(self._cloud.login), _readable((OSError,)):
            answer: Mapping[str, Any] | None = self._app().acquire_token_silent_with_error([scope], accounts[0])
        # msal gives nothing at all where it has no refresh token to ask with.
        return answer or {"error": "interaction_required"}

    def login(self) -> list[dict[str, Any]]:
        """Sign a person in by a new code, in place of whoever was; give msal's accounts, one.

        Raises SignInError when it is declined, expired or refused, and where nobody could be shown the code.
        """
        if self._show is None:
            raise SignInError(
                "Nobody is signed in",
                where="sign-in",
                next_step="Run teamskit auth login at a terminal. For scheduled runs use a certificate.",
            )
        app = self._app()
        with _readable():
            before = {one["home_account_id"] for one in app.get_accounts()}
        with reaching(self._cloud.login):
            flow = self._begun(app)
        self._show(_invitation(flow))
        answer = self._waited(app, flow, self._clock.now().timestamp() + float(flow["expires_in"]))
        if "access_token" not in answer:
            raise refused(answer)
        with _readable():
            accounts: list[dict[str, Any]] = app.get_accounts()
            new = [one for one in accounts if one["home_account_id"] not in before]
            for one in accounts if new else ():
                if one not in new:
                    app.remove_account(one)
            accounts = app.get_accounts()
        if not accounts:
            raise SignInError("Microsoft did not say who signed in", where="sign-in")
        return accounts

    def _begun(self, app: msal.PublicClientApplication) -> dict[str, Any]:
        flow: dict[str, Any] = app.initiate_device_flow([self._cloud.scope("graph")])
        if "user_code" not in flow:
            raise refused(flow)
        return flow

    def _waited(self, app: msal.PublicClientApplication, flow: dict[str, Any], until: float) -> Mapping[str, Any]:
        """Ask at the pace Microsoft names, until there is an answer or the code's time is over."""
        cuts = 0
        while self._clock.now().timestamp() < until:
            self._clock.sleep(float(flow.get("interval", 5)))
            try:
                with reaching(self._cloud.login), _readable((OSError,)):
                    answer: Mapping[str, Any] = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
            except Unreachable:
                cuts += 1
                if cuts >= CUTS:
                    raise
                continue
            cuts = 0
            if answer.get("error") not in WAITING:
                return answer
        return {"error": "expired_token"}

    def tenant(self) -> str:
        """Give the id of the tenant that tokens must be for; raises SignInError, or Unreachable."""
        return resolved(self._cloud, self._tenant)

    def _app(self) -> msal.PublicClientApplication:
        if self._made is None:
            with reaching(self._cloud.login):
                self._made = made_app(
                    msal.PublicClientApplication,
                    self._cloud,
                    self._tenant,
                    self._client_id,
                    None,
                    token_cache=self._cache.cache,
                )
        return self._made


def _invitation(flow: Mapping[str, Any]) -> str:
    minutes = max(1, int(flow["expires_in"]) // 60)
    return (
        f"To sign in, open {flow['verification_uri']} in a browser on any device and enter the code "
        f"{flow['user_code']}. It holds for {minutes} minutes; this waits until then (Ctrl-C stops it)."
    )


@contextmanager
def _readable(kinds: tuple[type[Exception], ...] = (OSError, ValueError)) -> Iterator[None]:
    """Turn a cache that cannot be read or written (another user's, another computer's) into a sentence.

    `kinds` are the exceptions that mean so; a ValueError does not where an answer of Microsoft's is read on the way.
    """
    try:
        yield
    except requests.RequestException:
        raise
    except kinds as broken:
        raise SignInError(
            "What was kept of the sign-in cannot be read or written",
            where=".teamskit/signin.cache",
            next_step="teamskit auth logout, then teamskit auth login.",
        ) from broken
