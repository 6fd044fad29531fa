"""All endpoints of the embedded tenant in one table; a new one is a row in its module's ROUTES."""

from __future__ import annotations

from teamskit.sandbox import (
    attendance,
    audit_log,
    calendars,
    calls,
    classes,
    downloads,
    drive_delta,
    drive_settings,
    drives,
    group_policies,
    groups,
    item_rights,
    meetings,
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
        *(telephone, calls, recordings, meetings, attendance, calendars),
        *(drives, drive_delta, drive_settings, downloads, item_rights, audit_log),
    )
    for route in module.ROUTES
)
