"""What `teamskit doctor` says of the sign-in's permissions, held against what the commands declare that they need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from teamskit.tenant.health import Line, permission_lines
from teamskit.tenant.permissions import TABLE, TELEPHONE_READ

if TYPE_CHECKING:
    from teamskit.cli.needs import Needs
    from teamskit.school import School

OF_EVERY_SIGN_IN = frozenset({"openid", "profile", "email", "offline_access", "User.Read"})
"""What a person's sign-in carries anyway."""


@dataclass
class _Held:
    """The permissions of a token while commands are held against them."""

    names: Collection[str]
    person: bool
    missing: dict[str, list[str]] = field(default_factory=dict)
    partly: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def hold(self, path: str, needs: Needs) -> None:
        """Note what a command lacks; one that no person can do at all is told of with the sign-in itself."""
        if self.person and not all(TABLE[name].delegated for name in needs.always):
            return
        for name in needs.names:
            row = TABLE[name]
            least = {*(row.delegated if self.person else row.application)}
            # What serves instead is used only where the least is not there.
            self.used |= least if least <= {*self.names} else {*least, *row.instead}
            found = self.missing if name in needs.always else self.partly
            for one in row.lacking(self.names, person=self.person):
                found.setdefault(one, []).append(path)


def permissions_found(held: Collection[str], words: Sequence[str], school: School, *, person: bool) -> list[Line]:
    """Hold a token's permissions against every command's, or those that begin with one of `words`.

    Raises click.UsageError for words that no command begins with.
    """
    from teamskit.cli.auth_permissions import chosen

    found = _Held(held, person)
    for path, needs in chosen(words).of:
        found.hold(path, _configured(needs, school))
    partly = {name: paths for name, paths in found.partly.items() if name not in found.missing}
    # The embedded tenant grants all that schools use, whatever this one needs.
    excess = () if school.is_embedded else sorted({*held} - found.used - OF_EVERY_SIGN_IN)
    return permission_lines(found.missing, partly, excess, len(held))


def _configured(needs: Needs, school: School) -> Needs:
    """Leave out what this school does not use."""
    from dataclasses import replace

    if school.calls.telephone:
        return needs
    return replace(needs, sometimes={name: why for name, why in needs.sometimes.items() if name != TELEPHONE_READ})
