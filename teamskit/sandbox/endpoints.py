"""All endpoints of the embedded tenant in one table; a new one is a row in its module's ROUTES."""

from __future__ import annotations

from teamskit.sandbox import (
    attendance,
    calendars,
    calls,
    classes,
    downloads,
    drives,
    group_policies,
    groups,
    members,
    policies,
    recordings,
    teams,
    telephone,
    user_writes,
    users,
)
from teamskit.sandbox.routing import Routes

ROUTES = Routes(
    route
    for module in (
        *(users, user_writes, classes, groups, teams, members, policies, group_policies),
        *(telephone, calls, recordings, attendance, calendars),
        *(drives, downloads),
    )
    for route in module.ROUTES
)
