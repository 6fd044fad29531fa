"""One class in full: who is in it in the export, who is in its team, what will be done about each and why. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from teamskit.plan import Action, Change, LeftOut, Target
from teamskit.roster import Person, Roster, Section
from teamskit.roster.matching import Match
from teamskit.teams.changes import MEMBERSHIP, team_of
from teamskit.tenant.models import Account, ClassTeam


@dataclass(frozen=True)
class Seen:
    """What a diff is made from: `changes` and `left_out` of the plan, and in `ours` whom the journal says we added."""

    roster: Roster
    matches: Sequence[Match]
    accounts: Sequence[Account]
    changes: Sequence[Change]
    left_out: Sequence[LeftOut]
    ours: Mapping[Target, bool]


def diff(section: Section, key: str, team: ClassTeam | None, seen: Seen) -> dict[str, Any]:
    """Give the documented JSON of one class: the class, its team, and a row for each person of either."""
    mine = [c for c in seen.changes if c.target.kind == MEMBERSHIP and team_of(c.target)[0] == key]
    made = next((c for c in seen.changes if c.target.key == key and c.target.kind != MEMBERSHIP), None)
    titles = {section.id, f"{section.id} {section.name}"}
    why = next((one.why for one in seen.left_out if one.what in titles), "")
    return {
        "class": section.id,
        "school": section.school,
        "academic_year": section.academic_year,
        "key": key,
        "team_id": team.id if team and team.has_team else None,
        "display_name": team.display_name if team else (made.group if made else None),
        "archived": bool(team and team.archived),
        "team": "stands" if team and team.has_team else "will be made" if made else "none",
        "why_not": why or section.no_team or "",
        "people": list(_people(section, team, mine, seen)),
    }


def _people(
    section: Section, team: ClassTeam | None, changes: Sequence[Change], seen: Seen
) -> Iterator[dict[str, Any]]:
    by_account = {team_of(change.target)[1]: change for change in changes}
    has_team = bool(team and team.has_team) or bool(changes)
    matches = {m.person_key: m for m in seen.matches}
    there = {m.account_id: "owner" if m.owner else "member" for m in (team.members if team else ())}
    used = {m.account_id for m in seen.matches}
    shown: set[str] = set()
    people = [(p, "owner") for p in seen.roster.teachers_of(section)]
    people += [(p, "member") for p in seen.roster.pupils_of(section)]
    for person, role in people:
        match = matches[person.key]
        account = match.account_id or next((one for one in match.found if one in there), "")
        shown.update((account, *(one for one in match.found if one not in used)))
        yield _row(person, match, role, there.get(account), by_account.get(account), has_team)
    names = {a.id: a for a in seen.accounts}
    owners = {one: seen.roster.people_by_key[m.person_key] for m in seen.matches for one in m.found}
    owners |= {m.account_id: seen.roster.people_by_key[m.person_key] for m in seen.matches if m.account_id}
    rest = [(account, role, owners.get(account)) for account, role in there.items() if account not in shown]
    for account, role, who in sorted(rest, key=lambda one: (one[1] != "owner", one[2].id if one[2] else "", one[0])):
        ours = seen.ours.get(Target(MEMBERSHIP, f"{team.key if team else ''}|{account}"), False)
        yield _other(names.get(account), who, account, role, by_account.get(account), ours, bool(people))


def _row(
    person: Person, match: Match, role: str, there: str | None, change: Change | None, has_team: bool
) -> dict[str, Any]:
    action, why = _what(change, there, has_team)
    if match.status != "matched":
        alone = "; the one in the team is left alone" if there else ""
        action, why = "none", f"no account that can be used: {match.reason}{alone}"
    return {
        "id": person.id,
        "role": person.role,
        "name": person.name,
        "upn": match.upn,
        "account_id": match.account_id,
        "in_export": role,
        "in_team": there,
        "action": action,
        "reason": why,
    }


def _what(change: Change | None, there: str | None, has_team: bool) -> tuple[str, str]:
    if change:
        return str(change.action), change.reason
    if there:
        return "keep", "in the class and in the team"
    return "none", "accepted less than a day ago" if has_team else "the class gets no team"


def _other(
    account: Account | None,
    person: Person | None,
    key: str,
    role: str,
    change: Change | None,
    put_there: bool,
    kept_up: bool,
) -> dict[str, Any]:
    """Give the row of somebody who is in the team and not in the class."""
    if change and change.action is Action.REMOVE:
        action, why = "remove", change.reason
    elif put_there:
        alone = "still at the school; stays, since no class in the export keeps this team up"
        action, why = "keep", "no longer in the class; kept as the last owner" if role == "owner" and kept_up else alone
    else:
        action, why = "keep", "added by hand, not by us: stays"
    return {
        "id": person.id if person else None,
        "role": person.role if person else None,
        "name": person.name if person else account.display_name if account else "",
        "upn": account.upn if account else None,
        "account_id": key,
        "in_export": None,
        "in_team": role,
        "action": action,
        "reason": why,
    }
