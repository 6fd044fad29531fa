"""The new academic year: which of last year's teams end, which go on as this year's class. Takes no client.

A team is keyed by school, academic year and class, so a code that comes back never meets last year's team. A course of
two years that the school lists keeps its team: it gets this year's key.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from teamskit.plan import Action, Change, LeftOut, Recorded, Risk, Target
from teamskit.school import TeamSettings
from teamskit.school.dates import year_label
from teamskit.teams.changes import MEMBERSHIP, TEAM, member_target, team_of
from teamskit.teams.desired import WantedTeam
from teamskit.teams.listing import class_of_key
from teamskit.tenant.models import ClassTeam

ARCHIVE, CONTINUATION = "class-archive", "class-continuation"
SAME_COURSE_SHARE = 0.33
"""A class carries a team on when at least this share of its pupils was in it: sets are reshuffled, courses are not."""


@dataclass(frozen=True)
class Continuation:
    """A team of last year that goes on as a class of this year."""

    team: ClassTeam
    wanted: WantedTeam

    @property
    def stayed(self) -> int:
        """Count the pupils of this year's class who are in the team."""
        there = {member.account_id for member in self.team.members}
        return sum(account in there for account in self.wanted.members)

    @property
    def is_doubtful(self) -> bool:
        """Say whether too few stayed for it to be the same course: its files would come to other pupils."""
        return self.stayed < SAME_COURSE_SHARE * len(self.wanted.members)


def next_code(code: str, listed: Sequence[str]) -> str | None:
    """Give this year's code of a class that goes on, None when the school does not list it.

    An entry is a code or a pattern, whose leading year goes up by one, or `last year's code > this year's code`.
    """
    for entry in listed:
        old, arrow, new = (part.strip() for part in entry.partition(">"))
        if arrow and old == code:
            return new
        if not arrow and fnmatchcase(code, old):
            return re.sub(r"^\d+", lambda year: str(int(year[0]) + 1), code)
    return None


def continuations(
    wanted: Sequence[WantedTeam], actual: Sequence[ClassTeam], settings: TeamSettings
) -> list[Continuation]:
    """Give the teams of the year before that go on: listed, standing, and not yet this year's."""
    there = {team.key for team in actual}
    by_class = {class_of_key(one.key): one for one in wanted if one.key not in there}
    found = []
    for team in actual:
        school, year, code = class_of_key(team.key)
        new = next_code(code, settings.two_year) if team.has_team and not team.archived else None
        one = by_class.pop((school, str(int(year) + 1), new), None) if new else None
        if one:
            found.append(Continuation(team, one))
    return found


def not_carried_on(doubtful: Sequence[Continuation]) -> list[LeftOut]:
    """Give a line for each class that is listed to go on, but is of other pupils: it gets neither team."""
    return [
        LeftOut(
            one.wanted.class_id,
            f"listed to go on from {class_of_key(one.team.key)[2]}, but {one.stayed} of its {len(one.wanted.members)} "
            "pupils were in that team",
            "export again once the MIS has moved up, or take the class out of teams.two_year: it gets a new team",
        )
        for one in doubtful
    ]


def continuation_changes(going: Sequence[Continuation]) -> Iterator[Change]:
    """Give the change that makes each team this year's."""
    for one in going:
        before = {"key": one.team.key, "display_name": one.team.display_name}
        after = {"key": one.wanted.key, "display_name": one.wanted.display_name}
        why = f"a course of two years: goes on from {class_of_key(one.team.key)[2]}"
        target = Target(CONTINUATION, one.team.id)
        yield Change(target, Action.UPDATE, before, after, why, Risk.MEDIUM, one.wanted.display_name, "team")


def carried(actual: Sequence[ClassTeam], new_keys: Mapping[str, str]) -> list[ClassTeam]:
    """Give the teams as they are once those named by group id have their new keys."""
    return [replace(team, key=new_keys[team.id]) if team.id in new_keys else team for team in actual]


def carried_records(recorded: Mapping[Target, Recorded], going: Sequence[Continuation]) -> dict[Target, Recorded]:
    """Give the journal's records, those of members of teams that went on under the new key as well."""
    groups = {str(r.came_back.get("group")): target.key for target, r in recorded.items() if target.kind == TEAM}
    moved = {
        str(record.came_back.get("from") or groups.get(target.key)): str((record.held or {}).get("key"))
        for target, record in recorded.items()
        if target.kind == CONTINUATION and record.stands
    }
    moved |= {one.team.key: one.wanted.key for one in going}
    found = dict(recorded)
    for target, record in recorded.items():
        key, account = team_of(target) if target.kind == MEMBERSHIP else ("", "")
        if key in moved:
            new = member_target(moved[key], account)
            found.setdefault(new, replace(record, target=new))
    return found


def ended(
    actual: Sequence[ClassTeam], going: Sequence[Continuation], schools: Mapping[str, str], year: int
) -> list[ClassTeam]:
    """Give the standing teams of earlier years, of schools that the new roster has classes of.

    `schools` gives the name of each such school by id.
    """
    goes_on = {one.team.id for one in going}
    return [
        team
        for team in actual
        if team.has_team and not team.archived and team.id not in goes_on
        if class_of_key(team.key)[0] in schools and int(class_of_key(team.key)[1]) < year
    ]


def archive_changes(teams: Sequence[ClassTeam], settings: TeamSettings, schools: Mapping[str, str]) -> Iterator[Change]:
    """Give the change that renames each team by the school's template and makes it read only."""
    for team in teams:
        school, year, code = class_of_key(team.key)
        name = _ended_name(team, settings.archived_name, schools.get(school, school), year, code)
        before = {"archived": False, "display_name": team.display_name}
        why = f"its academic year {year_label(int(year))} has ended; nothing in it is deleted"
        after = {"archived": True, "display_name": name}
        target = Target(ARCHIVE, team.key)
        yield Change(target, Action.ARCHIVE, before, after, why, Risk.MEDIUM, team.display_name, "team")


def _ended_name(team: ClassTeam, template: str, school: str, year: str, code: str) -> str:
    """Fill the template; a name that was filled in by a run that stopped stays."""
    words = {"class_name": code, "class_id": code, "year": year_label(int(year)), "school": school}
    mark = "\0"
    around = [re.escape(part) for part in template.format(name=mark, **words).split(mark)]
    if len(around) > 1 and re.fullmatch("(.+)".join(around), team.display_name):
        return team.display_name
    return template.format(name=team.display_name, **words).strip()[:256]
