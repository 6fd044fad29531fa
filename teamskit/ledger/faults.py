"""What `verify` can find wrong, as plain values."""

from dataclasses import dataclass
from typing import Any, Literal

What = Literal["altered", "removed", "inserted", "reordered"]


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written.

    `seq` to `to` are the entries in question (None where no number can be named), `kind` is their kind where it is
    still known ("head" and "key" for what signs them, "database" for what holds them). `between` are the sizes of the
    two heads between which it happened, where no more can be said.
    """

    what: What
    seq: int | None
    kind: str
    text: str
    to: int | None = None
    between: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the documented JSON."""
        between = list(self.between) if self.between else None
        return {
            "what": self.what,
            "entry": self.seq,
            "to": self.seq if self.to is None else self.to,
            "kind": self.kind or None,
            "between": between,
            "text": self.text,
        }
