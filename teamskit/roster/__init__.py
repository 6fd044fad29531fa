"""Rosters: who is in a school and in what classes, from one export. Files flow in, a Roster and its problems flow out.

Knows nothing of a tenant but plain accounts to match people with. Heavy to import (pandas): import it where used.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from teamskit.errors import RosterError
from teamskit.roster.model import FileRead, Lesson, Person, Place, Problem, Roster, Section
from teamskit.roster.own_headings import refuse_columns
from teamskit.school.model import SchoolUnit

__all__ = ["FileRead", "Lesson", "Person", "Place", "Problem", "Roster", "Section", "read_roster"]

_NO_COLUMNS: Mapping[str, str] = {}


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
    # Whoever needs only the values of this room, as the findings do, does without the readers and pandas.
    from teamskit.roster.export import export_files, format_of, unread_sheets
    from teamskit.roster.pause import collector_paused
    from teamskit.roster.people import Reading
    from teamskit.roster.strays import with_strays_told

    refuse_columns(columns)
    beside = unread_sheets(path)
    try:
        files = export_files(path)
        form = format_of(fmt, files, path, columns)
        with collector_paused():
            roster = form.read(files, Reading(school, effective, tuple(domains), columns))
            roster = with_strays_told(roster, files, form, columns)
    except RosterError as refused:
        refused.problems = (*refused.problems, *beside)
        raise
    return roster.with_problems((*roster.problems, *beside)) if beside else roster
