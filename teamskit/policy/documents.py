"""Policy documents: YAML, one policy each, from the package's catalogue and the school's own `policies/` folder."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from teamskit.errors import PolicyDocumentError
from teamskit.tenant import federation

Setting = bool | int | str | tuple[str, ...]


class PolicyDocument(BaseModel):
    """What a school wants of one policy. A setting that is not named is none of its business: it is left as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: str
    title: str
    type: str
    name: str
    whom: str = Field(alias="for")
    clause: str
    why: str = ""
    licence: str = ""
    settings: Mapping[str, Setting] = Field(min_length=1)


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
        return _checked(name, PolicyDocument.model_validate(data))
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise PolicyDocumentError("the document is not YAML", where=f"policies/{name}{line}", next_step=fix) from None
    except ValidationError as wrong:
        what = "; ".join(_sentence(error["loc"], error["type"], error["msg"]) for error in wrong.errors())
        raise PolicyDocumentError(what, where=f"policies/{name}", next_step=fix) from None


def _checked(name: str, document: PolicyDocument) -> PolicyDocument:
    if document.type in federation.TYPES:
        try:
            federation.check_document(document.settings)
        except PolicyDocumentError as wrong:
            raise PolicyDocumentError(wrong.what, where=f"policies/{name}", next_step=wrong.next_step) from None
    return document


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
    types = [document.type for document in documents]
    twice = next((one for one in types if types.count(one) > 1), None)
    if twice:
        raise PolicyDocumentError(f"two documents of one type, {twice}", where=where, next_step="Name one of them.")


def _sentence(loc: tuple[int | str, ...], kind: str, words: str) -> str:
    what = ".".join(str(part) for part in loc) or "the document"
    known = [field.alias or name for name, field in PolicyDocument.model_fields.items()]
    if kind == "extra_forbidden":
        near = get_close_matches(what, known, 1)
        return f"unknown key {what}" + (f" (did you mean {near[0]}?)" if near else "")
    return f"{what} is missing" if kind == "missing" else f"{what}: {words}"


def needed(documents: Mapping[str, PolicyDocument], ids: tuple[str, ...]) -> list[PolicyDocument]:
    """Give the documents with these ids; raise PolicyDocumentError for an id that there is none of."""
    for one in ids:
        if one not in documents:
            known = ", ".join(sorted(documents))
            raise PolicyDocumentError(
                f'there is no policy document "{one}"', where="school.toml, cohorts", next_step=f"Known: {known}."
            )
    return [documents[one] for one in ids]
