"""Whose account each row of a co-ordinator's list names: found, or left out with the reason. Pure.

Rows, accounts and (where there is one) roster and matches flow in. Two identifiers of one row must name one account.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from teamskit.roster.account_kinds import address_of, kind_of, number_of, unambiguous_bare, why_not_usable
from teamskit.roster.matching import Match
from teamskit.roster.model import Person, Role, Roster
from teamskit.roster.people_list import Named, PeopleList, Row
from teamskit.roster.values import without_zeros
from teamskit.tenant.models import Account

_AN_ID = re.compile(r"[A-Z]{0,4}\d{1,12}(\.0+)?|[A-Z]{1,4}")
CHECK = "teamskit roster check"
WORDS = {
    "account": "object id",
    "address": "address",
    "login": "sign-in name",
    "pupil": "admission number",
    "staff": "staff code",
    "number": "number or code",
}


@dataclass(frozen=True)
class Found:
    """Somebody a row names: the account, and the person of the roster where there is one.

    `role` is None where neither roster nor account tells it. `notes` are for whoever reads the plan.
    """

    row: int
    account: Account
    role: Role | None
    person: Person | None = None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name him by role and id; by account id where he is in no roster."""
        return f"{self.person.role} {self.person.id}" if self.person else f"account {self.account.id}"


@dataclass(frozen=True)
class Lost:
    """A row that is left out: why, and what to do."""

    row: int
    why: str
    remedy: str


class Finder:
    """Answers for one tenant, and one roster where there is one, whose account an identifier names."""

    def __init__(
        self, accounts: Sequence[Account], domains: Collection[str], roster: Roster | None, matches: Iterable[Match]
    ) -> None:
        """Index accounts and people."""
        self._domains, self._roster = tuple(domains), roster
        self._matches = {match.person_key: match for match in matches}
        self._accounts = {account.id.casefold(): account for account in accounts}
        self._by_upn, self._by_mail = _indexed(accounts, lambda a: a.upn), _indexed(accounts, lambda a: a.mail)
        self._by_number = _indexed(accounts, number_of)
        self._bare_numbers = _bare(self._by_number)
        people = roster.people if roster else ()
        self._people: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in people:
            self._people[person.role, person.id.casefold()].append(person)
        self._bare_people = {role: _bare(n for one, n in self._people if one == role) for role in ("pupil", "staff")}
        self._owner = {
            str(match.account_id): roster.people_by_key[match.person_key]
            for match in self._matches.values()
            if roster and match.status == "matched" and match.account_id
        }
        self._doubted = {one: match for match in self._matches.values() for one in match.found}

    def find(self, listed: PeopleList) -> tuple[list[Found], list[Lost]]:
        """Give who is named, each once, and the rows that are left out, both in the order of the rows."""
        found: dict[str, Found] = {}
        lost = []
        for row in listed.rows:
            one = self._row(row)
            first = found.get(one.account.id) if isinstance(one, Found) else None
            if isinstance(one, Lost):
                lost.append(one)
            elif first:
                lost.append(Lost(row.row, f"the same person as in row {first.row}", "Take one of the two rows out."))
            else:
                found[one.account.id] = one
        return list(found.values()), lost

    def _row(self, row: Row) -> Found | Lost:
        if row.wrong:
            return Lost(row.row, row.wrong, "Write an address, an admission number, a staff code or an object id.")
        named = [(one, *self._named(one)) for one in row.named]
        accounts = {account.id: account for _, some, _ in named for account in some}
        if len(accounts) > 1:
            kinds = " and ".join(dict.fromkeys(WORDS[one.kind] for one, some, _ in named if some))
            return Lost(row.row, f"the {kinds} names more than one account", "Leave the one that is right.")
        if not accounts:
            why = next((f"{_shown(one)}: {why}" for one, _, why in named if why), "")
            said = ", ".join(_shown(one) for one, _, _ in named)
            return Lost(row.row, why or f"no account has the {said}", f"Compare it with the export: {CHECK}")
        notes = [f"no account has the {_shown(one)}" for one, some, _ in named if not some]
        notes += [why for _, some, why in named if some and why]
        return self._usable(row.row, next(iter(accounts.values())), notes)

    def _usable(self, row: int, account: Account, notes: Sequence[str]) -> Found | Lost:
        why = why_not_usable(account, self._domains)
        if why:
            return Lost(row, why, "Put the account right, or take the row out.")
        person = self._owner.get(account.id)
        doubted = self._doubted.get(account.id)
        if person is None and doubted:
            return Lost(row, f"whose account it is is in doubt: {doubted.reason}", CHECK)
        role = person.role if person else kind_of(account)
        known = "" if role else ", and whether a pupil's or a member of staff's is not known"
        more = [] if person or (role and not self._roster) else [f"in no roster, only known by the account{known}"]
        more += ["not on roll"] if person and not person.on_roll else []
        return Found(row, account, role, person, (*notes, *more))

    def _named(self, one: Named) -> tuple[list[Account], str]:
        """Give the accounts that an identifier names, and what is to be said of it (why none, or a number mended)."""
        if one.kind == "account":
            found = self._accounts.get(one.value)
            return [found] if found else [], ""
        if one.kind == "address":
            return self._addressed(one.value), ""
        if one.kind in ("pupil", "staff"):
            return self._numbered(one.value, (one.kind,))
        signed_in, numbered = self._signed_in_as(one.value), self._numbered(one.value, ("pupil", "staff"))
        if one.kind == "login":
            return (signed_in, "") if signed_in else numbered
        return numbered if numbered[0] or not signed_in else (signed_in, "")

    def _signed_in_as(self, name: str) -> list[Account]:
        logins = [self._addressed(f"{address_of(name)}@{domain.casefold()}") for domain in self._domains]
        return _once(account for some in logins for account in some)

    def _addressed(self, address: str) -> list[Account]:
        return self._by_upn.get(address) or self._by_mail.get(address) or []

    def _numbered(self, value: str, roles: Sequence[str]) -> tuple[list[Account], str]:
        """Find by the roster first, since the export's number is the school's own; then by the accounts' numbers."""
        number = value.casefold()
        people = [person for role in roles for person in self._people.get((role, number), ())]
        mended = [self._bare_people[role].get(without_zeros(number)) for role in roles]
        loose = [person for role, n in zip(roles, mended, strict=True) if n for person in self._people[role, n]]
        some = people or loose
        if some:
            note = "" if people else f"the number {value} was changed by Excel; it was read as {some[0].id}"
            return self._of_people(some, note)
        exact = self._by_number.get(number, [])
        bare = self._bare_numbers.get(without_zeros(number), "")
        held = [one for one in exact or self._by_number.get(bare, []) if kind_of(one) in (*roles, None)]
        return held, f"the number {value} was changed by Excel; it was read as {bare}" if held and not exact else ""

    def _of_people(self, people: Sequence[Person], note: str) -> tuple[list[Account], str]:
        matches = [self._matches[person.key] for person in people if person.key in self._matches]
        found = _once(
            self._accounts[str(match.account_id).casefold()]
            for match in matches
            if match.status == "matched" and str(match.account_id).casefold() in self._accounts
        )
        why = next((match.reason for match in matches if match.reason), "no account was found for this number")
        return found, note if found else why


def _once(accounts: Iterable[Account]) -> list[Account]:
    return list({account.id: account for account in accounts}.values())


def _shown(one: Named) -> str:
    """Name an identifier. What may hold a person's name is not repeated: addresses, sign-in names, free words."""
    is_id = one.kind == "account" or (one.kind not in ("address", "login") and _AN_ID.fullmatch(one.value))
    return f"{WORDS[one.kind]} {one.value}" if is_id else WORDS[one.kind]


def _indexed(accounts: Sequence[Account], value: Callable[[Account], str]) -> dict[str, list[Account]]:
    found: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        text = address_of(value(account))
        if text:
            found[text].append(account)
    return dict(found)


def _bare(numbers: Iterable[str]) -> dict[str, str]:
    """Give by its bare number each number that alone has it."""
    known = set(numbers)
    alone = unambiguous_bare(known)
    return {bare: number for number in known if (bare := without_zeros(number)) in alone}


def lines_of(listed: PeopleList, found: Sequence[Found]) -> Iterator[str]:
    """Give the notes on a list: on the reading, then row by row."""
    yield from listed.notes
    for one in found:
        for note in one.notes:
            yield f"{listed.file}, row {one.row}: {note}"
