"""Who falls into which cohort: the first one that fits a person of the roster who is on roll."""

from collections.abc import Sequence

from teamskit.policy.assignments import Member
from teamskit.roster import Person, Roster
from teamskit.roster.matching import Match
from teamskit.school import Cohort

NO_COHORT = "(none)"


def members_of(roster: Roster, matches: Sequence[Match], cohorts: Sequence[Cohort]) -> list[Member]:
    """Give every person on roll with his cohort and account; who fits none is in the cohort "(none)".

    One account that serves two people with one role each (a person with two roles) counts once, as `matches` has
    decided; the other person's match is refused there and has no account here.
    """
    found = {match.person_key: match for match in matches}
    members = []
    for person in (one for one in roster.people if one.on_roll):
        cohort = next((one for one in cohorts if _fits(person, one)), None)
        match = found.get(person.key)
        account = match.account_id if match and match.status == "matched" else None
        upn = match.upn if match and match.status == "matched" else None
        why = match.reason if match else "no account found"
        name, documents = (cohort.name, cohort.policies) if cohort else (NO_COHORT, ())
        members.append(Member(person.key, person.id, person.role, name, documents, account, upn, why))
    return members


def _fits(person: Person, cohort: Cohort) -> bool:
    return (
        person.role == cohort.role
        and (not cohort.years or person.year in cohort.years)
        and (not cohort.registration_groups or person.registration_group in cohort.registration_groups)
        and (not cohort.people or person.id in cohort.people)
    )
