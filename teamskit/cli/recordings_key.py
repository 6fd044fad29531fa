"""`teamskit recordings new-key`: a pair of keys for encrypted copies, for who has no age-keygen."""

from __future__ import annotations

from pathlib import Path

import click

from teamskit.cli.context import Here
from teamskit.cli.output import say


@click.command("new-key")
@click.option("-o", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE")
@click.pass_obj
def new_key(here: Here, file: Path) -> None:
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
    _must_lie_apart(here, file)
    public, text = new_identity()
    write_whole(file, text, private=True)
    say(f'recipients = ["{public}"]')
    say(str(file))


def _must_lie_apart(here: Here, file: Path) -> None:
    """Raise InputError when the key would lie in the folder of the copies: whoever takes the disk would have both."""
    from teamskit.errors import InputError, SchoolFileError

    try:
        address = here.school.backup.target
    except SchoolFileError:
        # A key can be made before there is a school.
        return
    if address and "://" not in address and file.resolve().is_relative_to((here.folder.root / address).resolve()):
        raise InputError(
            "the key would lie beside the copies that it opens",
            where=str(file),
            next_step="Name a place that whoever has the copies has not, such as a stick for the safe.",
        )
