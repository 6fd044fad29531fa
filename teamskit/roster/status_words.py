"""The Status column of School Data Sync v1: which words are active, which are not, and which nobody can tell.

Source: Microsoft's page on CSV files for School Data Sync (Active, Inactive), read 2026-11; the others are met.
"""

from functools import lru_cache

import pandas as pd

from teamskit.roster.model import Problem, problem_at
from teamskit.roster.people import is_off_roll_word
from teamskit.roster.sets import word_shown
from teamskit.roster.tables import Table

_ACTIVE = frozenset(["", "active", "current", "enrolled", "on roll", "true", "yes", "y", "1"])
_INACTIVE = frozenset(
    ["inactive", "in active", "not active", "disabled", "deleted", "tobedeleted", "false", "no", "n", "0"]
)


def _word(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


@lru_cache(maxsize=1024)
def is_active(text: str) -> bool:
    """Tell whether a status says that a section runs; a word that is not known says nothing against it."""
    return _word(text) not in _INACTIVE


def with_known_status(table: Table, problems: list[Problem]) -> pd.DataFrame:
    """Give the rows with every word for inactive written so; each word that is not known is told, once for the file."""
    frame = table.frame
    words = {text: _word(text) for text in frame["status"].unique()}
    off = {text for text, word in words.items() if word in _INACTIVE}
    for text, word in words.items():
        if word in _ACTIVE or text in off or is_off_roll_word(text):
            continue
        rows = frame.loc[frame["status"] == text, ["_row", "_line"]]
        place = table.place(rows["_row"].iloc[0], rows["_line"].iloc[0], "status")
        many = f" and in {len(rows) - 1} more" if len(rows) > 1 else ""
        said = f"The status {word_shown(text)}{many} is neither Active nor Inactive; it counts as Active."
        problems.append(problem_at(place, "unknown-status", "warning", said, "Write Active or Inactive."))
    return frame.assign(status=frame["status"].where(~frame["status"].isin(off), "Inactive")) if off else frame
