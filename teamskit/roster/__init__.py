"""Rosters: who is in a school and in what classes, from one export. Files flow in, a Roster and its problems flow out.

Knows nothing of a tenant but plain accounts to match people with. Heavy to import (pandas): import it where used.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NoReturn

from teamskit.errors import RosterError
from teamskit.roster.formats import FORMATS, Format
from teamskit.roster.headings import IGNORED, why_sensitive
from teamskit.roster.model import FileRead, Lesson, Person, Place, Problem, Roster, Section
from teamskit.roster.pause import collector_paused
from teamskit.roster.people import Reading
from teamskit.roster.sources import SUFFIXES
from teamskit.roster.zipped import files_of, is_zip
from teamskit.school.model import SchoolUnit

__all__ = ["FORMATS", "FileRead", "Lesson", "Person", "Place", "Problem", "Roster", "Section", "read_roster"]

_NO_COLUMNS: Mapping[str, str] = {}
MAY_BE_MAPPED = ("legal name", "address or contact")
"""What a school may let in on purpose: the legal name where it has no other, and a caption that means an e-mail."""


def read_roster(
    path: Path,
    *,
    fmt: str = "auto",
    school: SchoolUnit,
    effective: date,
    domains: Sequence[str],
    columns: Mapping[str, str] = _NO_COLUMNS,
) -> Roster:
    """Read the export in a folder, or in a zip file, to a roster that is true on the effective date.

    `school` is used where the files name none; `columns` maps the school's own headings to meanings and wins over the
    known ones. Raises RosterError, with every problem met, when the export cannot be used at all.
    """
    _refuse_sensitive(columns)
    files = _files(path)
    form = _format(fmt, files, path, columns)
    with collector_paused():
        return form.read(files, Reading(school, effective, tuple(domains), columns))


def _refuse_sensitive(columns: Mapping[str, str]) -> None:
    """Refuse a mapping that would let in what must not travel."""
    for heading, meaning in columns.items():
        why = why_sensitive(heading)
        if why and why not in MAY_BE_MAPPED and meaning.casefold() != IGNORED:
            _refuse(
                f'the column "{heading}" must not be read ({why})',
                Path("school.toml"),
                "Take it out of [roster.columns].",
            )


def _files(path: Path) -> list[Path]:
    if not path.is_dir() and not is_zip(path):
        _refuse(
            "there is no such folder", path, "Put the export into a folder and name it in school.toml: [roster] path."
        )
    found = sorted(files_of(path), key=lambda p: p.name)
    files = [p for p in found if p.suffix.casefold() in SUFFIXES and p.name[:2] != "~$"]
    if not files:
        _refuse("the folder holds no CSV file, nor XML or .xlsx", path, "Export the reports as CSV into it.")
    return files


def _format(fmt: str, files: Sequence[Path], path: Path, columns: Mapping[str, str]) -> Format:
    if fmt != "auto":
        found = next((f for f in FORMATS if f.id == fmt), None)
        return found or _refuse(f"there is no format {fmt!r}", path, f"Use one of: {', '.join(f.id for f in FORMATS)}.")
    found = next((f for f in FORMATS if f.recognises(files, columns)), None)
    names = ", ".join(p.name for p in files)
    return found or _refuse(
        f"the folder is no export that is known; it holds {names}", path, "Name the files as the templates do."
    )


def _refuse(what: str, path: Path, remedy: str) -> NoReturn:
    problem = Problem("unusable-export", "error", f"{what[:1].upper()}{what[1:]}.", remedy, path.name)
    raise RosterError(what, where=str(path), next_step=remedy, problems=[problem])
