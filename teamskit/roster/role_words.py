"""Words that sets use for roles, as data: staff (and who of them teaches), pupils, others. Pure.

Source: Microsoft's default list of values for School Data Sync, OneRoster 1.1, read 2026-11.
"""

from functools import lru_cache
from typing import Literal

Kind = Literal["staff", "pupil", "other"]
_TEACHING = frozenset(["teacher", "professor", "lecturer", "instructor", "faculty", "adjunct", "substitute"])
_STAFF = _TEACHING | frozenset(
    [
        "principal",
        "chair",
        "researcher",
        "affiliate",
        "occupationaltherapist",
        "physicaltherapist",
        "speechtherapist",
        "visiontherapist",
        "paraprofessional",
        "specialservices",
        "advisor",
        "proctor",
        "nurse",
        "officestaff",
        "itadmin",
        "administrator",
        "staff",
        "teacherassistant",
        "assistant",
        "coach",
        "aide",
        "aid",
    ]
)
_PUPILS = frozenset({"student"})
_OTHERS = frozenset(["other", "alumni", "guardian", "parent", "relative", "contact"])


def _word(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


@lru_cache(maxsize=1024)
def kind_of_role(text: str) -> Kind | None:
    """Tell whose role a word is, in any case; None for a word that is not known."""
    word = _word(text)
    if word in _STAFF:
        return "staff"
    if word in _PUPILS:
        return "pupil"
    return "other" if word in _OTHERS else None


def teaches(text: str) -> bool:
    """Tell whether somebody enrolled with this role teaches the class, and so owns its team."""
    return _word(text) in _TEACHING


def is_plain(text: str) -> bool:
    """Tell whether a class role is one that needs no word: teacher or student."""
    return _word(text) in {"teacher", "student"}
