"""The teachers' timetable as SIMS shows it on the screen: a column a period, two rows a teacher, classes then rooms.

A file of that shape flows in, the table of a timetable report flows out: one row a lesson. Source of the shape:
SIMS's own timetable guides, which schools publish, read 2026-11-25.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from teamskit.errors import RosterError
from teamskit.roster.cells import Cells
from teamskit.roster.headings import TIMETABLE
from teamskit.roster.sources import Head, Source, open_source
from teamskit.roster.tables import Table, categories
from teamskit.roster.values import period_parts

_LEAST = 3
"""So many headings must be periods, and more than half of all, for a file to be taken for a screen's."""
_CODE = re.compile(r"[A-Z0-9]{2,6}")
_CODED = ("section", "code", "teacher", "starts", "ends")


def is_screen_timetable(path: Path) -> bool:
    """Tell whether a file has this shape; a file that cannot be opened has not."""
    try:
        return screen_head(open_source(path)) is not None
    except RosterError:
        return False


def read_screen_timetable(path: Path) -> Table | None:
    """Read a file of this shape; None when it has another. Raises RosterError where the file cannot be read."""
    source = open_source(path)
    head = screen_head(source)
    if head is None:
        return None
    periods = screen_periods(head)
    who = next((i for i, cell in enumerate(head.cells) if i not in periods), 0)
    cells = source.cells(head, [who, *periods])
    lessons = list(_lessons(cells, head, who, periods))
    columns = [*TIMETABLE, "teacher", "_row", "_line"]
    frame = pd.DataFrame(lessons, columns=columns)
    frame = frame.assign(**{name: categories(frame[name].astype(object)) for name in _CODED})
    captions = {"section": head.cells[periods[0]], "code": head.cells[who], "teacher": head.cells[who]}
    return Table(source.file, source.encoding, head.delimiter, head.row, captions, frame, len(cells.rows))


def screen_head(source: Source) -> Head | None:
    """Give the heading row of a file of this shape, None for another."""
    return next((head for head in source.heads() if _is_screen(head)), None)


def _is_screen(head: Head) -> bool:
    filled = sum(bool(cell) for cell in head.cells)
    return len(screen_periods(head)) >= max(_LEAST, filled // 2 + 1) and len(screen_periods(head)) < len(head.cells)


def screen_periods(head: Head) -> list[int]:
    """Give the positions of the headings that are periods."""
    return [i for i, cell in enumerate(head.cells) if cell and period_parts(cell)[0] is not None]


def _lessons(cells: Cells, head: Head, who: int, periods: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    names = list(cells.columns[who].text())
    grid = {position: list(cells.columns[position].text()) for position in periods}
    number = 0
    while number < len(names):
        name = names[number]
        has_rooms = bool(name) and number + 1 < len(names) and names[number + 1] in ("", name)
        for position in periods if name else ():
            if grid[position][number]:
                is_code = bool(_CODE.fullmatch(name))
                yield {
                    **dict.fromkeys(TIMETABLE, ""),
                    "section": grid[position][number],
                    "period": head.cells[position],
                    "room": grid[position][number + 1] if has_rooms else "",
                    "code": name if is_code else "",
                    "teacher": "" if is_code else name,
                    "_row": int(cells.rows[number]),
                    "_line": int(cells.lines[number]),
                }
        number += 2 if has_rooms else 1
