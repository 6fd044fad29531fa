"""What the report is made of, gathered from the log, the registers, school.toml and the roster. No tenant is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.ledger.heads import Head
    from teamskit.reports import Agreement, Material
    from teamskit.safeguarding import Evidence, Finding


def report_material(here: Here, first: date | None = None, last: date | None = None) -> Material:
    """Gather what the report shows; names are the roster's, and ids where it cannot be read."""
    from teamskit.calls import CallFilter
    from teamskit.calls.coverage import span_of
    from teamskit.calls.listing import load_calls, readings_of
    from teamskit.cli.evidence import load_evidence
    from teamskit.reports import gather
    from teamskit.reports.recordings_now import recordings_now
    from teamskit.safeguarding import evaluate
    from teamskit.safeguarding.pupils_not_known import pupils_not_known
    from teamskit.safeguarding.recorded import recorded

    with here.ledger() as ledger:
        material = gather(
            ", ".join(unit.name for unit in here.school.schools),
            load_calls(ledger, CallFilter(first, last)),
            readings_of(ledger),
            here.clock.now(),
            first=first,
            last=last,
            class_names=class_names_of(here),
            names=_names(here),
            log_size=ledger.size(),
        )
        head = ledger.newest_head()
        holds = ledger.holds(span_of(material.first)[0], span_of(material.last)[1])
    evidence = load_evidence(here, material.first, material.last, calls=material.calls)
    rows = recorded(evidence).rows
    findings = evaluate(evidence)
    return replace(
        material,
        findings=findings,
        agreements=list(_agreements(evidence, findings)),
        closed=_closed(evidence),
        minutes=evidence.minutes.model_dump(),
        recordings=recordings_now(rows),
        unchecked=(*evidence.remarks, *(one.text for one in pupils_not_known(evidence)), *_no_key(holds)),
        log_mark=_mark(head) if head else "",
        log_note=head.plain if head else "",
        log_holds=holds,
    )


def _mark(head: Head) -> str:
    """Write the first 64 bits of the root in groups, short enough to be read out over the telephone."""
    return head.root[:8].hex(" ", 2)


def _no_key(holds: bool | None) -> tuple[str, ...]:
    if holds is None:
        return ("Whether the log stands as it was written: the key that its signatures are checked with is missing.",)
    return ()


def _closed(evidence: Evidence) -> Mapping[date, str]:
    """Say of each day why there was no school, or nothing; a working day is left open where no terms are known."""
    days = (evidence.first + timedelta(days=n) for n in range((evidence.last - evidence.first).days + 1))
    reasons = {day: evidence.calendar.why_no_school(day) or "" for day in days}
    return {day: why for day, why in reasons.items() if why or evidence.calendar.terms}


def _agreements(evidence: Evidence, findings: Sequence[Finding]) -> Iterator[Agreement]:
    """Give the rows of the register that were in force in the period, each with the calls that needed it."""
    from teamskit.clock import at_school
    from teamskit.reports import Agreement
    from teamskit.safeguarding.agreements import said

    for row in evidence.agreed.rows if evidence.agreed else ():
        if not row.touches(evidence.first, evidence.last):
            continue
        who = tuple(one for one in (row.pupil, row.staff, row.outside) if one)
        named = {one for one in (row.pupil, row.staff) if one}
        calls = [
            one
            for one in findings
            if one.state == "agreed" and one.finding == row.what and row.holds_on(at_school(one.at).date())
            if named <= set(one.people) and said(row) in one.why
        ]
        yield Agreement(row.what, who, row.first, row.last, row.agreed_by, row.reason, len(calls), row.row)


def class_names_of(here: Here) -> Mapping[str, str]:
    """Give the name of each class of the roster; none where it cannot be read."""
    from teamskit.errors import InputError

    try:
        return {section.id: section.name for section in here.roster.sections}
    except InputError:
        return {}


def _names(here: Here) -> Mapping[str, str]:
    from teamskit.errors import InputError

    try:
        return {person.id: person.name for person in (*here.roster.staff, *here.roster.pupils)}
    except InputError:
        return {}
