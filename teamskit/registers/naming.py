"""When a cell of a register names somebody: numbers without Excel's lost zeros, names without case. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from teamskit.roster.values import without_zeros

_NOT_DIGITS = re.compile(r"[\s().+-]+")
_SHORTEST_PHONE = 7


def zeros_put_back(cells: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Give the number that is meant for each cell whose zeros Excel took away.

    Only where the digits are those of exactly one known person, the cell itself is nobody's number, and the file does
    not have the whole number as well: then they are two people and nothing is certain.
    """
    whole: dict[str, set[str]] = defaultdict(set)
    for number in set(known):
        whole[without_zeros(number)].add(number)
    written = set(cells)
    found = {
        cell: whole[bare] for cell in written if (bare := without_zeros(cell)) in whole and cell not in whole[bare]
    }
    only = {cell: next(iter(numbers)) for cell, numbers in found.items() if len(numbers) == 1}
    return {cell: number for cell, number in only.items() if number not in written}


def named_as(cell: str, names: Collection[str]) -> bool:
    """Say whether a cell names an outside person who goes by these names: without case, telephones by their digits."""
    wanted = _folded(cell)
    number = _telephone(cell)
    return any(wanted == _folded(name) or (number and number == _telephone(name)) for name in names if name)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _telephone(text: str) -> str:
    """Give a telephone number as country and number (0 at home and +44 are one); empty for anything else."""
    digits = _NOT_DIGITS.sub("", text)
    if not digits.isdecimal() or len(digits) < _SHORTEST_PHONE:
        return ""
    if digits.startswith("00"):
        return digits[2:]
    return "44" + digits[1:] if digits.startswith("0") else digits
