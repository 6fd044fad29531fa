"""Names of class teams: mail nicknames that Microsoft 365 takes, and display names from the school's template."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

_NO_DECOMPOSITION = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe"})
LONGEST = 63
"""A nickname may have 64 characters; one of exactly 64 was refused in the field, so one less is used."""


def cleaned(text: str) -> str:
    """Fold to ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.translate(_NO_DECOMPOSITION)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")


def nicknames(keys: Iterable[tuple[str, str, int, str]]) -> Mapping[str, str]:
    """Give each class key its nickname, from (key, school, academic year, class id).

    Codes that fall together without regard to case, or are too long, carry a short hash of the key: the same on every
    run and whatever the order of rows. Source of the alphabet: Graph v1.0, group resource, mailNickname.
    """
    stems = {key: _stem(school, year, class_id) for key, school, year, class_id in keys}
    met = Counter(stem.casefold() for stem in stems.values())
    return {
        key: stem if met[stem.casefold()] == 1 and len(stem) <= LONGEST else _marked(stem, key)
        for key, stem in stems.items()
    }


def next_nickname(nickname: str, number: int) -> str:
    """Give the next nickname to try when somebody else has this one: name-2, name-3 ..."""
    tail = f"-{number}"
    return nickname[: LONGEST - len(tail)] + tail


def _stem(school: str, year: int, class_id: str) -> str:
    return "-".join(
        part for part in (cleaned(school), f"{year % 100:02d}{(year + 1) % 100:02d}", cleaned(class_id)) if part
    )


def _marked(stem: str, key: str) -> str:
    mark = "-" + hashlib.sha256(key.encode()).hexdigest()[:6]
    return stem[: LONGEST - len(mark)].rstrip("-") + mark


def display_name(template: str, *, class_name: str, class_id: str, year: str, school: str) -> str:
    """Fill a school's template; at most 256 characters, as a group's display name may have."""
    return template.format(class_name=class_name, class_id=class_id, year=year, school=school).strip()[:256]
