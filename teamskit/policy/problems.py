"""What is wrong with policy documents: each with file, line, document, policy and setting, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from teamskit.errors import PolicyDocumentError


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `line` counts from 1, the last three are empty where none is meant."""

    file: str
    line: int
    what: str
    remedy: str
    document: str = ""
    policy_type: str = ""
    setting: str = ""

    @property
    def where(self) -> str:
        """Give file and line as a person says them."""
        return f"{self.file}, line {self.line}"

    def as_json(self) -> dict[str, str | int]:
        """Give the documented JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "document": self.document,
            "policy_type": self.policy_type,
            "setting": self.setting,
            "message": self.what,
            "remedy": self.remedy,
        }


def refusal(problems: Sequence[Problem]) -> PolicyDocumentError:
    """Make one error of all the problems, each in a line of its own."""
    if len(problems) == 1:
        (one,) = problems
        return PolicyDocumentError(one.what, where=one.where, next_step=one.remedy)
    lines = "".join(f"\n  {one.where}: {one.what}. {one.remedy}" for one in problems)
    files = list(dict.fromkeys(one.file for one in problems))
    return PolicyDocumentError(
        f"{len(problems)} things are wrong in policy documents{lines}",
        where=files[0] if len(files) == 1 else "",
        next_step="Mend them, then: teamskit policies validate",
    )
