"""Sign-in names as a school's pattern makes them (`{intake_yy}{surname}{initial}`), in the letters Entra allows."""

import re
import unicodedata

from teamskit.roster.model import Person
from teamskit.roster.values import without_zeros
from teamskit.school.dates import academic_year_of
from teamskit.school.model import AccountSettings

_NO_DECOMPOSITION = str.maketrans(
    {
        **{"\u00f8": "o", "\u0142": "l", "\u00df": "ss", "\u00e6": "ae", "\u0153": "oe", "\u0111": "d"},
        **{"\u00f0": "d", "\u00fe": "th", "\u0131": "i", "\u0127": "h", "\u0167": "t", "\u014b": "n"},
    }
)
_DROPPED = re.compile(r"[\s'\u2018\u2019\u02bc`\u00b4.,-]+")
_ALLOWED = re.compile(r"[a-z0-9'._!#^~-]+")
"""Source: Entra, "Sign-in names": A-Z a-z 0-9 ' . - _ ! # ^ ~, read 2026-11-25."""


class CannotStand(ValueError):
    """A part of a login is missing, or has a sign that no sign-in name may have; the message names the part."""


def folded(text: str) -> str:
    """Give a name in ASCII small letters, without spaces, hyphens and apostrophes; what has no ASCII form stays."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_NO_DECOMPOSITION))
    return _DROPPED.sub("", "".join(c for c in plain if not unicodedata.combining(c)))


def login_of(person: Person, pattern: str, settings: AccountSettings, year: int) -> str:
    """Give a person's login without domain, for an academic year; raises CannotStand when it cannot be made.

    A domain in the pattern stays. The name part is cut at the school's longest login.
    """
    name, at, domain = pattern.casefold().partition("@")
    parts = _parts(person, settings, year)
    missing = [part for part in parts if f"{{{part}" in name and not parts[part]]
    if missing:
        raise CannotStand(f"the {missing[0]} is not in the export")
    odd = [part for part in parts if f"{{{part}" in name and not _ALLOWED.fullmatch(parts[part])]
    if odd:
        raise CannotStand(f"the {odd[0]} has a sign that no sign-in name may have")
    return name.format(**parts)[: settings.login_length] + at + domain


def _parts(person: Person, settings: AccountSettings, year: int) -> dict[str, str]:
    surname, forename = folded(person.surname), folded(person.forename)
    intake = _intake(person, settings, year)
    return {
        "adno": person.id.casefold(),
        "number": without_zeros(person.id).casefold(),
        "code": person.id.casefold(),
        "forename": forename,
        "surname": surname,
        "initial": forename[:1],
        "intake_yy": f"{intake % 100:02d}" if intake else "",
        "intake_yyyy": str(intake or ""),
    }


def _intake(person: Person, settings: AccountSettings, year: int) -> int | None:
    """Give the year a pupil's year group came in: by curriculum position, not age; R counts as 0."""
    text = person.year or ""
    position = 0 if text == "R" else int(text) if text.isdigit() else None
    if position is None:
        return academic_year_of(person.joined_on) if person.joined_on else None
    first = 7 if settings.intake == "7" or (settings.intake == "auto" and position >= 7) else 0
    return year - (position - first) if position >= first else None
