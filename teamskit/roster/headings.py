"""Headings met in the wild, as data: which meaning each has, which must be dropped. Knows no file.

Case, spaces, punctuation and the order of the words are ignored. In each tuple the more exact caption comes first.
Source of the captions: reports of schools and of other tools, read 2026-11.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property, lru_cache

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_SPELLED = re.compile(r"(?<=\b[a-z]) (?=[a-z]\b)")

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

# Meanings as a school writes them in its own file, besides the short names.
_SCHOOLS_WORDS: Mapping[str, tuple[str, ...]] = {
    "id": ("admission number", "adno", "staff code", "number"),
    "section": ("class", "class code", "group"),
    "code": ("teacher code", "staff code"),
    "reg": ("registration group", "form", "tutor group"),
    "year": ("year group",),
    "email": ("email", "e-mail", "school e-mail", "address"),
    "forename": ("first name",),
    "surname": ("last name",),
    "joined": ("admission date", "start date"),
    "left": ("leaving date",),
    "starts": ("start date", "start"),
    "ends": ("end date", "end"),
}
IGNORED = "ignore"
_SHOWN: Mapping[str, str] = {
    "id": "admission number",
    "section": "class",
    "code": "staff code",
    "teacher": "teacher's name",
    "reg": "registration group",
    "year": "year group",
    "email": "school e-mail",
    "username": "user name",
    "joined": "first day",
    "left": "leaving date",
    "status": "status",
    "starts": "start",
    "ends": "end",
}
_SENSITIVE: Mapping[str, tuple[str, ...]] = {
    "Unique Pupil Number": ("UPN", "Unique Pupil Number", "Former UPN", "Temporary UPN", "UPN Number"),
    "Unique Learner Number": ("ULN", "Unique Learner Number"),
    "legal name": (
        *("Legal Surname", "Legal Forename", "Legal Name", "Legal Last Name", "Legal First Name", "Former Surname"),
        *("Legal Middle Name", "Legal Full Name", "Birth Surname", "Former Name"),
    ),
    "sex or gender": ("Gender", "Sex", "Legal Sex", "Gender Identity"),
    "date of birth": ("DOB", "Date of Birth", "Birth Date", "Birthdate", "Birthday", "Age"),
    "ethnicity, religion or language": (
        *("Ethnicity", "Ethnicity Code", "Religion", "First Language", "Home Language", "Nationality", "EAL"),
        *("Country of Birth", "Asylum Status", "Traveller Status", "Mother Tongue"),
    ),
    "pupil premium": ("PP", "Pupil Premium", "PPI", "Service Child", "Ever 6"),
    "free school meals": ("FSM", "FSM6", "Free School Meals", "FSM Ever 6", "Meal Type", "Eligibility"),
    "care status": ("LAC", "CLA", "PLAC", "PLA", "In Care", "Looked After", "CIN", "CP", "Young Carer"),
    "special needs": ("SEN", "SEND", "EHCP", "EHC Plan", "IEP", "K Code"),
    "medical": ("Medical", "Medical Notes", "NHS Number", "Blood Group", "Doctor", "GP"),
    "password": ("Password", "Passcode", "PIN"),
    "National Insurance number": ("NI Number", "National Insurance Number", "NINO"),
    "address or contact": (
        *(
            "Telephone",
            "Phone",
            "Mobile",
            "SMS",
            "Address",
            "Postcode",
            "Post Code",
            "Home Telephone",
            "Telephone Number",
        ),
        *("Mobile Number", "Home Phone", "Contact Number", "Emergency Contact", "House Number", "Street", "Town"),
    ),
    "consent": ("Parental Consent", "Photo Consent"),
}
_SENSITIVE_WORDS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(rf"\b({words})\b")
    for kind, words in (
        ("Unique Pupil Number", r"upn|unique pupil numbers?"),
        ("Unique Learner Number", r"uln"),
        ("legal name", r"legal \w*names?"),
        ("date of birth", r"birth\w*|dob"),
        ("special needs", r"sen|send|ehcp?|iep|special (?:educational )?needs?|statement(?:ed)?"),
        ("free school meals", r"fsm\d?|free (?:school )?(?:meals?|lunch\w*)|school lunch\w*|eligib\w*"),
        ("pupil premium", r"pp|pupil premium|ever 6|service (?:child\w*|pupil)|idaci|bursary"),
        (
            "care status",
            r"in care|looked after|child protection|safeguarding|social (?:worker|services|care)|lac|cla|plac|cp|cin"
            r"|early help|adopted|adoption|foster(?:ed| care)|care (?:status|order|leaver)",
        ),
        (
            "medical",
            r"med|medical|disab\w*|allerg\w*|asthma|diet\w*|health|medication|conditions?|doctor\w*|immuni\w*|vaccin\w*",
        ),
        (
            "ethnicity, religion or language",
            r"ethnic\w*|religio\w*|faith|nationality|national identity|eal|asylum|refugee|traveller|gypsy|roma"
            r"|(?:first|home|main|second|spoken) languages?|language spoken",
        ),
        ("sex or gender", r"gender|sex|pronouns?"),
        ("password", r"password|passwd|passcode|pwd|pass word|pin"),
        ("National Insurance number", r"national insurance"),
        (
            "address or contact",
            r"telephone|mobile|tel|phone|address (?:line|block|\d)|home address|postal address|postcode|next of kin"
            r"|parent\w*|carer\w*|guardian\w*|mother\w*|father\w*|mum|dad|contacts?|home (?:email|e mail)|sibling\w*",
        ),
    )
}


def words(heading: str) -> list[str]:
    """Split a heading into its words, lower case: `RegGroup`, `reg_group` and `Reg Group` are the same."""
    return [w.casefold() for w in _WORD.findall(_CAMEL.sub(" ", heading))]


@lru_cache(maxsize=4096)
def spellings(heading: str) -> frozenset[str]:
    """Give what a heading is compared by: its words in their order and in the alphabet's."""
    parts = words(heading)
    return frozenset(("".join(parts), "|".join(sorted(parts))))


_SENSITIVE_KEYS = {key: kind for kind, found in _SENSITIVE.items() for one in found for key in spellings(one)}


@lru_cache(maxsize=4096)
def why_sensitive(heading: str) -> str | None:
    """Say what a heading announces that must not be read: UPN, legal names, birth dates, SEN, passwords; else None."""
    known = next((_SENSITIVE_KEYS[key] for key in sorted(spellings(heading)) if key in _SENSITIVE_KEYS), None)
    # "D.O.B. (dd/mm)" is written letter by letter: D O B is DOB.
    text = _SPELLED.sub("", " ".join(words(heading)))
    return known or next((kind for kind, pattern in _SENSITIVE_WORDS.items() if pattern.search(text)), None)


def is_sensitive(heading: str) -> bool:
    """Tell whether a heading announces what must not be read."""
    return why_sensitive(heading) is not None


def known_words() -> frozenset[str]:
    """Give every word that a school may write for a meaning in its own file."""
    kinds = (STUDENTS, STAFF, CLASSES, TIMETABLE)
    spoken = (word for found in _SCHOOLS_WORDS.values() for word in found)
    return frozenset((*(m for kind in kinds for m in kind), *spoken, IGNORED, "school"))


@dataclass(frozen=True)
class Headings:
    """How one kind of file is captioned: `known` meaning to captions, `needed` meanings it cannot do without.

    `spare` are meanings that are read only where a row has no id of its own and they must tell whose it is.
    `coded` are meanings whose columns come as categories, for files with a row for each enrolment.
    `impersonal` are meanings that number or name classes, schools and the like, never people.
    `spoken` says some meanings in a school's words, where this kind of file has words of its own.
    """

    title: str
    known: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    spare: frozenset[str] = frozenset()
    coded: frozenset[str] = frozenset()
    impersonal: frozenset[str] = frozenset()
    spoken: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def ranks(self) -> Mapping[str, tuple[str, int]]:
        """Give each spelling its meaning and its rank; a lower rank is the more exact caption."""
        found: dict[str, tuple[str, int]] = {}
        for meaning, captions in self.known.items():
            for rank, caption in enumerate(captions):
                for spelling in spellings(caption):
                    found.setdefault(spelling, (meaning, rank))
        return found

    def recognise(self, cells: Sequence[str], columns: Mapping[str, str]) -> list[tuple[str, int] | None]:
        """Give each cell's meaning and rank by its caption; the school's own `columns` win (rank -1)."""
        ranks = self.ranks
        own = {key: meaning for heading, meaning in columns.items() for key in spellings(heading)}
        return [self._one(cell, ranks, own) for cell in cells]

    def _one(self, cell: str, ranks: Mapping[str, tuple[str, int]], own: Mapping[str, str]) -> tuple[str, int] | None:
        ways = spellings(cell)
        # Most cells looked at are those of records: they are no caption, whatever they announce.
        if ways.isdisjoint(ranks) and ways.isdisjoint(own):
            return None
        ways -= {""}
        mapped = next((own[s] for s in sorted(ways) if s in own), "")
        meant = self.meant(mapped)
        if meant:
            return meant, -1
        found = next((ranks[s] for s in sorted(ways) if s in ranks), None)
        return None if found is None or mapped.casefold() == IGNORED or is_sensitive(cell) else found

    def shown(self, meaning: str) -> str:
        """Give a meaning in a school's words."""
        if meaning in self.spoken:
            return self.spoken[meaning]
        if meaning == "id" and "title" in self.known:
            return "staff code"
        if meaning == "id" and not {"reg", "section"} & set(self.known):
            return "id"
        return "job" if meaning == "status" and "title" in self.known else _SHOWN.get(meaning, meaning)

    def meant(self, word: str) -> str | None:
        """Give the meaning a school's own word stands for, as this kind of file has it; None for none."""
        if word in self.known:
            return word
        told = " ".join(word.casefold().split())
        fits = [m for m, found in _SCHOOLS_WORDS.items() if told in found and m in self.known]
        # A staff code is what numbers the rows of a staff file; elsewhere it stands beside the number.
        if "code" in fits and "title" not in self.known:
            return "code"
        return fits[0] if fits else None

    def nearest(self, meaning: str, cells: Sequence[str]) -> str | None:
        """Guess which heading seen may be the missing one, by likeness of letters."""
        free = [cell for cell, found in zip(cells, self.recognise(cells, {}), strict=True) if found is None]
        seen = {cell.casefold(): cell for cell in free if cell and not is_sensitive(cell)}
        for caption in self.known[meaning]:
            close = get_close_matches(caption.casefold(), list(seen), n=1, cutoff=0.6)
            if close:
                return seen[close[0]]
        return None
