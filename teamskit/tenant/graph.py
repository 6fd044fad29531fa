"""Every Graph call in one place: builders of calls for tasks, and functions that read from a transport.

`from teamskit.tenant import graph` is what other rooms write; the calls live by subject in `graph_*.py`.
"""

from teamskit.tenant.graph_calendars import OnlineEvent, fetch_calendars
from teamskit.tenant.graph_calls import (
    add_class_member,
    add_members,
    add_teacher,
    already_there,
    assign_policies,
    class_members,
    create_class,
    create_team_on_group,
    failed_members,
    find_group_by_nickname,
    get_class,
    get_team,
    list_members,
    make_owner,
    operation,
    remove_members,
    remove_teacher,
    restore_group,
    unassign_policies,
)
from teamskit.tenant.graph_directory import (
    fetch_accounts,
    fetch_channels,
    fetch_class_teams,
    fetch_classes,
    fetch_deleted_groups,
    fetch_expired_groups,
    fetch_groups,
)
from teamskit.tenant.graph_drives import fetch_drives
from teamskit.tenant.graph_groups import (
    GROUP_ADDS,
    add_group_members,
    fetch_group_members,
    find_security_group,
    remove_group_member,
)
from teamskit.tenant.graph_meetings import Left, fetch_attendance, fetch_online_events, fetch_recordings
from teamskit.tenant.graph_options import change_meeting, fetch_meetings, get_meeting
from teamskit.tenant.graph_policies import fetch_effective_of, fetch_effective_policies, policy_id, policy_id_in
from teamskit.tenant.graph_records import call_record_detail, drive_recordings, list_call_records, telephone_rows
from teamskit.tenant.graph_year import archive_team, change_class, rename_group

__all__ = [
    "GROUP_ADDS",
    "Left",
    "OnlineEvent",
    "add_class_member",
    "add_group_members",
    "add_members",
    "add_teacher",
    "already_there",
    "archive_team",
    "assign_policies",
    "call_record_detail",
    "change_class",
    "change_meeting",
    "class_members",
    "create_class",
    "create_team_on_group",
    "drive_recordings",
    "failed_members",
    "fetch_accounts",
    "fetch_attendance",
    "fetch_calendars",
    "fetch_channels",
    "fetch_class_teams",
    "fetch_classes",
    "fetch_deleted_groups",
    "fetch_drives",
    "fetch_expired_groups",
    "fetch_effective_of",
    "fetch_effective_policies",
    "fetch_group_members",
    "fetch_groups",
    "fetch_meetings",
    "fetch_online_events",
    "policy_id",
    "policy_id_in",
    "fetch_recordings",
    "find_group_by_nickname",
    "find_security_group",
    "get_class",
    "get_meeting",
    "get_team",
    "list_call_records",
    "list_members",
    "make_owner",
    "operation",
    "remove_group_member",
    "remove_members",
    "remove_teacher",
    "rename_group",
    "restore_group",
    "telephone_rows",
    "unassign_policies",
]
