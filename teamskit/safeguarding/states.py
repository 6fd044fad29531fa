"""The state of a finding: open, agreed or closed. Settled comes from people's notes. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from teamskit.safeguarding.agreements import agreed_by
from teamskit.safeguarding.case import Case, Raised
from teamskit.safeguarding.checks import Check
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import Finding, finding_id

REVISED = "A later version of the call record no longer bears this out."


def finding_of(check: Check, raised: Raised, case: Case, evidence: Evidence) -> Finding:
    """Make a finding of what a check raised in a call."""
    agreed = agreed_by(evidence.agreed, check.id, case.day, raised)
    return finding_on(check.id, case.call.id, raised, agreed, call=case.call.id)


def finding_on(
    kind: str,
    subject: str,
    raised: Raised,
    agreed: str,
    *,
    call: str | None = None,
    pupil: str | None = None,
    settles_from: datetime | None = None,
) -> Finding:
    """Make a finding on a call or a pupil: closed by what came later, else agreed, else open.

    `subject` is what its id rests on beside kind and people; `agreed` says who agreed to it and why, or nothing.
    """
    why = raised.closed or agreed
    return Finding(
        id=finding_id(kind, subject, raised.people),
        finding=kind,
        call=call,
        pupil=pupil,
        people=raised.people,
        state="closed" if raised.closed else "agreed" if why else "open",
        text=raised.text,
        next_step=raised.next_step,
        at=raised.at,
        span=raised.span,
        why=why,
        unknowns=raised.unknowns,
        settles_from=settles_from,
        alike=raised.alike,
    )


def closed_by_revision(current: Iterable[Finding], older: Iterable[Finding]) -> list[Finding]:
    """Give what only an earlier version of a revised call bears out, as closed; the same finding once."""
    stand = {one.id for one in current}
    gone = {one.id: one for one in older if one.id not in stand and one.finding != "not-known"}
    return [replace(one, state="closed", why=one.why if one.state == "closed" else REVISED) for one in gone.values()]
