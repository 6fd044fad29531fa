"""`teamskit recordings purge`: copies past their time or of one call, shown, and deleted when a person says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from teamskit.cli.context import Here
from teamskit.cli.output import TerminalProgress, count, emit_json, emit_table, say_folded
from teamskit.cli.recordings_backup import one_backup
from teamskit.cli.recordings_place import target_of
from teamskit.cli.transfer_progress import size_words
from teamskit.cli.who import by_option, who
from teamskit.clock import at_school, iso

if TYPE_CHECKING:
    from teamskit.ledger import Ledger
    from teamskit.plan import Outcome
    from teamskit.recordings.manifest import Copy
    from teamskit.recordings.retention import Due

SHOWN = 40


@click.command("purge")
@click.option("--call", metavar="ID", help="The copies of this call, whatever their age; with --reason.")
@click.option("--reason", metavar="TEXT", help="Why they have to go before their time. It goes into the ledger.")
@click.option("--confirm", metavar="NUMBER|NAME", help="How many are due, or the school's name: do it.")
@by_option
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def purge(here: Here, call: str | None, reason: str | None, confirm: str | None, by: str | None, output: str) -> int:
    """Delete the copies whose time is past, as [retention] recordings_days in school.toml says; or those of one call.

    \b
    teamskit recordings purge                 shows what would go
    teamskit recordings purge --confirm 12    deletes these 12
    teamskit recordings purge --call ID --reason "consent withdrawn, 26 November" --confirm 1

    What a case keeps stays: teamskit ledger hold list. The recording in the tenant is not touched. It cannot be undone.
    Exit status: 0 done or shown, 2 wrong number or name, 3 some could not be deleted.
    """
    from teamskit.recordings.manifest import copies_of

    if bool(call) != bool(reason and reason.strip()):
        raise click.UsageError("--call and --reason belong together")
    with one_backup(here), here.ledger() as ledger:
        due = _due(here, ledger, list(copies_of(ledger).values()), call, str(reason))
        outcomes: list[Outcome] = []
        if confirm is not None:
            _must_be_meant(here, confirm, due)
            outcomes = _delete(here, ledger, due, who(by)) if due.copies else []
    failed = [one for one in outcomes if one.result == "failed"]
    if output == "json":
        _emit(due, outcomes, is_done=confirm is not None)
    else:
        _show(here, due, failed, is_done=confirm is not None)
    return 3 if failed else 0


def _due(here: Here, ledger: Ledger, copies: Sequence[Copy], call: str | None, reason: str) -> Due:
    from teamskit.errors import InputError
    from teamskit.recordings.retention import copies_of_call, due_copies, held_calls

    held = held_calls(ledger)
    if call is None:
        return due_copies(copies, held, here.clock.now(), here.school.retention.recordings_days)
    if not any(one.call == call for one in copies):
        raise InputError(
            f"there is no copy of call {call}", where="--call", next_step="See the copies: teamskit recordings list"
        )
    return copies_of_call(copies, held, call, reason.strip())


def _must_be_meant(here: Here, typed: str, due: Due) -> None:
    """Raise InputError unless the number due was typed, or the school's name."""
    from teamskit.cli.ledger_keeping import confirmed
    from teamskit.errors import InputError

    if not typed.strip().replace(",", "").isdecimal():
        confirmed(here, typed)
        return
    if int(typed.replace(",", "")) != len(due.copies):
        raise InputError(
            f"{count(len(due.copies), 'copy is', 'copies are')} due, not {typed.strip()}",
            where="--confirm",
            next_step="Look again: teamskit recordings purge. Nothing has been deleted.",
        )


def _delete(here: Here, ledger: Ledger, due: Due, by: str) -> list[Outcome]:
    from teamskit.plan import Journal, Plan, apply_plan
    from teamskit.recordings.retention import JOURNAL, Deleter, changes_of, conduct
    from teamskit.recordings.verify import earlier_at, paths_at

    target = target_of(here)
    files = [path for path, _ in target.files()]
    paths = paths_at(due.copies, files)
    school = ", ".join(unit.name for unit in here.school.schools)
    changes = changes_of(due, paths, earlier_at(due.copies, files, paths))
    plan = Plan(school, here.tenant_id, iso(here.clock.now()), changes)
    doer = Deleter(target, ledger, due, here.clock, by)
    journal = Journal(here.folder.state(JOURNAL))
    _, outcomes = apply_plan(plan, [doer], journal, conduct, here.clock, TerminalProgress())
    for one in outcomes:
        if one.result == "already":
            # Gone before, by a run that was stopped or by other hands: the log is told all the same.
            doer.note(one.change)
    return outcomes


def _emit(due: Due, outcomes: Sequence[Outcome], *, is_done: bool) -> None:
    ended = {one.change.target.key: one for one in outcomes}
    emit_json(
        {
            "done": is_done and all(one.result != "failed" for one in outcomes),
            "before": iso(due.before) if due.before else None,
            "due": len(due.copies),
            "bytes": due.size,
            "held": due.held,
            "copies": [
                {"file": one.key, "call": one.call, "path": one.path, "result": _result(ended, one)}
                for one in due.copies
            ],
        }
    )


def _result(ended: dict[str, Outcome], copy: Copy) -> str | None:
    outcome = ended.get(copy.key)
    return None if outcome is None else "deleted" if outcome.result == "done" else outcome.result


def _show(here: Here, due: Due, failed: Sequence[Outcome], *, is_done: bool) -> None:
    days = here.school.retention.recordings_days
    if due.before and not days:
        say_folded("Copies are kept for ever: recordings_days in [retention] of school.toml is 0.", "  ")
        return
    number, older = len(due.copies), "older " if due.before else ""
    verb = "deleted" if is_done else "due"
    if due.before:
        say_folded(f"Kept: copies of lessons from {due.before.day} {due.before:%B %Y} on ({days} days).", "  ")
    say_folded(f"{count(number - len(failed), f'{older}copy', f'{older}copies')} {verb}, {size_words(due.size)}.", "  ")
    if due.held:
        say_folded(
            f"{count(due.held, f'{older}copy', f'{older}copies')} kept for a case: teamskit ledger hold list", "  "
        )
    if not is_done and number:
        rows = [(at_school(one.about).strftime("%Y-%m-%d %H:%M"), one.path or one.key) for one in due.copies[:SHOWN]]
        emit_table(("Recorded", "Copy"), rows)
        if number > SHOWN:
            say_folded(f"And {count(number - SHOWN, 'more', 'more')}: --output json gives all.", "  ")
        say_folded(f"Nothing has been deleted. To do it, the same command with: --confirm {number}", "  ")
    for one in failed[:SHOWN]:
        say_folded(f"  ! {one.change.title}: {one.why}", "  ")
