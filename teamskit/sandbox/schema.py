"""Hold request bodies against Microsoft's published v1.0 schema (`data/schema.json`, read on first use).

An unknown property, a wrong type or a value outside an enumeration is a 400 that names the property.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from teamskit.sandbox.clock import from_text
from teamskit.sandbox.request import bad_request

GRAPH = "microsoft.graph."
_KINDS: dict[str, type | tuple[type, ...]] = {
    "Edm.String": str,
    "Edm.Boolean": bool,
    "Edm.Int32": int,
    "Edm.Int64": int,
    "Edm.Double": (int, float),
    "Edm.DateTimeOffset": str,
    "Edm.Date": str,
    "Edm.Guid": str,
}
_EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@cache
def read_data(name: str) -> Any:
    """Read one of the JSON files in `data/`; the same object each time, so do not change it."""
    return json.loads(files("teamskit.sandbox").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def members_of(type_name: str) -> tuple[dict[str, tuple[str, bool]], dict[str, str]]:
    """Give a type's properties (type, nullable) and navigation properties, its bases' included.

    Raises KeyError for a type that is not in the schema.
    """
    known = read_data("schema.json")["types"][type_name]
    properties, navigation = members_of(known["base"]) if "base" in known else ({}, {})
    own = {name: (kind, nullable) for name, (kind, nullable) in known.get("properties", {}).items()}
    return {**properties, **own}, {**navigation, **known.get("navigation", {})}


def is_extension(name: str) -> bool:
    """Tell whether a property is a directory extension, such as School Data Sync's; the schema knows none of them."""
    return _EXTENSION.fullmatch(name) is not None


def names_of(type_name: str) -> frozenset[str]:
    """Give the names of all properties of a type, navigation included; `type_name` without `microsoft.graph.`."""
    properties, navigation = members_of(GRAPH + type_name)
    return frozenset(properties) | frozenset(navigation)


def check_object(value: Any, type_name: str, *, code: str = "Request_BadRequest", where: str = "") -> None:
    """Refuse (400, `code`) an object that has a property the type lacks, or one of the wrong type."""
    if not isinstance(value, dict):
        raise bad_request(f"'{where or type_name}' has to be an object.", code)
    properties, navigation = members_of(type_name)
    for name, content in value.items():
        place = f"{where}/{name}" if where else name
        if "@" in name:
            _check_annotation(name, navigation, type_name, code)
        elif name in properties:
            _check_value(content, *properties[name], code, place)
        elif name not in navigation and not is_extension(name):
            raise bad_request(f"The type '{type_name}' has no property '{name}'.", code)


def with_own_words(value: Any, kind: str) -> Any:
    """Give a value with the words of enumerations spelt as the schema has them, as Outlook takes them in any case."""
    types = read_data("schema.json")["types"]
    if kind.startswith("Collection(") and isinstance(value, list):
        return [with_own_words(one, kind[11:-1]) for one in value]
    if isinstance(value, str) and "values" in types.get(kind, {}):
        return next((word for word in types[kind]["values"] if word.lower() == value.lower()), value)
    if isinstance(value, dict) and "properties" in types.get(kind, {}):
        properties, _navigation = members_of(kind)
        return {
            name: with_own_words(content, properties[name][0]) if name in properties else content
            for name, content in value.items()
        }
    return value


def check_parameters(body: dict[str, Any], parameters: dict[str, str], *, code: str = "BadRequest") -> None:
    """Refuse an action's body that names another parameter than these, or gives one a wrong type."""
    for name, content in body.items():
        if name not in parameters:
            raise bad_request(f"The action has no parameter '{name}'.", code)
        _check_value(content, parameters[name], True, code, name)


def _check_annotation(name: str, navigation: dict[str, str], type_name: str, code: str) -> None:
    bound, _, annotation = name.partition("@")
    if annotation == "odata.bind" and bound not in navigation:
        raise bad_request(f"The type '{type_name}' has no navigation property '{bound}' to bind.", code)


def _check_value(value: Any, kind: str, nullable: bool, code: str, place: str) -> None:
    if value is None:
        if not nullable:
            raise bad_request(f"The property '{place}' cannot be null.", code)
        return
    if kind.startswith("Collection("):
        if not isinstance(value, list):
            raise bad_request(f"The property '{place}' has to be a collection.", code)
        for item in value:
            _check_value(item, kind[11:-1], False, code, place)
    elif kind.startswith("Edm."):
        _check_plain(value, kind, code, place)
    else:
        _check_named(value, kind, code, place)


def _check_plain(value: Any, kind: str, code: str, place: str) -> None:
    wanted = _KINDS.get(kind)
    is_wrong = wanted is not None and not isinstance(value, wanted)
    if is_wrong or (isinstance(value, bool) and kind != "Edm.Boolean"):
        raise bad_request(f"The property '{place}' is not of type {kind}.", code)
    if kind == "Edm.Date" and not _DATE.fullmatch(value):
        raise bad_request(f"The property '{place}' is not a date.", code)
    if kind == "Edm.DateTimeOffset":
        try:
            from_text(value)
        except ValueError as error:
            raise bad_request(f"The property '{place}' is not a date and time.", code) from error


def _check_named(value: Any, kind: str, code: str, place: str) -> None:
    types = read_data("schema.json")["types"]
    if kind not in types:
        return
    if "values" in types[kind]:
        if value not in types[kind]["values"]:
            raise bad_request(f"The property '{place}' does not take the value '{value}'.", code)
        return
    said = value.get("@odata.type") if isinstance(value, dict) else None
    actual = str(said).removeprefix("#") if said else kind
    check_object(value, actual if actual in types else kind, code=code, where=place)
