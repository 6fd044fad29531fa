"""Which class teams the roster wants, with whom, and which classes can have none and why. Takes no client."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from teamskit.plan import LeftOut
from teamskit.roster import Person, Roster, Section
from teamskit.roster.matching import Match
from teamskit.school import TeamSettings
from teamskit.school.dates import year_label
from teamskit.teams.names import display_name, next_nickname, nicknames

REGISTRATION = "CLS "
"""What SIMS puts before a registration group among classes."""


@dataclass(frozen=True)
class WantedTeam:
    """A class team as it should be: people by account id, each with the person's role and id for people to read.

    `left_alone` holds accounts of its people that may not be used: neither put in nor taken out.
    """

    key: str
    school: str
    class_id: str
    class_name: str
    display_name: str
    mail_nickname: str
    usual_nickname: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)
    left_alone: Collection[str] = ()


@dataclass(frozen=True)
class Facts:
    """What of the tenant bears on names and owners.

    `standing` holds the keys whose team stands: such a class is kept up even when nobody in the export could own it.
    `taken` holds nicknames (casefolded) that are not this school's own classes'; `ours` the keys that have a group;
    `fallback` is the account id of the school's fallback owner, or empty; `deleted` maps the key of a class team of
    ours that was deleted less than 30 days ago to its group.
    """

    taken: Collection[str] = ()
    ours: Collection[str] = ()
    fallback: str = ""
    deleted: Mapping[str, str] = field(default_factory=dict)
    standing: Collection[str] = ()


def desired(
    roster: Roster, matches: Sequence[Match], settings: TeamSettings, facts: Facts
) -> tuple[list[WantedTeam], list[LeftOut]]:
    """Give the teams to have and the classes left out, both in the order of the class keys."""
    accounts = {m.person_key: m.account_id for m in matches if m.status == "matched" and m.account_id}
    refused = {m.person_key: m.found for m in matches if m.found}
    named = nicknames((s.key, s.school, s.academic_year, s.id) for s in roster.sections)
    wanted, left_out = [], []
    for section in sorted(_with_teams(roster, settings), key=lambda s: s.key):
        people = (*roster.pupils_of(section), *roster.teachers_of(section))
        alone = {account for person in people for account in refused.get(person.key, ())}
        one = replace(_wanted(section, named[section.key], accounts, settings, facts, roster), left_alone=alone)
        why = _why_not(section, one, settings, facts, roster)
        keeps = bool(why and section.in_term and one.members and section.key in facts.standing)
        if why:
            owned = ", with the owner it has" if not one.owners else ""
            stays = f"; its team stays{owned}" if section.key in facts.standing else ""
            left_out.append(LeftOut(_title(section), why[0] + stays, why[1]))
        if not why or keeps:
            wanted.append(one)
    return wanted, left_out


def _with_teams(roster: Roster, settings: TeamSettings) -> list[Section]:
    """Give the classes that may have a team: of registration groups only where asked for, and never a second one.

    A primary's class is its registration group, and the export can hold it under both names.
    """
    classes = {(s.school, s.id) for s in roster.sections if not s.registration}
    return [
        s
        for s in roster.sections
        if not s.registration
        or (settings.registration_teams and (s.school, s.id.removeprefix(REGISTRATION)) not in classes)
    ]


def _title(section: Section) -> str:
    return section.id if section.id == section.name else f"{section.id} {section.name}"


def _wanted(
    section: Section,
    nickname: str,
    accounts: Mapping[str, str],
    settings: TeamSettings,
    facts: Facts,
    roster: Roster,
) -> WantedTeam:
    owners = _accounts_of(roster.teachers_of(section), accounts)
    members = _accounts_of(roster.pupils_of(section), accounts)
    if not owners and facts.fallback:
        owners = {facts.fallback: "fallback owner"}
    school = next((one.name for one in roster.schools if one.id == section.school), section.school)
    words = {"class_name": section.name, "class_id": section.id, "year": year_label(section.academic_year)}
    return WantedTeam(
        section.key,
        section.school,
        section.id,
        section.name,
        display_name(settings.name, school=school, **words),
        _free(nickname, section.key, facts),
        nickname,
        owners,
        {account: who for account, who in members.items() if account not in owners},
    )


def _accounts_of(people: Sequence[Person], accounts: Mapping[str, str]) -> dict[str, str]:
    return {accounts[p.key]: f"{p.role} {p.id}" for p in people if p.key in accounts and p.on_roll}


def _free(nickname: str, key: str, facts: Facts) -> str:
    if key in facts.ours or nickname.casefold() not in facts.taken:
        return nickname
    return next(name for n in range(2, 1000) if (name := next_nickname(nickname, n)).casefold() not in facts.taken)


def _why_not(
    section: Section, team: WantedTeam, settings: TeamSettings, facts: Facts, roster: Roster
) -> tuple[str, str] | None:
    if section.key in facts.deleted:
        return (
            "its team was deleted less than 30 days ago",
            f'bring it back: teamskit teams restore "{section.id}"',
        )
    if not section.in_term:
        why = section.no_team or "its term does not hold the effective date"
        return why, "set roster.effective in school.toml if that is wrong"
    if not team.owners:
        return _no_owner(section, roster), "name a teacher in the MIS, or set teams.fallback_owner in school.toml"
    if not team.members and not settings.before_pupils:
        return _no_pupil(section), "nothing to do unless pupils are missing; teams.before_pupils makes it all the same"
    return None


def _no_owner(section: Section, roster: Roster) -> str:
    if not section.teachers:
        return "no teacher in the export" if section.registration else section.no_team or "no teacher in the export"
    codes = ", ".join(section.teachers)
    left = [person for person in roster.teachers_of(section) if not person.on_roll]
    return f"its teacher has left: {codes}" if len(left) == len(section.teachers) else f"no usable account: {codes}"


def _no_pupil(section: Section) -> str:
    return "no current pupil has an account" if section.pupils else "no current pupil in the export"
