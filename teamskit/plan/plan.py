"""A plan: ordered changes, what was left out, its limits and a fingerprint of what it was made from."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from teamskit.errors import InputError, PlanUnsafe
from teamskit.plan.change import Change, LeftOut


@dataclass(frozen=True)
class Bound:
    """A limit: how many changes of a kind a plan holds (`value`) and how many it may hold (`threshold`)."""

    limit: str
    value: int
    threshold: int
    out_of: int = 0
    option: str = ""

    @property
    def exceeded(self) -> bool:
        """Say whether the plan goes beyond the limit."""
        return self.value > self.threshold

    def as_json(self) -> dict[str, Any]:
        """Give the documented JSON form."""
        return {
            "limit": self.limit,
            "value": self.value,
            "threshold": self.threshold,
            "exceeded": self.exceeded,
            "out_of": self.out_of,
            "option": self.option,
        }


def bound(limit: str, value: int, out_of: int, number: int, share: float, option: str) -> Bound:
    """Make a limit of a number and a share: the smaller of the two counts, and one change is always allowed."""
    return Bound(limit, value, max(1, min(number, int(out_of * share))), out_of, option)


@dataclass(frozen=True)
class Plan:
    """What will be done, in order. `school` and `tenant` say for whom; `made_at` is ISO 8601 UTC.

    `made_from` keeps of the roster what an apply has to know: its effective date, and how much it held.
    """

    school: str
    tenant: str
    made_at: str
    changes: tuple[Change, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    limits: tuple[Bound, ...] = ()
    unchanged: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    made_from: Mapping[str, Any] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, int]:
        """Count the single changes by action."""
        return dict(sorted(Counter(str(change.action) for change in self.changes).items()))

    @property
    def fingerprint(self) -> str:
        """Give a hash of all that the plan says, its limits too: the same plan has the same fingerprint anywhere."""
        made_of = [self.school, self.tenant, self.made_at, *self._parts().values()]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]

    def joined(self, other: "Plan") -> "Plan":
        """Give this plan with the other's changes after its own."""
        return replace(
            self,
            changes=self.changes + other.changes,
            left_out=self.left_out + other.left_out,
            limits=self.limits + other.limits,
            unchanged=self.unchanged + other.unchanged,
            notes=self.notes + other.notes,
            made_from={**self.made_from, **other.made_from},
        )

    def as_json(self) -> dict[str, Any]:
        """Give the documented JSON form."""
        return {
            "school": self.school,
            "tenant": self.tenant,
            "made_at": self.made_at,
            "fingerprint": self.fingerprint,
            **self._parts(),
        }

    def _parts(self) -> dict[str, Any]:
        return {
            "changes": [change.as_json() for change in self.changes],
            "totals": self.totals,
            "limits": [limit.as_json() for limit in self.limits],
            "left_out": [item.as_json() for item in self.left_out],
            "unchanged": dict(self.unchanged),
            "notes": list(self.notes),
            "made_from": dict(self.made_from),
        }

    def stop_if_unsafe(self, allowed: Mapping[str, int], command: str = "apply", file: str = "") -> None:
        """Raise PlanUnsafe, naming every limit passed, unless `allowed` gives its option a number that is enough.

        `command` is what a person would type to carry the plan out, `file` where it is saved.
        """
        passed = [one for one in self.limits if one.exceeded and allowed.get(one.option, 0) < one.value]
        if not passed:
            return
        said = "; ".join(f"{one.limit}: {one.value} of {one.out_of}, limit {one.threshold}" for one in passed)
        needed: dict[str, int] = {}
        for one in passed:
            needed[one.option] = max(one.value, needed.get(one.option, 0))
        options = " ".join([*(f"{option} {number}" for option, number in needed.items()), *([file] if file else [])])
        raise PlanUnsafe(
            f"this plan goes beyond a limit: {said}",
            where="the export may be cut short: see teamskit roster check" if self._by_export(needed) else "",
            next_step=f"If it is right: teamskit {command} {options}. Nothing has been changed.",
        )

    def _by_export(self, options: Iterable[str]) -> bool:
        """Say whether an export that was cut short could have done it; it takes nobody's policy away."""
        return bool(self.made_from.get("roster")) and set(options) != {"--allow-reassignments"}


def read_plan(path: Path) -> Plan:
    """Read a saved plan. Raises InputError when the file is no plan or its changes do not fit its fingerprint."""
    where, again = str(path), "Make it again: teamskit plan -o FILE"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        plan = _from_json(data)
    except OSError as wrong:
        raise InputError(f"the plan cannot be read: {wrong.strerror}", where=where, next_step=again) from None
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise InputError("this file is no plan of teamskit", where=where, next_step=again) from wrong
    if plan.fingerprint != data.get("fingerprint"):
        raise InputError("the plan was changed after it was saved", where=where, next_step=again)
    return plan


def _from_json(data: dict[str, Any]) -> Plan:
    return Plan(
        data["school"],
        data["tenant"],
        data["made_at"],
        tuple(Change.from_json(one) for one in data["changes"]),
        tuple(LeftOut(one["what"], one["why"], one["remedy"]) for one in data["left_out"]),
        tuple(_bound_of(one) for one in data["limits"]),
        tuple(data["unchanged"].items()),
        tuple(data["notes"]),
        data.get("made_from", {}),
    )


def _bound_of(one: dict[str, Any]) -> Bound:
    return Bound(one["limit"], one["value"], one["threshold"], one["out_of"], one["option"])


def in_order(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Sort changes by target, so that the same state gives the same plan whatever the order of rows."""
    return tuple(sorted(changes, key=lambda change: change.target))
