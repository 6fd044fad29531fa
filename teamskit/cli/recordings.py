"""`teamskit recordings`: each lesson's recording, from the setting that starts it to the copy kept elsewhere."""

from __future__ import annotations

import click

from teamskit.cli.recordings_backup import backup
from teamskit.cli.recordings_check import check
from teamskit.cli.recordings_consent import consent
from teamskit.cli.recordings_enforce import enforce
from teamskit.cli.recordings_keeping import list_, verify
from teamskit.cli.recordings_key import new_key
from teamskit.cli.recordings_purge import purge
from teamskit.cli.recordings_restore import restore


@click.group("recordings")
def command() -> None:
    """Recordings of lessons: set up, found, backed up elsewhere, and proven."""


for one in (enforce, check, consent, backup, verify, restore, list_, purge, new_key):
    command.add_command(one)
