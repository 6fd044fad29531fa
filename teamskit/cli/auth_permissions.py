"""`teamskit auth permissions`: the least that each command needs, and the manifest that asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from teamskit.cli.needs import Needs, commands, needs_of
from teamskit.cli.output import emit, output_option, say, say_folded
from teamskit.tenant.permissions import TABLE, Permission, least

NO_PERSON = "no: an application only"


@dataclass(frozen=True)
class Chosen:
    """The commands that were asked for, by path, with what each declares."""

    of: tuple[tuple[str, Needs], ...]

    def names(self, *, writes: bool) -> tuple[str, ...]:
        """Give the least that all of them together need, by names of the table: to read, or to change as well."""
        asked = [name for _, needs in self.of for name in (needs.names if writes else needs.reads)]
        return least(asked)

    @property
    def only_apps(self) -> tuple[str, ...]:
        """Give the commands of which a signed-in person cannot do all."""
        return tuple(path for path, needs in self.of if any(not TABLE[name].delegated for name in needs.names))


def chosen(words: Sequence[str], *, read_only: bool = False, always: bool = False) -> Chosen:
    """Give every command that asks the tenant something, or those whose path begins with one of `words`.

    `read_only` leaves out those that change something, `always` what is needed only in some cases. Raises
    click.UsageError for words that no command begins with.
    """
    every = [(path, needs_of(command)) for path, command in commands()]
    every = [(path, Needs(needs.always) if always else needs) for path, needs in every]
    for asked in words:
        if not any(_begins(path, asked) for path, _ in every):
            raise click.UsageError(f"no command begins with {asked!r}")
    return Chosen(
        tuple(
            (path, needs)
            for path, needs in every
            if needs.names
            if not words or any(_begins(path, asked) for asked in words)
            if not (read_only and needs.writes)
        )
    )


def _begins(path: str, words: str) -> bool:
    wanted = words.split()
    return path.split()[: len(wanted)] == wanted


@click.command("permissions")
@click.option("--command", "words", multiple=True, metavar="NAME", help="Only of these commands: calls, 'teams plan'.")
@click.option("--read-only", is_flag=True, help="Leave out the commands that change something in the tenant.")
@click.option("--always", is_flag=True, help="Leave out what is needed only in some cases.")
@click.option("--delegated", is_flag=True, help="Put what a signed-in person consents to into the manifest.")
@click.option("--manifest", "file", metavar="FILE", help="Write what asks for them, for an app registration.")
@output_option
def permissions(
    words: tuple[str, ...], read_only: bool, always: bool, delegated: bool, file: str | None, output: str
) -> None:
    """Show the least permissions that each command needs, for an application and for a signed-in person.

    \b
    teamskit auth permissions
    teamskit auth permissions --command "calls sync" --always --manifest calls.json

    Nobody needs to be signed in. The file of --manifest holds requiredResourceAccess, to be put in the place of that in
    the app registration's manifest; an administrator then consents. What cannot stand in it is named.
    """
    found = chosen(words, read_only=read_only, always=always)
    emit(output, as_json(found), HEADINGS, list(_rows(found)))
    if output == "table":
        for line in _together(found):
            say_folded(line, "  ")
    if file:
        _write_manifest(Path(file), found, delegated=delegated, quiet=output != "table")


HEADINGS = ("command", "does", "application", "signed-in person", "only")


def _rows(found: Chosen) -> Iterator[tuple[str, str, str, str, str]]:
    for path, needs in found.of:
        for name in needs.names:
            row = TABLE[name]
            does = "changes" if row.writes else "reads"
            yield path, does, " and ".join(row.application), person_of(row), needs.sometimes.get(name, "")


def person_of(row: Permission) -> str:
    """Say what a signed-in person needs for a row."""
    return " and ".join(row.delegated) or NO_PERSON


def _together(found: Chosen) -> Iterator[str]:
    yield ""
    yield f"To read, an application needs: {', '.join(_plain(found.names(writes=False)))}."
    if any(needs.writes for _, needs in found.of):
        yield f"To change as well: {', '.join(_plain(found.names(writes=True)))}."
    if found.only_apps:
        yield f"Need an application's sign-in: {', '.join(found.only_apps)}."


def _plain(names: Sequence[str]) -> list[str]:
    return [one for name in names for one in TABLE[name].application]


def as_json(found: Chosen) -> dict[str, Any]:
    """Give commands, and the two sets that all of them together need, as one document."""
    return {
        "commands": [
            {
                "command": path,
                "reads": [_said(name, needs) for name in needs.reads],
                "writes": [_said(name, needs) for name in needs.writes],
            }
            for path, needs in found.of
        ],
        "together": {
            kind: {
                "application": _plain(found.names(writes=writes)),
                "delegated": sorted({o for n in found.names(writes=writes) for o in TABLE[n].delegated}),
            }
            for kind, writes in (("reading", False), ("changing", True))
        },
    }


def _said(name: str, needs: Needs) -> dict[str, Any]:
    row = TABLE[name]
    return {
        "application": list(row.application),
        "delegated": list(row.delegated),
        "instead": list(row.instead),
        "only": needs.sometimes.get(name, ""),
        "note": row.note,
        "source": row.source,
    }


def manifest(found: Chosen, *, delegated: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give the manifest's part that asks for all that is needed, and what cannot be asked for in it.

    Source: Entra "Understand the app manifest", requiredResourceAccess: Role is an application's permission, Scope a
    person's.
    """
    from teamskit.tenant.permission_ids import APP_ROLES, GRAPH_APP, SCOPES

    ids, kind = (SCOPES, "Scope") if delegated else (APP_ROLES, "Role")
    rows = [TABLE[name] for name in found.names(writes=True)]
    asked = [one for row in rows for one in (row.delegated if delegated else row.application)]
    access = [{"id": ids[one], "type": kind} for one in dict.fromkeys(asked) if one in ids]
    left = [one for one in asked if one not in ids]
    left += [
        f"{' and '.join(row.application)} (an application only)" for row in rows if delegated and not row.delegated
    ]
    return {"requiredResourceAccess": [{"resourceAppId": GRAPH_APP, "resourceAccess": access}]}, tuple(left)


def _write_manifest(file: Path, found: Chosen, *, delegated: bool, quiet: bool) -> None:
    from teamskit.cli.policy_documents import write_new

    document, left = manifest(found, delegated=delegated)
    write_new(file, json.dumps(document, indent=1) + "\n")
    if not quiet:
        say(f"Written: {file}.")
    for one in left:
        click.echo(f"Not in {file.name}, to be given by hand: {one}.", err=True)
