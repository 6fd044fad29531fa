"""`teamskit policies list`, `show`, `validate` and `schema`: the documents themselves, with or without a school."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.output import clean, count, emit, emit_json, emit_table, output_option, say, say_folded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from teamskit.cli.context import Here
    from teamskit.policy.problems import Problem
    from teamskit.policy.shelf import Shelved

SHIPPED, OWN = "shipped", "own"


@click.command("list")
@output_option
@click.pass_obj
def list_documents(here: Here, output: str) -> None:
    """List the policy documents that are known here, the shipped ones and the school's own.

    \b
    teamskit policies list
    teamskit policies list --output json
    """
    from teamskit.policy.shelf import shelved

    found = shelved(_own(here))
    headings = ("document", "title", "type", "policy", "for", "clause", "where")
    rows = [
        (d.id, d.title, policy.type, policy.name, d.whom, d.clause, _where(one))
        for one in found
        for d in (one.document,)
        for policy in d.policies
    ]
    emit(output, [dict(zip(headings, row, strict=True)) for row in rows], headings, rows)


@click.command("show")
@click.argument("document")
@click.option(
    "--output",
    type=click.Choice(["table", "json", "yaml"]),
    default="table",
    show_default=True,
    help="How to print it.",
)
@click.option("-o", "file", metavar="FILE", help="Write the document as YAML, to start one of your own.")
@click.pass_obj
def show_document(here: Here, document: str, output: str, file: str | None) -> None:
    """Show a document: each setting beside Microsoft's default, its clause and why.

    \b
    teamskit policies show disable-chat
    teamskit policies show disable-chat -o policies/disable-chat.yaml
    """
    one = _found(here, document)
    if file:
        write_new(Path(file), one.text)
        say(f"Written: {file}. It stands in for the shipped document while its id is {document}.")
    elif output == "yaml":
        say(one.text.rstrip("\n"))
    elif output == "json":
        emit_json(_as_json(one))
    else:
        _show(_as_json(one))


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@output_option
@click.pass_obj
def validate(here: Here, paths: tuple[Path, ...], output: str) -> int:
    """Check policy documents against Microsoft's parameters: every problem, with file and line.

    Without FILE: the shipped documents and the school's own, together. No school and no tenant is needed.

    \b
    teamskit policies validate
    teamskit policies validate policies/disable-chat.yaml

    Exit status: 0, 2 when something is wrong.
    """
    from teamskit.policy.shelf import checked, checked_files

    found, problems = checked_files(paths) if paths else checked(_own(here))
    headings = ("file", "line", "document", "setting", "what is wrong", "what to do")
    rows = [(p.file, p.line, p.document, p.setting, p.what, p.remedy) for p in problems]
    if output == "table":
        _show_problems(found, problems)
    else:
        emit(output, [problem.as_json() for problem in problems], headings, rows)
    return 2 if problems else 0


@click.command("schema")
@click.option("-o", "file", metavar="FILE", help="Write it to a new file.")
def schema(file: str | None) -> None:
    """Print the JSON Schema of policy documents, for an editor that checks while you write.

    \b
    teamskit policies schema -o policies/policy-document.schema.json
    """
    from teamskit.policy import schema as made

    text = json.dumps(made.schema(), indent=1)
    if file:
        write_new(Path(file), text + "\n")
        say(f"Written: {file}.")
    else:
        say(text)


COMMANDS = (list_documents, show_document, validate, schema)


def _own(here: Here) -> Path:
    return here.path / "policies"


def _where(one: Shelved) -> str:
    return OWN if one.is_own else SHIPPED


def _found(here: Here, name: str) -> Shelved:
    from difflib import get_close_matches

    from teamskit.errors import InputError
    from teamskit.policy.shelf import shelved

    known = {one.document.id: one for one in shelved(_own(here))}
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
        raise InputError(f'there is no policy document "{name}"', next_step=hint)
    return known[name]


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet: what a school has decided is never written over."""
    from teamskit.errors import InputError

    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("there is a file of this name", where=str(path), next_step="Name another one.") from None
    except OSError as refused:
        fix = "Check that the folder is there."
        raise InputError(f"the file could not be written: {refused.strerror}", where=str(path), next_step=fix) from None


def _as_json(one: Shelved) -> dict[str, Any]:
    from teamskit.policy.parameters import NOT_STATED, parameters

    document = one.document
    return {
        "id": document.id,
        "title": document.title,
        "for": document.whom,
        "clause": document.clause,
        "why": document.why.strip(),
        "licence": document.licence,
        "where": _where(one),
        "file": one.file,
        "policies": [
            {
                "type": policy.type,
                "name": policy.name,
                "settings": [
                    {
                        "setting": name,
                        "wanted": list(value) if isinstance(value, tuple) else value,
                        "default": known.default if known.default_is != NOT_STATED else None,
                        "default_is": known.default_is,
                    }
                    for name, value in policy.settings.items()
                    for known in (parameters()[policy.type][name],)
                ],
            }
            for policy in document.policies
        ],
    }


def _show(shown: dict[str, Any]) -> None:
    say_folded(f"{clean(shown['id'])}: {clean(shown['title'])} ({shown['where']})", "  ")
    for heading in ("for", "clause", "licence", "why"):
        if shown[heading]:
            say_folded(f"  {heading:8} {clean(shown[heading])}", " " * 11)
    for policy in shown["policies"]:
        say()
        say(f'{policy["type"]} "{clean(policy["name"])}"')
        rows = [(one["setting"], _text(one["wanted"]), _default(one)) for one in policy["settings"]]
        emit_table(("setting", "wanted", "Microsoft's default"), rows)


def _text(value: object) -> str:
    from teamskit.policy.schema import value_text

    return value_text(value)


def _default(setting: dict[str, Any]) -> str:
    from teamskit.policy.parameters import NOT_STATED, SEEN

    if setting["default_is"] == NOT_STATED:
        return NOT_STATED
    return _text(setting["default"]) + (" (seen)" if setting["default_is"] == SEEN else "")


def _show_problems(found: Sequence[Shelved], problems: Sequence[Problem]) -> None:
    for problem in problems:
        say_folded(f"{clean(problem.where)}: {clean(problem.what)}.", "  ")
        say_folded(f"  {clean(problem.remedy)}", "  ")
    if problems:
        say()
        files = len({problem.file for problem in problems})
        say(f"{count(len(problems), 'thing is', 'things are')} wrong in {count(files, 'file')}.")
    else:
        say(f"{count(len(found), 'document holds', 'documents hold')}.")
