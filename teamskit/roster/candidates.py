"""The accounts of one tenant by number, address and login, and who of a roster may claim which. Pure.

A pupil's candidates are never accounts of staff, nor the reverse, and never those of another school of the tenant.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from teamskit.roster.account_kinds import address_of, domain_of, kind_of, number_of, unambiguous_bare
from teamskit.roster.logins import CannotStand, login_of
from teamskit.roster.model import Person, Role, Roster
from teamskit.roster.upn import is_upn
from teamskit.roster.values import without_zeros
from teamskit.school.dates import academic_year_of
from teamskit.school.dfe import dfe_key
from teamskit.school.model import AccountSettings, SchoolUnit
from teamskit.tenant.models import Account

Found = dict[str, list[Account]]


def extension_of(account: Account) -> str:
    """Give the extension attribute that was read; empty where it holds a Unique Pupil Number."""
    value = account.extension.strip()
    return "" if is_upn(value) else value


class Directory:
    """Answers for one roster and one tenant: which accounts a rule finds for a person."""

    def __init__(
        self,
        roster: Roster,
        accounts: Sequence[Account],
        domains: Collection[str],
        settings: AccountSettings,
        schools: Sequence[SchoolUnit] = (),
    ) -> None:
        """Index accounts and roster; `schools` says what tells the accounts of one school from another's."""
        self.roster, self.settings = roster, settings
        self.domains = tuple(d.casefold() for d in domains)
        self._units = schools or roster.schools
        self.ids: dict[Role, set[str]] = {"pupil": {p.id for p in roster.pupils}, "staff": {p.id for p in roster.staff}}
        self.bare_ids = {role: unambiguous_bare(ids) for role, ids in self.ids.items()}
        self._bare = {role: {without_zeros(number) for number in ids} for role, ids in self.ids.items()}
        self.by_id = {a.id.casefold(): a for a in accounts}
        self._numbers = _by_number(accounts, number_of)
        self._extensions = _by_number(accounts, extension_of)
        self.by_address = _by_address(accounts)
        self._claims = self._claimed_addresses()
        self._logins = self._claimed_logins()
        self.kinds = {a.id: self._kind(a) for a in accounts}
        self._school_of = {a.id: self._school(a) for a in accounts}
        self._humans = {(dfe_key(p.school), p.role, p.id.casefold(), p.name.casefold()) for p in roster.people}

    def addresses(self, person: Person) -> list[str]:
        """Give a person's addresses at the school's domains: email and username, completed where bare."""
        texts = [address_of(t) for t in (person.email, person.username) if t]
        whole = [address for t in texts for address in self._whole(t)]
        return list(dict.fromkeys(t for t in whole if not self.domains or domain_of(t) in self.domains))

    def _whole(self, name: str) -> list[str]:
        return [name] if "@" in name else [f"{name}@{domain}" for domain in self.domains]

    def logins(self, person: Person) -> list[str]:
        """Give a person's sign-in names by the school's pattern, none without one; raises CannotStand."""
        pattern = self.settings.pupil_login if person.role == "pupil" else self.settings.staff_login
        if not pattern:
            return []
        return self._whole(login_of(person, pattern, self.settings, academic_year_of(self.roster.effective)))

    def _claimed_addresses(self) -> Mapping[tuple[Role, str], set[str]]:
        claims: dict[tuple[Role, str], set[str]] = defaultdict(set)
        for person in self.roster.people:
            for address in self.addresses(person):
                claims[person.role, address].add(person.id)
        return claims

    def _claimed_logins(self) -> Mapping[str, set[str]]:
        claims: dict[str, set[str]] = defaultdict(set)
        for person in self.roster.people:
            try:
                made = self.logins(person)
            except CannotStand:
                continue
            for login in made:
                claims[login].add(f"{person.role} {person.id}")
        return claims

    def _kind(self, account: Account) -> Role | None:
        """Tell whose account one is: by job and department, else by whose address, else by whose number it holds."""
        known = kind_of(account)
        if known:
            return known
        own = {address_of(account.upn), address_of(account.mail)}
        by_address = [role for role in self.ids if any((role, address) in self._claims for address in own)]
        if len(by_address) == 1:
            return by_address[0]
        held = {number_of(account), extension_of(account)} - {""}
        by_number = [role for role, ids in self.ids.items() if held & ids]
        return by_number[0] if len(by_number) == 1 else None

    def _school(self, account: Account) -> str:
        """Tell by domain, company and department which school's account one is; empty when nothing tells."""
        domain = domain_of(account.upn)
        fits = [dfe_key(unit.id) for unit in self._units if _is_at(unit, account, domain)]
        return fits[0] if len(fits) == 1 else ""

    def may_be(self, account: Account, person: Person) -> bool:
        """Tell whether an account can be a person's at all: of his role, and of his school or the other he is at."""
        if self.kinds[account.id] not in (person.role, None):
            return False
        school = self._school_of[account.id]
        same = (school, person.role, person.id.casefold(), person.name.casefold())
        return school in ("", dfe_key(person.school)) or same in self._humans

    def numbered(self, person: Person) -> tuple[bool, list[Account]]:
        """Find accounts by employee number: whether exactly, and which."""
        return self._by_number_of(person, self._numbers, number_of)

    def extended(self, person: Person) -> tuple[bool, list[Account]]:
        """Find accounts by the extension attribute: whether exactly, and which."""
        return self._by_number_of(person, self._extensions, extension_of)

    def _by_number_of(
        self, person: Person, held: tuple[Found, Found], value: Callable[[Account], str]
    ) -> tuple[bool, list[Account]]:
        """Find by number exactly, then without zeros where that names one person only."""
        alike = [a for a in held[0].get(person.id.casefold(), ()) if self.may_be(a, person)]
        spelled = [a for a in alike if value(a) == person.id]
        exact = spelled or [a for a in alike if value(a) not in self.ids[person.role]]
        bare = without_zeros(person.id)
        if exact or bare not in self.bare_ids[person.role]:
            return True, exact
        loose = [a for a in held[1].get(bare, ()) if self.may_be(a, person)]
        return False, [a for a in loose if value(a) not in self.ids[person.role]]

    def named(self, name: str) -> list[Account]:
        """Find accounts by a sign-in name or mail as somebody wrote it, with or without its domain."""
        return list({a.id: a for address in self._whole(name) for a in self.by_address.get(address, ())}.values())

    def addressed(self, person: Person) -> list[Account]:
        """Find accounts whose sign-in name or mail is one of the person's addresses at the school's domains."""
        return self._at(self.addresses(person), person)

    def signed_in_as(self, person: Person) -> list[Account]:
        """Find accounts whose sign-in name the pattern gives; where it finds one, those with a number behind it too.

        The number on a twin's login follows the order of creation: two candidates mean none. Raises CannotStand.
        """
        found = self._at(self.logins(person), person)
        if not found:
            return []
        stems = [login.partition("@") for login in self.logins(person)]
        twins = [f"{name}{n}{at}{domain}" for name, at, domain in stems for n in range(1, 10)]
        others = [a for a in self._at(twins, person) if not number_of(a)]
        return [*found, *(a for a in others if a.id not in {one.id for one in found})]

    def _at(self, addresses: Iterable[str], person: Person) -> list[Account]:
        found = {a.id: a for address in addresses for a in self.by_address.get(address, ())}
        return [a for a in found.values() if self.may_be(a, person)]

    def sharers(self, person: Person) -> set[str]:
        """Give the ids of others of the same role who have one of the person's addresses."""
        return {i for a in self.addresses(person) for i in self._claims[person.role, a]} - {person.id}

    def login_sharers(self, person: Person) -> set[str]:
        """Give others whom the pattern gives the same sign-in name."""
        return {who for login in self.logins(person) for who in self._logins[login]} - {f"{person.role} {person.id}"}

    def holds_another(self, account: Account, person: Person) -> bool:
        """Tell whether an account carries the number of somebody else of the person's role."""
        ids, bare_ids = self.ids[person.role], self.bare_ids[person.role]
        for number in {number_of(account), extension_of(account)} - {""}:
            bare = without_zeros(number)
            if number.casefold() == person.id.casefold() or bare == without_zeros(person.id):
                continue
            if number in ids or (bare in bare_ids and bare in self._bare[person.role]):
                return True
        return False


def _is_at(unit: SchoolUnit, account: Account, domain: str) -> bool:
    """Tell whether anything that the school file says of a school names this account's."""
    company = account.company.strip().casefold()
    return bool(
        domain in {d.casefold() for d in unit.domains}
        or (company and company in {unit.company.casefold(), unit.name.casefold()})
        or (unit.department and account.department.casefold().startswith(unit.department.casefold()))
    )


def _by_number(accounts: Iterable[Account], value: Callable[[Account], str]) -> tuple[Found, Found]:
    exact: Found = defaultdict(list)
    bare: Found = defaultdict(list)
    for account in accounts:
        number = value(account)
        if number:
            exact[number.casefold()].append(account)
            bare[without_zeros(number)].append(account)
    return exact, bare


def _by_address(accounts: Iterable[Account]) -> Found:
    found: Found = defaultdict(list)
    for account in accounts:
        for address in {address_of(account.upn), address_of(account.mail)} - {""}:
            found[address].append(account)
    return found
