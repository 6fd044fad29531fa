"""`/education/classes`: groups with education properties, their teachers (the group's owners) and members.

Source: Graph v1.0 educationroot-post-classes, educationclass pages, read 2026-11-25.
"""

from __future__ import annotations

from typing import Any

from teamskit.sandbox.group_store import (
    MEMBER,
    OWNER,
    Group,
    accounts_of,
    add_reference,
    bound_key,
    change_group,
    drop_reference,
    make_group,
    need_group,
    seen_groups,
)
from teamskit.sandbox.query import CONTEXT, check_select, kept, page, selected
from teamskit.sandbox.request import Answer, Visit, bad_request, object_body
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.schema import GRAPH, check_object, names_of
from teamskit.sandbox.users import education_user

_PROPERTIES = [
    "id",
    "displayName",
    "mailNickname",
    "description",
    "classCode",
    "createdBy",
    "externalId",
    "externalName",
    "externalSource",
    "externalSourceDetail",
    "grade",
    "term",
]
_KINDS = {"teachers": OWNER, "members": MEMBER}


def _view(group: Group) -> dict[str, Any]:
    return {name: group.doc.get(name) for name in _PROPERTIES}


def _list(visit: Visit) -> Answer:
    check_select(visit, names_of("educationClass"))
    shown = [_view(group) for group in seen_groups(visit, " AND class = 1")]
    return page(visit, kept(visit, shown, names_of("educationClass")), "education/classes", most=999)


def _create(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "educationClass")
    for name in ("displayName", "mailNickname"):
        if not body.get(name):
            raise bad_request(f"The property '{name}' is required.")
    maker = {"application": {"id": visit.facts.tenant_id, "displayName": "teamskit"}}
    doc = {name: value for name, value in body.items() if name in _PROPERTIES and name != "id"}
    group = make_group(visit, {**doc, "createdBy": maker}, is_class=True)
    return Answer(201, {"@odata.context": CONTEXT + "education/classes/$entity", **_view(group)})


def _one(visit: Visit) -> Answer:
    group = need_group(visit, visit.args[0], is_class=True)
    shown = selected(_view(group), visit)
    return Answer(200, {"@odata.context": CONTEXT + "education/classes/$entity", **shown})


def _change(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "educationClass")
    group = change_group(visit, need_group(visit, visit.args[0], is_class=True), body)
    return Answer(200, {"@odata.context": CONTEXT + "education/classes/$entity", **_view(group)})


def _delete(visit: Visit) -> Answer:
    group = need_group(visit, visit.args[0], is_class=True)
    visit.db.execute("UPDATE groups SET deleted = ? WHERE id = ?", (visit.now, group.id))
    return Answer(204)


def _people(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        group = need_group(visit, visit.args[0], is_class=True)
        shown = [education_user(user) for user in accounts_of(visit.db, group.id, _KINDS[kind])]
        return page(visit, shown, f"education/classes('{group.id}')/{kind}", most=999)

    return answer


def _add(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        body = object_body(visit)
        if set(body) != {"@odata.id"}:
            raise bad_request("A reference has '@odata.id' and nothing else.")
        group = need_group(visit, visit.args[0], is_class=True)
        add_reference(visit, group.id, _KINDS[kind], bound_key(body["@odata.id"]))
        return Answer(204)

    return answer


def _drop(kind: str) -> Handler:
    def answer(visit: Visit) -> Answer:
        group = need_group(visit, visit.args[0], is_class=True)
        drop_reference(visit, group.id, _KINDS[kind], visit.args[1])
        return Answer(204)

    return answer


ROUTES = [
    Route("GET", "/education/classes", _list, "directory"),
    Route("POST", "/education/classes", _create, "directory"),
    Route("GET", "/education/classes/{id}", _one, "directory"),
    Route("PATCH", "/education/classes/{id}", _change, "directory"),
    Route("DELETE", "/education/classes/{id}", _delete, "directory"),
    *(Route("GET", f"/education/classes/{{id}}/{kind}", _people(kind), "directory") for kind in _KINDS),
    *(Route("POST", f"/education/classes/{{id}}/{kind}/$ref", _add(kind), "directory") for kind in _KINDS),
    *(Route("DELETE", f"/education/classes/{{id}}/{kind}/{{uid}}/$ref", _drop(kind), "directory") for kind in _KINDS),
]
