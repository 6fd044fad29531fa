"""Who teaches a class, by the staff codes of the class file and the timetable, or by a printed name that is unique."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import pandas as pd

from teamskit.roster.enrolments import Enrolled
from teamskit.roster.model import Person, Problem, problem_at
from teamskit.roster.tables import Table, among, kept

_ASSISTANT = re.compile(r"assistant|\bTA\b|\bHLTA\b|\bLSA\b|supporter", re.IGNORECASE)
_BETWEEN_CODES = re.compile(r"\s*[;,&\n]\s*")
_WITHIN_CODES = re.compile(r"\s*[/+|\s]\s*")
_BETWEEN_NAMES = re.compile(r"\s*(?:[;&|\n]|\s/\s|\band\b)\s*", re.IGNORECASE)


def is_assistant(person: Person) -> bool:
    """Tell whether somebody is a teaching assistant by the job the file gives."""
    return _is_assistants(person.status_note)


@lru_cache(maxsize=1024)
def _is_assistants(job: str) -> bool:
    return bool(_ASSISTANT.search(job))


def teacher_rows(rows: pd.DataFrame | None, in_force: pd.DataFrame | None) -> pd.DataFrame | None:
    """Give the class rows that say who teaches: those in force, and all rows of a class that has none in force."""
    if rows is None or in_force is None:
        return None
    others = rows if in_force is rows else rows[~rows["section"].isin(in_force["section"].unique())]
    return in_force if in_force is rows or others.empty else pd.concat([in_force, others])


@dataclass(frozen=True)
class StaffCodes:
    """The staff of one file, found by code (without regard to case where that is unique) or by printed name."""

    people: Sequence[Person]
    by_code: Mapping[str, Person]
    titles: Mapping[str, str]
    left_out: frozenset[str]

    @classmethod
    def of(cls, people: Sequence[Person], table: Table | None, left_out: set[str]) -> "StaffCodes":
        """Index staff by code."""
        titles = {} if table is None else dict(zip(table.frame["id"], table.frame["title"], strict=True))
        folded: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            folded[person.id.casefold()].append(person)
        codes = {code: found[0] for code, found in folded.items() if len(found) == 1}
        return cls(people, {**codes, **{p.id: p for p in people}}, titles, frozenset(left_out))

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Person]]:
        """Index staff by the ways a report prints a name (`Mrs A Khan`, `A Khan`, `Amina Khan`)."""
        printed: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            for form in _printed(self.titles.get(person.id, ""), person):
                printed[form].append(person)
        return dict(printed)

    def people_of(self, cell: str) -> list[Person]:
        """Give the staff known by the codes in a cell."""
        found = (self._one(code) for code in self._codes(cell))
        return [person for person in found if person]

    def _one(self, code: str) -> Person | None:
        return self.by_code.get(code) or self.by_code.get(code.casefold())

    def _codes(self, cell: str) -> list[str]:
        """Part a cell into codes; `JFO/AKH` is two where each half is somebody's and the whole is nobody's."""
        found = []
        for code in filter(None, _BETWEEN_CODES.split(cell)) if cell else ():
            parts = [part for part in _WITHIN_CODES.split(code) if part]
            several = len(parts) > 1 and not self._one(code) and all(map(self._one, parts))
            found += parts if several else [code]
        return found

    def teachers(
        self, table: Table | None, rows: pd.DataFrame | None, timetable: Table | None, sections: Sequence[str]
    ) -> tuple[dict[str, Enrolled], list[Problem]]:
        """Give each class its teachers, each once: by the class file, and timetabled if no assistants."""
        found = dict.fromkeys(sections, Enrolled())
        # Few lists of teachers differ, and a large school has many classes.
        joined = cache(_with_teacher)
        problems: list[Problem] = []
        for source, frame, by_hand in ((table, rows, True), (timetable, timetable.frame if timetable else None, False)):
            if source is None or frame is None:
                continue
            for section, person, text, problem in self._named(source, frame):
                teaches = person and (by_hand or not is_assistant(person))
                known = (person.id, person.on_roll) if person and teaches else None
                found[section] = joined(found[section], text, known)
                if problem:
                    problems.append(problem)
        return found, problems

    def _named(self, table: Table, frame: pd.DataFrame) -> Iterator[tuple[str, Person | None, str, Problem | None]]:
        if "teacher" not in frame:
            frame = frame.assign(teacher="")
        columns = ["section", "code", "teacher"]
        frame = kept(frame, ~(among(frame["code"], {""}) & among(frame["teacher"], {""})))
        first = frame[[*columns, "_row", "_line"]].drop_duplicates(columns)
        first = first[first["section"] != ""]
        coded = set(first.loc[first["code"] != "", "section"])
        seen: set[tuple[str, str]] = set()
        codes_of, person_of = cache(self._codes), cache(lambda code: next(iter(self.people_of(code)), None))
        for section, cell, printed, row, line in zip(*(first[name].tolist() for name in first), strict=True):
            for code in codes_of(cell):
                if (section, code) not in seen:
                    seen.add((section, code))
                    yield self._by_code(section, code, person_of(code), table, row, line)
            if printed and section not in coded:
                for name in [printed] if _form(printed) in self.by_name else _BETWEEN_NAMES.split(printed):
                    yield self._by_name(section, name, table, row, line)

    def _by_code(
        self, section: str, code: str, person: Person | None, table: Table, row: int, line: int
    ) -> tuple[str, Person | None, str, Problem | None]:
        if person or code in self.left_out:
            return section, person, code, None
        problem = problem_at(
            table.place(row, line, "code"),
            "unknown-staff",
            "warning",
            f"Staff code {code} of class {section} is in no row of the staff file; nobody was made owner for it.",
            "Add the person to the staff file, or put the code right in the MIS.",
        )
        return section, None, code, problem

    def _by_name(
        self, section: str, printed: str, table: Table, row: int, line: int
    ) -> tuple[str, Person | None, str, Problem | None]:
        people = self.by_name.get(_form(printed), ())
        if len(people) == 1:
            return section, people[0], people[0].id, None
        why = (
            f"is the printed name of {', '.join(p.id for p in people)}" if people else "is in no row of the staff file"
        )
        problem = problem_at(
            table.place(row, line, "teacher"),
            "unknown-staff",
            "warning",
            f"The teacher of class {section} is given by name only, which {why}; nobody was made owner for it.",
            "Add the staff code to the class report.",
        )
        return section, None, "a name", problem


def _form(name: str) -> str:
    return " ".join(name.replace(".", " ").replace(",", " ").casefold().split())


def _printed(title: str, person: Person) -> set[str]:
    initial = person.forename[:1]
    forms = {f"{person.forename} {person.surname}", f"{initial} {person.surname}"}
    forms |= {f"{person.surname} {person.forename}", f"{person.surname} {initial}"}
    forms |= {f"{title} {form}" for form in forms} | {f"{title} {person.surname}"}
    return {_form(form) for form in forms if form.strip()}


def _with_teacher(found: Enrolled, text: str, known: tuple[str, bool] | None) -> Enrolled:
    """Give the teachers of a class with one more, each once: what names him, and his id and whether he is on roll."""
    on_roll, off_roll, named = found.on_roll, found.off_roll, found.named
    if known and known[0] not in (*on_roll, *off_roll):
        number, is_here = known
        on_roll = (*on_roll, number) if is_here else on_roll
        off_roll = off_roll if is_here else (*off_roll, number)
    return Enrolled(on_roll, off_roll, named if text in named else (*named, text))
