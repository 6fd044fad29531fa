"""Which function answers which method and path.

A template such as `/teams/{id}/members` is also the name under which its requests are counted; `{path*}` takes slashes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from teamskit.sandbox.request import Answer, Refusal, Visit

Handler = Callable[[Visit], Answer]
_KEY = re.compile(r"\('([^'()]*)'\)")
# Microsoft's SDKs write the namespace before functions and actions; what stands in microsoft.graph itself is a type.
_NAMESPACE = re.compile(r"/microsoft\.graph\.(?:\w+\.)+(?=\w)", re.IGNORECASE)
_FIELD = re.compile(r"\\\{\w+(\\\*)?\\\}")


@dataclass(frozen=True, slots=True)
class Route:
    """Hold one endpoint; `family` names its limits in throttle, empty for none."""

    method: str
    template: str
    handler: Handler
    family: str = ""


class Routes:
    """Find routes by method and path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Compile the templates; among routes of one first segment the first that fits wins."""
        self._known: dict[str, list[tuple[re.Pattern[str], Route]]] = {}
        for route in routes:
            self._known.setdefault(_first(route.template), []).append((_compiled(route.template), route))

    def every(self) -> list[Route]:
        """Give all routes."""
        return [route for routes in self._known.values() for _, route in routes]

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]]:
        """Give the route and the path's arguments; raises Refusal: 404 for an unknown path, 405 for its method."""
        plain = _NAMESPACE.sub("/", _KEY.sub(r"/\1", path))
        is_known = False
        for pattern, route in self._known.get(_first(plain), []):
            fit = pattern.fullmatch(plain)
            if fit and route.method == method:
                return route, fit.groups()
            is_known = is_known or fit is not None
        if is_known:
            raise Refusal(405, "Request_BadRequest", "This path does not take this HTTP method.")
        raise Refusal(404, "BadRequest", "No resource was found for this path.")


def _first(path: str) -> str:
    return path[1:].partition("/")[0].lower()


def _compiled(template: str) -> re.Pattern[str]:
    escaped = _FIELD.sub(lambda field: "(.+)" if field.group(1) else "([^/]+)", re.escape(template))
    return re.compile(escaped, re.IGNORECASE)
