"""Builders of Graph calls that tasks yield: class teams, their members, policy assignments.

Every function gives a Call and sends nothing; each names its permission once.
Source of paths, bodies and permissions: Graph v1.0 reference of the resource named, read 2026-11-25.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.models import SOURCE
from teamskit.tenant.permissions import (
    CLASSES_READ,
    CLASSES_WRITE,
    GROUPS_READ,
    GROUPS_WRITE,
    POLICIES_ASSIGN,
    TEAM_CREATE,
    TEAM_MEMBERS_ONLY_WRITE,
    TEAM_MEMBERS_READ,
    TEAM_MEMBERS_WRITE,
    TEAMS_READ,
)

ROOT = "https://graph.microsoft.com/v1.0"
"""What references inside bodies begin with, whichever address the call itself goes to."""
_MEMBER = "microsoft.graph.aadUserConversationMember"


def encoded(value: str) -> str:
    """Percent-encode one path segment or query value whole, the slash too."""
    return quote(value, safe="")


def literal(value: str) -> str:
    """Give an OData string: quotes doubled inside, encoded, in quotes."""
    return "'" + encoded(value.replace("'", "''")) + "'"


def create_class(
    *,
    display_name: str,
    mail_nickname: str,
    external_id: str,
    external_name: str = "",
    description: str = "",
    class_code: str = "",
    source_detail: str = SOURCE,
    term: Mapping[str, str] | None = None,
) -> Call:
    """Make an education class (the group, no team); never sent again unseen, as the service takes no key for it.

    `term` has externalId, startDate, endDate (YYYY-MM-DD) and displayName. Source: educationClass "Create".
    """
    body: dict[str, Any] = {
        "displayName": display_name,
        "mailNickname": mail_nickname,
        "description": description or display_name,
        "classCode": class_code,
        "externalId": external_id,
        "externalName": external_name or display_name,
        "externalSource": "sis",
        "externalSourceDetail": source_detail,
        "term": dict(term) if term else None,
    }
    body = {name: value for name, value in body.items() if value}
    return Call("POST", "/education/classes", CLASSES_WRITE, body, repeatable=False)


def add_teacher(class_id: str, account_id: str) -> Call:
    """Put a teacher into a class's `teachers`; he belongs into `members` as well."""
    return _reference(class_id, "teachers", account_id)


def add_class_member(class_id: str, account_id: str) -> Call:
    """Put an account into a class's `members`; one that is there already answers 400 (see `already_there`)."""
    return _reference(class_id, "members", account_id)


def _reference(class_id: str, collection: str, account_id: str) -> Call:
    body = {"@odata.id": f"{ROOT}/education/users/{account_id}"}
    return Call("POST", f"/education/classes/{encoded(class_id)}/{collection}/$ref", CLASSES_WRITE, body)


def remove_teacher(class_id: str, account_id: str) -> Call:
    """Take an account out of a class's `teachers`."""
    return Call("DELETE", f"/education/classes/{encoded(class_id)}/teachers/{encoded(account_id)}/$ref", CLASSES_WRITE)


def already_there(reply: Reply) -> bool:
    """Say whether a reference was refused only because it exists.

    Source: *observed*, Graph's words for it: "One or more added object references already exist".
    """
    return reply.status == 400 and "already exist" in reply.error_message.casefold()


def create_team_on_group(group_id: str) -> Call:
    """Make a class team on a group: 202 with `Location`; no name or members, which are the group's.

    Source: team "Create", with `group@odata.bind`.
    """
    body = {
        "template@odata.bind": f"{ROOT}/teamsTemplates('educationClass')",
        "group@odata.bind": f"{ROOT}/groups('{group_id}')",
    }
    return Call("POST", "/teams", TEAM_CREATE, body, repeatable=False)


def operation(location: str) -> Call:
    """Ask after an operation by the `Location` of the 202, as given; a whole address is cut to its path.

    The permission is that of what began it: no page names one.
    """
    path = location.partition("/v1.0")[2] if "://" in location else location
    return Call("GET", path, TEAM_CREATE)


def get_team(team_id: str) -> Call:
    """Look at a team: id, display name, whether it is archived; 404 when there is none (yet)."""
    return Call("GET", f"/teams/{encoded(team_id)}?$select=id,displayName,isArchived", TEAMS_READ)


def find_group_by_nickname(nickname: str) -> Call:
    """Look for groups with a mail nickname; a group just made shows only after a while."""
    query = f"$filter=mailNickname%20eq%20{literal(nickname)}&$select=id,mailNickname,displayName,groupTypes"
    return Call("GET", f"/groups?{query}", GROUPS_READ)


def get_class(class_id: str) -> Call:
    """Look at an education class, its externalId above all; 404 when the group is no class."""
    return Call("GET", f"/education/classes/{encoded(class_id)}", CLASSES_READ)


def class_members(class_id: str) -> Call:
    """List a class's members (a list: more pages may follow)."""
    return Call("GET", f"/education/classes/{encoded(class_id)}/members?$select=id&$top=999", CLASSES_READ)


def add_members(team_id: str, people: Sequence[tuple[str, bool]]) -> Call:
    """Add up to 200 accounts to a team, each with whether it becomes an owner; 200, or 207 (see `failed_members`).

    Adding one who is there already changes nothing, so the call may be repeated. Source: conversationMember "Add in
    bulk"; TeamMember.ReadWriteNonOwnerRole.All is enough when no owner is among them.
    """
    values = [_member(account) | {"roles": ["owner"] if owner else []} for account, owner in people]
    permission = TEAM_MEMBERS_WRITE if any(owner for _, owner in people) else TEAM_MEMBERS_ONLY_WRITE
    return Call("POST", f"/teams/{encoded(team_id)}/members/add", permission, {"values": values})


def remove_members(team_id: str, account_ids: Iterable[str]) -> Call:
    """Take up to 20 accounts out of a team; 204, or 207. Source: conversationMember "Remove in bulk"."""
    values = [_member(account) for account in account_ids]
    return Call("POST", f"/teams/{encoded(team_id)}/members/remove", TEAM_MEMBERS_WRITE, {"values": values})


def _member(account_id: str) -> dict[str, Any]:
    return {"@odata.type": _MEMBER, "user@odata.bind": f"{ROOT}/users('{account_id}')"}


def make_owner(team_id: str, membership_id: str) -> Call:
    """Make a plain member an owner; the id is the membership's, not the account's."""
    body = {"@odata.type": f"#{_MEMBER}", "roles": ["owner"]}
    return Call("PATCH", f"/teams/{encoded(team_id)}/members/{encoded(membership_id)}", TEAM_MEMBERS_WRITE, body)


def list_members(team_id: str) -> Call:
    """List a team's members, up to 999 a page."""
    return Call("GET", f"/teams/{encoded(team_id)}/members?$top=999", TEAM_MEMBERS_READ)


def failed_members(reply: Reply) -> dict[str, str]:
    """Give account id and reason of every member that a bulk call did not add or remove; nothing after 200 and 204."""
    values = (reply.body or {}).get("value", ()) if isinstance(reply.body, Mapping) else ()
    return {str(one.get("userId")): _reason(one["error"]) for one in values if one.get("error")}


def _reason(error: Mapping[str, Any]) -> str:
    shown = Reply(207, {"error": error})
    return ": ".join(part for part in (shown.error_code, shown.error_message) if part) or "no reason given"


def restore_group(group_id: str) -> Call:
    """Bring a deleted group back, within 30 days.

    Source: directory deletedItems "Restore"; no group permission is printed there, the resource's own is taken.
    """
    return Call("POST", f"/directory/deletedItems/{encoded(group_id)}/restore", GROUPS_WRITE)


def assign_policies(items: Iterable[tuple[str, str, str]]) -> Call:
    """Assign policies, each as account id, policy type and policy id; 204 for all or a refusal for all.

    Source: teamsPolicyUserAssignment "Assign"; no size limit is documented, so keep calls modest.
    """
    kind = "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment"
    value = [{"@odata.type": kind, "userId": a, "policyType": t, "policyId": p} for a, t, p in items]
    return Call("POST", "/admin/teams/policy/userAssignments/assign", POLICIES_ASSIGN, {"value": value})


def unassign_policies(items: Iterable[tuple[str, str]]) -> Call:
    """Take direct assignments back, each as account id and policy type; 204 for all or a refusal for all."""
    kind = "#microsoft.graph.teamsAdministration.teamsPolicyUserAssignment"
    value = [{"@odata.type": kind, "userId": account, "policyType": type_} for account, type_ in items]
    return Call("POST", "/admin/teams/policy/userAssignments/unassign", POLICIES_ASSIGN, {"value": value})
