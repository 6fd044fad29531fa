"""Dates as files write them, to days: one order of day and month for a whole file. Knows no roster."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta

_ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$")
_PARTS = re.compile(r"^(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})(?:[T ]\d.*)?$")
_NAMED = re.compile(r"^(\d{1,2})[/.\-\s]([A-Za-z]{3,9})[/.\-\s](\d{4}|\d{2})(?:[T ]\d.*)?$")
_SERIAL = re.compile(r"^([2-7]\d{4})(?:\.\d+)?$")
_SERIAL_ZERO = date(1899, 12, 30)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _certain(text: str) -> date | None:
    """Read what has one reading only: ISO, a month by name, or the number that Excel keeps a day as."""
    if iso := _ISO.match(text):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if serial := _SERIAL.match(text):
        return _SERIAL_ZERO + timedelta(days=int(serial[1]))
    named = _NAMED.match(text)
    if named and named[2][:3].casefold() in _MONTHS:
        return _day(_year(named[3]), _MONTHS.index(named[2][:3].casefold()) + 1, int(named[1]))
    return None


def _day_first(text: str) -> date | None:
    parts = _PARTS.match(text)
    return _day(_year(parts[3]), int(parts[2]), int(parts[1])) if parts else None


def _month_first(text: str) -> date | None:
    parts = _PARTS.match(text)
    return _day(_year(parts[3]), int(parts[1]), int(parts[2])) if parts else None


_ORDERS: Mapping[str, Callable[[str], date | None]] = {"day": _day_first, "month": _month_first}


def is_serial(text: str) -> bool:
    """Tell whether a date is written as the number of days that Excel counts: 46266 is 1 September 2026."""
    return bool(_SERIAL.match(text))


def read_dates(values: Iterable[str], *, first: str = "day") -> dict[str, date | None]:
    """Give each different value its day, or None where it is none; blank values are left out.

    One order for all values of a file: the one in which every value is a date; where both fit, or neither,
    `first` ("day" or "month"), the custom of the file's headings.
    """
    texts = {v for v in values if v}
    open_ones = {t for t in texts if _certain(t) is None}
    order = next((o for o in (first, *_ORDERS) if _all_fit(open_ones, _ORDERS[o])), first)
    return {t: _certain(t) or _ORDERS[order](t) for t in texts}


def day_first(text: str) -> date | None:
    """Read one date as this country writes it, day before month; None for none."""
    return _certain(text) or _day_first(text)


def turned(values: Iterable[str], *, first: str = "day") -> tuple[bool, bool]:
    """Tell what speaks for dates that a program has turned round: values of both orders, or all of the other one.

    Gives (mixed, other): some values fit only one order and some only the other; no value fits the customary order
    alone and some fit only the other.
    """
    open_ones = {v for v in values if v and _certain(v) is None}
    day = {v for v in open_ones if _day_first(v) is not None and _month_first(v) is None}
    month = {v for v in open_ones if _month_first(v) is not None and _day_first(v) is None}
    usual, other = (day, month) if first == "day" else (month, day)
    return bool(usual and other), bool(other and not usual)


def _all_fit(texts: Collection[str], reading: Callable[[str], date | None]) -> bool:
    return all(reading(t) is not None for t in texts)
