"""Matching the people of a roster to the accounts of a tenant: by number, then by address, never by name.

A Roster and plain accounts flow in, one Match a person and problems flow out. The first rule that finds any account
decides; what may not be used is reported and no later rule overrules it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from teamskit.roster.account_kinds import (
    address_of,
    domain_of,
    kind_of,
    number_of,
    unambiguous_bare,
    why_not_usable,
)
from teamskit.roster.model import Person, Role, Roster
from teamskit.roster.upn import is_upn
from teamskit.roster.values import without_zeros
from teamskit.tenant.models import Account

Status = Literal["matched", "unmatched", "refused"]
Rule = Literal["", "employee number", "employee number without zeros", "address"]


@dataclass(frozen=True)
class Match:
    """What came of looking for one person's account; `warning` is set where a match deserves a look.

    `unmatched`: no rule found an account; `refused`: one was found that may not be used, `reason` says why.
    """

    person_key: str
    id: str
    role: Role
    status: Status
    rule: Rule = ""
    upn: str | None = None
    account_id: str | None = None
    reason: str = ""
    warning: str = ""


class _Directory:
    """The accounts of one tenant by number and by address, and who of the roster may claim which."""

    def __init__(self, roster: Roster, accounts: Sequence[Account], domains: Collection[str]) -> None:
        self.roster, self.accounts, self.domains = roster, accounts, tuple(d.casefold() for d in domains)
        self.ids: dict[Role, set[str]] = {"pupil": {p.id for p in roster.pupils}, "staff": {p.id for p in roster.staff}}
        self.bare_ids = {role: unambiguous_bare(ids) for role, ids in self.ids.items()}
        self.by_number, self.by_bare, self.by_address = _index(accounts)
        self.claims = self._claims()
        self.kinds = {a.id: self._kind(a) for a in accounts}

    def addresses(self, person: Person) -> list[str]:
        """Give a person's addresses at the school's domains: email and username, completed where bare."""
        texts = [address_of(t) for t in (person.email, person.username) if t]
        whole = [f"{t}{end}" for t in texts for end in ([""] if "@" in t else [f"@{d}" for d in self.domains])]
        return list(dict.fromkeys(t for t in whole if not self.domains or domain_of(t) in self.domains))

    def _claims(self) -> Mapping[tuple[Role, str], set[str]]:
        claims: dict[tuple[Role, str], set[str]] = defaultdict(set)
        for person in self.roster.people:
            for address in self.addresses(person):
                claims[person.role, address].add(person.id)
        return claims

    def _kind(self, account: Account) -> Role | None:
        """Tell whose account one is: by job and department, else by whose address, else by whose number it holds."""
        known = kind_of(account)
        if known:
            return known
        own = {address_of(account.upn), address_of(account.mail)}
        by_address = [role for role in self.ids if any((role, address) in self.claims for address in own)]
        if len(by_address) == 1:
            return by_address[0]
        by_number = [role for role, ids in self.ids.items() if number_of(account) in ids]
        return by_number[0] if len(by_number) == 1 else None

    def may_be(self, account: Account, role: Role) -> bool:
        """Tell whether an account can be that of a person of a role at all."""
        return self.kinds[account.id] in (role, None)

    def numbered(self, person: Person) -> tuple[Rule, list[Account]]:
        """Find accounts by the person's number, exactly, then without zeros where that names one person only."""
        exact = [a for a in self.by_number.get(person.id.casefold(), ()) if self.may_be(a, person.role)]
        if exact:
            return "employee number", exact
        bare = without_zeros(person.id)
        if bare not in self.bare_ids[person.role]:
            return "", []
        loose = [a for a in self.by_bare.get(bare, ()) if self.may_be(a, person.role)]
        loose = [a for a in loose if number_of(a) not in self.ids[person.role]]
        return ("employee number without zeros", loose) if loose else ("", [])

    def addressed(self, person: Person) -> list[Account]:
        """Find accounts whose sign-in name or mail is one of the person's addresses at the school's domains."""
        found = {a.id: a for address in self.addresses(person) for a in self.by_address.get(address, ())}
        return [a for a in found.values() if self.may_be(a, person.role)]

    def sharers(self, person: Person) -> set[str]:
        """Give the ids of others of the same role who have one of the person's addresses."""
        return {i for a in self.addresses(person) for i in self.claims[person.role, a]} - {person.id}

    def holds_another(self, account: Account, person: Person) -> bool:
        """Tell whether an account carries the number of somebody else of the person's role."""
        number = number_of(account)
        if not number or number.casefold() == person.id.casefold():
            return False
        return number in self.ids[person.role] or (
            without_zeros(number) in self.bare_ids[person.role]
            and without_zeros(number) != without_zeros(person.id)
            and without_zeros(number) in {without_zeros(i) for i in self.ids[person.role]}
        )


def _index(
    accounts: Iterable[Account],
) -> tuple[dict[str, list[Account]], dict[str, list[Account]], dict[str, list[Account]]]:
    by_number: dict[str, list[Account]] = defaultdict(list)
    by_bare: dict[str, list[Account]] = defaultdict(list)
    by_address: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        number = number_of(account)
        if number:
            by_number[number.casefold()].append(account)
            by_bare[without_zeros(number)].append(account)
        for address in {address_of(account.upn), address_of(account.mail)} - {""}:
            by_address[address].append(account)
    return by_number, by_bare, by_address


def match_accounts(roster: Roster, accounts: Sequence[Account], *, domains: Sequence[str]) -> list[Match]:
    """Give one match a person of the roster, in its order.

    An account that two people claim is nobody's; a person of the same number and name in two schools is one, and a
    person with both roles counts as staff.
    """
    directory = _Directory(roster, accounts, domains)
    matches = [_match(person, directory) for person in roster.people]
    return _without_conflicts(matches, roster)


def _match(person: Person, directory: _Directory) -> Match:
    empty = Match(person.key, person.id, person.role, "unmatched")
    rule, found = directory.numbered(person)
    if found:
        return _with_warning(_decided(empty, rule, found, directory), person, directory)
    return _by_address(empty, person, directory)


def _decided(empty: Match, rule: Rule, found: Sequence[Account], directory: _Directory) -> Match:
    usable = [a for a in found if why_not_usable(a, directory.domains) is None]
    if len(usable) == 1:
        account = usable[0]
        return replace(empty, status="matched", rule=rule, upn=account.upn, account_id=account.id)
    if usable:
        return replace(empty, status="refused", rule=rule, reason=f"{len(usable)} accounts fit by {rule}")
    return replace(empty, status="refused", rule=rule, reason=why_not_usable(found[0], directory.domains) or "")


def _with_warning(match: Match, person: Person, directory: _Directory) -> Match:
    others = [a for a in directory.addressed(person) if a.id != match.account_id]
    if match.status == "matched" and others:
        return replace(match, warning="the address in the export belongs to another account; the number decided")
    return match


def _by_address(empty: Match, person: Person, directory: _Directory) -> Match:
    found = directory.addressed(person)
    if not found:
        return replace(empty, reason=_why_nothing(person, directory))
    sharers = directory.sharers(person)
    if sharers:
        reason = f"{', '.join(sorted(sharers))} has the same address in the export"
        return replace(empty, status="refused", rule="address", reason=reason)
    if any(directory.holds_another(a, person) for a in found):
        reason = "the account with this address carries somebody else's number"
        return replace(empty, status="refused", rule="address", reason=reason)
    return _decided(empty, "address", found, directory)


def _why_nothing(person: Person, directory: _Directory) -> str:
    if (person.email or person.username) and not directory.addresses(person):
        return "no account has this number, and the address in the export is not at the school's domain"
    sharers = directory.sharers(person)
    if sharers:
        return f"no account has this number, and {', '.join(sorted(sharers))} has the same address in the export"
    return "no account has this number or address"


def _without_conflicts(matches: Sequence[Match], roster: Roster) -> list[Match]:
    claims: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if match.status == "matched" and match.account_id:
            claims[match.account_id].append(match)
    settled = {m.person_key: m for found in claims.values() if len(found) > 1 for m in _settled(found, roster)}
    return [settled.get(m.person_key, m) for m in matches]


def _settled(claims: Sequence[Match], roster: Roster) -> Iterator[Match]:
    """Settle an account claimed more than once: one human twice is fine, two people are refused."""
    people = [roster.people_by_key[m.person_key] for m in claims]
    one_human = len({p.id.casefold() for p in people}) == 1 and len({p.name.casefold() for p in people}) == 1
    # A role that has ended claims nothing: a pupil who left and came back as staff, a move within a trust.
    current = [m for m, p in zip(claims, people, strict=True) if p.on_roll] if one_human else list(claims)
    roles = {m.role for m in current}
    for match in claims:
        others = ", ".join(f"{m.role} {m.person_key.split('/')[0]}/{m.id}" for m in claims if m is not match)
        if not one_human:
            yield _refused(match, f"the account is claimed by {others} as well")
        elif match.role == "pupil" and "staff" in roles:
            yield _refused(match, "the same person is staff too, and counts as staff")
        else:
            yield match


def _refused(match: Match, reason: str) -> Match:
    return replace(match, status="refused", upn=None, account_id=None, reason=reason, warning="")


def numbers_that_are_upns(accounts: Iterable[Account]) -> list[str]:
    """Give the object ids of accounts whose employee number is a Unique Pupil Number; the numbers are never told."""
    return [a.id for a in accounts if is_upn(a.employee_id)]
