"""Teams policies as kept in the store: definitions, their checks, and assignments that take hours to be in effect.

Parameters and Microsoft's stated defaults stand in `data/policy_parameters.json` and `data/policy_defaults.json`.
A setting whose default nobody states is not in Global. Source: teams-policies.md, cmdlet reference of 2026-08.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from teamskit.sandbox import federation
from teamskit.sandbox.group_grants import held_by_groups, is_granted
from teamskit.sandbox.propagation import due_us
from teamskit.sandbox.request import Refusal, Visit, bad_request, made_id
from teamskit.sandbox.schema import read_data

GLOBAL = "Global"
_BOOLEANS = {"Boolean", "SwitchParameter"}
_NUMBERS = {"Int32", "UInt32", "Int64", "Long"}
_TEXTS = {"String", "System.String", "Guid"}


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold one policy; `name` is without `Tag:`."""

    type: str
    name: str
    id: str
    settings: dict[str, Any]
    created: int


def policy_types() -> list[str]:
    """Give the policy types this tenant knows, by the admin API's names."""
    return sorted(read_data("policy_parameters.json"))


def is_tenant_wide(policy_type: str) -> bool:
    """Tell whether a type has only a Global, so nothing can be made or assigned."""
    return not policy_type.endswith("Policy")


def put_globals(db: sqlite3.Connection, now: int) -> None:
    """Give a new tenant the Global of each type."""
    defaults = dict(read_data("policy_defaults.json"))
    defaults[federation.TYPE] = {**defaults[federation.TYPE], **federation.DEFAULTS}
    db.executemany(
        "INSERT OR IGNORE INTO policies (type, name, id, doc, created) VALUES (?, ?, ?, ?, ?)",
        [
            (kind, GLOBAL, made_id("policy", kind, GLOBAL), json.dumps(defaults.get(kind, {})), now)
            for kind in policy_types()
        ],
    )


def policies_of(db: sqlite3.Connection, policy_type: str) -> list[Policy]:
    """Give a type's policies, Global first."""
    text = "SELECT type, name, id, doc, created FROM policies WHERE type = ? ORDER BY seq"
    rows = db.execute(text, (policy_type,)).fetchall()
    return [Policy(kind, name, key, json.loads(doc), created) for kind, name, key, doc, created in rows]


def find_policy(db: sqlite3.Connection, policy_type: str, name: str) -> Policy | None:
    """Give a policy by name, without regard to case."""
    wanted = name.casefold()
    return next((policy for policy in policies_of(db, policy_type) if policy.name.casefold() == wanted), None)


def write_policy(visit: Visit, policy_type: str, name: str, changes: dict[str, Any]) -> Policy:
    """Merge settings into a policy, or make a new one; raises Refusal (400) when the result is not allowed."""
    old = find_policy(visit.db, policy_type, name)
    if policy_type == federation.TYPE:
        changes = federation.read_form(visit, changes)
    settings = {**(old.settings if old else {}), **changes}
    for setting, value in changes.items():
        _check_setting(policy_type, setting, value)
    if settings.get("MeetingChatEnabledType") == "Disabled" and settings.get("LobbyChat") != "Disabled":
        raise _refuse("MeetingChatEnabledType can only be Disabled when LobbyChat is Disabled too.")
    if old:
        visit.db.execute("UPDATE policies SET doc = ? WHERE id = ?", (json.dumps(settings), old.id))
        return Policy(policy_type, old.name, old.id, settings, old.created)
    count = visit.db.execute("SELECT total(seq) FROM policies").fetchone()[0]
    key = made_id("policy", policy_type, name, str(visit.now), str(count))
    visit.db.execute(
        "INSERT INTO policies (type, name, id, doc, created) VALUES (?, ?, ?, ?, ?)",
        (policy_type, name, key, json.dumps(settings), visit.now),
    )
    return Policy(policy_type, name, key, settings, visit.now)


def drop_policy(visit: Visit, policy: Policy) -> None:
    """Remove a policy; raises Refusal (409) while somebody or some group has it, in effect or not yet."""
    row = visit.db.execute(
        "SELECT 1 FROM assignments AS mine WHERE policy = ? AND NOT EXISTS (SELECT 1 FROM assignments AS later "
        "WHERE later.uid = mine.uid AND later.type = mine.type AND later.seq > mine.seq AND later.effective <= ?)",
        (policy.id, visit.now),
    ).fetchone()
    if row:
        raise Refusal(409, "Conflict", "The policy is assigned to users and cannot be removed.")
    if is_granted(visit, policy.id):
        raise Refusal(409, "Conflict", "The policy is assigned to groups and cannot be removed.")
    visit.db.execute("DELETE FROM policies WHERE id = ?", (policy.id,))


def _refuse(message: str) -> Refusal:
    return bad_request(message, "BadRequest")


def _check_setting(policy_type: str, setting: str, value: Any) -> None:
    known = read_data("policy_parameters.json")[policy_type]
    if setting not in known:
        raise _refuse(f"{policy_type} has no setting '{setting}'.")
    kind, *allowed = known[setting]
    if (policy_type, setting) == (federation.TYPE, "AllowedDomains"):
        # The admin API has the list of domains in the place of what the cmdlet's page calls a Boolean.
        return
    if value is not None and not _is_of_kind(value, kind):
        raise _refuse(f"The setting '{setting}' is of type {kind}.")
    if value is not None and allowed and not _is_allowed(value, kind, allowed[0]):
        raise _refuse(f"The setting '{setting}' does not take the value '{value}'.")


def _is_allowed(value: Any, kind: str, allowed: list[str]) -> bool:
    # The one number with values stated has a rule for them, any positive integer, and no list.
    return bool(value > 0 if kind in _NUMBERS else value in allowed)


def _is_of_kind(value: Any, kind: str) -> bool:
    if kind in _BOOLEANS:
        return isinstance(value, bool)
    if kind in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in _TEXTS:
        return isinstance(value, str)
    return not (kind == "List" and not isinstance(value, list))


def set_assignment(visit: Visit, uid: str, policy_type: str, policy_id: str | None) -> None:
    """Give an account a policy, or none; it is in effect after a while. What is there or on its way already stays."""
    rows = visit.db.execute(
        "SELECT policy, effective FROM assignments WHERE uid = ? AND type = ? ORDER BY seq DESC", (uid, policy_type)
    ).fetchall()
    if (rows[0][0] if rows else None) == policy_id:
        return
    visit.db.execute(
        "DELETE FROM assignments WHERE uid = ? AND type = ? AND effective > ?", (uid, policy_type, visit.now)
    )
    due = due_us(visit.db, uid, policy_type, visit.now)
    visit.db.execute(
        "INSERT INTO assignments (uid, type, policy, at, effective) VALUES (?, ?, ?, ?, ?)",
        (uid, policy_type, policy_id, visit.now, due),
    )


def effective_policy(db: sqlite3.Connection, now: int, uid: str, policy_type: str) -> str | None:
    """Give the id of one account's policy of one type in effect at a moment, None for Global."""
    text = "SELECT policy FROM assignments WHERE uid = ? AND type = ? AND effective <= ? ORDER BY seq DESC LIMIT 1"
    row = db.execute(text, (uid, policy_type, now)).fetchone()
    if row is None or row[0] is None:
        text = (
            "SELECT policy FROM group_holds AS holds JOIN group_grants ON group_grants.seq = grant_seq "
            "WHERE uid = ?1 AND type = ?2 AND effective <= ?3 AND over > ?3 ORDER BY rank, holds.seq LIMIT 1"
        )
        row = db.execute(text, (uid, policy_type, now)).fetchone()
    return row[0] if row else None


def effective_policies(
    db: sqlite3.Connection, now: int, uid: str | None = None
) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Give per account and type the policy id in effect and the group it comes by, None for a direct assignment.

    A direct one beats any group's; a type with neither is on Global.
    """
    text = "SELECT uid, type, policy FROM assignments WHERE effective <= ?1 AND (?2 IS NULL OR uid = ?2) ORDER BY seq"
    direct: dict[str, dict[str, tuple[str, str | None]]] = {}
    for who, kind, policy in db.execute(text, (now, uid)):
        mine = direct.setdefault(who, {})
        mine.pop(kind, None)
        if policy is not None:
            mine[kind] = (policy, None)
    by_group = held_by_groups(db, now, uid)
    return {who: {**by_group.get(who, {}), **direct.get(who, {})} for who in by_group.keys() | direct.keys()}
