"""Which classes, days and pupils a command on lessons is about: its options, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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

_CHOICE = "teamskit.lessons"
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
    """What it comes to: the classes, the days, the pupils by person key where only some are meant, and what to say.

    `gone` are the codes typed that no class of the export has: lessons of theirs may still stand.
    """

    sections: Sequence[Section]
    first: date
    last: date
    pupils: frozenset[str] | None = None
    left_out: tuple[LeftOut, ...] = ()
    notes: list[str] = field(default_factory=list)
    gone: tuple[str, ...] = ()


def choice_options(command: click.decorators.FC) -> click.decorators.FC:
    """Add the options that choose classes and days; `asked` gives what was typed."""
    said: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("--class", "CLASS", {"multiple": True, "help": "A class by its code; may be given again."}),
        ("--year", "YEAR", {"multiple": True, "help": "Classes with pupils of a year; may be given again."}),
        ("--pupils", "FILE", {"help": "The lessons of these pupils, a list as CSV or Excel; only they are invited."}),
        ("--all", "", {"is_flag": True, "help": "Every class that has lessons."}),
        ("--from", "DATE", {"type": DAY, "help": "First day (default: tomorrow)."}),
        ("--to", "DATE", {"type": DAY, "help": "Last day (default: the Friday after the first)."}),
    )
    for name, metavar, more in reversed(said):
        kept = {"expose_value": False, "callback": _remember, **({"metavar": metavar} if metavar else {})}
        command = click.option(name, **more, **kept)(command)
    return command


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    ctx.meta.setdefault(_CHOICE, {})[param.opts[0]] = value
    return value


def is_anything_asked() -> bool:
    """Say whether the running command was given any option that chooses."""
    return any(click.get_current_context().meta[_CHOICE].values())


def asked(allow_one_to_one: int = 0) -> Asked:
    """Give what the running command was asked for; raises UsageError when nothing or too much was chosen."""
    said = click.get_current_context().meta[_CHOICE]
    made = Asked(
        tuple(said["--class"]),
        tuple(said["--year"]),
        said["--pupils"],
        said["--all"],
        day_of(said["--from"]),
        day_of(said["--to"]),
        allow_one_to_one,
    )
    picked = [bool(made.classes or made.years), bool(made.pupils), made.everything]
    if not any(picked):
        raise click.UsageError("say whose lessons: --class, --year, --pupils FILE or --all")
    if sum(picked) > 1:
        raise click.UsageError("--pupils and --all stand alone: they choose the classes themselves")
    return made


def chosen(here: Here, typed: Asked, *, gone: tuple[str, ...] = ()) -> Chosen:
    """Find classes, days and pupils; raises InputError naming what is not in the export, but for classes in `gone`."""
    first, last = _days(here.clock.now(), typed)
    if typed.pupils:
        return _of_pupils(here, typed.pupils, first, last)
    sections, notes = _sections(here, replace(typed, classes=tuple(one for one in typed.classes if one not in gone)))
    return Chosen(sections, first, last, notes=notes, gone=gone)


def _days(now: datetime, typed: Asked) -> tuple[date, date]:
    first = typed.first or at_school(now).date() + timedelta(days=1)
    last = typed.last or first + timedelta(days=(4 - first.weekday()) % 7)
    if last < first:
        raise click.UsageError("--to is before --from")
    if (last - first).days > LONGEST_DAYS:
        raise click.UsageError(f"from {first} to {last} is more than a term; make lessons term by term")
    return first, last


def _sections(here: Here, typed: Asked) -> tuple[list[Section], list[str]]:
    with_lessons = {(one.school, one.section_id) for one in here.roster.lessons}
    sections = [one for one in here.roster.sections if (one.school, one.id) in with_lessons or one.id in typed.classes]
    if typed.everything:
        return sections, []
    found = {one.key: one for code in typed.classes for one in _by_code(here, sections, code)}
    notes = []
    for year in typed.years:
        of_year, mixed = _by_year(here, sections, year)
        found |= {one.key: one for one in of_year}
        if mixed:
            shown = ", ".join(mixed[:5]) + (" ..." if len(mixed) > 5 else "")
            has = "has" if len(mixed) == 1 else "have"
            notes.append(f"{count(len(mixed), 'class', 'classes')} {has} pupils of other years too: {shown}")
    return list(found.values()), notes


def is_in_export(here: Here, code: str) -> bool:
    """Say whether a class of the export has this code or name, in whatever capitals."""
    wanted = code.casefold()
    return any(wanted in (one.id.casefold(), one.name.casefold()) for one in here.roster.sections)


def _by_code(here: Here, sections: Sequence[Section], code: str) -> list[Section]:
    from difflib import get_close_matches

    from teamskit.errors import InputError

    found = [one for one in sections if one.id == code] or [one for one in sections if one.name == code]
    found = found or _only([one for one in sections if code.casefold() in (one.id.casefold(), one.name.casefold())])
    if found:
        return found
    near = get_close_matches(code, [one.id for one in sections], 3)
    said = f"Did you mean {' or '.join(near)}?" if near else "See the classes: teamskit roster show"
    known = any(one.id == code for one in here.roster.sections)
    why = "has no lesson in the timetable" if known else "is not in the export"
    raise InputError(f"the class {code} {why}", next_step=said)


def _only(alike: list[Section]) -> list[Section]:
    """Take what was typed in other capitals where one class only can be meant."""
    return alike if len({one.id for one in alike}) == 1 else []


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
