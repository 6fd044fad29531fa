"""`teamskit sandbox serve | app`: the embedded tenant for other programs, and the apps that sign in to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.embedded import tenant_of
from teamskit.cli.output import emit, output_option, say
from teamskit.errors import InputError

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from teamskit.cli.context import Here

AUTHORITY = "sandbox-authority.pem"
_HTTPS = 443
_DEVICE = click.Choice(["refused", "wait", "approve", "decline", "expire", "conditional-access"])


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), help="0: a free one; without it 0, with --tls 443.")
@click.option("--tls", is_flag=True, help="Under Microsoft's host names, with its sign-in; tokens are checked.")
@click.pass_obj
def serve(here: Here, port: int | None, tls: bool) -> None:
    """Serve the tenant on 127.0.0.1 in real time, until Ctrl-C.

    \b
    teamskit sandbox serve
    teamskit sandbox serve --tls
    """
    here.realtime = True
    server = _over_tls(here, _HTTPS if port is None else port) if tls else _plain(here, port or 0)
    try:
        server.serve_forever()
    finally:
        server.server_close()


def _plain(here: Here, port: int) -> BaseWSGIServer:
    from teamskit.sandbox.serve import serve as made

    server = made(tenant_of(here), port)
    say(f"Serving on http://127.0.0.1:{server.server_port}/v1.0")
    return server


def _over_tls(here: Here, port: int) -> BaseWSGIServer:
    from teamskit.sandbox.hosts import HOSTS
    from teamskit.sandbox.serve import serve_tls

    try:
        made = serve_tls(tenant_of(here), port)
    except OSError as refused:
        raise InputError(
            f"port {port} cannot be used: {refused.strerror}",
            next_step="Free it or take another by --port; ports below 1024 are often the administrator's.",
        ) from None
    file = here.folder.state(AUTHORITY)
    file.write_bytes(made.authority)
    say(f"Serving on https://127.0.0.1:{made.server.server_port} for {', '.join(HOSTS)}")
    say(f"Tenant {tenant_of(here).tenant_id}; trust for this run: {file}")
    return made.server


@click.command("app")
@click.argument("app_id", metavar="CLIENT-ID", type=click.UUID)
@click.option("--name", help="What tokens call it.")
@click.option("--secret-from-env", "variable", metavar="NAME", help="Its secret stands in this variable.")
@click.option("--certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM file.")
@click.option("--grant", "roles", multiple=True, metavar="NAME", help='For the app by itself; again for more, "none".')
@click.option("--grant-person", "scopes", multiple=True, metavar="NAME", help="The same, for a signed-in person.")
@click.option("--device-code", "device", type=_DEVICE, help="How signing in by device code ends.")
@click.option("--as", "person", metavar="ACCOUNT", help="Who approves the device code.")
@click.option("--lifetime", type=click.IntRange(1, 86400), help="Seconds that its tokens last (3600).")
@output_option
@click.pass_obj
def app(here: Here, /, app_id: object, output: str, **options: Any) -> None:
    """Register an app in the tenant, or change what is named of it; for clients of sandbox serve --tls.

    \b
    teamskit sandbox app 11111111-2222-3333-4444-555555555555 --certificate app.pem --grant User.Read.All
    teamskit sandbox app 11111111-2222-3333-4444-555555555555 --device-code approve --as j.fox@school.example
    """
    tenant = tenant_of(here)
    try:
        doc = tenant.register_app(str(app_id), _settings(options))
    except ValueError as wrong:
        raise InputError(f"the embedded tenant does not take this: {wrong}", next_step="Nothing was set.") from None
    shown = {"tenant": tenant.tenant_id, "client_id": doc["id"], "name": doc["name"]}
    shown |= {"secret": bool(doc["secrets"]), "certificate": bool(doc["certificates"]), "device_code": doc["device"]}
    shown |= {"application": doc["roles"], "delegated": doc["scopes"]}
    rows = [(key, ", ".join(value) if isinstance(value, list) else value) for key, value in shown.items()]
    emit(output, shown, ("what", "value"), rows)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    settings = {key: options[key] for key in ("name", "device", "person", "lifetime") if options[key] is not None}
    for kind in ("roles", "scopes"):
        if options[kind]:
            settings[kind] = sorted(set(options[kind]) - {"none"})
    if options["certificate"]:
        settings["certificate"] = options["certificate"].read_text(encoding="utf-8", errors="replace")
    if options["variable"]:
        settings["secret"] = os.environ.get(options["variable"], "")
        if not settings["secret"]:
            raise InputError(f"the variable {options['variable']} holds no secret", next_step="Nothing was set.")
    return settings
