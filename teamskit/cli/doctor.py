"""`teamskit doctor`: whether this computer, this school folder and its tenant are ready, and what to do where not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from teamskit.cli.output import clean, count, emit, output_option, say, say_folded

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.tenant.health import Line

WORDS = {"ok": "ok", "warn": "warn", "fail": "FAIL", "skip": "skip"}
HEADINGS = ("state", "check", "text", "do")


@click.command("doctor")
@click.option("--command", "words", multiple=True, metavar="NAME", help="Permissions of these commands only: calls.")
@output_option
@click.pass_obj
def command(here: Here, words: tuple[str, ...], output: str) -> int:
    """Look whether everything is ready: this computer, the network, the sign-in, the tenant, this folder.

    \b
    teamskit doctor
    teamskit doctor --output json
    teamskit doctor --command calls    where nothing else is to be used

    Every check runs, whatever an earlier one found; each host is tried once, so that it takes seconds. It changes
    nothing in the tenant, and puts one small file of its own to the place for copies, which it takes away again. No
    name of a person is shown and ids are cut short: what it prints may be sent to a helpdesk.

    Permissions: none of its own. Exit status: 0 nothing failed (a warning is no failure), 1 something did.
    """
    from teamskit.cli.doctor_folder import folder_checks
    from teamskit.cli.doctor_tenant import TenantChecks

    tenant = TenantChecks(here, words)
    looks: list[tuple[str, Callable[[], Sequence[Line]]]] = [*tenant.all(), *folder_checks(here, tenant.school)]
    lines = [line for check, look in looks for line in looked(check, look)]
    failures = sum(line.state == "fail" for line in lines)
    if output == "table":
        _show(lines)
    else:
        rows = [(line.state, line.check, line.text, line.do) for line in lines]
        emit(output, _as_json(lines), HEADINGS, rows)
    return 1 if failures else 0


def looked(check: str, look: Callable[[], Sequence[Line]]) -> list[Line]:
    """Give what a check found, fit to be sent elsewhere; one that ends with an error has failed, and no other has."""
    from dataclasses import replace

    from teamskit.errors import TeamskitError
    from teamskit.tenant.health import Line, pasteable

    try:
        found = look()
    except TeamskitError as wrong:
        # Where it is can be a path, and with it the name of whoever sits here.
        place = f"{wrong.where}: " if wrong.where.startswith("school.toml") else ""
        found = [Line(check, "fail", f"{check}: {place}{wrong.what}", wrong.next_step)]
    except OSError as wrong:
        said = wrong.strerror or type(wrong).__name__
        found = [Line(check, "fail", f"{check}: could not be looked at: {said}", "Look at it, then run this again.")]
    return [replace(line, text=pasteable(clean(line.text)), do=pasteable(clean(line.do))) for line in found]


def _totals(lines: Sequence[Line]) -> dict[str, int]:
    names = {"ok": "ok", "warnings": "warn", "failures": "fail", "not_checked": "skip"}
    return {name: sum(line.state == state for line in lines) for name, state in names.items()}


def _as_json(lines: Sequence[Line]) -> dict[str, object]:
    shown = [{"check": line.check, "state": line.state, "text": line.text, "do": line.do} for line in lines]
    return {**_totals(lines), "lines": shown}


def _show(lines: Sequence[Line]) -> None:
    for line in lines:
        say_folded(f"{WORDS[line.state]:<6}{line.text}", " " * 6)
        if line.do:
            say_folded(f"      Do: {line.do}", " " * 6)
    total = _totals(lines)
    warnings, failures = count(total["warnings"], "warning"), count(total["failures"], "failure")
    say(f"{total['ok']} ok, {warnings}, {failures}, {total['not_checked']} not checked")
