"""Teams of this year that the export has no class for any more: named, and left by whoever left the school. Pure.

A class that is gone may be over, renamed, or cut off with the end of a file, so nobody else is taken out.
"""

from collections.abc import Collection, Mapping, Sequence

from teamskit.plan import LeftOut
from teamskit.roster import Roster
from teamskit.roster.matching import Match
from teamskit.teams.desired import WantedTeam
from teamskit.teams.listing import class_of_key
from teamskit.tenant.models import ClassTeam

_OVER = "archive it in Teams if the class is over; put the export right if it was cut off or renamed"


def stranded(
    wanted: Sequence[WantedTeam], actual: Sequence[ClassTeam], roster: Roster, matches: Sequence[Match]
) -> list[WantedTeam]:
    """Give the standing teams of this year, of schools that have classes, that no wanted class keeps up.

    Whoever is still at the school is left alone in them, whatever class he is in.
    """
    keys = {one.key for one in wanted}
    year = max((section.academic_year for section in roster.sections), default=0)
    schools = {section.school for section in roster.sections}
    on_roll = {person.key for person in roster.people if person.on_roll}
    stay = {account for m in matches if m.person_key in on_roll for account in (m.account_id, *m.found) if account}
    return [
        _as_it_is(team, stay)
        for team in actual
        if team.has_team and not team.archived and team.key not in keys
        if class_of_key(team.key)[0] in schools and int(class_of_key(team.key)[1]) >= year
    ]


def _as_it_is(team: ClassTeam, stay: Collection[str]) -> WantedTeam:
    school, _, class_id = class_of_key(team.key)
    return WantedTeam(
        team.key, school, class_id, class_id, team.display_name, team.mail_nickname, team.mail_nickname, left_alone=stay
    )


def without_class(teams: Sequence[WantedTeam], roster: Roster) -> list[LeftOut]:
    """Give a line for each such team whose class is not in the export, or is a form that gets no team by decision."""
    forms: Mapping[str, bool] = {section.key: section.registration for section in roster.sections}
    lines = []
    for team in teams:
        if team.key not in forms:
            why = "its class is not in the export any more; its team stays, and whoever is still at the school in it"
            lines.append(LeftOut(team.class_id, why, _OVER))
        elif forms[team.key]:
            why = "a registration group, and school.toml asks for no teams of these; its team stays"
            lines.append(LeftOut(team.class_id, why, "set registration_teams in school.toml, or archive it in Teams"))
    return lines
