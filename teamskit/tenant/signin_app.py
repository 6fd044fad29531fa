"""Application sign-in: by certificate, by secret, by the school's own command, or as a managed identity.

Sources: Entra "OAuth 2.0 client credentials flow" and "Certificate credentials", read 2026-11-25. Tokens stay in
memory.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msal
import requests
from requests.adapters import HTTPAdapter

from teamskit.errors import SignInError, Unreachable
from teamskit.tenant.calls import Service
from teamskit.tenant.clouds import Cloud
from teamskit.tenant.sign_in_address import TIMEOUT_S, discovered, reaching, resolved

VARIABLE = "TEAMSKIT_CLIENT_SECRET"
COMMAND_TIMEOUT_S = 60


class AppAsker:
    """Asks for an application's tokens. msal keeps them and asks again five minutes before one ends."""

    kept = "in memory, for one run"

    def __init__(self, cloud: Cloud, tenant: str, client_id: str, credential: Any) -> None:
        """Take what msal takes as a credential; nothing is sent before the first token is asked for."""
        self._cloud, self._tenant, self._client_id, self._credential = cloud, tenant, client_id, credential
        self._made: msal.ConfidentialClientApplication | None = None

    def ask(self, service: Service) -> Mapping[str, Any]:
        """Give msal's answer, a token's or a refusal's. Raises SignInError, or Unreachable."""
        scope = self._cloud.scope(service)
        with reaching(self._cloud.login):
            answer: Mapping[str, Any] = self._app().acquire_token_for_client([scope]) or {}
        return answer

    def tenant(self) -> str:
        """Give the id of the tenant that tokens must be for; raises SignInError, or Unreachable."""
        return resolved(self._cloud, self._tenant)

    def _app(self) -> msal.ConfidentialClientApplication:
        if self._made is None:
            self._made = made_app(
                msal.ConfidentialClientApplication, self._cloud, self._tenant, self._client_id, self._credential
            )
        return self._made


def made_app(kind: Any, cloud: Cloud, tenant: str, client_id: str, credential: Any, **more: Any) -> Any:
    """Make one of msal's applications for one tenant; raises SignInError for a tenant that Microsoft does not know.

    msal's check of unknown sign-in hosts is left out: ours stand in the code or in school.toml.
    """
    if not client_id:
        raise SignInError(
            "There is no app to sign in with",
            where="school.toml, [signin] client_id",
            next_step="Write the Application (client) ID of the app registration there.",
        )
    own: dict[str, Any] = {"authority": cloud.authority(tenant), "instance_discovery": False, "timeout": TIMEOUT_S}
    try:
        return kind(client_id, credential, **own, **more)
    except ValueError as wrong:
        # msal does not say why; Microsoft does.
        discovered(cloud, tenant)
        raise SignInError("The sign-in cannot be set up with what school.toml says", where="[signin]") from wrong


def secret_of_environment() -> str:
    """Give the client secret; raises SignInError when the variable is not set."""
    secret = os.environ.get(VARIABLE, "")
    if not secret:
        raise SignInError("There is no client secret", where=VARIABLE, next_step="Set this variable to it.")
    return secret


def assertion_by(words: Sequence[str], folder: Path, audience: str, client_id: str) -> Any:
    """Give the function that runs the school's command for a signed assertion (a JWT) whenever msal needs one.

    The command runs in `folder` without a shell, and is told audience and app by the environment.
    """

    def run() -> str:
        """Run the command once and give what it wrote; raises SignInError, without anything that it wrote."""
        told = {"TEAMSKIT_ASSERTION_AUDIENCE": audience, "TEAMSKIT_ASSERTION_CLIENT_ID": client_id}
        try:
            done = subprocess.run(  # noqa: S603 - the school's own words, no shell
                list(words),
                cwd=folder,
                env=os.environ | told,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=COMMAND_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise _command(words, f"did not end within {COMMAND_TIMEOUT_S} seconds") from late
        except OSError as gone:
            raise _command(words, f"cannot be started: {gone.strerror or 'no such program'}") from gone
        if done.returncode:
            raise _command(words, f"failed with status {done.returncode}")
        text = done.stdout.decode("ascii", "replace").strip()
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", text, re.ASCII):
            raise _command(words, "wrote something that is no signed assertion")
        return text

    return run


def _command(words: Sequence[str], what: str) -> SignInError:
    return SignInError(
        f"The command for the assertion {what}",
        where=f"school.toml, [signin] assertion_command ({words[0]})",
        next_step="Run it by hand in the school folder: it must write one JWT and nothing else, and end with 0.",
    )


class IdentityAsker:
    """Asks for the tokens of the managed identity of the machine in Azure on which this runs."""

    kept = "in memory, for one run"

    def __init__(self, cloud: Cloud, tenant: str, client_id: str) -> None:
        """Take the id of a user-assigned identity, or nothing for the machine's own."""
        self._cloud, self._tenant = cloud, tenant
        identity = (
            msal.UserAssignedManagedIdentity(client_id=client_id) if client_id else msal.SystemAssignedManagedIdentity()
        )
        session = requests.Session()
        # The address is the machine's own: no proxy knows it.
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Brief())
        self._client = msal.ManagedIdentityClient(identity, http_client=session)

    def ask(self, service: Service) -> Mapping[str, Any]:
        """Give msal's answer; raises SignInError, or Unreachable where there is no managed identity."""
        try:
            answer: Mapping[str, Any] = self._client.acquire_token_for_client(resource=self._cloud.resource(service))
        except (requests.RequestException, ValueError) as nobody:
            raise Unreachable(
                "No managed identity answers on this computer",
                where="school.toml, [signin] method",
                next_step="It exists in Azure only, and on servers joined to Azure Arc. Elsewhere use a certificate.",
            ) from nobody
        if "access_token" not in answer and "AADSTS" not in str(answer.get("error_description")):
            raise SignInError(
                "The managed identity of this computer gave no token",
                where="school.toml, [signin]",
                next_step="Turn its identity on in Azure; client_id is for a user-assigned one only.",
                code=str(answer.get("error") or ""),
            )
        return answer

    def tenant(self) -> str:
        """Give the id of the tenant that tokens must be for; raises SignInError, or Unreachable."""
        return resolved(self._cloud, self._tenant)


class _Brief(HTTPAdapter):
    """Waits ten seconds at most: where there is no managed identity, nothing answers at all."""

    def send(self, request: requests.PreparedRequest, *words: Any, **options: Any) -> requests.Response:
        """Send with a limit of time."""
        return super().send(request, *words, **{**options, "timeout": 10})
