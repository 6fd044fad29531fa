"""`/teams` and `PUT /groups/{id}/team`: making teams, their operations, channels and archiving.

Source: Graph v1.0 team-post, team-put-teams, team-archive, teamsasyncoperation, read 2026-11-25.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from teamskit.sandbox.clock import SECOND
from teamskit.sandbox.group_store import (
    MEMBER,
    OWNER,
    Group,
    bound_key,
    find_group,
    make_group,
    people_of,
    put_references,
)
from teamskit.sandbox.query import CONTEXT, kept, page, selected
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, made_id, not_found, object_body
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.schema import GRAPH, check_object, check_parameters
from teamskit.sandbox.team_store import (
    Team,
    creation_us,
    has_team,
    make_team,
    need_team,
    operation,
    set_archived,
    start_operation,
)
from teamskit.sandbox.users import find_user

_TEMPLATE = re.compile(r"(?:https://graph\.microsoft\.com/(?:v1\.0|beta))?/?teamsTemplates\('(\w+)'\)", re.IGNORECASE)
GENERAL = "General"
"""The channel, and its folder in the drive, that each team has."""
_INHERITED = ("displayName", "visibility", "specialization", "members")
_SETTINGS: dict[str, dict[str, Any]] = {
    "memberSettings": {
        "allowCreateUpdateChannels": False,
        "allowCreatePrivateChannels": False,
        "allowDeleteChannels": False,
        "allowAddRemoveApps": False,
        "allowCreateUpdateRemoveTabs": False,
        "allowCreateUpdateRemoveConnectors": False,
    },
    "guestSettings": {"allowCreateUpdateChannels": False, "allowDeleteChannels": False},
    "messagingSettings": {
        "allowUserEditMessages": True,
        "allowUserDeleteMessages": True,
        "allowOwnerDeleteMessages": True,
        "allowTeamMentions": True,
        "allowChannelMentions": True,
    },
    "funSettings": {
        "allowGiphy": True,
        "giphyContentRating": "strict",
        "allowStickersAndMemes": True,
        "allowCustomMemes": True,
    },
}


def _refuse(message: str) -> Refusal:
    return bad_request(message, "BadRequest")


def _view(team: Team, visit: Visit) -> dict[str, Any]:
    doc = team.group.doc
    return {
        "id": team.id,
        "createdDateTime": doc["createdDateTime"],
        "displayName": doc["displayName"],
        "description": doc.get("description"),
        "internalId": team.thread,
        "classification": None,
        "specialization": "educationClass" if team.group.is_class else "none",
        "visibility": "hiddenMembership" if team.group.is_class else "private",
        "webUrl": f"https://teams.microsoft.com/l/team/{team.thread}/conversations?groupId={team.id}",
        "isArchived": team.is_archived,
        "tenantId": visit.facts.tenant_id,
        **{name: {**settings, **team.doc.get(name, {})} for name, settings in _SETTINGS.items()},
    }


def _create(visit: Visit) -> Answer:
    body = object_body(visit)
    check_object(body, GRAPH + "team", code="BadRequest")
    if not _TEMPLATE.fullmatch(str(body.get("template@odata.bind"))):
        raise _refuse("A team is made from a template: template@odata.bind is missing or not one.")
    group = _bound_group(visit, body) if "group@odata.bind" in body else _fresh_group(visit, body)
    lasts = creation_us(visit, group.id)
    make_team(visit, group, {name: body[name] for name in _SETTINGS if name in body}, visit.now + lasts)
    return _accepted(group.id, start_operation(visit, group.id, "createTeam", lasts))


def _accepted(tid: str, key: str, kind: str = "application/json") -> Answer:
    headers = {"Content-Type": kind, "Location": f"/teams('{tid}')/operations('{key}')"}
    return Answer(202, None, headers | {"Content-Location": f"/teams('{tid}')"})


def _bound_group(visit: Visit, body: dict[str, Any]) -> Group:
    sent = [name for name in _INHERITED if name in body]
    if sent:
        raise _refuse(f"A team on a group takes these from it: {', '.join(sent)} must not be sent.")
    return _seen_group(visit, bound_key(body["group@odata.bind"]))


def _seen_group(visit: Visit, gid: str) -> Group:
    group = find_group(visit.db, gid)
    if group is None or group.visible > visit.now:
        raise not_found("No group was found with this id; it may not have been replicated yet.")
    if group.is_security:
        raise _refuse("A security group cannot have a team.")
    if has_team(visit.db, group.id):
        raise Refusal(409, "Conflict", "The group has a team already.")
    if not people_of(visit.db, group.id, OWNER):
        raise _refuse("The group needs an owner before it can have a team.")
    return group


def _fresh_group(visit: Visit, body: dict[str, Any]) -> Group:
    owners: list[str] = []
    members: list[str] = []
    for member in body.get("members") or []:
        user = find_user(visit.db, bound_key(member.get("user@odata.bind")))
        if user is None:
            raise not_found("A member of the new team does not exist.")
        (owners if "owner" in (member.get("roles") or []) else members).append(user["id"])
    if not owners:
        raise _refuse("An application has to name an owner among the members of a new team.")
    nickname = re.sub(r"[^A-Za-z0-9-]", "", str(body.get("displayName")))[:40] or "team"
    taken = visit.db.execute("SELECT count(*) FROM groups WHERE nick LIKE ?", (nickname.lower() + "%",)).fetchone()[0]
    doc = {"displayName": body.get("displayName"), "description": body.get("description")}
    doc["mailNickname"] = f"{nickname}{taken}" if taken else nickname
    is_class = "educationclass" in str(body["template@odata.bind"]).lower()
    group = make_group(visit, doc, is_class=is_class, visible=visit.now)
    put_references(visit.db, group.id, OWNER, owners, visit.now)
    put_references(visit.db, group.id, MEMBER, [*owners, *members], visit.now)
    return group


def _put(visit: Visit) -> Answer:
    body = visit.request.body if visit.request.body is not None else {}
    check_object(body, GRAPH + "team", code="BadRequest")
    group = _seen_group(visit, visit.args[0])
    make_team(visit, group, {name: body[name] for name in _SETTINGS if name in body}, visit.now)
    shown = _view(need_team(visit, group.id), visit)
    return Answer(201, {"@odata.context": CONTEXT + "teams/$entity", **shown})


def _one(visit: Visit) -> Answer:
    shown = selected(_view(need_team(visit, visit.args[0]), visit), visit)
    return Answer(200, {"@odata.context": CONTEXT + "teams/$entity", **shown})


def _operation(visit: Visit) -> Answer:
    shown = operation(visit, visit.args[0].lower(), visit.args[1])
    return Answer(200, {"@odata.context": CONTEXT + f"teams('{visit.args[0]}')/operations/$entity", **shown})


def _archive(archived: bool) -> Handler:
    def answer(visit: Visit) -> Answer:
        body = visit.request.body or {}
        check_parameters(body, {"shouldSetSpoSiteReadOnlyForMembers": "Edm.Boolean"} if archived else {})
        if body.get("shouldSetSpoSiteReadOnlyForMembers"):
            raise _refuse("An application cannot make the site read-only.")
        team = need_team(visit, visit.args[0])
        if not people_of(visit.db, team.id, OWNER):
            raise _refuse("The team needs an owner.")
        set_archived(visit, team.id, archived, visit.now + 5 * SECOND)
        kind = "archiveTeam" if archived else "unarchiveTeam"
        return _accepted(team.id, start_operation(visit, team.id, kind, 5 * SECOND), "text/plain")

    return answer


def _channel(team: Team, visit: Visit) -> dict[str, Any]:
    return {
        "id": team.thread,
        "createdDateTime": team.group.doc["createdDateTime"],
        "displayName": "General",
        "description": team.group.doc.get("description"),
        "email": None,
        "isArchived": False,
        "isFavoriteByDefault": None,
        "membershipType": "standard",
        "tenantId": visit.facts.tenant_id,
        "webUrl": f"https://teams.microsoft.com/l/channel/{team.thread}/General?groupId={team.id}",
    }


def _primary(visit: Visit) -> Answer:
    team = need_team(visit, visit.args[0])
    shown = selected(_channel(team, visit), visit)
    return Answer(200, {"@odata.context": CONTEXT + f"teams('{team.id}')/primaryChannel/$entity", **shown})


def _channels(visit: Visit) -> Answer:
    team = need_team(visit, visit.args[0])
    return page(visit, kept(visit, [_channel(team, visit)]), f"teams('{team.id}')/channels")


def _need_channel(visit: Visit) -> Team:
    team = need_team(visit, visit.args[0])
    if visit.args[1] != team.thread:
        raise not_found("The team has no channel of this id.")
    return team


def _one_channel(visit: Visit) -> Answer:
    team = _need_channel(visit)
    shown = selected(_channel(team, visit), visit)
    return Answer(200, {"@odata.context": CONTEXT + f"teams('{team.id}')/channels/$entity", **shown})


def _files_folder(visit: Visit) -> Answer:
    team = _need_channel(visit)
    shown = {
        "id": folder_id(drive_id("groups", team.id), GENERAL),
        "name": GENERAL,
        "createdDateTime": team.group.doc["createdDateTime"],
        "parentReference": {"driveId": drive_id("groups", team.id), "driveType": "documentLibrary"},
        "folder": {"childCount": 1},
    }
    context = f"teams('{team.id}')/channels('{team.thread}')/filesFolder/$entity"
    return Answer(200, {"@odata.context": CONTEXT + context, **shown})


def drive_id(kind: str, owner: str) -> str:
    """Give the id of the drive of a group (`groups`) or of a person (`users`)."""
    mark = base64.urlsafe_b64encode(f"{kind[0]}:{owner}".encode()).decode("ascii")
    return "b!" + mark.rstrip("=")


def folder_id(drive: str, path: str) -> str:
    """Give the id of a drive's folder, without regard to case."""
    return "01" + made_id("folder", drive, path.lower()).replace("-", "").upper()


def drive_owner(drive: str) -> tuple[str, str]:
    """Give `users` or `groups` and the owner's id from the id of a drive; two empty texts when it is none of ours."""
    try:
        mark = base64.urlsafe_b64decode(drive.removeprefix("b!") + "=" * (-len(drive.removeprefix("b!")) % 4))
        kind, _, owner = mark.decode("utf-8").partition(":")
    except ValueError:
        return "", ""
    return {"u": "users", "g": "groups"}.get(kind, ""), owner


ROUTES = [
    Route("POST", "/teams", _create, "team-create"),
    Route("PUT", "/groups/{id}/team", _put, "team-put"),
    Route("GET", "/groups/{id}/team", _one, "teams"),
    Route("GET", "/teams/{id}", _one, "teams"),
    Route("GET", "/teams/{id}/operations/{op}", _operation),
    Route("POST", "/teams/{id}/archive", _archive(True), "teams"),
    Route("POST", "/teams/{id}/unarchive", _archive(False), "teams"),
    Route("GET", "/teams/{id}/primaryChannel", _primary, "teams"),
    Route("GET", "/teams/{id}/channels", _channels, "members-read"),
    Route("GET", "/teams/{id}/channels/{channel}", _one_channel, "teams"),
    Route("GET", "/teams/{id}/channels/{channel}/filesFolder", _files_folder, "teams"),
]
