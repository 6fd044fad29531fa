"""The school's own headings, `[roster.columns]`: what may not be said there, and what is said there for nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn

from teamskit.errors import RosterError
from teamskit.roster.headings import IGNORED, known_words, spellings, why_sensitive
from teamskit.roster.model import Problem

_FILE = "school.toml"
_MAY_BE_MAPPED = ("legal name", "address or contact")
"""What a school may let in on purpose: the legal name where it has no other, and a caption that means an e-mail."""


def refuse_columns(columns: Mapping[str, str]) -> None:
    """Raise RosterError for a mapping that would let in what must not travel, or to a word that means nothing."""
    words = known_words()
    for heading, meaning in columns.items():
        told = " ".join(meaning.casefold().split())
        why = why_sensitive(heading)
        if why and why not in _MAY_BE_MAPPED and told != IGNORED:
            _refuse(f'the column "{heading}" must not be read ({why})', "Take it out of [roster.columns].")
        if told not in words:
            what = f'[roster.columns] "{heading}" = "{meaning}" names no meaning that is known'
            _refuse(what, f"Use one of: {', '.join(sorted(words))}.")


def unseen_columns(columns: Mapping[str, str], captions: Iterable[str]) -> Iterator[Problem]:
    """Tell of headings that the school names and no file was read by: a slip of the pen would leave a column out."""
    seen = {key for caption in captions for key in spellings(caption)}
    for heading, meaning in columns.items():
        if meaning.casefold() != IGNORED and not spellings(heading) & seen:
            text = f'[roster.columns] names "{heading}", and no file was read by that heading.'
            yield Problem("heading-not-met", "warning", text, "Write it as the report does, or take it out.", _FILE)


def _refuse(what: str, remedy: str) -> NoReturn:
    problem = Problem("unusable-export", "error", f"{what[:1].upper()}{what[1:]}.", remedy, _FILE)
    raise RosterError(what, where=_FILE, next_step=remedy, problems=[problem])
