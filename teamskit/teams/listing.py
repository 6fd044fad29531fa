"""What `teams list` shows: our class teams as the tenant has them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from teamskit.tenant.models import ClassTeam


def class_of_key(key: str) -> tuple[str, str, str]:
    """Split a class key into school, academic year and class id."""
    school, year, class_id = key.split("/", 2)
    return unquote(school), year, class_id


def teams_json(
    teams: Sequence[ClassTeam], upns: Mapping[str, str], waiting: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Give the documented rows, in the order of school and class; members stand without owners.

    `upns` gives the sign-in name of each account id: a team's own list knows e-mail addresses only;
    `waiting` the accounts of each class that were accepted and do not show yet, listed as `pending`.
    """
    rows = []
    for team in sorted((one for one in teams if one.has_team), key=lambda one: one.key):
        school, year, class_id = class_of_key(team.key)
        rows.append(
            {
                "class": class_id,
                "school": school,
                "academic_year": year,
                "team_id": team.id,
                "display_name": team.display_name,
                "mail_nickname": team.mail_nickname,
                "owners": sorted(upns.get(m.account_id, m.upn) for m in team.members if m.owner),
                "members": sorted(upns.get(m.account_id, m.upn) for m in team.members if not m.owner),
                "pending": sorted(upns.get(account, account) for account in waiting.get(team.key, ())),
                "archived": team.archived,
            }
        )
    return rows
