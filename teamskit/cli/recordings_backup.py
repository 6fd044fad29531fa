"""`teamskit recordings backup`: what was recorded, copied to where the school keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.context import Here
from teamskit.cli.needs import needs
from teamskit.cli.output import count, emit_json, emit_table, say_folded
from teamskit.cli.recordings_place import target_of
from teamskit.cli.transfer_progress import TransferProgress, size_words
from teamskit.clock import at_school
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.recordings_wanted import ToCopy
    from teamskit.ledger import Ledger
    from teamskit.recordings.backup import Outcome, Wanted
    from teamskit.recordings.manifest import Copy
    from teamskit.recordings.targets import Target

_UNSEEN = {
    "part": "Not every drive could be read",
    "refused": "No drive could be read",
    "no-export": "The export could not be read",
}
ONE_BY_ONE = 5
"""So many failures of one kind are listed each by itself."""


@click.command("backup")
@click.option("--no-check", is_flag=True, help="Do not look for recordings first: copy what the log knows of.")
@click.option("--now", is_flag=True, help="Fetch outside the hours of [backup] window too.")
@click.option(
    "--new-target",
    is_flag=True,
    help="The target is another place than before: copy to it from now on, and again what is not there.",
)
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
@needs(
    p.FILES_READ,
    sometimes={
        p.USERS_READ: "not with --no-check",
        p.CLASSES_READ: "not with --no-check",
        p.GROUPS_READ: "not with --no-check",
        p.FILES_AUDIT_READ: "who opened files",
        p.POLICIES_IN_EFFECT_READ: "why one is missing",
        p.TEAMS_ADMINISTRATOR: "why one is missing",
    },
)
def backup(here: Here, no_check: bool, now: bool, new_target: bool, output: str) -> int:
    """Copy every recording that is not copied yet to the place that [backup] in school.toml names.

    \b
    teamskit recordings backup
    teamskit recordings backup --no-check --output json

    Nothing at the target is written over. Stopped at any moment and run again, it goes on with the bytes it has.
    Permission: Files.Read.All. Exit status: 0 done, or the hours are over; 1 the place for copies or the tenant
    cannot be reached; 2 no usable target named; 3 some recordings could not be copied (listed), or drives not read.
    """
    from teamskit.cli.recordings_place import not_there, settled
    from teamskit.recordings.manifest import copies_of

    with one_backup(here), here.ledger() as ledger:
        seen = None if no_check else _look(here)
        copies = settled(here, ledger) if new_target else copies_of(ledger)
        found, outcome, manifest = _copy(here, ledger, copies, now, new_target)
    away = not_there(copies, outcome.copied) if new_target else []
    if output == "json":
        emit_json({**_as_json(found, outcome, manifest), "looked": seen, "not_there": away})
    else:
        _show(here, found, outcome)
        if away:
            say_folded(f"{count(len(away), 'copy', 'copies')} of before not at this place: move the files there.", "  ")
    if seen in _UNSEEN:
        click.echo(f"{_UNSEEN[seen]}, so there may be recordings that are not known: recordings check", err=True)
    return 3 if outcome.failed or seen in _UNSEEN else 0


def _look(here: Here) -> str:
    """Look for recordings, and say what of it could be done: all, part, refused (by all drives), or no export."""
    from teamskit.cli.recordings_check import is_partly_read, look_for_files
    from teamskit.errors import RosterError

    try:
        looked = look_for_files(here, waits=False)
    except RosterError:
        # Recordings expire whether the MIS has written its export or not: what is known already is copied.
        return "no-export"
    return "refused" if looked.refusal else "part" if is_partly_read(looked) else "all"


def one_backup(here: Here) -> AbstractContextManager[None]:
    """Hold the copies for one run at a time; other work on the school goes on beside it."""
    return here.folder.one_run("backup.lock", "another run is busy with this school's copies of recordings")


def _copy(
    here: Here, ledger: Ledger, copies: Mapping[str, Copy], now: bool, new_target: bool
) -> tuple[ToCopy, Outcome, str]:
    from teamskit.cli.recordings_place import listed_at, must_be_same, unlisted
    from teamskit.cli.recordings_wanted import spool_of, to_copy
    from teamskit.recordings.backup import Outcome
    from teamskit.recordings.spool import sweep

    settings, moment = here.school.backup, here.clock.now()
    run = at_school(moment).strftime("%Y-%m-%d-%H%M%S")
    spool = spool_of(here)
    found = to_copy(here, ledger, copies, spool)
    sweep(spool, done=found.done, now=moment)
    outcome = Outcome(run)
    until = settings.closes_at(moment) if settings.hours and not now else None
    if settings.hours and not now and until is None:
        outcome.stopped, outcome.stopped_words = "window", f"fetching is allowed from {settings.window}"
        outcome.left, outcome.left_bytes = [one.key for one in found.wanted], sum(one.size for one in found.wanted)
        return found, outcome, ""
    if found.wanted or unlisted(here, ledger):
        target = target_of(here)
        if not new_target:
            must_be_same(here, target, copies)
            found = _without_what_came_back(ledger, target, copies, found, moment)
        if found.wanted:
            outcome = _carry_out(here, ledger, copies, target, spool, found.wanted, run, until)
        return found, outcome, listed_at(here, ledger, target, spool, run)
    return found, outcome, ""


def _carry_out(
    here: Here,
    ledger: Ledger,
    copies: Mapping[str, Copy],
    target: Target,
    spool: Path,
    wanted: list[Wanted],
    run: str,
    until: datetime | None,
) -> Outcome:
    import shutil

    from teamskit.recordings.backup import Backup, Place
    from teamskit.tenant.bandwidth import Bandwidth
    from teamskit.tenant.downloads import Downloads

    settings = here.school.backup
    if settings.recipients:
        from teamskit.recordings.encryption import check_recipients

        check_recipients(settings.recipients)
    bandwidth = Bandwidth(here.clock, bytes_a_second=settings.bytes_a_second, until=until)
    place = Place(target, spool, shutil.disk_usage(spool).free, settings.recipients, settings.parallel)
    told = TransferProgress("Recordings", quiet=here.quiet)
    downloads = Downloads(here.transport, bandwidth)
    return Backup(ledger, copies, place, downloads, bandwidth, here.clock, run, told).carry_out(wanted)


def _without_what_came_back(
    ledger: Ledger, target: Target, copies: Mapping[str, Copy], found: ToCopy, at: datetime
) -> ToCopy:
    """Look again for copies whose last check failed, so that a wrong disk, put right since, costs no new copies."""
    from dataclasses import replace

    from teamskit.recordings.manifest import check_entry
    from teamskit.recordings.verify import came_back

    back = frozenset(came_back(target, (copies[one.key] for one in found.wanted if one.key in copies)))
    if not back:
        return found
    ledger.append([check_entry(at, "size", back, [])])
    return replace(found, wanted=[one for one in found.wanted if one.key not in back], done=found.done | back)


def _show(here: Here, found: ToCopy, outcome: Outcome) -> None:
    where = here.school.backup.target
    if outcome.copied:
        say_folded(
            f"Copied {count(len(outcome.copied), 'recording')}, {size_words(outcome.copied_bytes)}, to {where}.", "  "
        )
    if outcome.same:
        say_folded(f"{count(len(outcome.same), 'file')}: the same recording as one that was copied before.", "  ")
    if not (found.wanted or found.done or found.past):
        say_folded("Nothing to copy: no recording is known yet. First: teamskit calls sync", "  ")
    elif not found.wanted:
        say_folded(f"Nothing to copy: {count(len(found.done), 'recording')} known and copied.", "  ")
    if found.past:
        days = here.school.retention.recordings_days
        say_folded(
            f"{count(found.past, 'recording')} left where they are: older than the {days} days that copies are kept.",
            "  ",
        )
    _show_troubles(found, outcome)


def _show_troubles(found: ToCopy, outcome: Outcome) -> None:
    if outcome.failed:
        say_folded(f"Failed: {len(outcome.failed):,}", "  ")
        _show_failed(found, outcome)
    if outcome.left:
        number, size = count(len(outcome.left), "recording"), size_words(outcome.left_bytes)
        say_folded(f"Left: {number}, {size}: {outcome.stopped_words}.", "  ")
    if outcome.left or outcome.failed:
        say_folded("Run it again to go on: teamskit recordings backup", "  ")
    elif outcome.copied:
        say_folded("Next: teamskit recordings verify", "  ")


def _show_failed(found: ToCopy, outcome: Outcome) -> None:
    """List what failed; where many failed for one reason, as on a full disk, that is one line of its own."""
    by_key = {one.key: one for one in found.wanted}
    kinds = Counter(one.why for one in outcome.failed)
    for why in (why for why, number in kinds.items() if number > ONE_BY_ONE):
        alike = [one for one in outcome.failed if one.why == why]
        size = size_words(sum(by_key[one.key].size for one in alike))
        say_folded(f"  {count(len(alike), 'recording')}, {size}; of the first: {alike[0].words}", "    ")
    rows = []
    for one in (one for one in outcome.failed if kinds[one.why] <= ONE_BY_ONE):
        wanted = by_key[one.key]
        when = at_school(wanted.recorded_at).strftime("%Y-%m-%d %H:%M")
        rows.append((when, wanted.class_name, one.words, one.key))
    if rows:
        emit_table(("Recorded", "Class", "What went wrong", "File"), rows)
    if len(rows) < len(outcome.failed):
        say_folded("  Which they are: --output json gives all.", "  ")


def _as_json(found: ToCopy, outcome: Outcome, manifest: str) -> dict[str, Any]:
    return {
        "run": outcome.run,
        "copied": outcome.copied,
        "copied_bytes": outcome.copied_bytes,
        "same": outcome.same,
        "failed": [{"file": one.key, "why": one.why, "words": one.words} for one in outcome.failed],
        "left": outcome.left,
        "left_bytes": outcome.left_bytes,
        "stopped": outcome.stopped or None,
        "copied_before": len(found.done),
        "past": found.past,
        "fetched_bytes": outcome.fetched,
        "cuts": outcome.cuts,
        "restarts": outcome.restarts,
        "manifest": manifest or None,
    }
