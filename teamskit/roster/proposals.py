"""Proposals for people without an account, by likeness of names: a person decides, nothing uses them by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from teamskit.roster.account_kinds import kind_of, why_not_usable
from teamskit.roster.matching import Match
from teamskit.roster.model import Person, Roster
from teamskit.tenant.models import Account

AT_LEAST = 75
"""Likeness (0 to 100) below which a name is no proposal."""
AT_MOST = 3


@dataclass(frozen=True)
class Proposal:
    """An account that may be a person's, with the likeness of the names in per cent."""

    account: Account
    likeness: int


def proposals(
    roster: Roster, matches: Sequence[Match], accounts: Sequence[Account], domains: Sequence[str]
) -> list[tuple[Person, Match, list[Proposal]]]:
    """Give everybody on roll without an account with the nearest usable accounts that nobody has."""
    used = {m.account_id for m in matches if m.account_id}
    free = [a for a in accounts if a.id not in used and why_not_usable(a, domains) is None]
    by_role = {role: {a.id: a.display_name for a in free if kind_of(a) in (role, None)} for role in ("pupil", "staff")}
    known = {a.id: a for a in free}
    found = []
    for match in (m for m in matches if m.status != "matched"):
        person = roster.people_by_key[match.person_key]
        if person.on_roll:
            near = _nearest(person.name, by_role[person.role])
            found.append((person, match, [Proposal(known[one], likeness) for one, likeness in near]))
    return found


def _nearest(name: str, choices: dict[str, str]) -> list[tuple[str, int]]:
    scored = process.extract(
        name,
        choices,
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        limit=AT_MOST,
        score_cutoff=AT_LEAST,
    )
    return [(key, round(score)) for _, score, key in scored]
