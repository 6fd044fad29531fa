"""`teamskit recordings restore`: copies brought back into a folder, checked, and over nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.context import Here
from teamskit.cli.output import count, emit_json, emit_table, say, say_folded, working
from teamskit.cli.recordings_place import target_of
from teamskit.cli.transfer_progress import size_words
from teamskit.cli.who import by_option, record_files
from teamskit.clock import at_school

if TYPE_CHECKING:
    from teamskit.errors import InputError, TeamskitError
    from teamskit.recordings.manifest import Copy
    from teamskit.recordings.restore import Restored
    from teamskit.recordings.targets import Target

SHOWN = 40


class _Done:
    """What came of a run: copies brought back, copies that failed and why, and what ended it early."""

    def __init__(self) -> None:
        self.restored: list[tuple[Copy, Restored]] = []
        self.failed: list[tuple[Copy, TeamskitError]] = []
        self.stopped: InputError | None = None


@click.command("restore")
@click.argument("which", metavar="[CALL|FILE]", required=False)
@click.option("--all", "everything", is_flag=True, help="All copies there are.")
@click.option(
    "-o", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Where to."
)
@click.option(
    "--identity", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="KEYFILE", help="age key file."
)
@by_option
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def restore(
    here: Here, which: str | None, everything: bool, folder: Path, identity: Path | None, by: str | None, output: str
) -> int:
    """Bring back the copies of a call, or one copy by its file key (or its 12 last signs), whole and checked.

    \b
    teamskit recordings restore 8f2d... -o D:/for-the-lado
    teamskit recordings restore --all -o D:/restored
    teamskit recordings restore 8f2d... -o D:/restored --identity backup-key.txt

    An encrypted copy stays so without --identity. Nothing in the folder is written over. The log keeps a word on it.
    Exit status: 0 done; 1 it could not be restored; 2 no such copy, folder or key; 3 some could not be (listed).
    """
    from teamskit.errors import InputError
    from teamskit.recordings.manifest import copies_of

    if bool(which) == everything:
        raise click.UsageError("name a call or a file, or say --all")
    if not folder.is_dir():
        raise InputError("there is no such folder", where=str(folder), next_step="Make it, or name another one.")
    identities = _identities(identity)
    with here.ledger() as ledger:
        chosen = _chosen(list(copies_of(ledger).values()), which or None)
    done = _bring_back(here, chosen, folder, identities, by)
    _note_damaged(here, done)
    if done.failed and len(chosen) == 1:
        raise done.failed[0][1]
    if output == "json":
        emit_json([_restored(*one) for one in done.restored] + [_not_restored(*one) for one in done.failed])
    else:
        _show(done)
    if done.stopped:
        raise done.stopped
    return 3 if done.failed else 0


def _bring_back(here: Here, chosen: Sequence[Copy], folder: Path, identities: list[Any], by: str | None) -> _Done:
    """Restore one copy after the other: one that fails leaves the others, a folder that cannot be written ends it."""
    from teamskit.errors import InputError, TeamskitError
    from teamskit.recordings.restore import restore as restored

    target, done = target_of(here), _Done()
    there = _there(target, chosen, done)
    calls = sorted({copy.call for copy, _ in there})
    record_files(here, [Path(path) for _, path in there], by, of="recording", calls=calls)
    with working("Fetching"):
        for copy, path in there:
            try:
                done.restored.append((copy, restored(target, copy, path, folder, identities)))
            except InputError as wrong:
                done.stopped = wrong
                break
            except TeamskitError as wrong:
                # A place that is away fails all others in the same way: no use in asking for each.
                target.look()
                done.failed.append((copy, wrong))
    return done


def _there(target: Target, chosen: Sequence[Copy], done: _Done) -> list[tuple[Copy, str]]:
    """Give the copies that lie at the target and where, and note the others as failed."""
    from teamskit.errors import TargetError
    from teamskit.recordings.verify import paths_at

    files = () if all(copy.path for copy in chosen) else [path for path, _ in target.files()]
    paths, found = paths_at(chosen, files), []
    for copy in chosen:
        path = paths.get(copy.key)
        if path is not None and target.size(path) is not None:
            found.append((copy, path))
            continue
        where = copy.path or copy.key
        gone = TargetError("the copy is not there", where=where, next_step="Run: teamskit recordings verify")
        done.failed.append((copy, gone))
    return found


def _note_damaged(here: Here, done: _Done) -> None:
    """Tell the log of copies whose bytes turned out not to be those stored, so that they are findings at once."""
    from teamskit.recordings.manifest import check_entry
    from teamskit.recordings.restore import NotAsStoredError

    bad = [copy.key for copy, wrong in done.failed if isinstance(wrong, NotAsStoredError)]
    if bad:
        with here.ledger() as ledger:
            ledger.append([check_entry(here.clock.now(), "data", bad, [{"key": key, "why": "data"} for key in bad])])


def _show(done: _Done) -> None:
    for _, one in done.restored:
        state = "still encrypted: give --identity to open it" if one.is_sealed else "as it was recorded"
        before = "" if one.is_new else " It was there already."
        say_folded(f"{size_words(one.size)}, checked, {state}.{before}", "  ")
        say(str(one.path))
    if not done.failed:
        return
    say_folded(f"{count(len(done.failed), 'copy', 'copies')} not restored:", "  ")
    rows = [
        (at_school(copy.about).strftime("%Y-%m-%d %H:%M"), wrong.what, copy.path or copy.key)
        for copy, wrong in done.failed[:SHOWN]
    ]
    emit_table(("Recorded", "What is wrong", "Copy"), rows)
    if len(done.failed) > SHOWN:
        say_folded(f"And {count(len(done.failed) - SHOWN, 'more', 'more')}: --output json gives all.", "  ")
    say_folded("What is still in its drive is copied again by: teamskit recordings backup", "  ")


def _identities(file: Path | None) -> list[Any]:
    if file is None:
        return []
    from teamskit.recordings.encryption import read_identities

    return read_identities(file)


def _chosen(copies: Sequence[Copy], which: str | None) -> list[Copy]:
    """Give the copies of a call, or the one of a file, or all; raises InputError when there is none."""
    from teamskit.errors import InputError
    from teamskit.recordings.names import short_key

    own = {copy.key: copy for copy in copies if copy.is_stored}
    asked = [
        copy for copy in copies if copy.word == "copied" and which in (None, copy.call, copy.key, short_key(copy.key))
    ]
    # A file that is the same recording as another has that one's copy.
    found = {copy.same_as or copy.key: own.get(copy.same_as or copy.key) for copy in asked}
    chosen = sorted((copy for copy in found.values() if copy), key=lambda one: (one.about, one.key))
    if not chosen:
        raise InputError(
            "there is no copy of this call or file", where=which or "", next_step="See: teamskit recordings list"
        )
    return chosen


def _restored(copy: Copy, one: Restored) -> dict[str, Any]:
    return {
        "file": copy.key,
        "path": str(one.path),
        "size": one.size,
        "encrypted": one.is_sealed,
        "new": one.is_new,
        "why": None,
    }


def _not_restored(copy: Copy, wrong: TeamskitError) -> dict[str, Any]:
    return {"file": copy.key, "path": None, "size": None, "encrypted": None, "new": False, "why": wrong.what}
