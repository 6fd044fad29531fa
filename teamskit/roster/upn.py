"""Unique Pupil Numbers, told by their shape and check letter wherever they stand, so that none is ever kept."""

import re

from stdnum.gb import upn

_SHAPE = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")
_INSIDE = re.compile(r"[(\[]?(?<![A-Za-z0-9])([A-Za-z]\d{11}[A-Za-z0-9])(?![A-Za-z0-9])[)\]]?")
_LENGTH = 13


def is_upn(value: str) -> bool:
    """Tell whether a value is a Unique Pupil Number, permanent or temporary.

    The list of local authorities in stdnum is of 2011; newer ones issue numbers too, so only the letter is checked.
    """
    number = value.strip().upper()
    return bool(_SHAPE.fullmatch(number)) and upn.calc_check_digit(number[1:]) == number[0]


def without_upn(value: str) -> str:
    """Give a cell without any Unique Pupil Number in it; an address that is made of one is blank altogether."""
    if len(value) < _LENGTH:
        return value
    bare = _INSIDE.sub(lambda found: " " if is_upn(found[1]) else found[0], value)
    if bare == value:
        return value
    return "" if "@" in value else " ".join(bare.split()).strip(" ,;-")
