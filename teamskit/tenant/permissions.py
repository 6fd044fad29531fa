"""Every permission that a call of ours names: one row each, with what serves instead and where Microsoft says so. Pure.

Call sites take their permission from the constants here and from nowhere else. Sources, all read 2026-11-25: (P)
`permissions/new/permissions.json` of github microsoftgraph/microsoft-graph-devx-content at 6cbd6bb (2026-08-07), held
against (D) the method pages in microsoftgraph/microsoft-graph-docs-contrib and (L) dated copies of learn.microsoft.com.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

USERS_READ = "User.Read.All"
GROUPS_READ = "GroupMember.Read.All"
DELETED_GROUPS_READ = "Group.Read.All"
GROUPS_WRITE = "Group.ReadWrite.All"
GROUP_MEMBERS_WRITE = "GroupMember.ReadWrite.All"
CLASSES_READ = "EduRoster.Read.All"
CLASSES_WRITE = "EduRoster.ReadWrite.All"
TEAM_CREATE = "Team.Create"
TEAMS_READ = "Team.ReadBasic.All"
TEAM_SETTINGS_WRITE = "TeamSettings.ReadWrite.All"
TEAM_MEMBERS_READ = "TeamMember.Read.All"
TEAM_MEMBERS_WRITE = "TeamMember.ReadWrite.All"
TEAM_MEMBERS_ONLY_WRITE = "TeamMember.ReadWriteNonOwnerRole.All"
CHANNELS_READ = "Channel.ReadBasic.All"
POLICIES_IN_EFFECT_READ = "TeamsUserConfiguration.Read.All"
POLICIES_ASSIGN = "TeamsPolicyUserAssign.ReadWrite.All"
TEAMS_ADMINISTRATOR = "the Teams Administrator role"
CALENDARS_READ = "Calendars.Read"
CALENDARS_WRITE = "Calendars.ReadWrite"
MEETINGS_READ = "OnlineMeetings.Read.All"
MEETINGS_WRITE = "OnlineMeetings.ReadWrite.All"
ATTENDANCE_READ = "OnlineMeetingArtifact.Read.All"
RECORDINGS_READ = "OnlineMeetingRecording.Read.All"
FILES_READ = "Files.Read.All"
CALL_RECORDS_READ = "CallRecords.Read.All"
TELEPHONE_READ = "CallRecord-PstnCalls.Read.All"
FILES_AUDIT_READ = "AuditLogsQuery-SharePoint.Read.All and AuditLogsQuery-OneDrive.Read.All"
OF_EACH_MEMBER = "that of each member"
"""What a batch needs: its members are authorised one by one."""

_DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")
_GROUPS = ("Group.Read.All", "Group.ReadWrite.All", "GroupMember.ReadWrite.All", *_DIRECTORY)
_FILES = ("Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All")


@dataclass(frozen=True)
class Permission:
    """One row: the least that opens `calls`.

    All of `application` are needed by an application, all of `delegated` by a signed-in person; none means that no
    person can do it. Any one of `instead` opens the same calls, and more. `in_token` is False for a role of the
    directory, which no token's permissions tell.
    """

    name: str
    calls: str
    source: str
    application: tuple[str, ...]
    delegated: tuple[str, ...]
    writes: bool = False
    instead: tuple[str, ...] = ()
    note: str = ""
    in_token: bool = True

    def lacking(self, held: Collection[str], *, person: bool) -> tuple[str, ...]:
        """Give which of its names a token with `held` lacks; nothing when another permission serves instead."""
        if not self.in_token or not {*self.instead}.isdisjoint(held):
            return ()
        return tuple(one for one in (self.delegated if person else self.application) if one not in held)


def _row(
    name: str,
    calls: str,
    source: str,
    *,
    person: str | None = "",
    writes: bool = False,
    instead: tuple[str, ...] = (),
    note: str = "",
) -> Permission:
    """Make a row of one name; `person` is the delegated one where it has another name, None where there is none."""
    delegated = () if person is None else (person or name,)
    return Permission(name, calls, source, (name,), delegated, writes, instead, note)


_POLICY = "access policy: an application also needs an application access policy for the people in the path"
_ROWS = (
    _row(
        USERS_READ,
        "GET /users, /users/{id}",
        "user-list, user-get (P, D)",
        instead=("User.ReadWrite.All", *_DIRECTORY),
        note="User.ReadBasic.All is not enough: employeeId, plans and extension attributes are read",
    ),
    _row(
        GROUPS_READ,
        "GET /groups, /groups/{id}, /groups/{id}/members",
        "group-list, group-get, group-list-members (P, D)",
        instead=_GROUPS,
        note="(P) prints Group.ReadBasic.All and GroupMember.ReadBasic.All as the least; Microsoft's list of "
        "identifiers has none for them, so they cannot be asked for",
    ),
    _row(
        DELETED_GROUPS_READ,
        "GET /directory/deletedItems/microsoft.graph.group",
        "directory-deleteditems-list (L 2026-05-28)",
        instead=("Group.ReadWrite.All", *_DIRECTORY),
    ),
    _row(
        GROUPS_WRITE,
        "PATCH /groups/{id}, POST /directory/deletedItems/{id}/restore",
        "group-update (P, D); directory-deleteditems-restore names no group permission, so the group's own is taken",
        writes=True,
        instead=("Directory.ReadWrite.All",),
    ),
    _row(
        GROUP_MEMBERS_WRITE,
        "PATCH /groups/{id} with members, DELETE /groups/{id}/members/{uid}/$ref",
        "group-post-members (D db3ad72, 2021), group-delete-members (P, D)",
        writes=True,
        instead=("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    ),
    _row(
        CLASSES_READ,
        "GET /education/classes, /education/classes/{id}, its members",
        "educationschool-list-classes, educationclass-get, educationclass-list-members (P, D)",
        person="EduRoster.ReadBasic",
        instead=("EduRoster.ReadWrite.All",),
    ),
    _row(
        CLASSES_WRITE,
        "POST, PATCH /education/classes; POST, DELETE its members and teachers",
        "educationclass-post, -update, -post-members, -post-teachers, -delete-teachers (P, D)",
        person=None,
        writes=True,
    ),
    _row(
        TEAM_CREATE,
        "POST /teams and the operation it begins",
        "team-post (P, D); no page names a permission for the operation",
        writes=True,
        instead=("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    ),
    _row(
        TEAMS_READ,
        "GET /teams/{id}",
        "team-get (P, D)",
        instead=("TeamSettings.Read.All", "TeamSettings.ReadWrite.All", *_GROUPS[:2], *_DIRECTORY),
    ),
    _row(
        TEAM_SETTINGS_WRITE,
        "POST /teams/{id}/archive",
        "team-archive (P, D)",
        writes=True,
        instead=("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    ),
    _row(
        TEAM_MEMBERS_READ,
        "GET /teams/{id}/members",
        "team-list-members (P, D)",
        instead=("TeamMember.ReadWrite.All",),
    ),
    _row(
        TEAM_MEMBERS_WRITE,
        "POST /teams/{id}/members/add with owners, /members/remove; PATCH /teams/{id}/members/{mid}",
        "conversationmembers-add, conversationmember-remove, team-update-members (P, D)",
        writes=True,
    ),
    _row(
        TEAM_MEMBERS_ONLY_WRITE,
        "POST /teams/{id}/members/add without owners",
        "conversationmembers-add (P, D)",
        writes=True,
        instead=("TeamMember.ReadWrite.All",),
    ),
    _row(
        CHANNELS_READ,
        "GET /teams/{id}/channels",
        "channel-list (D)",
        instead=("ChannelSettings.Read.All", "ChannelSettings.ReadWrite.All", *_GROUPS[:2], *_DIRECTORY),
    ),
    _row(POLICIES_IN_EFFECT_READ, "GET /admin/teams/userConfigurations", "teamsuserconfiguration-list (P, D)"),
    _row(
        POLICIES_ASSIGN,
        "GET /admin/teams/policy/getPolicyId; POST /admin/teams/policy/userAssignments/assign, /unassign",
        "teamspolicyassignment-getpolicyid, teamspolicyuserassignment-assign, -unassign (P, D)",
        writes=True,
    ),
    Permission(
        TEAMS_ADMINISTRATOR,
        "the Teams admin API: definitions of policies",
        "observed: public code of CIPP-API; Microsoft does not document this API",
        (TEAMS_ADMINISTRATOR,),
        (TEAMS_ADMINISTRATOR,),
        note="a role of the directory, given to the application or the person; not a permission",
        in_token=False,
    ),
    _row(
        CALENDARS_READ,
        "GET /users/{id}/calendarView, /groups/{id}/calendarView",
        "user-list-calendarview, group-list-calendarview (D)",
        person=None,
        instead=("Calendars.ReadWrite",),
        note="a person's own permission does not open the calendars of all staff",
    ),
    _row(
        CALENDARS_WRITE,
        "POST, PATCH, DELETE /users/{id}/events",
        "user-post-events, event-update, event-delete (D)",
        person=None,
        writes=True,
        note="a person's own permission does not open the calendars of all staff",
    ),
    _row(
        MEETINGS_READ,
        "GET /users/{id}/onlineMeetings",
        "onlinemeeting-get (P, D)",
        person="OnlineMeetings.Read",
        instead=("OnlineMeetings.ReadWrite.All", "OnlineMeetings.ReadWrite"),
        note=_POLICY,
    ),
    _row(
        MEETINGS_WRITE,
        "PATCH /users/{id}/onlineMeetings/{mid}",
        "onlinemeeting-update (P, D)",
        person="OnlineMeetings.ReadWrite",
        writes=True,
        note=_POLICY,
    ),
    _row(
        ATTENDANCE_READ,
        "GET /users/{id}/onlineMeetings/{mid}/attendanceReports and its records",
        "meetingattendancereport-list, -get (P, D)",
        note=_POLICY,
    ),
    _row(
        RECORDINGS_READ,
        "GET /users/{id}/onlineMeetings/{mid}/recordings",
        "onlinemeeting-list-recordings (P)",
        note=_POLICY,
    ),
    _row(
        FILES_READ,
        "GET drives, their items, children, content and permissions; GET a channel's filesFolder",
        "drive-get, driveitem-get, driveitem-list-children, driveitem-list-permissions, channel-get-filesfolder (P, D)",
        instead=_FILES,
    ),
    _row(
        CALL_RECORDS_READ,
        "GET /communications/callRecords, /{id} with sessions and participants",
        "callrecords-api-faq, callrecords-callrecord-get (P, L 2026-09-17)",
        person=None,
        note="the whole tenant; it cannot be narrowed",
    ),
    _row(
        TELEPHONE_READ,
        "GET /communications/callRecords/getPstnCalls, getDirectRoutingCalls",
        "permissions-reference (D); the two method pages name CallRecords.Read.All",
        person=None,
        instead=("CallRecords.Read.All",),
        note="only with [calls] telephone = true",
    ),
    Permission(
        FILES_AUDIT_READ,
        "POST, GET /security/auditLog/queries and its records",
        "security-auditcoreroot-post-auditlogqueries (P, L 2026-09-18)",
        ("AuditLogsQuery-SharePoint.Read.All", "AuditLogsQuery-OneDrive.Read.All"),
        ("AuditLogsQuery-SharePoint.Read.All", "AuditLogsQuery-OneDrive.Read.All"),
        instead=("AuditLogsQuery.Read.All",),
    ),
)
TABLE: Mapping[str, Permission] = {row.name: row for row in _ROWS}


def least(names: Iterable[str]) -> tuple[str, ...]:
    """Give what is to be granted for several calls, in the table's order: nothing that another of them opens too."""
    asked = set(names)
    granted = {one for name in asked for one in TABLE[name].application}
    return tuple(name for name in TABLE if name in asked and granted.isdisjoint(TABLE[name].instead))
