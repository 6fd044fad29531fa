"""Academic sessions of a set, terms and years: when they are and of which academic year. Knows no classes."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from teamskit.roster.model import Problem, problem_at
from teamskit.roster.sets import Report, cell_list, listed, read_days
from teamskit.roster.tables import Table
from teamskit.school.dates import academic_year_of

SESSIONS = "academicSessions.csv"
_ONE_YEAR = timedelta(days=400)
_YEARS = re.compile(r"^(\d{4})\s*[-/]\s*(\d{4}|\d{2})$")


@dataclass(frozen=True)
class Session:
    """A term or a year, both days included; `year` is its academic year (2026 for 2026/27) where it can be told."""

    starts: date | None
    ends: date | None
    year: int | None

    def holds(self, day: date) -> bool:
        """Tell whether a day lies in it; an open end holds every day."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


def read_sessions(table: Table | None, report: Report) -> dict[str, Session]:
    """Read the sessions by id; of two rows with one id the first counts."""
    if table is None:
        return {}
    table, days = read_days(table, ["starts", "ends"], report)
    found: dict[str, Session] = {}
    for row in table.records():
        starts, ends = days.get(row["starts"]), days.get(row["ends"])
        if not row["id"]:
            report.leave_out(table, row, "row-without-number", "The row has no sourcedId", "Give each its id.")
        elif starts and ends and ends < starts:
            text = f"Session {row['id']} ends before it begins"
            report.leave_out(table, row, "session-dates", text, "Put its dates right.", "error")
        elif row["id"] in found and (found[row["id"]].starts, found[row["id"]].ends) != (starts, ends):
            text = f"Session {row['id']} stands in two rows with different dates"
            report.leave_out(table, row, "session-twice", text, "Give each session an id of its own.", "error")
        else:
            found[row["id"]] = Session(starts, ends, _year_of(starts, ends, row["year"]))
    return found


def _year_of(starts: date | None, ends: date | None, written: str) -> int | None:
    """Give a session's academic year from its middle: one that begins on 24 August is of the year that follows."""
    if starts and ends:
        return academic_year_of(starts + (ends - starts) / 2)
    if starts or ends:
        return academic_year_of(starts + timedelta(days=31) if starts else ends or date.max)
    found = _YEARS.match(written)
    return int(found[1]) if found else None


@lru_cache(maxsize=1024)
def academic_year_of_term(starts: date | None, ends: date | None, day: date) -> int:
    """Give the academic year of a term with dates: by its middle, and that of the day where it says no single year."""
    if starts and ends and timedelta(0) <= ends - starts <= _ONE_YEAR:
        return academic_year_of(starts + (ends - starts) / 2)
    return academic_year_of(day)


def session_ids(text: str, sessions: Mapping[str, Session]) -> list[str]:
    """Give the session ids of a cell; a cell that is an id as a whole is that one."""
    return [text] if text in sessions else cell_list(text)


def tell_unknown(table: Table, column: str, known: Container[str], name: str, absent: bool, report: Report) -> None:
    """Tell of references to a session or course that is not there; where the whole file is absent, once."""
    named = [text for text in table.frame[column].unique() if text]
    bad = {t for t in named if t not in known and any(one not in known for one in cell_list(t))}
    if bad and absent:
        text = f"{table.file} refers to {name}, which is not in the set; the references count as blank."
        report.problems.append(Problem("unknown-reference", "warning", text, f"Export {name} too.", table.file))
        return
    for row, line, number, text in table.frame.loc[
        table.frame[column].isin(bad), ["_row", "_line", "id", column]
    ].values:
        lost = [one for one in cell_list(text) if one not in known]
        what = f"{number}: {listed(lost)} is {report.not_in(name, lost)}; the reference counts as blank."
        place = table.place(row, line, column)
        report.problems.append(problem_at(place, "unknown-reference", "warning", what, f"Add it to {name}."))
