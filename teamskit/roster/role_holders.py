"""Users of a set with their roles, to persons: staff, pupils, or neither. A user is one person, whatever his roles.

Knows rows and organisations, not formats; where a role is written is the reader's business.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import compress, repeat
from operator import itemgetter
from typing import Any, NamedTuple

import pandas as pd

from teamskit.roster.model import Person, Problem, of_columns, places_of
from teamskit.roster.orgs import Orgs
from teamskit.roster.people import names_of
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


HeldColumns = Mapping[str, Sequence[Any]]
"""One role of each user, a pupil's or staff's, in the order of the users: every field of `Held` as a column."""


@dataclass(frozen=True)
class Users:
    """The users by id, each with the position of his row in the table; who has none is in no row that is used.

    `contradictory` are ids whose rows have different names, of whom none is used.
    """

    table: Table
    rows: Mapping[str, int]
    contradictory: frozenset[str]

    @cached_property
    def known(self) -> Collection[str]:
        """Give the ids of all users, of the contradictory too."""
        return self.rows.keys() | self.contradictory if self.contradictory else self.rows


@dataclass(frozen=True)
class Holders:
    """The persons made, and whether each user is staff, pupil or neither."""

    people: tuple[Person, ...]
    kinds: Mapping[str, Kind]

    def of_kind(self, kind: Kind) -> set[str]:
        """Give the ids of the users of one kind."""
        return set(compress(self.kinds, map(kind.__eq__, self.kinds.values())))


def read_users(table: Table, report: Report) -> Users:
    """Give each user once; rows of one id with different names are all left out, as errors."""
    ids = table.frame["id"].tolist()
    good, wrong = dict(zip(ids, range(len(ids)), strict=True)), set[str]()
    if len(good) < len(ids) or "" in good:
        good, wrong = _of_several_rows(table, report)
    if table.has("match"):
        table = table.with_frame(_with_addresses(table.frame))
    nowhere = (table.frame["username"] == "") & (table.frame["email"] == "")
    records = table.records() if nowhere.any() else []
    for number, at in good.items() if records else ():
        if not records[at]["username"] and not records[at]["email"]:
            text = f"User {number} has neither username nor email; only an employee number can find the account."
            report.say(table, records[at], "user-without-address", "info", text, "Fill in the username.")
    return Users(table, good, frozenset(wrong))


def _of_several_rows(table: Table, report: Report) -> tuple[dict[str, int], set[str]]:
    """Give the position of the fullest row of each id, and the ids whose rows have different names."""
    records = table.records()
    found: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(records):
        if row["id"]:
            found[row["id"]].append(at)
        else:
            report.leave_out(table, row, "row-without-number", "The row has no sourcedId that may be read", _AN_ID)
    wrong = {
        number
        for number, some in found.items()
        if len(some) > 1 and len({_name(records[at]).casefold() for at in some} - {""}) > 1
    }
    for number in (n for n in found if n in wrong):
        for at in found[number]:
            text = f"User {number} stands in {len(found[number])} rows with different names"
            remedy = "Give each person an id of his own."
            report.leave_out(table, records[at], "contradictory-rows", text, remedy, "error")
    best = {n: min(some, key=lambda at: _fullness(records[at])) for n, some in found.items() if n not in wrong}
    return best, wrong


def _fullness(row: Row) -> tuple[object, ...]:
    """Rank the rows of one user, so that the order of the file decides nothing."""
    return not row["email"], not row["username"], row["email"], row["username"], row["forename"], row["surname"]


def _with_addresses(frame: pd.DataFrame) -> pd.DataFrame:
    """Give users the address that School Data Sync would match by, where the file has no other."""
    pairs = zip(frame["email"].tolist(), frame["match"].tolist(), strict=True)
    return frame.assign(email=[email or (match if "@" in match else "") for email, match in pairs])


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


def make_people(users: Users, held: Iterable[Held] | HeldColumns, roles: Table, orgs: Orgs, report: Report) -> Holders:
    """Make the persons: of a user with several kinds of role the primary one counts, else staff wins."""
    if isinstance(held, Mapping):
        return Holders(tuple(_persons(users, held, orgs)), dict(zip(held["user"], held["kind"], strict=True)))
    every = list(held)
    by_user = dict(zip(map(itemgetter(0), every), every, strict=True))
    if len(by_user) < len(every):
        by_user |= _of_several(users, every, roles, orgs, report)
    counted = list(map(by_user.get, users.rows))
    kinds: dict[str, Kind] = dict(zip(users.rows, [one.kind if one else "other" for one in counted], strict=True))
    able = [one for one in counted if one and one.kind != "other"]
    people = tuple(_persons(users, _columns_of(able), orgs)) if able else ()
    if roles.file != users.table.file:
        _tell_without_role(users, by_user, roles, report)
    _tell_others(users, by_user, kinds, report)
    return Holders(people, kinds)


def _of_several(users: Users, held: Iterable[Held], roles: Table, orgs: Orgs, report: Report) -> dict[str, Held]:
    """Give the one role that counts of each user who has several; of his main school, where a class finds him."""
    by_user: dict[str, list[Held]] = defaultdict(list)
    for one in held:
        by_user[one.user].append(one)
    found = {}
    for number in (n for n in users.rows if len(by_user[n]) > 1):
        mine = by_user[number]
        kind = _kind(mine)
        for lost in (h for h in mine if h.kind not in (kind, "other") and kind != "other"):
            text = f"User {number} counts as {kind}; the role as {lost.kind} was not used."
            record = roles.record(lost.at)
            report.say(roles, record, "role-not-used", "info", text, "Mark the right role as primary.")
        counted = [h for h in mine if h.kind == kind]
        best = mine[0] if kind == "other" else min(counted, key=lambda one: _leading(one, orgs))
        found[number] = best._replace(current=any(h.current for h in counted))
    return found


def _kind(held: Sequence[Held]) -> Kind:
    able = [h for h in held if h.kind != "other"]
    current = [h for h in able if h.current] or able
    primary = {h.kind for h in current if h.primary}
    kinds = primary if len(primary) == 1 else {h.kind for h in current}
    return "staff" if "staff" in kinds else "pupil" if kinds else "other"


def _leading(one: Held, orgs: Orgs) -> tuple[object, ...]:
    # A role at a trust or an authority counts only for somebody who has none in a school.
    return not one.current, not orgs.is_school(orgs.homes[one.org]), not one.primary, one.rank, one.org, one.year


def _columns_of(held: Iterable[Sequence[Any]]) -> HeldColumns:
    """Give some roles, at least one, as columns."""
    return dict(zip(Held._fields, zip(*held, strict=True), strict=True))


def _persons(users: Users, role: HeldColumns, orgs: Orgs) -> Iterator[Person]:
    """Make the persons, each of his one role."""
    frame, count = users.table.frame, len(role["user"])
    if count < len(frame):
        frame = frame.iloc[list(map(users.rows.__getitem__, role["user"]))]
    of = {name: frame[name].tolist() for name in ("forename", "surname", "email", "username", "_row", "_line")}
    forenames, surnames, names = names_of(of["forename"], of["surname"], [""] * count)
    years = (_year_of(year) if kind == "pupil" else None for year, kind in zip(role["year"], role["kind"], strict=True))
    return of_columns(
        Person,
        role["user"],
        map(orgs.homes.__getitem__, role["org"]),
        role["kind"],
        names,
        places_of(users.table.file, of["_row"], of["_line"]),
        forenames,
        surnames,
        years,
        repeat(None, count),
        role["current"],
        of["email"],
        of["username"],
        role["starts"],
        role["ends"],
        role["word"],
        (primary or None for primary in role["primary"]),
    )


def _tell_without_role(users: Users, by_user: Collection[str], roles: Table, report: Report) -> None:
    """Tell of users whom the file of roles does not make pupil, staff or anything else."""
    without = [number for number in users.rows if number not in by_user]
    records = users.table.records() if without else []
    for number in without:
        text = f"User {number} has no role in {roles.file} that can be used"
        remedy = f"Give him a role in {roles.file}."
        report.leave_out(users.table, records[users.rows[number]], "user-without-role", text, remedy)


def _tell_others(users: Users, by_user: Mapping[str, Held], kinds: Mapping[str, Kind], report: Report) -> None:
    others = [number for number, kind in kinds.items() if kind == "other"]
    if others:
        words = Counter(by_user[n].word.casefold() if n in by_user else "no role" for n in others)
        counted = ", ".join(f"{n} {word}" for word, n in words.most_common())
        text = f"Neither pupils nor staff, and in no team: {counted}: {listed(others)}."
        report.problems.append(Problem("neither-pupil-nor-staff", "info", text, file=users.table.file))
