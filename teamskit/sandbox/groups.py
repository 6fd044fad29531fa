"""`/groups` and `/directory/deletedItems`: Microsoft 365 and security groups as a directory sees them.

Source: Graph v1.0 group-list, group-post-groups, group resource, directory-deleteditems-list, read 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from teamskit.sandbox.clock import to_text
from teamskit.sandbox.group_grants import take_all
from teamskit.sandbox.group_store import (
    KEPT_DELETED_US,
    MEMBER,
    OWNER,
    Group,
    accounts_of,
    add_reference,
    bound_key,
    change_group,
    deleted_groups,
    drop_reference,
    find_deleted,
    groups_in,
    make_group,
    need_group,
    seen_groups,
)
from teamskit.sandbox.options import check_directory
from teamskit.sandbox.query import CONTEXT, check_select, kept, page, selected
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, no_resource, object_body
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.schema import GRAPH, check_object, is_extension, names_of
from teamskit.sandbox.users import DEFAULT

_PROPERTIES = [
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "description",
    "displayName",
    "groupTypes",
    "mail",
    "mailEnabled",
    "mailNickname",
    "proxyAddresses",
    "resourceProvisioningOptions",
    "securityEnabled",
    "visibility",
]
_BY_NICKNAME = re.compile(r"\s*mailNickname eq '((?:[^']|'')+)'\s*", re.IGNORECASE)
_KINDS = {"owners": OWNER, "members": MEMBER}
_NEEDED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")


def _team_ids(visit: Visit) -> set[str]:
    return {tid for (tid,) in visit.db.execute("SELECT id FROM teams WHERE ready <= ?", (visit.now,))}


def _made(group: Group, visit: Visit, teams: Iterable[str]) -> dict[str, Any]:
    """Give the properties that the directory sets by itself."""
    if group.is_security:
        return {"proxyAddresses": [], "resourceProvisioningOptions": []}
    mail = f"{group.doc['mailNickname']}@{visit.facts.domains[0]}"
    return {
        "groupTypes": ["Unified"],
        "mail": mail,
        "mailEnabled": True,
        "securityEnabled": False,
        "proxyAddresses": ["SMTP:" + mail],
        "visibility": "HiddenMembership" if group.is_class else "Private",
        "resourceProvisioningOptions": ["Team"] if group.id in teams else [],
    }


def _view(group: Group, visit: Visit, teams: Iterable[str]) -> dict[str, Any]:
    doc = group.doc
    merged = {**_made(group, visit, teams), **{name: value for name, value in doc.items() if name in _PROPERTIES}}
    if group.deleted:
        # Microsoft's page: a security group among the deleted items shows as not enabled.
        merged |= {"deletedDateTime": to_text(group.deleted), "securityEnabled": False}
    extensions = {name: value for name, value in doc.items() if is_extension(name)}
    return {name: merged.get(name) for name in _PROPERTIES} | extensions


def _list(visit: Visit) -> Answer:
    check_directory(visit)
    check_select(visit, names_of("group"))
    named = _BY_NICKNAME.fullmatch(visit.request.query.get("$filter", ""))
    if named:
        nickname = named.group(1).replace("''", "'").lower()
        found = seen_groups(visit, " AND nick = ?", (nickname,))
    else:
        found = seen_groups(visit)
    teams = _team_ids(visit)
    shown = kept(visit, [_view(group, visit, teams) for group in found], names_of("group"))
    return page(visit, shown, "groups", most=999)


def _one(visit: Visit) -> Answer:
    group = need_group(visit, visit.args[0])
    shown = selected(_view(group, visit, _team_ids(visit)), visit)
    return Answer(200, {"@odata.context": CONTEXT + "groups/$entity", **shown})


def _check_kind(body: dict[str, Any]) -> None:
    """Refuse a group that is neither a Microsoft 365 group nor a plain security group: Graph makes no others."""
    if body.get("groupTypes") == ["Unified"]:
        return
    if body.setdefault("groupTypes", []):
        raise bad_request("This tenant makes no groups of these groupTypes: take ['Unified'] or none.")
    for name in _NEEDED:
        if body.get(name) is None:
            raise bad_request(f"A value is required for property '{name}' of resource 'Group'.")
    if body["mailEnabled"] or not body["securityEnabled"]:
        raise bad_request("A group without groupTypes has to have mailEnabled false and securityEnabled true.")


def _create(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "group")
    _check_kind(body)
    doc = {name: value for name, value in body.items() if name in _PROPERTIES or is_extension(name)}
    group = make_group(visit, doc, is_class=False)
    for name, kind in _KINDS.items():
        for reference in body.get(name + "@odata.bind") or []:
            add_reference(visit, group.id, kind, bound_key(reference))
    shown = _view(group, visit, ())
    return Answer(201, {"@odata.context": CONTEXT + "groups/$entity", **shown})


def _change(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "group")
    group = need_group(visit, visit.args[0])
    added = body.pop("members@odata.bind", [])
    if len(added) > 20:
        raise bad_request("At most 20 references can be added in one request.")
    for reference in added:
        add_reference(visit, group.id, MEMBER, bound_key(reference))
    if body:
        change_group(visit, group, body)
    return Answer(204)


def _delete(visit: Visit) -> Answer:
    group = need_group(visit, visit.args[0])
    visit.db.execute("UPDATE groups SET deleted = ? WHERE id = ?", (visit.now, group.id))
    take_all(visit, group.id)
    return Answer(204)


def _people(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        group = need_group(visit, visit.args[0])
        shown = [
            {"@odata.type": "#microsoft.graph.user", **user} for user in accounts_of(visit.db, group.id, _KINDS[kind])
        ]
        inside = groups_in(visit.db, group.id) if kind == "members" else []
        shown += [{"@odata.type": "#microsoft.graph.group", **_view(one, visit, ())} for one in inside]
        return page(visit, shown, "directoryObjects", most=999, default=DEFAULT)

    return answer


def _users(kind: str) -> Handler:
    """Answer the cast to accounts: no groups inside, and no type beside each."""

    def answer(visit: Visit) -> Answer:
        group = need_group(visit, visit.args[0])
        return page(visit, accounts_of(visit.db, group.id, _KINDS[kind]), "users", most=999, default=DEFAULT)

    return answer


def _add(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        group = need_group(visit, visit.args[0])
        add_reference(visit, group.id, _KINDS[kind], bound_key(object_body(visit).get("@odata.id")))
        return Answer(204)

    return answer


def _drop(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        group = need_group(visit, visit.args[0])
        drop_reference(visit, group.id, _KINDS[kind], visit.args[1])
        return Answer(204)

    return answer


def _purge(visit: Visit) -> None:
    # A deleted group is kept for 30 days; then its nickname is free again.
    visit.db.execute("DELETE FROM groups WHERE deleted <= ?", (visit.now - KEPT_DELETED_US,))


def _deleted(visit: Visit) -> Answer:
    _purge(visit)
    shown = [_view(group, visit, _team_ids(visit)) for group in deleted_groups(visit.db)]
    return page(visit, kept(visit, shown), "groups", most=999)


def _deleted_bare(_visit: Visit) -> Answer:
    raise Refusal(400, "Request_BadRequest", "Deleted items have to be asked for by type.")


def _restore(visit: Visit) -> Answer:
    _purge(visit)
    group = find_deleted(visit.db, visit.args[0])
    if group is None:
        raise no_resource(visit.args[0])
    visit.db.execute("UPDATE groups SET deleted = NULL WHERE id = ?", (group.id,))
    shown = _view(need_group(visit, group.id), visit, _team_ids(visit))
    kind = {"@odata.type": "#microsoft.graph.group"}
    return Answer(200, {"@odata.context": CONTEXT + "directoryObjects/$entity", **kind, **shown})


ROUTES = [
    Route("GET", "/groups", _list, "directory"),
    Route("POST", "/groups", _create, "directory"),
    Route("GET", "/groups/{id}", _one, "directory"),
    Route("PATCH", "/groups/{id}", _change, "directory"),
    Route("DELETE", "/groups/{id}", _delete, "directory"),
    *(Route("GET", f"/groups/{{id}}/{kind}", _people(kind), "directory") for kind in _KINDS),
    *(Route("GET", f"/groups/{{id}}/{kind}/microsoft.graph.user", _users(kind), "directory") for kind in _KINDS),
    *(Route("POST", f"/groups/{{id}}/{kind}/$ref", _add(kind), "directory") for kind in _KINDS),
    *(Route("DELETE", f"/groups/{{id}}/{kind}/{{uid}}/$ref", _drop(kind), "directory") for kind in _KINDS),
    Route("GET", "/directory/deletedItems", _deleted_bare, "directory"),
    Route("GET", "/directory/deletedItems/microsoft.graph.group", _deleted, "directory"),
    Route("POST", "/directory/deletedItems/{id}/restore", _restore, "directory"),
]
