"""Who may open a file, from the permissions of its item: what an invitation brings is normal, the rest is told. Pure.

Source: Graph v1.0 permission, sharingLink, read 2026-11-25. A link of the scope existingAccess gives nobody a right.
Claims of SharePoint that stand for everybody of the school, or for the whole world, are *observed*.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from teamskit.recordings.files import Grant, Link, Somebody
from teamskit.recordings.people import People

NO_RIGHT = "existingAccess"
_EVERYBODY = ("spo-grid-all-users", "c:0(.s|true")
_ROLES = ("owner", "write", "read")
Permission = Mapping[str, Any]


@dataclass(frozen=True)
class Shared:
    """Who may open a file: links, rights given directly that no invitation brings, and who has these."""

    links: tuple[Link, ...] = ()
    grants: tuple[Grant, ...] = ()
    granted: tuple[Somebody, ...] = ()


def shared_by(permissions: Iterable[Permission], people: People, owner: str) -> Shared:
    """Read the permissions of a file in the drive of `owner`."""
    links: list[Link] = []
    rights: list[tuple[Grant, Somebody]] = []
    for one in permissions:
        if one.get("link"):
            links.append(_link(one, people))
        else:
            rights += _rights(one, people, owner)
    return Shared(
        tuple(sorted(set(links), key=lambda link: (link.scope, link.type))),
        tuple(sorted({grant for grant, _ in rights}, key=lambda grant: (grant.to, grant.role))),
        tuple(sorted({who for _, who in rights}, key=lambda who: (who.name, who.account))),
    )


def _link(permission: Permission, people: People) -> Link:
    link = permission["link"]
    scope, kind = str(link.get("scope") or "anonymous"), str(link.get("type") or "view")
    if scope == NO_RIGHT:
        return Link(scope, kind, outside=False)
    if scope != "users":
        return Link(scope, kind, outside=True)
    named = list(_identities(permission))
    beyond = any(people.standing(who.account, who.address) != "staff" for who, _ in named)
    return Link(scope, kind, outside=beyond)


def _rights(permission: Permission, people: People, owner: str) -> Iterator[tuple[Grant, Somebody]]:
    role = next((one for one in _ROLES if one in (permission.get("roles") or ())), "read")
    for who, login in _identities(permission):
        to = _to(who, login, role, people)
        if to and who.account != owner:
            yield Grant(to, role), who


def _to(who: Somebody, login: str, role: str, people: People) -> str:
    """Say whom a right reaches that no invitation brings; nothing for staff, and for pupils who may only look."""
    if any(claim in login for claim in _EVERYBODY):
        return "everybody"
    standing = people.standing(who.account, who.address or login.rpartition("|")[2])
    if standing == "outside":
        return "guest"
    return "pupil" if standing == "pupil" and role != "read" else ""


def _identities(permission: Permission) -> Iterator[tuple[Somebody, str]]:
    """Give each person a permission names, with SharePoint's name for him; groups are no persons."""
    sets: Sequence[Mapping[str, Any]] = [
        one for one in (permission.get("grantedToV2"), *(permission.get("grantedToIdentitiesV2") or ())) if one
    ]
    for one in sets:
        user, site = one.get("user") or {}, one.get("siteUser") or {}
        login = str(site.get("loginName") or "").casefold()
        address = str(user.get("email") or user.get("userPrincipalName") or site.get("email") or "")
        address = address or (login.rpartition("|")[2] if "@" in login else "")
        name = str(user.get("displayName") or site.get("displayName") or "")
        if user or site:
            yield Somebody(str(user.get("id") or ""), name, address), login
    invited = permission.get("invitation") or {}
    if invited.get("email") and not sets:
        yield Somebody("", "", str(invited["email"])), ""
