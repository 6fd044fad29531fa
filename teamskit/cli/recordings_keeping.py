"""`teamskit recordings verify` and `list`: whether copies are what they should be, and which there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.context import Here
from teamskit.cli.output import count, emit, emit_json, emit_table, output_option, say_folded, working
from teamskit.cli.recordings_backup import one_backup
from teamskit.cli.recordings_place import target_of
from teamskit.cli.transfer_progress import size_words
from teamskit.clock import at_school, iso

if TYPE_CHECKING:
    from teamskit.recordings.manifest import Copy
    from teamskit.recordings.verify import Found

SHOWN = 40
SAMPLE = re.compile(r"(\d+(?:\.\d+)?)(%?)")


@click.command("verify")
@click.option("--read-data", is_flag=True, help="Read every byte, or those of a sample, not only sizes and ends.")
@click.option("--sample", metavar="N|N%", help="With --read-data: so many copies, those read longest ago first.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def verify(here: Here, read_data: bool, sample: str | None, output: str) -> int:
    """Look whether every copy is at its place, whole, and the file that was put there. The log keeps what was found.

    \b
    teamskit recordings verify
    teamskit recordings verify --read-data --sample 10%

    Needs no key for encrypted copies. Permissions: none. Exit status: 0 all are as they were stored, 1 the place
    cannot be reached, 3 some copies are not (listed).
    """
    from teamskit.recordings.manifest import copies_of
    from teamskit.recordings.verify import oldest_read
    from teamskit.recordings.verify import verify as verified

    if sample and not read_data:
        raise click.UsageError("--sample goes with --read-data")
    with one_backup(here), here.ledger() as ledger:
        copies = [one for one in copies_of(ledger).values() if one.is_stored]
        to_read = oldest_read(copies, _sample(sample, len(copies))) if read_data else []
        if not copies:
            _show_none(_others(here), output)
            return 0
        with working("Looking at every copy"):
            found = verified(target_of(here), copies, to_read, at_once=here.school.backup.parallel)
        ledger.append(found.entries(here.clock.now()))
    if found.stopped:
        raise found.stopped
    if output == "json":
        emit_json(_verified(copies, found))
    else:
        _show_verified(here, copies, found)
    return 3 if found.failed else 0


def _show_none(others: int, output: str) -> None:
    if output == "json":
        emit_json({**_verified([], None), "strangers": others})
        return
    say_folded("There is no copy to look at.", "  ")
    if others:
        say_folded(f"{count(others, 'file')} at its place of which this log knows nothing.", "  ")


def _others(here: Here) -> int:
    """Count what lies at the target of a log without copies: the log may be a new one, in place of one that was lost.

    A place that is not named yet, or away, has nothing.
    """
    from teamskit.errors import TeamskitError
    from teamskit.recordings.verify import verify as verified

    try:
        found = verified(target_of(here), [])
    except TeamskitError:
        return 0
    return found.strangers


def _sample(text: str | None, of: int) -> int | None:
    """Give how many copies a sample is; at least one."""
    if text is None:
        return None
    found = SAMPLE.fullmatch(text.strip())
    if found is None or float(found[1]) <= 0 or (not found[2] and "." in found[1]):
        raise click.UsageError("--sample is a number of copies or a share: 20 or 10%")
    return max(1, round(of * float(found[1]) / 100)) if found[2] else int(found[1])


def _verified(copies: Sequence[Copy], found: Found | None) -> dict[str, Any]:
    by_key = {one.key: one for one in copies}
    failed = sorted(found.failed.items()) if found else []
    return {
        "looked": len(found.looked) if found else 0,
        "read": len(found.read) if found else 0,
        "failed": [
            {"file": key, "call": by_key[key].call, "why": why, "path": by_key[key].path} for key, why in failed
        ],
        "strangers": found.strangers if found else 0,
        "earlier": found.earlier if found else 0,
        "unfinished": found.unfinished if found else 0,
    }


def _show_verified(here: Here, copies: Sequence[Copy], found: Found) -> None:
    from teamskit.recordings.verify import WORDS

    whole = f", {len(found.read):,} of them read whole" if found.read else ""
    good = len(found.looked) - len(found.failed)
    say_folded(
        f"{good:,} of {count(len(found.looked), 'copy', 'copies')} at {here.school.backup.target} as stored{whole}.",
        "  ",
    )
    if found.failed:
        rows = [_row(one, WORDS[found.failed[one.key]]) for one in copies if one.key in found.failed]
        emit_table(("Recorded", "What is wrong", "Copy"), rows[:SHOWN])
        if len(rows) > SHOWN:
            say_folded(f"And {count(len(rows) - SHOWN, 'more', 'more')}: --output json gives all.", "  ")
        if all(why == "missing" for why in found.failed.values()) and not good:
            say_folded("None of them is there: is this the right disk or share? Then verify again.", "  ")
        else:
            say_folded("What is still in its drive is copied again by: teamskit recordings backup", "  ")
    if found.strangers:
        say_folded(f"{count(found.strangers, 'file')} there that teamskit did not put there: left alone.", "  ")
    if found.earlier:
        files = count(found.earlier, "earlier file")
        say_folded(f"{files} of copies that failed before: left until their copy is purged.", "  ")
    if found.unfinished:
        say_folded(
            f"{count(found.unfinished, 'part')} of files there that a run left behind: the next backup takes them up.",
            "  ",
        )


def _row(copy: Copy, words: str) -> tuple[str, str, str]:
    return at_school(copy.about).strftime("%Y-%m-%d %H:%M"), words, copy.path or copy.key


@click.command("list")
@output_option
@click.pass_obj
def list_(here: Here, output: str) -> None:
    """List the copies: copied, verified or failed, since when, and until when they are kept.

    \b
    teamskit recordings list
    teamskit recordings list --output json

    The log answers; neither the tenant nor the place of the copies is asked.
    """
    from teamskit.recordings.manifest import copies_of
    from teamskit.recordings.retention import held_calls

    with here.ledger() as ledger:
        copies = sorted(copies_of(ledger).values(), key=lambda one: (one.about, one.key))
        held = held_calls(ledger)
    days = here.school.retention.recordings_days
    if output == "table" and not copies:
        say_folded("Nothing was copied yet: teamskit recordings backup", "  ")
        return
    headings = ("Recorded", "State", "Size", "Checked", "Kept until", "Copy")
    rows = [_listed(one, days, held) for one in copies]
    emit(output, [_as_json(one, days, held) for one in copies], headings, rows)


def _kept_until(copy: Copy, days: int, held: frozenset[str]) -> datetime | None:
    return None if not days or copy.call in held else copy.about + timedelta(days=days)


def _listed(copy: Copy, days: int, held: frozenset[str]) -> tuple[str, ...]:
    until = _kept_until(copy, days, held)
    kept = "for a case" if copy.call in held else at_school(until).strftime("%Y-%m-%d") if until else "for ever"
    checked = at_school(copy.checked.at).strftime("%Y-%m-%d") if copy.checked else ""
    state = f"{copy.state}: {copy.reason}" if copy.reason else copy.state
    size = size_words(copy.facts.size) if copy.facts else ""
    is_there = copy.word == "copied"
    when = at_school(copy.about).strftime("%Y-%m-%d %H:%M")
    return when, state, size, checked, kept if is_there else "", copy.path or copy.key


def _as_json(copy: Copy, days: int, held: frozenset[str]) -> dict[str, Any]:
    until = _kept_until(copy, days, held)
    facts = copy.facts
    return {
        "file": copy.key,
        "call": copy.call,
        "recorded": iso(copy.about),
        "state": copy.state,
        "why": copy.reason or None,
        "at": iso(copy.at),
        "size": facts.size if facts else None,
        "sha256": facts.sha256 if facts else None,
        "stored_sha256": facts.stored_sha256 if facts else None,
        "encrypted": facts.encrypted if facts else None,
        "path": copy.path,
        "same_as": copy.same_as or None,
        "checked_at": iso(copy.checked.at) if copy.checked else None,
        "read_at": iso(copy.read_at) if copy.read_at else None,
        "kept_until": iso(until) if until and copy.word == "copied" else None,
        "held": copy.call in held,
    }
