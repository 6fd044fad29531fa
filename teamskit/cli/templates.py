"""The templates that come with teamskit, by name, and writing one of them out."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from teamskit.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

PACKAGE = "teamskit.csv_templates"
_OF_FORMAT = {"sds-v1": "sds-v1-uk"}


def template_names() -> list[str]:
    """Give the names of all formats and example schools."""
    return sorted(one.name for one in files(PACKAGE).iterdir() if one.is_dir() and one.joinpath("README.md").is_file())


def write_template(name: str, target: Path) -> list[Path]:
    """Write one template's files and give their paths.

    Raises InputError for a name that is none, and for a folder that holds something already.
    """
    name = _OF_FORMAT.get(name, name)
    if name not in template_names():
        known = ", ".join(template_names())
        raise InputError(f"there is no template {name!r}", next_step=f"Use one of: {known}.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError("this folder is not empty", where=str(target), next_step="Name a new one with --out DIR.")
    return _copied(files(PACKAGE).joinpath(name), target)


def _copied(source: Traversable, target: Path) -> list[Path]:
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for one in sorted(source.iterdir(), key=lambda each: each.name):
        if one.is_dir():
            written += _copied(one, target / one.name)
        elif not one.name.startswith("__"):
            (target / one.name).write_bytes(one.read_bytes())
            written.append(target / one.name)
    return written
