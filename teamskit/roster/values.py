"""Small values of a school as exports spell them: years, periods, times, class codes. Pure."""

import re
from collections.abc import Mapping
from datetime import time

_YEAR_WORDS = re.compile(
    r"^(?:nc |national curriculum |curriculum )?(?:y(?:ear|r)?(?: ?(?:group|taught in|code))?(?=[ .:\d]|$)[ .:]*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^0?(\d{1,2})(?:\.0)?$")
_COUNTED = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight"),
    *("nine", "ten", "eleven", "twelve", "thirteen", "fourteen"),
)
_NAMED_YEARS: Mapping[str, str] = {
    **dict.fromkeys(("r", "reception", "rec", "kg", "foundation", "reception year", "reception class"), "R"),
    **dict.fromkeys(("n", "nursery"), "N"),
    **{f"{word}{n}": f"{letter}{n}" for n in "12" for word, letter in (("n", "N"), ("nursery ", "N"), ("e", "E"))},
    **{"m": "M", "mixed": "M", "x": "X"},
    **{f"year {word}": str(n) for n, word in enumerate(_COUNTED, 1)},
}
YEARS = ("E1", "E2", "N", "N1", "N2", "R", *map(str, range(1, 15)), "M", "X")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+\d{1,3}$")
_PERIOD = re.compile(
    r"^(?P<before>[12AB]?)(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?(?P<after>[AB12]?)[:\s-]*(?P<slot>.*)$",
    re.IGNORECASE,
)
_TIME = re.compile(r"^(\d{1,2})[:.](\d{2})(?::\d{2})?\s*(am|pm)?$", re.IGNORECASE)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXCEL_DATE = re.compile(
    r"^(\d{1,2}-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(-\d{2,4})?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}"
    r"|\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}(?:[ T]\d.*)?)$",
    re.IGNORECASE,
)


def changed_by_excel(code: str) -> str | None:
    """Say what Excel has made of a code: `3/4` becomes the date 03-Apr, `7E2` the number 7.00E+02; None for nothing."""
    if ("-" in code or code.count("/") == 2) and looks_like_date(code):
        return "a date"
    if code in ("TRUE", "FALSE"):
        return "a truth value"
    return "a number in scientific notation" if "+" in code and _SCIENTIFIC.match(code) else None


def school_year(text: str) -> str | None:
    """Read a national curriculum year: `Year  7`, `07`, `Yr 7` are 7; Reception is R; others stay as they are."""
    value = " ".join(text.split())
    bare = _YEAR_WORDS.sub("", value, count=1)
    named = _NAMED_YEARS.get(value.casefold()) or _NAMED_YEARS.get(bare.casefold())
    found = _NUMBER.match(bare)
    if value.casefold() in ("yr", "y r"):
        return "R"
    return named or (str(int(found[1])) if found else value or None)


def period_parts(text: str) -> tuple[int | None, str, str]:
    """Split a period into weekday (Monday 0), week and slot: `MonA:1` is (0, "A", "1"); a tutor time has no day."""
    found = _PERIOD.match(text)
    if not found:
        return None, "", text
    week = (found["before"] or found["after"]).upper()
    return _DAYS.index(found["day"].casefold()), week, found["slot"]


def clock_time(text: str) -> time | None:
    """Read a time of day, 24 hours or with am and pm; None for anything else."""
    found = _TIME.match(text)
    if not found:
        return None
    hour = int(found[1]) % 12 + (12 if found[3].casefold() == "pm" else 0) if found[3] else int(found[1])
    return time(hour, int(found[2])) if hour < 24 and int(found[2]) < 60 else None


def looks_like_date(code: str) -> bool:
    """Tell whether a class code is one that Excel turned into a date: `3/4` becomes `03-Apr`."""
    return bool(_EXCEL_DATE.match(code))


def without_zeros(number: str) -> str:
    """Give a number without leading zeros and without Excel's `.0`; other text stays."""
    bare = number.removesuffix(".0")
    return (bare.lstrip("0") or bare) if bare.isdigit() else number
