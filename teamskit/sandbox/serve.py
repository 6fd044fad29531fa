"""The embedded tenant on loopback, for clients outside this process. The only module here that needs werkzeug."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

import trustme
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from teamskit.sandbox.hosts import HOSTS
from teamskit.sandbox.tenant import EmbeddedTenant


class _Quiet(WSGIRequestHandler):
    """Writes no line a request: paths carry people's sign-in names."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer without the computer's date: the tenant's own stands in it."""
        self.send_response_only(code, message)
        self.send_header("Server", self.version_string())


def serve(tenant: EmbeddedTenant, port: int = 0) -> BaseWSGIServer:
    """Give a threaded server on 127.0.0.1, not yet running; port 0 takes a free one (see `.server_port`).

    The caller runs `serve_forever()` and, from another thread, `shutdown()`.
    """
    return make_server("127.0.0.1", port, tenant.wsgi, threaded=True, request_handler=_Quiet)


@dataclass(frozen=True, slots=True)
class TlsServer:
    """Hold a server under Microsoft's host names and, as PEM, the certificate of the authority that vouches for it."""

    server: BaseWSGIServer
    authority: bytes


def serve_tls(tenant: EmbeddedTenant, port: int) -> TlsServer:
    """Give a threaded HTTPS server on 127.0.0.1 that asks for tokens of its own sign-in, not yet running.

    Its authority is made here and its key is kept nowhere, so that whoever trusts it trusts this one run. Raises
    OSError where the port is taken or not allowed.
    """
    # werkzeug ends the whole process where it cannot listen.
    socket.create_server(("127.0.0.1", port)).close()
    authority = trustme.CA(organization_name="teamskit embedded tenant")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS, "localhost", "127.0.0.1").configure_cert(context)
    server = make_server("127.0.0.1", port, tenant.checked_wsgi(), threaded=True, request_handler=_Quiet)
    # Shaking hands in the request's thread: a client that only connects must not hold up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.ssl_context = context
    return TlsServer(server, authority.cert_pem.bytes())
