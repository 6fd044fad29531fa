"""Who is covered and by what route, from what the tenant says is in effect; assigned alone is never called covered."""

from collections.abc import Mapping, Sequence
from typing import Any

from teamskit.clock import iso
from teamskit.policy.assignments import Held, Member, assigned_since, in_effect, is_pending
from teamskit.policy.documents import PolicyDocument


def coverage(
    members: Sequence[Member], documents: Mapping[str, PolicyDocument], held: Held
) -> dict[str, list[dict[str, Any]]]:
    """Give the documented JSON: per cohort and policy how many, and one row a person and policy type."""
    rows = [_row(member, documents[one], held) for member in members for one in member.documents]
    groups = dict.fromkeys((row["cohort"], row["policy"]) for row in rows)
    return {"cohorts": [_totals(cohort, policy, rows) for cohort, policy in groups], "people": rows}


def _row(member: Member, document: PolicyDocument, held: Held) -> dict[str, Any]:
    account = member.account
    found = held.effective.get((account, document.type)) if account else None
    since = assigned_since(held, account, document) if account else None
    effective = bool(account and in_effect(held, account, document))
    pending = bool(account and document.id not in held.broken and is_pending(held, account, document))
    return {
        "id": member.id,
        "person": member.person_key,
        "role": member.role,
        "upn": member.upn,
        "cohort": member.cohort,
        "policy_type": document.type,
        "policy": document.name,
        "route": (found.route if found else "Global") if account else None,
        "assigned": since is not None,
        "effective": effective,
        "pending": pending,
        "assigned_at": iso(since) if since else None,
        "found": found.name if found else ("Global" if account else None),
        "reason": "" if effective else _why(member, since is not None, pending, held.broken.get(document.id, "")),
    }


def _why(member: Member, assigned: bool, pending: bool, broken: str) -> str:
    if member.account is None:
        return member.why or "no account found"
    if broken:
        return f"the policy is not as its document says: {broken}"
    if pending:
        return "assigned, not in effect yet"
    return "assigned, but not in effect after 48 hours" if assigned else "not assigned: run teamskit plan"


def _totals(cohort: str, policy: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    mine = [row for row in rows if row["cohort"] == cohort and row["policy"] == policy]
    effective, pending = sum(row["effective"] for row in mine), sum(row["pending"] for row in mine)
    return {
        "cohort": cohort,
        "policy": policy,
        "people": len(mine),
        "assigned": sum(row["assigned"] for row in mine),
        "effective": effective,
        "pending": pending,
        "uncovered": len(mine) - effective - pending,
    }
