"""The evidence of a period, gathered from the ledger, the registers and school.toml. The tenant is never asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from teamskit.cli.evidence_of_pupils import with_pupils
from teamskit.cli.evidence_of_recordings import files_remarks, with_recordings
from teamskit.cli.output import count

if TYPE_CHECKING:
    from teamskit.calls import CallEntry
    from teamskit.cli.context import Here
    from teamskit.registers.reading import Registers
    from teamskit.safeguarding import Evidence

LISTED = 10
FORGOTTEN = "past the time the school keeps names for: not checked."


def load_evidence(
    here: Here, first: date | None = None, last: date | None = None, calls: Sequence[CallEntry] | None = None
) -> Evidence:
    """Gather what findings of a period rest on; without days the period is all that the log knows, until today.

    `calls` are those of the period where they have been read already.
    Raises InputError when the period holds no day up to today.
    """
    from teamskit.calls import CallFilter
    from teamskit.calls.listing import load_calls, older_calls, readings_of, span_of_days
    from teamskit.calls.looks import Looks
    from teamskit.clock import at_school
    from teamskit.reports.tables import first_day
    from teamskit.safeguarding import Evidence
    from teamskit.school.calendar import Calendar

    today = at_school(here.clock.now()).date()
    with here.ledger() as ledger:
        calls = load_calls(ledger, CallFilter(first, last)) if calls is None else calls
        older = older_calls(ledger, calls)
        readings = readings_of(ledger)
        looks = Looks.of(ledger, *span_of_days(first, last))
    begin, end = _period(first or first_day(calls, readings, here.clock.now()), last, today)
    registers = registers_of(here)
    forgotten = [call for call in calls if call.is_forgotten]
    nameless = {call.id for call in forgotten}
    evidence = Evidence(
        now=here.clock.now(),
        first=begin,
        last=end,
        calls=[call for call in calls if call.id not in nameless],
        older=[call for call in older if not call.is_forgotten],
        looked_at=sorted(look.at for look in looks.entries),
        readings=readings,
        calendar=Calendar.of(here.school),
        minutes=here.school.findings,
        forgotten={at_school(call.start).date() for call in forgotten},
    )
    with here.ledger() as ledger:
        evidence = with_pupils(evidence, ledger, whole=first is None)
        evidence = with_recordings(evidence, ledger, here.school, *span_of_days(first, last))
    evidence, mended = _with_registers(evidence, registers)
    return _with_remarks(here, evidence, registers, mended, len(forgotten))


def _with_remarks(
    here: Here, evidence: Evidence, registers: Registers, mended: Sequence[str], forgotten: int
) -> Evidence:
    told = [f"{count(forgotten, 'call')} {FORGOTTEN}"] if forgotten else []
    files, for_it = files_remarks(evidence), tuple(_for_it(here, registers))
    remarks = (*_remarks(registers), *_of_terms(here), *files, *told)
    for_it += ("teamskit recordings check",) if files else ()
    return replace(evidence, remarks=remarks, mended=tuple(_mended(mended)), for_it=for_it)


def registers_of(here: Here) -> Registers:
    """Read the registers of the school folder."""
    from teamskit.registers.reading import read_registers
    from teamskit.safeguarding.finding import SEVERITY

    return read_registers(here.folder.root / "registers", [kind for kind in SEVERITY if kind != "not-known"])


def _period(first: date, last: date | None, today: date) -> tuple[date, date]:
    from teamskit.errors import InputError

    end = min(last or today, today)
    if first > end:
        raise InputError("the period holds no day up to today", next_step="Look at --from and --to.")
    return first, end


def _with_registers(evidence: Evidence, registers: Registers) -> tuple[Evidence, Sequence[str]]:
    people = {(one.role, one.id) for call in evidence.calls for one in call.people}
    people |= {(call.organiser.role, call.organiser.id) for call in evidence.calls if call.organiser}
    pupils, staff = ({number for of, number in people if of == role} for role in ("pupil", "staff"))
    pupils |= {one.id for roll in evidence.rolls.classes for one in roll.pupils}
    mended, found = registers.with_zeros(pupils, staff)
    return replace(evidence, agreed=mended.agreed, consent=mended.consent), found


def _remarks(registers: Registers) -> Iterator[str]:
    for name, what, register in (
        ("agreed.csv", "The register of agreed exceptions", registers.agreed),
        ("consent.csv", "The register of consent to recording", registers.consent),
    ):
        if register is None:
            unread = any((one.file or "").casefold() == name for one in registers.problems)
            yield f"{what} {'cannot be used' if unread else 'is missing'} (registers/{name}): ask IT."
    if registers.left_out:
        rows, were = count(registers.left_out, "row"), "was" if registers.left_out == 1 else "were"
        yield f"{rows} of the registers {were} left out: ask IT."


def _mended(mended: Sequence[str]) -> Iterator[str]:
    if mended:
        more = f" and {len(mended) - LISTED} more" if len(mended) > LISTED else ""
        yield f"Zeros that Excel took off were put back in the registers: {', '.join(mended[:LISTED])}{more}."


def _of_terms(here: Here) -> Iterator[str]:
    if not here.school.terms:
        yield "The school's terms are not known here: calls out of term cannot be told. Ask IT to write them down."


def _for_it(here: Here, registers: Registers) -> Iterator[str]:
    """Give what IT would type about the remarks, which are for a lead to read."""
    if any(_remarks(registers)):
        yield "teamskit registers check"
    if not here.school.terms:
        yield "write the terms in school.toml"


def not_covered(evidence: Evidence) -> list[date]:
    """Give the days of the period that the log does not cover whole; today only if it was never read."""
    from teamskit.calls.coverage import covered_day
    from teamskit.clock import at_school

    today = at_school(evidence.now).date()
    days = [evidence.first + timedelta(days=n) for n in range((evidence.last - evidence.first).days + 1)]
    statuses = [(day, covered_day(day, evidence.readings).status) for day in days]
    return [day for day, status in statuses if status == "not covered" or (status == "part" and day < today)]
