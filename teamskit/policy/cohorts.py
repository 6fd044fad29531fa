"""Who falls into which cohort: the first one that fits a person of the roster who is on roll."""

from collections.abc import Sequence

from teamskit.policy.assignments import Member
from teamskit.roster import Person, Roster
from teamskit.roster.matching import Match
from teamskit.school import Cohort

NO_COHORT = "(none)"


def members_of(roster: Roster, matches: Sequence[Match], cohorts: Sequence[Cohort]) -> list[Member]:
    """Give every person on roll with his cohort and account; who fits none is in the cohort "(none)".

    A person with two roles counts in the one that `matches` has decided for.
    """
    found = {match.person_key: match for match in matches}
    here = [person for person in roster.people if person.on_roll]
    # One human may stand in two schools of an export, or be pupil and staff: he counts once, where he has his account.
    here.sort(key=lambda person: not (found.get(person.key) and found[person.key].status == "matched"))
    members, counted = [], set[tuple[str, str]]()
    for person in here:
        cohort = next((one for one in cohorts if _fits(person, one)), None)
        match = found.get(person.key)
        if (person.id, person.name.casefold()) in counted:
            continue
        counted.add((person.id, person.name.casefold()))
        account = match.account_id if match and match.status == "matched" else None
        upn = match.upn if match and match.status == "matched" else None
        why = match.reason if match else "no account found"
        name, documents = (cohort.name, cohort.policies) if cohort else (NO_COHORT, ())
        members.append(Member(person.key, person.id, person.role, name, documents, account, upn, why))
    order = {person.key: n for n, person in enumerate(roster.people)}
    return sorted(members, key=lambda member: order[member.person_key])


def _fits(person: Person, cohort: Cohort) -> bool:
    return (
        person.role == cohort.role
        and (not cohort.years or person.year in cohort.years)
        and (not cohort.registration_groups or person.registration_group in cohort.registration_groups)
        and (not cohort.people or person.id in cohort.people)
    )
