"""Reads the files of recordings: the folders they lie in, single items, when they expire and who may open them.

Source: Graph v1.0 driveItem list children, get, list permissions, channel filesFolder, read 2026-11-25. When a file
expires stands in SharePoint's hidden column `_ExpirationDate` (*observed*, pnp/script-samples PR 998).
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from teamskit.tenant.calls import Call, Reply, Task
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import FILES_READ
from teamskit.tenant.transport import Transport

FOLDER = "Recordings"
_CHOSEN = "id,name,size,file,folder,deleted,createdDateTime,webUrl,parentReference"
_EXPIRES = "$expand=listItem($expand=fields($select=_ExpirationDate))"
_CHANNEL = "General"
Items = list[dict[str, Any]]
Item = dict[str, Any]
Where = tuple[str, str]
"""An item is named by its drive's id and its own."""
_Steps = Generator[Any, Any, Any]


@dataclass(frozen=True)
class Owner:
    """Whose drive is meant: an account's, a group's General channel, or another `channel` of a group's team."""

    kind: Literal["user", "group"]
    id: str
    channel: str = ""


@dataclass(frozen=True)
class Folder:
    """What lies in a Recordings folder and in the folders inside it; nothing where there is no folder or no drive.

    `tells_expiry` is False where the service would not say when files expire.
    """

    items: Items
    tells_expiry: bool = True


def fetch_recording_folders(transport: Transport, owners: Iterable[Owner]) -> dict[Owner, Folder | Reply]:
    """Give each owner's Recordings folder, by batches, or the reply that refused it."""
    found: dict[Owner, Folder | Reply] = {}

    def one(owner: Owner) -> Task:
        found[owner] = yield from _folder(transport, owner)

    transport.conduct(one(owner) for owner in dict.fromkeys(owners))
    return found


def fetch_drive_items(transport: Transport, wanted: Sequence[Where]) -> dict[Where, Item | Reply]:
    """Give each item as it stands now, wherever in its drive it lies, by batches; in its place a reply that refused.

    A reply of 404 says that the item is in no folder of the drive any more, or that the drive itself is gone. What may
    have been put into a recycle bin cannot be listed.
    """
    calls = [Call("GET", f"{_place(one)}?$select={_CHOSEN}&{_EXPIRES}", FILES_READ) for one in wanted]
    replies = transport.gather(calls)
    return {
        one: reply.body if reply.ok and isinstance(reply.body, dict) else reply
        for one, reply in zip(wanted, replies, strict=True)
    }


def fetch_permissions(transport: Transport, wanted: Sequence[Where]) -> dict[Where, Items | Reply]:
    """Give who may open each item (`permission`), by batches, or the reply that refused."""
    calls = [Call("GET", f"{_place(one)}/permissions", FILES_READ) for one in wanted]
    return dict(zip(wanted, transport.try_pages(calls), strict=True))


def _place(where: Where) -> str:
    return f"/drives/{encoded(where[0])}/items/{encoded(where[1])}"


def _folder(transport: Transport, owner: Owner) -> _Steps:
    path = yield from _path_of(transport, owner)
    if isinstance(path, Reply):
        return Folder([]) if path.status == 404 else path
    return (yield from _whole(transport, path))


def _path_of(transport: Transport, owner: Owner) -> _Steps:
    """Give where a folder's children are listed, or the reply that refused to say it (404: there is no folder)."""
    if owner.kind == "user":
        return f"/users/{encoded(owner.id)}/drive/root:/{FOLDER}:/children"
    if not owner.channel:
        return f"/groups/{encoded(owner.id)}/drive/root:/{_CHANNEL}/{FOLDER}:/children"
    call = Call("GET", f"/teams/{encoded(owner.id)}/channels/{encoded(owner.channel)}/filesFolder", FILES_READ)
    reply: Reply = yield call
    if not reply.ok:
        return reply
    drive = str((reply.body.get("parentReference") or {}).get("driveId") or "")
    where = _place((drive, str(reply.body["id"])))
    inside = yield from transport.page_steps(Call("GET", f"{where}/children?$select=id,name,folder", FILES_READ))
    if isinstance(inside, Reply):
        return inside
    found = [one for one in inside if one.get("folder") is not None and one["name"] == FOLDER]
    return f"{_place((drive, str(found[0]['id'])))}/children" if found else Reply(404)


def _whole(transport: Transport, path: str) -> _Steps:
    """List a folder and the folders in it: where downloads are blocked, recordings lie one further down."""
    found = yield from _listed(transport, path)
    if isinstance(found, Reply):
        return Folder([]) if found.status == 404 else found
    items, tells_expiry = list(found.items), found.tells_expiry
    for inner in [one for one in items if one.get("folder") is not None]:
        where = (str((inner.get("parentReference") or {}).get("driveId") or ""), str(inner["id"]))
        more = yield from _listed(transport, f"{_place(where)}/children")
        if isinstance(more, Reply):
            return more
        items, tells_expiry = items + more.items, tells_expiry and more.tells_expiry
    return Folder(items, tells_expiry)


def _listed(transport: Transport, path: str) -> _Steps:
    found = yield from transport.page_steps(Call("GET", f"{path}?$select={_CHOSEN}&{_EXPIRES}", FILES_READ))
    if not isinstance(found, Reply):
        return Folder(found)
    if found.status != 400:
        return found
    # A library without the hidden column may refuse the question; the files are worth knowing all the same.
    plain = yield from transport.page_steps(Call("GET", f"{path}?$select={_CHOSEN}", FILES_READ))
    return plain if isinstance(plain, Reply) else Folder(plain, tells_expiry=False)
