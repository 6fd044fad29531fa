"""Enrolments to classes: who of the people known is in which class, and why a class can have no team.

Works on whole frames, because an export may have half a million rows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, repeat
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from teamskit.roster.model import Person, Problem, Section, Stay, of_columns, problem_at
from teamskit.roster.tables import Table, among, coded, contained, different, kept
from teamskit.roster.upn import is_upn
from teamskit.roster.values import without_zeros

Key = tuple[str, str]


class Enrolled(NamedTuple):
    """The people of one role in a class: on roll, not on roll, all ids that the file names for it, who moved lately."""

    on_roll: tuple[str, ...] = ()
    off_roll: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    stays: tuple[Stay, ...] = ()


def restore_zeros(frame: pd.DataFrame, known: Sequence[str], table: Table) -> tuple[pd.DataFrame, list[Problem]]:
    """Find numbers that have lost their leading zeros, where that names one person only; say so once for the file."""
    ids = set(known)
    unknown = set(different(frame["id"])) - ids
    bare: dict[str, list[str]] = {}
    for number in ids if unknown else ():
        bare.setdefault(without_zeros(number), []).append(number)
    found = {n: bare[without_zeros(n)][0] for n in unknown if len(bare.get(without_zeros(n), ())) == 1}
    if not found:
        return frame, []
    note = problem_at(
        table.place(table.heading_row, table.heading_row, "id"),
        "zeros-lost",
        "warning",
        f"Leading zeros are missing from numbers of this file; {len(found)} people were found without them.",
        "Export the file again and do not open it in Excel.",
    )
    return frame.assign(id=[found.get(n, n) for n in frame["id"]]), [note]


def without_left_out(
    frame: pd.DataFrame, left_out: Collection[str], table: Table
) -> tuple[pd.DataFrame, list[Problem]]:
    """Take out the rows of people who contradict themselves elsewhere; each is told."""
    hit = among(frame["id"], left_out) if left_out else None
    if hit is None or not bool(hit.any()):
        return frame, []
    problems = [
        problem_at(
            table.place(row, line, "id"),
            "person-left-out",
            "warning",
            f"{number} was left out because his rows contradict each other; this row was not used either.",
            "Put right the rows that contradict each other, and export again.",
        )
        for number, row, line in frame.loc[hit, ["id", "_row", "_line"]].values
    ]
    return frame[~hit], problems


def only_known(
    frame: pd.DataFrame, column: str, known: Collection[str], table: Table, *, check: str, what: str, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Keep the rows whose value in a column is known; each other row is told with its file, row and key."""
    good = among(frame[column], known)
    if bool(good.all()):
        return frame, []
    problems = [
        problem_at(
            table.place(row, line, column),
            check,
            "warning",
            f"{what} {_told(value)} is not in {where}{_beside(column, section, number)}; the row was not used."
            if value
            else f"The row names no {what.lower()}; it was not used.",
            f"Add it to {where}, or take the row out, and export again.",
        )
        for row, line, value, section, number in frame.loc[~good, ["_row", "_line", column, "section", "id"]].values
    ]
    return frame[good], problems


def in_force(frame: pd.DataFrame, days: Mapping[str, date | None], day: date) -> pd.DataFrame:
    """Give the enrolments in force on a day: begun, and not ended before it (the last day still counts).

    `days` reads the dates of the columns `starts` and `ends`.
    """
    for name, texts in _not_now(days, day).items():
        frame = kept(frame, ~among(frame[name], texts))
    return frame


def not_in_force(table: Table, days: Mapping[str, date | None], day: date) -> list[Problem]:
    """Say in one line how many of a file's enrolments had ended by a day or begin after it; `days` as `in_force`."""
    ended, later = (int(among(table.frame[name], texts).sum()) for name, texts in _not_now(days, day).items())
    if not ended and not later:
        return []
    text = f"Enrolments that had ended by {day}: {ended}; that begin after it: {later}. They put nobody in a class."
    return [Problem("enrolments-not-in-force", "info", text, file=table.file)]


def _not_now(days: Mapping[str, date | None], day: date) -> dict[str, set[str]]:
    """Give, by column, the cells of enrolments that have ended before a day, or begin after it."""
    early = {text for text, found in days.items() if found and found < day}
    late = {text for text, found in days.items() if found and found > day}
    return {"ends": early, "starts": late}


def _told(number: str) -> str:
    """Give an id of no file for a message, but no Unique Pupil Number, which may stand in a column of classes."""
    return "of this row" if is_upn(number) else number


def _beside(column: str, section: str, number: str) -> str:
    return f" (class {_told(section)})" if column == "id" else f" (enrolment of {number})"


def enrol(
    frame: pd.DataFrame, sections: Sequence[Key], people: Sequence[Person], named: pd.DataFrame
) -> dict[Key, Enrolled]:
    """Give for each class (school, id) the people enrolled, each once, in the order of the file.

    Where one id stands in two schools, the person of the class's own school is meant; a person of another school
    counts only where the class's own school has none of that id. `named` holds every row, known or not.
    """
    groups = _Groups.of(frame)
    on_roll = list(map(groups.people.get, (section for _, section in sections), repeat(())))
    off_roll: dict[Key, tuple[str, ...]] = {}
    for n, (found, gone) in _with_others(groups, sections, people).items():
        on_roll[n], off_roll[sections[n]] = found, gone
    bare = {section for (_, section), found in zip(sections, on_roll, strict=True) if not found}
    mentioned = _Groups.of(named[named["section"].isin(bare)]).people if bare else {}
    elsewhere = map(off_roll.get, sections, repeat(()))
    told = map(mentioned.get, (section for _, section in sections), repeat(()))
    every = of_columns(Enrolled, on_roll, elsewhere, told, repeat((), len(sections)))
    return dict(zip(sections, every, strict=True))


def _with_others(
    groups: "_Groups", sections: Sequence[Key], people: Sequence[Person]
) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give, by position, who is on roll and who is not in each class that has anybody besides those of its school."""
    current: dict[str, set[str]] = defaultdict(set)
    for school, some in groupby(people, attrgetter("school")):
        current[school].update([person.id for person in some if person.on_roll])
    others = {school: groups.with_others_than(current[school]) for school in set(map(itemgetter(0), sections))}
    if not any(others.values()):
        return {}
    homes = _homes(people)
    schools: dict[str, list[str]] = defaultdict(list)
    for school, section in sections:
        schools[section].append(school)
    return {
        n: _of_class(groups.people[section], school, homes, schools[section])
        for n, (school, section) in enumerate(sections)
        if section in others[school]
    }


def _homes(people: Sequence[Person]) -> dict[str, dict[str, bool]]:
    """Give for each id the schools that have a person of it, and whether he is on roll there."""
    homes: dict[str, dict[str, bool]] = {}
    for person in people:
        homes.setdefault(person.id, {})[person.school] = person.on_roll
    return homes


def _of_class(
    ids: Sequence[str], school: str, homes: Mapping[str, Mapping[str, bool]], namesakes: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    here: list[str] = []
    gone: list[str] = []
    for number in ids:
        home = homes.get(number)
        if home is None:
            continue
        on_roll = home.get(school)
        if on_roll is None:
            # A class of that id in the person's own school is the one that is meant.
            if any(other in home for other in namesakes):
                continue
            on_roll = next(iter(home.values()))
        (here if on_roll else gone).append(number)
    return tuple(here), tuple(gone)


@dataclass(frozen=True)
class _Groups:
    """Who stands beside each class, each once, in the order of the file; and the same as pairs of numbers."""

    people: Mapping[str, tuple[str, ...]]
    sections: Sequence[str]
    ids: Sequence[str]
    of_section: npt.NDArray[Any]
    of_id: npt.NDArray[Any]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "_Groups":
        """Group the rows of a frame with the columns section and id."""
        of_section, sections = coded(frame["section"])
        of_id, ids = coded(frame["id"])
        # Sorting numbers is several times as fast as looking for those met before, and most files have none.
        shape = len(sections), max(1, len(ids))
        in_turn = _pairs(of_section, of_id, shape)
        in_turn.sort()
        if bool((in_turn[1:] == in_turn[:-1]).any()):
            of_section, of_id = np.divmod(pd.unique(_pairs(of_section, of_id, shape)), shape[1])
        # A stable sort of short integers is by digits, several times faster than one of long ones.
        narrow = of_section.astype(np.uint16) if len(sections) <= 1 << 16 else of_section
        order = np.argsort(narrow, kind="stable")
        in_order = tuple(np.array(ids, dtype=object)[of_id[order]].tolist())
        ends = np.cumsum(np.bincount(of_section, minlength=len(sections))).tolist()
        people = {
            section: in_order[begin:end]
            for section, begin, end in zip(sections, [0, *ends], ends, strict=False)
            if end > begin
        }
        return cls(people, sections, ids, of_section, of_id)

    def with_others_than(self, known: set[str]) -> set[str]:
        """Give the classes that have anybody besides the people known."""
        if known.issuperset(self.ids):
            return set()
        other = ~contained(self.ids, known)
        return {self.sections[n] for n in np.unique(self.of_section[other[self.of_id]])}


def _pairs(of_section: npt.NDArray[Any], of_id: npt.NDArray[Any], shape: tuple[int, int]) -> npt.NDArray[Any]:
    """Give one number for each section and id, of which there are so many; a small one where that suffices."""
    sections, ids = shape
    kind = np.int32 if sections * ids <= np.iinfo(np.int32).max else np.int64
    pairs: npt.NDArray[Any] = np.multiply(of_section, ids, dtype=kind)
    np.add(pairs, of_id, out=pairs, casting="same_kind")
    return pairs


def why_no_teacher(teachers: Enrolled) -> str | None:
    """Say why a class has no teacher who could own its team, None when it has one."""
    if teachers.on_roll:
        return None
    if teachers.off_roll:
        only = "its only teacher" if len(teachers.off_roll) == 1 else "its teachers"
        return f"{only} {', '.join(teachers.off_roll)} {'has' if len(teachers.off_roll) == 1 else 'have'} left"
    if teachers.named:
        return f"no teacher who could own it is known (named: {', '.join(teachers.named)})"
    return "no teacher is named for it"


def why_no_pupil(pupils: Enrolled) -> str | None:
    """Say why a class has no current pupil, None when it has one."""
    if pupils.on_roll:
        return None
    if pupils.off_roll:
        return "no current pupil: everybody in it has left or is not yet admitted"
    return "no current pupil: none of its enrolments can be used" if pupils.named else "no pupil is enrolled in it"


def class_problems(section: Section, teachers: Enrolled, pupils: Enrolled) -> Iterator[Problem]:
    """Give a problem for a class without teacher and one for a class without pupil, where the class is defined."""
    if teachers.on_roll and pupils.on_roll:
        return
    reasons = (
        ("class-without-teacher", why_no_teacher(teachers), "Name a teacher who is on roll in the MIS."),
        ("class-without-pupil", why_no_pupil(pupils), "Nothing, if the class is not running; else enrol its pupils."),
    )
    for check, reason, remedy in reasons:
        if reason and not section.registration:
            message = f"Class {section.label} gets no team: {reason}."
            yield problem_at(section.place, check, "warning", message, remedy)


def no_team_reason(teachers: Enrolled, pupils: Enrolled) -> str | None:
    """Join the reasons why a class can have no team from the file alone; None when nothing speaks against it."""
    if teachers.on_roll and pupils.on_roll:
        return None
    return "; ".join(r for r in (why_no_teacher(teachers), why_no_pupil(pupils)) if r) or None


def decided(
    drafts: Sequence[Section],
    teachers: Mapping[Key, Enrolled],
    pupils: Mapping[Key, Enrolled],
    problems: list[Problem],
    registration: str = "",
) -> tuple[Section, ...]:
    """Give the classes with their people, and say of each without teacher or pupil that it gets no team.

    Both mappings have every class in the order of the drafts. `registration` is why registration groups get no team.
    """
    columns = dict(zip(Section._fields, zip(*drafts, strict=True), strict=True)) if drafts else {}
    if not columns:
        return ()
    reasons = list(columns["no_team"])
    on_roll = {"teachers": [one[0] for one in teachers.values()], "pupils": [one[0] for one in pupils.values()]}
    bare = (n for n, both in enumerate(zip(*on_roll.values(), strict=True)) if not all(both))
    for n in bare:
        section = drafts[n]
        taught, enrolled = teachers[section.school, section.id], pupils[section.school, section.id]
        if section.no_team is None:
            problems += class_problems(section, taught, enrolled)
        reasons[n] = section.no_team or no_team_reason(taught, enrolled)
    if registration:
        reasons = [
            registration if form else reason for form, reason in zip(columns["registration"], reasons, strict=True)
        ]
    return tuple(of_columns(Section, *{**columns, **on_roll, "no_team": reasons}.values()))
