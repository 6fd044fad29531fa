"""Reads accounts, groups, classes and class teams of a tenant, whole lists only.

Source of paths and properties: Graph v1.0 reference (user, group, educationClass, team), read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from teamskit.clock import parse_iso
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded, get_team, list_members
from teamskit.tenant.models import Account, ClassTeam, DeletedGroup, Group, TeamMember, TenantClass
from teamskit.tenant.permissions import CHANNELS_READ, CLASSES_READ, DELETED_GROUPS_READ, GROUPS_READ, USERS_READ
from teamskit.tenant.refusals import error_of
from teamskit.tenant.transport import Transport, whole

_ACCOUNT = "id,displayName,userPrincipalName,mail,employeeId,userType,accountEnabled,department,jobTitle"
_GROUP = "id,mail,mailNickname,displayName,resourceProvisioningOptions"
_DELETED = "id,mailNickname,displayName,deletedDateTime,groupTypes"
_UNIFIED = "groupTypes/any(c:c%20eq%20'Unified')"


def fetch_accounts(transport: Transport, *, attribute: str = "", company: bool = False) -> list[Account]:
    """Give every account of the tenant, guests and disabled ones too; without employeeId the field is empty.

    Extension attributes are read only where `attribute` names one of them, company names only where asked for.
    """
    chosen = _ACCOUNT + (",onPremisesExtensionAttributes" if attribute else "") + (",companyName" if company else "")
    found = transport.pages(Call("GET", f"/users?$select={chosen}&$top=999", USERS_READ))
    return [_account(one, attribute) for one in found]


def _account(one: Mapping[str, Any], attribute: str) -> Account:
    def text(name: str) -> str:
        return str(one.get(name) or "")

    return Account(
        id=text("id"),
        upn=text("userPrincipalName"),
        mail=text("mail"),
        display_name=text("displayName"),
        employee_id=text("employeeId"),
        kind=text("userType") or "Member",
        enabled=one.get("accountEnabled") is not False,
        department=text("department"),
        job_title=text("jobTitle"),
        company=text("companyName"),
        extension=str((one.get("onPremisesExtensionAttributes") or {}).get(attribute) or "") if attribute else "",
    )


def fetch_groups(transport: Transport) -> list[Group]:
    """Give every Microsoft 365 group, and whether a team stands on it."""
    call = Call("GET", f"/groups?$filter={_UNIFIED}&$select={_GROUP}&$top=999", GROUPS_READ)
    return [
        Group(
            one["id"],
            one.get("mailNickname") or "",
            one.get("displayName") or "",
            "Team" in (one.get("resourceProvisioningOptions") or ()),
            one.get("mail") or "",
        )
        for one in transport.pages(call)
    ]


def fetch_deleted_groups(transport: Transport) -> list[DeletedGroup]:
    """Give the Microsoft 365 groups deleted in the last 30 days; their mail nicknames can stay taken."""
    path = f"/directory/deletedItems/microsoft.graph.group?$select={_DELETED}&$top=999"
    return [
        DeletedGroup(
            one["id"],
            one.get("mailNickname") or "",
            one.get("displayName") or "",
            parse_iso(one["deletedDateTime"]) if one.get("deletedDateTime") else None,
        )
        for one in transport.pages(Call("GET", path, DELETED_GROUPS_READ))
        if "Unified" in (one.get("groupTypes") or ("Unified",))
    ]


def fetch_expired_groups(transport: Transport) -> list[str]:
    """Give the mail nicknames of groups that School Data Sync has marked as expired or retired.

    The attributes are its app's own; a tenant that never had it refuses the filter, and then there are none.
    Source: github OfficeDev/O365-EDU-Tools, SDS scripts, read 2026-11-25.
    """
    name = "extension_fe2174665583431c953114ff7268b7b3_Education_Status"
    wanted = encoded(f"{name} eq 'Expired' or {name} eq 'Retired'")
    call = Call("GET", f"/groups?$filter={wanted}&$select=id,mailNickname&$top=999", GROUPS_READ)
    found = transport.try_pages([call])[0]
    return [] if isinstance(found, Reply) else [str(one.get("mailNickname") or one["id"]) for one in found]


def fetch_classes(transport: Transport) -> list[TenantClass]:
    """Give every education class of the tenant, ours or not."""
    return [
        TenantClass(
            one["id"],
            one.get("mailNickname") or "",
            one.get("displayName") or "",
            one.get("externalId") or "",
            one.get("externalSourceDetail") or "",
        )
        for one in transport.pages(Call("GET", "/education/classes?$top=999", CLASSES_READ))
    ]


def fetch_class_teams(
    transport: Transport, classes: Sequence[TenantClass], groups: Sequence[Group], *, archived: bool = False
) -> list[ClassTeam]:
    """Give classes with their teams' members, in the order of `classes`, by batches.

    A class whose group has no team, or one that answers 404 because it is not ready, comes back with `has_team`
    False and no members. Nobody joins or leaves an archived team through us and each year adds more of them, so who
    is in one is read only where `archived` asks for it. Raises when a list of members could not be read for another
    reason.
    """
    teamed = {group.id for group in groups if group.has_team}
    standing = [one.id for one in classes if one.id in teamed]
    looks = dict(zip(standing, transport.gather([get_team(team) for team in standing]), strict=True))
    asked = [team for team in standing if looks[team].ok and (archived or not looks[team].body.get("isArchived"))]
    members = dict(zip(asked, _members_of(transport, asked), strict=True))
    return [_class_team(one, members.get(one.id, []), looks.get(one.id)) for one in classes]


def _members_of(transport: Transport, teams: Sequence[str]) -> list[list[dict[str, Any]] | None]:
    calls = [list_members(team) for team in teams]
    found = transport.try_pages(calls)
    return [
        None if isinstance(one, Reply) and one.status == 404 else whole(call, one)
        for call, one in zip(calls, found, strict=True)
    ]


def _class_team(one: TenantClass, members: list[dict[str, Any]] | None, look: Reply | None) -> ClassTeam:
    if look is not None and not look.ok and look.status != 404:
        raise error_of(get_team(one.id), look)
    has_team = members is not None and look is not None and look.ok
    return ClassTeam(
        id=one.id,
        key=one.external_id,
        mail_nickname=one.mail_nickname,
        display_name=one.display_name,
        has_team=has_team,
        archived=bool(has_team and look and look.body.get("isArchived")),
        members=tuple(_team_member(member) for member in members or ()) if has_team else (),
    )


def _team_member(one: Mapping[str, Any]) -> TeamMember:
    owner = "owner" in (one.get("roles") or ())
    return TeamMember(str(one.get("userId") or ""), str(one.get("email") or ""), owner)


def fetch_channels(transport: Transport, team_ids: Sequence[str]) -> dict[str, list[str]]:
    """Give the thread ids of each team's channels; none for a team that is not there (404).

    Source: team "List channels", read 2026-11-25; a channel's id is its thread's.
    """
    calls = [Call("GET", f"/teams/{encoded(team)}/channels?$select=id,displayName", CHANNELS_READ) for team in team_ids]
    found: dict[str, list[str]] = {}
    for team, call, one in zip(team_ids, calls, transport.try_pages(calls), strict=True):
        missing = isinstance(one, Reply) and one.status == 404
        found[team] = [] if missing else [str(channel["id"]) for channel in whole(call, one)]
    return found
