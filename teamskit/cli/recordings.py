"""`teamskit recordings`: each lesson's recording, from the setting that starts it to the copy kept elsewhere."""

from __future__ import annotations

import click


@click.group("recordings")
def command() -> None:
    """Recordings of lessons: set up, found, backed up elsewhere, and proven."""
