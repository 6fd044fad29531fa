"""Security groups that a policy is given to: one is found, its members are read, added and taken out.

Source: Graph v1.0 group resource, "Working with groups", "List groups", "List members", "Add members", "Remove member",
read 2026-11-25.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from teamskit.errors import InputError
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import ROOT, encoded, literal
from teamskit.tenant.models import SecurityGroup
from teamskit.tenant.permissions import GROUP_MEMBERS_WRITE, GROUPS_READ
from teamskit.tenant.refusals import error_of
from teamskit.tenant.transport import Transport

GROUP_ADDS = 20
"""How many members one call adds at most."""
_SELECT = "id,displayName,mail,mailNickname,groupTypes,mailEnabled,securityEnabled,onPremisesSyncEnabled"
_NAMES = ("mail", "mailNickname", "displayName")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_USER = "#microsoft.graph.user"


def find_security_group(transport: Transport, name: str) -> SecurityGroup:
    """Give the one security group that has this object id, mail address, mail nickname or display name.

    Raises InputError when there is none, when there are several, or when what has the name is no security group.
    A group made minutes ago is found by its object id only.
    """
    wanted = name.strip()
    found = _by_id(transport, wanted) if _GUID.fullmatch(wanted) else _by_name(transport, wanted)
    groups = [_group(one) for one in found if _is_security(one)]
    if len(groups) == 1:
        return groups[0]
    where = f'group "{wanted}"'
    if groups:
        ids = ", ".join(sorted(one.id for one in groups))
        fix = f"Name the one that is meant by its object id: {ids}."
        raise InputError(f"{len(groups)} security groups have this name", where=where, next_step=fix)
    what = "it is a Microsoft 365 or distribution group, not a security group" if found else "there is no such group"
    fix = "Give the object id, mail address, mail nickname or display name of a security group of the tenant."
    raise InputError(what, where=where, next_step=fix)


def _by_id(transport: Transport, group_id: str) -> list[dict[str, Any]]:
    call = Call("GET", f"/groups/{encoded(group_id)}?$select={_SELECT}", GROUPS_READ)
    reply = transport.ask(call)
    if reply.ok and isinstance(reply.body, dict):
        return [reply.body]
    if reply.status == 404:
        return []
    raise error_of(call, reply)


def _by_name(transport: Transport, name: str) -> list[dict[str, Any]]:
    if not name:
        return []
    wanted = "%20or%20".join(f"{one}%20eq%20{literal(name)}" for one in _NAMES)
    return transport.pages(Call("GET", f"/groups?$filter={wanted}&$select={_SELECT}&$top=999", GROUPS_READ))


def _is_security(one: Mapping[str, Any]) -> bool:
    return one.get("securityEnabled") is True and "Unified" not in (one.get("groupTypes") or ())


def _group(one: Mapping[str, Any]) -> SecurityGroup:
    return SecurityGroup(
        id=str(one["id"]),
        mail_nickname=str(one.get("mailNickname") or ""),
        display_name=str(one.get("displayName") or ""),
        mail=str(one.get("mail") or ""),
        fixed=_fixed(one),
    )


def _fixed(one: Mapping[str, Any]) -> str:
    if one.get("onPremisesSyncEnabled"):
        return "its members come from the directory on the school's premises"
    if "DynamicMembership" in (one.get("groupTypes") or ()):
        return "a rule decides who its members are"
    return "it is mail-enabled, and Graph only reads those" if one.get("mailEnabled") else ""


def fetch_group_members(transport: Transport, group_id: str) -> list[str]:
    """Give the object ids of the accounts that are in a group themselves; groups and devices in it are left out.

    A policy given to a group does not reach the members of a group inside it.
    """
    return _accounts(transport.pages(_members(group_id)))


def fetch_groups_by_mail(transport: Transport, addresses: Sequence[str]) -> dict[str, str | Reply]:
    """Give the id of the group behind each address that has one, of any kind, or the reply that refused. By batches.

    An address without a group is left out.
    """
    calls = [
        Call("GET", f"/groups?$filter=mail%20eq%20{literal(one)}&$select=id,mail", GROUPS_READ) for one in addresses
    ]
    found = dict(zip(addresses, transport.try_pages(calls), strict=True))
    return {
        one: items if isinstance(items, Reply) else str(items[0]["id"]) for one, items in found.items() if items != []
    }


def fetch_members_of(transport: Transport, group_ids: Sequence[str]) -> dict[str, list[str] | Reply]:
    """Give for each group what `fetch_group_members` gives, or the reply that refused, by batches."""
    found = transport.try_pages([_members(one) for one in group_ids])
    return {
        group: items if isinstance(items, Reply) else _accounts(items)
        for group, items in zip(group_ids, found, strict=True)
    }


def _members(group_id: str) -> Call:
    return Call("GET", f"/groups/{encoded(group_id)}/members?$select=id&$top=999", GROUPS_READ)


def _accounts(items: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(one["id"]) for one in items if one.get("@odata.type") == _USER]


def add_group_members(group_id: str, account_ids: Sequence[str]) -> Call:
    """Add up to `GROUP_ADDS` accounts to a group: 204 for all or a refusal for all.

    One that is in it already refuses the call with 400 (see `already_there`). Raises ValueError for none or too many.
    """
    if not 1 <= len(account_ids) <= GROUP_ADDS:
        raise ValueError(f"one call adds 1 to {GROUP_ADDS} members")
    body = {"members@odata.bind": [f"{ROOT}/directoryObjects/{account}" for account in account_ids]}
    return Call("PATCH", f"/groups/{encoded(group_id)}", GROUP_MEMBERS_WRITE, body)


def remove_group_member(group_id: str, account_id: str) -> Call:
    """Take one account out of a group; 404 when it is not in it.

    The `$ref` at the end is what takes out the membership alone. Raises ValueError for an empty id.
    """
    if not account_id or not group_id:
        raise ValueError("a membership has a group and an account")
    return Call("DELETE", f"/groups/{encoded(group_id)}/members/{encoded(account_id)}/$ref", GROUP_MEMBERS_WRITE)
