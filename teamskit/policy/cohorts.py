"""Who falls into which cohort: the first one that fits a person of the roster who is on roll."""

from collections.abc import Collection, Mapping, Sequence

from teamskit.policy.assignments import Member
from teamskit.policy.decisions import Due
from teamskit.roster import Person, Roster
from teamskit.roster.matching import Match
from teamskit.school import Cohort
from teamskit.school.dfe import dfe_key

NO_COHORT = "(none)"


def members_of(
    roster: Roster,
    matches: Sequence[Match],
    cohorts: Sequence[Cohort],
    due: Mapping[str, tuple[Due, ...]],
    leads: Collection[str] = (),
) -> list[Member]:
    """Give every person on roll with his cohort and account; who fits none is in the cohort "(none)".

    `due` is by cohort; `leads` are the staff codes of the safeguarding leads. A person with two roles counts in the
    one that `matches` has decided for.
    """
    found = {match.person_key: match for match in matches}
    here = [person for person in roster.people if person.on_roll]
    # One human may stand in two schools of an export, or be pupil and staff: he counts once, where he has his account.
    here.sort(key=lambda person: not (found.get(person.key) and found[person.key].status == "matched"))
    members, counted = [], set[tuple[str, str]]()
    for person in here:
        if (person.id, person.name.casefold()) in counted:
            continue
        counted.add((person.id, person.name.casefold()))
        members.append(_member(person, found.get(person.key), cohorts, due, leads))
    order = {person.key: n for n, person in enumerate(roster.people)}
    return sorted(members, key=lambda member: order[member.person_key])


def _member(
    person: Person,
    match: Match | None,
    cohorts: Sequence[Cohort],
    due: Mapping[str, tuple[Due, ...]],
    leads: Collection[str],
) -> Member:
    named = ((cohort, why) for cohort in cohorts if (why := _fits(person, cohort, leads)))
    cohort, because = next(named, (None, "no cohort of school.toml fits"))
    usable = match if match and match.status == "matched" else None
    why = match.reason if match else "no account found"
    account, upn = (usable.account_id, usable.upn) if usable else (None, None)
    name = cohort.name if cohort else NO_COHORT
    return Member(person.key, person.id, person.role, name, due.get(name, ()), account, upn, why, because)


def _fits(person: Person, cohort: Cohort, leads: Collection[str]) -> str:
    """Say what puts a person into a cohort; empty: he does not belong there."""
    if person.role != cohort.role:
        return ""
    named = (*cohort.people, *(leads if cohort.leads else ()))
    own = dfe_key(person.school)
    schools = tuple(person.school if dfe_key(one) == own else one for one in cohort.schools)
    checks = [
        (schools, person.school, "school"),
        (cohort.years, person.year, "year"),
        (cohort.registration_groups, person.registration_group, "registration group"),
        (named, person.id, "safeguarding lead" if person.id in leads and cohort.leads else "named as"),
    ]
    asked = [(wanted, has, what) for wanted, has, what in checks if wanted]
    if cohort.leads and not named:
        return ""
    if any(has not in wanted for wanted, has, _ in asked):
        return ""
    return (
        ", ".join(f"{what} {has}" for _, has, what in asked)
        or f"every {'pupil' if person.role == 'pupil' else 'member of staff'}"
    )
