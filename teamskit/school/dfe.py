"""The DfE number of a school: three digits of its authority, four of its own, however they are written. Pure."""

import re
from collections.abc import Iterable, Mapping

_WRITTEN = re.compile(r"(\d{3})\s*[/\\.\-\u2010-\u2015]?\s*(\d{4})(?:\.0)?")


def dfe_key(number: str) -> str:
    """Give what two spellings of one school have in common: `892/4001` and `892-4001` are 8924001.

    Any other text is its own key.
    """
    found = _WRITTEN.fullmatch(number.strip())
    return found[1] + found[2] if found else number


def as_known(numbers: Iterable[str], known: Iterable[str]) -> Mapping[str, str]:
    """Give for numbers of schools that are not known the known one that is spelt otherwise, where there is one only."""
    ids = set(known)
    by_key: dict[str, set[str]] = {}
    for one in ids:
        by_key.setdefault(dfe_key(one), set()).add(one)
    fits = {n: by_key.get(dfe_key(n), set()) for n in numbers if n and n not in ids}
    return {n: next(iter(found)) for n, found in fits.items() if len(found) == 1}
