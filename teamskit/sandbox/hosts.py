"""The tenant under Microsoft's host names: the sign-in under its own, everything else where Graph is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from teamskit.sandbox.app import App
from teamskit.sandbox.bearer import TokenGuard
from teamskit.sandbox.clock import TenantClock
from teamskit.sandbox.request import Facts
from teamskit.sandbox.signin import SignIn
from teamskit.sandbox.store import Store

SIGN_IN = "login.microsoftonline.com"
HOSTS = ("graph.microsoft.com", SIGN_IN, "api.interfaces.records.teams.microsoft.com")


class Hosts:
    """Answer by host name; every request but to the sign-in needs a token that the sign-in gave."""

    def __init__(self, store: Store, clock: TenantClock, facts: Facts) -> None:
        """Serve the tenant of `facts`, kept in `store`, on `clock`."""
        self._signin = SignIn(store, facts)
        self._app = App(store, clock, facts, TokenGuard(facts))

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one HTTP request; raises ConnectionResetError when a fault cuts the connection."""
        host = str(environ.get("HTTP_HOST", "")).partition(":")[0].lower()
        return self._signin(environ, start_response) if host == SIGN_IN else self._app(environ, start_response)
