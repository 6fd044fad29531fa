"""Microsoft's parameters of each policy type, carried in the package: types, values, defaults, and what to beware of.

Nothing flows in but `data/policy_parameters.json`. It must not know documents, YAML or the tenant.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

BOOLEAN, NUMBER, TEXT, LIST, OTHER = "true or false", "a whole number", "text", "a list of text", "other"
"""What a document can say for a setting; OTHER is what no document can."""
_KINDS = {
    "Boolean": BOOLEAN,
    "SwitchParameter": BOOLEAN,
    "Int32": NUMBER,
    "UInt32": NUMBER,
    "Int64": NUMBER,
    "Long": NUMBER,
    "String": TEXT,
    "System.String": TEXT,
    "Guid": TEXT,
    "List": LIST,
    "Object": OTHER,
    "PSObject": OTHER,
}
STATED, SEEN, NOT_STATED = "stated", "seen", "not stated"
"""How a default is known: Microsoft states it, admin tools show it, or nobody says."""


@dataclass(frozen=True)
class Parameter:
    """One setting of a policy type.

    `values` is empty where any value of the kind is taken; of a list they are words that may stand in its place.
    `least` and `most` bound a number, `also` are numbers outside that are taken too. `unusable` says, as the end of a
    sentence, why no document may name it.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    default: Any = None
    default_is: str = NOT_STATED
    unusable: str = ""
    least: int | None = None
    most: int | None = None
    also: tuple[int, ...] = ()


@cache
def parameters() -> Mapping[str, Mapping[str, Parameter]]:
    """Give every setting of every policy type, by type and name as Microsoft spells them."""
    data = json.loads(files("teamskit.policy").joinpath("data/policy_parameters.json").read_text(encoding="utf-8"))
    return {
        policy_type: {name: _parameter(data, policy_type, name) for name in settings}
        for policy_type, settings in data["types"].items()
    }


def has_name(policy_type: str) -> bool:
    """Say whether policies of this type have names and are given to people; a configuration is the whole tenant's."""
    return policy_type.endswith("Policy")


def _parameter(data: Mapping[str, Any], policy_type: str, name: str) -> Parameter:
    kind, *listed = data["types"][policy_type][name]
    mark = data["marks"].get(policy_type, {}).get(name, {})
    known = mark.get("kind", kind)
    stated, seen = data["stated"].get(policy_type, {}), data["seen"].get(policy_type, {})
    source = STATED if name in stated else SEEN if name in seen else NOT_STATED
    least, most = mark.get("range", (None, None))
    found = _kind(known)
    return Parameter(
        name,
        found,
        # For a number the reference has a sentence in the place of values.
        tuple(mark.get("values", listed[0] if listed else ())) if found in (TEXT, LIST) else (),
        stated.get(name, seen.get(name)),
        source,
        mark.get("unusable", ""),
        least,
        most,
        tuple(mark.get("also", ())),
    )


def _kind(microsofts: str) -> str:
    """Give the kind of one of Microsoft's types; its enumerations are text, its classes and lists of them are not."""
    if microsofts in _KINDS:
        return _KINDS[microsofts]
    return OTHER if "." in microsofts else TEXT
