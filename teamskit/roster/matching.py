"""Matching the people of a roster to the accounts of a tenant: by decision, number, address, login, never by name.

A Roster and plain accounts flow in, one Match a person and problems flow out. The first rule that finds any account
decides; what may not be used is reported and no later rule overrules it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from teamskit.roster.account_kinds import number_of, why_not_usable
from teamskit.roster.candidates import Directory, extension_of
from teamskit.roster.logins import CannotStand
from teamskit.roster.model import Person, Role, Roster
from teamskit.roster.overrides import Override, override_of
from teamskit.roster.upn import is_upn
from teamskit.roster.values import without_zeros
from teamskit.school.model import AccountSettings, SchoolUnit
from teamskit.tenant.models import Account

OTHER_ADDRESS = "the address in the export belongs to another account; the number decided"
OTHER_NUMBER = "the account carries a number that nobody in the export has; the address decided"
RENAMED = "its account was renamed in the tenant since; it was kept by its object id"

Status = Literal["matched", "unmatched", "refused"]
Rule = Literal[
    "",
    "override file",
    "employee number",
    "employee number without zeros",
    "extension attribute",
    "extension attribute without zeros",
    "address",
    "login pattern",
    "account renamed",
]


@dataclass(frozen=True)
class Match:
    """What came of looking for one person's account; `warning` is set where a match deserves a look.

    `unmatched`: no rule found an account; `refused`: one was found that may not be used, `reason` says why. `link` is
    a digest of what tied person and account where that was a name-like thing: it tells a renamed account next time.
    `found` holds the ids of accounts that may not be used, and of the one he had: they are left alone.
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
    link: str = ""
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What a school decides on matching: its settings, its override file, its schools, and the links of last time.

    `links` gives for a person's key the account id of last time, and the digest of the name-like thing that tied the
    two, empty where a number or the override file did.
    """

    settings: AccountSettings = AccountSettings()
    overrides: Sequence[Override] = ()
    schools: Sequence[SchoolUnit] = ()
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)


def match_accounts(
    roster: Roster, accounts: Sequence[Account], *, domains: Sequence[str], rules: Rules | None = None
) -> list[Match]:
    """Give one match a person of the roster, in its order.

    An account that two people claim is nobody's; a person of the same number and name in two schools is one, and a
    person with both roles counts as the one the export calls primary, as staff where it says nothing.
    """
    rules = rules or Rules()
    directory = Directory(roster, accounts, domains, rules.settings, rules.schools)
    matches = [_match(person, directory, rules) for person in roster.people]
    return _with_what_was_lost(_without_conflicts(matches, roster), directory, rules)


def _match(person: Person, directory: Directory, rules: Rules) -> Match:
    empty = Match(person.key, person.id, person.role, "unmatched")
    for rule in (_by_override, _by_number, _by_extension, _by_address, _by_login, _as_last_time):
        match = rule(empty, person, directory, rules)
        if match.status != "unmatched":
            return match
        empty = replace(empty, reason=empty.reason or match.reason)
    return replace(empty, reason=empty.reason or "no account has this number or address")


def _by_override(empty: Match, person: Person, directory: Directory, rules: Rules) -> Match:
    named = override_of(person, rules.overrides, directory.bare_ids[person.role])
    if not named:
        return empty
    by_id = directory.by_id.get(named)
    found = [by_id] if by_id else directory.named(named)
    refused = replace(empty, status="refused", rule="override file")
    if not found:
        return replace(refused, reason="the override file names an account that is not there")
    if not any(directory.kinds[a.id] in (person.role, None) for a in found):
        other = "staff" if person.role == "pupil" else "a pupil"
        return replace(refused, reason=f"the override file names an account of {other}")
    return _decided(empty, "override file", found, directory)


def _by_number(empty: Match, person: Person, directory: Directory, rules: Rules) -> Match:
    exact, found = directory.numbered(person)
    if not found:
        return empty
    rule: Rule = "employee number" if exact else "employee number without zeros"
    return _with_warning(_decided(empty, rule, found, directory), person, directory)


def _by_extension(empty: Match, person: Person, directory: Directory, rules: Rules) -> Match:
    exact, found = directory.extended(person)
    if not found:
        return empty
    rule: Rule = "extension attribute" if exact else "extension attribute without zeros"
    return _with_warning(_decided(empty, rule, found, directory), person, directory)


def _decided(empty: Match, rule: Rule, found: Sequence[Account], directory: Directory, link: str = "") -> Match:
    usable = [a for a in found if why_not_usable(a, directory.domains) is None]
    if len(usable) == 1:
        account = usable[0]
        return replace(empty, status="matched", rule=rule, upn=account.upn, account_id=account.id, reason="", link=link)
    reason = f"{len(usable)} accounts fit by {rule}" if usable else why_not_usable(found[0], directory.domains) or ""
    return replace(empty, status="refused", rule=rule, reason=reason, found=_ids(found))


def _ids(accounts: Iterable[Account]) -> tuple[str, ...]:
    return tuple(account.id for account in accounts)


def _with_warning(match: Match, person: Person, directory: Directory) -> Match:
    others = [a for a in directory.addressed(person) if a.id != match.account_id]
    if match.status == "matched" and others:
        return replace(match, warning=OTHER_ADDRESS)
    return match


def _by_address(empty: Match, person: Person, directory: Directory, rules: Rules) -> Match:
    found = directory.addressed(person)
    if not found:
        return replace(empty, reason=_why_nothing(person, directory))
    refused = replace(empty, status="refused", rule="address", found=_ids(found))
    sharers = directory.sharers(person)
    if sharers:
        return replace(refused, reason=f"{', '.join(sorted(sharers))} has the same address in the export")
    if any(directory.holds_another(a, person) for a in found):
        return replace(refused, reason="the account with this address carries somebody else's number")
    match = _decided(empty, "address", found, directory, _link(person, directory.addresses(person)))
    # Staff accounts often hold a payroll number, which tells nothing.
    if person.role == "pupil" and match.account_id and _has_other_number(directory.by_id[match.account_id], person):
        return replace(match, warning=OTHER_NUMBER)
    return match


def _has_other_number(account: Account, person: Person) -> bool:
    number = number_of(account)
    return bool(number) and without_zeros(number).casefold() != without_zeros(person.id).casefold()


def _by_login(empty: Match, person: Person, directory: Directory, rules: Rules) -> Match:
    try:
        found, sharers = directory.signed_in_as(person), directory.login_sharers(person)
    except CannotStand as wrong:
        return replace(empty, reason=f"no login can be made by the pattern: {wrong}")
    if not found:
        return empty
    refused = replace(empty, status="refused", rule="login pattern", found=_ids(found))
    if sharers:
        return replace(refused, reason=f"the pattern gives {', '.join(sorted(sharers))} the same login")
    held = {n for a in found for n in (number_of(a), extension_of(a)) if n}
    if any(without_zeros(number).casefold() != without_zeros(person.id).casefold() for number in held):
        return replace(refused, reason="the account of this login carries another number")
    return _decided(empty, "login pattern", found, directory, _link(person, directory.logins(person)))


def _as_last_time(empty: Match, person: Person, directory: Directory, rules: Rules) -> Match:
    """Keep an account that was renamed since: nothing else has the link, and the export still says the same."""
    last = rules.links.get(person.key)
    account = directory.by_id.get(last[0].casefold()) if last else None
    if last is None or account is None or directory.sharers(person):
        return empty
    same = last[1] in (_link(person, directory.addresses(person)), _link(person, _logins(person, directory)))
    if not same or directory.holds_another(account, person) or not directory.may_be(account, person):
        return empty
    match = _decided(empty, "account renamed", [account], directory, last[1])
    return replace(match, warning=RENAMED) if match.status == "matched" else match


def _with_what_was_lost(matches: Sequence[Match], directory: Directory, rules: Rules) -> list[Match]:
    """Leave alone what was somebody's account and is nobody's now: a number wiped in the tenant is no leaving."""
    used = {match.account_id for match in matches}
    found = []
    for match in matches:
        last = rules.links.get(match.person_key) if match.status != "matched" else None
        account = directory.by_id.get(last[0].casefold()) if last else None
        if account and account.id not in used | {*match.found}:
            reason = match.reason if match.found else f"{match.reason}; the one of last time is there and lost its tie"
            match = replace(match, found=(*match.found, account.id), reason=reason)
        found.append(match)
    return found


def _logins(person: Person, directory: Directory) -> list[str]:
    try:
        return directory.logins(person)
    except CannotStand:
        return []


def _link(person: Person, addresses: Iterable[str]) -> str:
    text = "|".join([person.key, *addresses])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _why_nothing(person: Person, directory: Directory) -> str:
    if (person.email or person.username) and not directory.addresses(person):
        return "no account has this number, and the address in the export is not at the school's domain"
    sharers = directory.sharers(person)
    if sharers:
        return f"no account has this number, and {', '.join(sorted(sharers))} has the same address in the export"
    return ""


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
    current = [p for p in people if p.on_roll] if one_human else people
    role = _role_that_counts(current)
    for match in claims:
        others = ", ".join(f"{m.role} {m.person_key.split('/')[0]}/{m.id}" for m in claims if m is not match)
        if not one_human:
            yield _refused(match, f"the account is claimed by {others} as well")
        elif role and match.role != role:
            yield _refused(match, f"the same person is {'staff' if role == 'staff' else 'a pupil'} too, and counts so")
        else:
            yield match


def _role_that_counts(people: Sequence[Person]) -> Role | None:
    """Give the role of a person who has two: the primary one, else staff; None where there is one role only."""
    roles = {p.role for p in people}
    if len(roles) < 2:
        return next(iter(roles), None)
    primary: set[Role] = {p.role for p in people if p.primary}
    return primary.pop() if len(primary) == 1 else "staff"


def _refused(match: Match, reason: str) -> Match:
    found = (match.account_id,) if match.account_id else ()
    return replace(match, status="refused", upn=None, account_id=None, reason=reason, warning="", link="", found=found)


def numbers_that_are_upns(accounts: Iterable[Account]) -> list[str]:
    """Give the object ids of accounts that hold a Unique Pupil Number as number; the numbers are never told."""

    return [a.id for a in accounts if is_upn(a.employee_id) or is_upn(a.extension)]


def links_of(matches: Sequence[Match], before: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give what to remember of matches, by a person's key: account id and digest.

    Whoever is not matched now keeps what he had `before`, unless somebody else has that account.
    """
    used = {match.account_id for match in matches if match.account_id}
    links = {m.person_key: [m.account_id, m.link] for m in matches if m.account_id}
    kept = [m.person_key for m in matches if not m.account_id and m.person_key in before]
    return links | {key: list(before[key]) for key in kept if before[key][0] not in used}
