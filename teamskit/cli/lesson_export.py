"""What `lessons export` writes: one timetable for all that was asked for, or one for each class or pupil."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from teamskit.cli.output import count
from teamskit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from teamskit.cli.context import Here
    from teamskit.cli.lesson_choice import Asked
    from teamskit.cli.lesson_planning import Seen
    from teamskit.lessons.ics import Entry
    from teamskit.roster import Person, Section

KINDS = (".ics", ".html")
NAMED = 3
"""So many classes a title names; more are counted."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Sheet:
    """One timetable to write: what its file is called, without an ending, whose it is, and its lessons."""

    name: str
    of: str
    entries: Sequence[Entry]


def write_export(here: Here, seen: Seen, typed: Asked, path: Path) -> tuple[int, int]:
    """Write the file, whole or not at all; give how many lessons it has, and how many of them a link."""
    entries = _some(seen)
    of = _years(typed) or _of([one.name for one in seen.picked.sections])
    _write(here, seen, Sheet(path.stem, of, entries), path)
    return sum(not one.is_cancelled for one in entries), sum(bool(one.link) for one in entries)


def write_each(here: Here, seen: Seen, typed: Asked, each: str, folder: Path) -> int:
    """Write a calendar and a page for each class or pupil into a folder; give for how many."""
    entries = _some(seen)
    sheets = list(_of_classes(seen, entries) if each == "class" else _of_pupils(here, seen, typed, entries))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise InputError(
            f"the folder cannot be made: {wrong.strerror}", where=str(folder), next_step="Name another folder."
        ) from None
    for sheet in sheets:
        for kind in KINDS:
            _write(here, seen, sheet, folder / f"{sheet.name}{kind}")
    return len(sheets)


def _write(here: Here, seen: Seen, sheet: Sheet, path: Path) -> None:
    from teamskit.school.folder import write_whole

    school, now = here.school.schools[0].name, here.clock.now()
    if path.suffix.casefold() == ".ics":
        from teamskit.lessons.ics import ics_bytes

        title = f"{school}: online lessons, {sheet.of}"
        write_whole(path, ics_bytes(title, sheet.entries, here.school.domains[0], now))
    else:
        from teamskit.reports.timetable import render_timetable

        span = seen.picked.first, seen.picked.last
        write_whole(path, render_timetable(school, sheet.of, sheet.entries, span, now))


def _some(seen: Seen) -> list[Entry]:
    """Give the lessons to write; raises InputError when there is none."""
    entries = _entries(seen)
    if not entries:
        why = next(iter((*seen.notes, *(one.why for one in seen.left_out))), "the timetable has none on these days")
        raise InputError(f"there is no lesson to write: {why}", next_step="Look at: teamskit lessons list")
    return entries


def _of_classes(seen: Seen, entries: Sequence[Entry]) -> Iterable[Sheet]:
    names = _file_names([one.id for one in seen.picked.sections])
    for section, name in zip(seen.picked.sections, names, strict=True):
        mine = _of_sections(entries, [section])
        if mine:
            yield Sheet(name, section.name, mine)


def _of_pupils(here: Here, seen: Seen, typed: Asked, entries: Sequence[Entry]) -> Iterable[Sheet]:
    """Give a timetable for each pupil of the classes who is meant: of the years or of the list, where there is one."""
    from teamskit.roster.values import school_year

    years, picked = {school_year(one) for one in typed.years}, seen.picked.pupils
    sections: dict[str, list[Section]] = {}
    people: dict[str, Person] = {}
    for section in seen.picked.sections:
        for pupil in here.roster.pupils_of(section):
            is_meant = (picked is None or pupil.key in picked) and (not years or typed.classes or pupil.year in years)
            if pupil.on_roll and is_meant:
                people[pupil.key] = pupil
                sections.setdefault(pupil.key, []).append(section)
    for key, name in zip(people, _file_names([one.id for one in people.values()]), strict=True):
        mine = _of_sections(entries, sections[key])
        if mine:
            yield Sheet(name, _of(list(dict.fromkeys(one.name for one in sections[key]))), mine)


def _of_sections(entries: Sequence[Entry], sections: Sequence[Section]) -> list[Entry]:
    mine = {(one.school, one.id) for one in sections}
    return [one for one in entries if (one.school, one.section) in mine]


def _file_names(ids: Sequence[str]) -> list[str]:
    """Give names that every system takes, each of them once."""
    names: dict[str, str] = {}
    for one in ids:
        name = base = _UNSAFE.sub("-", one).strip("-.") or "class"
        number = 1
        while name.casefold() in names:
            number += 1
            name = f"{base}-{number}"
        names[name.casefold()] = name
    return list(names.values())


def _years(typed: Asked) -> str:
    """Name the years where nothing else was asked for."""
    if not typed.years or typed.classes:
        return ""
    return f"year{'s' if len(typed.years) > 1 else ''} {', '.join(typed.years)}"


def _of(names: Sequence[str]) -> str:
    """Name the classes, the few of them; many are not worth a title."""
    return ", ".join(names) if len(names) <= NAMED else count(len(names), "class", "classes")


def _entries(seen: Seen) -> list[Entry]:
    from teamskit.lessons.actual import lesson_target
    from teamskit.lessons.ics import Entry
    from teamskit.lessons.wanted import subject_of

    found = []
    for wanted in seen.wanted.lessons:
        one, event = wanted.lesson, seen.found.events.get(lesson_target(wanted.organiser, wanted.lesson.key))
        link = event.join_url if event else ""
        found.append(Entry(one.key, one.school, one.section_id, wanted.subject, one.starts, one.ends, link))
    sections = {(one.school, one.id): one for one in seen.picked.sections}
    for one in seen.cancelled:
        subject = subject_of(sections[one.school, one.section_id], one)
        found.append(Entry(one.key, one.school, one.section_id, subject, one.starts, one.ends, is_cancelled=True))
    return found
