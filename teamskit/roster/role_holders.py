"""Users of a set with their roles, to persons: staff, pupils, or neither. A user is one person, whatever his roles.

Knows rows and organisations, not formats; where a role is written is the reader's business.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from teamskit.roster.model import Person, Place, Problem, Role
from teamskit.roster.orgs import Orgs
from teamskit.roster.role_words import Kind, kind_of_role
from teamskit.roster.sets import Report, id_shown, listed, word_shown
from teamskit.roster.tables import Table
from teamskit.roster.values import school_year

Row = Mapping[str, Any]
_year_of = lru_cache(maxsize=1024)(school_year)
_AN_ID = "Give each user an id of his own, which is not the Unique Pupil Number."


class Held(NamedTuple):
    """One role of one user at one organisation; both days of its dates included; `at` is the position of its row.

    `rank` is the organisation's position in a list of several.
    """

    user: str
    at: int
    org: str
    kind: Kind
    word: str
    year: str = ""
    primary: bool = False
    rank: int = 0
    current: bool = True
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Users:
    """The users by id; `contradictory` are ids whose rows have different names, of whom none is used.

    `records` are all rows of the file, as they stand in it.
    """

    table: Table
    rows: Mapping[str, Row]
    contradictory: frozenset[str]
    records: Sequence[Row]

    def knows(self, number: str) -> bool:
        """Tell whether the file has a user of that id at all."""
        return number in self.rows or number in self.contradictory


@dataclass(frozen=True)
class Holders:
    """The persons made, and whether each user is staff, pupil or neither."""

    people: tuple[Person, ...]
    kinds: Mapping[str, Kind]


def read_users(table: Table, report: Report) -> Users:
    """Give each user once; rows of one id with different names are all left out, as errors."""
    records = table.records()
    first, several = _by_number(table, records, report)
    wrong = {number for number, rows in several.items() if len({_name(r).casefold() for r in rows} - {""}) > 1}
    for number in (n for n in first if n in wrong):
        for row in several[number]:
            text = f"User {number} stands in {len(several[number])} rows with different names"
            report.leave_out(table, row, "contradictory-rows", text, "Give each person an id of his own.", "error")
    first |= {number: min(rows, key=_fullness) for number, rows in several.items()}
    good = {number: row for number, row in first.items() if number not in wrong} if wrong else first
    if table.has("match"):
        good = {number: _with_address(row) for number, row in good.items()}
    for number, user in good.items():
        if not user["username"] and not user["email"]:
            text = f"User {number} has neither username nor email; only an employee number can find the account."
            report.say(table, user, "user-without-address", "info", text, "Fill in the username.")
    return Users(table, good, frozenset(wrong), records)


def _by_number(table: Table, records: Sequence[Row], report: Report) -> tuple[dict[str, Row], dict[str, list[Row]]]:
    """Give the first row of each id, and all rows of the ids that have several."""
    first: dict[str, Row] = {}
    several: dict[str, list[Row]] = {}
    for row in records:
        number = row["id"]
        if not number:
            report.leave_out(table, row, "row-without-number", "The row has no sourcedId that may be read", _AN_ID)
        elif number in first:
            several.setdefault(number, [first[number]]).append(row)
        else:
            first[number] = row
    return first, several


def _fullness(row: Row) -> tuple[object, ...]:
    """Rank the rows of one user, so that the order of the file decides nothing."""
    return not row["email"], not row["username"], row["email"], row["username"], row["forename"], row["surname"]


def _with_address(row: Row) -> Row:
    """Give a user with the address that School Data Sync would match by, where the file has no other."""
    return {**row, "email": row["email"] or row["match"]} if "@" in row["match"] else row


def _name(row: Row) -> str:
    forename, surname = row["forename"], row["surname"]
    return f"{forename} {surname}" if forename and surname else str(forename or surname)


def known_kind(table: Table, row: Row, report: Report) -> Kind | None:
    """Give the kind of a row's role; a blank or unknown role leaves the row out."""
    kind = kind_of_role(row["role"])
    if kind is None:
        what = f"the role {word_shown(row['role'])} is not known" if row["role"] else "the role is blank"
        remedy = "Write teacher, student or another role of the format."
        report.leave_out(table, row, "unknown-role", f"User {row['id']}: {what}", remedy, column="role")
    return kind


def known_orgs(table: Table, row: Row, named: Sequence[str], orgs: Orgs, report: Report) -> Sequence[str]:
    """Give those of the organisations a user's row names that are known; a row that names none is left out."""
    if len(named) == 1 and named[0] in orgs.units:
        return named
    good = [org for org in named if org in orgs.units]
    unknown = [org for org in named if org not in orgs.units]
    bad, where = [id_shown(org) for org in unknown], report.not_in("orgs.csv", unknown)
    remedy = "Add the organisation to orgs.csv, or put the row right."
    if not good:
        what = f"organisation {listed(bad)} is {where}" if bad else "no organisation is named"
        report.leave_out(table, row, "unknown-org", f"User {row['id']}: {what}", remedy, column=_org_column(table))
    elif bad:
        text = f"User {row['id']}: organisation {listed(bad)} is {where}; the others count."
        report.say(table, row, "unknown-org", "warning", text, remedy, _org_column(table))
    return good


def _org_column(table: Table) -> str:
    return "orgs" if table.has("orgs") else "org"


def make_people(users: Users, held: Iterable[Held], roles: Table, orgs: Orgs, report: Report) -> Holders:
    """Make the persons: of a user with several kinds of role the primary one counts, else staff wins."""
    by_user: dict[str, list[Held]] = defaultdict(list)
    for one in held:
        by_user[one.user].append(one)
    people: list[Person] = []
    kinds: dict[str, Kind] = {}
    for number, row in users.rows.items():
        mine = by_user[number]
        kind = kinds[number] = _kind(mine)
        if kind == "other":
            continue
        if len(mine) > 1:
            for lost in (h for h in mine if h.kind not in (kind, "other")):
                text = f"User {number} counts as {kind}; the role as {lost.kind} was not used."
                report.say(
                    roles, roles.record(lost.at), "role-not-used", "info", text, "Mark the right role as primary."
                )
            mine = [h for h in mine if h.kind == kind]
        people.append(_person(users, row, kind, mine, orgs))
    if roles.file != users.table.file:
        _tell_without_role(users, by_user, roles, report)
    _tell_others(users, by_user, kinds, report)
    return Holders(tuple(people), kinds)


def _kind(held: Sequence[Held]) -> Kind:
    if len(held) == 1:
        return held[0].kind
    able = [h for h in held if h.kind != "other"]
    current = [h for h in able if h.current] or able
    primary = {h.kind for h in current if h.primary}
    kinds = primary if len(primary) == 1 else {h.kind for h in current}
    return "staff" if "staff" in kinds else "pupil" if kinds else "other"


def _leading(one: Held, orgs: Orgs) -> tuple[object, ...]:
    # A role at a trust or an authority counts only for somebody who has none in a school.
    return not one.current, not orgs.is_school(orgs.homes[one.org]), not one.primary, one.rank, one.org, one.year


def _person(users: Users, row: Row, role: Role, held: Sequence[Held], orgs: Orgs) -> Person:
    """Make the person of a user, of his main school: a class of another one finds him there."""
    alone = len(held) == 1
    best = held[0] if alone else min(held, key=lambda one: _leading(one, orgs))
    return Person(
        row["id"],
        orgs.homes[best.org],
        role,
        _name(row),
        Place(users.table.file, row["_row"], row["_line"]),
        row["forename"],
        row["surname"],
        _year_of(best.year) if role == "pupil" else None,
        None,
        best.current if alone else any(h.current for h in held),
        row["email"],
        row["username"],
        best.starts,
        best.ends,
        best.word,
        best.primary or None,
    )


def _tell_without_role(users: Users, by_user: Mapping[str, Sequence[Held]], roles: Table, report: Report) -> None:
    """Tell of users whom the file of roles does not make pupil, staff or anything else."""
    for number, row in users.rows.items():
        if not by_user[number]:
            text = f"User {number} has no role in {roles.file} that can be used"
            report.leave_out(users.table, row, "user-without-role", text, f"Give him a role in {roles.file}.")


def _tell_others(
    users: Users, by_user: Mapping[str, Sequence[Held]], kinds: Mapping[str, Kind], report: Report
) -> None:
    others = [number for number, kind in kinds.items() if kind == "other"]
    if others:
        words = Counter(by_user[n][0].word.casefold() if by_user[n] else "no role" for n in others)
        counted = ", ".join(f"{n} {word}" for word, n in words.most_common())
        text = f"Neither pupils nor staff, and in no team: {counted}: {listed(others)}."
        report.problems.append(Problem("neither-pupil-nor-staff", "info", text, file=users.table.file))
