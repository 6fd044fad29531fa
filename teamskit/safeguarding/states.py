"""The state of a finding: open, agreed or closed. Settled comes from people's notes. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from teamskit.safeguarding.agreements import agreed_by
from teamskit.safeguarding.case import Case, Raised
from teamskit.safeguarding.checks import Check
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import Finding, State, finding_id

REVISED = "A later version of the call record no longer bears this out."


def finding_of(check: Check, raised: Raised, case: Case, evidence: Evidence) -> Finding:
    """Make a finding of what a check raised: closed by what came later, else agreed, else open."""
    why = raised.closed or agreed_by(evidence.agreed, check.id, case.day, raised)
    state: State = "closed" if raised.closed else "agreed" if why else "open"
    return Finding(
        id=finding_id(check.id, case.call.id, raised.people),
        finding=check.id,
        call=case.call.id,
        pupil=None,
        people=raised.people,
        state=state,
        text=raised.text,
        next_step=raised.next_step,
        at=raised.at,
        span=raised.span,
        why=why,
        unknowns=raised.unknowns,
    )


def closed_by_revision(current: Iterable[Finding], older: Iterable[Finding]) -> list[Finding]:
    """Give what only an earlier version of a revised call bears out, as closed; the same finding once."""
    stand = {one.id for one in current}
    gone = {one.id: one for one in older if one.id not in stand and one.finding != "not-known"}
    return [replace(one, state="closed", why=one.why if one.state == "closed" else REVISED) for one in gone.values()]
