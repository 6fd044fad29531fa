"""`teamskit ledger export`, `purge` and `hold`: what leaves the log, what is forgotten, and what a case keeps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.context import Here
from teamskit.cli.days import DAY, day_of
from teamskit.cli.output import count, emit, emit_json, output_option, say
from teamskit.cli.who import by_option, who
from teamskit.clock import at_school, iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from teamskit.ledger import Entry, Ledger
    from teamskit.ledger.export import Extent
    from teamskit.ledger.retention import Due, Hold

FORMS = ("csv", "jsonl", "xlsx")
TRIES, LONGEST_CASE = 5, 100


def confirmed(here: Here, name: str | None) -> None:
    """Raise InputError when the name typed is not the school's."""
    from teamskit.errors import InputError

    school = ", ".join(unit.name for unit in here.school.schools)
    if name is None or name.strip().casefold() != school.casefold():
        raise InputError("this needs the school's name", next_step=f'To go on, add: --confirm "{school}"')


@click.command("export")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day (at school); default: from the beginning.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="call, note, recording...; default: all.")
@click.option("--format", "form", type=click.Choice(FORMS), help="Default: by the file's name.")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE")
@by_option
@click.pass_obj
def export(
    here: Here,
    first: datetime | None,
    last: datetime | None,
    kinds: tuple[str, ...],
    form: str | None,
    file: Path,
    by: str | None,
) -> None:
    """Write the log's entries of a period to a file, with names. The log keeps a word on who did so.

    \b
    teamskit ledger export --from 2026-11-01 --to 2026-11-30 -o november.csv
    teamskit ledger export --kind call -o calls.jsonl

    For reading, calls report is better. Permissions: none. Exit status: 0 done, 2 wrong period, kind or file.
    """
    from teamskit.ledger.export import Choice, extent_of, record_export

    form = form or file.suffix.removeprefix(".").casefold()
    if form not in FORMS:
        raise click.UsageError("name the file .csv, .jsonl or .xlsx, or give --format")
    choice = Choice(kinds, day_of(first), day_of(last))
    if choice.first and choice.last and choice.last < choice.first:
        raise click.UsageError("--to is before --from")
    here.may_write(file)
    _may_be_written(file)
    with here.ledger() as ledger:
        _must_be_known(ledger, kinds)
        extent, now = extent_of(ledger, choice), here.clock.now()
        # The word on it comes first: a file without one would be worse than one that was not written.
        what = {"of": "entries", "form": form, "entries": extent.entries, **choice.as_json()}
        before = ledger.size()
        record_export(ledger, what, file=file.name, by=who(by), at=now)
        entries = (entry for entry in ledger.each(kinds, *choice.span) if entry.seq <= before)
        _write(file, form, entries, extent, now)
    say(f"{count(extent.entries, 'entry', 'entries')} written. The file names people.")
    say(str(file))


@click.command("purge")
@click.option("--confirm", metavar="NAME", help="The school's name: do it. Without, it is only shown.")
@by_option
@output_option
@click.pass_obj
def purge(here: Here, confirm: str | None, by: str | None, output: str) -> None:
    """Take out of the log what identifies people in calls whose time is past, as [retention] in school.toml says.

    \b
    teamskit ledger purge                               shows what would go
    teamskit ledger purge --confirm "Example Primary"   does it

    Times, roles and counts stay, and the log still verifies. Calls of a hold stay whole. It cannot be undone.
    """
    from teamskit.cli.anonymising import forget_purged
    from teamskit.errors import InputError
    from teamskit.ledger.retention import due
    from teamskit.ledger.retention import purge as purged

    if confirm is not None:
        confirmed(here, confirm)
    with here.ledger() as ledger:
        for _ in range(TRIES):
            now = here.clock.now()
            found = due(ledger, at_school(now).date(), here.school.retention.calls_years)
            if confirm is None or not found.entries or purged(ledger, found, who(by), now):
                break
        else:
            raise InputError("another run keeps writing into the log", next_step="Run it again when that has ended.")
    if confirm is not None:
        forget_purged(here)
    _show(here, found, output, is_done=confirm is not None)


@click.group("hold")
def hold() -> None:
    """Keep the names in some calls for as long as a case needs them."""


@hold.command("add")
@click.argument("case")
@click.option("--call", "calls", multiple=True, required=True, metavar="ID", help="A call's id; may be given again.")
@by_option
@click.pass_obj
def hold_add(here: Here, case: str, calls: tuple[str, ...], by: str | None) -> None:
    """Keep calls out of purging for a CASE: a reference, which stays in the log for ever. Name nobody in it.

    \b
    teamskit ledger hold add LADO-2026-17 --call 8f2d...
    """
    from teamskit.errors import InputError
    from teamskit.ledger.retention import CALL
    from teamskit.ledger.retention import hold as held

    if not case.strip() or len(case) > LONGEST_CASE or not case.isprintable():
        raise InputError(f"a case is named by 1 to {LONGEST_CASE} letters", next_step="Give its reference.")
    with here.ledger() as ledger:
        found = held(ledger, case, calls, who(by), here.clock.now())
        gone = {entry.key for entry in ledger.versions(CALL, found.calls) if entry.forgotten}
    say(f"{case} keeps {count(len(found.calls), 'call')}.")
    if gone:
        say(f"The names in {len(gone):,} of them were purged before and do not come back.")


@hold.command("end")
@click.argument("case")
@by_option
@click.pass_obj
def hold_end(here: Here, case: str, by: str | None) -> None:
    """End a case's hold: its calls go when their time is past.

    \b
    teamskit ledger hold end LADO-2026-17
    """
    from teamskit.ledger.retention import end_hold

    with here.ledger() as ledger:
        found = end_hold(ledger, case, who(by), here.clock.now())
    say(f"{case} no longer keeps its {count(len(found.calls), 'call')}.")


@hold.command("list")
@output_option
@click.pass_obj
def hold_list(here: Here, output: str) -> None:
    """List the cases, what they keep, and since when.

    \b
    teamskit ledger hold list
    """
    from teamskit.ledger.retention import holds

    with here.ledger() as ledger:
        found = holds(ledger)
    headings = ("Case", "Calls", "State", "Last word", "By")
    rows = [
        (one.case, len(one.calls), _state(one), at_school(one.at).strftime("%Y-%m-%d %H:%M"), one.by) for one in found
    ]
    if output == "table" and not found:
        say("No calls are held for a case.")
        return
    emit(output, [_as_json(one) for one in found], headings, rows)


def _state(one: Hold) -> str:
    return "ended" if one.ended else "held"


def _as_json(one: Hold) -> dict[str, object]:
    return {"case": one.case, "calls": list(one.calls), "state": _state(one), "at": iso(one.at), "by": one.by}


def _may_be_written(file: Path) -> None:
    from teamskit.errors import InputError

    if not file.absolute().parent.is_dir():
        raise InputError("there is no such folder", where=str(file.parent), next_step="Make it, or name another file.")


def _must_be_known(ledger: Ledger, kinds: tuple[str, ...]) -> None:
    from teamskit.errors import InputError

    known = ledger.kinds()
    if unknown := sorted(set(kinds) - set(known)):
        raise InputError(f"there is no entry of the kind {unknown[0]}", next_step=f"There are: {', '.join(known)}")


def _write(file: Path, form: str, entries: Iterable[Entry], extent: Extent, now: datetime) -> None:
    from teamskit.ledger.export import headings_of, json_lines, rows_of
    from teamskit.reports.csv_out import csv_lines
    from teamskit.reports.tables import Table
    from teamskit.school.folder import opened_whole

    headings = headings_of(extent)
    if form == "xlsx":
        from teamskit.reports.workbook import About, write_workbook

        table = Table("Ledger", "Entries of the call log", headings, tuple(rows_of(entries, extent)))
        write_workbook(file, [table], About("Entries of the call log", now, "Contains names."))
        return
    lines = json_lines(entries) if form == "jsonl" else csv_lines(headings, rows_of(entries, extent))
    encoding = "utf-8" if form == "jsonl" else "utf-8-sig"
    with opened_whole(file, private=True) as part, part.open("w", encoding=encoding, newline="") as stream:
        stream.writelines(lines)


def _show(here: Here, found: Due, output: str, *, is_done: bool) -> None:
    years = here.school.retention.calls_years
    if output == "json":
        emit_json(
            {
                "done": is_done and bool(found.entries),
                "before": found.before.isoformat() if years else None,
                "calls": found.calls,
                "entries": len(found.entries),
                "kinds": dict(found.kinds),
                "held": found.held,
            }
        )
        return
    if output == "csv":
        emit(output, None, ("Kind", "Entries"), sorted(found.kinds.items()))
        return
    if not years:
        say("Nothing is ever purged: calls_years in [retention] of school.toml is 0.")
        return
    verb = "lost" if is_done else "would lose"
    say(f"Kept whole: calls from {found.before.day} {found.before:%B %Y} on.")
    say(f"{count(found.calls, 'older call')} {verb} what identifies people.")
    if found.entries:
        emit(output, None, ("Kind", "Entries"), sorted(found.kinds.items()))
    if found.held:
        say(f"{count(found.held, 'older call')} kept for a case: teamskit ledger hold list")
    if found.entries and not is_done:
        school = ", ".join(unit.name for unit in here.school.schools)
        say(f'Nothing has been changed. To do it: teamskit ledger purge --confirm "{school}"')
