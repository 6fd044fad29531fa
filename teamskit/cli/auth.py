"""`teamskit auth`: sign in, see who is signed in and with what, and sign out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.output import clean, emit, output_option, say, say_folded
from teamskit.clock import at_school, iso, parse_iso
from teamskit.errors import SignInError, TenantError

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.tenant.calls import Service

HEADINGS = ("service", "signed_in", "until", "permissions", "why_not")
KINDS = {"app": "an application", "delegated": "a person", "unknown": "not told"}


@click.group("auth")
def command() -> None:
    """Sign in to the tenant, see who is signed in and with what, and sign out."""


@command.command()
@output_option
@click.pass_obj
def login(here: Here, output: str) -> int:
    """Sign in as school.toml says, and show who is signed in with which permissions.

    \b
    teamskit auth login

    With method = "device-code" it shows a code to enter in a browser, and waits; an application signs in by itself.
    Exit status: 0 signed in for Graph and the Teams admin API, 1 when not for both, 130 stopped.
    """
    from teamskit.tenant.signin_person import PersonAsker

    if not here.sandbox and isinstance(here.signed_in.asker, PersonAsker):
        try:
            here.signed_in.asker.login()
        except KeyboardInterrupt:
            # No change was under way: nothing to go on with.
            raise click.Abort from None
    return _show(here, output)


@command.command()
@output_option
@click.pass_obj
def status(here: Here, output: str) -> int:
    """Show who is signed in to which tenant, until when, with which roles or scopes, and where it is kept.

    \b
    teamskit auth status
    teamskit auth status --output json

    An application is signed in for this; a person is only looked up. A token is never shown.
    Exit status: 0 signed in for Graph and the Teams admin API, 1 when not for both.
    """
    here.shows_codes = False
    return _show(here, output)


@command.command()
@click.pass_obj
def logout(here: Here) -> None:
    """Forget what was kept of a person's sign-in on this computer.

    \b
    teamskit auth logout

    The browser stays signed in. To end every session of an account, revoke its sessions in entra.microsoft.com.
    """
    from teamskit.tenant.token_cache import FILE, forget

    was = forget(here.school.signin.cache, here.folder.state(FILE))
    say("Signed out on this computer." if was else "Nothing was kept: nobody was signed in on this computer.")


def _show(here: Here, output: str) -> int:
    services = [_service(here, "graph"), _service(here, "admin")]
    found = _found(here, services)
    if output == "table":
        _say(found)
    else:
        rows = [(s["service"], s["signed_in"], s["until"], " ".join(s["permissions"]), s["why_not"]) for s in services]
        emit(output, found, HEADINGS, rows)
    return 0 if all(one["signed_in"] for one in services) else 1


def _service(here: Here, service: Service) -> dict[str, Any]:
    """Say what the token for a service says of itself; or why there is none."""
    from teamskit.tenant.tokens import claims_of

    try:
        claims = claims_of(here.sandbox.token(service) if here.sandbox else here.signed_in(service))
    except TenantError as refused:
        told = f"{refused.what}. {refused.next_step}".strip()
        empty: dict[str, Any] = {"kind": None, "who": None, "tenant_id": None, "until": None, "permissions": []}
        return {"service": service, "signed_in": False, **empty, "why_not": told, "code": refused.code}
    return {
        "service": service,
        "signed_in": True,
        "kind": claims.kind,
        "who": claims.who,
        "tenant_id": claims.tenant_id,
        "until": iso(claims.until) if claims.until else None,
        "permissions": list(claims.permissions),
        "why_not": "",
        "code": "",
    }


def _found(here: Here, services: list[dict[str, Any]]) -> dict[str, Any]:
    first = next((one for one in services if one["signed_in"]), services[0])
    own: dict[str, Any] = {"method": "embedded", "cloud": "embedded", "kept": "", "certificate_until": None}
    if not here.sandbox:
        try:
            ends = here.signed_in.certificate_until
            own = {
                "method": here.signed_in.method,
                "cloud": here.school.signin.cloud,
                "kept": here.signed_in.asker.kept,
                "certificate_until": iso(ends) if ends else None,
            }
        except SignInError:
            own = {"method": None, "cloud": here.school.signin.cloud, "kept": "", "certificate_until": None}
    same = {name: first[name] for name in ("kind", "who", "tenant_id")}
    return {"signed_in": all(one["signed_in"] for one in services), **same, **own, "services": services}


def _say(found: dict[str, Any]) -> None:
    if found["kind"]:
        say(f"Signed in: {KINDS[found['kind']]} ({clean(found['who'] or 'no name')}), by {found['method']}.")
        say(f"Tenant: {clean(found['tenant_id'])}")
    else:
        say("Not signed in.")
    if found["kept"]:
        say(f"Kept: {found['kept']}.")
    if found["certificate_until"]:
        say(f"The certificate holds until {at_school(parse_iso(found['certificate_until'])):%d %B %Y}.")
    for one in found["services"]:
        name = {"graph": "Microsoft Graph", "admin": "Teams admin API"}[one["service"]]
        if one["signed_in"]:
            until = f", until {at_school(parse_iso(one['until'])):%H:%M}" if one["until"] else ""
            say_folded(f"{name}: yes{until}. {clean(' '.join(one['permissions']) or 'No permissions.')}", "  ")
        else:
            say_folded(f"{name}: no. {clean(one['why_not'])}", "  ")
