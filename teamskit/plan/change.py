"""One change as a value: what, on which target, from what to what, why. No function lives in it, so it can be saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

State = Mapping[str, Any] | None


class Action(StrEnum):
    """What a change does to its target."""

    CREATE = "create"
    UPDATE = "update"
    ADD = "add"
    ASSIGN = "assign"
    REMOVE = "remove"
    RESTORE = "restore"
    ARCHIVE = "archive"


SIGNS = {"create": "+", "add": "+", "assign": "+", "restore": "+", "update": "~", "archive": "~", "remove": "-"}


class Risk(StrEnum):
    """How much a person would mind if the change were wrong."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, order=True)
class Target:
    """What a change is about: a kind, and a key that stays the same on every run."""

    kind: str
    key: str

    @property
    def halves(self) -> tuple[str, str]:
        """Give what stands before and after the first slash of the key: type and policy, account and type."""
        before, _, after = self.key.partition("/")
        return before, after

    def __str__(self) -> str:
        """Write kind and key for people and for the journal."""
        return f"{self.kind} {self.key}"


@dataclass(frozen=True)
class Change:
    """One change. `before` and `after` are the target's state as the plan saw and wants it; None means not there."""

    target: Target
    action: Action
    before: State
    after: State
    reason: str
    risk: Risk = Risk.LOW
    group: str = ""
    title: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give the documented JSON form; `group` and `title` are for people (the class, the policy)."""
        return {
            "action": str(self.action),
            "target": {"kind": self.target.kind, "key": self.target.key},
            "before": dict(self.before) if self.before is not None else None,
            "after": dict(self.after) if self.after is not None else None,
            "reason": self.reason,
            "risk": str(self.risk),
            "group": self.group,
            "title": self.title,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Change":
        """Read what `as_json` wrote; raises KeyError or ValueError for anything else."""
        target = Target(data["target"]["kind"], data["target"]["key"])
        words = (data["reason"], Risk(data["risk"]), data.get("group", ""), data.get("title", ""))
        return cls(target, Action(data["action"]), data["before"], data["after"], *words)


@dataclass(frozen=True)
class LeftOut:
    """Something a plan cannot do by itself: `what` it is about, why, and what a person can do."""

    what: str
    why: str
    remedy: str = ""
    group: str = field(default="", compare=False)

    def as_json(self) -> dict[str, str]:
        """Give the JSON form of a line that needs a person."""
        return {"what": self.what, "why": self.why, "remedy": self.remedy}
