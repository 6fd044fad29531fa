"""Policy documents: YAML, from the package's catalogue and the school's own `policies/` folder.

A document names one policy (`type`, `name`, `settings`) or several that only work together (`policies`, a list of
such). Source of types and names: Microsoft's cmdlet reference of the MicrosoftTeams module, read 2026-11-25.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from teamskit.errors import PolicyDocumentError

Setting = bool | int | str | tuple[str, ...]
ONE_POLICY = ("type", "name", "settings")


GLOBAL = "Global"
"""The name of what everybody has who was given nothing else, and of every tenant-wide configuration."""


class WantedPolicy(BaseModel):
    """What is wanted of one policy. A setting that is not named is nobody's business: it is left as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    name: str = GLOBAL
    settings: Mapping[str, Setting] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_named(self) -> "WantedPolicy":
        if self.is_tenant_wide and self.name != GLOBAL:
            raise ValueError(f"a {self.type} has no name of its own: leave `name` out")
        return self

    @property
    def is_tenant_wide(self) -> bool:
        """Say whether the type is a configuration of the whole tenant, which nobody can be given."""
        return not self.type.endswith("Policy")


class PolicyDocument(BaseModel):
    """What a school wants of the policies that serve one clause: `whom` is pupils, staff, everybody or tenant."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: str
    title: str
    whom: Literal["pupils", "staff", "everybody", "tenant"] = Field(alias="for")
    clause: str
    why: str = ""
    licence: str = ""
    policies: tuple[WantedPolicy, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        """Take the short form, one policy at the top, for a list of one."""
        if not isinstance(data, Mapping) or "policies" in data:
            return data
        one = {key: data[key] for key in ONE_POLICY if key in data}
        return {**{key: value for key, value in data.items() if key not in ONE_POLICY}, "policies": [one]}


def catalogue(own: Path | None = None) -> dict[str, PolicyDocument]:
    """Read every document, by id; one in the folder `own` stands in for the shipped one with the same id.

    Raises PolicyDocumentError naming the file and what is wrong with it.
    """
    documents = {doc.id: doc for doc in _documents(files("teamskit.policy_catalogue"))}
    if own is not None and own.is_dir():
        documents |= {doc.id: doc for doc in _documents(own)}
    return documents


def _documents(folder: Traversable | Path) -> Iterator[PolicyDocument]:
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith((".yaml", ".yml")):
            yield _document(file.name, file.read_text(encoding="utf-8"))


def _document(name: str, text: str) -> PolicyDocument:
    fix = "Compare it with the shipped documents of the same kind."
    try:
        data: Any = yaml.safe_load(text)
        return PolicyDocument.model_validate(data)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise PolicyDocumentError("the document is not YAML", where=f"policies/{name}{line}", next_step=fix) from None
    except ValidationError as wrong:
        what = "; ".join(_sentence(error["loc"], error["type"], error["msg"]) for error in wrong.errors())
        raise PolicyDocumentError(what, where=f"policies/{name}", next_step=fix) from None


def check_cohort(name: str, role: str, documents: Sequence[PolicyDocument]) -> None:
    """Refuse a cohort that is given a document for others, or two of one type; raises PolicyDocumentError.

    Staff never receive a pupils' policy, nor pupils a policy for staff.
    """
    whom = "pupils" if role == "pupil" else "staff"
    where, fix = f'school.toml, cohort "{name}"', "See whom each is for: teamskit policies list"
    for document in documents:
        if document.whom not in (whom, "everybody"):
            what = f"the document {document.id} is for {document.whom}, and this cohort is of {whom}"
            raise PolicyDocumentError(what, where=where, next_step=fix)
    types = [one.type for document in documents for one in document.policies if not one.is_tenant_wide]
    twice = next((one for one in types if types.count(one) > 1), None)
    if twice:
        raise PolicyDocumentError(f"two documents of one type, {twice}", where=where, next_step="Name one of them.")


def _sentence(loc: tuple[int | str, ...], kind: str, words: str) -> str:
    what = ".".join(str(part) for part in loc).removeprefix("policies.0.") or "the document"
    known = [*ONE_POLICY, *(field.alias or name for name, field in PolicyDocument.model_fields.items())]
    if kind == "extra_forbidden":
        near = get_close_matches(what, known, 1)
        return f"unknown key {what}" + (f" (did you mean {near[0]}?)" if near else "")
    return f"{what} is missing" if kind == "missing" else f"{what}: {words}"


def needed(documents: Mapping[str, PolicyDocument], ids: Sequence[str], where: str = "cohorts") -> list[PolicyDocument]:
    """Give the documents with these ids; raise PolicyDocumentError for an id that there is none of."""
    for one in ids:
        if one not in documents:
            known = ", ".join(sorted(documents))
            raise PolicyDocumentError(
                f'there is no policy document "{one}"', where=f"school.toml, {where}", next_step=f"Known: {known}."
            )
    return [documents[one] for one in ids]
