"""The changes between the teams the roster wants and those the tenant has. Pure: takes no client."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from teamskit.plan import Action, Change, LeftOut, Recorded, Risk, Target
from teamskit.teams.desired import WantedTeam
from teamskit.tenant.models import ClassTeam, TeamMember

NOT_YET_SHOWN_H = 24
"""How long an accepted membership that the tenant does not show counts as there, in hours."""

TEAM, MEMBERSHIP = "class-team", "membership"


def member_target(key: str, account: str) -> Target:
    """Give the target of one account in one class team."""
    return Target(MEMBERSHIP, f"{key}|{account}")


def team_of(target: Target) -> tuple[str, str]:
    """Split a membership's target into class key and account id."""
    key, _, account = target.key.rpartition("|")
    return key, account


def changes(
    wanted: Sequence[WantedTeam],
    actual: Sequence[ClassTeam],
    recorded: Mapping[Target, Recorded],
    now: datetime,
    people: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[list[Change], list[LeftOut], int]:
    """Give the changes, what is left out, and how many memberships need nothing.

    `people` gives for an account who it is (`pupil 004123`), and why he goes where that is not the class's doing.
    """
    there = {team.key: team for team in actual}
    made, left_out, kept = [], [], 0
    for team in wanted:
        found = there.get(team.key)
        if found and found.archived:
            left_out.append(LeftOut(team.class_id, "its team is archived", "unarchive it in Teams if it is still used"))
            continue
        fresh = [*_of_team(team, found, recorded, now), *_removals(team, found, recorded, people or {})]
        kept += len(team.owners) + len(team.members) - sum(change.action is Action.ADD for change in fresh)
        made += fresh
    return made, left_out, kept


def _of_team(
    team: WantedTeam, found: ClassTeam | None, recorded: Mapping[Target, Recorded], now: datetime
) -> Iterator[Change]:
    if found is None or not found.has_team:
        yield _creation(team, found)
    present = {member.account_id: member for member in (found.members if found else ())}
    for account, who in team.owners.items():
        yield from _owner(team, account, who, present.get(account), recorded, now)
    for account, who in team.members.items():
        if account not in present and not accepted(recorded, member_target(team.key, account), now):
            yield _addition(team, account, who, "member", "in the class in the export")


def accepted(recorded: Mapping[Target, Recorded], target: Target, now: datetime) -> bool:
    """Say whether the journal has this membership as accepted less than 24 hours ago."""
    record = recorded.get(target)
    return bool(record and record.is_young(now, NOT_YET_SHOWN_H))


def pending_members(
    actual: Sequence[ClassTeam], recorded: Mapping[Target, Recorded], now: datetime
) -> dict[str, list[str]]:
    """Give the accounts of each class that were accepted less than 24 hours ago and that its team does not show."""
    shown = {team.key: {member.account_id for member in team.members} for team in actual if team.has_team}
    waiting: dict[str, list[str]] = {}
    for target in (one for one in recorded if one.kind == MEMBERSHIP and accepted(recorded, one, now)):
        key, account = team_of(target)
        if key in shown and account not in shown[key]:
            waiting.setdefault(key, []).append(account)
    return waiting


def _creation(team: WantedTeam, found: ClassTeam | None) -> Change:
    after = {"team": True, "display_name": team.display_name, "mail_nickname": team.mail_nickname}
    why = "a run was stopped before the team was there" if found else "class in the export, no team yet"
    if team.mail_nickname != team.usual_nickname:
        why += f"; its mail nickname is {team.mail_nickname}, since somebody else has {team.usual_nickname}"
    before = {"team": False} if found else None
    return Change(Target(TEAM, team.key), Action.CREATE, before, after, why, Risk.LOW, team.display_name, "team")


def _owner(
    team: WantedTeam,
    account: str,
    who: str,
    present: TeamMember | None,
    recorded: Mapping[Target, Recorded],
    now: datetime,
) -> Iterator[Change]:
    if present and not present.owner:
        target = member_target(team.key, account)
        why = "teaches the class in the export, is a plain member in the team"
        yield Change(
            target, Action.UPDATE, {"role": "member"}, {"role": "owner"}, why, Risk.MEDIUM, team.display_name, who
        )
    elif not present and not accepted(recorded, member_target(team.key, account), now):
        yield _addition(team, account, who, "owner", "teaches the class in the export")


def _addition(team: WantedTeam, account: str, who: str, role: str, why: str) -> Change:
    target = member_target(team.key, account)
    return Change(target, Action.ADD, None, {"role": role}, why, Risk.LOW, team.display_name, who)


def _removals(
    team: WantedTeam,
    found: ClassTeam | None,
    recorded: Mapping[Target, Recorded],
    people: Mapping[str, tuple[str, str]],
) -> Iterator[Change]:
    """Take away only whom we put there: what a teacher added by hand survives.

    An owner goes only when another stands.
    """
    here = found.members if found else ()
    gone = [member for member in here if may_go(team, member, recorded)]
    owned = bool(team.owners) or any(member.owner and member not in gone for member in here)
    for member in gone:
        if member.owner and not owned:
            continue
        role = {"role": "owner" if member.owner else "member"}
        unknown = (f"account {member.account_id}", "nobody in the export has this account any more")
        who, why = people.get(member.account_id, unknown)
        why = why or f"no longer {'teaches' if member.owner else 'in'} the class in the export"
        target = member_target(team.key, member.account_id)
        yield Change(target, Action.REMOVE, role, None, why, Risk.MEDIUM, team.display_name, who)


def may_go(team: WantedTeam, member: TeamMember, recorded: Mapping[Target, Recorded]) -> bool:
    """Say whether a member is in the class no more and was put there by us."""
    record = recorded.get(member_target(team.key, member.account_id))
    account = member.account_id
    stays = account in team.owners or account in team.members or account in team.left_alone
    return not stays and bool(record and record.stands)
