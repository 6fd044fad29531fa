"""What puts policies and assignments back to how they stood before one run, as the journal recorded it.

Only what still stands as that run left it is put back: what a later run or somebody else changed since is named and
left alone. Nothing is loosened that somebody who has a policy relies on, and no policy goes that somebody still has.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from teamskit.plan import Action, Change, LeftOut, Noted, Risk, Target
from teamskit.plan.change import State
from teamskit.plan.engine import is_so
from teamskit.policy.assignments import ASSIGNMENT, PENDING_H, Held, is_same, policy_of, standing
from teamskit.policy.decisions import PolicyKey, key_of
from teamskit.policy.definitions import DEFINITION, policy_key
from teamskit.policy.documents import GLOBAL
from teamskit.tenant.models import Policy

UNDONE = frozenset((DEFINITION, ASSIGNMENT))
"""The kinds that can be put back."""
LOOK_FIRST = "Look at it in the Teams admin centre and decide by hand."
WHEN_NOBODY = "Run undo again when nobody has it any more: teamskit policies coverage"


@dataclass(frozen=True)
class Standing:
    """How things stand now: policies by key, what accounts hold, and which policies rest on which tenant-wide ones.

    `later` names for a target the newest run that touched it since; `titles` says by account whose it is.
    """

    actual: Mapping[PolicyKey, Policy]
    held: Held
    needs: Mapping[PolicyKey, Collection[PolicyKey]] = field(default_factory=dict)
    later: Mapping[Target, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Undone:
    """What undoing a run takes: changes, lines for a person, and how many targets stand as before it already."""

    changes: tuple[Change, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    policies_kept: int = 0
    assignments_kept: int = 0


def undo(run: str, noted: Collection[Noted], now: Standing) -> Undone:
    """Give what puts back the policies and assignments that a run changed."""
    mine = [one for one in noted if one.target.kind in UNDONE]
    back = [one for one in mine if not _is_back(one, now)]
    made_again = {policy_key(one.target) for one in back if one.target.kind == DEFINITION and one.after is None}
    steps = [step for one in back for step in _step(run, one, now, made_again)]
    kept = [one.target.kind for one in mine if _is_back(one, now)]
    return Undone(
        tuple(step for step in steps if isinstance(step, Change)),
        tuple(step for step in steps if isinstance(step, LeftOut)),
        kept.count(DEFINITION),
        kept.count(ASSIGNMENT),
    )


def holders(held: Held, key: PolicyKey) -> set[str]:
    """Give the accounts that have a policy, in effect by any route, or accepted and on its way."""
    shown = {account for (account, type_), one in held.effective.items() if key_of(type_, one.name) == key}
    coming = {
        target.halves[0]
        for target, record in held.recorded.items()
        if target.kind == ASSIGNMENT and record.is_on_its_way(held.now, PENDING_H)
        if key_of(target.halves[1], policy_of(record.held)) == key
    }
    return shown | coming


def _stands(target: Target, now: Standing) -> State:
    if target.kind == DEFINITION:
        found = now.actual.get(policy_key(target))
        return found.settings if found else None
    account, type_ = target.halves
    held = standing(now.held, account, type_)
    return None if held and held.get("route") == "group" else held


def _before(one: Noted) -> State:
    """Give what is put back: for an assignment the policy that was given directly; a group's comes back by itself."""
    if one.target.kind == DEFINITION or not one.before:
        return one.before
    return None if one.before.get("route") == "group" else {"policy": one.before["policy"]}


def _is_back(one: Noted, now: Standing) -> bool:
    before, stands = _before(one), _stands(one.target, now)
    if one.target.kind == DEFINITION and before is not None and stands is not None:
        return all(stands.get(name) == value for name, value in before.items() if name in (one.after or before))
    return _alike(one.target, stands, before)


def _alike(target: Target, found: State, wanted: State) -> bool:
    if target.kind == ASSIGNMENT and found and wanted:
        return is_same(found.get("policy"), wanted.get("policy"))
    return is_so(found, wanted)


def _step(run: str, one: Noted, now: Standing, made_again: Collection[PolicyKey]) -> Iterator[Change | LeftOut]:
    """Give the change that puts one target back, or the line that says why it is left."""
    newer, stands = now.later.get(one.target), _stands(one.target, now)
    if one.event == "failed" and (newer or not _as_left(one, stands)):
        return
    if newer:
        yield _left(one, now, f"run {newer} changed it after this run", f"First: teamskit undo {newer}")
    elif not _as_left(one, stands):
        yield from _elsewise(one, now)
    elif one.target.kind == ASSIGNMENT:
        yield _assignment(run, one, now, made_again)
    elif one.before is None:
        yield _removal(run, one, now)
    elif stands is None:
        yield _change(run, one, now, Action.CREATE, None, one.before, Risk.LOW)
    else:
        yield from _settings(run, one, now)


def _as_left(one: Noted, stands: State) -> bool:
    """Say whether a target stands as the run left it; a setting that is back already does no harm."""
    if one.target.kind == DEFINITION and one.before and one.after and stands is not None:
        before = one.before
        return all(stands.get(name) in (value, before.get(name)) for name, value in one.after.items())
    return _alike(one.target, stands, one.after)


def _elsewise(one: Noted, now: Standing) -> Iterator[LeftOut]:
    """Tell of a target that is neither as before nor as the run wanted it."""
    if one.event == "done":
        yield _left(one, now, "it was changed since by somebody else", LOOK_FIRST)
    else:
        why = "it was begun when the run was stopped, and does not show"
        yield _left(one, now, why, "Carry the plan out to its end, or wait two days; then run undo again.")


def _assignment(run: str, one: Noted, now: Standing, made_again: Collection[PolicyKey]) -> Change | LeftOut:
    account, type_ = one.target.halves
    before, stands = _before(one), standing(now.held, account, type_)
    if before is None:
        return _change(run, one, now, Action.REMOVE, stands, None, Risk.HIGH)
    key = key_of(type_, str(before["policy"]))
    if key not in now.actual and key not in made_again:
        return _left(one, now, f"the policy {before['policy']} is not in the tenant any more", LOOK_FIRST)
    return _change(run, one, now, Action.ASSIGN, stands, before, Risk.MEDIUM if stands else Risk.LOW)


def _removal(run: str, one: Noted, now: Standing) -> Change | LeftOut:
    there = len(holders(now.held, policy_key(one.target)))
    if there:
        return _left(one, now, f"{there} accounts have it still, in effect or on its way", WHEN_NOBODY)
    return _change(run, one, now, Action.REMOVE, one.after, None, Risk.MEDIUM)


def _settings(run: str, one: Noted, now: Standing) -> Iterator[Change | LeftOut]:
    """Put back the settings of one policy; what Microsoft stated no value for cannot be written."""
    stands, before = _stands(one.target, now) or {}, one.before or {}
    unstated = [name for name in before if before[name] is None and stands.get(name) is not None]
    if unstated:
        why = f"Microsoft stated no value before the run for {', '.join(unstated)}"
        yield _left(one, now, why, LOOK_FIRST)
    after = {name: value for name, value in before.items() if value is not None and stands.get(name) != value}
    resting = _resting_on(policy_key(one.target), now)
    if after and resting:
        why = f"{resting} accounts have a policy that would be looser without it"
        yield _left(one, now, why, WHEN_NOBODY)
    elif after:
        found = {name: stands.get(name) for name in after}
        key = policy_key(one.target)
        reaches = key[1] == GLOBAL.casefold() or holders(now.held, key)
        yield _change(run, one, now, Action.UPDATE, found, after, Risk.HIGH if reaches else Risk.MEDIUM)


def _resting_on(key: PolicyKey, now: Standing) -> int:
    """Count the accounts with a policy that rests on a tenant-wide one."""
    return len(set().union(*(holders(now.held, one) for one, wide in now.needs.items() if key in wide)))


def _change(run: str, one: Noted, now: Standing, action: Action, before: State, after: State, risk: Risk) -> Change:
    why = f"as before run {run}" + (f", has {before['policy']} now" if before and "policy" in before else "")
    return Change(one.target, action, before, after, why, risk, _group(one, after), _title(one, now))


def _group(one: Noted, after: State) -> str:
    if one.target.kind == DEFINITION:
        type_, name = one.target.halves
        return name if name != GLOBAL else f"{GLOBAL} {type_}"
    return str((after or {}).get("policy") or f"{GLOBAL} {one.target.halves[1]}")


def _title(one: Noted, now: Standing) -> str:
    if one.target.kind == DEFINITION:
        return "policy" if one.before is None or one.after is None else "settings"
    account = one.target.halves[0]
    return now.titles.get(account) or f"account {account}"


def _left(one: Noted, now: Standing, why: str, remedy: str) -> LeftOut:
    type_ = one.target.halves[1]
    what = f"policy {one.target.key}" if one.target.kind == DEFINITION else f"{_title(one, now)}, {type_}"
    return LeftOut(what, why, remedy)
