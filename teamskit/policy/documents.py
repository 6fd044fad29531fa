"""The model of a policy document; `shelf` reads them from the package's catalogue and the school's own folder.

A document names one policy (`type`, `name`, `settings`) or several that only work together (`policies`, a list of
such). Source of types and names: Microsoft's cmdlet reference of the MicrosoftTeams module, read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from teamskit.errors import PolicyDocumentError
from teamskit.policy.parameters import has_name
from teamskit.policy.validation import ONE_POLICY

Setting = bool | int | str | tuple[str, ...]

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
        return not has_name(self.type)


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
        if any(one.name.casefold() == GLOBAL.casefold() and not one.is_tenant_wide for one in document.policies):
            what = f"the document {document.id} speaks of Global, which nobody is given: everybody has it"
            fix = "Give the policy a name, or name the document in [policies] tenant."
            raise PolicyDocumentError(what, where=where, next_step=fix)
    types = [one.type for document in documents for one in document.policies if not one.is_tenant_wide]
    twice = next((one for one in types if types.count(one) > 1), None)
    if twice:
        raise PolicyDocumentError(f"two documents of one type, {twice}", where=where, next_step="Name one of them.")


def needed(documents: Mapping[str, PolicyDocument], ids: Sequence[str], where: str = "cohorts") -> list[PolicyDocument]:
    """Give the documents with these ids; raise PolicyDocumentError for an id that there is none of."""
    for one in ids:
        if one not in documents:
            known = ", ".join(sorted(documents))
            raise PolicyDocumentError(
                f'there is no policy document "{one}"', where=f"school.toml, {where}", next_step=f"Known: {known}."
            )
    return [documents[one] for one in ids]
