"""Builders of Graph calls for the new academic year: a class gets a new key, a team is renamed and archived.

Source of paths, bodies and permissions: Graph v1.0 reference of the resource named, read 2026-11-25.
"""

from teamskit.tenant.calls import Call
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import CLASSES_WRITE, GROUPS_WRITE, TEAM_SETTINGS_WRITE


def change_class(class_id: str, *, display_name: str, external_id: str, external_name: str) -> Call:
    """Give a class another name and key; its group, team, members and mail nickname stay.

    Source: educationClass "Update".
    """
    body = {"displayName": display_name, "externalId": external_id, "externalName": external_name}
    return Call("PATCH", f"/education/classes/{encoded(class_id)}", CLASSES_WRITE, body)


def rename_group(group_id: str, name: str) -> Call:
    """Give a group, and so its team, another display name. Source: group "Update"."""
    return Call("PATCH", f"/groups/{encoded(group_id)}", GROUPS_WRITE, {"displayName": name})


def archive_team(team_id: str) -> Call:
    """Make a team read only: 202 with `Location`; one that is archived already stays so.

    `shouldSetSpoSiteReadOnlyForMembers` is not for applications. Source: team "Archive".
    """
    return Call("POST", f"/teams/{encoded(team_id)}/archive", TEAM_SETTINGS_WRITE, {})
