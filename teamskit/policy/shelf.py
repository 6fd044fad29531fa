"""The shelf of policy documents: the shipped ones and a school's own, read, checked, and found to agree.

Every document passes here, so that no plan can be made of one that Microsoft would refuse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from teamskit.policy.documents import GLOBAL, PolicyDocument, Setting, WantedPolicy
from teamskit.policy.problems import Problem, refusal
from teamskit.policy.reading import Word, Written, read_file, read_yaml
from teamskit.policy.validation import ONE_POLICY, setting_problems

ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Shelved:
    """A document that holds: where it stands, whether it is the school's own, and the text as written."""

    document: PolicyDocument
    file: str
    is_own: bool
    text: str
    lines: Written


@dataclass(frozen=True)
class _Source:
    file: str
    content: bytes | Path
    is_own: bool


def catalogue(own: Path | None = None) -> dict[str, PolicyDocument]:
    """Read every document, by id; one in the folder `own` stands in for the shipped one with the same id.

    Raises PolicyDocumentError with every problem of every document, each with file and line.
    """
    return {one.document.id: one.document for one in shelved(own)}


def shelved(own: Path | None = None) -> list[Shelved]:
    """Give the documents of the catalogue with where each stands, by id; raises as `catalogue` does."""
    found, problems = checked(own)
    if problems:
        raise refusal(problems)
    return found


def checked(own: Path | None = None) -> tuple[list[Shelved], list[Problem]]:
    """Read the catalogue and give what holds of it, and everything that is wrong."""
    return _checked([*_shipped(), *_own(own)])


def checked_files(paths: Sequence[Path]) -> tuple[list[Shelved], list[Problem]]:
    """Read these files, or the documents of these folders, by themselves; no shipped document is looked at."""
    sources = [source for path in paths for source in (_folder(path) if path.is_dir() else [_file(path)])]
    return _checked(sources)


def _checked(sources: Iterable[_Source]) -> tuple[list[Shelved], list[Problem]]:
    found: dict[str, Shelved] = {}
    problems: list[Problem] = []
    for source in sources:
        one, wrong = _read(source)
        problems += wrong
        if one is None:
            continue
        first = found.get(one.document.id)
        if first and first.is_own == one.is_own:
            problems.append(_same_id(one, first))
        else:
            found[one.document.id] = one
    shelved = [found[name] for name in sorted(found)]
    return shelved, [*problems, *_conflicts(shelved)]


def _shipped() -> Iterator[_Source]:
    for file in _documents(files("teamskit.policy_catalogue")):
        yield _Source(f"{file.name} (shipped)", file.read_bytes(), is_own=False)


def _own(folder: Path | None) -> Iterator[_Source]:
    if folder is not None and folder.is_dir():
        for file in _documents(folder):
            yield _Source(f"policies/{file.name}", folder / file.name, is_own=True)


def _folder(folder: Path) -> Iterator[_Source]:
    for file in _documents(folder):
        yield _file(folder / file.name)


def _file(path: Path) -> _Source:
    return _Source(str(path), path, is_own=True)


def _documents(folder: Traversable | Path) -> list[Traversable | Path]:
    found = [one for one in folder.iterdir() if one.name.lower().endswith(ENDINGS)]
    return sorted(found, key=lambda one: one.name)


def _read(source: _Source) -> tuple[Shelved | None, list[Problem]]:
    content = source.content
    written = read_file(source.file, content) if isinstance(content, Path) else read_yaml(source.file, content)
    document, misshapen = _shaped(written)
    wrong = sorted([*written.problems, *misshapen, *setting_problems(written)], key=lambda one: one.line)
    if wrong or document is None:
        return None, wrong
    return Shelved(document, source.file, source.is_own, written.text, written), []


def _shaped(written: Written) -> tuple[PolicyDocument | None, list[Problem]]:
    """Give the document, and what is wrong with its keys; names and settings are looked at in `validation`."""
    if written.data is None:
        return None, []
    if not isinstance(written.data, Mapping):
        fix = "Begin with one that is shown by: teamskit policies show ID"
        return None, [Problem(written.file, 1, "the document is not made of keys and values", fix)]
    data = _plain(written.data)
    problems = [*_both_forms(written, data)]
    try:
        return PolicyDocument.model_validate(data), problems
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_context=False)
        for error in errors:
            where = error["loc"]
            follows = where == ("policies",) and any(one["loc"][:1] == where and one is not error for one in errors)
            if follows or error["type"] == "value_error":
                continue
            if "policies" not in data and where[:1] == ("policies",):
                where = where[2:]
            if "settings" not in where[:-1]:
                problems.append(_problem(written, where, error["type"], error["msg"]))
        return None, problems


def _both_forms(written: Written, data: dict[str, Any]) -> Iterator[Problem]:
    """Say, and take out, what stands both at the top and in `policies`."""
    for key in ONE_POLICY if "policies" in data else ():
        if key in data:
            del data[key]
            what = f"{key} stands beside policies"
            yield Problem(written.file, written.line(key), what, "Move it into an entry of policies.")


def _plain(value: Any) -> Any:
    """Give the data with words for the words that YAML might take for true or false."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.written if isinstance(value, Word) else value


_SHAPES = {
    "literal_error": ("must say whom it is for", "Write pupils, staff, everybody or tenant."),
    "string_type": ("must be text", "Write one text, in quotation marks if it looks like a number."),
    "mapping_type": ("must be settings with their values", "Write one in each line, as AllowUserChat: false."),
    "dict_type": ("must be settings with their values", "Write one in each line, as AllowUserChat: false."),
    "tuple_type": ("must be a list", "Begin each policy with a hyphen: - type: TeamsMessagingPolicy"),
    "model_type": ("must have type, name and settings", "Write - type: TeamsMessagingPolicy, name and settings below."),
}
"""What a value of the wrong shape should have been, and what to do, by pydantic's kind of error."""


def _problem(written: Written, where: tuple[int | str, ...], kind: str, said: str) -> Problem:
    name = str(where[-1]) if where else "the document"
    known = [*ONE_POLICY, *(field.alias or key for key, field in PolicyDocument.model_fields.items())]
    what, remedy = f"{name}: {said}", "Compare it with a shipped document."
    if kind == "extra_forbidden":
        near = get_close_matches(name, known, 1)
        what, remedy = f"unknown key {name}", f"Did you mean {near[0]}?" if near else "Take it out."
    elif kind == "missing":
        what, remedy = f"{name} is missing", f"Add {name}."
    elif kind == "too_short":
        what, remedy = f"{name} is empty", f"Write at least one into {name}, or take the document away."
    elif kind in _SHAPES:
        said, remedy = _SHAPES[kind]
        what = f"{'an entry of policies' if name.isdecimal() else name} {said}"
    return Problem(written.file, written.line(*where), what, remedy, str(written.data.get("id", "")))


def _same_id(one: Shelved, first: Shelved) -> Problem:
    what = f"the id {one.document.id} is that of {first.file} too"
    return Problem(one.file, one.lines.line("id"), what, "Give each document an id of its own.", one.document.id)


def _conflicts(shelved: Sequence[Shelved]) -> Iterator[Problem]:
    """Name each document that wants a named policy to be another thing than the first that names it.

    Documents may share a Global, or be each other's alternative on it: which are used, the school file says.
    """
    first: dict[tuple[str, str], tuple[Shelved, WantedPolicy]] = {}
    for one in sorted(shelved, key=lambda each: each.is_own):
        for number, policy in enumerate(one.document.policies):
            if policy.name.casefold() == GLOBAL.casefold():
                continue
            other, wanted = first.setdefault((policy.type, policy.name.casefold()), (one, policy))
            setting = _contradiction(policy, wanted)
            if setting is not None:
                yield _conflict(one, number, policy, setting, other)


def _contradiction(one: WantedPolicy, other: WantedPolicy) -> str | None:
    """Give the first setting on which two disagree, one naming it and the other not being a disagreement too."""
    mine, theirs = dict(one.settings), dict(other.settings)
    return next((name for name in {**mine, **theirs} if not _same(mine.get(name), theirs.get(name))), None)


def _same(one: Setting | None, other: Setting | None) -> bool:
    return type(one) is type(other) and one == other


def _conflict(one: Shelved, number: int, policy: WantedPolicy, setting: str, other: Shelved) -> Problem:
    inside = ("settings", setting) if setting in policy.settings else ("type",)
    line = (
        one.lines.line(*inside) if ("policies",) not in one.lines.lines else one.lines.line("policies", number, *inside)
    )
    what = f"{other.document.id} ({other.file}) wants the {policy.type} {policy.name} otherwise: {setting}"
    remedy = "Give the policy another name, or make them agree."
    if one.is_own and not other.is_own:
        remedy = f"To replace that document, give this one its id, {other.document.id}; or name the policy otherwise."
    return Problem(one.file, line, what, remedy, one.document.id, policy.type, setting)
