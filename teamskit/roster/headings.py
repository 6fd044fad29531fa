"""Headings met in the wild, as data: which meaning each has, which must be dropped. Knows no file.

Case, spaces, punctuation and the order of the words are ignored. In each tuple the more exact caption comes first.
Source of the captions: reports of schools and of other tools, read 2026-11.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")

_ADNO = ("Adno", "Admission Number", "Admission No", "Adm No", "Adm Number", "Admission", "Admissions Number")
_PERSON_CELLS: Mapping[str, tuple[str, ...]] = {
    "forename": ("Preferred Forename", "Chosen Forename", "Chosen Name", "Forename", "First Name", "Given Name"),
    "surname": ("Preferred Surname", "Chosen Surname", "Surname", "Last Name", "Family Name"),
    "name": ("Full Name", "Display Name", "Name", "Pupil Name", "Student Name", "Pupil", "Student"),
}
_REG = ("Registration Group", "Reg Group", "Reg", "Tutor Group", "Form", "Form Group", "Mentor Group", "Registration")
_YEAR = (
    "Year Taught In",
    "Year taught in Code",
    "Curriculum Year",
    "NC Year",
    "National Curriculum Year",
    "Year Group",
    "Year",
)
_CODE = ("Staff Code", "Teacher Code", "Staff ID", "Teacher ID", "Main Teacher Code", "Supervisor Code", "Code")
_CLASS = (
    "Class Code",
    "Class Name",
    "Class",
    "Teaching Group",
    "Class Membership",
    "Class Memberships",
    "Classes",
    "Courses/Classes",
    "Group",
)
_LEAVING = ("Leaving Date", "Date of Leaving", "Date Left", "Leave Date", "DOL")

STUDENTS: Mapping[str, tuple[str, ...]] = {
    "id": _ADNO,
    **_PERSON_CELLS,
    "reg": _REG,
    "year": _YEAR,
    "email": (
        "Primary Email",
        "Student Email",
        "School Email",
        "Pupil Email",
        "Email",
        "Email Address",
        "Work Email",
        "E-mail",
        "Primary E-mail",
    ),
    "username": ("Network Username", "AD Username", "Username", "User Name", "Login"),
    "joined": ("Date of Admission", "Admission Date", "Start Date", "Date Admitted"),
    "left": _LEAVING,
    "status": ("Enrolment Status", "Enrollment Status", "Status"),
}
STAFF: Mapping[str, tuple[str, ...]] = {
    "id": _CODE,
    "title": ("Title",),
    **_PERSON_CELLS,
    "status": ("Role", "Job Title", "Post"),
    "email": ("Work Email", "Primary Email", "Staff Email", "School Email", "Email", "Email Address", "E-mail"),
    "username": ("Network Username", "AD Username", "Username", "User Name", "Login"),
    "joined": ("Start Date", "Date of Arrival", "Employment Start"),
    "left": (*_LEAVING, "End Date", "Employment End"),
}
CLASSES: Mapping[str, tuple[str, ...]] = {
    "id": _ADNO,
    "section": _CLASS,
    "code": _CODE,
    "teacher": ("Main Teacher", "Teacher", "Supervisor", "Teacher Name", "Staff Name"),
    **_PERSON_CELLS,
    "reg": _REG,
    "year": _YEAR,
    "subject": ("Subject", "Subject Name", "Course"),
    "starts": ("Start Date", "Membership Start", "From"),
    "ends": ("End Date", "Membership End", "To"),
}
TIMETABLE: Mapping[str, tuple[str, ...]] = {
    "period": ("Period", "Period Name", "Lesson"),
    "section": _CLASS,
    "code": _CODE,
    "starts": ("Start Time", "Start", "Period Start"),
    "ends": ("End Time", "End", "Finish Time", "Period End"),
    "subject": ("Subject", "Subject Name", "Course"),
    "room": ("Room", "Room Name"),
}

# One report may tell of pupils and of their classes; "Start Date" is then the pupil's or the membership's by its kind.
PUPILS_WITH_CLASSES: Mapping[str, tuple[str, ...]] = {
    **STUDENTS,
    "section": CLASSES["section"],
    "code": ("Teacher Code", "Main Teacher Code", "Supervisor Code", "Staff Code"),
    "teacher": ("Main Teacher", "Teacher", "Supervisor", "Teacher Name"),
    "starts": ("Membership Start", "Class Start Date"),
    "ends": ("Membership End", "Class End Date"),
}
CLASSES_WITH_PUPILS: Mapping[str, tuple[str, ...]] = {
    **CLASSES,
    "email": STUDENTS["email"],
    "username": STUDENTS["username"],
    "joined": ("Date of Admission", "Admission Date", "Date Admitted"),
    "left": _LEAVING,
    "status": STUDENTS["status"],
}

_SENSITIVE = (
    "UPN",
    "Unique Pupil Number",
    "Former UPN",
    "ULN",
    "Unique Learner Number",
    "Legal Surname",
    "Legal Forename",
    "Legal Name",
    "Legal Last Name",
    "Legal First Name",
    "Former Surname",
    "Gender",
    "Sex",
    "Legal Sex",
    "DOB",
    "Date of Birth",
    "Birth Date",
    "Birthdate",
    "Birthday",
    "Age",
    "Ethnicity",
    "Ethnicity Code",
    "Religion",
    "First Language",
    "Home Language",
    "Nationality",
    "Password",
    "EAL",
    "PP",
    "LAC",
    "NI Number",
    "National Insurance Number",
    "Telephone",
    "Phone",
    "Mobile",
    "Address",
    "Postcode",
    "Parental Consent",
)
_SENSITIVE_WORDS = re.compile(
    r"\b(sen|send|fsm|ehcp|iep|medical|ethnic\w*|religio\w*|disab\w*|allerg\w*|dietary|pupil premium|in care|"
    r"looked after|free school meals?|child protection|safeguarding|password|passwd|pwd|birth\w*|dob|upn|uln|"
    r"telephone|mobile|address (?:line|block|\d)|home address|postal address|next of kin|parent\w*|carer\w*|"
    r"gender|national insurance|eligib\w*)\b"
)


def words(heading: str) -> list[str]:
    """Split a heading into its words, lower case: `RegGroup`, `reg_group` and `Reg Group` are the same."""
    return [w.casefold() for w in _WORD.findall(_CAMEL.sub(" ", heading))]


@lru_cache(maxsize=4096)
def _spellings(heading: str) -> frozenset[str]:
    parts = words(heading)
    return frozenset(("".join(parts), "|".join(sorted(parts))))


_SENSITIVE_KEYS = {key for heading in _SENSITIVE for key in _spellings(heading)}


@lru_cache(maxsize=4096)
def is_sensitive(heading: str) -> bool:
    """Tell whether a heading announces what must not be read: UPN, legal names, birth dates, SEN, passwords."""
    return bool(_spellings(heading) & _SENSITIVE_KEYS) or bool(_SENSITIVE_WORDS.search(" ".join(words(heading))))


@dataclass(frozen=True)
class Headings:
    """How one kind of file is captioned: `known` meaning to captions, `needed` meanings it cannot do without.

    `spare` are meanings that are read only where a row has no id of its own and they must tell whose it is.
    """

    title: str
    known: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    spare: frozenset[str] = frozenset()

    @cached_property
    def ranks(self) -> Mapping[str, tuple[str, int]]:
        """Give each spelling its meaning and its rank; a lower rank is the more exact caption."""
        found: dict[str, tuple[str, int]] = {}
        for meaning, captions in self.known.items():
            for rank, caption in enumerate(captions):
                for spelling in _spellings(caption):
                    found.setdefault(spelling, (meaning, rank))
        return found

    def recognise(self, cells: Sequence[str], columns: Mapping[str, str]) -> list[tuple[str, int] | None]:
        """Give each cell's meaning and rank by its caption; the school's own `columns` win (rank -1)."""
        ranks = self.ranks
        own = {key: meaning for heading, meaning in columns.items() for key in _spellings(heading)}
        return [self._one(cell, ranks, own) for cell in cells]

    def _one(self, cell: str, ranks: Mapping[str, tuple[str, int]], own: Mapping[str, str]) -> tuple[str, int] | None:
        spellings = _spellings(cell) - {""}
        mapped = next((own[s] for s in spellings if s in own), None)
        if mapped in self.known:
            return str(mapped), -1
        if is_sensitive(cell):
            return None
        return next((ranks[s] for s in sorted(spellings) if s in ranks), None)

    def nearest(self, meaning: str, cells: Sequence[str]) -> str | None:
        """Guess which heading seen may be the missing one, by likeness of letters."""
        seen = {cell.casefold(): cell for cell in cells if cell}
        for caption in self.known[meaning]:
            close = get_close_matches(caption.casefold(), list(seen), n=1, cutoff=0.6)
            if close:
                return seen[close[0]]
        return None
