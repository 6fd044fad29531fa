"""What is asked for in a form's `scope`: one resource, and of it everything granted or some permissions by name.

Source: Entra "Scopes and permissions in the Microsoft identity platform", read 2026-11-25.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from teamskit.sandbox.signin_answers import SignInRefusal

GRAPH = "https://graph.microsoft.com"
ADMIN = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"
_RESOURCES = {GRAPH: GRAPH, "00000003-0000-0000-c000-000000000000": GRAPH, ADMIN: ADMIN, f"api://{ADMIN}": ADMIN}
_OPEN_ID = {"openid", "profile", "offline_access", "email"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold the resource, the permissions that the token will carry, and what else a person's answer holds."""

    resource: str
    names: tuple[str, ...]
    wants_refresh: bool
    wants_id: bool

    @property
    def is_graph(self) -> bool:
        """Say whether the token is for Microsoft Graph."""
        return self.resource == GRAPH


def asked_scopes(text: str, granted: Iterable[str], *, is_app: bool = False) -> Asked:
    """Read a `scope`; refuses an unknown resource, two of them, and what was never granted.

    An app by itself may ask for `.default` only, and gets what it was granted; `granted` is a person's then unused.
    """
    words = text.split()
    pairs = [_split(word) for word in words if word.lower() not in _OPEN_ID]
    places = {place for place, _ in pairs}
    if len(places) != 1:
        raise SignInRefusal("invalid_scope", 70011, "The scope must name permissions of exactly one resource.")
    (place,) = places
    wanted = {name.lower() for _, name in pairs}
    if is_app and wanted != {".default"}:
        raise SignInRefusal("invalid_scope", 1002012, "An app by itself asks for the resource's /.default.")
    names = tuple(sorted(granted)) if place == GRAPH else ("user_impersonation",)
    missing = wanted - {".default"} - {name.lower() for name in names}
    if missing and not is_app:
        raise SignInRefusal(
            "invalid_grant", 65001, f"Nobody has consented to {', '.join(sorted(missing))} for the app."
        )
    low = {word.lower() for word in words}
    return Asked(place, names, "offline_access" in low, "openid" in low)


def _split(word: str) -> tuple[str, str]:
    """Give resource and permission of one word; a bare permission is Graph's."""
    start, slash, name = word.rpartition("/")
    if not slash:
        return GRAPH, word
    resource = _RESOURCES.get(start.rstrip("/").lower())
    if resource is None:
        raise SignInRefusal("invalid_resource", 500011, f"The resource '{start}' is not known in this tenant.")
    return resource, name
