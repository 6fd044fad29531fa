"""How much an export holds, school by school, and what has shrunk since the last one that was applied. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from teamskit.roster.model import Roster

Sizes = dict[str, dict[str, int]]
WHAT = ("pupils", "staff", "classes", "enrolments")


@dataclass(frozen=True)
class Shrunk:
    """What a school had (`before`) and has less of now; `gone` when the school is not in the export at all."""

    school: str
    what: str
    before: int
    now: int
    gone: bool = False


def sizes(roster: Roster) -> Sizes:
    """Count pupils and staff on roll, classes, and enrolments of people on roll, for each school with anybody in it."""
    found: dict[str, Counter[str]] = {}
    for person in roster.people:
        if person.on_roll:
            found.setdefault(person.school, Counter())["pupils" if person.role == "pupil" else "staff"] += 1
    for section in roster.sections:
        counted = found.setdefault(section.school, Counter())
        counted["classes"] += 1
        counted["enrolments"] += len(section.pupils)
    return {school: {what: counted[what] for what in WHAT} for school, counted in sorted(found.items())}


def class_marks(roster: Roster) -> dict[str, str]:
    """Give for each class with pupils a digest of who is in it: equal in two years, it is the same class twice."""
    return {
        f"{s.school}/{s.id}": hashlib.sha256("|".join([s.school, s.id, *sorted(s.pupils)]).encode()).hexdigest()[:16]
        for s in roster.sections
        if s.pupils
    }


def shrunk(before: Mapping[str, Mapping[str, int]], now: Sizes) -> Iterator[Shrunk]:
    """Give each figure that is smaller than it was; a school that is missing gives its people and classes once."""
    for school, old in before.items():
        if school not in now:
            yield Shrunk(school, "people and classes", sum(old.get(w, 0) for w in WHAT[:3]), 0, gone=True)
            continue
        for what in WHAT:
            if now[school][what] < old.get(what, 0):
                yield Shrunk(school, what, old[what], now[school][what])
