"""What a report shows, gathered from the ledger, the registers, school.toml and the roster. The tenant is not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.registers import Agreement as RegisterRow
    from teamskit.reports import Agreement, Material
    from teamskit.roster import Roster
    from teamskit.safeguarding import Evidence, Finding

MINUTES = ("one_to_one", "alone", "pupils_only", "lesson")
"""Settings of `[findings]` that are minutes; the report says which were used."""


def report_material(here: Here, first: date | None = None, last: date | None = None) -> Material:
    """Gather what the report shows; names are the roster's, and ids stand where it cannot be read."""
    from teamskit.cli.evidence import load_evidence
    from teamskit.reports import gather
    from teamskit.safeguarding import evaluate

    evidence, roster = load_evidence(here, first, last), _roster(here)
    with here.ledger() as ledger:
        log_size = ledger.size()
    material = gather(
        ", ".join(unit.name for unit in here.school.schools),
        sorted([*evidence.calls, *evidence.forgotten], key=lambda call: (call.start, call.id)),
        evidence.readings,
        evidence.now,
        first=first,
        last=last,
        class_names={section.id: section.name for section in roster.sections} if roster else {},
        names={person.id: person.name for person in (*roster.staff, *roster.pupils)} if roster else {},
        log_size=log_size,
    )
    findings = evaluate(evidence)
    return replace(
        material,
        findings=findings,
        agreements=_agreements(evidence, findings),
        closed=_closed(evidence, [one.day for one in material.days]),
        minutes={name: getattr(here.school.findings, name) for name in MINUTES},
        unchecked=tuple(evidence.remarks),
    )


def _roster(here: Here) -> Roster | None:
    from teamskit.errors import InputError

    try:
        return here.roster
    except InputError:
        return None


def _closed(evidence: Evidence, days: Sequence[date]) -> Mapping[date, str]:
    """Say of each day why there was no school, or nothing; a working day is left open where no terms are known."""
    reasons = {day: evidence.calendar.why_no_school(day) or "" for day in days}
    return {day: why for day, why in reasons.items() if why or evidence.calendar.terms}


def _agreements(evidence: Evidence, findings: Sequence[Finding]) -> list[Agreement]:
    """Give the rows of the register that were in force on a day of the period."""
    rows = evidence.agreed.rows if evidence.agreed else ()
    return [
        _shown(row, findings)
        for row in rows
        if (row.first is None or row.first <= evidence.last) and (row.last is None or evidence.first <= row.last)
    ]


def _shown(row: RegisterRow, findings: Sequence[Finding]) -> Agreement:
    from teamskit.reports import Agreement

    who = tuple(one for one in (row.pupil, row.staff, row.outside) if one)
    used = sum(_covers(row, one) for one in findings)
    return Agreement(row.what, who, row.first, row.last, row.agreed_by, row.reason, used)


def _covers(row: RegisterRow, one: Finding) -> bool:
    from teamskit.safeguarding.agreements import said

    people = {person.casefold() for person in one.people}
    fits = one.finding == row.what and one.state == "agreed" and said(row) in one.why
    return fits and all(cell.casefold() in people for cell in (row.pupil, row.staff) if cell)
