"""Drift: what somebody has changed in the tenant since the school decided, setting by setting and person by person.

A person whom no plan has reached yet is a gap (see coverage), and so is one whose cohort has changed since; drift is
what stood, or stands otherwise, by somebody else's hand. Only settings that a document names count.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from teamskit.policy.assignments import (
    Held,
    Member,
    assignment_target,
    has_it,
    is_pending,
    is_same,
    policy_of,
    record_of,
)
from teamskit.policy.decisions import Definition, Due, PolicyKey
from teamskit.policy.definitions import differing
from teamskit.policy.documents import GLOBAL
from teamskit.tenant.models import Policy


def drift(
    definitions: Iterable[Definition], actual: Mapping[PolicyKey, Policy], members: Sequence[Member], held: Held
) -> list[dict[str, Any]]:
    """Give the documented JSON rows: settings first, then people by id; `person` and `setting` are None by turns.

    A policy that is gone is one row with neither.
    """
    rows = [row for one in definitions for row in _settings(one, actual.get(one.key))]
    return rows + [
        row_of(due.document, due.type, due.name, member.id, None, due.name, _found(held, str(member.account), due))
        for member in members
        if member.account
        for due in member.due
        if _has_drifted(held, member.account, due)
    ]


def row_of(
    document: str, type_: str, policy: str, person: str | None, setting: str | None, wanted: object, found: object
) -> dict[str, Any]:
    """Give one row of the documented JSON."""
    return {
        "document": document,
        "policy_type": type_,
        "policy": policy,
        "person": person,
        "setting": setting,
        "wanted": wanted,
        "found": found,
    }


def _settings(wanted: Definition, found: Policy | None) -> list[dict[str, Any]]:
    if found is None:
        return [row_of(wanted.document, wanted.type, wanted.name, None, None, wanted.name, None)]
    return [
        row_of(wanted.documents[name], wanted.type, wanted.name, None, name, wanted.settings[name], value)
        for name, value in differing(wanted, found).items()
    ]


def _found(held: Held, account: str, due: Due) -> str:
    found = held.effective.get((account, due.type))
    return found.name if found else GLOBAL


def _has_drifted(held: Held, account: str, due: Due) -> bool:
    if has_it(held, account, due) or is_pending(held, account, due):
        return False
    record = held.recorded.get(assignment_target(account, due.type))
    if record and record.seen and record_of(held, account, due):
        return True
    found = _found(held, account, due)
    ours = policy_of(record.held) if record and record.held_at else None
    return found != GLOBAL and not is_same(found, ours)
