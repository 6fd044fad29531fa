"""`teamskit auth`: what signing in to a real tenant takes."""

from __future__ import annotations

import click

from teamskit.cli.auth_permissions import permissions


@click.group("auth")
def command() -> None:
    """Sign in to the tenant, and see which permissions that takes."""


command.add_command(permissions)
