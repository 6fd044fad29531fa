"""A JSON Schema of policy documents for editors, made of the model and of Microsoft's parameters.

What must stand together, and what two documents must not both say, a schema cannot see: `teamskit policies validate`.
"""

from typing import Any, get_args

from teamskit.policy.documents import GLOBAL, PolicyDocument
from teamskit.policy.parameters import BOOLEAN, LIST, NOT_STATED, NUMBER, OTHER, SEEN, Parameter, has_name, parameters
from teamskit.policy.validation import ONE_POLICY

FILE = "policy-document.schema.json"
"""The name by which the shipped documents refer to it, beside themselves."""
_ABOUT = {
    "id": "One word, by which school.toml names the document.",
    "title": "What a person calls it.",
    "whom": "Who is given it; tenant is for configurations of the tenant as a whole.",
    "clause": "The clause of the guidance that it serves.",
    "why": "Why it is as it is.",
    "licence": "What licence its settings need.",
    "policies": "Policies that only work together; in the place of type, name and settings.",
}


def schema() -> dict[str, Any]:
    """Give the schema, draft 7, which editors know best."""
    simple = {key: field for key, field in PolicyDocument.model_fields.items() if key != "policies"}
    properties: dict[str, Any] = {
        field.alias or key: {"type": "string", "description": _ABOUT[key]} for key, field in simple.items()
    }
    properties["id"]["pattern"] = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
    properties["for"]["enum"] = list(get_args(PolicyDocument.model_fields["whom"].annotation))
    entry = {"type": "object", "required": ["type", "settings"], "additionalProperties": False, **_policy()}
    several = {"type": "array", "minItems": 1, "items": entry, "description": _ABOUT["policies"]}
    short = _policy()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A policy document of teamskit",
        "type": "object",
        "required": [field.alias or key for key, field in simple.items() if field.is_required()],
        "additionalProperties": False,
        "properties": {**properties, **short["properties"], "policies": several},
        "allOf": short["allOf"],
        "oneOf": [
            {"required": ["type", "settings"], "not": {"required": ["policies"]}},
            {"required": ["policies"], "not": {"anyOf": [{"required": [key]} for key in ONE_POLICY]}},
        ],
        "definitions": {policy_type: _settings(policy_type) for policy_type in parameters()},
    }


def _policy() -> dict[str, Any]:
    """Give what is true of one policy, at the top of a document or in an entry of `policies`."""
    return {
        "properties": {
            "type": {"enum": list(parameters()), "description": "Microsoft's name of the type, without Cs."},
            "name": {"type": "string", "minLength": 1, "description": "The policy's name in Teams."},
            "settings": {"type": "object", "minProperties": 1, "description": "Only what is named is touched."},
        },
        "allOf": [_of_type(policy_type) for policy_type in parameters()],
    }


def _of_type(policy_type: str) -> dict[str, Any]:
    then: dict[str, Any] = {"settings": {"$ref": f"#/definitions/{policy_type}"}}
    if not has_name(policy_type):
        then["name"] = {"const": GLOBAL}
    is_it = {"required": ["type"], "properties": {"type": {"const": policy_type}}}
    return {"if": is_it, "then": {"properties": then}}


def _settings(policy_type: str) -> dict[str, Any]:
    usable = {
        name: _setting(parameter)
        for name, parameter in parameters()[policy_type].items()
        if not parameter.unusable and parameter.kind != OTHER
    }
    return {"type": "object", "additionalProperties": False, "properties": usable}


def _setting(parameter: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string"}
    if parameter.kind == BOOLEAN:
        made = {"type": "boolean"}
    elif parameter.kind == LIST:
        made = {"type": "array", "items": {"type": "string", "minLength": 1}}
        made = {"anyOf": [made, {"enum": list(parameter.values)}]} if parameter.values else made
    elif parameter.kind == NUMBER:
        made = _number(parameter)
    elif parameter.values:
        made = {"enum": list(parameter.values)}
    if parameter.default_is != NOT_STATED:
        how = " (seen in admin tools)" if parameter.default_is == SEEN else ""
        made["description"] = f"Microsoft's default: {default_text(parameter)}{how}"
    return made


def _number(parameter: Parameter) -> dict[str, Any]:
    if parameter.least is None:
        return {"type": "integer"}
    within = {"type": "integer", "minimum": parameter.least, "maximum": parameter.most}
    return {"anyOf": [within, {"enum": list(parameter.also)}]} if parameter.also else within


def default_text(parameter: Parameter) -> str:
    """Write Microsoft's default as a document would, or say that nobody states it."""
    return NOT_STATED if parameter.default_is == NOT_STATED else value_text(parameter.default)


def value_text(value: object) -> str:
    """Write a value as it stands in a document."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(str(one) for one in value)}]" if isinstance(value, list | tuple) else str(value)
