"""The embedded tenant, for the commands that only it understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teamskit.errors import InputError

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.sandbox import EmbeddedTenant


def tenant_of(here: Here) -> EmbeddedTenant:
    """Give the embedded tenant; raises InputError where school.toml names a real one."""
    if here.sandbox is None:
        raise InputError(
            "this school's tenant is a real one",
            where="school.toml, tenant",
            next_step='Only "sandbox" can be played on.',
        )
    return here.sandbox
