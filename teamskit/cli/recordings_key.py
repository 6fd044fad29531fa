"""`teamskit recordings new-key`: a pair of keys for encrypted copies, for who has no age-keygen."""

from __future__ import annotations

from pathlib import Path

import click

from teamskit.cli.output import say


@click.command("new-key")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE")
def new_key(file: Path) -> None:
    """Write a new secret key of age into FILE and show the public one, for [backup] recipients in school.toml.

    \b
    teamskit recordings new-key -o D:/safe/backup-key.txt

    Whoever has FILE can open the copies, and without it nobody can: keep two, and none beside the copies.
    """
    from teamskit.errors import InputError
    from teamskit.recordings.encryption import new_identity
    from teamskit.school.folder import write_whole

    if file.exists():
        raise InputError("there is such a file, and it is not written over", where=str(file))
    public, text = new_identity()
    write_whole(file, text, private=True)
    say(f'recipients = ["{public}"]')
    say(str(file))
