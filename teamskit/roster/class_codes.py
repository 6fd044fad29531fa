"""Cells that name several classes, and class names with course, year and academic year around the code."""

import re
from collections.abc import Sequence

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
    found = dict.fromkeys(_code(part) for part in map(str.strip, _BETWEEN.split(cell)) if part)
    return [one for one in found if one[0]]


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
    now = [[code for code, year in class_codes(c) if year in (None, academic_year)] if c else [] for c in cells]
    if all(len(found) <= 1 and found == ([cell] if cell else []) for cell, found in zip(cells, now, strict=True)):
        return frame
    parts: list[Sequence[str]] = [found or [""] for found in now]
    counts = np.array([len(p) for p in parts], dtype=np.int64)[codes]
    spread = frame.loc[frame.index.repeat(counts)]
    return spread.assign(section=[code for n in codes for code in parts[n]]).reset_index(drop=True)
