"""What identifies people goes when its time is past, unless a case keeps it; what remains still verifies.

Calls go by the academic year they fall in, with all their versions and all whose body names them in `call`: their
recordings, attendance, and the notes on them. What the ledger keeps of rolls and chat goes when something newer took
its place before that time.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, select

from teamskit.clock import at_school, parse_iso
from teamskit.errors import InputError
from teamskit.ledger.entries import Entry
from teamskit.ledger.scan import KEY, PURGE, stretches_of
from teamskit.ledger.store import Ledger
from teamskit.ledger.tables import ENTRIES, PRIVATE
from teamskit.school.dates import academic_year_of

CALL, HOLD, EXPORT = "call", "hold", "export"
SNAPSHOTS = ("roll", "chat")
"""Kinds of which a newer entry takes the place of the older ones."""
KEPT = (HOLD, PURGE, EXPORT, KEY)
"""Kinds that say who did what with the ledger; that stays."""


@dataclass(frozen=True)
class Hold:
    """Calls that a case keeps from being purged; `ended` once it no longer does."""

    case: str
    calls: tuple[str, ...]
    at: datetime
    by: str
    ended: bool = False


@dataclass(frozen=True)
class Due:
    """What may go: calls, and the numbers of all entries whose private parts go with them; `before` is the first day
    that is kept; `held` counts the calls that only a case keeps; `size` is the ledger's at the time.
    """

    before: date
    calls: int
    entries: tuple[int, ...]
    kinds: Mapping[str, int]
    held: int
    size: int


def first_kept(today: date, years: int) -> date:
    """Give the first day of the oldest academic year that is kept, this year counting as the first of `years`."""
    return date(academic_year_of(today) - years + 1, 9, 1)


def holds(ledger: Ledger) -> list[Hold]:
    """Give each case's newest word, in the order the cases came up."""
    newest = {entry.key: entry for entry in ledger.read(HOLD)}
    return [_hold(entry) for entry in newest.values()]


def _hold(entry: Entry) -> Hold:
    by = str((entry.private or {}).get("by", ""))
    return Hold(entry.key, tuple(entry.body["calls"]), entry.at, by, bool(entry.body["ended"]))


def hold(ledger: Ledger, case: str, calls: Sequence[str], by: str, at: datetime) -> Hold:
    """Keep more calls for a case. Raises InputError, and keeps none, when the ledger has no such call."""
    known = {key for key, _ in ledger.held(CALL)}
    if unknown := [call for call in calls if call not in known]:
        raise InputError(
            f"there is no call {unknown[0]} in the ledger",
            next_step="See the calls' ids: teamskit calls list --output json",
        )
    return _say(ledger, case, calls, by, at)


def end_hold(ledger: Ledger, case: str, by: str, at: datetime) -> Hold:
    """End a case's hold. Raises InputError when there is none."""
    if not any(one.case == case and not one.ended for one in holds(ledger)):
        raise InputError(f"there is no hold for the case {case}", next_step="See them: teamskit ledger hold list")
    return _say(ledger, case, (), by, at, ended=True)


def _say(ledger: Ledger, case: str, calls: Sequence[str], by: str, at: datetime, *, ended: bool = False) -> Hold:
    while True:
        words = [entry for entry in ledger.read(HOLD) if entry.key == case]
        before = words[-1].body["calls"] if words and (ended or not words[-1].body["ended"]) else []
        body = {"calls": sorted({*before, *calls}), "ended": ended}
        entry = Entry(HOLD, case, len(words) + 1, at, body, private={"by": by})
        # Somebody else may have had a word on the same case in the meantime.
        if ledger.append([entry]):
            return _hold(entry)


def due(ledger: Ledger, today: date, years: int) -> Due:
    """Give what is past its time on a day; nothing when `years` is 0."""
    size = ledger.size()
    if not years:
        return Due(date.min, 0, (), {}, 0, size)
    before = first_kept(today, years)
    kept = {call for one in holds(ledger) if not one.ended for call in one.calls}
    rows = _with_private(ledger)
    past = {row.key for row in rows if row.kind == CALL and _day(row) < before}
    newer = {row.key for row in rows if row.kind == CALL and _day(row) >= before}
    gone = past - newer - kept
    going = [row for row in rows if row.kind == CALL and row.key in gone]
    others = (row for row in rows if row.kind not in (CALL, *SNAPSHOTS, *KEPT))
    going += [row for row in others if _goes_with(row, gone, before)]
    going += _replaced(rows, before)
    kinds = Counter(row.kind for row in going)
    held = len((past - newer) & kept)
    return Due(before, len(gone), tuple(sorted(row.seq for row in going)), dict(kinds), held, size)


def _with_private(ledger: Ledger) -> Sequence[Any]:
    # Of calls, which are most of a ledger, no more than their day is needed.
    body = case((ENTRIES.c.kind == CALL, "{}"), else_=ENTRIES.c.body).label("body")
    columns = (ENTRIES.c.seq, ENTRIES.c.kind, ENTRIES.c.key, ENTRIES.c.at, ENTRIES.c.about, body)
    with ledger.reading() as connection:
        joined = select(*columns).select_from(ENTRIES.join(PRIVATE))
        return connection.execute(joined.order_by(ENTRIES.c.seq)).all()


def _day(row: Any) -> date:
    return at_school(parse_iso(row.about or row.at)).date()


def _goes_with(row: Any, gone: set[str], before: date) -> bool:
    """Say whether what is about a call goes with it, and what is about none goes by its own day."""
    call = json.loads(row.body).get("call")
    return call in gone if call else _day(row) < before


def _replaced(rows: Iterable[Any], before: date) -> list[Any]:
    """Give the snapshots that a newer one replaced before that day."""
    found: list[Any] = []
    last: dict[tuple[str, str], Any] = {}
    for row in rows:
        if row.kind in SNAPSHOTS and _day(row) < before:
            if older := last.get((row.kind, row.key)):
                found.append(older)
            last[row.kind, row.key] = row
    return found


def purge(ledger: Ledger, what: Due, by: str, at: datetime) -> bool:
    """Take away what is due, with an entry that says so; False, and nothing done, when the ledger has grown since."""
    body = {"before": what.before.isoformat(), "calls": what.calls, "entries": stretches_of(what.entries)}
    entry = Entry(PURGE, secrets.token_hex(8), 1, at, {**body, "kinds": dict(what.kinds)}, private={"by": by})
    return ledger.forget(what.entries, entry, if_size=what.size)
