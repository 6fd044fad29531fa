"""Drives of people and teams, their folders and files; each by drive, by person and by group.

Source: Graph v1.0 drive, driveItem get, list children, update, delete, listItem, read 2026-11-25. `_ExpirationDate` is
a hidden column of SharePoint's (observed: pnp/script-samples PR 998); a file without it never expires.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any

from teamskit.sandbox.audit_log import APP, note
from teamskit.sandbox.clock import from_text, to_text
from teamskit.sandbox.downloads import download_url
from teamskit.sandbox.drive_store import (
    Drive,
    Item,
    author_of,
    change_item,
    find_item,
    folders_of,
    hash_of,
    items_in,
    need_drive,
    no_item,
    quota_of,
)
from teamskit.sandbox.query import CONTEXT, page
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request, object_body
from teamskit.sandbox.routing import Handler, Route
from teamskit.sandbox.schema import GRAPH, check_object
from teamskit.sandbox.teams import folder_id

DOWNLOAD = "@microsoft.graph.downloadUrl"
PAGE, MOST = 200, 999
_EXPAND = re.compile(r"listItem(?:\(\$?expand=fields(?:\(\$?select=([\w,]+)\))?\))?")
_FORBIDDEN = re.compile(r'["*:<>?/\\|]')
ROOTS = {"drives": "/drives/{id}", "users": "/users/{id}/drive", "groups": "/groups/{id}/drive"}
OfDrive = Callable[..., Answer]


def in_drive(kind: str, act: OfDrive) -> Handler:
    """Make a handler of a function of the visit, the drive of the path, and the path's further arguments."""

    def answer(visit: Visit) -> Answer:
        return act(visit, need_drive(visit, kind), *visit.args[1:])

    return answer


def of_drives(method: str, path: str, act: OfDrive) -> list[Route]:
    """Give the three routes of one thing asked of a drive."""
    return [Route(method, root + path, in_drive(kind, act)) for kind, root in ROOTS.items()]


def need_item(visit: Visit, drive: Drive, key: str) -> Item:
    """Give a file of a drive; refuses (404) one that is not there, or not any more."""
    found = find_item(visit, key, drive.id)
    if found is None:
        raise no_item()
    return found


def _wanted(visit: Visit) -> list[str] | None:
    text = visit.request.query.get("$select") or visit.request.query.get("select")
    return [name.strip() for name in text.split(",")] if text else None


def _parent(drive: Drive, folder: str) -> dict[str, Any]:
    return {
        "driveId": drive.id,
        "driveType": drive.type,
        "id": folder_id(drive.id, folder),
        "name": folder.rpartition("/")[2] or "root",
        "path": f"/drives/{drive.id}/root:" + (f"/{folder}" if folder else ""),
    }


def file_doc(visit: Visit, drive: Drive, item: Item) -> dict[str, Any]:
    """Give a file as it is shown, cut to what is selected, with what is expanded."""
    wanted = _wanted(visit)
    times = {"createdDateTime": to_text(item.begun), "lastModifiedDateTime": to_text(item.modified)}
    author = {"user": author_of(item)}
    doc: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "size": item.size,
        **times,
        "eTag": f'"{{{item.guid}}},{item.seq}"',
        "cTag": f'"c:{{{item.guid}}},1"',
        "webUrl": f"{drive.web}/{item.folder}/{item.name}".replace(" ", "%20"),
        "createdBy": author,
        "lastModifiedBy": author,
        "parentReference": _parent(drive, item.folder),
        "fileSystemInfo": times,
    }
    if wanted is None or "file" in wanted:
        doc["file"] = {"mimeType": "video/mp4", "hashes": {"quickXorHash": hash_of(visit, item)}}
    if wanted is None or DOWNLOAD in wanted:
        doc[DOWNLOAD] = download_url(visit, drive, item)
    if wanted is not None:
        doc = {name: doc.get(name) for name in wanted}
    return doc | _expanded(visit, drive, item)


def _folder_doc(visit: Visit, drive: Drive, path: str) -> dict[str, Any]:
    key, wanted = folder_id(drive.id, path), _wanted(visit)
    inside = _subfolders(folders_of(visit, drive), path)
    doc: dict[str, Any] = {
        "id": key,
        "name": path.rpartition("/")[2] or "root",
        "webUrl": (f"{drive.web}/{path}" if path else drive.web).replace(" ", "%20"),
        "parentReference": _parent(drive, path.rpartition("/")[0]) if path else {"driveId": drive.id},
        "folder": {"childCount": len(inside) + len(items_in(visit, drive, path))},
        **({} if path else {"root": {}}),
    }
    return doc if wanted is None else {name: doc.get(name) for name in wanted}


def shown(visit: Visit, drive: Drive, one: Item | str) -> dict[str, Any]:
    """Give a file, or the folder of a path, as it is shown."""
    return _folder_doc(visit, drive, one) if isinstance(one, str) else file_doc(visit, drive, one)


def _expanded(visit: Visit, drive: Drive, item: Item) -> dict[str, Any]:
    text = (visit.request.query.get("$expand") or visit.request.query.get("expand") or "").replace(" ", "")
    if not text:
        return {}
    fit = _EXPAND.fullmatch(text)
    if fit is None:
        raise bad_request("Only listItem, and its fields, can be expanded here.", "notSupported")
    doc = _list_item(drive, item)
    return {"listItem": doc | ({"fields": _fields(item, fit.group(1))} if "fields" in text else {})}


def _list_item(drive: Drive, item: Item) -> dict[str, Any]:
    return {
        "@odata.etag": f'"{item.guid.lower()},{item.seq}"',
        "id": str(zlib.crc32(item.id.encode("ascii"))),
        "createdDateTime": to_text(item.begun),
        "lastModifiedDateTime": to_text(item.modified),
        "webUrl": f"{drive.web}/{item.folder}/{item.name}".replace(" ", "%20"),
        "contentType": {"id": "0x0101", "name": "Document"},
    }


def _fields(item: Item, chosen: str | None = None) -> dict[str, Any]:
    own = {"FileLeafRef": item.name, "Created": to_text(item.begun), "Modified": to_text(item.modified)}
    if item.expires is not None:
        own["_ExpirationDate"] = to_text(item.expires)
    if chosen is not None:
        own = {name: own[name] for name in chosen.split(",") if name in own}
    return {"@odata.etag": f'"{item.guid.lower()},{item.seq}"', **own}


def _subfolders(paths: list[str], path: str) -> list[str]:
    start = f"{path.lower()}/" if path else ""
    return [one for one in paths if one and one.lower().startswith(start) and "/" not in one[len(start) :]]


def find_folder(visit: Visit, drive: Drive, path: str) -> str:
    """Give a folder's path as it is written; refuses (404) one that is not there."""
    wanted = path.strip("/").lower()
    found = next((one for one in folders_of(visit, drive) if one.lower() == wanted), None)
    if found is None:
        raise no_item()
    return found


def find_entry(visit: Visit, drive: Drive, key: str) -> Item | str:
    """Give the file or the folder's path of an id; refuses (404) one that is not there."""
    if key.lower() == "root":
        return ""
    folder = next((path for path in folders_of(visit, drive) if folder_id(drive.id, path) == key), None)
    return need_item(visit, drive, key) if folder is None else folder


def _drive(visit: Visit, drive: Drive) -> Answer:
    doc: dict[str, Any] = {
        "@odata.context": CONTEXT + "drives/$entity",
        "id": drive.id,
        "name": "Documents",
        "driveType": drive.type,
        "webUrl": drive.web,
        "owner": {drive.kind[:-1]: {"id": drive.owner, "displayName": drive.owner_name}},
        "quota": quota_of(visit, drive),
    }
    wanted = _wanted(visit)
    if wanted is not None:
        doc = {name: doc[name] for name in doc if name in wanted or "@" in name}
    return Answer(200, doc)


def _entity(visit: Visit, drive: Drive, one: Item | str) -> Answer:
    place = f"{CONTEXT}drives('{drive.id}')/items/$entity"
    return Answer(200, {"@odata.context": place, **shown(visit, drive, one)})


def _root(visit: Visit, drive: Drive) -> Answer:
    return _entity(visit, drive, "")


def _item(visit: Visit, drive: Drive, key: str) -> Answer:
    return _entity(visit, drive, find_entry(visit, drive, key))


def _by_path(visit: Visit, drive: Drive, path: str) -> Answer:
    folder, _, name = path.strip("/:").rpartition("/")
    found = next((one for one in items_in(visit, drive, folder) if one.name.lower() == name.lower()), None)
    return _entity(visit, drive, found or find_folder(visit, drive, path.strip(":")))


def _folder(visit: Visit, drive: Drive, path: str) -> Answer:
    inside = [*_subfolders(folders_of(visit, drive), path), *items_in(visit, drive, path)]
    place = f"drives('{drive.id}')/items('{folder_id(drive.id, path)}')/children"
    return page(visit, inside, place, size=PAGE, most=MOST, show=lambda one: shown(visit, drive, one))


def _root_children(visit: Visit, drive: Drive) -> Answer:
    return _folder(visit, drive, "")


def _path_children(visit: Visit, drive: Drive, path: str) -> Answer:
    return _folder(visit, drive, find_folder(visit, drive, path))


def _children_below(visit: Visit, drive: Drive, key: str, path: str) -> Answer:
    above = find_entry(visit, drive, key)
    if isinstance(above, Item):
        raise bad_request("A file has no children.", "invalidRequest")
    return _folder(visit, drive, find_folder(visit, drive, f"{above}/{path}"))


def _children(visit: Visit, drive: Drive, key: str) -> Answer:
    entry = find_entry(visit, drive, key)
    if isinstance(entry, Item):
        raise bad_request("A file has no children.", "invalidRequest")
    return _folder(visit, drive, entry)


def _content(visit: Visit, drive: Drive, key: str) -> Answer:
    return Answer(302, None, {"Location": download_url(visit, drive, need_item(visit, drive, key))})


def _list_item_of(visit: Visit, drive: Drive, key: str) -> Answer:
    item = need_item(visit, drive, key)
    doc = {"@odata.context": CONTEXT + "listItem/$entity", **_list_item(drive, item)}
    fit = re.fullmatch(r"fields(?:\(\$?select=([\w,]+)\))?", visit.request.query.get("$expand", "").replace(" ", ""))
    return Answer(200, doc | ({"fields": _fields(item, fit.group(1))} if fit else {}))


def _fields_of(visit: Visit, drive: Drive, key: str) -> Answer:
    return Answer(200, _fields(need_item(visit, drive, key), visit.request.query.get("$select")))


def _set_fields(visit: Visit, drive: Drive, key: str) -> Answer:
    item, body = need_item(visit, drive, key), object_body(visit)
    if set(body) != {"_ExpirationDate"}:
        raise bad_request("Only _ExpirationDate can be set here.", "invalidRequest")
    try:
        expires = None if body["_ExpirationDate"] is None else from_text(str(body["_ExpirationDate"]))
    except ValueError:
        raise bad_request("_ExpirationDate is not a date and time.", "invalidRequest") from None
    return Answer(200, _fields(change_item(visit, item, expires=expires)))


def _update(visit: Visit, drive: Drive, key: str) -> Answer:
    item, body = need_item(visit, drive, key), object_body(visit)
    check_object(body, GRAPH + "driveItem", code="invalidRequest")
    name, folder = str(body.get("name", item.name)), item.folder
    if not name or _FORBIDDEN.search(name):
        raise bad_request("The name is not allowed.", "invalidRequest")
    to = body.get("parentReference") or {}
    if to.get("driveId", drive.id) != drive.id:
        raise bad_request("A file cannot be moved to another drive.", "invalidRequest")
    if "id" in to:
        place = find_entry(visit, drive, str(to["id"]))
        folder = place if isinstance(place, str) else folder
    elif "path" in to:
        folder = find_folder(visit, drive, str(to["path"]).partition("root:")[2])
    if any(one.name.lower() == name.lower() and one.id != item.id for one in items_in(visit, drive, folder)):
        raise Refusal(409, "nameAlreadyExists", "There is a file of this name already.")
    # A folder is still there when the last file has been moved out of it.
    visit.db.execute("INSERT OR IGNORE INTO drive_folders VALUES (?, ?)", (drive.id, item.folder))
    note(visit.db, visit.facts, visit.now, "FileRenamed" if folder == item.folder else "FileMoved", drive, item, APP)
    return _entity(visit, drive, change_item(visit, item, name=name, folder=folder))


def _delete(visit: Visit, drive: Drive, key: str) -> Answer:
    item = change_item(visit, need_item(visit, drive, key), gone=visit.now)
    note(visit.db, visit.facts, visit.now, "FileRecycled", drive, item, APP)
    return Answer(204)


def _make_folder(visit: Visit, drive: Drive, key: str) -> Answer:
    parent, body = find_entry(visit, drive, key), object_body(visit)
    if not isinstance(parent, str) or not isinstance(body.get("folder"), dict) or not body.get("name"):
        raise bad_request("Only a folder can be made, in a folder, with a name.", "invalidRequest")
    path = f"{parent}/{body['name']}".lstrip("/")
    visit.db.execute("INSERT OR IGNORE INTO drive_folders VALUES (?, ?)", (drive.id, path))
    return Answer(201, _entity(visit, drive, path).body)


ROUTES = [
    *of_drives("GET", "", _drive),
    *of_drives("GET", "/root", _root),
    *of_drives("GET", "/root/children", _root_children),
    *of_drives("GET", "/root:/{path*}:/children", _path_children),
    *of_drives("GET", "/root:/{path*}", _by_path),
    *of_drives("GET", "/items/{item}", _item),
    *of_drives("PATCH", "/items/{item}", _update),
    *of_drives("DELETE", "/items/{item}", _delete),
    *of_drives("GET", "/items/{item}/children", _children),
    *of_drives("GET", "/items/{item}:/{path*}:/children", _children_below),
    *of_drives("POST", "/items/{item}/children", _make_folder),
    *of_drives("GET", "/items/{item}/content", _content),
    *of_drives("GET", "/items/{item}/listItem", _list_item_of),
    *of_drives("GET", "/items/{item}/listItem/fields", _fields_of),
    *of_drives("PATCH", "/items/{item}/listItem/fields", _set_fields),
]
