"""The embedded tenant on loopback, for clients outside this process. The only module here that needs werkzeug."""

from __future__ import annotations

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

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
