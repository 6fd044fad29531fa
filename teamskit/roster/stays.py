"""Enrolments with their days, of pupils who came into a class or left one lately: who was in it on a day before today.

Only these few are kept, because everybody else was in his classes all the time that the call log can look back on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from teamskit.roster.model import Person, Stay
from teamskit.roster.tables import among

LATELY = timedelta(days=31)
"""How far back a change of class matters: call records can be read for 30 days."""


def stays(
    frame: pd.DataFrame, days: Mapping[str, date | None], day: date, people: Iterable[Person]
) -> dict[str, tuple[Stay, ...]]:
    """Give by class id every enrolment of each pupil of whom one began or ended lately, or will after a day.

    `frame` has every enrolment, in force or not, with the columns section, id, starts and ends; `days` reads these
    dates. The day on which most begin or end is the year's, and nobody's own.
    """
    near = {text for text, found in days.items() if found and found > day - LATELY}
    moved = {person.id for person in people if not person.on_roll and _comes_or_goes(person, day)}
    for name in ("starts", "ends"):
        own = near - {_usual(frame[name])}
        moved |= set(frame.loc[among(frame[name], own), "id"]) if own else set()
    return _by_class(frame[among(frame["id"], moved)], days) if moved else {}


def _comes_or_goes(person: Person, day: date) -> bool:
    return bool((person.joined_on and person.joined_on > day) or (person.left_on and person.left_on > day - LATELY))


def _usual(column: "pd.Series[str]") -> str:
    counts = column[column != ""].value_counts()
    return str(counts.index[0]) if len(counts) and counts.iloc[0] > 1 else ""


def _by_class(frame: pd.DataFrame, days: Mapping[str, date | None]) -> dict[str, tuple[Stay, ...]]:
    found: dict[str, list[Stay]] = defaultdict(list)
    columns: Sequence[Collection[str]] = [frame[name].tolist() for name in ("section", "id", "starts", "ends")]
    for section, pupil, starts, ends in zip(*columns, strict=True):
        found[section].append(Stay(pupil, days.get(starts), days.get(ends)))
    return {section: tuple(dict.fromkeys(some)) for section, some in found.items()}
