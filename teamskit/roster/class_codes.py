"""Cells that name several classes, and class names with course, year and academic year around the code."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from teamskit.roster.quick_cells import parted
from teamskit.roster.tables import coded

Numbers = npt.NDArray[np.int64]
_BETWEEN = re.compile(r"[,;|\r\n]+")
_OTHER_MARKS = ";|\r\n"
_MARKS = f",(:{_OTHER_MARKS}"
"""What stands between codes, or in a class name that has more to it than the code."""
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
    if "(" not in part and ":" not in part:
        return part, None
    dressed = _DRESSED.match(part)
    text, year = (dressed["code"], int(dressed["year"])) if dressed else (part, None)
    course = _COURSE.match(text)
    return (course["code"].strip() if course else text), year


def one_class_a_row(frame: pd.DataFrame, academic_year: int) -> pd.DataFrame:
    """Give a frame with one class in each row; classes that name another academic year are left away.

    Rows whose classes are all of another year stay, with a blank class: their pupil is read, his past class is not.
    """
    codes, cells = coded(frame["section"])
    if not _holds_any("\0".join(cells), _MARKS) and cells == list(map(str.strip, cells)):
        return frame
    of_cell, numbers, values = _classes_of(cells, academic_year)
    if len(of_cell) == len(cells) and all(values[n] == cell for n, cell in zip(numbers, cells, strict=True)):
        return frame
    lengths = np.bincount(of_cell, minlength=len(cells))
    counts = lengths[codes]
    spread = frame.take(np.arange(len(frame)).repeat(counts))
    begins = (np.cumsum(lengths) - lengths)[codes] - (np.cumsum(counts) - counts)
    sections = numbers[begins.repeat(counts) + np.arange(len(spread))]
    made = pd.Categorical.from_codes(sections, categories=pd.Index(values, dtype=object))
    return spread.assign(section=made).reset_index(drop=True)


def _holds_any(text: str, marks: str) -> bool:
    """Tell whether any of the marks is in a text; on a very long one much faster than a pattern."""
    return any(mark in text for mark in marks)


def _classes_of(cells: Sequence[str], academic_year: int) -> tuple[Numbers, Numbers, list[str]]:
    """Give the classes of all cells in their order: of which cell, which of the values; and the values, a blank first.

    A cell without any class of the year has one blank class. Half a million parts are few different ones.
    """
    if _holds_any(",".join(cells), _OTHER_MARKS):
        cells = [_BETWEEN.sub(",", cell) for cell in cells]
    of_part, parts, different = parted(cells, ",")
    told = [_code(part) if part else ("", None) for part in map(str.strip, different)]
    kinds = {one: n for n, one in enumerate(dict.fromkeys([("", None), *told]))}
    values = {"": 0, **{code: n for n, code in enumerate(dict.fromkeys(c for c, _ in kinds if c), 1)}}
    kind = np.array([kinds[one] for one in told], dtype=np.int64)[parts]
    current = np.array([bool(code) and year in (None, academic_year) for code, year in kinds])
    good = current[kind]
    of_cell, kind = (of_part, kind) if good.all() else (of_part[good], kind[good])
    pairs = of_cell * len(kinds) + kind
    # Sorting numbers is several times as fast as looking for those met before, and few cells name a class twice.
    in_turn = np.sort(pairs)
    if bool((in_turn[1:] == in_turn[:-1]).any()):
        of_cell, kind = np.divmod(pd.unique(pairs), len(kinds))
    bare = np.flatnonzero(np.bincount(of_cell, minlength=len(cells)) == 0)
    if len(bare):
        before = np.searchsorted(of_cell, bare)
        of_cell, kind = np.insert(of_cell, before, bare), np.insert(kind, before, 0)
    numbers = np.array([values[code] for code, _ in kinds], dtype=np.int64)
    return of_cell, numbers[kind], list(values)
