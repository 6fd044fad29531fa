"""Unique Pupil Numbers, told by their shape and check letter wherever they stand, so that none is ever kept."""

import re

from stdnum.gb import upn

_SHAPE = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]")


def is_upn(value: str) -> bool:
    """Tell whether a value is a Unique Pupil Number, permanent or temporary.

    The list of local authorities in stdnum is of 2011; newer ones issue numbers too, so only the letter is checked.
    """
    number = value.strip().upper()
    return bool(_SHAPE.fullmatch(number)) and upn.calc_check_digit(number[1:]) == number[0]
