"""What `teamskit doctor` looks at on this side: the log, the place for copies, disk, registers, rights."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from teamskit.cli.output import count
from teamskit.tenant.health import Line, State

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.cli.doctor_tenant import Check
    from teamskit.ledger import Ledger
    from teamskit.recordings.targets import Target
    from teamskit.school import School

    Last = Callable[[Ledger], datetime | None]

T = TypeVar("T")
LATE, NEARLY_LOST = timedelta(hours=26), timedelta(days=21)
"""A nightly run that was left out once; and when the first of the 30 days that Microsoft keeps are soon lost."""
WAIT_S = 20
_GB = 1_000_000_000
ROOM_WARN, ROOM_FAIL = 2 * _GB, _GB // 5
COPIES_WARN = 20 * _GB
_NAMES = {
    "calls-sync": "calls",
    "recordings-check": "recordings",
    "backup": "place for copies",
    "disk": "disk of this folder",
    "registers": "registers",
    "state-files": "files of .teamskit",
}


def folder_checks(here: Here, school: School | None) -> Sequence[Check]:
    """Give the checks of the folder; those that need school.toml say that it cannot be read."""
    if school is None:
        return [(name, partial(_not_looked, name)) for name in _NAMES]
    looks = (_calls, _recordings, _backup, _disk, _registers, _rights)
    return [(name, partial(look, here)) for name, look in zip(_NAMES, looks, strict=True)]


def _not_looked(name: str) -> list[Line]:
    return [Line(name, "skip", f"{_NAMES[name]}: school.toml cannot be read")]


def _has_log(here: Here) -> bool:
    """Say whether there is a log to read; one is never made by looking."""
    from teamskit.cli.context import LEDGER_URL
    from teamskit.school.folder import STATE

    named = here.school.ledger.url or (os.environ.get(LEDGER_URL) and not here.school.is_embedded)
    return bool(named) or (here.folder.root / STATE / "ledger.sqlite3").exists()


def has_openings(here: Here) -> bool:
    """Say whether the audit log has told of a recording before."""
    from teamskit.recordings.openings import OPENING

    return _has_log(here) and bool(_of_log(here, lambda ledger: ledger.held(OPENING)))


def _of_log(here: Here, read: Callable[[Ledger], T]) -> T:
    """Read something of the log; a database elsewhere that does not answer is not waited for."""
    from teamskit.cli.doctor_tenant import within

    def opened() -> T:
        with here.ledger() as ledger:
            return read(ledger)

    return within(WAIT_S, "the call log", opened)


def _calls(here: Here) -> list[Line]:
    from teamskit.calls.listing import readings_of

    def last(ledger: Ledger) -> datetime | None:
        return max((one.at for one in readings_of(ledger)), default=None)

    return [_last_run(here, "calls-sync", "calls", "teamskit calls sync", last)]


def _recordings(here: Here) -> list[Line]:
    from teamskit.recordings.looking import LOOKED

    def last(ledger: Ledger) -> datetime | None:
        return max((entry.at for entry in ledger.read(LOOKED)), default=None)

    return [_last_run(here, "recordings-check", "recordings", "teamskit recordings check", last)]


def _last_run(here: Here, check: str, what: str, command: str, last: Last) -> Line:
    if not _has_log(here):
        return Line(check, "skip", f"{what}: there is no log yet; {command} begins it")
    return run_line(check, what, command, _of_log(here, last), here.clock.now())


def run_line(check: str, what: str, command: str, at: datetime | None, now: datetime) -> Line:
    """Judge when something nightly was last done."""
    do = f"Run {command}, and have it run every night."
    if at is None:
        return Line(check, "warn", f"{what} never read", do)
    since = now - at
    hours = since // timedelta(hours=1)
    ago = f"{count(hours, 'hour')} ago" if hours < 48 else f"{count(since.days, 'day')} ago"
    if since <= LATE:
        return Line(check, "ok", f"{what} last read {ago if hours else 'within the hour'}")
    if check == "calls-sync" and since > NEARLY_LOST:
        return Line(check, "fail", f"{what} last read {ago}; Microsoft keeps records for 30 days only", do)
    return Line(check, "warn", f"{what} last read {ago}", do)


def _backup(here: Here) -> list[Line]:
    from teamskit.cli.doctor_tenant import within

    if not here.school.backup.target:
        return [Line("backup", "skip", "backup: no place for copies of recordings is set in school.toml")]
    return [within(WAIT_S, "the place for copies", partial(_tried, here))]


def _tried(here: Here) -> Line:
    """Put a small file to the place for copies, take it away again, and see how much room is left there."""
    import secrets

    from teamskit.recordings.targets import open_target

    target = open_target(here.school.backup.target, here.folder.root)
    target.look()
    token = secrets.token_hex(8)
    name = f"teamskit-doctor-{token}.txt"
    local = here.folder.state(name)
    try:
        local.write_bytes(b"Written by teamskit doctor to see whether it can be; it may be deleted.\n")
        target.put(local, name, token)
        try:
            is_whole = target.size(name) == local.stat().st_size
        finally:
            target.remove(name)
    finally:
        local.unlink(missing_ok=True)
    if not is_whole:
        do = "Look at the disk or share: it takes a file and does not give it back whole."
        return Line("backup", "fail", "place for copies does not keep what is put there", do)
    return _room(target)


def _room(target: Target) -> Line:
    from teamskit.cli.transfer_progress import size_words

    free = target.free_bytes()
    if free is None:
        return Line("backup", "ok", "place for copies can be written to; how much room it has it does not tell")
    state: State = "warn" if free < COPIES_WARN else "ok"
    do = "Make room there: recordings are large." if state == "warn" else ""
    return Line("backup", state, f"place for copies can be written to, {size_words(free)} free", do)


def _disk(here: Here) -> list[Line]:
    from teamskit.cli.transfer_progress import size_words

    free = shutil.disk_usage(here.folder.root).free
    state: State = "fail" if free < ROOM_FAIL else "warn" if free < ROOM_WARN else "ok"
    do = "" if state == "ok" else "Make room on the disk of this folder: the log and recordings on their way need it."
    return [Line("disk", state, f"disk of this folder: {size_words(free)} free", do)]


def _registers(here: Here) -> list[Line]:
    from teamskit.cli.evidence import registers_of

    found = registers_of(here)
    registers = {"registers/agreed.csv": found.agreed, "registers/consent.csv": found.consent}
    missing = [name for name, one in registers.items() if one is None]
    if missing:
        do = "teamskit registers template writes one to fill in; teamskit registers check says why one is not read."
        return [Line("registers", "warn", f"not there or not to be read: {', '.join(missing)}", do)]
    if found.left_out:
        text = f"registers: {count(found.left_out, 'row')} not used"
        return [Line("registers", "warn", text, "See which: teamskit registers check")]
    return [Line("registers", "ok", "registers of consent and of what was agreed are there")]


def _rights(here: Here) -> list[Line]:
    from teamskit.school.folder import STATE

    if os.name != "posix":
        return [Line("state-files", "skip", "files of .teamskit: who may read them Windows' own rights say")]
    state = here.folder.root / STATE
    opened = [path for path in (state, *state.rglob("*")) if path.exists() and _is_open(path)]
    if not opened:
        return [Line("state-files", "ok", "files of .teamskit can be read by their owner only")]
    text = f"{count(len(opened), 'file')} of .teamskit can be read by others on this computer"
    return [Line("state-files", "fail", text, "In the school folder: chmod -R go= .teamskit")]


def _is_open(path: Path) -> bool:
    return not path.is_symlink() and bool(path.stat().st_mode & 0o077)
