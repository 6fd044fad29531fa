"""Which permissions each request of Microsoft Graph asks for: any one of them will do.

Sources: Microsoft's own permissions data (microsoftgraph/microsoft-graph-devx-content, permissions.json at 6cbd6bb,
2026-08-07) and the tables on the v1.0 method pages, read 2026-11-25. Resource-specific consent is left out. The Teams
admin API (`/Skype.Policy/…`) asks for a token of its own and for no permission by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_DIRECTORY = "Directory.Read.All Directory.ReadWrite.All"
_USERS = f"User.ReadBasic.All User.Read.All User.ReadWrite.All {_DIRECTORY}"
_GROUPS = f"Group.Read.All Group.ReadWrite.All {_DIRECTORY}"
_FILES = "Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All"
_FILES_WRITTEN = "Files.ReadWrite.All Sites.ReadWrite.All"
_MEMBERS_WRITTEN = "TeamMember.ReadWriteNonOwnerRole.All TeamMember.ReadWrite.All"
_AUDIT = (
    "AuditLogsQuery.Read.All AuditLogsQuery-OneDrive.Read.All AuditLogsQuery-SharePoint.Read.All "
    "AuditLogsQuery-Exchange.Read.All AuditLogsQuery-Entra.Read.All AuditLogsQuery-CRM.Read.All "
    "AuditLogsQuery-Endpoint.Read.All"
)
_ROSTER = "EduRoster.Read.All EduRoster.ReadWrite.All"
_CALENDAR = "Calendars.ReadBasic Calendars.Read Calendars.ReadWrite"
_CHANNELS = f"Channel.ReadBasic.All ChannelSettings.Read.All ChannelSettings.ReadWrite.All {_GROUPS}"
_TEAM = f"Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All {_GROUPS}"
_MEETING = "OnlineMeetings.Read.All OnlineMeetings.ReadWrite.All"
_DRIVE = r"/(users|groups|sites)/\{id\}/drive|/drives/\{id\}"
_NONE = ""
_SAME = None
# Method and path, what an application needs, what a signed-in person needs (the same when None). The first that fits
# wins.
_RULES: tuple[tuple[str, str, str | None], ...] = (
    (r"GET /users(/\{id\})?", _USERS, _USERS + " User.Read"),
    (r"(POST|PATCH|DELETE) /users(/\{id\})?", "User.ReadWrite.All Directory.ReadWrite.All", _SAME),
    (r"GET /organization", f"Organization.Read.All Organization.ReadWrite.All {_DIRECTORY}", _SAME),
    (r"GET /education/users", _ROSTER, _NONE),
    (r"GET /education/users/\{id\}", _ROSTER, "EduRoster.ReadBasic"),
    (r"GET /education/classes.*", _ROSTER, "EduRoster.ReadBasic"),
    (r"\w+ /education/classes.*", "EduRoster.ReadWrite.All", _NONE),
    (r"GET /groups(/\{id\})?", f"Group.ReadBasic.All GroupMember.Read.All {_GROUPS}", _SAME),
    (r"POST /groups", "Group.Create Group.ReadWrite.All Directory.ReadWrite.All", "Group.ReadWrite.All"),
    (r"PATCH /groups/\{id\}", "GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All", _SAME),
    (r"DELETE /groups/\{id\}", "Group.ReadWrite.All", _SAME),
    (
        r"GET /groups/\{id\}/members(/microsoft\.graph\.user)?",
        f"GroupMember.ReadBasic.All Group.ReadBasic.All GroupMember.Read.All GroupMember.ReadWrite.All {_GROUPS}",
        _SAME,
    ),
    (
        r"GET /groups/\{id\}/owners(/microsoft\.graph\.user)?",
        f"GroupMember.Read.All GroupMember.ReadWrite.All {_GROUPS}",
        _SAME,
    ),
    (
        r"(POST|DELETE) /groups/\{id\}/members.*",
        "GroupMember.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
        _SAME,
    ),
    (r"(POST|DELETE) /groups/\{id\}/owners.*", "Group.ReadWrite.All Directory.ReadWrite.All", _SAME),
    (r"GET /directory/deletedItems.*", _GROUPS, _SAME),
    (r"POST /directory/deletedItems/\{id\}/restore", "Group.ReadWrite.All Directory.ReadWrite.All", _SAME),
    (
        r"POST /teams",
        "Team.Create Group.ReadWrite.All Directory.ReadWrite.All Teamwork.Migrate.All",
        "Team.Create Group.ReadWrite.All Directory.ReadWrite.All",
    ),
    (r"PUT /groups/\{id\}/team", "Group.ReadWrite.All Directory.ReadWrite.All", _SAME),
    (r"GET (/groups/\{id\}/team|/teams/\{id\})", _TEAM, _SAME),
    (r"GET /teams/\{id\}/operations/\{op\}", f"Team.Create Teamwork.Migrate.All {_TEAM}", _SAME),
    (
        r"POST /teams/\{id\}/(un)?archive",
        "TeamSettings.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All",
        _SAME,
    ),
    (r"GET /teams/\{id\}/(primaryChannel|channels(/\{channel\})?)", _CHANNELS, _SAME),
    (
        r"GET /teams/\{id\}/channels/\{channel\}/filesFolder",
        f"{_FILES} Group.Read.All Group.ReadWrite.All",
        _SAME,
    ),
    (r"GET /teams/\{id\}/members.*", "TeamMember.Read.All TeamMember.ReadWrite.All", _SAME),
    (r"POST /teams/\{id\}/members/remove", "TeamMember.ReadWrite.All", _SAME),
    (r"(POST|PATCH|DELETE) /teams/\{id\}/members.*", _MEMBERS_WRITTEN, _SAME),
    (
        r"GET /communications/callRecords/get(Pstn|DirectRouting)Calls.*",
        "CallRecord-PstnCalls.Read.All CallRecords.Read.All",
        _NONE,
    ),
    (r"GET /communications/callRecords.*", "CallRecords.Read.All", _NONE),
    (
        r"GET /users/\{id\}/onlineMeetings/getAllRecordings.*",
        "OnlineMeetingRecording.Read.All",
        _NONE,
    ),
    (r"GET /users/\{id\}/onlineMeetings/\{\w+\}/recordings.*", "OnlineMeetingRecording.Read.All", _SAME),
    (r"GET /users/\{id\}/onlineMeetings/\{\w+\}/attendanceReports.*", "OnlineMeetingArtifact.Read.All", _SAME),
    (r"GET /users/\{id\}/onlineMeetings.*", _MEETING, "OnlineMeetings.Read OnlineMeetings.ReadWrite"),
    (r"\w+ /users/\{id\}/onlineMeetings.*", "OnlineMeetings.ReadWrite.All", "OnlineMeetings.ReadWrite"),
    (r"GET /users/\{id\}/(calendar|events).*", f"{_CALENDAR} Calendars.ReadBasic.All", _CALENDAR),
    (r"\w+ /users/\{id\}/(calendar|events).*", "Calendars.ReadWrite", _SAME),
    (r"GET /groups/\{id\}/(calendar|events).*", _CALENDAR, f"{_CALENDAR} Group.Read.All Group.ReadWrite.All"),
    (r"\w+ /groups/\{id\}/(calendar|events).*", _NONE, "Group.ReadWrite.All"),
    (rf"GET ({_DRIVE}).*/listItem.*", "Sites.Read.All Sites.ReadWrite.All Sites.Manage.All", _SAME),
    (rf"PATCH ({_DRIVE}).*/listItem.*", "Sites.ReadWrite.All Sites.Manage.All", _SAME),
    (rf"GET ({_DRIVE}).*", _FILES, f"{_FILES} Files.Read Files.ReadWrite"),
    (rf"\w+ ({_DRIVE}).*", _FILES_WRITTEN, f"{_FILES_WRITTEN} Files.ReadWrite"),
    (r"GET /admin/teams/userConfigurations.*", "TeamsUserConfiguration.Read.All", _SAME),
    (r"\w+ /admin/teams/policy/.*", "TeamsPolicyUserAssign.ReadWrite.All", _SAME),
    (r"\w+ /security/auditLog/queries.*", _AUDIT, _SAME),
)
_CODES = (
    ("/teams", "Forbidden"),
    ("/communications", "Forbidden"),
    ("/admin/teams", "Forbidden"),
    ("/security", "Forbidden"),
    ("/drives", "accessDenied"),
    ("/users/{id}/drive", "accessDenied"),
    ("/groups/{id}/drive", "accessDenied"),
    ("/sites", "accessDenied"),
    ("/users/{id}/calendar", "ErrorAccessDenied"),
    ("/users/{id}/events", "ErrorAccessDenied"),
    ("/groups/{id}/calendar", "ErrorAccessDenied"),
    ("/groups/{id}/events", "ErrorAccessDenied"),
    ("/users/{id}/onlineMeetings", "Forbidden"),
)


@dataclass(frozen=True, slots=True)
class Need:
    """Hold which permissions a request takes, of an application and of a person; nothing means that none will do."""

    application: frozenset[str]
    person: frozenset[str]


@lru_cache(maxsize=512)
def need_of(method: str, template: str) -> Need | None:
    """Give what a request to this endpoint takes; None where the table does not know it."""
    for pattern, application, person in _RULES:
        if re.fullmatch(pattern, f"{method} {template}"):
            own = application if person is None else person
            return Need(frozenset(application.split()), frozenset(own.split()))
    return None


@lru_cache(maxsize=1)
def known_permissions() -> frozenset[str]:
    """Give every permission that some request takes."""
    return frozenset(name for _, app, person in _RULES for name in f"{app} {person or ''}".split())


def refusal_code(template: str) -> str:
    """Give the error code by which the service behind this endpoint says that a permission is missing."""
    return next((code for start, code in _CODES if template.startswith(start)), "Authorization_RequestDenied")
