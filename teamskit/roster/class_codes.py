"""Cells that name several classes, and class names with course, year and academic year around the code."""

import re
from itertools import chain

import numpy as np
import pandas as pd

from teamskit.roster.tables import coded

_BETWEEN = re.compile(r"[,;|\r\n]+")
_DRESSED = re.compile(
    r"^(?:.*:\s+)?(?P<code>\S(?:.*?\S)?)\s*\(\s*(?P<year>20\d\d)\s*[/-]\s*(?:20)?\d\d\s*\)$", re.DOTALL
)
_COURSE = re.compile(r"^.+:\s+(?:nc\s+)?year\s+\w{1,9}:\s+(?P<code>\S.*)$", re.IGNORECASE)


def class_codes(cell: str) -> list[tuple[str, int | None]]:
    """Give the class codes of a cell, each once, with the academic year it names (2026 is 2026/27) or None.

    Between codes stand commas, semicolons, bars or line breaks. `English: Year 10: 10a/En1 (2026/2027)` is `10a/En1`.
    """
    return [one for one in dict.fromkeys(map(_code, _parts(cell))) if one[0]]


def _parts(cell: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, _BETWEEN.split(cell)))))


def _current(cell: str, academic_year: int) -> list[str]:
    """Give the codes of a cell but those of another year; a large school has many cells, nearly all plain codes."""
    if "(" in cell or ":" in cell:
        return [code for code, year in class_codes(cell) if year in (None, academic_year)]
    return _parts(cell)


def _code(part: str) -> tuple[str, int | None]:
    dressed = _DRESSED.match(part)
    text, year = (dressed["code"], int(dressed["year"])) if dressed else (part, None)
    course = _COURSE.match(text)
    return (course["code"].strip() if course else text), year


def one_class_a_row(frame: pd.DataFrame, academic_year: int) -> pd.DataFrame:
    """Give a frame with one class in each row; classes that name another academic year are left away.

    Rows whose classes are all of another year stay, with a blank class: their pupil is read, his past class is not.
    """
    codes, cells = coded(frame["section"])
    now = [_current(cell, academic_year) for cell in cells]
    if all(len(found) <= 1 and found == ([cell] if cell else []) for cell, found in zip(cells, now, strict=True)):
        return frame
    lengths = np.array([max(1, len(found)) for found in now], dtype=np.int64)
    numbers, values = pd.factorize(np.array(list(chain.from_iterable(f or [""] for f in now)), dtype=object))
    counts = lengths[codes]
    spread = frame.take(np.arange(len(frame)).repeat(counts))
    begins = (np.cumsum(lengths) - lengths)[codes] - (np.cumsum(counts) - counts)
    sections = numbers[begins.repeat(counts) + np.arange(len(spread))]
    made = pd.Categorical.from_codes(sections, categories=pd.Index(values, dtype=object))
    return spread.assign(section=made).reset_index(drop=True)
