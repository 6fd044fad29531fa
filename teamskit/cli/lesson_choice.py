"""Which classes, days and pupils a command on lessons is about: its options, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.days import DAY, day_of
from teamskit.cli.output import count
from teamskit.clock import at_school

if TYPE_CHECKING:
    from collections.abc import Sequence

    from teamskit.cli.context import Here
    from teamskit.plan import LeftOut
    from teamskit.roster import Section

LONGEST_DAYS = 200
"""A longer stretch is a slip of the pen: no term is as long."""


@dataclass(frozen=True)
class Asked:
    """What was typed: classes, years, a list of pupils, all; and from when to when."""

    classes: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    pupils: str | None = None
    everything: bool = False
    first: date | None = None
    last: date | None = None
    allow_one_to_one: int = 0

    def words(self, verb: str) -> str:
        """Give what a person types for it after `teamskit`, as every shell takes it."""
        said = [f"lessons {verb}"]
        said += [f"--class {_quoted(one)}" for one in self.classes] + [f"--year {_quoted(one)}" for one in self.years]
        said += [f"--pupils {_quoted(self.pupils)}"] if self.pupils else []
        said += ["--all"] if self.everything else []
        said += [f"--from {self.first}"] if self.first else []
        return " ".join([*said, *([f"--to {self.last}"] if self.last else [])])


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


@dataclass(frozen=True)
class Chosen:
    """What it comes to: the classes, the days, the pupils by person key where only some are meant, and what to say."""

    sections: Sequence[Section]
    first: date
    last: date
    pupils: frozenset[str] | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: list[str] = field(default_factory=list)


def choice_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that choose classes and days; the command gets one `asked`."""
    for option in (
        click.option("--to", "last", type=DAY, metavar="DATE", help="Last day (default: the Friday after --from)."),
        click.option("--from", "first", type=DAY, metavar="DATE", help="First day (default: tomorrow)."),
        click.option("--all", "everything", is_flag=True, help="Every class that has lessons."),
        click.option("--pupils", metavar="FILE", help="The lessons of these pupils, a list as CSV or Excel."),
        click.option(
            "--year", "years", multiple=True, metavar="YEAR", help="Classes with pupils of a year; repeatable."
        ),
        click.option("--class", "classes", multiple=True, metavar="CLASS", help="A class by its code; repeatable."),
    ):
        command = option(command)
    return command


def asked_of(options: dict[str, Any], allow_one_to_one: int = 0) -> Asked:
    """Gather the options; raises UsageError when nothing or too much was chosen."""
    asked = Asked(
        options["classes"],
        options["years"],
        options["pupils"],
        options["everything"],
        day_of(options["first"]),
        day_of(options["last"]),
        allow_one_to_one,
    )
    chosen = [bool(asked.classes or asked.years), bool(asked.pupils), asked.everything]
    if not any(chosen):
        raise click.UsageError("say whose lessons: --class, --year, --pupils FILE or --all")
    if sum(chosen) > 1:
        raise click.UsageError("--pupils and --all stand alone: they choose the classes themselves")
    return asked


def chosen(here: Here, asked: Asked) -> Chosen:
    """Find classes, days and pupils; raises InputError naming what is not in the export."""
    first, last = _days(here.clock.now(), asked)
    if asked.pupils:
        return _of_pupils(here, asked.pupils, first, last)
    sections, notes = _sections(here, asked)
    return Chosen(sections, first, last, notes=notes)


def _days(now: datetime, asked: Asked) -> tuple[date, date]:
    first = asked.first or at_school(now).date() + timedelta(days=1)
    last = asked.last or first + timedelta(days=(4 - first.weekday()) % 7)
    if last < first:
        raise click.UsageError("--to is before --from")
    if (last - first).days > LONGEST_DAYS:
        raise click.UsageError(f"from {first} to {last} is more than a term; make lessons term by term")
    return first, last


def _sections(here: Here, asked: Asked) -> tuple[list[Section], list[str]]:
    with_lessons = {(one.school, one.section_id) for one in here.roster.lessons}
    sections = [one for one in here.roster.sections if (one.school, one.id) in with_lessons or one.id in asked.classes]
    if asked.everything:
        return sections, []
    found = {one.key: one for code in asked.classes for one in _by_code(here, sections, code)}
    notes = []
    for year in asked.years:
        of_year, mixed = _by_year(here, sections, year)
        found |= {one.key: one for one in of_year}
        if mixed:
            shown = ", ".join(mixed[:5]) + (" ..." if len(mixed) > 5 else "")
            has = "has" if len(mixed) == 1 else "have"
            notes.append(f"{count(len(mixed), 'class', 'classes')} {has} pupils of other years too: {shown}")
    return list(found.values()), notes


def _by_code(here: Here, sections: Sequence[Section], code: str) -> list[Section]:
    from difflib import get_close_matches

    from teamskit.errors import InputError

    found = [one for one in sections if one.id == code] or [one for one in sections if one.name == code]
    if found:
        return found
    near = get_close_matches(code, [one.id for one in sections], 3)
    said = f"Did you mean {' or '.join(near)}?" if near else "See the classes: teamskit roster show"
    known = any(one.id == code for one in here.roster.sections)
    why = "has no lesson in the timetable" if known else "is not in the export"
    raise InputError(f"the class {code} {why}", next_step=said)


def _by_year(here: Here, sections: Sequence[Section], year: str) -> tuple[list[Section], list[str]]:
    """Give the classes with a pupil of a year, and the codes of those that have pupils of other years too."""
    from teamskit.errors import InputError
    from teamskit.roster.values import school_year

    wanted = school_year(year)
    years = {one.key: {p.year for p in here.roster.pupils_of(one) if p.on_roll} for one in sections}
    found = [one for one in sections if wanted in years[one.key]]
    if not found:
        raise InputError(f"no class with lessons has a pupil of year {year}", next_step="See: teamskit roster show")
    return found, [one.id for one in found if len(years[one.key]) > 1]


def _of_pupils(here: Here, file: str, first: date, last: date) -> Chosen:
    """Read a list of pupils; raises InputError or RosterError when no row of it names one."""
    from teamskit.errors import InputError
    from teamskit.plan import LeftOut
    from teamskit.roster.people_found import Finder, lines_of
    from teamskit.roster.people_list import read_people

    listed = read_people(Path(file))
    found, lost = Finder(here.accounts, here.school.domains, here.roster, here.matches).find(listed)
    left_out = [LeftOut(f"{listed.file}, row {one.row}", one.why, one.remedy) for one in lost]
    keys = {one.person.key for one in found if one.person and one.role == "pupil" and one.person.on_roll}
    others = [one for one in found if not one.person or one.person.key not in keys]
    remedy = "Name pupils of the export by admission number."
    left_out += [LeftOut(f"{listed.file}, row {one.row}", "is no pupil on roll", remedy) for one in others]
    if not keys:
        said = "; ".join(f"{one.what.rpartition(', ')[2]}: {one.why}" for one in left_out[:3])
        raise InputError(f"no row names a pupil who can be invited: {said}", where=listed.file, next_step=remedy)
    with_lessons = {(one.school, one.section_id) for one in here.roster.lessons}
    sections = [
        one
        for one in here.roster.sections
        if (one.school, one.id) in with_lessons and any(p.key in keys for p in here.roster.pupils_of(one))
    ]
    return Chosen(sections, first, last, frozenset(keys), tuple(left_out), list(lines_of(listed, found)))
