"""Holds what goes to the embedded tenant, and what it answers, against Microsoft's published v1.0 schema.

`data/graph_schema.v1.json` is that schema cut down to our types; `data/graph_schema_pages.json` holds what is not in
it, taken from Microsoft's pages. What does not fit is told as "where: what", by name of the property.
"""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

DATA = Path(__file__).with_name("data")
ROOTS = {
    "users": "Collection(microsoft.graph.user)",
    "groups": "Collection(microsoft.graph.group)",
    "teams": "Collection(microsoft.graph.team)",
    "drives": "Collection(microsoft.graph.drive)",
    "organization": "Collection(microsoft.graph.organization)",
    "education": "microsoft.graph.educationRoot",
    "communications/callRecords": "Collection(microsoft.graph.callRecords.callRecord)",
    "directory/deletedItems": "Collection(microsoft.graph.directoryObject)",
    "admin/teams": "microsoft.graph.teamsAdministration.teamsAdminRoot",
    "security/auditLog/queries": "Collection(microsoft.graph.security.auditLogQuery)",
}
"""Where a path begins; the schema's own roots are not in the cut."""
_MANY = re.compile(r"Collection\((.+)\)")
_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")
_PLAIN = {
    "Edm.String": str,
    "Edm.Boolean": bool,
    "Edm.Int16": int,
    "Edm.Int32": int,
    "Edm.Int64": int,
    "Edm.Double": (int, float),
    "Edm.Single": (int, float),
    "Edm.Decimal": (int, float),
}
_SHAPED = {
    "Edm.DateTimeOffset": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)"),
    "Edm.Date": re.compile(r"\d{4}-\d\d-\d\d"),
    "Edm.TimeOfDay": re.compile(r"\d\d:\d\d:\d\d(\.\d{1,12})?"),
    "Edm.Guid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "Edm.Duration": re.compile(r"-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
}


@cache
def types():
    """Give every type by its whole name: Microsoft's, and those from the pages."""
    published = json.loads((DATA / "graph_schema.v1.json").read_text(encoding="utf-8"))
    pages = json.loads((DATA / "graph_schema_pages.json").read_text(encoding="utf-8"))
    known = {**published["types"], **pages["types"]}
    for name, more in pages["also"].items():
        extra = {prop: {"type": what} for prop, what in more.items()}
        known[name] = {**known[name], "properties": {**known[name]["properties"], **extra}}
    return known


@cache
def operations():
    """Give actions and functions by name: binding type, other parameters, what comes back, what must be given."""
    published = json.loads((DATA / "graph_schema.v1.json").read_text(encoding="utf-8"))
    pages = json.loads((DATA / "graph_schema_pages.json").read_text(encoding="utf-8"))
    found = {}
    for one in [*published["operations"], *pages["operations"]]:
        bound, *others = one["parameters"]
        needed = pages["required"].get(one["name"], [])
        found.setdefault(one["name"], []).append((bound[1], dict(others), one["returns"], needed, one["kind"]))
    return found


@cache
def members(name):
    """Give properties and navigation of a type, its bases' included, as name to type."""
    found, at = {}, name
    while at:
        one = types()[at]
        for prop, what in {**one.get("properties", {}), **one.get("navigation", {})}.items():
            found.setdefault(prop, what["type"].replace("self.", at.rpartition(".")[0] + "."))
        at = one.get("base")
    return found


def is_a(name, base):
    """Say whether a type is another or derives from it."""
    while name and name != base:
        name = types().get(name, {}).get("base")
    return name == base


def one_of(type_name):
    """Give the type of an element, and whether there are many."""
    many = _MANY.fullmatch(type_name or "")
    return (many.group(1), True) if many else (type_name, False)


def type_at(path):
    """Give the type that a path below /v1.0 leads to, and the action or function at its end; None for an unknown one.

    Keys may stand in the path or in brackets; a path inside a drive counts as its item.
    """
    plain = re.sub(r"root:/.*?(:(?=/)|$)", "root", unquote(urlsplit(path).path).strip("/"))
    plain = re.sub(r"\('([^'()]*)'\)(?=/|$)", r"/\1", plain)
    root = next((one for one in ROOTS if plain == one or plain.startswith(one + "/")), None)
    if root is None:
        return None, None
    at, done = ROOTS[root], None
    for word in [one for one in plain[len(root) :].split("/") if one]:
        at, done = _step(at, word)
        if at is None and done is None:
            return None, None
    return at, done


def _step(at, word):
    name, many = one_of(at)
    for bound, others, returns, needed, kind in operations().get(word.partition("(")[0], ()):
        if bound == at or is_a(name, one_of(bound)[0]) and one_of(bound)[1] == many:
            return returns, (others, needed, kind)
    if word.startswith("microsoft.graph."):
        return (f"Collection({word})" if many else word), None
    if many:
        return (at, None) if word == "$ref" else (name, None)
    if word in ("$ref", "content", "$value"):
        return word, None
    return members(name).get(word) if name in types() else None, None


def faults(value, type_name, where):
    """Give what does not fit a type, each with its place."""
    name, many = one_of(type_name)
    if value is None:
        return
    if many:
        if not isinstance(value, list):
            yield f"{where}: a list is wanted"
            return
        for one in value:
            yield from faults(one, name, f"{where}[]")
    elif name.startswith("Edm."):
        if not _is_plain(value, name):
            yield f"{where}: no {name}: {type(value).__name__}"
    elif name not in types():
        yield f"{where}: no such type in the schema: {name}"
    elif types()[name]["kind"] == "EnumType":
        words = str(value).split(",") if types()[name].get("flags") else [value]
        if not set(words) <= set(types()[name]["members"]):
            yield f"{where}: not among the values of {name}: {value}"
    else:
        yield from _of_object(value, name, where)


def _is_plain(value, name):
    if name in _SHAPED:
        return isinstance(value, str) and bool(_SHAPED[name].fullmatch(value))
    if name in _PLAIN:
        return isinstance(value, _PLAIN[name]) and (not isinstance(value, bool) or name == "Edm.Boolean")
    return True


def _of_object(value, name, where):
    if not isinstance(value, dict):
        yield f"{where}: an object is wanted"
        return
    said = value.get("@odata.type", "").lstrip("#")
    if said and not types()[name].get("columns"):
        if said not in types() or not is_a(said, name):
            yield f"{where}: {said} is no {name}"
            return
        name = said
    known = members(name)
    for key, inner in value.items():
        prop, _, note = key.partition("@")
        if not prop or _EXTENSION.fullmatch(prop):
            continue
        if prop not in known and not types()[name].get("columns"):
            yield f"{where}.{prop}: not in {name}"
        elif not note and prop in known:
            yield from faults(inner, known[prop], f"{where}.{prop}")


def read(body):
    """Read a body; None for one that is empty, or that a fault has broken."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def wrong_in_request(method, path, body):
    """Give what does not fit in a request's body."""
    where = f"{method} {_shape(path)}"
    if path == "/$batch":
        for one in body["requests"]:
            yield from wrong_in_request(one["method"], one["url"], one.get("body"))
        return
    at, done = type_at(path)
    if done and done[2] == "Action":
        others, needed, _ = done
        given = body or {}
        yield from (f"{where}: the action wants {one}" for one in needed if one not in given)
        for key, value in given.items():
            if key not in others:
                yield f"{where} body.{key}: not a parameter of the action"
            else:
                yield from faults(value, others[key], f"{where} body.{key}")
    elif body is None:
        return
    elif at is None:
        yield f"{where}: the schema has no such path"
    elif path.endswith("$ref"):
        yield from (f"{where} body.{key}: not in a reference" for key in body if key != "@odata.id")
    else:
        yield from faults(body, one_of(at)[0], f"{where} body")


def wrong_in_answer(method, path, status, answer, asked=None):
    """Give what does not fit in an answer's body; `asked` is the request's."""
    where = f"{method} {_shape(path)} -> {status}"
    if path == "/$batch" and isinstance(answer, dict) and "responses" in answer:
        sent = {one["id"]: one for one in asked["requests"]}
        for one in answer["responses"]:
            mine = sent[one["id"]]
            yield from wrong_in_answer(mine["method"], mine["url"], one["status"], one.get("body"))
    elif answer is None or not 200 <= status < 300:
        return
    else:
        yield from _wrong_in_success(method, path, answer, where)


def _wrong_in_success(method, path, answer, where):
    at, done = type_at(path)
    if method == "POST" and not done:
        at = one_of(at)[0]
    if at is None:
        yield f"{where}: the schema has no such answer"
        return
    if one_of(at)[1] and isinstance(answer, dict):
        extra = [key for key in answer if key != "value" and not key.startswith("@")]
        yield from (f"{where} {key}: not in a list" for key in extra)
        answer = answer.get("value")
    yield from faults(answer, at, where)


def _shape(path):
    plain = re.sub(r"\('[^']*'\)", "/-", unquote(urlsplit(path).path))
    return re.sub(r"[^/]*[0-9@!][^/]*|(?<=:/)[^:]*", "-", plain)
