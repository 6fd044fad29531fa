"""Who is covered and by what route, from what the tenant says is in effect; assigned alone is never called covered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from teamskit.clock import iso
from teamskit.policy.assignments import (
    Held,
    Member,
    assignment_target,
    has_it,
    in_effect,
    is_pending,
    record_of,
)
from teamskit.policy.decisions import Due, PolicyKey, key_of
from teamskit.policy.documents import GLOBAL, PolicyDocument

HOUR_S = 3600
OTHERS = {"staff": "pupils", "pupil": "staff"}


def coverage(members: Sequence[Member], held: Held, others: Mapping[PolicyKey, str]) -> dict[str, list[dict[str, Any]]]:
    """Give the documented JSON: per cohort and policy how many, one row a person and policy type, and errors.

    `others` says of each named policy whom it is for (pupils or staff): see `whom_of`.
    """
    rows = [_row(member, due, held) for member in members for due in member.due]
    rows += [_uncovered(member) for member in members if not member.due]
    groups = dict.fromkeys((row["cohort"], row["policy_type"], row["policy"]) for row in rows)
    totals = [_totals(*group, rows) for group in groups]
    return {"cohorts": totals, "people": rows, "errors": _errors(members, held, others)}


def whom_of(documents: Iterable[PolicyDocument]) -> dict[PolicyKey, str]:
    """Say of each named policy that the documents know whether it is for pupils or for staff."""
    return {
        key_of(one.type, one.name): document.whom
        for document in documents
        if document.whom in ("pupils", "staff")
        for one in document.policies
        if one.name != GLOBAL
    }


def _row(member: Member, due: Due, held: Held) -> dict[str, Any]:
    row = {**_uncovered(member), "document": due.document, "policy_type": due.type, "policy": due.name}
    if member.account is None:
        return {**row, "reason": member.why or "no account found"}
    found = held.effective.get((member.account, due.type))
    record = record_of(held, member.account, due)
    effective = in_effect(held, member.account, due)
    pending = due.key not in held.broken and is_pending(held, member.account, due)
    since = record.held_at if record else None
    return {
        **row,
        "route": found.route if found else GLOBAL,
        "assigned": since is not None,
        "effective": effective,
        "pending": pending,
        "assigned_at": iso(since) if since else None,
        "effective_since": iso(record.seen_at) if effective and record and record.seen_at else None,
        "pending_h": int((held.now - since).total_seconds() // HOUR_S) if pending and since else None,
        "found": found.name if found else GLOBAL,
        "shadows": due.group if due.route == "group" and found and found.route == "direct" else None,
        "reason": "" if effective else _why(member.account, due, held, pending=pending),
    }


def _uncovered(member: Member) -> dict[str, Any]:
    """Give the row of somebody to whom nothing is due, or of whom nothing is known yet."""
    return {
        "id": member.id,
        "person": member.person_key,
        "role": member.role,
        "upn": member.upn,
        "cohort": member.cohort,
        "document": None,
        "policy_type": None,
        "policy": None,
        "route": GLOBAL if member.account else None,
        "assigned": False,
        "effective": False,
        "pending": False,
        "assigned_at": None,
        "effective_since": None,
        "pending_h": None,
        "found": None,
        "shadows": None,
        "reason": f"in no cohort that has a policy: see cohorts in school.toml ({member.cohort})",
    }


def _why(account: str, due: Due, held: Held, *, pending: bool) -> str:
    if due.key in held.broken:
        return f"the policy is not as its document says: {held.broken[due.key]}"
    if pending:
        return "assigned, not in effect yet"
    return _why_not(account, due, held)


def _why_not(account: str, due: Due, held: Held) -> str:
    """Say why somebody with an account and a sound policy has not got it."""
    record = held.recorded.get(assignment_target(account, due.type))
    if record and record.seen and record_of(held, account, due):
        return "it was in effect and has been taken away since: run teamskit plan"
    if due.route == "group":
        return f"not in effect by the group {due.group}: is it granted there? teamskit policies script"
    if record_of(held, account, due):
        return "assigned, but not in effect after 48 hours"
    return "has a policy of its own: run teamskit plan" if due.name == GLOBAL else "not assigned: run teamskit plan"


def _totals(cohort: str, type_: str, policy: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    group = (cohort, type_, policy)
    mine = [row for row in rows if (row["cohort"], row["policy_type"], row["policy"]) == group]
    effective, pending = sum(row["effective"] for row in mine), sum(row["pending"] for row in mine)
    return {
        "cohort": cohort,
        "policy_type": type_,
        "policy": policy,
        "people": len(mine),
        "assigned": sum(row["assigned"] for row in mine),
        "effective": effective,
        "pending": pending,
        "uncovered": len(mine) - effective - pending,
    }


def _errors(members: Sequence[Member], held: Held, others: Mapping[PolicyKey, str]) -> list[dict[str, Any]]:
    """Give everybody who has, directly or by a group, a policy that is for the others."""
    by_account: dict[str, list[Any]] = {}
    for found in held.effective.values():
        by_account.setdefault(found.account_id, []).append(found)
    return [
        {
            "id": member.id,
            "role": member.role,
            "upn": member.upn,
            "policy_type": found.type,
            "policy": found.name,
            "route": found.route,
            "text": f"a policy for {OTHERS[member.role]}, by the route {found.route}",
        }
        for member in members
        if member.account and member.role in OTHERS
        for found in by_account.get(member.account, ())
        if others.get(key_of(found.type, found.name)) == OTHERS[member.role] and not _is_due(member, found.type, held)
    ]


def _is_due(member: Member, type_: str, held: Held) -> bool:
    """Say whether the policy that is for the others is the person's by decision (a document for everybody)."""
    return any(due.type == type_ and has_it(held, str(member.account), due) for due in member.due)
