"""`teamskit roster`: check and show the school's export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.needs import needs
from teamskit.cli.output import clean, count, emit, emit_csv, output_option, say, say_folded
from teamskit.tenant.permissions import USERS_READ

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.roster import FileRead, Problem
    from teamskit.roster.explain import Explanation, ExportRead

COLUMN_HEADINGS = ("column", "read as", "how we know", "values")
HEADINGS = ("file", "row", "column", "severity", "check", "what is wrong", "what to do")


@click.group("roster")
def command() -> None:
    """Check and show the school's export. Nothing is changed."""


@command.command("check")
@click.option("-o", "file", metavar="FILE", help="Save the list as CSV for Excel.")
@output_option
@click.pass_obj
@needs(
    sometimes={
        USERS_READ: "comparing with the accounts",
    }
)
def check(here: Here, file: str | None, output: str) -> int:
    """List everything that is wrong in the export, with file, row and what to do.

    \b
    teamskit roster check
    teamskit roster check -o problems.csv

    Exit status: 0, 2 when there is an error.
    """
    problems = found_problems(here)
    rows = [(p.file, p.row, p.column, p.severity, p.check, p.message, p.remedy) for p in problems]
    if file:
        here.may_write(Path(file))
        emit_csv(HEADINGS, rows, Path(file))
    if output == "table":
        _show(here, problems)
    else:
        emit(output, [problem.as_json() for problem in problems], HEADINGS, rows)
    return 2 if any(problem.severity == "error" for problem in problems) else 0


def found_problems(here: Here) -> list[Problem]:
    """Give the problems of the files, then of the accounts where a tenant can be read; a refusal is one of them."""
    from teamskit.errors import RosterError, TenantError
    from teamskit.roster import Problem
    from teamskit.roster.accounts import account_problems, match_problems, override_problems
    from teamskit.roster.checks import check

    try:
        roster = here.roster
    except RosterError as refused:
        told = [one for one in refused.problems if isinstance(one, Problem)]
        whole = Problem("unusable-export", "error", f"{refused.what}.", refused.next_step, refused.where)
        return told if any(one.severity == "error" for one in told) else [*told, whole]
    problems = check(roster)
    try:
        if here.accounts:
            problems += [*match_problems(roster, here.matches), *account_problems(here.accounts)]
            problems += override_problems(roster, here.overrides, here.school.accounts.overrides)
    except TenantError as silent:
        said = f"The accounts were not looked at: {silent.what}."
        problems.append(Problem("accounts-not-checked", "info", said.replace("..", "."), silent.next_step))
    return problems


def _show(here: Here, problems: Sequence[Problem]) -> None:
    order = {"error": 0, "warning": 1, "info": 2}
    files = _files_read(here)
    by_file: dict[str, list[Problem]] = {name: [] for name in files}
    for problem in problems:
        by_file.setdefault(problem.file or "the export", []).append(problem)
    for file, mine in by_file.items():
        say(f"{clean(file)}: {_how_read(files[file])}" if file in files else clean(file))
        for p in sorted(mine, key=lambda one: (order[one.severity], one.row or 0)):
            where = f"row {p.row}" if p.row else "file"
            column = f", {clean(p.column)}" if p.column else ""
            word = "ERROR" if p.severity == "error" else p.severity
            say_folded(f"  {where}{column}  {word}  {clean(p.message)} {clean(p.remedy)}".rstrip(), "      ")
    if files:
        read, used, left = (sum(getattr(one, name) for one in files.values()) for name in ("rows", "used", "left_out"))
        say(f"{count(read, 'row')} read: {used:,} used, {left:,} left out.")
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = sum(problem.severity == "warning" for problem in problems)
    say(f"{count(errors, 'error')}, {count(warnings, 'warning')}.")
    say("Next: correct these in the MIS and export again. As CSV: -o problems.csv" if errors else "Next: teamskit plan")


def _files_read(here: Here) -> dict[str, FileRead]:
    from teamskit.errors import RosterError

    try:
        return {one.file: one for one in here.roster.files}
    except RosterError:
        return {}


def _how_read(file: FileRead) -> str:
    from teamskit.roster.explain import DELIMITERS

    delimiter = [DELIMITERS.get(file.delimiter, file.delimiter)] if file.delimiter else []
    where = [f"headings in row {file.heading_row}"] if file.heading_row else []
    return ", ".join([file.encoding, *delimiter, *where])


@command.command("show")
@click.option("-o", "target", metavar="FILE|DIR", type=click.Path(path_type=Path), help="Save it: an .xlsx, or CSV.")
@output_option
@click.pass_obj
def show(here: Here, target: Path | None, output: str) -> None:
    """Show the schools, people and classes that were understood.

    \b
    teamskit roster show --output json
    teamskit roster show -o understood.xlsx     pupils, staff and classes; it holds names
    teamskit roster show -o understood          the same as three CSV files, which can be read as an export again
    """
    from teamskit.roster.show import roster_json

    document = roster_json(here.roster)
    if target:
        from teamskit.cli.report_files import write_roster

        here.may_write(target)
        write_roster(target, here.roster, here.clock.now())
    headings = ("class", "school", "name", "teachers", "pupils")
    rows = [(c["id"], c["school"], c["name"], " ".join(c["teachers"]), len(c["pupils"])) for c in document["classes"]]
    emit(output, document, headings, rows)
    if output == "table":
        pupils, staff = count(len(document["pupils"]), "pupil"), f"{len(document['staff']):,} staff"
        say(f"{pupils}, {staff}, {count(len(document['classes']), 'class', 'classes')}.")


@command.command("explain")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@output_option
@click.pass_obj
def explain(here: Here, path: Path, output: str) -> int:
    """Show how one file was understood, column by column; no cell of it is shown.

    \b
    teamskit roster explain SIMS_Students.csv
    teamskit roster explain export.zip       every file of a folder or a zip file

    Exit status: 0, 2 when a file is not understood.
    """
    from teamskit.roster.explain import explain as explained
    from teamskit.roster.explain import explain_export

    in_a_school = (here.path / "school.toml").is_file()
    columns = here.school.roster.columns if in_a_school else {}
    if in_a_school and not path.exists() and here.school.roster.path:
        # A file of the export is meant by its name alone.
        path = here.path / here.school.roster.path / path
    if path.is_dir() or path.suffix.casefold() == ".zip":
        return _show_export(explain_export(path, columns), output)
    told = explained(path, columns)
    if output == "table":
        _show_explained(told)
    else:
        emit(output, told.as_json(), COLUMN_HEADINGS, _column_rows(told))
    return 0


def _column_rows(told: Explanation) -> list[tuple[str, ...]]:
    return [(clean(c.column), c.read_as, c.how, c.values) for c in told.columns]


def _show_explained(told: Explanation) -> None:
    from teamskit.roster.explain import DELIMITERS, IGNORED

    letters = f"{told.encoding} ({'sure' if told.sure else 'plain letters only'})"
    sheet = [f"sheet {clean(told.sheet)}"] if told.sheet else []
    delimiter = [DELIMITERS.get(told.delimiter, told.delimiter)] if told.delimiter else []
    where = [f"headings in row {told.heading_row}"] if told.heading_row else []
    say(", ".join([letters, *sheet, *delimiter, *where, count(told.rows, "row")]))
    emit("table", told.as_json(), COLUMN_HEADINGS, _column_rows(told))
    if not told.named_by_format:
        example = next((c.column for c in told.columns if c.read_as == IGNORED and c.column), "Our heading")
        say(f'Not right? school.toml: [roster.columns] "{clean(example)}" = "registration group"')


def _show_export(told: ExportRead, output: str) -> int:
    rows = [(clean(one.file), *row) for one in told.files for row in _column_rows(one)]
    rows += [(clean(one.file), "", "not read", one.why, "") for one in told.not_read]
    if output != "table":
        emit(output, told.as_json(), ("file", *COLUMN_HEADINGS), rows)
    else:
        say(f"{clean(told.export)}: {told.title}")
        for one in told.files:
            say(f"\n{clean(one.file)} ({one.kind})")
            _show_explained(one)
        say()
        for lost in told.not_read:
            say(f"{clean(lost.file)}: {'NOT READ' if lost.wrong else 'not read'}: {clean(lost.why)}.")
    return 2 if any(one.wrong for one in told.not_read) else 0


@command.command("match")
@click.option("-o", "file", metavar="FILE", help="Save who has no account, with proposals, as CSV. It holds names.")
@output_option
@click.pass_obj
@needs(USERS_READ)
def match(here: Here, file: str | None, output: str) -> None:
    """Show which account each person of the roster has, and by which rule.

    \b
    teamskit roster match
    teamskit roster match -o unmatched.csv
        fill in its column upn, then name it in school.toml: [accounts] overrides
    """
    from teamskit.cli.matching import match_json, unmatched_rows

    if file:
        headings, people = unmatched_rows(here)
        emit_csv(headings, people, Path(file))
    rows = match_json(here)
    shown = ("id", "role", "upn", "rule", "status", "reason")
    emit(output, rows, shown, [[row[one] for one in shown] for row in rows])
    if file and output == "table":
        say(f"Saved {file}: {count(len(people), 'person', 'people')} on roll without an account.")


@command.command("template")
@click.argument("form", metavar="[FORMAT]", required=False)
@click.option("--out", metavar="DIR", help="Where to write it (default: a new folder named after the format).")
def template(form: str | None, out: str | None) -> None:
    """Write a format's files: headings, a filled-in example and a page that explains them.

    \b
    teamskit roster template           lists the formats and example schools
    teamskit roster template sims --out reports
    """
    from teamskit.cli.templates import template_names, write_template

    if form is None:
        for name in template_names():
            say(name)
        return
    written = write_template(form, Path(out or form))
    say(f"Wrote {count(len(written), 'file')} to {out or form}")
