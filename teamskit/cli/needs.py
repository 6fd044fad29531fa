"""What permissions each command needs: declared beside the command, read by `auth permissions` and at its beginning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.plan import Change
    from teamskit.tenant.transport import Transport

_KEY = "needs"
F = TypeVar("F", bound=Callable[..., Any])
TEAMS_READING = (
    p.USERS_READ,
    p.CLASSES_READ,
    p.GROUPS_READ,
    p.DELETED_GROUPS_READ,
    p.TEAM_MEMBERS_READ,
    p.TEAMS_READ,
)
"""What is read of the tenant to compare class teams with the roster."""
LESSONS_READING = (p.USERS_READ, p.CALENDARS_READ, p.CLASSES_READ, p.GROUPS_READ)
"""What is read of the tenant to know which lessons stand in calendars, and whom they invite."""
POLICIES_READING = (p.USERS_READ, p.POLICIES_IN_EFFECT_READ, p.TEAMS_ADMINISTRATOR)
"""What is read of the tenant to know which policies people have, and what stands in them."""


@dataclass(frozen=True)
class Needs:
    """The permissions of a command, by the names of the table.

    Without any of `always` it does not begin. Those of `sometimes` are only needed in the case that stands behind
    each; where one is missing the command does the rest, or stops before it writes.
    """

    always: tuple[str, ...] = ()
    sometimes: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Give all of them in the order of the table."""
        asked = {*self.always, *self.sometimes}
        return tuple(name for name in p.TABLE if name in asked)

    @property
    def reads(self) -> tuple[str, ...]:
        """Give those that only read."""
        return tuple(name for name in self.names if not p.TABLE[name].writes)

    @property
    def writes(self) -> tuple[str, ...]:
        """Give those that change something."""
        return tuple(name for name in self.names if p.TABLE[name].writes)


def needs(*always: str, sometimes: Mapping[str, str] | None = None) -> _Declaring:
    """Declare what a command needs; stands directly above its function, below the options."""
    return _Declaring(Needs(always, dict(sometimes or {})))


@dataclass(frozen=True)
class _Declaring:
    declared: Needs

    def __call__(self, function: F) -> F:
        # click and its pass_obj copy a function's own dictionary to what they wrap it in.
        vars(function)[_KEY] = self.declared
        return function


def needs_of(command: click.Command | None) -> Needs:
    """Give what a command declares; nothing for one that asks the tenant nothing."""
    found = vars(command.callback).get(_KEY) if command is not None and command.callback else None
    return found if isinstance(found, Needs) else Needs()


def commands() -> Iterator[tuple[str, click.Command]]:
    """Give every command with its path, in the order of the help; loads them all."""
    from teamskit.cli.main import teamskit

    yield from _below(teamskit, click.Context(teamskit), "")


def _below(group: click.Group, ctx: click.Context, before: str) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        path = f"{before} {name}".strip()
        if isinstance(found, click.Group):
            yield from _below(found, ctx, path)
        elif found is not None:
            yield path, found


def begin(transport: Transport) -> None:
    """Stop the running command when the token lacks what it always needs; raises PermissionMissing or SignInError."""
    ctx = click.get_current_context(silent=True)
    transport.must_hold(needs_of(ctx.command if ctx else None).always)


def stop_if_lacking(transport: Transport, changes: Sequence[Change]) -> None:
    """Stop before the first write when the token lacks what some change needs; raises PermissionMissing."""
    transport.must_hold(needed_for(changes))


def needed_for(changes: Iterable[Change]) -> tuple[str, ...]:
    """Give the permissions that carrying out some changes needs beyond reading, in the order of the table."""
    asked = {name for change in changes for name in _of(change)}
    return tuple(name for name in p.TABLE if name in asked)


_OF_KIND = {
    "class-team": (p.CLASSES_WRITE, p.TEAM_CREATE),
    "class-continuation": (p.CLASSES_WRITE,),
    "class-archive": (p.TEAM_SETTINGS_WRITE, p.GROUPS_WRITE),
    "policy": (p.TEAMS_ADMINISTRATOR,),
    "policy-assignment": (p.POLICIES_ASSIGN,),
    "policy-group-member": (p.GROUP_MEMBERS_WRITE,),
    "lesson": (p.CALENDARS_WRITE, p.MEETINGS_WRITE),
    "meeting": (p.MEETINGS_WRITE,),
}


def _of(change: Change) -> tuple[str, ...]:
    if change.target.kind == "membership":
        if change.action == "add" and (change.after or {}).get("role") == "member":
            return (p.TEAM_MEMBERS_ONLY_WRITE,)
        return (p.TEAM_MEMBERS_WRITE,) if change.after is None else (p.CLASSES_WRITE, p.TEAM_MEMBERS_WRITE)
    if change.target.kind == "class-team" and change.action == "restore":
        return (p.GROUPS_WRITE,)
    if change.target.kind == "lesson" and change.after is None:
        return (p.CALENDARS_WRITE,)
    return _OF_KIND.get(change.target.kind, ())
