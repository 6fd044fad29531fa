"""Files beside a set that another format would read: two exports in one folder. Knows names and headings, no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from teamskit.roster import sims_files
from teamskit.roster.formats import FORMATS, Format
from teamskit.roster.model import Problem, Roster
from teamskit.roster.tables import recognised_share


def with_strays_told(roster: Roster, files: Sequence[Path], form: Format, columns: Mapping[str, str]) -> Roster:
    """Make a warning of each note that a file was not read, where the file looks like a part of another export."""
    paths = {path.name: path for path in files}
    problems = [
        _told(p, form, other)
        if p.check == "file-not-used" and p.file in paths and (other := _other(paths[p.file], form, columns))
        else p
        for p in roster.problems
    ]
    return roster.with_problems(tuple(problems))


def _told(problem: Problem, form: Format, other: str) -> Problem:
    text = f"{problem.file} was not read: the folder was read as {form.title}, and this file looks like {other}."
    return replace(
        problem,
        severity="warning",
        message=text,
        remedy="Keep one export in the folder, or name its format in school.toml: [roster] format.",
    )


def _other(path: Path, form: Format, columns: Mapping[str, str]) -> str:
    """Say of what other export a file looks like a part; empty where it looks like none."""
    name = path.name.casefold()
    for one in FORMATS:
        kind = one.files.get(name)
        if one is not form and kind and recognised_share(path, kind, columns):
            return f"one of {one.title}"
    report = sims_files.kind_of(path, columns) if form.files else None
    fits = report and recognised_share(path, sims_files.KINDS[report], columns)
    return "a report of SIMS" if fits else ""
