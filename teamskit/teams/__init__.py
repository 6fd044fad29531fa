"""Class teams: what the roster wants, what the tenant has, the changes between, and the doer that makes them."""

from teamskit.teams.changes import NOT_YET_SHOWN_H, changes, pending_members
from teamskit.teams.desired import Facts, WantedTeam, desired
from teamskit.teams.doer import TeamsDoer
from teamskit.teams.listing import teams_json
from teamskit.teams.year_doer import YearDoer

__all__ = [
    "NOT_YET_SHOWN_H",
    "Facts",
    "TeamsDoer",
    "WantedTeam",
    "YearDoer",
    "changes",
    "desired",
    "pending_members",
    "teams_json",
]
