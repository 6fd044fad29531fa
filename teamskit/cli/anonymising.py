"""A report without names: the school's key to its codes, kept with its state, and what is too small to name."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from pathlib import Path

    from teamskit.cli.context import Here
    from teamskit.reports import Material
    from teamskit.reports.anonymous import Sizes

KEY, LOCK = "anonymous-key.csv", "anonymous-key.lock"


def without_names(here: Here, material: Material) -> tuple[Material, Path]:
    """Put codes for names; gives the material, and where it stands who is who.

    The key is written before any report: a code that left the school can always be looked up.
    """
    from teamskit.reports.anonymous import anonymise
    from teamskit.reports.anonymous_key import read_key, write_key

    path = here.folder.state(KEY)
    with FileLock(here.folder.state(LOCK), mode=0o600):
        key = read_key(path)
        masked = anonymise(material, key, _sizes(here))
        write_key(path, key)
    return masked, path


def _sizes(here: Here) -> Sizes:
    from teamskit.errors import InputError
    from teamskit.reports.anonymous import Sizes

    try:
        roster = here.roster
    except InputError:
        return Sizes()
    classes = {section.id: len(section.pupils) for section in roster.sections}
    return Sizes(classes, Counter(pupil.year for pupil in roster.pupils if pupil.on_roll and pupil.year))


def forget_purged(here: Here) -> int:
    """Take out of the key whoever is in no call that still names people, nor in the roster; gives how many.

    To be done after a purge: a key that still names people would undo it.
    """
    from teamskit.calls.listing import load_calls
    from teamskit.errors import InputError
    from teamskit.reports.anonymous_key import read_key, write_key

    path = here.folder.state(KEY)
    if not path.exists():
        return 0
    with here.ledger() as ledger:
        people = (
            person
            for call in load_calls(ledger)
            for person in (*call.people, *([call.organiser] if call.organiser else []))
        )
        known = {name for person in people for name in (person.id, person.account)}
    with suppress(InputError):
        known |= {person.id for person in here.roster.people}
    with FileLock(here.folder.state(LOCK), mode=0o600):
        key = read_key(path)
        gone = key.forget(known)
        write_key(path, key)
    return gone
